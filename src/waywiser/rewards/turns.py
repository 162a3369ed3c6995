"""What the model itself said in a completion: its turns, without what a user, a tool or the environment said."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

MODEL_ROLES = frozenset({"assistant", "model", "gpt", "bot", "ai", "chatbot"})
"""Roles of a model in chat formats; a message without a role is a model's too, every other role is not."""
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
"""Where servers' and templates' messages hold thoughts beside the content."""

_MARK = "<|im_start|>"
_END = "<|im_end|>"
_RESPONSE = re.compile(r"<(tool_response|observation|information)>.*?(?:</\1>|\Z)", re.DOTALL)
_OTHERS_TURN = re.compile(
    r"(?:\A|\n)(?:user|tool|observation|function|system|ipython|environment)\n.*?\nassistant(?:\n|\Z)"
    r"|\nuser\n.*\Z",
    re.DOTALL,
)
_BREAK = "\0"


def model_turns(completion: Any) -> list[str]:
    """The model's turns in a completion: a text, a message, or a conversation of {"role", "content"} messages.

    Of a text that was decoded from several turns, those of others (`<|im_start|>user`, or a line "user" up to a line
    "assistant" where the marks were dropped) and responses of tools (`<tool_response>`) are left out.
    """
    if isinstance(completion, str):
        return _turns_in(completion)
    messages = [completion] if isinstance(completion, Mapping) else completion
    return [_said(message) for message in messages if _is_models(message)]


def completion_text(completion: Any) -> str:
    """All that the model said in a completion (see `model_turns`), turn after turn."""
    return "\n".join(model_turns(completion))


def messages_text(messages: Sequence[Mapping[str, Any]]) -> str:
    """The text of messages of any role, such as a prompt's."""
    return "".join(_content(message.get("content")) for message in messages)


def _is_models(message: Mapping[str, Any]) -> bool:
    role = message.get("role") or message.get("from")
    return role is None or str(role).lower() in MODEL_ROLES


def _said(message: Mapping[str, Any]) -> str:
    content = _content(message.get("content", message.get("value")))
    thoughts = next((text for name in _THOUGHTS if (text := _content(message.get(name)))), "")
    return f"<think>{thoughts}</think>{content}" if thoughts and "</think>" not in content else content


def _content(content: Any) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, Mapping):
        content = [content]
    return "".join(part if isinstance(part, str) else str(part.get("text") or "") for part in content)


def _turns_in(text: str) -> list[str]:
    """A text as it is; of a decoded conversation the parts that are the model's."""
    if _MARK in text or _END in text:
        return [turn for part in _marked_turns(text) for turn in _turns_in(part)]

    own = _OTHERS_TURN.sub(_BREAK, text)
    own = _RESPONSE.sub(_BREAK, own)
    if own == text:
        return [text]
    return [part for part in own.split(_BREAK) if part.strip()]


def _marked_turns(text: str) -> list[str]:
    """The model's turns between marks; what precedes the first mark is the end of its own turn."""
    first, *others = text.split(_MARK)
    turns = [first.partition(_END)[0]]
    for other in others:
        role, _, said = other.lstrip().partition("\n")
        if role.strip().lower() in MODEL_ROLES:
            turns.append(said.partition(_END)[0])
    return [turn for turn in turns if turn.strip()]
