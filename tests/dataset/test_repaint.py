"""`realism="cycles"`: other pictures, the same questions and answers; the same bytes however they
were made.
"""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pyarrow.parquet as pq
import pytest
from PIL import Image

from helpers.blenders import needs_blender
from waywiser.cli import main
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.frame_refs import FrameRef
from waywiser.dataset.manifest import read_manifest
from waywiser.dataset.shard import STAGING
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import RecipeError, SceneError
from waywiser.rendering.blender.process import PYTHON_VARIABLE, blender_python
from waywiser.rendering.marks import Mark
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.procedural.room_config import RoomConfig

Contents = Callable[[Path], dict[str, bytes]]
SMALL = HomeConfig(
    width=80,
    height=60,
    max_rooms=2,
    min_frames=6,
    max_frames=6,
    moving_frames=4,
    moving_share=1.0,
    photos=1,
    excerpts=1,
)

SCRIPT = """
import sys
from pathlib import Path
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.synthesize import synthesize

if __name__ == "__main__":
    synthesize(SynthesisConfig.model_validate_json(sys.argv[1]))
"""


def small(out: Path, **changes: object) -> SynthesisConfig:
    """Three rooms and a home with videos, so few paths a pixel that it takes seconds."""
    request = {
        "out": out,
        "rooms": 3,
        "homes": 1,
        "shard_rooms": 2,
        "seed": 5,
        "assets": "parametric",
        "tasks": "all",
        "home": SMALL.model_dump(),
        "room": RoomConfig(width=64, height=48).model_dump(),
        "video": "mp4",
        "realism": "cycles",
        "cycles": {"samples": 1},
        **changes,
    }
    return SynthesisConfig.model_validate(request)


@pytest.fixture(scope="module")
def repainted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cycles") / "cycles"
    synthesize(small(out), progress=False)
    return out


@needs_blender
def test_only_the_pictures_differ(tmp_path: Path, repainted: Path) -> None:
    synthesize(small(tmp_path / "embree", realism="embree"), progress=False)
    paths = sorted(path.relative_to(repainted) for path in repainted.rglob("*.parquet"))
    assert paths == sorted(
        path.relative_to(tmp_path / "embree") for path in (tmp_path / "embree").rglob("*.parquet")
    )
    changed = 0
    for path in paths:
        cycles, embree = (
            pq.read_table(folder / path).to_pylist() for folder in (repainted, tmp_path / "embree")
        )
        for ours, theirs in zip(cycles, embree, strict=True):
            for one, other in zip(ours.pop("images", []), theirs.pop("images", []), strict=True):
                assert one["path"] == other["path"]
                assert one["bytes"][:3] == other["bytes"][:3]  # both JPEG or both PNG
                pictures = [
                    np.asarray(Image.open(io.BytesIO(image["bytes"]))).astype(int)
                    for image in (one, other)
                ]
                assert pictures[0].shape == pictures[1].shape
                assert np.corrcoef(pictures[0].ravel(), pictures[1].ravel())[0, 1] > 0.5
                changed += one["bytes"] != other["bytes"]
            assert ours == theirs
    assert changed > 20
    names = {path.name for path in (repainted / "videos").iterdir()}
    assert names == {path.name for path in (tmp_path / "embree" / "videos").iterdir()}
    assert names
    manifests = [read_manifest(folder) for folder in (repainted, tmp_path / "embree")]
    assert manifests[0]
    assert manifests[1]
    assert manifests[0].answers == manifests[1].answers
    assert manifests[0].recipe["blender"].startswith("4.5")


@needs_blender
def test_a_killed_run_resumes_and_ends_with_the_same_bytes(
    tmp_path: Path, repainted: Path, contents: Contents
) -> None:
    out = tmp_path / "out"
    script = tmp_path / "make.py"
    script.write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, str(script), small(out).model_dump_json()],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    drawn = out / STAGING / "cycles"
    while not any(drawn.glob("*.parquet")):
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.02)
    family = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()  # Blender ends by itself
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive
    assert 0 < len(list(drawn.glob("*.parquet"))) < 3
    assert read_manifest(out) is None
    synthesize(small(out, workers=2), progress=False)
    assert contents(out) == contents(repainted)


@needs_blender
def test_a_blender_that_dies_is_one_line_and_the_next_run_ends_well(
    tmp_path: Path, repainted: Path, contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Blender whose orders end after the third, while there is more to draw."""
    python = blender_python()
    brief = tmp_path / "python"
    brief.write_text(f'#!/bin/sh\nsed -u 3q | "{python}" "$@"\n')
    brief.chmod(0o755)
    monkeypatch.setenv(PYTHON_VARIABLE, str(brief))
    with pytest.raises(SceneError, match=r"Blender died .*run again to resume") as caught:
        synthesize(small(tmp_path / "out"), progress=False)
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "out").rglob(".*partial*"))
    family = psutil.Process().children(recursive=True)
    assert not [process for process in family if "worker.py" in " ".join(process.cmdline())]
    monkeypatch.setenv(PYTHON_VARIABLE, str(python))
    synthesize(small(tmp_path / "out"), progress=False)
    assert contents(tmp_path / "out") == contents(repainted)


def test_without_blender_it_is_one_line_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WAYWISER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(PYTHON_VARIABLE, raising=False)
    with pytest.raises(RecipeError, match="waywiser assets blender"):
        synthesize(small(tmp_path / "out"), progress=False)
    assert not (tmp_path / "out").exists()
    assert (
        main(
            [
                "synthesize",
                "--out",
                str(tmp_path / "out"),
                "--assets",
                "parametric",
                "--realism",
                "cycles",
            ]
        )
        == 2
    )
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["synthesize", "--out", str(tmp_path / "out"), "--realism", "photo"]) == 2
    assert "realism" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_recipes_without_cycles_are_what_they_were(tmp_path: Path) -> None:
    plain = small(tmp_path, realism="embree", cycles={"samples": 3}).recipe("f")
    assert not {"realism", "cycles"} & set(plain)
    assert small(tmp_path).recipe("f")["cycles"] == {"samples": 1}


def test_a_take_is_read_as_it_was_written() -> None:
    shown = FrameRef(3, 14, (Mark((1.5, 2.25), "A"), Mark((3.0, 4.0))))
    assert FrameRef.read(shown.text()) == shown
    assert FrameRef.read(FrameRef(None, 2).text()) == FrameRef(None, 2)
