"""docs/guide/tasks.md says what the code says, and shows an example of every task."""

import json
from pathlib import Path
from types import ModuleType

import pytest

from helpers.tool_modules import load_tool
from waywiser.tasks.registry import TASKS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    return load_tool("task_catalogue")


def test_the_page_is_up_to_date(tool: ModuleType) -> None:
    written = (ROOT / "docs" / "guide" / "tasks.md").read_text()
    assert written == tool.page(tool.stored()), "run: python tools/task_catalogue.py"


@pytest.mark.parametrize("name", TASKS)
def test_every_task_has_an_example_with_a_small_picture(name: str) -> None:
    example = json.loads((ROOT / "docs" / "pictures" / "tasks.json").read_text())[name]
    picture = ROOT / "docs" / "pictures" / example["picture"]
    assert 2_000 < picture.stat().st_size <= 40_000
    assert example["question"]
    assert example["answer"]
