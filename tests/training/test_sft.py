"""The cold start as it is run: it learns, logs, survives being killed, and refuses bad requests
before writing.
"""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from waywiser.errors import DatasetError, ModelError, RecipeError
from waywiser.models.loading import load
from waywiser.recipe import build
from waywiser.training.config import SFTRecipe
from waywiser.training.sft import run_sft
from waywiser.training.train import load_recipe, train

KILL_AT = """
import os, signal, sys
import torch
torch.set_num_threads(1)
from waywiser.training.run.callbacks import BudgetCallback
from waywiser.training.train import train
def on_step_end(self, args, state, control, **_):
    if state.global_step == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
BudgetCallback.on_step_end = on_step_end
train(sys.argv[1])
"""


def values(dataset: Path, model_folder: Path, out: Path, **more: Any) -> dict[str, Any]:
    common = {
        "stage": "sft",
        "out": str(out),
        "data": {"path": str(dataset)},
        "model": str(model_folder),
        "batch_size": 3,
        "max_steps": 6,
        "learning_rate": 1e-2,
        "warmup_steps": 1,
        "log_steps": 1,
        "save_steps": 2,
    }
    return common | more


def recipe(*args: Any, **more: Any) -> SFTRecipe:
    return build(SFTRecipe, values(*args, **more))


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


@pytest.fixture(scope="module", params=["adamw", "muon"])
def run(
    request: pytest.FixtureRequest,
    dataset: Path,
    model_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
):
    out = tmp_path_factory.mktemp("sft") / "whole"
    return run_sft(recipe(dataset, model_folder, out, optimizer=request.param))


def test_it_learns_and_leaves_a_model_a_log_and_its_recipe(run, dataset: Path) -> None:
    assert (run.steps, run.samples) == (6, 24)
    log = rows(run.log)
    assert [row["step"] for row in log] == list(range(1, 7))
    assert log[-1]["loss"] < log[0]["loss"] - 0.5
    assert log[-1]["learning_rate"] < 0.2 * max(row["learning_rate"] for row in log)
    assert sorted(path.name for path in run.out.iterdir()) == [
        "log.jsonl",
        "model",
        "recipe.yaml",
        "result.json",
    ]
    assert not list(run.model.glob("*.bin"))
    assert load_recipe(run.out / "recipe.yaml").data.folders == [dataset]
    model, processor = load(run.model)
    assert processor.tokenizer.eos_token_id == model.generation_config.eos_token_id


def test_a_run_that_has_ended_is_not_run_again(run) -> None:
    stamp = (run.model / "model.safetensors").stat().st_mtime_ns
    again = train(run.out / "recipe.yaml", resume=True)
    assert again == run
    assert (run.model / "model.safetensors").stat().st_mtime_ns == stamp
    with pytest.raises(RecipeError, match="holds a run already: go on with --resume"):
        train(run.out / "recipe.yaml")
    with pytest.raises(RecipeError, match=r"differs from the run in .* \(learning_rate\)"):
        train(run.out / "recipe.yaml", ["--learning_rate", "3e-3"], resume=True)


def test_a_killed_run_goes_on_and_ends_with_the_same_weights(run, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    text = (run.out / "recipe.yaml").read_text().replace(str(run.out), str(out))
    (tmp_path / "recipe.yaml").write_text(text)
    killed = subprocess.run(
        [sys.executable, "-c", KILL_AT, str(tmp_path / "recipe.yaml"), "5"], capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-2000:]
    assert not (out / "model").exists()
    (out / "checkpoints" / "checkpoint-5").mkdir()  # as a kill while saving leaves it
    with (out / "log.jsonl").open("a") as log:
        log.write('{"step": 5, "lo')
    resumed = train(tmp_path / "recipe.yaml", resume=True)
    assert resumed.steps == 6
    assert [row["step"] for row in rows(resumed.log)] == list(range(1, 7))
    before = weights(run.model)
    after = weights(resumed.model)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[key], after[key]) for key in before)
    assert [row["loss"] for row in rows(resumed.log)] == [row["loss"] for row in rows(run.log)]


def test_the_clock_ends_a_run_and_anneals_it(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    result = run_sft(
        recipe(
            dataset,
            model_folder,
            tmp_path / "run",
            max_steps=None,
            max_minutes=1 / 60,
            save_steps=0,
        )
    )
    assert result.steps >= 1
    assert result.seconds >= 1
    last = rows(result.log)[-1]
    assert last["learning_rate"] <= 1e-2
    assert load(result.model)


def test_rows_of_trl_for_any_model(dataset: Path, model_folder: Path, tmp_path: Path) -> None:
    """packing: none is TRL's own collation; on the same questions it must teach the same thing."""
    plain = run_sft(
        recipe(dataset, model_folder, tmp_path / "plain", packing="none", batch_size=6, max_steps=4)
    )
    log = rows(plain.log)
    assert log[-1]["loss"] < log[0]["loss"] - 0.3


def test_a_fresh_starter_from_a_shape(dataset: Path, tmp_path: Path) -> None:
    shape = {
        "vocab_size": 340,
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 16,
        "intermediate_size": 48,
        "connector_layers": 1,
        "connector_heads": 2,
        "connector_intermediate_size": 32,
    }
    run = {
        "stage": "sft",
        "out": tmp_path / "run",
        "data": {"path": dataset},
        "starter": shape,
        "batch_size": 2,
    }
    result = run_sft(build(SFTRecipe, {**run, "epochs": 1, "bf16": True, "attention": "eager"}))
    model, processor = load(result.model)
    assert result.steps == 3
    assert model.config.get_text_config().hidden_size == 32
    assert "<answer>" in processor.tokenizer.get_vocab()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"model": None}, RecipeError, "give either model"),
        ({"max_steps": None}, RecipeError, "say when training ends"),
        ({"batch_size": 99}, RecipeError, "6 rows do not fill one batch of 99"),
        ({"batch_size": 0}, RecipeError, "batch_size: input should be greater than or equal to 1"),
        ({"max_batch_tokens": 0}, RecipeError, "max_batch_tokens: input should be greater"),
        ({"model": "nowhere"}, ModelError, "nowhere"),
        ({"data": {"path": "nowhere"}}, DatasetError, "no dataset at nowhere"),
        ({"data": {"pth": "x"}}, RecipeError, "did you mean 'data.path'"),
        ({"learning_rte": 1}, RecipeError, "did you mean 'learning_rate'"),
        ({"packing": "images"}, RecipeError, "packing: input should be 'auto', 'image' or 'none'"),
    ],
)
def test_bad_requests_write_nothing(
    dataset, model_folder, tmp_path, change, error, message: str
) -> None:
    out = tmp_path / "run"
    with pytest.raises(error, match=message) as caught:
        run_sft(recipe(dataset, model_folder, out, **change))
    assert "\n" not in str(caught.value)
    assert not out.exists()


def test_a_folder_that_is_no_run_is_left_alone(
    dataset: Path, model_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    for resume in (False, True):
        with pytest.raises(RecipeError, match="holds no training run"):
            run_sft(recipe(dataset, model_folder, tmp_path), resume=resume)
    with pytest.raises(RecipeError, match="is a file"):
        run_sft(recipe(dataset, model_folder, tmp_path / "thesis.txt"))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_stage_decides_which_recipe_it_is(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    for text, hint in (
        ("out: x\n", "stage is missing"),
        ("stage: stf\n", "did you mean 'sft'"),
        ("stage: 7\n", "choose"),
    ):
        path.write_text(text)
        with pytest.raises(RecipeError, match=hint):
            load_recipe(path)


@pytest.mark.parametrize(
    "name",
    [
        "sft_tiny.yaml",
        "rlvr_tiny.yaml",
        "starter/sft.yaml",
        "starter/sft_more.yaml",
        "starter/sft_counts.yaml",
    ],
)
def test_the_recipes_that_are_shipped_are_valid(name: str) -> None:
    folder = Path(__file__).parents[2] / "recipes"
    assert load_recipe(folder / name, ["--seed", "3"]).seed == 3
