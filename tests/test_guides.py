"""Each page of the guide is followed from top to bottom.

Named files are written; `$ waywiser` lines and Python blocks are run. The Python blocks of a page
share one namespace and one empty folder.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.qwen_tiny import tiny_qwen
from waywiser.cli import main
from waywiser.tasks.registry import unload_plugin

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "guide"
README = ROOT / "README.md"
FENCE = re.compile(r"^```(\w+)(?: title=\"(\S+)\")?\n(.*?)^```$", re.M | re.S)
QUICK = ["--threads", "1", "--log_steps", "1"]
MIN_BLOCKS = 40
QWEN_PAGE = "your_model.md"


def fences(page: Path) -> list[tuple[str, str | None, str, int]]:
    """Kind, file name (None without one), body and first line of each fenced block."""
    text = page.read_text(encoding="utf-8")
    return [
        (*match.groups(), text.count("\n", 0, match.start(3))) for match in FENCE.finditer(text)
    ]


def runs(page: Path) -> bool:
    """Whether a page has something to run."""
    return any(
        kind == "console" or (kind == "python" and not name) for kind, name, *_ in fences(page)
    )


PAGES = [README, *sorted(page for page in GUIDE.glob("*.md") if runs(page))]


def follow(page: Path, folder: Path) -> int:
    """Do what a page says, in `folder`; returns how many commands were run."""
    commands = 0
    namespace: dict[str, Any] = {"__name__": "guide"}

    for kind, name, body, line_number in fences(page):
        if name:
            (folder / name).write_text(body, encoding="utf-8")
        elif kind == "python":
            padded = "\n" * line_number + body  # so that a traceback shows the page's lines
            exec(compile(padded, str(page), "exec"), namespace)
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
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "recipes").symlink_to(ROOT / "recipes")
    yield tmp_path

    for path in tmp_path.glob("*.py"):
        unload_plugin(path)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_runs_as_it_is_written(page: Path, folder: Path) -> None:
    if page.name == QWEN_PAGE:
        tiny_qwen(folder / "Qwen2.5-VL-3B-Instruct", "qwen2_5_vl")

    commands = follow(page, folder)
    assert commands >= {"your_data.md": 14, QWEN_PAGE: 7}.get(page.name, 0)


def test_the_guide_has_many_python_blocks() -> None:
    kinds = [kind for page in GUIDE.glob("*.md") for kind, *_ in fences(page)]
    assert kinds.count("python") >= MIN_BLOCKS
