"""What the model itself said in a completion: its turns, without what a user, a tool or the
environment said.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

MODEL_ROLES = frozenset({"assistant", "model", "gpt", "bot", "ai", "chatbot"})
"""Roles of a model in chat formats; a message without a role is a model's too, every other role is
not.
"""
_REASONING_FIELDS = ("reasoning_content", "reasoning", "thinking")
"""Where servers' and templates' messages hold the reasoning beside the content."""

_TURN_START = "<|im_start|>"
_TURN_END = "<|im_end|>"
_RESPONSE = re.compile(r"<(tool_response|observation|information)>.*?(?:</\1>|\Z)", re.DOTALL)
_OTHERS_TURN = re.compile(
    r"(?:\A|\n)(?:user|tool|observation|function|system|ipython|environment)\n.*?\nassistant(?:\n|\Z)"
    r"|\nuser\n.*\Z",
    re.DOTALL,
)
_SEPARATOR = "\0"


def model_turns(completion: Any) -> list[str]:
    """The model's turns in a completion: a text, a message, or a conversation of {"role",
    "content"} messages.

    Of a text that was decoded from several turns, those of others (`<|im_start|>user`, or a line
    "user" up to a line "assistant" where the marks were dropped) and responses of tools
    (`<tool_response>`) are left out.
    """
    if isinstance(completion, str):
        return _split_turns(completion)

    messages = [completion] if isinstance(completion, Mapping) else completion
    return [_message_text(message) for message in messages if _is_model_message(message)]


def completion_text(completion: Any) -> str:
    """All that the model said in a completion (see `model_turns`), turn after turn."""
    return "\n".join(model_turns(completion))


def messages_text(messages: Sequence[Mapping[str, Any]]) -> str:
    """The text of messages of any role, such as a prompt's."""
    return "".join(_content_text(message.get("content")) for message in messages)


def _is_model_message(message: Mapping[str, Any]) -> bool:
    role = message.get("role") or message.get("from")
    return role is None or str(role).lower() in MODEL_ROLES


def _message_text(message: Mapping[str, Any]) -> str:
    content = _content_text(message.get("content", message.get("value")))
    reasoning = next(
        (text for name in _REASONING_FIELDS if (text := _content_text(message.get(name)))), ""
    )

    return (
        f"<think>{reasoning}</think>{content}"
        if reasoning and "</think>" not in content
        else content
    )


def _content_text(content: Any) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, Mapping):
        content = [content]
    return "".join(
        part if isinstance(part, str) else str(part.get("text") or "") for part in content
    )


def _split_turns(text: str) -> list[str]:
    """A text as it is; of a decoded conversation the parts that are the model's."""
    if _TURN_START in text or _TURN_END in text:
        return [turn for part in _split_marked_turns(text) for turn in _split_turns(part)]

    model_text = _OTHERS_TURN.sub(_SEPARATOR, text)
    model_text = _RESPONSE.sub(_SEPARATOR, model_text)
    if model_text == text:
        return [text]

    return [part for part in model_text.split(_SEPARATOR) if part.strip()]


def _split_marked_turns(text: str) -> list[str]:
    """The model's turns between marks; what precedes the first mark is the end of its own turn."""
    first, *others = text.split(_TURN_START)
    turns = [first.partition(_TURN_END)[0]]

    for other in others:
        role, _, content = other.lstrip().partition("\n")
        if role.strip().lower() in MODEL_ROLES:
            turns.append(content.partition(_TURN_END)[0])

    return [turn for turn in turns if turn.strip()]
