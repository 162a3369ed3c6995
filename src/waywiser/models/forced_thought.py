"""Thoughts forced by hand: every completion begins with `<think>` and goes on for some tokens."""

from typing import Any

import torch
from transformers import (
    LogitsProcessor,
    LogitsProcessorList,
    MinNewTokensLengthLogitsProcessor,
)

from waywiser.errors import ModelError

_LAST_PROMPT_TOKENS = 4
"""Tokens at the end of a prompt in which a chat template may have opened the thought."""


def forced_thought(
    processor: Any, input_ids: torch.Tensor, min_thought_tokens: int, stop_ids: list[int]
) -> LogitsProcessorList:
    """What makes `generate` think for at least `min_thought_tokens` tokens.

    A thought that the chat template has opened in the prompt is not opened again.

    Args:
        processor: The model's processor.
        input_ids: The prompts, (B, L), padded on the left.
        min_thought_tokens: Tokens after `<think>` before which `</think>`, `<answer>` and the end
            of the completion are forbidden.
        stop_ids: Tokens that end a completion.

    Raises:
        ModelError: The tokenizer has no single tokens `<think>` and `</think>`.
    """
    opening, closing = (_token_id(processor, tag) for tag in ("<think>", "</think>"))
    if opening is None or closing is None:
        raise ModelError(
            "min_thought_tokens needs a tokenizer with the tokens <think> and </think>: this one"
            " splits them; leave it out"
        )

    answer = _token_id(processor, "<answer>")
    forbidden = [closing, *stop_ids, *([] if answer is None else [answer])]
    length = input_ids.shape[1]
    tail = processor.tokenizer.decode(input_ids[0, -_LAST_PROMPT_TOKENS:])
    begun = tail.rstrip().endswith("<think>")

    minimum = MinNewTokensLengthLogitsProcessor(
        length, min_thought_tokens + (not begun), forbidden, device=str(input_ids.device)
    )
    return LogitsProcessorList([minimum, *([] if begun else [_BeginWith(length, opening)])])


class _BeginWith(LogitsProcessor):
    """Makes `token` the only choice right after a prompt of `length` tokens."""

    def __init__(self, length: int, token: int) -> None:
        self._length = length
        self._token = token

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        if input_ids.shape[1] != self._length:
            return scores

        only = torch.full_like(scores, -torch.inf)
        only[:, self._token] = 0.0
        return only


def _token_id(processor: Any, tag: str) -> int | None:
    tokens = processor.tokenizer.encode(tag, add_special_tokens=False)
    return tokens[0] if len(tokens) == 1 else None
