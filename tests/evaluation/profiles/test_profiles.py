"""Every recorded row scores as its harness scored it, and no text can break a profile."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.errors import DatasetError, RecipeError
from waywiser.evaluation.profiles import (
    BENCHMARKS,
    LMMS_EVAL,
    OFFICIAL,
    VLMEVALKIT,
    WAYWISER_PROFILE,
    profiles_of,
    score_row,
)

DATA = Path(__file__).parents[2] / "data" / "benchmark_scoring"
RECORDED = json.loads((DATA / "examples.json").read_text())
THOUGHT = "<think>\nSome steps.\n</think>\n<answer>\n\\boxed{%s}\n</answer>"
PIECES = [
    "<think>",
    "</think>",
    "<answer>",
    "</answer>",
    "\\boxed{",
    "}",
    "A",
    "(B)",
    "C.",
    "answer is ",
    "Answer",
]
PIECES += [
    "\n",
    " ",
    "3.5",
    "1,200",
    "{",
    '{"short answer": ',
    '"b"}',
    "twenty-two",
    "π",
    "\\frac",
    "\\sqrt",
    "0",
    "-",
]


def row(
    benchmark: str,
    output: str,
    truth: str,
    kind: str = "",
    options: list[str] | None = None,
    **more,
) -> dict:
    return {
        "benchmark": benchmark,
        "model_output": output,
        "ground_truth": truth,
        "question_type": kind,
        "options": options,
        **more,
    }


@pytest.mark.parametrize(
    "recorded", RECORDED, ids=lambda r: f"{r['profile']}-{r['benchmark']}-{r['model_output'][:20]}"
)
def test_recorded_rows_score_as_recorded(recorded: dict) -> None:
    assert score_row(recorded, recorded["profile"]).value == pytest.approx(
        recorded["score"], abs=1e-12
    )


@pytest.mark.parametrize("recorded", [r for r in RECORDED if r.get("extracted")], ids=str)
def test_what_was_extracted_is_said(recorded: dict) -> None:
    extracted = score_row(recorded, recorded["profile"]).extracted
    if recorded["extracted"] == "False":
        assert extracted is None
    else:
        assert str(extracted) == str(recorded["extracted"])


def test_harnesses_disagree_about_a_boxed_option_and_ours_reads_it() -> None:
    boxed = row("mathvision", THOUGHT % "C. 3", "C", "mc", ["1", "2", "3", "4", "5"])
    assert [
        score_row(boxed, p).value for p in (OFFICIAL, LMMS_EVAL, VLMEVALKIT, WAYWISER_PROFILE)
    ] == [
        0,
        0,
        1,
        1,
    ]


@pytest.mark.parametrize(
    ("prediction", "truth", "expected"),
    [
        ("16", "20", 0.6),
        ("24", "20", 0.6),
        ("10", "20", 0.1),
        ("nan", "3", 0),
        ("inf", "3", 0),
        ("", "3", 0),
        ("0", "0", 1),
        ("1", "0", 0),
        ("3", "3", 1),
    ],
)
def test_mean_relative_accuracy_keeps_the_float_artefacts(
    prediction: str, truth: str, expected: float
) -> None:
    assert score_row(
        row("vsi-bench", prediction, truth, "object_counting"), OFFICIAL
    ).value == pytest.approx(expected)


def test_vsi_numbers_of_our_profile_convert_units_and_earn_mra() -> None:
    question = row("vsi-bench", THOUGHT % "90 cm", "45", "object_size_estimation")
    assert score_row(question, WAYWISER_PROFILE).value == pytest.approx(0)
    assert score_row(question | {"model_output": THOUGHT % "0.45 m"}, WAYWISER_PROFILE).value == 1
    assert score_row(
        question | {"model_output": THOUGHT % "50"}, WAYWISER_PROFILE
    ).value == pytest.approx(0.8)


def test_dynamath_text_is_compared_in_opposite_directions() -> None:
    longer = row("dynamath", '{"short answer": "September"}', "Sep", "text")
    empty = row("dynamath", '{"short answer": ""}', "Sep", "text")
    assert [score_row(longer, p).value for p in (OFFICIAL, VLMEVALKIT)] == [1, 0]
    assert [score_row(empty, p).value for p in (OFFICIAL, VLMEVALKIT)] == [0, 1]


def test_our_numbers_are_right_at_the_benchmarks_precision_only() -> None:
    near = row("dynamath", THOUGHT % "5.76", "5.75", "float")
    assert score_row(near, WAYWISER_PROFILE).value == 0
    assert score_row(near | {"model_output": THOUGHT % "5.7505"}, WAYWISER_PROFILE).value == 1
    rounded = row("mathvista", THOUGHT % "1.19", "1.2", "free_form/float", precision=1.0)
    assert score_row(rounded, WAYWISER_PROFILE).value == 1
    assert score_row(rounded | {"model_output": THOUGHT % "1.1"}, WAYWISER_PROFILE).value == 0


def test_several_letters_are_a_set_in_our_profile() -> None:
    assert score_row(row("logicvista", THOUGHT % "D, B", "B, D"), WAYWISER_PROFILE).value == 1
    assert score_row(row("logicvista", THOUGHT % "B", "B, D"), WAYWISER_PROFILE).value == 0


def test_a_judge_that_names_no_option_gives_the_expected_value_of_the_draw() -> None:
    drawn = score_row(
        row("cv-bench", "I cannot say", "(A)", "Depth", ["x1", "x2"], stage="judge_output"),
        VLMEVALKIT,
    )
    assert drawn.expected
    assert drawn.value == pytest.approx(1 / 3)


@pytest.mark.parametrize("profile", [VLMEVALKIT, "vlmevalkit@2025-07"])
def test_the_generic_extractor_changed_between_versions(profile: str) -> None:
    tricky = row("multiple-choice", "The answer is a bit tricky", "A", "mc", ["11.3", "22.4"])
    assert score_row(tricky, profile).value == (profile == VLMEVALKIT)


@pytest.mark.parametrize(
    "wrong",
    [
        row("vsi-bench", "3", "", "object_counting"),
        row("vsi-bench", "3", "many", "object_counting"),
        row("vsi-bench", "3", "3", "object_weight"),
        row("cv-bench", "A", "(Q)", "Depth", ["x", "y"]),
        row("mathvista", "A", "x", "multi_choice/text", [], stage="post_extraction"),
        {"benchmark": "vsi-bench", "ground_truth": "3"},
        row("vsi-bench", "3", "3", "object_counting") | {"model_output": None},
        row("vsi-bench", "3", "3", "object_counting") | {"options": "A"},
    ],
    ids=str,
)
def test_a_row_that_cannot_be_scored_is_refused_not_scored(wrong: dict) -> None:
    with pytest.raises(DatasetError):
        score_row(wrong, OFFICIAL)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(RecipeError, match="unknown profile"):
        score_row(RECORDED[0], "best")
    with pytest.raises(RecipeError, match="unknown benchmark"):
        profiles_of("mmlu")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=14).map("".join))
def test_any_text_scores_between_0_and_1(output: str) -> None:
    for benchmark in BENCHMARKS:
        for kind, truth, options in _questions(benchmark):
            for profile in profiles_of(benchmark):
                for stage in ("response", "post_extraction", "judge_output"):
                    question = row(
                        benchmark, output, truth, kind, options, stage=stage, precision=1.0
                    )
                    assert 0 <= score_row(question, profile).value <= 1


def _questions(benchmark: str) -> list[tuple[str, str, list[str] | None]]:
    choice = ["11.3", "22.4", "22.6"]
    return {
        "mathvista": [
            ("multi_choice/text", "22.4", choice),
            ("free_form/integer", "14", None),
            ("free_form/float", "1.2", None),
            ("free_form/list", "[1, 2]", None),
        ],
        "mathvision": [("mc", "C", choice), ("free", "4\\sqrt{2}", None)],
        "mathverse": [("extract-vs-gt", "C", None)],
        "dynamath": [
            ("float", "5.75", None),
            ("multiple choice", "B", None),
            ("text", "Sep", None),
        ],
        "wemath": [("mc", "C", choice)],
        "logicvista": [("mc-image", "B, D", None), ("mc-image", "3", None)],
        "cv-bench": [("Count", "(C)", choice)],
        "vsi-bench": [("object_counting", "4", None), ("route_planning", "B", ["A. x", "B. y"])],
    }[benchmark]


@pytest.mark.parametrize(
    ("output", "expected"),
    [("<answer>2.0 m</answer>", 1), ("<answer>100 cm</answer>", 0.1), ("<answer>far</answer>", 0)],
)
def test_our_own_benchmark_keeps_typed_answers(output: str, expected: float) -> None:
    truth = json.dumps({"kind": "number", "value": 2.0, "unit": "m"})
    assert score_row(
        row("spatial", output, truth, "camera_distance"), WAYWISER_PROFILE
    ).value == pytest.approx(expected)
    counted = json.dumps({"kind": "integer", "value": 2})
    assert (
        score_row(
            row("spatial", "<answer>2</answer>", counted, "object_count"), WAYWISER_PROFILE
        ).value
        == 1
    )
