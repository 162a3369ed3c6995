"""The parts that profiles read with: LaTeX values, number words, letters, edit distance."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywiser.evaluation.profiles.edit_distance import edit_distance, nearest
from waywiser.evaluation.profiles.latex_value import latex_value, python_value
from waywiser.evaluation.profiles.number_words import digits_for_words
from waywiser.evaluation.profiles.reasoning import read_letter
from waywiser.evaluation.profiles.row import truth_letter, unlabelled
from waywiser.evaluation.profiles.spatial_matching import match_number, match_option

DATA = Path(__file__).parents[2] / "data" / "benchmark_scoring"
VALUES = json.loads((DATA / "latex_values.json").read_text())


@pytest.mark.parametrize(("text", "with_names", "without"), VALUES, ids=lambda v: str(v))
def test_latex_has_the_value_that_the_harness_library_gave(text: str, with_names: float, without: float) -> None:
    for names, expected in ((True, with_names), (False, without)):
        value = latex_value(text, names=names)
        assert (None if value is None else round(value, 2)) == expected


@given(st.text(alphabet="0123456789.,+-*/^!()[]{}\\ sqrtfacpi", max_size=60))
def test_any_text_has_a_finite_value_or_none(text: str) -> None:
    for read in (latex_value, python_value):
        value = read(text)
        assert value is None or math.isfinite(value)


def test_powers_of_powers_end_at_once() -> None:
    assert latex_value("9^{9^{9}}") is None
    assert python_value("9**9**9") is None
    assert latex_value("(" * 300 + "1") is None
    assert python_value("1" * 500) is None


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("twenty-two", "22"),
        ("about four chairs", "about 4 chairs"),
        ("one hundred and five", "105"),
        ("three point five", "3.5"),
        ("two three", "2 3"),
        ("two thousand", "2000"),
        ("someone often", "someone often"),
        ("twenty two meters", "22 meters"),
        ("no number", "no number"),
        ("five hundred twelve", "512"),
    ],
)
def test_number_words(words: str, digits: str) -> None:
    assert digits_for_words(words) == digits


@given(st.text(max_size=8), st.text(max_size=8))
def test_edit_distance_is_a_metric_on_short_texts(a: str, b: str) -> None:
    assert edit_distance(a, b) == edit_distance(b, a)
    assert (edit_distance(a, b) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= edit_distance(a, b) <= max(len(a), len(b))


def test_the_first_of_the_nearest_options_wins() -> None:
    assert edit_distance("kitten", "sitting") == 3
    assert nearest("22.5", ["11.3", "22.4", "22.6"]) == "22.4"


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
    assert match_option(text) == letter


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
    assert match_number(text) == number


@pytest.mark.parametrize(
    ("text", "letter"), [("C. 1", "C"), ("(B)", "B"), ("the answer is D", "D"), ("\\boxed{C}", "C"), ("xyz", None)]
)
def test_letters_of_reasoning_tasks(text: str, letter: str | None) -> None:
    assert read_letter(text) == letter


def test_labels_are_taken_off_only_where_every_option_has_its_own() -> None:
    assert unlabelled(("A. table", "B. chair")) == ("table", "chair")
    assert unlabelled(("A. table", "chair")) == ("A. table", "chair")


def test_a_truth_is_a_letter_or_an_options_words() -> None:
    from waywiser.evaluation.profiles import read_row

    base = {"model_output": "", "options": ["A. table", "B. chair"], "benchmark": "cv-bench"}
    assert [truth_letter(read_row(base | {"ground_truth": t})) for t in ("(B)", "B", "chair", "B. chair", "C")] == [
        "B",
        "B",
        "B",
        "B",
        "",
    ]
