"""`waywiser scans convert` as a user meets it: one line for every request that cannot be met."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

INSTALLED = importlib.util.find_spec("scenezoo") is not None


def convert(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "waywiser", "scans", "convert", *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=250, env=environment, check=False
    )


def assert_refused(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("waywiser: ")
    assert words in line


@pytest.mark.skipif(INSTALLED, reason="scenezoo is installed here")
def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    assert_refused(convert("scannet", tmp_path, tmp_path / "out"), "pip install 'waywiser[scans]'")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not INSTALLED, reason="needs the extra scans (scenezoo)")
def test_converting(tmp_path: Path) -> None:
    from helpers import scan_layouts as layouts

    layouts.write_scannet(tmp_path / "root")
    (tmp_path / "root" / "scans" / "scene0009_00").mkdir()
    done = convert("scannet", tmp_path / "root", tmp_path / "out", "--frames", 3)
    assert done.returncode == 0, done.stderr
    assert "1 scans in" in done.stdout
    assert "scan left out: scene0009_00: " in done.stdout
    again = convert("scannet", tmp_path / "root", tmp_path / "out")
    assert_refused(again, "is there already")


def test_an_unknown_dataset(tmp_path: Path) -> None:
    assert_refused(convert("kitti", tmp_path, tmp_path / "out"), "choose from scannetv2")
