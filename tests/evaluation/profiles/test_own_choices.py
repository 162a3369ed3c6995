"""Our profile on published questions whose options are odd: labels, letters, the same twice,
numbers in other forms.
"""

import pytest

from waywiser.errors import DatasetError
from waywiser.evaluation.profiles import WAYWISER_PROFILE, score_row
from waywiser.evaluation.profiles.row import strip_labels
from waywiser.evaluation.profiles.text_equality import are_same_numbers, parse_multiple_of_pi


def own(benchmark: str, options: list[str], truth: str, answer: str, kind: str = "mc") -> float:
    row = {"benchmark": benchmark, "question_type": kind, "options": options, "ground_truth": truth}
    return score_row(row | {"model_output": f"<answer>{answer}</answer>"}, WAYWISER_PROFILE).value


@pytest.mark.parametrize("form", ["{})", "({})", "{}.", "{}", "${}$"])
def test_options_that_are_labels_are_scored_by_letter(form: str) -> None:
    options = [form.format(letter) for letter in "ABCDE"]
    for answer, right in (("D", 1), ("(D)", 1), ("D.", 1), ("C", 0), ("E", 0), ("F", 0)):
        assert own("mathvision", options, "D", answer) == right
    assert strip_labels(tuple(options)) == tuple("ABCDE")


LETTERED = ["A. B", "B. C", "C. D", "D. E", "E. No correct answer"]


@pytest.mark.parametrize(
    ("options", "truth", "answer", "right"),
    [
        (LETTERED, "D", "D", 1),
        (LETTERED, "D", "(D)", 1),
        (LETTERED, "D", "D. E", 1),
        (LETTERED, "D", "C", 0),
        (LETTERED, "D", "E", 0),
        (LETTERED, "E", "E", 1),
        (LETTERED, "E", "No correct answer", 1),
        (LETTERED, "E", "D", 0),
        (["A. B", "B. C", "C. D", "D. None"], "B", "C", 0),
        (["A", "C", "C", "D", "it depends"], "A", "A", 1),
        (["A", "C", "C", "D", "it depends"], "B", "C", 0),
        (["A", "C", "C", "D", "it depends"], "E", "it depends", 1),
    ],
)
def test_a_letter_is_a_label_where_the_truth_is_one(
    options: list[str], truth: str, answer: str, right: float
) -> None:
    assert own("wemath", options, truth, answer) == right


SHUFFLED = ["(c)", "(a)", "(e)", "(d)", "(b)"]


@pytest.mark.parametrize(
    ("answer", "right"),
    [("(b)", 1), ("E", 1), ("(E)", 1), ("B", 0), ("(B)", 0), ("(a)", 0), ("(c)", 0)],
)
def test_shuffled_letters_are_told_apart_as_they_are_written(answer: str, right: float) -> None:
    assert own("mathvista", SHUFFLED, "(b)", answer, "multi_choice/text") == right


def test_a_letter_that_may_be_either_is_ambiguous() -> None:
    row = {
        "benchmark": "mathvista",
        "question_type": "multi_choice/text",
        "options": ["C", "A", "B"],
    }
    found = score_row(
        row | {"ground_truth": "B", "model_output": "<answer>B</answer>"}, WAYWISER_PROFILE
    )
    assert found.value == 0
    assert "ambiguous" in found.note
    assert "label" in found.note


@pytest.mark.parametrize(
    ("truth", "answer", "right"),
    [
        ("20 m", "C", 1),
        ("20 m", "20 m", 1),
        ("20 m", "A", 0),
        ("20 m", "30 m", 0),
        ("30 m", "A", 1),
        ("30 m", "D", 1),
        ("30 m", "30 m", 1),
        ("30 m", "B", 0),
    ],
)
def test_an_option_that_stands_there_twice(truth: str, answer: str, right: float) -> None:
    options = ["30 m", "15 m", "20 m", "30 m"]
    assert own("mathvista", options, truth, answer, "multi_choice/text") == right
    if truth == "20 m":
        assert own("mathvision", options, "C", answer) == right


def test_of_two_equal_options_the_truths_letter_counts() -> None:
    options = ["1 and 3", "2 and 4", "2 and 4"]
    assert own("mathvision", options, "B", "B") == own("mathvision", options, "B", "2 and 4") == 1
    assert own("mathvision", options, "B", "C") == own("mathvision", options, "B", "A") == 0


def test_a_truth_that_is_no_option_is_refused_in_short() -> None:
    with pytest.raises(DatasetError, match="not one of the options") as caught:
        own("mathvision", ["1", "2"], "x" * 900, "A")
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    ("benchmark", "kind", "truth", "answer", "right"),
    [
        ("mathvista", "free_form/list", "[3, 5]", "[3,5]", 1),
        ("mathvista", "free_form/list", "[3, 5]", "3, 5", 1),
        ("mathvista", "free_form/list", "[3, 5]", "[5, 3]", 0),
        ("mathvista", "free_form/list", "[3, 5]", "[3, 5, 5]", 0),
        ("dynamath", "text", "x = 3", "x=3", 1),
        ("dynamath", "text", "x = 3", "x=-3", 0),
        ("dynamath", "text", "(1.000, 0.000)", "(1, 0)", 1),
        ("dynamath", "text", "(1.000, 0.000)", "[1, 0]", 0),
        ("dynamath", "text", "(1.000, 0.000)", "(0, 1)", 0),
        ("dynamath", "float", "2.094", "2π/3", 1),
        ("dynamath", "float", "2.094", "\\frac{2\\pi}{3}", 1),
        ("dynamath", "float", "2.094", "π/3", 0),
        ("dynamath", "float", "2.094", "not 2π/3", 0),
        ("dynamath", "float", "6.283", "2 pi", 1),
    ],
)
def test_free_answers_in_other_forms(
    benchmark: str, kind: str, truth: str, answer: str, right: float
) -> None:
    assert own(benchmark, [], truth, answer, kind) == right


def test_what_is_no_list_and_no_multiple_of_pi() -> None:
    assert not are_same_numbers("3", "3")
    assert not are_same_numbers("a, b", "a, b")
    assert parse_multiple_of_pi("π") == pytest.approx(3.14159265)
    assert all(
        parse_multiple_of_pi(text) is None for text in ("", "2", "π+1", "2π3", "π/0", "ππ", "pi r")
    )
