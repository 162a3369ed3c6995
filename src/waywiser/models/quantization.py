"""Weights in 4 bits (NF4, arXiv 2305.14314) by bitsandbytes, for adapters to be trained on top of.

The linear layers of the decoder are quantized; the vision tower, the projector, the embeddings and
the head are not.
"""

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from waywiser.errors import ModelError, error_text

_BLOCK_SIZE = 64
_OUTER_BLOCK_SIZE = 256
"""Weights that share a constant of 8 bits; constants that share one of 32 bits."""
_NOT_QUANTIZED = ("visual", "vision", "projector", "connector", "lm_head")


def decoder_layers(model: nn.Module) -> dict[str, nn.Linear]:
    """The linear layers of the decoder by name: what adapters usually train, and what is quantized."""
    return {
        name: layer
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear) and not any(part in name for part in _NOT_QUANTIZED)
    }


def quantized_bytes(layers: Iterable[nn.Linear]) -> int:
    """Bytes that the weights of these layers take in 4 bits, with their doubly quantized constants."""
    total = 0

    for layer in layers:
        weights = layer.in_features * layer.out_features
        blocks = -(-weights // _BLOCK_SIZE)
        total += -(-weights // 2) + blocks + 4 * -(-blocks // _OUTER_BLOCK_SIZE)

    return total


def model_bytes_in_4bit(model: PreTrainedModel) -> int:
    """Bytes of a whole model that is prepared for training on 4 bits: all that is not quantized is
    float32.
    """
    layers = decoder_layers(model)
    quantized = sum(layer.weight.numel() for layer in layers.values())
    return quantized_bytes(layers.values()) + 4 * (
        sum(p.numel() for p in model.parameters()) - quantized
    )


def quantization_config(model: nn.Module, compute_dtype: torch.dtype) -> Any:
    """transformers' quantization of the decoder of `model`, which may be on the meta device.

    Raises ModelError if bitsandbytes is not installed.
    """
    check_bitsandbytes()
    from transformers import BitsAndBytesConfig

    decoder = decoder_layers(model)
    skipped = [
        name
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear) and name not in decoder
    ]

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute_dtype,
        llm_int8_skip_modules=skipped,  # of 4 bits too, whatever its name says
    )


def disable_weight_repacking(model: nn.Module) -> None:
    """Let layers in 4 bits stay as they are in evaluation mode.

    On processors with AVX512-BF16 bitsandbytes packs them anew at the first call there, for good,
    and from then on no gradient goes through them: completions would end the learning.
    """
    for layer in model.modules():
        if hasattr(layer, "support_avx512bf16_for_cpu"):
            vars(layer)["support_avx512bf16_for_cpu"] = False


def check_bitsandbytes() -> None:
    """Raises ModelError if bitsandbytes is not installed or does not load here."""
    if find_spec("bitsandbytes") is None:
        raise ModelError(
            "load_4bit needs bitsandbytes, which is not installed: pip install 'waywiser[quantize]'"
        )

    try:
        import_bitsandbytes()
    except Exception as error:
        # A library that is missing on this system is an error of its own kind.
        text = error_text(error, 160)
        raise ModelError(
            f"load_4bit: bitsandbytes does not load here ({text}): train without load_4bit"
        ) from error


def import_bitsandbytes() -> None:
    """Import bitsandbytes, if it is there, without its search for compiled kernels on the hub.

    TRL imports it through PEFT. On some processors it then fetches and runs code, or warns that it
    cannot.
    """
    if "bitsandbytes" in sys.modules or find_spec("bitsandbytes") is None:
        return
    with _hide_kernels():
        import bitsandbytes  # noqa: F401 # pyright: ignore[reportMissingImports]


@contextmanager
def _hide_kernels() -> Iterator[None]:
    logger = logging.getLogger("bitsandbytes.backends.cpu.ops")
    level = logger.level
    kernels = sys.modules.get("kernels")
    logger.setLevel(logging.ERROR)
    sys.modules["kernels"] = None  # pyright: ignore[reportArgumentType] # its import fails

    try:
        yield
    finally:
        logger.setLevel(level)

        if kernels is None:
            del sys.modules["kernels"]
        else:
            sys.modules["kernels"] = kernels
