"""Rejection-sampling fine-tuning as it is run: what is kept is what the rewards say, it learns, and
a killed run ends as one that was never stopped.
"""

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from waywiser.errors import RecipeError, TrainingError
from waywiser.models.loading import load
from waywiser.models.model_plan import ModelPlanRequest
from waywiser.recipe import build
from waywiser.training.config import DataConfig
from waywiser.training.data.rejection_sampling import (
    KeptSet,
    RewardTotal,
    choose_completions,
    question_order,
)
from waywiser.training.data.training_set import read_training_set
from waywiser.training.rejection import run_rejection
from waywiser.training.rejection_config import RejectionRecipe
from waywiser.training.run.callbacks import BudgetCallback
from waywiser.training.run.training_budget import RoundBudget
from waywiser.training.run.training_plan import Hardware, plan_training
from waywiser.training.train import load_recipe, train

REWARD = """
def few_letters(completions, answer, **columns):
    assert len(completions) == len(answer)
    return [-len(c[0]["content"]) / 10 for c in completions]
"""


@pytest.fixture(scope="module")
def reward(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Short completions are good: a reward that an untrained model can earn, and learn."""
    path = tmp_path_factory.mktemp("rewards") / "own.py"
    path.write_text(REWARD)
    return f"{path}:few_letters"


def values(
    dataset: Path, model_folder: Path, out: Path, reward: str, **more: Any
) -> dict[str, Any]:
    common = {
        "stage": "rejection",
        "out": str(out),
        "data": {"path": str(dataset)},
        "model": str(model_folder),
        "rewards": {"weights": {}, "functions": [reward]},
        "rounds": 3,
        "samples_per_question": 4,
        "max_completion_length": 12,
        "generation_batch_size": 16,
        "batch_size": 3,
        "epochs": 3,
        "learning_rate": 1e-2,
        "warmup_steps": 1,
        "log_steps": 1,
    }
    return common | more


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def run(dataset, model_folder, reward, tmp_path_factory: pytest.TempPathFactory):
    out = tmp_path_factory.mktemp("rejection") / "whole"
    return run_rejection(
        build(RejectionRecipe, values(dataset, model_folder, out, reward, keep_checkpoints=True))
    )


def test_it_learns_from_its_own_best_completions(run, model_folder: Path) -> None:
    log = rows(run.log)
    rounds = [row for row in log if "round" in row]
    assert [row["round"] for row in rounds] == [1, 2, 3]
    assert all(row["questions"] == 24 and row["completions"] == 96 for row in rounds)
    assert rounds[-1]["reward"] > rounds[0]["reward"] + 0.5
    assert run.last["kept"] == rounds[-1]["kept"]

    rates = [(row["step"], row["learning_rate"]) for row in log if "loss" in row]
    assert [step for step, _ in rates] == list(range(1, run.steps + 1))
    assert rates[-1][1] < 0.2 * max(rate for _, rate in rates)  # one cosine over all rounds

    kept = rows(run.out / "rollouts.jsonl")
    assert Counter(row["round"] for row in kept) == {
        row["round"]: row["kept"] for row in rounds if row["kept"]
    }
    assert (
        max(Counter((r["round"], r["sample_id"]) for r in kept).values()) == 1
    )  # the best of each
    assert all(row["reward"] == -len(row["completion"]) / 10 for row in kept)

    before, after = (load_file(f / "model.safetensors") for f in (model_folder, run.model))
    assert any(not torch.equal(before[key], after[key]) for key in before)
    assert not (run.model / "run_state.json").exists()
    assert load(run.model)
    assert train(run.out / "recipe.yaml", resume=True) == run


def test_a_killed_run_goes_on_after_its_last_round_and_ends_the_same(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "killed"
    recipe = load_recipe(run.out / "recipe.yaml", ["--out", str(out)])
    assert isinstance(recipe, RejectionRecipe)
    on_step_end = BudgetCallback.on_step_end

    def kill(self: Any, *args: Any, **more: Any) -> None:
        if self.budget.first_step:
            raise KeyboardInterrupt
        on_step_end(self, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(BudgetCallback, "on_step_end", kill)
        with pytest.raises(KeyboardInterrupt):
            run_rejection(recipe)
    assert not (out / "model").exists()

    resumed = run_rejection(recipe, resume=True)
    before, after = (load_file(r.model / "model.safetensors") for r in (run, resumed))
    assert all(torch.equal(before[key], after[key]) for key in before)
    without_seconds = [
        [{k: v for k, v in row.items() if k != "seconds"} for row in rows(r.log)]
        for r in (run, resumed)
    ]
    assert without_seconds[0] == without_seconds[1]
    assert rows(out / "rollouts.jsonl") == rows(run.out / "rollouts.jsonl")


def test_any_model_and_adapters(dataset, model_folder, reward, tmp_path: Path) -> None:
    """Rows of TRL's collation, LoRA merged after each round, fewer questions a round."""
    more = {"packing": "none", "lora": {"rank": 2}, "rounds": 2, "questions_per_round": 5}
    result = run_rejection(
        build(
            RejectionRecipe,
            values(dataset, model_folder, tmp_path / "r", reward, **more)
            | {"epochs": None, "max_steps": 4, "keep": "threshold", "threshold": -100.0},
        )
    )
    assert result.steps == 4
    assert not (result.out / "checkpoints").exists()
    first, second = (
        {r["sample_id"] for r in rows(result.out / "rollouts.jsonl") if r["round"] == n}
        for n in (1, 2)
    )
    assert len(first) == len(second) == 5
    assert not first & second


def test_the_clock_bounds_sampling_and_training(
    dataset, model_folder, reward, tmp_path: Path
) -> None:
    recipe = values(dataset, model_folder, tmp_path / "r", reward, rounds=2, epochs=None)
    result = run_rejection(build(RejectionRecipe, {**recipe, "max_minutes": 2 / 60}))
    assert result.steps >= 2
    assert result.seconds >= 2
    assert [row["round"] for row in rows(result.log) if "round" in row] == [1, 2]


def test_where_nothing_is_good_it_says_so(dataset, model_folder, reward, tmp_path: Path) -> None:
    never = {"keep": "threshold", "threshold": 9.0, "rounds": 1, "questions_per_round": 4}
    recipe = build(RejectionRecipe, values(dataset, model_folder, tmp_path / "r", reward, **never))
    with pytest.raises(TrainingError, match="kept no completion to train on"):
        run_rejection(recipe)
    assert not (tmp_path / "r" / "model").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"samples_per_question": 1}, "must be 2 or more"),
        ({"epochs": None}, "say when training ends"),
        ({"max_steps": 2}, "must give each of rounds a step"),
        ({"report_to": "trackio"}, "report_to is not for stage rejection"),
        ({"keep": "worst"}, "keep: input should be 'best' or 'threshold'"),
        ({"thresold": 1}, "did you mean 'threshold'"),
    ],
)
def test_bad_requests_are_refused(dataset, model_folder, reward, tmp_path, change, message) -> None:
    with pytest.raises(RecipeError, match=message):
        build(RejectionRecipe, values(dataset, model_folder, tmp_path / "r", reward) | change)


@pytest.mark.parametrize(
    ("rewards", "keep", "kept"),
    [
        ([0.1, 0.9, 0.9, 0.2], "best", [1]),
        ([0.5, 0.5, 0.5, 0.5], "best", []),
        ([math.nan, 0.2, 0.3, 0.1], "best", [2]),
        ([math.nan] * 4, "best", []),
        ([0.9, 0.8, 0.9, 0.7], "threshold", [0, 1]),
        ([0.1] * 4, "threshold", []),
    ],
)
def test_what_is_kept(rewards: list[float], keep: Any, kept: list[int]) -> None:
    assert choose_completions(["a", "b", "a", "c"], rewards, keep, 0.75) == kept


def test_the_stream_of_questions_asks_each_once_a_pass() -> None:
    stream = question_order(5, 3, 0, 12).tolist()
    assert sorted(stream[:5]) == sorted(stream[5:10]) == list(range(5))
    assert stream[:5] != stream[5:10]
    assert question_order(5, 3, 4, 6).tolist() == stream[4:10]


def test_a_round_has_its_share_of_the_budget() -> None:
    steps = RoundBudget(1, 4, 10, 5, None, 0.0)
    assert (steps.progress(0), steps.progress(5)) == (0.25, 0.5)
    assert not steps.is_exhausted(4)
    assert steps.is_exhausted(5)
    clock = RoundBudget(1, 4, 10, None, 100.0, 49.0)
    assert clock.progress(7) == pytest.approx(0.49)
    assert not clock.is_exhausted(7)
    late = RoundBudget(1, 4, 10, None, 100.0, 50.0)
    assert late.is_exhausted(1)
    assert not late.is_exhausted(0), "what was sampled is learned from, however long that took"


def test_rewards_are_those_of_rlvr(dataset: Path, samples) -> None:
    config = build(RejectionRecipe, values(dataset, Path("m"), Path("o"), "x:y")).rewards
    config = config.model_copy(
        update={"weights": {"format": 0.2, "accuracy": 1.0}, "functions": []}
    )
    count, length = samples[0], samples[1]
    said = [
        ["<think>.</think><answer>0</answer>", "<answer>0</answer>"],
        ["<think>.</think><answer>2 m</answer>", "nothing"],
    ]
    totals = RewardTotal(config)([count, length], said, None)
    assert totals[0].tolist() == pytest.approx([1.2, 1.0])
    assert totals[1].tolist() == pytest.approx([0.2 + math.exp(-2), 0.0])


def test_kept_completions_are_what_is_taught(dataset: Path) -> None:
    data = read_training_set(DataConfig(path=dataset))
    kept = KeptSet(data, [3, 3, 0], ["x", "y", "z"])
    assert [kept.sample(i).id for i in range(3)] == [data.sample(i).id for i in (3, 3, 0)]
    assert [kept.completion(i) for i in range(3)] == ["x", "y", "z"]
    assert data.completion(0).startswith("<think>I see")


def test_its_plan_leaves_open_how_many_steps_what_is_kept_will_take(
    dataset, model_folder, reward
) -> None:
    values_of = values(dataset, model_folder, Path("o"), reward)
    request = ModelPlanRequest(model="", width=64, height=48)
    plan = plan_training(build(RejectionRecipe, values_of), Hardware(), request)
    assert (plan.stage, plan.samples, plan.steps, plan.completions) == ("rejection", 24, None, 3)
    assert plan.ready


def test_the_recipe_that_is_shipped_is_valid() -> None:
    path = Path(__file__).parents[2] / "recipes" / "rejection_tiny.yaml"
    assert load_recipe(path, ["--seed", "3"]).stage == "rejection"
