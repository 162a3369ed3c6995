"""Answers as other people's datasets hold them: typed by guess, said once, and a stop where none
can be graded.
"""

import json
import logging
from typing import Any

import numpy as np
import pytest

from waywiser.errors import DatasetError, RecipeError
from waywiser.rewards import BuiltinReward, RewardConfig, compute_score_batched
from waywiser.rewards.gold_answers import read_answer

COUNT = {"kind": "integer", "value": 3}
ANIMALS = ["cat", "dog"]


def said(text: str) -> str:
    return f"<think>look</think><answer>{text}</answer>"


def accuracy() -> BuiltinReward:
    return BuiltinReward("accuracy", RewardConfig())


@pytest.mark.case(66)
@pytest.mark.parametrize("row", [COUNT, json.dumps(COUNT), COUNT | {"value": "3"}])
def test_a_typed_answer_is_no_guess(row: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert accuracy()([said("3"), said("4")], answer=[row, row]) == [1.0, 0.0]
    assert not caplog.records


@pytest.mark.case(67)
@pytest.mark.parametrize(
    ("row", "options", "right", "wrong"),
    [
        ("3", None, "3", "4"),
        (3, None, "3", "4"),
        (np.int64(3), None, "3", "4"),
        (2.5, None, "2.5", "3"),
        ("2.5", None, "2.5", "3"),
        ("<answer> 3 </answer>", None, "3", "4"),
        ("<think>one, two, three</think><answer>3</answer>", None, "3", "4"),
        (r"So it is \boxed{3}.", None, "3", "4"),
        ("one and two\n#### 3", None, "3", "4"),
        (r"$\frac{1}{2}$", None, "0.5", "0.4"),
        ("Yes", None, "yes", "no"),
        ("B", None, "B", "A"),
        ("B", ANIMALS, "dog", "cat"),
        ("(B)", ANIMALS, "B", "A"),
        ("<answer>B</answer>", ANIMALS, "B", "A"),
        ("dog", ANIMALS, "B", "cat"),
        (True, None, "true", "false"),
    ],
)
def test_plain_answers_are_typed_and_graded(row: Any, options: Any, right: str, wrong: str) -> None:
    columns = {"answer": [row] * 2} | ({"options": [options] * 2} if options else {})
    reward = BuiltinReward("accuracy", RewardConfig(numeric="exact"))
    assert reward([said(right), said(wrong)], **columns) == [1.0, 0.0]


@pytest.mark.case(67)
def test_a_column_of_solutions_serves_where_there_are_no_answers() -> None:
    assert accuracy()([said("3")], solution=["<answer> 3 </answer>"]) == [1.0]
    assert accuracy()([said("3")], solution=["four"], answer=[COUNT]) == [1.0]
    both = {"answer": [None, "", COUNT], "solution": ["3", "3", "4"]}
    assert accuracy()([said("3")] * 3, **both) == [1.0, 1.0, 1.0]
    assert accuracy()([said("B")], solution=["B"], choices=[ANIMALS]) == [1.0]
    with pytest.raises(RecipeError, match="column 'answer'"):
        accuracy()([said("3")], label=["3"])


@pytest.mark.case(67)
def test_a_guess_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    reward = accuracy()
    for _ in range(3):
        reward([said("3")] * 2, answer=["3", "4"])
    (record,) = caplog.records
    assert "'3' was read as integer 3" in record.getMessage()


@pytest.mark.case(67)
@pytest.mark.parametrize(
    "row", [None, "", "  ", float("nan"), [3], {}, {"answer": 3}, '{"kind": "integer"', b"3"]
)
def test_a_run_without_any_gradable_answer_stops_with_one_line(row: Any) -> None:
    with pytest.raises(
        DatasetError, match="none of 2 rows has an answer that can be graded"
    ) as caught:
        accuracy()([said("3")] * 2, answer=[row, row])
    assert "\n" not in str(caught.value)
    assert '"kind": "integer"' in str(caught.value)  # says what an answer looks like
    assert "<answer> 3 </answer>" in str(caught.value)


@pytest.mark.case(67)
def test_a_batch_of_bad_rows_among_good_ones_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    reward = accuracy()
    metrics: dict[str, float] = {}
    assert reward([said("3")] * 2, answer=[COUNT, None]) == [1.0, None]
    with caplog.at_level(logging.WARNING):
        assert reward([said("3")] * 2, answer=[None, None], log_metric=metrics.__setitem__) == [
            None,
            None,
        ]
    assert "2 rows have no gradable answer" in caplog.text
    assert metrics["rewards/malformed_rows"] == 2.0


def test_a_number_beside_options_is_not_guessed() -> None:
    with pytest.raises(DatasetError, match="may be an option or its number"):
        read_answer(1, ["2", "0", "1"])


@pytest.mark.case(67)
def test_verls_ground_truth_may_be_plain_too() -> None:
    results = compute_score_batched(
        data_sources=["clevr"] * 3,
        solution_strs=[said("3"), said("dog"), said("3")],
        ground_truths=["3", "B", ""],
        extra_infos=[{}, {"options": ANIMALS}, None],
    )
    assert [result["outcome"] for result in results] == ["right", "right", "malformed_row"]
