"""vLLM finds M2-Reasoning through this module: the entry point `vllm.general_plugins` of the
package calls `register`.

vLLM itself is not a dependency; `vllm_model` is imported by vLLM only when such a model is served.
"""

from typing import Any

from waywiser.models.m2_reasoning.weights import WEIGHT_PREFIXES

from .config import RELEASED_ARCHITECTURE

ARCHITECTURES = (RELEASED_ARCHITECTURE, "M2ReasoningForConditionalGeneration")
MODEL_CLASS = "waywiser.models.m2_reasoning.vllm_model:M2ReasoningForVLLM"

# transformers' names -> those of vLLM's Qwen2.5-VL, which holds a whole Qwen2 under language_model.
_VLLM_PREFIXES = {
    "model.visual.": "visual.",
    "model.language_model.": "language_model.model.",
    "lm_head.": "language_model.lm_head.",
    "model.projector.": "projector.",
}
CHECKPOINT_PREFIXES = {
    **{released: _VLLM_PREFIXES[ours] for released, ours in WEIGHT_PREFIXES.items()},
    **_VLLM_PREFIXES,
}
"""Prefix in a checkpoint, in either naming -> prefix in `M2ReasoningForVLLM`."""


def register(registry: Any = None) -> None:
    """Tell vLLM which class serves the architectures of M2-Reasoning folders; the class itself is
    not imported.

    `registry` is vLLM's ModelRegistry unless one is given.
    """
    if registry is None:
        import vllm  # pyright: ignore[reportMissingImports]

        registry = vllm.ModelRegistry

    supported = set(registry.get_supported_archs())

    for architecture in ARCHITECTURES:
        if architecture not in supported:
            registry.register_model(architecture, MODEL_CLASS)
