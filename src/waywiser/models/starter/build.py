"""A fresh starter model with its processor."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig, PreTrainedTokenizerFast

from waywiser.errors import ModelError
from waywiser.models.starter.image_processor import WaywiserStarterImageProcessor

from .config import WaywiserStarterConfig
from .model import WaywiserStarterForConditionalGeneration
from .processor import WaywiserStarterProcessor
from .tokenizer import IMAGE, train_tokenizer


def build_starter(
    texts: Iterable[str],
    config: WaywiserStarterConfig | None = None,
    *,
    vocab_size: int = 1024,
    seed: int = 0,
) -> tuple[WaywiserStarterForConditionalGeneration, WaywiserStarterProcessor]:
    """A starter model with random weights, and its processor with a tokenizer learned from `texts`.

    The same texts, configuration and seed give the same weights; the caller's random state is left
    alone.

    Args:
        texts: Texts that the tokenizer learns from.
        config: Configuration, of which a copy gets its token ids and vocabulary size from the
            tokenizer; None for the defaults.
        vocab_size: Maximum number of tokens of the vocabulary.
        seed: Seed of the weights.

    Returns:
        The model, in evaluation mode, and its processor.

    Raises:
        ModelError: No starter model can be built from the configuration or the vocabulary size.
    """
    tokenizer = train_tokenizer(texts, vocab_size)
    processor = WaywiserStarterProcessor(WaywiserStarterImageProcessor(), tokenizer)
    return fresh_model(processor, config, seed=seed), processor


def fresh_model(
    processor: WaywiserStarterProcessor,
    config: WaywiserStarterConfig | None = None,
    *,
    seed: int = 0,
) -> WaywiserStarterForConditionalGeneration:
    """Random weights for an existing processor (the configuration is copied, then fitted to the
    tokenizer).
    """
    config = (
        WaywiserStarterConfig.from_dict(config.to_dict())
        if config is not None
        else WaywiserStarterConfig()
    )

    _fit_to_tokenizer(config, processor.tokenizer)

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = WaywiserStarterForConditionalGeneration(config)

    model.generation_config = _generation_config(config)
    return model.eval()


def default_starter_path() -> Path:
    """The folder of the checkpoint that is shipped with the package. Raises ModelError when this
    copy has none.
    """
    folder = Path(str(files("waywiser.models.starter") / "checkpoint"))
    if not (folder / "config.json").is_file() or not (folder / "model.safetensors").is_file():
        raise ModelError(
            f"this copy of waywiser holds no starter checkpoint ({folder}): train one with the"
            " recipe in recipes/starter, or give a model folder"
        )

    return folder


def _fit_to_tokenizer(config: WaywiserStarterConfig, tokenizer: PreTrainedTokenizerFast) -> None:
    text: Any = config.get_text_config()
    text.vocab_size = len(tokenizer)
    for part in (config, text):
        part.pad_token_id = tokenizer.pad_token_id
        part.eos_token_id = tokenizer.eos_token_id
        part.bos_token_id = None

    config.image_token_id = int(tokenizer.convert_tokens_to_ids(IMAGE))  # pyright: ignore[reportArgumentType]


def _generation_config(config: WaywiserStarterConfig) -> GenerationConfig:
    """Greedy by default; an image token is never written, since no image would belong to it."""
    return GenerationConfig(
        do_sample=False,
        max_new_tokens=128,
        eos_token_id=config.eos_token_id,
        pad_token_id=config.pad_token_id,
        suppress_tokens=[config.image_token_id],
    )
