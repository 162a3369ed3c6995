"""The guides' commands, run in the order of the page: files in fences are written, `$ waywiser` lines are called."""

import re
import shlex
from pathlib import Path

import pytest

from models.qwen_tiny import tiny_qwen
from waywiser.cli import main

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.M | re.S)
QUICK = ["--threads", "1", "--log_steps", "1"]


def follow(page: Path, folder: Path) -> int:
    """Do what a page says, in `folder`; returns how many commands were run."""
    commands = 0
    for kind, name, body in FENCE.findall(page.read_text(encoding="utf-8")):
        if kind == "python" and not name:
            exec(compile(body, str(page), "exec"), {})
        elif name:
            (folder / name).write_text(body, encoding="utf-8")
        elif kind == "console":
            for line in body.splitlines():
                run(line)
                commands += 1
    return commands


def run(line: str) -> None:
    prompt, program, *arguments = shlex.split(line)
    assert (prompt, program) == ("$", "waywiser"), line
    extra = QUICK if arguments[0] == "train" else []
    assert main([*arguments, *extra]) == 0, line


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recipes").symlink_to(ROOT / "recipes")
    return tmp_path


@pytest.mark.slow
def test_your_own_data(folder: Path) -> None:
    assert follow(ROOT / "docs" / "your-data.md", folder) >= 14


@pytest.mark.slow
def test_your_own_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.syspath_prepend(str(folder))
    tiny_qwen(folder / "Qwen2.5-VL-3B-Instruct", "qwen2_5_vl")
    assert follow(ROOT / "docs" / "your-model.md", folder) >= 7
