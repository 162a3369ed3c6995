"""What a reader of the code may count on: short files and functions, air, one meaning per name,
explained arguments.
"""

from typing import Any

import pytest

from helpers.tool_modules import load_tool

counters_tool = load_tool("house_counters")

AT_MOST = {
    "public names in several modules": 0,
    "lines over 100 characters, %": 1.0,
    "fmt: skip": 10,
    "function lines, largest": 71,
    "file lines, largest": 350,
    "dict[str, Any]": 80,
}
AT_LEAST = {
    "blank lines per 100 function lines": 5.0,
    "wide public functions with Args or Returns, %": 40.0,
}


@pytest.fixture(scope="module")
def sources() -> Any:
    return counters_tool.read_sources(counters_tool.DEFAULT_ROOT)


@pytest.fixture(scope="module")
def counted(sources: Any) -> dict[str, float]:
    return counters_tool.count_house(sources)


@pytest.mark.parametrize("counter", AT_MOST)
def test_at_most(counted: dict[str, float], counter: str) -> None:
    assert counted[counter] <= AT_MOST[counter]


@pytest.mark.parametrize("counter", AT_LEAST)
def test_at_least(counted: dict[str, float], counter: str) -> None:
    assert counted[counter] >= AT_LEAST[counter]


def test_no_public_name_is_defined_twice(sources: Any) -> None:
    assert counters_tool.repeated_names(sources) == {}
