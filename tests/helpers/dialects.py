"""Completions as servers write them: where the thoughts stand, and what a content is made of."""

from collections.abc import Callable
from typing import Any

Message = dict[str, Any]


def completion(message: Message, finish: str | None = "stop", **more: Any) -> dict[str, Any]:
    """A completion of one message."""
    return {
        "choices": [
            {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
        ],
        **more,
    }


def text_part(text: str) -> Message:
    return {"type": "text", "text": text}


BESIDE: dict[str, Callable[[str, str], Message]] = {
    "reasoning_content": lambda thoughts, text: {"reasoning_content": thoughts, "content": text},
    "reasoning": lambda thoughts, text: {"reasoning": thoughts, "content": text},
    "reasoning and null": lambda thoughts, text: {
        "reasoning": thoughts,
        "reasoning_content": None,
        "content": text,
        "refusal": None,
        "tool_calls": [],
    },
    "both names": lambda thoughts, text: {
        "reasoning": thoughts,
        "reasoning_content": thoughts,
        "content": text,
    },
    "thinking": lambda thoughts, text: {"thinking": thoughts, "content": text},
    "reasoning_details": lambda thoughts, text: {
        "reasoning_details": [
            {"type": "reasoning.text", "text": thoughts[:5], "format": "unknown", "index": 0},
            {"type": "reasoning.summary", "summary": thoughts[5:], "index": 1},
            {"type": "reasoning.encrypted", "data": "AAAA", "index": 2},
        ],
        "content": text,
    },
    "thinking parts": lambda thoughts, text: {
        "content": [
            {"type": "thinking", "thinking": [text_part(thoughts)], "closed": True},
            text_part(text),
        ]
    },
    "thinking part of text": lambda thoughts, text: {
        "content": [{"type": "thinking", "thinking": thoughts}, text_part(text)]
    },
    "reasoning part": lambda thoughts, text: {
        "content": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": thoughts}]},
            text_part(text),
        ]
    },
}
"""A message whose thoughts stand beside its text."""

WHOLE: dict[str, Callable[[str], Message]] = {
    "text": lambda text: {"content": text},
    "one part": lambda text: {"content": [text_part(text)]},
    "parts": lambda text: {"content": [text_part(text[:9]), text_part(text[9:])]},
    "output_text": lambda text: {
        "content": [{"type": "output_text", "text": text, "annotations": []}]
    },
    "value": lambda text: {
        "content": [{"type": "text", "text": {"value": text, "annotations": []}}]
    },
    "texts": lambda text: {"content": [text]},
    "no list": lambda text: {"content": text_part(text)},
    "empty thoughts": lambda text: {"content": text, "reasoning": "", "reasoning_content": None},
}
"""A message with everything in its content."""
