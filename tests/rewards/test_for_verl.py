"""Rewards as verl calls them: by keyword, from threads, one dict of the same keys for every row."""

import importlib.util
import json
import math
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from waywiser.errors import RecipeError
from waywiser.rewards import compute_score, compute_score_batched
from waywiser.rewards import for_verl as verl

METRES = {"kind": "number", "value": 2.0, "unit": "m"}
COUNT = {"kind": "integer", "value": 3}
RECIPE = {
    "numeric": "ednm",
    "weights": {"format": 0.5, "accuracy": 1.0},
    "tasks": {"far": {"lambda": 4}},
}


def said(text: str) -> str:
    return f"<think>look</think><answer>{text}</answer>"


def test_the_score_is_the_recipes_weighted_sum() -> None:
    result = compute_score(
        data_source="rooms",
        solution_str=said("3 m"),
        ground_truth=METRES,
        extra_info={"task": "far"},
        rewards=RECIPE,
    )
    assert result == {
        "score": pytest.approx(0.5 + math.exp(-2)),
        "format": 1.0,
        "accuracy": pytest.approx(math.exp(-2)),
        "acc": 0.0,
        "outcome": "wrong",
    }


def test_the_task_is_the_data_source_where_no_other_is_named() -> None:
    scores = [
        compute_score(source, said("3 m"), METRES, rewards=RECIPE)["accuracy"]
        for source in ("far", "near")
    ]
    assert scores == [pytest.approx(math.exp(-2)), pytest.approx(math.exp(-1))]


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        ("format", 1.0),
        ("exact", 0.0),
        ("mra", 0.1),
        ("ednm", math.exp(-1)),
        ("length", 0.0),
        ("repetition", 0.0),
    ],
)
def test_each_reward_alone(component, expected: float) -> None:
    result = compute_score("rooms", said("3 m"), METRES, {"num_turns": 1}, component=component)
    assert result["score"] == result[component] == pytest.approx(expected)


def test_a_batch_as_the_batch_manager_calls_it() -> None:
    results = compute_score_batched(
        data_sources=["a"] * 4,
        solution_strs=[said("3"), said("4"), "3", said("3")],
        ground_truths=[COUNT, json.dumps(COUNT), COUNT, {"kind": "integer", "value": "many"}],
        extra_infos=[{}, {"task": "x"}, {}, {}],
        rewards=RECIPE,
    )
    assert [r["score"] for r in results] == [1.5, 0.5, 1.0, 0.0]
    assert [r["outcome"] for r in results] == ["right", "wrong", "right", "malformed_row"]
    assert len({tuple(r) for r in results}) == 1


def test_from_the_threads_of_a_reward_loop() -> None:
    half = {"kind": "expression", "value": "1/2"}
    score = partial(compute_score, "m", ground_truth=half, component="exact")
    with ThreadPoolExecutor(4) as threads:
        results = list(
            threads.map(score, [said(rf"\\frac{{{k}}}{{{2 * k}}} \\cdot 1") for k in range(3, 9)])
        )
    assert [r["score"] for r in results] == [1.0] * 6


def test_a_wrong_recipe_is_a_bad_request() -> None:
    with pytest.raises(RecipeError, match="numeric"):
        compute_score("a", said("3"), COUNT, rewards={"numeric": "smooth"})


def test_the_file_loads_by_its_path_as_verl_loads_it() -> None:
    spec = importlib.util.spec_from_file_location("custom_module", verl.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.compute_score("a", said("3"), COUNT)["score"] == pytest.approx(1.2)
