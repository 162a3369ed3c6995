"""Samples as memory-mapped files: the same samples as the Parquet, whatever program wrote it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from training.conftest import make_samples, png
from waywiser.dataset.reader import read_samples
from waywiser.dataset.schema import SAMPLE_SCHEMA, sample_to_row
from waywiser.dataset.store import ROWS_PER_BATCH, SampleStore
from waywiser.errors import DatasetError
from waywiser.sample import Answer, Sample
from waywiser.sources.open_data import DataSource, open_data


def write(
    folder: Path,
    rows: list[dict[str, Any]],
    name: str = "train-00000-of-00001.parquet",
    **options: Any,
) -> Path:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    pq.write_table(
        pa.Table.from_pylist(rows, schema=SAMPLE_SCHEMA), folder / "data" / name, **options
    )
    return folder


def open_folder(path: Path, **keys: Any) -> SampleStore:
    return open_data(DataSource(path=str(path), **keys))


def assert_same(store: SampleStore, samples: list[Sample]) -> None:
    found = [store.sample(i) for i in range(len(store))]
    assert found == [sample.model_copy(update={"images": []}) for sample in samples]
    for i, sample in enumerate(samples):
        assert [store.encoded(place) for place in store.places(i)] == sample.images


@pytest.mark.parametrize("dictionary", [True, False])
@pytest.mark.parametrize("group", [3, 1000])
def test_a_store_holds_what_the_file_holds(tmp_path: Path, dictionary: bool, group: int) -> None:
    samples = make_samples()
    folder = write(
        tmp_path,
        [sample_to_row(s) for s in samples],
        row_group_size=group,
        use_dictionary=dictionary,
    )
    store = open_folder(folder)
    assert_same(store, samples)
    assert store.num_pictures == 6  # of 24 rows


def test_rows_without_and_with_several_pictures(tmp_path: Path) -> None:
    samples = [
        sample.model_copy(update={"images": [png(i)] * (i % 3) + [png(i + 1)] * (i % 2)})
        for i, sample in enumerate(make_samples())
    ]
    assert_same(open_folder(write(tmp_path, [sample_to_row(s) for s in samples])), samples)


def test_answers_of_every_kind_come_back_typed(tmp_path: Path) -> None:
    answers = [
        Answer(kind="integer", value=-3),
        Answer(kind="number", value=1e-7, unit="m", tolerance=0.1),
        Answer(kind="choice", value="b", options=["a", "b"]),
        Answer(kind="choices", value=["a", "b"], options=["a", "b", "c"]),
        Answer(kind="expression", value="\\frac12"),
        Answer(kind="text", value="words"),
    ]
    base = make_samples()[0]
    samples = [
        base.model_copy(update={"id": str(i), "answer": answer}) for i, answer in enumerate(answers)
    ]
    assert_same(open_folder(write(tmp_path, [sample_to_row(s) for s in samples])), samples)


def test_more_rows_than_a_batch(tmp_path: Path) -> None:
    base = sample_to_row(make_samples()[0])
    rows = [{**base, "id": str(i)} for i in range(ROWS_PER_BATCH + 10)]
    store = open_folder(write(tmp_path, rows))
    assert [
        store.sample(i).id for i in (0, ROWS_PER_BATCH - 1, ROWS_PER_BATCH, len(store) - 1)
    ] == [
        "0",
        str(ROWS_PER_BATCH - 1),
        str(ROWS_PER_BATCH),
        str(ROWS_PER_BATCH + 9),
    ]


@pytest.mark.case(56)
@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.cast(_large(table.schema)),
        lambda table: table.set_column(0, "id", table.column("id").dictionary_encode()),
        lambda table: table.set_column(0, "id", table.column("id").cast(pa.string_view())),
        lambda table: table.drop_columns(["program", "quality", "fps"]),
        lambda table: table.set_column(
            table.schema.names.index("seed"), "seed", table.column("seed").cast(pa.float64())
        ),
        lambda table: table.set_column(
            table.schema.names.index("difficulty_by"), "difficulty_by", pa.nulls(table.num_rows)
        ),
        lambda table: table.append_column("own", pa.array(["x"] * table.num_rows)),
    ],
)
def test_columns_that_other_programs_write_are_cast(tmp_path: Path, change: Any) -> None:
    samples = make_samples()
    table = pa.Table.from_pylist([sample_to_row(s) for s in samples], schema=SAMPLE_SCHEMA)
    (tmp_path / "data").mkdir()
    pq.write_table(change(table), tmp_path / "data" / "train-00000-of-00001.parquet")
    assert_same(open_folder(tmp_path), samples)
    assert list(read_samples(tmp_path)) == samples


def _large(schema: pa.Schema) -> pa.Schema:
    """Texts and lists as pandas and polars write them."""

    def larger(kind: pa.DataType) -> pa.DataType:
        if pa.types.is_string(kind):
            return pa.large_string()
        if pa.types.is_list(kind):
            return pa.large_list(larger(kind.value_type))
        if pa.types.is_struct(kind):
            return pa.struct([pa.field(field.name, larger(field.type)) for field in kind])
        return kind

    return pa.schema([pa.field(field.name, larger(field.type)) for field in schema])


def test_a_column_of_another_meaning_is_named(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([sample_to_row(s) for s in make_samples()], schema=SAMPLE_SCHEMA)
    wrong = table.set_column(
        table.schema.names.index("question"), "question", pa.array([1] * table.num_rows)
    )
    (tmp_path / "data").mkdir()
    pq.write_table(wrong, tmp_path / "data" / "train-00000-of-00001.parquet")
    with pytest.raises(DatasetError, match="column 'question' is int64, not string"):
        open_folder(tmp_path)


@pytest.mark.case(58)
@pytest.mark.parametrize("name", ["train.parquet", "0000.parquet"])
def test_a_file_of_any_name_is_read_by_its_column_of_splits(tmp_path: Path, name: str) -> None:
    rows = [
        sample_to_row(s.model_copy(update={"split": "train" if i % 2 else "test"}))
        for i, s in enumerate(make_samples())
    ]
    folder = write(tmp_path, rows, name)
    assert len(open_folder(folder, split="train")) == 12
    assert sum(1 for _ in read_samples(folder, "train")) == 12
    with pytest.raises(DatasetError, match="has no split 'dev': it has test, train"):
        open_folder(folder, split="dev")


@pytest.mark.case(55)
def test_a_dataset_that_datasets_filtered_is_read(tmp_path: Path) -> None:
    from datasets import load_dataset

    write(tmp_path / "a", [sample_to_row(s) for s in make_samples()])
    rows = load_dataset(str(tmp_path / "a"), split="train", cache_dir=str(tmp_path / "cache"))
    (tmp_path / "b" / "data").mkdir(parents=True)
    rows.filter(lambda row: row["task"] == "count").to_parquet(
        tmp_path / "b" / "data" / "train.parquet"
    )
    assert len(open_folder(tmp_path / "b")) == 12


def test_a_row_that_is_no_sample_is_named(tmp_path: Path) -> None:
    rows = [sample_to_row(s) for s in make_samples()]
    rows[7]["answer"]["value"] = "three"
    with pytest.raises(DatasetError, match="row 7, is not a sample"):
        open_folder(write(tmp_path, rows))


def test_a_truncated_file_is_one_line(tmp_path: Path) -> None:
    path = (
        write(tmp_path, [sample_to_row(s) for s in make_samples()])
        / "data"
        / "train-00000-of-00001.parquet"
    )
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DatasetError, match="is damaged or not a Parquet file"):
        open_folder(tmp_path)


def test_a_changed_file_makes_the_copy_anew_and_the_old_one_goes(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("WAYWISER_CACHE", str(tmp_path / "cache"))
    samples = make_samples()
    folder = write(tmp_path / "set", [sample_to_row(s) for s in samples])
    before = open_folder(folder)
    write(folder, [sample_to_row(s) for s in samples[:5]])
    after = open_folder(folder)
    assert (len(after), len(before), before.sample(23).id) == (
        5,
        24,
        samples[23].id,
    )  # an open one stays whole
    assert sum(1 for _ in (tmp_path / "cache").rglob("rows.arrow")) == 1


def test_a_cache_that_cannot_be_written_is_one_line(tmp_path: Path, monkeypatch: Any) -> None:
    folder = write(tmp_path / "set", [sample_to_row(s) for s in make_samples()])
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("WAYWISER_CACHE", str(tmp_path / "file"))
    with pytest.raises(DatasetError, match="WAYWISER_CACHE"):
        open_folder(folder)


def test_two_processes_build_one_copy(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", [sample_to_row(s) for s in make_samples()] * 50)
    code = (
        "import json, sys; from waywiser.sources.open_data import DataSource, open_data\n"
        "store = open_data(DataSource(path=sys.argv[1])); print(json.dumps([len(store), str(store.folder)]))"
    )
    environment = {**os.environ, "WAYWISER_CACHE": str(tmp_path / "cache")}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, env=environment
        )
        for _ in range(2)
    ]
    found = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    assert found[0] == found[1]
    assert found[0][0] == 1200


def test_a_store_of_many_pictures_finds_each(tmp_path: Path) -> None:
    base = make_samples()[0]
    samples = [base.model_copy(update={"id": str(i), "images": [png(i)]}) for i in range(600)]
    store = open_folder(write(tmp_path, [sample_to_row(s) for s in samples]))
    assert all(store.encoded(store.places(i)[0]) == png(i) for i in (0, 255, 256, 511, 512, 599))
