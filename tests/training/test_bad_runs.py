"""What goes wrong in the middle of a run stops it with one line, and the last good checkpoint
stays.
"""

import math
from pathlib import Path
from typing import Any

import pytest
import torch

from training.test_resume import rlvr, same, weights
from waywiser.cli import main
from waywiser.errors import DatasetError, RecipeError, TrainingError
from waywiser.models import load
from waywiser.training import rlvr as rlvr_module
from waywiser.training.config import RLVRRecipe
from waywiser.training.grpo.overlong_penalty import OverlongPenalty
from waywiser.training.grpo.trainer import DynamicGRPOTrainer
from waywiser.training.rlvr import run_rlvr


def checkpoints(recipe: RLVRRecipe) -> list[str]:
    return sorted(path.name for path in (recipe.out / "checkpoints").iterdir())


def stopped(recipe: RLVRRecipe, kind: type[Exception], words: str) -> str:
    with pytest.raises(kind, match=words) as caught:
        run_rlvr(recipe)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_reward_that_raises(
    dataset: Path, model_folder: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    calls: list[int] = []

    def broken(completions: list[Any], **_: Any) -> list[float]:
        calls.append(1)
        if len(calls) > 3:
            raise ZeroDivisionError("by\nnothing")
        return [float(i) for i in range(len(completions))]

    broken.__name__ = "accuracy"
    monkeypatch.setattr(rlvr_module, "make_reward_functions", lambda _: [broken])
    monkeypatch.setattr(rlvr_module, "reward_weights", lambda _: [1.0])
    recipe = rlvr(dataset, model_folder, tmp_path / "run", resample_zero_std_groups=0)
    line = stopped(
        recipe,
        TrainingError,
        r"a reward failed at step 3 \(ZeroDivisionError: by nothing\).*checkpoint-2",
    )
    assert "--resume" in line
    assert checkpoints(recipe) == ["checkpoint-2"]
    monkeypatch.undo()
    run_rlvr(recipe, resume=True)


@pytest.mark.parametrize("what", ["loss", "kl", "gradient"])
def test_no_number_stops_before_the_weights_take_it_in(
    what: str, dataset: Path, model_folder: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    original = DynamicGRPOTrainer._compute_loss

    def spoiled(self: Any, model: Any, inputs: Any) -> torch.Tensor:
        loss = original(self, model, inputs)
        if self.state.global_step < 3:
            return loss
        if what == "loss":
            return loss * math.nan
        if what == "kl":
            self._metrics["train"]["kl"][-1] = 1e6
            return loss
        return loss + (next(model.parameters()) * 0).sum().sqrt()  # 0, with a slope that is none

    monkeypatch.setattr(DynamicGRPOTrainer, "_compute_loss", spoiled)
    recipe = rlvr(dataset, model_folder, tmp_path / "run", save_steps=2)
    words = {
        "loss": "the loss is NaN or infinite",
        "kl": "KL to the reference is 1e",
        "gradient": "a gradient is NaN or infinite",
    }
    stopped(
        recipe, TrainingError, rf"{words[what]}.* after step 3: lower learning_rate .*checkpoint-3"
    )
    assert checkpoints(recipe) == ["checkpoint-2", "checkpoint-3"]
    saved, _ = load(recipe.out / "checkpoints" / "checkpoint-3")
    assert all(bool(torch.isfinite(p).all()) for p in saved.parameters())
    monkeypatch.undo()
    whole = run_rlvr(rlvr(dataset, model_folder, tmp_path / "whole", save_steps=2))
    assert same(
        weights(whole.model), weights(run_rlvr(recipe, resume=True).model)
    )  # it was no worse for the stop


def test_a_picture_that_cannot_be_read(
    samples: Any, model_folder: Path, tmp_path: Path, write_dataset: Any
) -> None:
    spoiled = [
        s.model_copy(update={"images": [b"no picture"]}) if s.id == "count-3-0" else s
        for s in samples
    ]
    recipe = rlvr(
        write_dataset(tmp_path / "rooms", spoiled), model_folder, tmp_path / "run", save_steps=1
    )
    stopped(recipe, DatasetError, "a picture of sample count-3-0 cannot be decoded")
    for name in checkpoints(recipe) if (recipe.out / "checkpoints").is_dir() else []:
        load(recipe.out / "checkpoints" / name)


def test_a_task_without_a_reward(
    dataset: Path, model_folder: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    def silent(completions: list[Any], **_: Any) -> list[None]:
        return [None] * len(completions)

    silent.__name__ = "accuracy"
    monkeypatch.setattr(rlvr_module, "make_reward_functions", lambda _: [silent])
    monkeypatch.setattr(rlvr_module, "reward_weights", lambda _: [1.0])
    recipe = rlvr(
        dataset, model_folder, tmp_path / "run", data={"path": dataset, "tasks": ["count"]}
    )
    stopped(
        recipe, TrainingError, "task 'count' has no reward: none of 8 completions could be scored"
    )


def test_another_recipe_does_not_go_on(dataset: Path, model_folder: Path, tmp_path: Path) -> None:
    recipe = rlvr(
        dataset, model_folder, tmp_path / "run", max_steps=1, save_steps=1, keep_checkpoints=True
    )
    done = run_rlvr(recipe)
    with pytest.raises(RecipeError, match=r"differs from the run .*\(num_generations\)"):
        run_rlvr(recipe.model_copy(update={"num_generations": 4}), resume=True)
    assert load(done.model)


def test_the_command_line_says_one_line(
    dataset: Path, model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "recipe.yaml"
    bare.write_text(
        f"stage: rlvr\nout: {tmp_path / 'run'}\nmodel: {model_folder}\ndata: {{path: {dataset}}}\nmax_steps: 2\n"
        "prompts_per_step: 2\nnum_generations: 2\nmax_completion_length: 6\nrollout_pages: 1\nthreads: 1\n"
    )
    assert main(["train", str(bare), "--kl_limit", "0"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["train", str(bare)]) == 0
    pages = sorted(path.name for path in (tmp_path / "run" / "rollouts").iterdir())
    assert pages == ["step-000000.html", "step-000001.html"]


def test_overlong_completions_cost_what_their_length_says() -> None:
    price = OverlongPenalty(limit=20, buffer=8)
    lengths = [0, 12, 16, 20, 30]
    assert price(completion_ids=[[1] * n for n in lengths]) == [0.0, 0.0, -0.5, -1.0, -1.0]


@pytest.mark.parametrize("choice", ["mask", "penalise"])
def test_overlong_completions_by_choice(
    choice: str, dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    changes = {
        "overlong": choice,
        "overlong_buffer": 2,
        "max_steps": 1,
        "resample_zero_std_groups": 0,
    }
    result = run_rlvr(rlvr(dataset, model_folder, tmp_path / "run", **changes))
    if choice == "mask":  # an untrained model hardly ever ends in time
        plain = run_rlvr(
            rlvr(dataset, model_folder, tmp_path / "plain", max_steps=1, resample_zero_std_groups=0)
        )
        assert (
            result.last["completions/clipped_ratio"] == plain.last["completions/clipped_ratio"] > 0
        )
        assert result.last["loss"] != plain.last["loss"]
    else:
        assert result.last["rewards/overlong/mean"] < -0.3


def test_a_log_says_where_the_time_went_and_why_a_step_taught(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    result = run_rlvr(rlvr(dataset, model_folder, tmp_path / "run", max_steps=3))
    wanted = {
        "time/generation",
        "time/scoring",
        "time/update",
        "speed/tokens_per_second",
        "completions/repetition",
        "completions/mean_length",
        "entropy",
        "kl",
        "clip_ratio/region_mean",
        "groups/dead",
        "groups/redrawn",
        "groups/effective_weight",
        "rewards/accuracy/mean",
        "rewards/length/mean",
        "strategy/beta",
    }
    assert wanted <= result.last.keys()
    assert any(name.startswith("pass_rate/") for name in result.last)
