"""A run that is killed at any moment and resumed ends with the weights of one that never stopped,
bit for bit.
"""

import json
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from helpers.killing import run_and_kill
from helpers.qwen_tiny import tiny_qwen
from waywiser.errors import RecipeError, TrainingError
from waywiser.models import load
from waywiser.recipe import build
from waywiser.training.config import RLVRRecipe, SFTRecipe
from waywiser.training.rlvr import run_rlvr
from waywiser.training.sft import run_sft

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")
STEPS = 9  # of 6 batches an epoch: it goes on in the second one


def rlvr(dataset: Path, model: Path, out: Path, **more: Any) -> RLVRRecipe:
    common = {
        "out": out,
        "data": {"path": dataset},
        "model": str(model),
        "max_steps": STEPS,
        "prompts_per_step": 4,
        "num_generations": 2,
        "max_completion_length": 6,
        "learning_rate": 3e-3,
        "warmup_steps": 0,
        "save_steps": 2,
        "strategy": {"order": "online", "weight": "p(1-p)", "weight_floor": 0.5},
        "resample_zero_std_groups": 1,
        "rewards": {
            "weights": {"accuracy": 1.0, "length": 0.5},
            "length": {"free": 1, "limit": 40},
        },
        "log_rollouts": 1,
        "threads": 1,
    }
    return build(RLVRRecipe, common | more)


def sft(dataset: Path, model: Path, out: Path) -> SFTRecipe:
    values = {
        "out": out,
        "data": {"path": dataset},
        "model": str(model),
        "batch_size": 2,
        "max_steps": STEPS,
        "warmup_steps": 1,
        "log_steps": 1,
        "save_steps": 2,
        "threads": 1,
    }
    return build(SFTRecipe, values)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and not differences(one, other)


def differences(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> dict[str, float]:
    """The largest difference of each tensor that is not the same, so that a failure says where and
    how much.
    """
    assert one.keys() == other.keys()
    return {
        name: float((one[name] - other[name]).abs().max())
        for name in one
        if not torch.equal(one[name], other[name])
    }


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def killed_and_resumed(run: Any, recipe: Any, kills: int, chance: Random) -> tuple[Any, int]:
    """The result of a run that is killed `kills` times, and how often it really was."""
    done = 0
    for kill in range(kills):
        moment = 1 + kill * (STEPS - 2) // max(1, kills - 1) if kills > 1 else 4
        done += run_and_kill(
            lambda: run(recipe, resume=True), recipe.out / "log.jsonl", moment, chance
        )
    return run(recipe, resume=True), done


def check_rlvr(dataset: Path, model: Path, tmp_path: Path, kills: int, **more: Any) -> None:
    whole = run_rlvr(rlvr(dataset, model, tmp_path / "whole", **more))
    start = weights(model)
    end = weights(whole.model)
    assert not same(start, end)
    broken, done = killed_and_resumed(
        run_rlvr, rlvr(dataset, model, tmp_path / "broken", **more), kills, Random(kills)
    )
    assert done >= kills - 1
    for name in (
        "strategy/beta",
        "learning_rate",
        "completions/mean_length",
        "groups/redrawn",
        "pass_rate/count",
    ):
        assert [row.get(name) for row in lines(broken.log)] == [
            row.get(name) for row in lines(whole.log)
        ], name
    drawn = [
        [row[k] for k in ("step", "sample_id", "completion")]
        for row in lines(whole.out / "rollouts.jsonl")
    ]
    again = [
        [row[k] for k in ("step", "sample_id", "completion")]
        for row in lines(broken.out / "rollouts.jsonl")
    ]
    assert again == drawn
    assert differences(end, weights(broken.model)) == {}


def test_rlvr_killed_at_three_moments(dataset: Path, model_folder: Path, tmp_path: Path) -> None:
    check_rlvr(dataset, model_folder, tmp_path, kills=3)


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_rlvr_killed_at_ten_moments(dataset: Path, model_folder: Path, tmp_path: Path) -> None:
    check_rlvr(dataset, model_folder, tmp_path, kills=10)


def test_the_order_of_trl_killed_in_its_second_epoch(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    plain = {
        "strategy": {"order": "random", "mixing": "shuffled", "weight": "none"},
        "resample_zero_std_groups": 0,
    }
    plain |= {"gradient_accumulation_steps": 2, "max_steps": 12}
    whole = run_rlvr(rlvr(dataset, model_folder, tmp_path / "whole", **plain))
    recipe = rlvr(dataset, model_folder, tmp_path / "broken", **plain)
    assert run_and_kill(lambda: run_rlvr(recipe), recipe.out / "log.jsonl", 8, Random(1), late=0.5)
    assert same(weights(whole.model), weights(run_rlvr(recipe, resume=True).model))


def test_sft_killed_at_two_moments(dataset: Path, model_folder: Path, tmp_path: Path) -> None:
    whole = run_sft(sft(dataset, model_folder, tmp_path / "whole"))
    broken, done = killed_and_resumed(
        run_sft, sft(dataset, model_folder, tmp_path / "broken"), 2, Random(0)
    )
    assert done >= 1
    assert same(weights(whole.model), weights(broken.model))


@pytest.mark.parametrize("stage", ["rlvr", "sft"])
def test_killed_after_the_last_step_it_learns_no_more(
    stage: str, dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    """The last checkpoint is whole, but the model has no name yet: nothing is left to train."""
    run, recipe = (run_rlvr, rlvr) if stage == "rlvr" else (run_sft, sft)
    changed = {"keep_checkpoints": True, "max_steps": 8}  # in the middle of an epoch
    whole = run(recipe(dataset, model_folder, tmp_path / "run").model_copy(update=changed))
    assert (whole.out / "checkpoints" / "checkpoint-8").is_dir()
    (whole.out / "result.json").unlink()
    before = weights(whole.model)
    log = whole.log.read_text()
    whole.model.rename(whole.out / "taken away")
    again = run(
        recipe(dataset, model_folder, tmp_path / "run").model_copy(update=changed), resume=True
    )
    assert differences(before, weights(again.model)) == {}
    assert again.log.read_text() == log
    assert again == whole.model_copy(update={"seconds": again.seconds})


@pytest.mark.parametrize("adapters", [False, True], ids=["all-weights", "adapters"])
def test_qwen_goes_on_from_the_weights_of_its_checkpoint(
    adapters: bool, dataset: Path, tmp_path: Path
) -> None:
    """transformers#43701: Qwen2.5-VL's names changed, and the Trainer's own loading keeps the
    weights it has.
    """
    folder = tmp_path / "qwen"
    tiny_qwen(folder, "qwen2_5_vl")
    changes = {
        "max_steps": 6,
        "save_steps": 1,
        "resample_zero_std_groups": 0,
        "max_completion_length": 4,
    }
    changes |= {"prompts_per_step": 2, "keep_checkpoints": True}
    if adapters:
        targets = r".*language_model.*\.(q_proj|down_proj)"
        changes |= {
            "lora": {"rank": 2, "targets": targets},
            "freeze_vision": True,
            "learning_rate": 3e-2,
        }
    whole = run_rlvr(rlvr(dataset, folder, tmp_path / "whole", **changes))
    assert not same(weights(folder), weights(whole.model))
    recipe = rlvr(dataset, folder, tmp_path / "broken", **changes)
    assert run_and_kill(lambda: run_rlvr(recipe), recipe.out / "log.jsonl", 2, Random(2), late=0.0)
    assert same(weights(whole.model), weights(run_rlvr(recipe, resume=True).model))
    assert load(whole.model)


def test_a_checkpoint_of_another_run_is_refused_and_kept(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    short = {"max_steps": 2, "save_steps": 1, "keep_checkpoints": True}
    other = run_rlvr(rlvr(dataset, model_folder, tmp_path / "other", **short))
    recipe = rlvr(dataset, model_folder, tmp_path / "mine", **short, seed=5)
    run_and_kill(lambda: run_rlvr(recipe), recipe.out / "log.jsonl", 1, Random(0))
    (recipe.out / "result.json").unlink(missing_ok=True)
    stray = recipe.out / "checkpoints" / "checkpoint-7"
    (other.out / "checkpoints" / "checkpoint-2").rename(stray)
    with pytest.raises(
        RecipeError, match="checkpoint-7 was made by another recipe or from other data: delete it"
    ):
        run_rlvr(recipe, resume=True)
    assert (stray / "model.safetensors").is_file()


def test_a_full_disk_leaves_the_last_good_checkpoint(
    dataset: Path, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit on a file's size makes a real write fail in the middle."""
    import resource

    from waywiser.training.run import callbacks

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    original = callbacks.BudgetCallback.on_step_end

    def fill_up(self: Any, args: Any, state: Any, control: Any, **more: Any) -> None:
        original(self, args, state, control, **more)
        if state.global_step == 4:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))

    recipe = rlvr(dataset, model_folder, tmp_path / "run", max_steps=6)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(callbacks.BudgetCallback, "on_step_end", fill_up)
            with pytest.raises(
                TrainingError, match=r"checkpoint-4 could not be written .*resume from .*-2"
            ) as caught:
                run_rlvr(recipe)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "\n" not in str(caught.value)
    assert [path.name for path in (recipe.out / "checkpoints").iterdir()] == ["checkpoint-2"]
    whole = run_rlvr(rlvr(dataset, model_folder, tmp_path / "whole", max_steps=6))
    assert same(weights(whole.model), weights(run_rlvr(recipe, resume=True).model))
