"""Scores above the prior by category, by hand."""

import re

import pytest

from waywiser.evaluation.category_baseline import (
    GAIN_BOUND_ROWS,
    GAIN_ROW,
    PRIOR_ROW,
    evaluate_category_prior,
    format_row,
    gains_over_prior,
)
from waywiser.evaluation.evaluate import score_completions
from waywiser.rewards import ednm
from waywiser.sample import Answer, Sample

LOW, HIGH = GAIN_BOUND_ROWS


def size(number: int, word: str, centimeters: float) -> Sample:
    return Sample(
        id=f"{word}-{number}",
        split="train",
        domain="spatial",
        task="object_size",
        source="test",
        question=f"How tall is the {word}, in centimeters?",
        answer=Answer(kind="number", value=centimeters, unit="cm"),
        scene_id=f"home-{number}",
    )


TRAIN = [size(n, word, cm) for n in range(8) for word, cm in (("cup", 10.0), ("wardrobe", 200.0))]
TEST = [size(20, "cup", 10.0), size(20, "wardrobe", 160.0), size(21, "cup", 12.0)]


def test_the_gain_over_the_prior_is_that_of_the_hand() -> None:
    prior = evaluate_category_prior(TEST, TRAIN)
    by_hand = [1.0, ednm(200.0, 160.0), ednm(10.0, 12.0)]
    assert [item.score for item in prior] == pytest.approx(by_hand)
    perfect = score_completions(TEST, [[f"<answer>{s.answer.value} cm</answer>"] for s in TEST])
    rows = gains_over_prior(perfect, prior[::-1])
    assert list(rows) == [PRIOR_ROW, GAIN_ROW, LOW, HIGH]
    assert rows[PRIOR_ROW]["object_size"] == pytest.approx(sum(by_hand) / 3)
    assert rows[PRIOR_ROW]["mean"] == rows[PRIOR_ROW]["object_size"]
    assert rows[GAIN_ROW]["object_size"] == pytest.approx(1 - sum(by_hand) / 3)
    assert format_row(rows, PRIOR_ROW).startswith("object_size 0.774")
    assert re.fullmatch(r"object_size 0\.\d{3} \[\S+, \S+\]", format_row(rows, GAIN_ROW))
    assert rows[LOW]["object_size"] <= rows[GAIN_ROW]["object_size"] <= rows[HIGH]["object_size"]


def test_without_training_samples_it_is_fitted_on_other_scenes() -> None:
    assert [item.score for item in evaluate_category_prior(TRAIN)] == pytest.approx([1.0] * 16)
    alone = [item.score for item in evaluate_category_prior(TRAIN[:2])]
    assert alone == [0.0, 0.0], "the only scene is not its own teacher"


def test_a_task_never_seen_in_training_and_a_single_scene_have_no_more_than_they_can() -> None:
    other = TEST[0].model_copy(update={"task": "camera_distance"})
    prior = evaluate_category_prior([other], TRAIN)
    assert prior[0].score == 0.0
    rows = gains_over_prior(prior, prior)
    assert rows[GAIN_ROW] == {"camera_distance": 0.0}
    assert rows[LOW] == rows[HIGH] == {}
