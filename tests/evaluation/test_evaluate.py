"""Scoring completions, summaries by task, paired comparisons and failure signatures."""

import math

import pytest

from waywiser.errors import DatasetError
from waywiser.evaluation import (
    paired_comparison,
    score_completions,
    signatures,
    summarise,
    summarise_all,
    z_scores_by_task,
)
from waywiser.sample import Answer, Sample


def sample(i: int, answer: Answer, task: str, scene: str | None = None) -> Sample:
    return Sample(
        id=f"{task}{i}",
        split="test",
        domain="spatial",
        task=task,
        source="test",
        question="?",
        answer=answer,
        scene_id=scene,
    )


def said(text: str) -> str:
    return f"<think>look</think><answer>{text}</answer>"


SAMPLES = [
    sample(0, Answer(kind="number", value=2.0, unit="m"), "distance", "room-1"),
    sample(1, Answer(kind="integer", value=3), "count", "room-1"),
    sample(2, Answer(kind="integer", value=1), "count", None),
]
COMPLETIONS = [[said("300 cm"), "2 m"], [said("3"), said("3 or 4")], [said("2"), said("0")]]


def test_items_hold_every_component_of_every_completion() -> None:
    distance, three, one = score_completions(SAMPLES, COMPLETIONS)
    assert distance.scores["accuracy"] == [pytest.approx(math.exp(-1)), 1.0]
    assert distance.scores["mra"] == [pytest.approx(0.1), 1.0]
    assert distance.scores["exact"] == [0.0, 1.0]
    assert distance.scores["format"] == [1.0, 0.0]
    assert distance.score == pytest.approx((math.exp(-1) + 1) / 2)
    assert (three.score, three.scene_id, three.completions) == (0.5, "room-1", COMPLETIONS[1])
    assert (one.score, one.scene_id) == (0.0, "count2")
    assert "mra" not in one.scores


def test_the_summary_is_the_mean_over_tasks() -> None:
    items = score_completions(SAMPLES, COMPLETIONS)
    summary = summarise(items)
    assert summary["count"] == 0.25
    assert summary["mean"] == pytest.approx((summary["count"] + summary["distance"]) / 2)
    everything = summarise_all(items)
    assert set(everything) == {"accuracy", "exact", "format", "mra"}
    assert set(everything["mra"]) == {"distance", "mean"}
    assert everything["accuracy"] == summary
    assert summarise([]) == {}


def many(correct: set[int]) -> list[Sample]:
    return [
        sample(i, Answer(kind="integer", value=i % 5), "count", f"room-{i // 4}") for i in correct
    ]


def test_a_paired_comparison_matches_questions_whatever_their_order() -> None:
    samples = many(set(range(80)))
    right = [[said(str(i % 5))] for i in range(80)]
    worse = [[said(str(i % 5 + (i % 4 == 0)))] for i in range(80)]
    a = score_completions(samples, right)
    b = score_completions(samples, worse)
    interval = paired_comparison(a, b[::-1])
    assert interval.mean == pytest.approx(0.25)
    assert interval.low > 0.2
    assert interval.clusters == 20
    assert paired_comparison(a, a).ci95 == [0.0, 0.0]
    assert z_scores_by_task(a, b) == {"count": math.inf}
    assert z_scores_by_task(b, a) == {"count": -math.inf}


def test_other_questions_are_refused() -> None:
    items = score_completions(SAMPLES, COMPLETIONS)
    for other in (items[:2], [*items[:2], items[1]]):
        with pytest.raises(DatasetError, match="each question once"):
            paired_comparison(items, other)


def test_bad_requests_are_refused() -> None:
    with pytest.raises(DatasetError, match="one list per sample"):
        score_completions(SAMPLES, COMPLETIONS[:2])
    with pytest.raises(DatasetError, match="no completion"):
        score_completions(SAMPLES[:1], [[]])
    broken = sample(9, Answer(kind="choice", value="sofa", options=["chair"]), "which")
    with pytest.raises(DatasetError, match="which9"):
        score_completions([broken], [["chair"]])


def test_signatures() -> None:
    loop = "<think>" + "the chair is near " * 50
    found = signatures([said("3"), loop], length=lambda text: len(text.split()))
    assert found["completions"] == 2
    assert found["format_rate"] == found["repetition_rate"] == found["truncated_rate"] == 0.5
    assert found["mean_length"] == (1 + 200) / 2
    assert set(signatures([])) == set(found)
