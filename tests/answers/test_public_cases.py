"""Cases from public threads, published files and published outputs, reduced and labelled: graded as
a reader would.

`tests/data/grading_cases.json`: completions with typed answers, and rows of benchmarks under a
profile, whose expectation is what the harness's own function returned. Layouts and commands have
tests of their own.
"""

import json
from collections import Counter
from pathlib import Path

from waywiser.answers import grade
from waywiser.evaluation.profiles import parse_row
from waywiser.evaluation.scoring import try_score
from waywiser.rewards import RewardConfig
from waywiser.rewards.trl import make_reward_functions

CASES_FILE = Path(__file__).parents[1] / "data" / "grading_cases.json"
CASES = json.loads(CASES_FILE.read_text("utf-8"))


def test_the_file_is_what_the_documentation_says() -> None:
    assert Counter(case["kind"] for case in CASES) == {
        "grade": 367,
        "row": 121,
        "layout": 15,
        "reward": 7,
        "cli": 1,
    }
    assert len({case["id"] for case in CASES}) == len(CASES)


def test_completions_are_graded_as_labelled() -> None:
    graded = [
        (case, grade(case["completion"], case["answer"]))
        for case in CASES
        if case["kind"] == "grade"
    ]
    assert [
        (c["id"], c["completion"], v) for c, v in graded if v.score != c["expected_score"]
    ] == []
    assert all(verdict.reason for _, verdict in graded if not verdict.score)


def test_rows_score_as_the_harness_scored_them() -> None:
    scored = [
        (case, try_score(parse_row(case["row"], case["row"]["benchmark"]), case["profile"]))
        for case in CASES
        if case["kind"] == "row"
    ]
    missed = [
        (case["id"], case["row"], score)
        for case, score in scored
        if isinstance(score, str) or score.value != case["expected_score"]
    ]
    assert missed == []


def test_rewards_pay_for_the_models_own_text() -> None:
    (accuracy,) = (
        f for f in make_reward_functions(RewardConfig()) if f.__name__.endswith("accuracy")
    )
    for case in (
        case for case in CASES if case["kind"] == "reward" and case["profile"] == "trl:accuracy"
    ):
        assert accuracy(completions=[case["completion"]], answer=[case["answer"]]) == [
            case["expected_score"]
        ], case["id"]


WORLD = [
    json.loads(line)
    for line in (CASES_FILE.parent / "grading_world.jsonl").read_text("utf-8").splitlines()
]


def test_cases_that_were_looked_for_to_break_the_grader() -> None:
    """Answers written to be called right though they are wrong, and right ones in forms that models
    write.
    """
    assert (len(WORLD), sum(row["expected"] == 0 for row in WORLD)) == (1780, 1178)
    graded = [(row, grade(row["completion"], row["answer"])) for row in WORLD]
    assert [
        (row["completion"], verdict) for row, verdict in graded if verdict.score != row["expected"]
    ] == []
