"""The tiny M2-Reasoning checkpoint in tests/data, with a tokenizer of single bytes, as a whole
model folder.
"""

import shutil
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from waywiser.models.m2_reasoning import (
    M2ReasoningImageProcessor,
    M2ReasoningProcessor,
    M2ReasoningVideoProcessor,
)

DATA = Path(__file__).parents[1] / "data" / "m2_reasoning_tiny"
PAD = 0
START = 257
END = 319
PATCH = 300
SPECIAL = {"<|endoftext|>": PAD, "<|im_start|>": START, "<|im_end|>": END, "<imagePatch>": PATCH}
SPECIAL |= {"<image>": 301, "</image>": 302, "<video>": 303, "</video>": 304}
TAGS = {"<think>": 296, "</think>": 297, "<answer>": 298, "</answer>": 299}


def tiny_tokenizer(special_tags: bool = False) -> PreTrainedTokenizerFast:
    """One token a byte, the control tokens at the fixture's ids."""
    names = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {name: i for i, name in enumerate(names, start=1)} | SPECIAL | TAGS
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(name, special=True, normalized=False) for name in SPECIAL]
    )
    add = tokenizer.add_special_tokens if special_tags else tokenizer.add_tokens
    add([AddedToken(name, special=special_tags, normalized=False) for name in TAGS])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<|endoftext|>",
        eos_token="<|im_end|>",
        padding_side="left",
    )


def tiny_processor(special_tags: bool = False) -> M2ReasoningProcessor:
    """Pictures of 4 to 64 tokens of 8 x 8 pixels."""
    sizes = {"patch_size": 4, "temporal_patch_size": 2, "merge_size": 2}
    images = M2ReasoningImageProcessor(
        size={"shortest_edge": 4 * 64, "longest_edge": 64 * 64}, **sizes
    )
    videos = M2ReasoningVideoProcessor(
        size={"shortest_edge": 2 * 64, "longest_edge": 24 * 64}, total_pixels=240 * 64, **sizes
    )
    return M2ReasoningProcessor(images, tiny_tokenizer(special_tags), videos)


def tiny_folder(path: Path) -> Path:
    """A model folder: the release's configuration and weights, and a processor."""
    path.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "model.safetensors"):
        shutil.copy(DATA / name, path / name)
    tiny_processor().save_pretrained(path)
    return path
