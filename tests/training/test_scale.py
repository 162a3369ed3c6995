"""Recipes for GPUs as far as a machine without one goes: parsed, planned, and built into TRL's
arguments.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from accelerate.commands.config.config_args import load_config_from_file
from transformers import Qwen2_5_VLConfig

from waywiser.cli import main
from waywiser.errors import RecipeError
from waywiser.models.model_plan import ModelPlanRequest
from waywiser.recipe import build
from waywiser.training import rlvr
from waywiser.training.config import RLVRRecipe
from waywiser.training.run.initial_model import freeze_vision, load_initial_model
from waywiser.training.run.run_dir import RunDir
from waywiser.training.run.training_plan import Hardware, plan_training
from waywiser.training.train import load_recipe

SCALE = Path(__file__).parents[2] / "recipes" / "scale"
RECIPES = sorted(SCALE.glob("rlvr_*.yaml"))
SHAPES: dict[str, dict[str, Any]] = {
    "3b": {
        "hidden_size": 2048,
        "intermediate_size": 11008,
        "num_hidden_layers": 36,
        "num_attention_heads": 16,
        "num_key_value_heads": 2,
        "vocab_size": 151936,
    },
    "7b": {
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 28,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
        "vocab_size": 152064,
    },
}


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """config.json of Qwen2.5-VL in both sizes; no weights."""
    made = {}
    for name, text in SHAPES.items():
        made[name] = tmp_path_factory.mktemp("shapes") / name
        vision = {
            "depth": 32,
            "hidden_size": 1280,
            "num_heads": 16,
            "intermediate_size": 3420,
            "patch_size": 14,
        }
        vision["out_hidden_size"] = text["hidden_size"]
        config = Qwen2_5_VLConfig(
            text_config=text, vision_config=vision, tie_word_embeddings=name == "3b"
        )
        config.save_pretrained(made[name])
    return made


def planned(
    path: Path, shapes: dict[str, Path], dataset: Path, machine: Hardware, **more: Any
) -> Any:
    recipe = load_recipe(path)
    folder = str(shapes["3b" if "3b" in path.name else "7b"])
    recipe = recipe.model_copy(
        update={"model": folder, "data": recipe.data.model_copy(update={"path": dataset}), **more}
    )
    return plan_training(recipe, machine, ModelPlanRequest(model="", width=320, height=240))


def machine_of(path: Path) -> Hardware:
    devices = {
        "rlvr_3b_lora_24gb": 1,
        "rlvr_7b_8gpu": 8,
        "rlvr_7b_server": 6,
        "rlvr_7b_multinode": 32,
    }[path.stem]
    return Hardware(devices=devices, memory=24 if "24gb" in path.stem else 80)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_each_recipe_fits_the_machine_it_names(
    path: Path, shapes: dict[str, Path], dataset: Path
) -> None:
    plan = planned(path, shapes, dataset, machine_of(path))
    assert plan.ready, plan
    assert plan.parameters == pytest.approx(3.75e9 if "3b" in path.name else 8.29e9, rel=0.02)
    assert plan.hours is not None
    assert plan.samples == 24


def test_a_plan_by_hand_and_what_does_not_fit(shapes: dict[str, Path], dataset: Path) -> None:
    path = SCALE / "rlvr_7b_8gpu.yaml"
    plan = planned(path, shapes, dataset, Hardware(devices=8, memory=80))
    assert plan.memory_gib["weights, gradients, AdamW"] == pytest.approx(
        plan.parameters * 2 / 2**30, abs=1e-2
    )
    assert plan.memory_gib["reference"] == pytest.approx(plan.parameters / 2 / 2**30, abs=1e-2)
    assert plan.memory_gib["vLLM"] == pytest.approx(24.0)
    flops = (
        2 * plan.parameters * plan.tokens * 4 * 1000
    )  # forward, twice that back, once more for checkpointing
    assert plan.hours["update"] == pytest.approx(flops / (8 * 150e12) / 3600, rel=1e-2)
    assert planned(path, shapes, dataset, Hardware(devices=1, memory=80)).fits is False
    assert planned(path, shapes, dataset, Hardware(devices=3)).missing
    assert "no dataset" in planned(path, shapes, Path("nowhere"), Hardware(devices=8)).missing[0]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_each_recipe_becomes_trls_arguments(
    path: Path, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class World:
        num_processes = machine_of(path).devices

    monkeypatch.setattr(rlvr, "process_state", World)
    recipe = load_recipe(path, ["--out", str(tmp_path / "run"), "--bf16", "false"])
    assert isinstance(recipe, RLVRRecipe)
    model, processor = load_initial_model(str(model_folder))
    made = rlvr._grpo_config(
        recipe, RunDir(recipe, resume=False), model, processor, recipe.max_steps
    )
    assert made.per_device_train_batch_size == 4
    assert made.gradient_checkpointing
    if recipe.vllm is not None:
        assert (made.use_vllm, made.vllm_mode) == (True, recipe.vllm.mode)
        assert made.generation_kwargs["logit_bias"][model.config.image_token_id] == -100.0
    else:
        assert model.config.image_token_id in made.generation_kwargs["suppress_tokens"]


@pytest.mark.parametrize("name", ["fsdp_8gpu", "deepspeed_zero3"])
def test_accelerate_reads_its_configurations(name: str) -> None:
    config = load_config_from_file(str(SCALE / f"{name}.yaml"))
    assert config.num_processes == 8
    assert str(config.distributed_type.value) in ("FSDP", "DEEPSPEED")


def test_the_command_plans_a_recipe(
    dataset: Path, model_folder: Path, tmp_path: Path, capsys: Any
) -> None:
    path = tmp_path / "recipe.yaml"
    values = {
        "stage": "rlvr",
        "out": str(tmp_path / "run"),
        "model": str(model_folder),
        "max_steps": 5,
    }
    path.write_text(yaml.safe_dump({**values, "data": {"path": str(dataset)}}))
    assert main(["plan", str(path), "--device-memory", "8"]) == 0
    assert "memory of each of 1 devices" in capsys.readouterr().out
    assert main(["plan", str(path), "--device-memory", "0.5", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["fits"] is False
    assert main(["plan"]) == 2
    assert not (tmp_path / "run").exists()


def test_weights_of_bfloat16_and_frozen_towers() -> None:
    values = {"out": "x", "data": {"path": "y"}, "model": "z", "max_steps": 1, "dtype": "bfloat16"}
    with pytest.raises(RecipeError, match="dtype bfloat16 needs lora"):
        build(RLVRRecipe, values)
    build(RLVRRecipe, {**values, "lora": {}})
    with pytest.raises(RecipeError, match="freeze_vision: Linear has no vision tower"):
        freeze_vision(torch.nn.Linear(1, 1))
