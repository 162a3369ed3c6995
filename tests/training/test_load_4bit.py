"""Adapters on weights in 4 bits: what is quantized, what is learned, what is saved, and the
refusals.
"""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from helpers.qwen_tiny import tiny_qwen
from waywiser.errors import ModelError, RecipeError
from waywiser.models import quantization
from waywiser.models.loading import load
from waywiser.models.model_plan import ModelPlanRequest, plan_model
from waywiser.models.quantization import decoder_layers, model_bytes_in_4bit, quantized_bytes
from waywiser.recipe import build
from waywiser.training.config import RLVRRecipe, SFTRecipe
from waywiser.training.rlvr import run_rlvr
from waywiser.training.run.initial_model import load_initial_model
from waywiser.training.run.training_plan import Hardware, plan_training
from waywiser.training.sft import run_sft

installed = pytest.mark.skipif(find_spec("bitsandbytes") is None, reason="needs the extra quantize")
COMMON: dict[str, Any] = {
    "max_steps": 2,
    "lora": {"rank": 4, "alpha": 8},
    "load_4bit": True,
    "learning_rate": 1e-2,
    "warmup_steps": 0,
    "log_steps": 1,
    "save_steps": 0,
}


@pytest.fixture(scope="module")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Qwen2.5-VL in bfloat16, as published ones are, padded on the left."""
    folder = tmp_path_factory.mktemp("qwen") / "model"
    tiny_qwen(folder, "qwen2_5_vl")

    model, _ = load(folder, dtype="bfloat16")
    model.save_pretrained(folder)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**settings, "padding_side": "left"}))
    return folder


@installed
def test_the_decoder_is_quantized_and_nothing_else(qwen: Path) -> None:
    model, _ = load(qwen, load_4bit=True)
    quantized = {
        name for name, value in model.named_parameters() if type(value).__name__ == "Params4bit"
    }

    assert quantized == {f"{name}.weight" for name in decoder_layers(model)}
    assert len(quantized) == 2 * 7
    assert not any("visual" in name or "lm_head" in name for name in quantized)


@installed
def test_the_plan_counts_the_bytes_that_are_there(qwen: Path) -> None:
    model, _ = load_initial_model(str(qwen), load_4bit=True)
    packed = [layer.weight for layer in decoder_layers(model).values()]
    constants = sum(
        w.quant_state.absmax.nbytes + w.quant_state.state2.absmax.nbytes for w in packed
    )
    weights = sum(w.nbytes for w in packed)

    found = plan_model(ModelPlanRequest(model=str(qwen)))
    assert (
        found.quantized_bytes
        == quantized_bytes(decoder_layers(model).values())
        == weights + constants
    )
    rest = [value for value in model.parameters() if type(value).__name__ != "Params4bit"]
    assert {value.dtype for value in rest} == {torch.float32}
    whole, _ = load(qwen)
    assert model_bytes_in_4bit(whole) == weights + constants + sum(value.nbytes for value in rest)


@installed
def test_completions_do_not_end_the_gradient(qwen: Path) -> None:
    model, _ = load(qwen, load_4bit=True)
    layer = decoder_layers(model)["model.language_model.layers.0.mlp.gate_proj"]
    rows = torch.randn(3, layer.in_features)

    with torch.no_grad():
        before = layer.eval()(rows)
    asked = rows.clone().requires_grad_()
    after = layer.train()(asked)
    after.sum().backward()
    assert torch.equal(before, after)
    assert asked.grad is not None
    assert asked.grad.abs().sum() > 0


def recipe_of(stage: str, folder: Path, dataset: Path, out: Path, **more: Any) -> Any:
    values = {**COMMON, "out": str(out), "model": str(folder), "data": {"path": str(dataset)}}
    if stage == "sft":
        return build(SFTRecipe, {**values, "batch_size": 2, **more})

    values |= {
        "prompts_per_step": 2,
        "num_generations": 2,
        "max_completion_length": 8,
        "temperature": 1.5,
    }
    values |= {"strategy": {"order": "random", "weight": "none", "mixing": "shuffled"}}
    values |= {"rewards": {"weights": {"length": 1.0}, "length": {"free": 0, "limit": 40}}}
    return build(RLVRRecipe, {**values, **more})


@installed
@pytest.mark.parametrize("stage", ["sft", "rlvr"])
def test_two_steps_add_the_adapters_to_the_weights_of_the_folder(
    stage: str, qwen: Path, dataset: Path, tmp_path: Path
) -> None:
    recipe = recipe_of(stage, qwen, dataset, tmp_path / "run", save_steps=1, keep_checkpoints=True)
    result = (run_sft if stage == "sft" else run_rlvr)(recipe)
    assert result.steps == 2
    assert "quantization_config" not in json.loads((result.model / "config.json").read_text())
    load(result.model)

    adapters = load_file(
        tmp_path / "run" / "checkpoints" / "checkpoint-2" / "adapter_model.safetensors"
    )
    assert {value.dtype for value in adapters.values()} == {torch.float32}
    before = load_file(qwen / "model.safetensors")
    after = load_file(result.model / "model.safetensors")
    assert {value.dtype for value in after.values()} == {torch.bfloat16}
    name = "model.language_model.layers.1.mlp.up_proj"
    a, b = (adapters[f"base_model.model.{name}.lora_{part}.weight"] for part in "AB")
    stored = next(key for key in before if key.endswith("layers.1.mlp.up_proj.weight"))
    expected = (before[stored].float() + 2.0 * b @ a).to(torch.bfloat16)  # alpha / rank
    assert not torch.equal(before[stored], after[stored])
    assert torch.allclose(after[stored].float(), expected.float(), rtol=2**-7, atol=1e-6)


@installed
def test_a_killed_run_is_resumed(qwen: Path, dataset: Path, tmp_path: Path) -> None:
    whole = run_sft(recipe_of("sft", qwen, dataset, tmp_path / "whole"))
    broken = recipe_of(
        "sft", qwen, dataset, tmp_path / "broken", save_steps=1, keep_checkpoints=True
    )
    result = run_sft(broken)
    for name in ("model", "checkpoints/checkpoint-2"):
        shutil.rmtree(tmp_path / "broken" / name)
    (tmp_path / "broken" / "result.json").unlink()

    resumed = run_sft(broken, resume=True)
    assert resumed.steps == result.steps == 2
    first = load_file(whole.model / "model.safetensors")
    again = load_file(resumed.model / "model.safetensors")
    assert all(torch.equal(first[name], again[name]) for name in first)


@installed
def test_the_starter_and_bfloat16_train_too(
    model_folder: Path, qwen: Path, dataset: Path, tmp_path: Path
) -> None:
    assert run_sft(recipe_of("sft", model_folder, dataset, tmp_path / "starter")).steps == 2
    mixed = recipe_of(
        "sft", qwen, dataset, tmp_path / "qwen", bf16=True, gradient_checkpointing=True
    )
    assert run_sft(mixed).steps == 2


def test_without_bitsandbytes_one_line_names_the_extra(
    qwen: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantization, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match=r"pip install 'waywiser\[quantize\]'"):
        run_sft(recipe_of("sft", qwen, dataset, tmp_path / "run"))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("load_4bit", [True, False])
def test_weights_that_are_quantized_already_are_no_start(
    load_4bit: bool, qwen: Path, dataset: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(qwen, tmp_path / "awq")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(
        json.dumps({**config, "quantization_config": {"quant_method": "awq"}})
    )
    with pytest.raises(
        RecipeError, match="are quantized, which loses what is trained: start from the model"
    ):
        run_sft(recipe_of("sft", folder, dataset, tmp_path / "run", load_4bit=load_4bit))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("stage", "changes", "words"),
    [
        ("sft", {"lora": None}, "load_4bit needs lora"),
        ("rlvr", {"lora": None}, "load_4bit needs lora"),
        ("sft", {"model": None, "starter": {}}, "load_4bit needs model"),
        ("rlvr", {"vllm": {"mode": "colocate"}}, "load_4bit completes with transformers"),
    ],
)
def test_what_cannot_be_in_4_bits_is_refused(
    stage: str, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(RecipeError, match=words):
        recipe_of(stage, Path("m"), Path("d"), Path("o"), **changes)


def test_a_plan_of_a_7b_in_4_bits(dataset: Path) -> None:
    recipe = recipe_of(
        "rlvr", Path("Qwen/Qwen2.5-VL-7B-Instruct"), dataset, Path("runs/none"), bf16=True
    )
    request = ModelPlanRequest(model="", width=320, height=240)
    plan = plan_training(recipe, Hardware(memory=24), request)

    decoder = 28 * (2 * 3584 * 3584 + 2 * 3584 * 512 + 3 * 3584 * 18944)
    expected = decoder * (0.5 + 1 / 64 + 4 / 64 / 256) + 4 * (8_292_166_656 - decoder)
    assert plan.memory_gib["weights in 4 bits"] == pytest.approx(expected / 2**30, rel=1e-4)
    assert plan.fits
    whole = plan_training(
        recipe.model_copy(update={"load_4bit": False}), Hardware(memory=24), request
    )
    assert whole.memory_gib["weights"] > 3 * plan.memory_gib["weights in 4 bits"] / 1.05
    assert not whole.fits


@installed
def test_the_import_of_bitsandbytes_looks_for_no_kernels_on_the_hub(tmp_path: Path) -> None:
    (tmp_path / "kernels.py").write_text(
        "__version__ = '0.0.1'\ndef get_kernel(*_, **__):\n    raise SystemExit('looked')\n"
    )
    code = (
        "import sys\n"
        "from waywiser.models.quantization import import_bitsandbytes\n"
        "import_bitsandbytes()\n"
        "import trl.trainer.sft_trainer\n"
        "assert 'bitsandbytes' in sys.modules\n"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)]),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip()
