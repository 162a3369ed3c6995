"""Dynamic RLVR over TRL as it is run: switched off it is plain GRPO, switched on each part does
what it says.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from trl.trainer.grpo_config import GRPOConfig
from trl.trainer.grpo_trainer import GRPOTrainer

from waywiser.errors import RecipeError
from waywiser.recipe import build
from waywiser.training.config import DataConfig, RLVRRecipe, StrategyConfig
from waywiser.training.data.prompts import make_prompt_rows
from waywiser.training.data.training_set import read_training_set
from waywiser.training.grpo.metrics import group_metrics, task_metrics
from waywiser.training.grpo.trainer import DynamicGRPOTrainer
from waywiser.training.grpo.weighting import group_weights
from waywiser.training.rlvr import run_rlvr, vision_token_ids
from waywiser.training.run import callbacks
from waywiser.training.run.initial_model import load_initial_model
from waywiser.training.run.run_dir import RunDir
from waywiser.training.run.schedules import kl_coefficient
from waywiser.training.run.training_budget import TrainingBudget

PLAIN = StrategyConfig(order="random", mixing="shuffled", weight="none", kl="constant", beta=0.1)


def accuracy(completion_ids: list[list[int]], **_: Any) -> list[float]:
    """Group p of four completions has p % 4 hits, whatever was written: an untrained model has no
    other.
    """
    return [float(k % 4 < k // 4 % 4) for k in range(len(completion_ids))]


def recipe(dataset: Path, model_folder: Path, out: Path, **more: Any) -> RLVRRecipe:
    common = {
        "out": out,
        "data": {"path": dataset},
        "model": str(model_folder),
        "max_steps": 6,
        "prompts_per_step": 4,
        "num_generations": 2,
        "max_completion_length": 8,
        "learning_rate": 1e-3,
        "warmup_steps": 0,
        "save_steps": 2,
        "log_rollouts": 1,
    }
    return build(RLVRRecipe, common | more)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def trainer(
    kind: type, dataset: Path, model_folder: Path, out: Path, steps: int = 2, **more: Any
) -> Any:
    """A trainer of `kind` on the dataset, with a constant learning rate and the reward above."""
    data = read_training_set(DataConfig(path=dataset))
    model, processor = load_initial_model(str(model_folder))
    arguments = GRPOConfig(
        output_dir=str(out / "checkpoints"),
        max_steps=steps,
        per_device_train_batch_size=16,
        num_generations=4,
        max_completion_length=6,
        beta=0.1,
        learning_rate=1e-3,
        lr_scheduler_type="constant",
        bf16=False,
        use_cpu=True,
        gradient_checkpointing=False,
        disable_dropout=True,
        report_to="none",
        save_strategy="no",
        logging_steps=1,
        remove_unused_columns=False,
        disable_tqdm=True,
        seed=3,
        top_k=0,
        generation_kwargs={"suppress_tokens": vision_token_ids(model, processor)},
    )
    made = kind(
        model=model,
        args=arguments,
        reward_funcs=[accuracy],
        train_dataset=make_prompt_rows(data),
        processing_class=processor,
        **more,
    )
    if isinstance(made, DynamicGRPOTrainer):
        settings = recipe(dataset, model_folder, out, max_steps=steps, final_lr=1.0)
        folder = RunDir(settings.model_copy(update={"out": out / "run"}), resume=False)
        folder.open()
        made.use_budget(settings, TrainingBudget(steps, None), folder, ())
    return made


def dynamic(
    dataset: Path, model_folder: Path, out: Path, strategy: StrategyConfig, **more: Any
) -> DynamicGRPOTrainer:
    samples = read_training_set(DataConfig(path=dataset)).samples
    return trainer(
        DynamicGRPOTrainer,
        dataset,
        model_folder,
        out,
        strategy=strategy,
        tasks=[s.task for s in samples],
        difficulty=[s.difficulty for s in samples],
        **more,
    )


def parameters(made: Any) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in made.model.named_parameters()}


def test_switched_off_it_is_plain_grpo(dataset: Path, model_folder: Path, tmp_path: Path) -> None:
    ends = []
    for make in (
        lambda: trainer(GRPOTrainer, dataset, model_folder, tmp_path / "a"),
        lambda: dynamic(dataset, model_folder, tmp_path / "b", PLAIN),
        lambda: dynamic(
            dataset, model_folder, tmp_path / "c", PLAIN.model_copy(update={"weight": "p(1-p)"})
        ),
    ):
        made = make()  # sets the seed, so the training that follows at once has the same chances
        start = parameters(made)
        made.train()
        ends.append(parameters(made))
    plain, ours, weighted = ends
    assert max(float((plain[name] - value).abs().max()) for name, value in start.items()) > 1e-4
    for name, value in plain.items():
        torch.testing.assert_close(ours[name], value, atol=1e-6, rtol=1e-5, msg=name)
    assert any(
        not torch.allclose(weighted[name], value, atol=1e-5) for name, value in plain.items()
    )


def scored(made: Any) -> dict[str, Any]:
    """One generation batch as the trainer scores it, from a fixed state of chance."""
    torch.manual_seed(0)
    made.model.train()
    batch = next(iter(made.get_train_dataloader()))
    return made._generate_and_score_completions(batch)


def test_advantages_are_those_of_grpo_times_the_weight(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    plain = scored(dynamic(dataset, model_folder, tmp_path / "a", PLAIN))
    weighted = dynamic(
        dataset,
        model_folder,
        tmp_path / "b",
        PLAIN.model_copy(update={"weight": "p(1-p)", "weight_scale": 2.0}),
    )
    batch = scored(weighted)
    assert torch.equal(batch["completion_ids"], plain["completion_ids"])
    acc_P_G = np.array(accuracy([[]] * 16)).reshape(-1, 4)
    weight_P = group_weights("p(1-p)", acc_P_G, sigma=2.0)
    assert weight_P.tolist() == [0, 0.375, 0.5, 0.375]
    expected = plain["advantages"] * torch.tensor(np.repeat(weight_P, 4), dtype=torch.float32)
    torch.testing.assert_close(batch["advantages"], expected)
    assert weighted._metrics["train"]["groups/weight"] == [pytest.approx(weight_P.mean())]
    assert weighted._metrics["train"]["groups/pass_rate"] == [pytest.approx(acc_P_G.mean())]


def test_dead_groups_can_be_left_out_of_the_update(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    whole = scored(dynamic(dataset, model_folder, tmp_path / "a", PLAIN))
    less = scored(dynamic(dataset, model_folder, tmp_path / "b", PLAIN, drop_zero_std_groups=True))
    alive = whole["advantages"].reshape(-1, 4).abs().sum(dim=1).repeat_interleave(4) > 0
    assert alive.tolist() == [False] * 4 + [True] * 12
    for name in ("completion_ids", "advantages", "ref_per_token_logps", "pixel_values"):
        assert torch.equal(less[name], whole[name][alive]), name
    assert less["num_items_in_batch"] == whole["num_items_in_batch"]
    assert less["num_images"] == [1] * 12


@pytest.fixture(scope="module")
def run(dataset: Path, model_folder: Path, tmp_path_factory: pytest.TempPathFactory):
    return run_rlvr(recipe(dataset, model_folder, tmp_path_factory.mktemp("rlvr") / "whole"))


def test_a_run_follows_its_strategy(run, samples) -> None:
    log = rows(run.log)
    rollouts = rows(run.out / "rollouts.jsonl")
    assert [row["step"] for row in log] == list(range(1, 7))
    expected = [kl_coefficient("cosine", k / 6, 0.03) for k in range(6)]
    assert [row["strategy/beta"] for row in log] == pytest.approx(expected)
    assert log[0]["kl"] == pytest.approx(0, abs=1e-6)
    assert log[-1]["kl"] > 0
    by_id = {sample.id: sample for sample in samples}
    for step in range(6):
        drawn = [row for row in rollouts if row["step"] == step]
        assert len({row["task"] for row in drawn}) == 1
        assert all(by_id[row["sample_id"]].question == row["question"] for row in drawn)
    for task in ("count", "length"):
        order = [by_id[row["sample_id"]].difficulty for row in rollouts if row["task"] == task]
        assert order == sorted(order)
    assert {"tasks/count/accuracy", "groups/dead", "time/generation", "entropy", "reward"} <= {
        k for r in log for k in r
    }


def test_a_stopped_run_goes_on_and_ends_with_the_same_weights(
    run, dataset: Path, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_self: Any, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        if state.global_step == 5:
            raise KeyboardInterrupt

    again = recipe(dataset, model_folder, tmp_path / "stopped")
    with monkeypatch.context() as patch:
        patch.setattr(callbacks.BudgetCallback, "on_step_end", stop)
        with pytest.raises(KeyboardInterrupt):
            run_rlvr(again)
    result = run_rlvr(again, resume=True)
    before = load_file(run.model / "model.safetensors")
    after = load_file(result.model / "model.safetensors")
    start = load_file(model_folder / "model.safetensors")
    assert any(not torch.equal(start[key], before[key]) for key in before)
    assert all(torch.equal(before[key], after[key]) for key in before)
    for name in ("strategy/beta", "learning_rate", "step", "completions/mean_length"):
        assert [row[name] for row in rows(result.log)] == [row[name] for row in rows(run.log)]
    drawn = [
        [row[k] for k in ("step", "sample_id", "completion")]
        for row in rows(result.out / "rollouts.jsonl")
    ]
    assert drawn == [
        [row[k] for k in ("step", "sample_id", "completion")]
        for row in rows(run.out / "rollouts.jsonl")
    ]


def test_every_switch_runs(dataset: Path, model_folder: Path, tmp_path: Path) -> None:
    settings = {
        "strategy": {"order": "random", "mixing": "shuffled", "weight": "variance", "kl": "none"},
        "rewards": {"numeric": "mra", "weights": {"accuracy": 1.0}},
        "bf16": True,
        "attention": "eager",
        "share_prompts": False,
        "gradient_accumulation_steps": 2,
        "max_steps": 1,
    }
    result = run_rlvr(recipe(dataset, model_folder, tmp_path / "run", **settings))
    assert result.steps == 1
    assert "kl" not in result.last
    assert "rewards/format/mean" not in result.last


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prompts_per_step": 13}, "count has 12 samples, fewer than the 13"),
        ({"strategy": {"ordr": "random"}}, "did you mean 'strategy.order'"),
        (
            {"strategy": {"order": "onlin"}},
            "strategy.order: input should be 'random', 'curriculum' or 'online'",
        ),
        (
            {
                "strategy": {"order": "online", "weight": "none"},
                "rewards": {"weights": {"format": 1}},
            },
            "order online needs",
        ),
        ({"rewards": {"tasks": {"coutn": {"numeric": "mra"}}}}, "did you mean 'count'"),
        ({"overlong": "penalise", "overlong_buffer": 99}, "overlong_buffer must not exceed"),
        ({"strategy": {"beta": 0}}, "beta must be above 0 unless kl is none"),
        ({"strategy": {"beta": 0.01, "beta_min": 0.02}}, "beta_min must not exceed beta"),
        ({"rewards": {"weights": {"format": 1}}}, "needs the accuracy reward"),
        ({"rewards": {"weights": {"acuracy": 1}}}, "rewards.weights.acuracy"),
        ({"num_generations": 1}, "num_generations"),
        ({"gradient_accumulation_steps": 3}, "gradient_accumulation_steps must divide"),
        (
            {"gradient_accumulation_steps": 2, "drop_zero_std_groups": True},
            "drop_zero_std_groups needs gradient_accumulation_steps 1",
        ),
        ({"temperature": 0}, "temperature"),
        ({"data": {"path": "x", "difficulty": "nowhere.json"}}, "x"),
    ],
)
def test_bad_requests_write_nothing(dataset, model_folder, tmp_path, change, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        run_rlvr(recipe(dataset, model_folder, tmp_path / "run", **change))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.case(64)
def test_a_curriculum_needs_difficulties(
    samples, model_folder: Path, tmp_path: Path, write_dataset
) -> None:
    bare = [sample.model_copy(update={"difficulty": None}) for sample in samples]
    folder = write_dataset(tmp_path / "rooms", bare)
    with pytest.raises(RecipeError, match="24 samples lack: measure it with") as caught:
        run_rlvr(recipe(folder, model_folder, tmp_path / "run"))
    assert "`waywiser difficulty MODEL --data DATA --out FILE`" in str(caught.value)
    assert "data.difficulty" in str(caught.value)
    table = tmp_path / "difficulty.json"
    table.write_text(json.dumps({sample.id: 0.5 for sample in samples}))
    with_table = read_training_set(DataConfig(path=folder, difficulty=table))
    assert {sample.difficulty for sample in with_table.samples} == {0.5}


def test_picture_tokens_are_banned(model_folder: Path) -> None:
    model, processor = load_initial_model(str(model_folder))
    assert model.config.image_token_id in vision_token_ids(model, processor)


def test_metrics_by_hand() -> None:
    rewards_B_F = np.array([[1, 0.5], [0, 0.1], [1, np.nan], [1, np.nan]])
    found = task_metrics(rewards_B_F, ["format", "accuracy"], ["a", "a", "b", "b"])
    assert found == pytest.approx(
        {"tasks/a/format": 0.5, "tasks/a/accuracy": 0.3, "tasks/b/format": 1.0}
    )
    groups = group_metrics(np.array([[1, 1], [0, 1]]), np.array([0.0, 1.0]), np.array([1.0, 0.5]))
    assert groups == pytest.approx(
        {
            "groups/dead": 0.5,
            "groups/weight": 0.5,
            "groups/pass_rate": 0.75,
            "groups/effective_weight": 0.5,
            "groups/effective_weight/0.4-0.6": 1.0,
            "groups/effective_weight/0.8-1.0": 0.0,
        }
    )
    assert group_metrics(np.array([[1, 1]]), np.ones(1), None) == {
        "groups/dead": 1.0,
        "groups/weight": 1.0,
    }
