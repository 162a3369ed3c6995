"""Each profile against its harness as it is described: the oddities that move scores, one by one."""

import json
import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from waywiser.evaluation.profiles import (
    LMMS_EVAL,
    OFFICIAL,
    VLMEVALKIT,
    VLMEVALKIT_2025,
    WAYWISER_PROFILE,
    OutputRow,
    score_row,
)
from waywiser.evaluation.profiles.vlmevalkit_choice import infer_option
from waywiser.evaluation.profiles.vlmevalkit_spatial import read_last_number, read_option_letter

NUMBERS = st.floats(0.01, 1000, allow_nan=False).map(lambda x: round(x, 2))
OPTIONS = ("A. red", "B. blue", "C. green")


def value(
    profile: str, benchmark: str, kind: str, output: str, truth: str, options=(), **more
) -> float:
    return score_row(
        OutputRow(benchmark, kind, tuple(options), truth, output, **more), profile
    ).value


# VSI-Bench


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("B", 1),
        ("b.", 1),
        ("B blue", 1),
        ("(B)", 0),
        ("B: blue", 0),
        ("B. blue", 1),
        ("<think>x</think> B", 0),
        ("", 0),
    ],
)
def test_vsi_official_is_the_first_word(output: str, expected: float) -> None:
    assert value(OFFICIAL, "vsi-bench", "route_planning", output, "B", OPTIONS) == expected
    assert value(LMMS_EVAL, "vsi-bench", "route_planning", output, "B", OPTIONS) == expected


@settings(deadline=None)
@given(NUMBERS, NUMBERS)
def test_vsi_numbers_earn_tenths_and_never_more_for_a_worse_guess(
    truth: float, guess: float
) -> None:
    earned = value(OFFICIAL, "vsi-bench", "object_abs_distance", str(guess), str(truth))
    assert earned * 10 == pytest.approx(round(earned * 10))
    nearer = (guess + truth) / 2
    assert value(OFFICIAL, "vsi-bench", "object_abs_distance", str(nearer), str(truth)) >= earned
    assert (earned == 0) == (abs(guess - truth) / truth > 0.5)


@pytest.mark.parametrize("profile", [OFFICIAL, VLMEVALKIT, LMMS_EVAL, WAYWISER_PROFILE])
@pytest.mark.parametrize("output", ["nan", "inf", "-inf", "", "many", "1e999"])
def test_vsi_what_is_no_number_earns_nothing_also_for_a_truth_of_0(
    profile: str, output: str
) -> None:
    for truth in ("3", "0"):
        if (profile, output, truth) != (VLMEVALKIT, "1e999", "0"):
            assert value(profile, "vsi-bench", "object_abs_distance", output, truth) == 0
    assert value(profile, "vsi-bench", "object_abs_distance", "0", "0") == 1


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("<answer>C, since A is far</answer>", "C"),
        ("It is B.\nOption A: no", "B"),
        ("選B", "B"),
        ("答案：c", "C"),
        ("first A, then B", None),
        ("A\nB\n\n", "B"),
        ("<think>It must be A</think>", "A"),
        ("an unknown thing", None),
    ],
)
def test_vlmevalkit_spatial_letters(text: str, letter: str | None) -> None:
    assert read_option_letter(text) == letter


@settings(deadline=None)
@given(
    st.integers(0, 20),
    st.sampled_from(["{}", "I count {}", "<think>9</think>{}", "<answer>{} chairs</answer>"]),
)
def test_vlmevalkit_spatial_numbers_in_digits(number: int, frame: str) -> None:
    assert read_last_number(frame.format(number)) == number


# MathVista


@pytest.mark.parametrize(
    ("kind", "output", "truth", "precision", "official", "vlmevalkit"),
    [
        ("integer", "7.9", "7", None, 1, 0),  # str(int(float(x))) against int(x)
        ("integer", "7", "7", None, 1, 1),
        ("integer", "inf", "7", None, 0, 0),
        ("float", "1.24", "1.2", 1.0, 1, 0),  # rounded against exact
        ("float", "1.20", "1.2", 1.0, 1, 1),
        ("list", "[1, 2]", "[1, 2]", None, 1, 0),  # lists never right
    ],
)
def test_mathvista_numbers(kind, output, truth, precision, official, vlmevalkit) -> None:
    more = {"precision": precision, "stage": "post_extraction"}
    assert value(OFFICIAL, "mathvista", f"free_form/{kind}", output, truth, **more) == official
    assert value(VLMEVALKIT, "mathvista", f"free_form/{kind}", output, truth, **more) == vlmevalkit


@pytest.mark.parametrize(
    ("output", "right"), [("(b)", 1), ("B", 1), ("blue", 1), ("bluu", 1), ("gren", 0), ("b", 0)]
)
def test_mathvista_choices_are_a_letter_or_the_nearest_words(output: str, right: float) -> None:
    options = ("red", "blue", "green")
    assert (
        value(
            OFFICIAL,
            "mathvista",
            "multi_choice/text",
            output,
            "blue",
            options,
            stage="post_extraction",
        )
        == right
    )


# MathVision


@pytest.mark.parametrize(
    ("output", "truth", "official", "lmms_eval"),
    [
        ("\\boxed{5.657}", "4\\sqrt{2}", 1, 1),  # a root has its value in both
        ("\\boxed{18}", "$18$", 1, 1),
        ("\\boxed{3:2}", "$3: 2$", 1, 1),
        ("\\boxed{12 rows}", "12", 1, 1),  # a word of the library's language is ignored
        ("\\boxed{1/3}", "0.333", 1, 1),  # equal at two decimals
        ("so \\boxed{2}, no, \\boxed{3}", "3", 1, 1),  # the last box
        ("the answer is 12.", "12", 1, 1),
        ("x = 7 and \\boxed{x=8}", "8", 1, 1),
    ],
)
def test_mathvision_free_answers(
    output: str, truth: str, official: float, lmms_eval: float
) -> None:
    assert value(OFFICIAL, "mathvision", "free", output, truth) == official
    assert value(LMMS_EVAL, "mathvision", "free", output, truth) == lmms_eval


# DynaMath


@settings(deadline=None)
@given(NUMBERS, st.floats(-0.01, 0.01))
def test_dynamath_floats_within_a_thousandth(truth: float, error: float) -> None:
    assume(abs(abs(error) - 0.001) > 1e-6)
    guess = truth + error
    output = json.dumps({"short answer": str(guess)})
    for profile in (OFFICIAL, VLMEVALKIT, WAYWISER_PROFILE):
        text = f"<answer>{guess!r}</answer>" if profile == WAYWISER_PROFILE else output
        if "e" not in repr(guess):
            assert value(profile, "dynamath", "float", text, str(truth)) == (abs(error) < 0.001)


def test_dynamath_official_reads_json_alone() -> None:
    prose = 'Here it is: {"short answer": "B"}'
    assert value(OFFICIAL, "dynamath", "multiple choice", prose, "B") == 0
    assert value(VLMEVALKIT, "dynamath", "multiple choice", prose, "B") == 1


# WeMath, LogicVista, CV-Bench


@pytest.mark.parametrize(
    ("output", "right"),
    [
        ("Answer: B", 1),
        ("Answer: C\nAnswer: <B>.", 1),
        ("Answer: b", 0),
        ("B", 1),
        ("The Answer is B", 0),
        ("", 0),
    ],
)
def test_wemath_official(output: str, right: float) -> None:
    assert value(OFFICIAL, "wemath", "mc", output, "B", OPTIONS) == right


@pytest.mark.parametrize(
    ("reply", "truth", "right"),
    [("DB", "B, D", 1), ("BD", "B, D", 1), ("B", "B, D", 0), ("bd", "B, D", 0), ("3", "3", 0)],
)
def test_logicvista_is_sorted_capitals_of_a_judge(reply: str, truth: str, right: float) -> None:
    assert value(VLMEVALKIT, "logicvista", "mc-image", reply, truth, stage="judge_output") == right
    assert value(VLMEVALKIT, "logicvista", "mc-image", reply, truth) == 0, (
        "without a judge nothing is read"
    )


@pytest.mark.parametrize(
    ("output", "right"),
    [
        ("The answer is (C) 1", 1),
        ("answer: c", 1),
        ("(C)", 1),
        ("I think C", 0),
        ("<answer>C</answer>", 0),
    ],
)
def test_cv_bench_official(output: str, right: float) -> None:
    assert value(OFFICIAL, "cv-bench", "Count", output, "(C)", ("3", "2", "1")) == right


# can_infer, whose reading changed twice

FOUR = ("11.3", "22.4", "22.6", "25.6")


@pytest.mark.parametrize(
    ("text", "then", "now"),
    [
        (
            "B it is, as the picture shows quite clearly",
            "B",
            None,
        ),  # a unique letter must stand near the end
        ("It has to be B in the end", "B", "B"),
        (
            "the answer is A; no, it is B",
            None,
            "A",
        ),  # the first "answer is X" settles several letters
        ("<think>the answer is A</think> C, not D", None, "A"),  # in thinking too
        ("the answer is clear", None, "C"),  # and where X begins a word
        ("the answer is clear: B", "B", "B"),  # but a unique letter near the end goes first
        ("22.6", "C", "C"),
        (
            "It must be 22.6, since all the others are far too small or too large",
            "C",
            None,
        ),  # words in short texts
        ("Sorry, I can't help with images of people yet. B", "Z", "Z"),
        ("Failed to obtain answer via API. B", None, None),
    ],
)
def test_the_generic_reading_then_and_now(text: str, then: str | None, now: str | None) -> None:
    assert infer_option(text, FOUR, version="2025-07") == then
    assert infer_option(text, FOUR) == now


@settings(deadline=None)
@given(
    st.sampled_from("ABCD"),
    st.sampled_from(["{}", "({})", "{}.", "**{}**", "Answer: {}", "I choose {}"]),
)
def test_a_plain_letter_is_read_by_every_version(letter: str, frame: str) -> None:
    for profile in (VLMEVALKIT, VLMEVALKIT_2025):
        assert value(profile, "multiple-choice", "mc", frame.format(letter), letter, FOUR) == 1


@settings(deadline=None)
@given(st.integers(2, 8))
def test_a_draw_is_given_as_its_expected_value(count: int) -> None:
    options = [f"x{i}" for i in range(count)]
    drawn = score_row(
        OutputRow("cv-bench", "Depth", tuple(options), "(A)", "I cannot say", stage="judge_output"),
        VLMEVALKIT,
    )
    assert drawn.expected
    assert math.isclose(
        drawn.value, 1 / (count + 1)
    )  # the harness draws among the options and "none"
