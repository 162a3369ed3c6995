"""The parts that profiles read with: LaTeX values, number words, letters, edit distance."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywiser.answers._harness_values import python_value
from waywiser.evaluation.profiles.edit_distance import edit_distance, nearest_option
from waywiser.evaluation.profiles.harness_number_words import find_first_number
from waywiser.evaluation.profiles.latex_value import evaluate_latex
from waywiser.evaluation.profiles.lmms_eval_reasoning import (
    find_last_box,
    find_option_letter,
    score_lmms_eval_reasoning,
)
from waywiser.evaluation.profiles.row import OutputRow, find_truth_letter, strip_labels
from waywiser.evaluation.profiles.vlmevalkit_spatial import read_last_number, read_option_letter

DATA = Path(__file__).parents[2] / "data" / "benchmark_scoring"
VALUES = json.loads((DATA / "latex_values.json").read_text())


@pytest.mark.parametrize(("text", "expected"), VALUES, ids=lambda v: str(v))
def test_latex_has_the_value_that_the_harness_library_gave(text: str, expected: float) -> None:
    value = evaluate_latex(text)
    assert (None if value is None else round(value, 2)) == expected


@given(st.text(alphabet="0123456789.,+-*/^!()[]{}\\ sqrtfacpi", max_size=60))
def test_any_text_has_a_finite_value_or_none(text: str) -> None:
    value = evaluate_latex(text)
    assert value is None or isinstance(value, int) or math.isfinite(value)  # 4^512 is an int


def test_powers_of_powers_end_at_once() -> None:
    assert evaluate_latex("9^{9^{9}}") is None
    assert evaluate_latex("(" * 300 + "1") is None
    assert evaluate_latex("\\sin" * 10_000) is None
    for endless in ("9**9**9", "(" * 300 + "1", "1" * 5000):
        with pytest.raises((ValueError, SyntaxError)):
            python_value(endless)


def test_what_stands_behind_an_expression_is_not_read() -> None:
    assert evaluate_latex("$18$}\\text{?}") == 18
    assert evaluate_latex("18 % of it") is None, "the library stops at a sign it does not know"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2**3", 8),
        ("1_000", 1000),
        ("7 // 2", 3),
        ("-1 or x", -1),
        ("0 and x", 0),
        ("1 < 2 < 3", True),
        ("max(2, 3)", 3),
    ],
)
def test_arithmetic_of_python_is_read_without_eval(text: str, value: float) -> None:
    assert python_value(text) == value


@pytest.mark.parametrize(
    "text", ["x", "sqrt(4)", "().__class__", "[1][0]", "__import__('os')", "print", "f'{1}'", "'1'"]
)
def test_nothing_else_of_python_is(text: str) -> None:
    with pytest.raises(ValueError, match="not arithmetic"):
        python_value(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("twenty-two", 22),
        ("about four chairs", 4),
        ("one hundred and five", 105),
        ("three point five", 3),
        ("two three", 5),
        ("two thousand", 2000),
        ("two million", 2),
        ("nine-one-one", 11),
        ("someone often", None),
        ("no number", None),
        ("five hundred twelve", 512),
        ("one apple, room 2", 1),
        ("1,200", 1),
        (".5", 5),
        ("3-4", 3),
        ("-2.5 m", -2.5),
        ("²", None),
    ],
)
def test_the_first_number_of_a_text(text: str, number: float | None) -> None:
    assert find_first_number(text) == number


@given(st.text(max_size=8), st.text(max_size=8))
def test_edit_distance_is_a_metric_on_short_texts(a: str, b: str) -> None:
    assert edit_distance(a, b) == edit_distance(b, a)
    assert (edit_distance(a, b) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= edit_distance(a, b) <= max(len(a), len(b))


def test_the_first_of_the_nearest_options_wins() -> None:
    assert edit_distance("kitten", "sitting") == 3
    assert nearest_option("22.5", ["11.3", "22.4", "22.6"]) == "22.4"


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("<answer>B. chair</answer>", "B"),
        ("So it is (c)</answer>", "C"),
        ("A or B", None),
        ("B", "B"),
        ("", None),
        ("the answer is d", "D"),
        ("<think>A, B and C.</think> It is C", "C"),
        ("**D**", "D"),
        ("b) bed", "B"),
    ],
)
def test_letters_of_spatial_benchmarks(text: str, letter: str | None) -> None:
    assert read_option_letter(text) == letter


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("<answer>4 chairs</answer>", 4),
        ("1,200", 200),
        ("20-25", -25),
        ("[3, 4]", 3),
        ("none", None),
        ("four", 4),
        ("<think>7</think> I count 2 and then 3.5 m", 3.5),
        ("<think>7</think> nothing", 7),
    ],
)
def test_numbers_of_spatial_benchmarks(text: str, number: float | None) -> None:
    assert read_last_number(text) == number


@pytest.mark.parametrize(
    ("text", "letter"),
    [("C. 1", "C"), ("(B)", "B"), ("the answer is D", "D"), ("\\boxed{C}", "C"), ("xyz", None)],
)
def test_letters_of_reasoning_tasks(text: str, letter: str | None) -> None:
    assert find_option_letter(text) == letter


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("\\boxed{1} \\boxed{2}", "2"),
        ("\\boxed{\\boxed{3}}", "3"),
        ("\\boxed{\\frac{1}{2}} \\boxed{", "\\frac{1}{2}"),
        ("\\boxed{", ""),
        ("}", ""),
    ],
)
def test_the_box_that_opens_last(text: str, box: str) -> None:
    assert find_last_box(text) == box


def test_the_first_answer_block_counts_if_it_is_closed() -> None:
    def reads(output: str) -> float:
        row = OutputRow("wemath", "mc", (), "B", output, variant="reasoning")
        return score_lmms_eval_reasoning(row).value

    assert reads("<answer>B</answer> <answer>C</answer>") == 1
    assert reads("</answer><answer>B") == 0
    assert reads("<answer></answer> \\boxed{B}") == 0, "an empty block is the answer"


def test_labels_are_taken_off_only_where_every_option_has_its_own() -> None:
    assert strip_labels(("A. table", "B. chair")) == ("table", "chair")
    assert strip_labels(("A. table", "chair")) == ("A. table", "chair")


def test_a_truth_is_a_letter_or_an_options_words() -> None:
    from waywiser.evaluation.profiles import parse_row

    base = {"model_output": "", "options": ["A. table", "B. chair"], "benchmark": "cv-bench"}
    assert [
        find_truth_letter(parse_row(base | {"ground_truth": t}))
        for t in ("(B)", "B", "chair", "B. chair", "C")
    ] == [
        "B",
        "B",
        "B",
        "B",
        "",
    ]
