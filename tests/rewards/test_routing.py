"""Rewards composed by a recipe, routed by task, and called as TRL calls them."""

import json
import math
import pickle

import pytest
from pydantic import ValidationError

from waywiser.errors import DatasetError, RecipeError
from waywiser.rewards import (
    BuiltinReward,
    RewardConfig,
    completion_text,
    component_scores,
    make_reward_functions,
    reward_weights,
    weighted_total,
)

METRES = {"kind": "number", "value": 2.0, "unit": "m"}
COUNT = {"kind": "integer", "value": 3}


def said(text: str) -> str:
    return f"<think>look</think><answer>{text}</answer>"


@pytest.mark.parametrize(
    ("numeric", "expected"), [("exact", 0.0), ("mra", 0.1), ("ednm", math.exp(-1))]
)
def test_numbers_are_paid_by_the_chosen_rule(numeric: str, expected: float) -> None:
    config = RewardConfig.model_validate({"numeric": numeric})
    assert component_scores(said("300 cm"), METRES, "distance", config)[
        "accuracy"
    ] == pytest.approx(expected)
    assert component_scores(said("2.02 m"), METRES, "distance", config)["accuracy"] > 0.95


def test_counts_are_exact_whatever_the_rule() -> None:
    for numeric in ("exact", "mra", "ednm"):
        config = RewardConfig.model_validate({"numeric": numeric})
        assert component_scores(said("3"), COUNT, "count", config)["accuracy"] == 1.0
        assert component_scores(said("4"), COUNT, "count", config)["accuracy"] == 0.0


@pytest.mark.parametrize("text", ["2 m or 3 m", "2 kg", "2-3", "", "2 m</answer><answer>2 m"])
def test_unreadable_numbers_earn_nothing_smoothly_either(text: str) -> None:
    assert component_scores(said(text), METRES, "distance", RewardConfig())["accuracy"] == 0.0


def test_a_task_overrides_only_what_it_names() -> None:
    config = RewardConfig.model_validate(
        {"ednm": {"gamma": 0.5}, "tasks": {"size": {"lambda": 4.0}}}
    )
    assert component_scores(said("3 m"), METRES, "size", config)["accuracy"] == pytest.approx(
        0.5 * math.exp(-2)
    )
    assert component_scores(said("3 m"), METRES, "distance", config)["accuracy"] == pytest.approx(
        0.5 * math.exp(-1)
    )


def test_a_task_chooses_its_own_rule_also_for_counts() -> None:
    config = RewardConfig.model_validate(
        {"numeric": "exact", "tasks": {"vsi": {"numeric": "mra"}, "x": {"gamma": 2}}}
    )
    assert component_scores(said("4"), COUNT, "vsi", config)["accuracy"] == pytest.approx(0.4)
    assert component_scores(said("4"), COUNT, "x", config)["accuracy"] == 0.0
    assert component_scores(said("3 m"), METRES, "vsi", config)["accuracy"] == pytest.approx(0.1)
    assert component_scores(said("3 m"), METRES, "x", config)["accuracy"] == 0.0
    choice = {"kind": "choice", "value": "a lamp", "options": ["a lamp", "a rug"]}
    assert component_scores(said("A"), choice, "vsi", config)["accuracy"] == 1.0


def test_the_zero_floor_takes_the_pay_of_a_constant_zero() -> None:
    config = RewardConfig.model_validate({"tasks": {"far": {"zero_floor": True}}})
    assert component_scores(said("0 m"), METRES, "far", config)["accuracy"] == pytest.approx(
        0.0, abs=1e-6
    )
    assert component_scores(said("0 m"), METRES, "near", config)["accuracy"] == pytest.approx(
        math.exp(-2)
    )
    assert component_scores(said("2 m"), METRES, "far", config)["accuracy"] == pytest.approx(1.0)


def test_shaping_follows_its_parameters() -> None:
    recipe = {
        "weights": {"length": 1.0, "repetition": 1.0},
        "length": {"free_length": 10, "limit": 20},
    }
    config = RewardConfig.model_validate(recipe | {"repetition": {"n": 1, "max_rate": 0.0}})
    scores = component_scores("a b a b a b a b", COUNT, "count", config)
    assert scores == {"length": -0.5, "repetition": -0.75}


@pytest.mark.parametrize(
    ("name", "expected"), [("exact", 0.0), ("mra", 0.4), ("ednm", math.exp(-2 / 3))]
)
def test_one_rule_as_a_reward_function_of_its_own(name, expected: float) -> None:
    function = BuiltinReward(name, RewardConfig())
    assert function.__name__ == name
    assert function([said("4")], answer=[COUNT]) == [pytest.approx(expected)]


def test_reward_functions_can_be_sent_to_another_process() -> None:
    for function in make_reward_functions(RewardConfig(weights={"accuracy": 1.0, "length": 0.1})):
        again = pickle.loads(pickle.dumps(function))
        columns = {"answer": [COUNT], "task": ["count"]}
        assert again([said("3")], **columns) == function([said("3")], **columns)


def test_a_reward_that_does_not_exist_is_a_bad_request() -> None:
    with pytest.raises(RecipeError, match="choose from"):
        BuiltinReward("style", RewardConfig())  # type: ignore[arg-type]


def test_expressions_and_hostile_ones_among_a_batch() -> None:
    metrics: dict[str, float] = {}
    half = {"kind": "expression", "value": "1/2"}
    accuracy = BuiltinReward("accuracy", RewardConfig())
    texts = [said(r"\frac{\sqrt{4}}{4}"), said("9^{9^{9^{9}}}"), said("0.5"), said("1/3")]
    rewards = accuracy(texts, answer=[half] * 4, log_metric=metrics.__setitem__)
    assert rewards == [1.0, 0.0, 1.0, 0.0]
    assert metrics == {"rewards/malformed_rows": 0.0, "rewards/timed_out": 1.0}


def test_weights_choose_the_components_and_their_order() -> None:
    config = RewardConfig(weights={"accuracy": 2.0, "repetition": 0.5, "format": 0.25})
    scores = component_scores(said("3"), COUNT, "count", config)
    assert scores == {"accuracy": 1.0, "repetition": 0.0, "format": 1.0}
    assert weighted_total(scores, config) == 2.25
    assert [f.__name__ for f in make_reward_functions(config)] == [
        "accuracy",
        "repetition",
        "format",
    ]
    assert reward_weights(config) == [2.0, 0.5, 0.25]


@pytest.mark.parametrize(
    "recipe",
    [
        {"numeric": "smooth"},
        {"weights": {"style": 1.0}},
        {"weights": {}},
        {"ednm": {"lambda": 0}},
        {"ednm": {"eps": -1}},
        {"tasks": {"size": {"lamda": 2}}},
        {"lambda": 2.0},
        {"length": {"free_length": 9, "limit": 9}},
        {"tasks": {"size": {"numeric": "smooth"}}},
    ],
)
def test_a_recipe_with_a_wrong_field_is_refused(recipe: dict) -> None:
    with pytest.raises(ValidationError):
        RewardConfig.model_validate(recipe)


def test_a_recipe_survives_a_round_trip() -> None:
    config = RewardConfig.model_validate(
        {"tasks": {"size": {"lambda": 4.0}}, "ednm": {"zero_floor": True}}
    )
    again = RewardConfig.model_validate_json(
        config.model_dump_json(by_alias=True, exclude_unset=True)
    )
    assert again == config
    assert again.ednm_for("size").zero_floor


def test_reward_functions_as_trl_calls_them(caplog: pytest.LogCaptureFixture) -> None:
    metrics: dict[str, float] = {}
    columns = {
        "prompts": ["?"] * 4,
        "completion_ids": [[1]] * 4,
        "trainer_state": None,
        "log_extra": lambda *_: None,
        "log_metric": metrics.__setitem__,
        "task": ["count", "distance", "distance", "count"],
        "answer": [
            COUNT,
            json.dumps(METRES),
            {"kind": "number", "value": "wide"},
            dict(COUNT, unit=None),
        ],
    }
    completions = [said("3"), [{"role": "assistant", "content": said("3 m")}], said("2 m"), "three"]
    by_name = {
        f.__name__: f(completions=completions, **columns)
        for f in make_reward_functions(RewardConfig())
    }
    assert by_name["format"] == [1.0, 1.0, 1.0, 0.0]
    assert by_name["accuracy"] == [1.0, pytest.approx(math.exp(-1)), None, 1.0]
    assert metrics == {"rewards/malformed_rows": 1.0, "rewards/timed_out": 0.0}
    assert "wide" in caplog.text or "no gradable answer" in caplog.text


def test_a_dataset_without_answers_is_a_bad_request() -> None:
    accuracy = make_reward_functions(RewardConfig(weights={"accuracy": 1.0}))[0]
    with pytest.raises(RecipeError, match="answer"):
        accuracy(completions=["3"], prompts=["?"])


def test_score_of_a_malformed_answer_raises() -> None:
    with pytest.raises(DatasetError):
        component_scores(said("3"), {"kind": "integer", "value": "many"}, "count", RewardConfig())


def test_completions_in_every_shape() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]
    assert (
        completion_text("ab") == completion_text([{"role": "assistant", "content": "ab"}]) == "ab"
    )
    assert completion_text([{"role": "assistant", "content": parts}]) == "ab"
    assert completion_text([{"role": "assistant", "content": None}]) == ""
