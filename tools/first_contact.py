"""Writes docs/evidence/first-contact.md: every case of the log of public faults, its result now and
its tests.

Tests say which cases they stand for by `@pytest.mark.case(...)`; the cases are in
tests/data/first_contact.json.

    python tools/first_contact.py
"""

import ast
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "evidence" / "first-contact.md"
CASES = ROOT / "tests" / "data" / "first_contact.json"
HEAD = """# Evidence: first contact

Cases from public bug threads of people who train and serve vision-language models, reduced to small
inputs of our own and tried on commit 8770cb7: the result then, the result now, and the tests that
cover it. Cases without a test passed before. `tools/first_contact.py` writes this page, and a test
compares it with the tests' own marks.
"""


def marked_tests() -> dict[int, list[str]]:
    """The tests of each case, as file::function below tests/."""
    found: dict[int, list[str]] = defaultdict(list)

    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for number in _cases(node):
                    found[number].append(f"{path.relative_to(ROOT / 'tests')}::{node.name}")

    return dict(found)


def _cases(node: ast.FunctionDef) -> list[int]:
    numbers: list[int] = []

    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.case":
            numbers += [
                int(argument.value) for argument in mark.args if isinstance(argument, ast.Constant)
            ]

    return numbers


def read_cases() -> list[dict[str, Any]]:
    """Number, section, case, source, result before and result now of each case."""
    return json.loads(CASES.read_text(encoding="utf-8"))


def page() -> str:
    """The whole page."""
    cases = read_cases()
    tests = marked_tests()
    failed = [case for case in cases if case["before"] == "failed"]
    held = sum(case["number"] in tests for case in failed)
    lines = [
        HEAD,
        f"{len(cases)} cases, {len(failed)} of which failed; {held} of those are covered by tests now.\n",
    ]

    for section in dict.fromkeys(case["section"] for case in cases):
        lines += [
            f"## {section}\n",
            "| # | case | source | before | now | tests |",
            "|---|---|---|---|---|---|",
        ]

        lines += [_row(case, tests) for case in cases if case["section"] == section]
        lines.append("")

    return "\n".join(lines)


def _row(case: dict[str, Any], tests: dict[int, list[str]]) -> str:
    names = tests.get(case["number"], [])
    shown = ", ".join(f"`{name}`" for name in names[:2])
    if len(names) > 2:
        shown += f" and {len(names) - 2} more"
    cells = [str(case["number"]), case["case"], case["source"], case["before"], case["now"], shown]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
