"""Dimension suffixes (`rewards_P_G`) are explained in the module that uses them.

A module with more than ten distinct suffixed names has a legend in its docstring, such as

    Dimensions: P prompts, G completions of each, T tokens.

which explains every letter that more than three of its names use. It may run over several lines
and ends with a full stop. CONTRIBUTING.md lists the letters and what they mean.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "waywiser"

MAX_UNEXPLAINED_NAMES = 10
"""A module with more suffixed names than this needs a legend."""

MAX_UNEXPLAINED_USES = 3
"""A letter that more names of a module use must be in its legend."""

SUFFIXED = re.compile(r"_?[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*((?:_(?:[A-Z]|[1-9][0-9]?))+)")
"""`points_P_3`: a name in lower case, then a capital letter or a small number for each axis."""

LEGEND = re.compile(r"^Dimensions: (.+?)\.(?=\s|\Z)", re.MULTILINE | re.DOTALL)


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def identifiers(tree: ast.Module) -> Iterator[str]:
    """All names of variables, attributes, parameters, functions, classes and imports."""
    for node in ast.walk(tree):
        for field in ("id", "attr", "arg", "name", "asname"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name


def suffixed_names(tree: ast.Module) -> dict[str, set[str]]:
    """The letters of each dimension-suffixed name: {"points_P_3": {"P"}}."""
    matches = {name: SUFFIXED.fullmatch(name) for name in identifiers(tree)}
    return {name: set(re.findall("[A-Z]", match[1])) for name, match in matches.items() if match}


def read_legend(docstring: str) -> dict[str, str] | None:
    """What each letter stands for, None if there is no legend.

    Raises:
        ValueError: An entry is not one letter followed by words, or a letter has two entries.
    """
    legend = LEGEND.search(docstring)
    if legend is None:
        return None

    meanings: dict[str, str] = {}

    for entry in re.split(r",\s+(?=[A-Z]\b)", legend[1]):
        letter, _, words = " ".join(entry.split()).partition(" ")
        if not re.fullmatch("[A-Z]", letter) or not words:
            raise ValueError(f"{entry!r} is not a letter followed by what it counts")
        if letter in meanings:
            raise ValueError(f"{letter} has two meanings")
        meanings[letter] = words

    return meanings


def find_problems(source: str) -> list[str]:
    """What is wrong with a module's legend, one line each."""
    tree = ast.parse(source)
    names = suffixed_names(tree)

    try:
        legend = read_legend(ast.get_docstring(tree) or "")
    except ValueError as error:
        return [f"its legend cannot be read: {error}"]

    if legend is None and len(names) <= MAX_UNEXPLAINED_NAMES:
        return []
    if legend is None:
        return [f"{len(names)} suffixed names, but no line `Dimensions: ...` in its docstring"]

    uses: dict[str, int] = defaultdict(int)
    for letters in names.values():
        for letter in letters:
            uses[letter] += 1

    body = "\n".join(source.splitlines()[tree.body[0].end_lineno :])
    needed = {letter for letter, count in uses.items() if count > MAX_UNEXPLAINED_USES}
    unused = {letter for letter in legend if not re.search(rf"(?:\b|_){letter}(?:\b|_)", body)}

    return [
        *(f"its legend does not explain {letter}" for letter in sorted(needed - set(legend))),
        *(f"its legend explains {letter}, which it does not use" for letter in sorted(unused)),
    ]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_letters_of_dimensions_are_explained(path: Path) -> None:
    problems = find_problems(path.read_text(encoding="utf-8"))

    assert not problems, f"{path.relative_to(SOURCE)}: {'; '.join(problems)}"


FOUR_NAMES_P = "a_P = b_P = c_P = d_P_3 = 0\n"
MANY_NAMES = FOUR_NAMES_P + "".join(f"{letter}_3 = 0\n" for letter in "efghijk")


def with_legend(legend: str, code: str = MANY_NAMES) -> str:
    return f'"""A module.\n\n{legend}\n"""\n\n{code}'


def test_few_suffixed_names_need_no_legend() -> None:
    assert find_problems(FOUR_NAMES_P) == []


def test_more_than_ten_suffixed_names_need_a_legend() -> None:
    (problem,) = find_problems(MANY_NAMES)

    assert problem.startswith("11 suffixed names, but no line")


def test_digits_alone_need_no_entry() -> None:
    assert find_problems(with_legend("Dimensions: P points.")) == []


def test_a_legend_may_run_over_lines_and_contain_commas_and_numbers() -> None:
    legend = "Dimensions: P points, pixels or 0.5 m cells,\nG completions."

    assert find_problems(with_legend(legend, MANY_NAMES + "a_P_G = 0")) == []


@pytest.mark.parametrize(
    ("legend", "problem"),
    [
        ("Dimensions: G completions.", "does not explain P"),
        ("Dimensions: P points, Q quads.", "explains Q, which it does not use"),
        ("Dimensions: P points, P prompts.", "P has two meanings"),
        ("Dimensions: P, G completions.", "not a letter followed by what it counts"),
        ("Dimensions: points P.", "not a letter followed by what it counts"),
        ("Shapes: P points.", "no line `Dimensions: ...`"),
    ],
)
def test_a_wrong_legend_is_reported(legend: str, problem: str) -> None:
    assert problem in "; ".join(find_problems(with_legend(legend)))


@pytest.mark.parametrize("name", ["points_P_3", "_rewards_B_C", "uv_F_3_2", "u_P", "origin_3"])
def test_suffixed_names_are_recognized(name: str) -> None:
    assert list(suffixed_names(ast.parse(f"{name} = 0"))) == [name]


@pytest.mark.parametrize("name", ["points", "load_4bit", "MAX_N", "Qwen2_5_VL", "choice_2025_07"])
def test_other_names_are_not(name: str) -> None:
    assert suffixed_names(ast.parse(f"{name} = 0")) == {}
