"""How a teacher is asked for a chain and how its reply is read: in tags, or as one JSON object.

Small models keep to a schema that the server enforces where they do not keep to tags.
"""

import json
from typing import Any

from waywiser.clients.replies import without_fence, without_thoughts
from waywiser.clients.requests import json_format
from waywiser.curation.chains import TAGS, Chain, read_chain, truncated
from waywiser.curation.config import TeacherConfig, WorkedExample

_STEPS = (
    "Reason step by step, one short step to a line, each beginning with 'Step N:'. Refer to what earlier steps found. "
    "Check the result before you finish, for example by putting it back into the question. "
)
IN_TAGS = _STEPS + (
    "Write the reasoning in <think>...</think>, then the answer alone in <answer>...</answer>, and nothing else."
)
IN_JSON = _STEPS + 'Reply with one JSON object: the reasoning as "thinking", then the answer alone as "answer".'
_TEXT = {"type": "string"}
_SCHEMA = {"type": "object", "properties": {"thinking": _TEXT, "answer": _TEXT}, "required": ["thinking", "answer"],
           "additionalProperties": False}  # fmt: skip


def instruction(config: TeacherConfig) -> str:
    """What the teacher is told."""
    return IN_TAGS if config.json_mode is None else IN_JSON


def with_example(question: str, config: TeacherConfig) -> str:
    """The question, after the worked example where there is one."""
    example = config.example
    if example is None:
        return question
    return f"Question: {example.question}\n{_written(example, config)}\n\nQuestion: {question}"


def response_format(config: TeacherConfig) -> str:
    """The format asked of the server, as JSON text; nothing for tags."""
    return "" if config.json_mode is None else json_format(config.json_mode, "chain", _SCHEMA)


def read_as_chain(text: str, config: TeacherConfig) -> Chain | None:
    """The chain in a reply of the form that was asked for, None for any other."""
    if config.json_mode is None:
        return read_chain(text)
    return read_json_chain(text, exact=config.json_mode not in ("object", "none"))


def cut_short(text: str, finish: str, config: TeacherConfig) -> bool:
    """Whether a reply ends before its end."""
    return truncated(text if config.json_mode is None else "", finish)


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def read_json_chain(text: str, *, exact: bool = True) -> Chain | None:
    """The chain in one JSON object of two texts, "thinking" and "answer", bare or in a Markdown fence.

    Where no server holds the model to a schema (not `exact`), the answer may be a number and other keys are ignored.
    """
    try:
        value: Any = json.loads(without_fence(without_thoughts(text)), parse_int=_Number, parse_float=_Number)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not {"thinking", "answer"} <= set(value):
        return None

    thinking, answer = value["thinking"], value["answer"]
    if exact and (len(value) > 2 or isinstance(answer, _Number)):
        return None
    if isinstance(thinking, _Number) or not isinstance(thinking, str) or not isinstance(answer, str):
        return None
    if any(tag in thinking + answer for tag in TAGS):
        return None
    return Chain(thinking.strip(), answer.strip())


def _written(example: WorkedExample, config: TeacherConfig) -> str:
    if config.json_mode is None:
        return Chain(example.thinking, example.answer).text()
    return json.dumps({"thinking": example.thinking, "answer": example.answer}, ensure_ascii=False)
