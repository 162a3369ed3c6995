"""What can be checked of the vLLM plugin where vLLM is not installed: registration, names, and that
it parses.
"""

import ast
import tomllib
from importlib import import_module
from pathlib import Path

from safetensors import safe_open

from helpers.m2_tiny import DATA
from waywiser.models.m2_reasoning import vllm_plugin, weights

ROOT = Path(__file__).parents[2]


class Registry:
    """As much of vLLM's ModelRegistry as registration uses."""

    def __init__(self, *known):
        self.models = dict.fromkeys(known)

    def get_supported_archs(self):
        return list(self.models)

    def register_model(self, architecture, model):
        self.models[architecture] = model


def test_the_entry_point_registers_both_names_once():
    group = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"][
        "vllm.general_plugins"
    ]
    module, _, function = group["waywiser_m2_reasoning"].partition(":")
    registry = Registry("Qwen2ForCausalLM")
    for _ in range(2):  # vLLM loads plugins in each of its processes
        getattr(import_module(module), function)(registry)
    added = {k: v for k, v in registry.models.items() if v is not None}
    assert set(added) == {
        "Bailing_qwen2_5NativeForConditionalGeneration",
        "M2ReasoningForConditionalGeneration",
    }
    assert set(added.values()) == {vllm_plugin.MODEL_CLASS}


def test_the_class_that_is_named_stands_in_the_module_that_is_named():
    module, _, name = vllm_plugin.MODEL_CLASS.partition(":")
    tree = ast.parse((ROOT / "src" / Path(*module.split(".")).with_suffix(".py")).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def to_vllm(name):
    """As vLLM's WeightsMapper does: every prefix that fits, in the order of the mapping."""
    for prefix, new in vllm_plugin.CHECKPOINT_PREFIXES.items():
        if name.startswith(prefix):
            name = name.replace(prefix, new, 1)
    return name


def test_every_released_weight_has_its_place_in_vllms_model_in_either_naming():
    with safe_open(DATA / "model.safetensors", "pt") as file:
        released = list(file.keys())
    placed = {to_vllm(name) for name in released}
    assert len(placed) == len(released)
    assert {name.split(".")[0] for name in placed} == {"visual", "language_model", "projector"}
    assert {name.split(".")[1] for name in placed if name.startswith("language_model")} == {
        "model",
        "lm_head",
    }
    assert {to_vllm(weights.to_transformers_name(name)) for name in released} == placed
    assert "visual.merger.mlp.0.weight" in placed
    assert "language_model.model.layers.0.self_attn.q_proj.bias" in placed
