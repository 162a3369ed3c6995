"""Benchmarks by name through `datasets` (here from a local repository of the same form), and videos
from files.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers.chat_server import chat_server
from helpers.layout_files import CHOICES, png, vsi_bench
from waywiser.cli import main
from waywiser.errors import DatasetError
from waywiser.evaluation.benchmarks import LICENSES, load_benchmark
from waywiser.evaluation.benchmarks.hub_datasets import HUB_DATASETS, resolve_hub_dataset
from waywiser.evaluation.benchmarks.item import MiddleFrames


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """CV-Bench's rows as a dataset with an Image feature, as `datasets` publishes them."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    rows = [
        {
            "idx": i,
            "type": "2D",
            "task": "Count",
            "question": "x?",
            "choices": CHOICES,
            "answer": "(B)",
        }
        | {"prompt": "x? (A) red (B) green (C) blue", "source": "COCO", "filename": f"{i}.png"}
        | {"image": {"bytes": png(), "path": None}}
        for i in range(3)
    ]
    rows.append(rows[0])
    folder = tmp_path / "CV-Bench"
    folder.mkdir()
    made = datasets.Dataset.from_list(rows).cast_column("image", datasets.Image())
    made.to_parquet(folder / "test.parquet")
    return folder


def test_rows_by_name_are_those_of_the_local_copy(repository: Path) -> None:
    by_name = load_benchmark("cv-bench", f"hub:{repository}")
    local = load_benchmark("cv-bench", repository)
    assert by_name.sha256 == local.sha256
    assert [item.images for item in by_name.items] == [item.images for item in local.items]
    assert by_name.items[0].pictures()[0].size == (24, 24)
    assert list(by_name.bad) == ["test:4"]
    assert "occurs twice" in by_name.bad["test:4"]


def test_a_run_by_name_shows_licence_and_hash_first(
    repository: Path, tmp_path: Path, capsys
) -> None:
    with chat_server(lambda *_: "(B)") as (url, _):
        command = [
            "evaluate",
            "m",
            "--benchmark",
            "cv-bench",
            "--data",
            f"hub:{repository}",
            "--endpoint",
            url,
        ]
        assert main([*command, "--out", str(tmp_path / "run")]) == 0
    assert LICENSES["cv-bench"] in capsys.readouterr().err
    scores = json.loads((tmp_path / "run" / "scores.json").read_text())
    assert (scores["answered"], scores["data"]) == (3, f"hub:{repository}")
    assert main(["report", str(tmp_path / "run")]) == 0


def test_without_a_network_there_is_one_clear_line_and_nothing_is_written(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "home"),
    }
    command = [
        sys.executable,
        "-m",
        "waywiser",
        "evaluate",
        "m",
        "--benchmark",
        "cv-bench",
        "--endpoint",
        "http://x/v1",
    ]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "run")],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "nyu-visionx/CV-Bench" in done.stderr
    assert "give --data a local copy" in done.stderr
    assert not (tmp_path / "run").exists()


def test_every_benchmark_has_a_name_and_another_name_may_be_given() -> None:
    assert {name.partition(":")[0] for name in HUB_DATASETS} == set(LICENSES)
    assert resolve_hub_dataset("vsi-bench:debiased", "hub:").config == "debiased"
    assert (
        resolve_hub_dataset("vsi-bench", "hub:nyu-visionx/VSI-Bench") == HUB_DATASETS["vsi-bench"]
    )
    assert resolve_hub_dataset("vsi-bench", "hub:me/mine").config is None
    with pytest.raises(DatasetError, match=r"not published under a name"):
        resolve_hub_dataset("mmlu", "hub:")
    with pytest.raises(DatasetError, match="waywiser benchmark data/spatial"):
        load_benchmark("spatial", "hub:")


@pytest.mark.parametrize(
    ("count", "total", "places"), [(1, 9, [4]), (2, 8, [2, 6]), (4, 3, [0, 1, 2]), (3, 0, [])]
)
def test_frames_are_the_middles_of_equal_parts(count: int, total: int, places: list[int]) -> None:
    assert MiddleFrames(count).indices(total) == places


@pytest.mark.parametrize("frames", [1, 5])
def test_a_video_file_shows_the_same_frames_as_a_folder(frames: int, tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    vsi_bench(tmp_path)
    with av.open(str(tmp_path / "scannet" / "scene7.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = 64
        stream.height = 48
        stream.pix_fmt = "yuv420p"
        for i in range(50):
            shade = np.full((48, 64, 3), 5 * i, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shade, "rgb24")))
        container.mux(stream.encode(None))
    row = json.loads((tmp_path / "test.jsonl").read_text().splitlines()[0])
    (tmp_path / "test.jsonl").write_text(json.dumps(row | {"scene_name": "scene7"}))
    item = load_benchmark("vsi-bench", tmp_path).items[0]
    shown = item.pictures(frames)
    shades = [float(np.asarray(picture).mean()) for picture in shown]
    assert shades == pytest.approx([5 * i for i in MiddleFrames(frames).indices(50)], abs=6)
    whole = (tmp_path / "scannet" / "scene7.mp4").read_bytes()
    (tmp_path / "scannet" / "scene7.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DatasetError, match="item 0"):
        item.pictures(frames)
