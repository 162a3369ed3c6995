"""The eight published layouts are read, and what cannot be used is counted with its reason."""

import json
from pathlib import Path

import pytest

from helpers.layout_files import COUNTS, WRITERS, cv_bench, logicvista, mathvision, vsi_bench
from waywiser.errors import DatasetError, RecipeError
from waywiser.evaluation.aggregates import ScoredItem, aggregate
from waywiser.evaluation.benchmarks import load_benchmark
from waywiser.evaluation.profiles import WAYWISER_PROFILE, score_row


@pytest.mark.parametrize("benchmark", WRITERS)
def test_each_layout_gives_items_that_show_score_and_average(
    benchmark: str, tmp_path: Path
) -> None:
    WRITERS[benchmark](tmp_path)
    loaded = load_benchmark(benchmark, tmp_path)
    assert len(loaded.items) == COUNTS[benchmark]
    assert bool(loaded.bad) == (benchmark == "logicvista")
    assert loaded.license
    scored = []
    for item in loaded.items:
        assert item.prompt.strip()
        assert all(picture.mode == "RGB" for picture in item.pictures(2))
        gold = (
            item.truth if item.truth.strip("()") != item.truth else f"<answer>{item.truth}</answer>"
        )
        value = score_row(item.row(gold), WAYWISER_PROFILE).value
        assert value == 1, (item.truth, item.question_type)
        scored.append(ScoredItem(item.id, value, item.cluster, item.group))
    values = [a.value for a in aggregate(benchmark, scored)]
    assert set(values) <= {None, 0, 1}
    assert 1 in values


@pytest.mark.parametrize("benchmark", WRITERS)
def test_the_hash_names_the_items(benchmark: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        WRITERS[benchmark](tmp_path / name)
    a, b = (load_benchmark(benchmark, tmp_path / name) for name in ("a", "b"))
    assert a.sha256 == b.sha256
    assert len(a.sha256) == 64


def test_the_subsets_of_vsi_bench(tmp_path: Path) -> None:
    vsi_bench(tmp_path)
    ids = {
        name: {i.id for i in load_benchmark(f"vsi-bench{name}", tmp_path).items}
        for name in ("", ":debiased", ":pruned")
    }
    assert ids[""] == ids[":debiased"] | ids[":pruned"] == {"0", "1", "2", "3"}
    assert ids[":pruned"] == {"0", "2"}


def test_missing_pictures_and_repeated_ids_are_counted(tmp_path: Path) -> None:
    mathvision(tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "test.jsonl").read_text().splitlines()]
    rows += [
        rows[0],
        rows[1] | {"id": "3", "image": "images/none.jpg"},
        rows[1] | {"id": "4", "image": "../../etc/passwd"},
    ]
    rows.append(rows[0] | {"id": "5", "options": ["red", ""]})
    (tmp_path / "test.jsonl").write_text("\n".join([*map(json.dumps, rows), "{broken", "[1]"]))
    loaded = load_benchmark("mathvision", tmp_path)
    assert len(loaded.items) == 2
    reasons = " | ".join(loaded.bad.values())
    assert len(loaded.bad) == 6
    for reason in (
        "occurs twice",
        "none.jpg is missing",
        "passwd is missing",
        "option is empty",
        "no JSON",
        "no row",
    ):
        assert reason in reasons


def test_a_truncated_parquet_costs_that_file_only(tmp_path: Path) -> None:
    cv_bench(tmp_path)
    whole = (tmp_path / "test_3d.parquet").read_bytes()
    (tmp_path / "test_3d.parquet").write_bytes(whole[: len(whole) // 2])
    loaded = load_benchmark("cv-bench", tmp_path)
    assert len(loaded.items) == 4
    assert list(loaded.bad) == ["test_3d.parquet"]


def test_an_empty_answer_is_counted(tmp_path: Path) -> None:
    logicvista(tmp_path)
    assert list(load_benchmark("logicvista", tmp_path).bad.values()) == ["no answer"]


def test_a_video_that_is_missing_or_no_folder_of_frames(tmp_path: Path) -> None:
    vsi_bench(tmp_path)
    for frame in (tmp_path / "scannet" / "scene0").iterdir():
        frame.unlink()
    loaded = load_benchmark("vsi-bench", tmp_path)
    with pytest.raises(DatasetError, match="no frames"):
        loaded.items[0].pictures()
    (tmp_path / "scannet" / "scene0").rmdir()
    assert (
        sum("missing" in reason for reason in load_benchmark("vsi-bench", tmp_path).bad.values())
        == 2
    )


def test_bad_requests(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="unknown benchmark"):
        load_benchmark("mmlu", tmp_path)
    with pytest.raises(DatasetError, match="no JSON"):
        load_benchmark("wemath", tmp_path)
    with pytest.raises(DatasetError, match="nothing at"):
        load_benchmark("wemath", tmp_path / "none")
    (tmp_path / "x.json").write_text('{"a": 1}')
    with pytest.raises(DatasetError, match="no usable item"):
        load_benchmark("wemath", tmp_path)
