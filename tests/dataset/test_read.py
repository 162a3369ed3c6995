"""Reading datasets: with our code, with `datasets`, and with one clear line for what is no dataset."""

import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from waywiser.dataset.manifest import read_manifest
from waywiser.dataset.reader import read_samples, read_scenes
from waywiser.dataset.schema import SAMPLE_SCHEMA, sample_to_row
from waywiser.errors import DatasetError
from waywiser.sample import Answer, Sample
from waywiser.scenes.furniture.library import open_library
from waywiser.tasks.views import derive_answer

ANSWER = SAMPLE_SCHEMA.field("answer").type


def test_samples_are_whole_and_scenes_are_theirs(dataset: Path) -> None:
    manifest = read_manifest(dataset)
    samples = list(read_samples(dataset))
    scenes = read_scenes(dataset)
    assert manifest is not None
    assert len(samples) == manifest.samples > 10
    assert len(scenes) == 6
    assert len({s.id for s in samples}) == len(samples)
    for sample in samples:
        assert sample.scene_id is not None
        assert sample.program is not None
        camera = scenes[sample.scene_id].cameras[sample.program.inputs["camera"]]
        assert Image.open(io.BytesIO(sample.images[0])).size == (camera.width, camera.height)


def test_every_answer_is_derived_again_from_what_is_stored(dataset: Path) -> None:
    library = open_library("parametric")
    scenes = read_scenes(dataset)
    for sample in list(read_samples(dataset, columns=["program", "scene_id"]))[::2]:
        assert sample.program is not None
        assert (
            derive_answer(sample.program, scenes[sample.scene_id or ""], library) == sample.answer
        )


def test_only_the_columns_asked_for(dataset: Path) -> None:
    for lean, full in zip(
        read_samples(dataset, columns=["reasoning"]), read_samples(dataset, "train"), strict=True
    ):
        assert lean.images == []
        assert lean.program is None
        assert (lean.id, lean.question, lean.answer) == (full.id, full.question, full.answer)
        assert lean.reasoning == full.reasoning is not None


def test_datasets_opens_the_folder_and_the_files(dataset: Path, tmp_path: Path) -> None:
    import datasets

    ours = list(read_samples(dataset))
    cache = str(tmp_path / "cache")
    folder = datasets.load_dataset(str(dataset), split="train", cache_dir=cache)
    files = datasets.load_dataset(
        "parquet", data_files=str(dataset / "data" / "*.parquet"), split="train", cache_dir=cache
    )
    for theirs in (folder, files):
        assert theirs["id"][:] == [s.id for s in ours]
        assert isinstance(theirs.features["images"].feature, datasets.Image)
        image = theirs[0]["images"][0]
        assert image.tobytes() == Image.open(io.BytesIO(ours[0].images[0])).tobytes()
    scenes = datasets.load_dataset(str(dataset), "scenes", split="train", cache_dir=cache)
    assert scenes["id"][:] == list(read_scenes(dataset))


@pytest.fixture
def copy(dataset: Path, tmp_path: Path) -> Path:
    shutil.copytree(dataset, tmp_path / "copy")
    return tmp_path / "copy"


def first(folder: Path, kind: str = "data") -> Path:
    return min((folder / kind).glob("*.parquet"))


def consume(folder: Path) -> None:
    for _ in read_samples(folder):
        pass


def missing(folder: Path) -> Iterator[Path]:
    yield folder / "nowhere"
    (folder / "empty" / "data").mkdir(parents=True)
    yield folder / "empty"
    yield first(folder)


def test_a_folder_that_is_no_dataset(copy: Path) -> None:
    for folder in missing(copy):
        for read in (consume, read_scenes):
            with pytest.raises(DatasetError, match="no dataset") as caught:
                read(folder)
            assert "\n" not in str(caught.value)


def drop(name: str) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.drop_columns([name])


def put(name: str, values: Callable[[int], Any]) -> Callable[[pa.Table], pa.Table]:
    return lambda t: t.set_column(t.column_names.index(name), name, values(len(t)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop("answer"), "no column 'answer'"),
        (put("question", lambda n: pa.array(range(n))), "column 'question' is int64, not string"),
        (put("question", lambda n: pa.nulls(n, pa.string())), "row 0, is not a sample"),
        (put("domain", lambda n: pa.array(["culinary"] * n)), "row 0, is not a sample"),
        (
            put("program", lambda n: pa.array([{"name": "x", "inputs": "{"}] * n)),
            "row 0, is not a sample",
        ),
        (
            put("answer", lambda n: pa.array([{"kind": "integer", "value": "x"}] * n, ANSWER)),
            "row 0, is not",
        ),
        (put("answer", lambda n: pa.nulls(n, ANSWER)), "row 0, is not a sample"),
    ],
)
def test_a_file_of_another_shape(
    copy: Path, change: Callable[[pa.Table], pa.Table], message: str
) -> None:
    pq.write_table(change(pq.read_table(first(copy))), first(copy))
    with pytest.raises(DatasetError, match=message) as caught:
        consume(copy)
    assert "\n" not in str(caught.value)
    assert first(copy).name in str(caught.value)


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"\x00" * 1000, None])
@pytest.mark.parametrize("kind", ["data", "scenes"])
def test_a_damaged_file(copy: Path, damage: bytes | None, kind: str) -> None:
    path = first(copy, kind)
    path.write_bytes(path.read_bytes()[:-50] if damage is None else damage)
    with pytest.raises(DatasetError, match="damaged") as caught:
        consume(copy) if kind == "data" else read_scenes(copy)
    assert "\n" not in str(caught.value)


def test_a_page_that_is_damaged_inside_a_whole_file(copy: Path) -> None:
    path = first(copy)
    content = bytearray(path.read_bytes())
    content[4:400] = b"\xff" * 396
    path.write_bytes(bytes(content))
    with pytest.raises(DatasetError):
        consume(copy)


def test_scenes_that_are_none(copy: Path) -> None:
    path = first(copy, "scenes")
    table = pq.read_table(path)
    for text in ("", "{}", "[]", "null", json.dumps({"id": "x"})):
        pq.write_table(put("scene", lambda n, text=text: pa.array([text] * n))(table), path)
        with pytest.raises(DatasetError, match="not a scene"):
            read_scenes(copy)
    pq.write_table(table.drop_columns(["scene"]), path)
    with pytest.raises(DatasetError, match="no column 'scene'"):
        read_scenes(copy)


def test_unknown_split_and_column(dataset: Path) -> None:
    with pytest.raises(DatasetError, match="no split 'heldout': it has train"):
        read_samples(dataset, split="heldout")
    with pytest.raises(DatasetError, match="no column 'picture'"):
        read_samples(dataset, columns=["picture"])


def test_samples_of_other_sources_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    samples = [
        Sample(
            id=str(i),
            split="train",
            domain="general",
            task="t",
            source="s",
            question="q?",
            answer=answer,
        )
        for i, answer in enumerate(
            [
                Answer(kind="integer", value=2),
                Answer(kind="choices", value=["a"], options=["a", "b"]),
            ]
        )
    ]
    table = pa.Table.from_pylist([sample_to_row(s) for s in samples], schema=SAMPLE_SCHEMA)
    pq.write_table(table, tmp_path / "data" / "train-00000-of-00001.parquet")
    assert list(read_samples(tmp_path)) == samples
