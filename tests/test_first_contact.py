"""The table of public faults is what the tests say, and no fault that was mended lacks a test."""

from pathlib import Path
from types import ModuleType

import pytest

from helpers.tool_modules import load_tool

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    return load_tool("first_contact")


def test_the_page_is_up_to_date(tool: ModuleType) -> None:
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(), "run python tools/first_contact.py"


def test_every_case_that_failed_has_a_test(tool: ModuleType) -> None:
    tests = tool.marked_tests()
    missing = [
        case["number"]
        for case in tool.read_cases()
        if case["before"] == "failed" and case["number"] not in tests
    ]
    assert not missing


def test_every_mark_names_a_case(tool: ModuleType) -> None:
    known = {case["number"] for case in tool.read_cases()}
    assert not set(tool.marked_tests()) - known
