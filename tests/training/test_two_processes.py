"""Two processes (gloo) make the update that one process makes with the whole batch."""

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from trl.trainer.grpo_config import GRPOConfig

from training.test_rlvr import recipe
from waywiser.training.config import DataConfig, StrategyConfig
from waywiser.training.data.prompts import make_prompt_rows
from waywiser.training.data.training_set import read_training_set
from waywiser.training.grpo.trainer import DynamicGRPOTrainer
from waywiser.training.rlvr import run_rlvr
from waywiser.training.run.initial_model import load_initial_model
from waywiser.training.run.run_dir import RunDir
from waywiser.training.run.seeding import derive_seed
from waywiser.training.run.training_budget import TrainingBudget

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")
ROWS = 16
COMPLETIONS = 4
STEPS = 3
PAPER = StrategyConfig(order="online", weight="p(1-p)", weight_floor=0.2, kl="cosine", beta=0.1)


class GivenCompletions(DynamicGRPOTrainer):
    """Completions by (step, row of the whole batch): what is sampled cannot be the same over other
    batch shapes.
    """

    def _generate_single_turn(self, prompt_ids: Any, *_: Any, **__: Any) -> Any:
        first = self.accelerator.process_index * len(prompt_ids)
        draws = [derive_seed(self.state.global_step, first + i) for i in range(len(prompt_ids))]
        return [
            [10 + draw % 200, 20 + draw % 170, 30 + draw % 150][: 1 + draw % 3] for draw in draws
        ], None


def hits(completion_ids: list[list[int]], **_: Any) -> list[float]:
    return [float(ids[0] % 2) for ids in completion_ids]


hits.__name__ = "accuracy"


def train(dataset: Path, model_folder: Path, out: Path, processes: int) -> None:
    """Train in this process, one of `processes`, and leave weights and what was learned about
    prompts in `out`.
    """
    torch.set_num_threads(1)
    data = read_training_set(DataConfig(path=dataset))
    model, processor = load_initial_model(str(model_folder))
    rank = int(os.environ.get("RANK", 0))
    arguments = GRPOConfig(
        output_dir=str(out / f"checkpoints-{rank}"),
        max_steps=STEPS,
        per_device_train_batch_size=ROWS // processes,
        num_generations=COMPLETIONS,
        max_completion_length=6,
        beta=0.1,
        learning_rate=1e-3,
        bf16=False,
        use_cpu=True,
        lr_scheduler_type="constant",
        gradient_checkpointing=False,
        disable_dropout=True,
        report_to="none",
        save_strategy="no",
        logging_steps=1,
        remove_unused_columns=False,
        disable_tqdm=True,
        seed=3,
        ddp_backend="gloo" if processes > 1 else None,
    )
    made = GivenCompletions(
        model=model,
        args=arguments,
        reward_funcs=[hits],
        train_dataset=make_prompt_rows(data),
        processing_class=processor,
        strategy=PAPER,
        tasks=[s.task for s in data.samples],
        difficulty=[s.difficulty or 0.0 for s in data.samples],
        seed_generation=True,
    )
    settings = recipe(dataset, model_folder, out / f"run-{rank}", max_steps=STEPS, final_lr=1.0)
    folder = RunDir(settings, resume=False)
    folder.open()
    made.use_budget(settings, TrainingBudget(STEPS, None), folder, ())
    made.train()
    inner = made.accelerator.unwrap_model(made.model)
    save_file(
        {name: value.detach().clone() for name, value in inner.named_parameters()},
        out / f"{rank}.safetensors",
    )
    (out / f"{rank}.json").write_text(
        json.dumps([made.pass_rate_estimator.state(), made.state.log_history])
    )


def in_forks(work: Callable[[], object], out: Path, processes: int) -> None:
    """`work` in so many processes; any that fails fails the test."""
    out.mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    children = []
    for rank in range(processes):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                from accelerate.state import AcceleratorState, GradientState, PartialState

                AcceleratorState._reset_state(reset_partial_state=True)
                GradientState._reset_state()
                PartialState._reset_state()
                if processes > 1:
                    world = {
                        "RANK": rank,
                        "LOCAL_RANK": rank,
                        "WORLD_SIZE": processes,
                        "MASTER_PORT": port,
                    }
                    os.environ.update({name: str(value) for name, value in world.items()})
                    os.environ.update({"MASTER_ADDR": "127.0.0.1", "ACCELERATE_USE_CPU": "true"})
                work()
                code = 0
            except BaseException:
                import traceback

                (out / f"{rank}.error").write_text(traceback.format_exc())
            finally:
                os._exit(code)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    errors = "\n".join(path.read_text() for path in sorted(out.glob("*.error")))
    assert codes == [0] * processes, errors


def test_two_processes_make_the_update_of_one(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    for name, processes in (("one", 1), ("two", 2)):
        out = tmp_path / name
        in_forks(lambda o=out, n=processes: train(dataset, model_folder, o, n), out, processes)
    start = load_file(model_folder / "model.safetensors")
    whole = load_file(tmp_path / "one" / "0.safetensors")
    halves = [load_file(tmp_path / "two" / f"{rank}.safetensors") for rank in range(2)]
    assert (
        max(float((whole[name] - start[name]).abs().max()) for name in whole if name in start)
        > 1e-3
    )
    for name, value in whole.items():
        assert torch.equal(halves[0][name], halves[1][name]), name
        torch.testing.assert_close(halves[0][name], value, atol=2e-5, rtol=1e-4, msg=name)
    (pass_rate_estimator, log), *others = (
        json.loads(path.read_text())
        for path in (
            tmp_path / "one" / "0.json",
            tmp_path / "two" / "0.json",
            tmp_path / "two" / "1.json",
        )
    )
    for other, other_log in others:
        assert other == pass_rate_estimator
        for one, two in zip(log[:STEPS], other_log[:STEPS], strict=True):
            for name in ("reward", "kl", "groups/weight", "groups/dead", "strategy/beta"):
                assert two[name] == pytest.approx(one[name], abs=1e-5), name


def test_a_recipe_runs_on_two_processes_and_ends_once(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    settings = recipe(
        dataset, model_folder, tmp_path / "run", max_steps=2, save_steps=1, keep_checkpoints=True
    )

    def work() -> None:
        torch.set_num_threads(1)
        assert run_rlvr(settings, resume=True).steps == 2

    in_forks(work, tmp_path / "first", 2)
    log = [
        json.loads(line)["step"]
        for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()
    ]
    assert log == [1, 2]
    assert (tmp_path / "run" / "checkpoints" / "checkpoint-2" / "clock.json").is_file()
    trained, start = (
        load_file(f / "model.safetensors") for f in (tmp_path / "run" / "model", model_folder)
    )
    assert any(not torch.equal(trained[name], start[name]) for name in start)
    in_forks(work, tmp_path / "again", 2)
