"""Prompts that ask a teacher for a chain of thought, in tags or as one JSON object, and parsers of
its replies.

Small models that ignore tags still follow a JSON schema that the server enforces.
"""

import json
from typing import Any

from waywiser.clients.replies import strip_code_fence, strip_thinking
from waywiser.clients.requests import make_response_format
from waywiser.curation.chains import TAGS, Chain, is_incomplete, parse_chain
from waywiser.curation.config import TeacherConfig, WorkedExample

_STEP_INSTRUCTION = (
    "Reason step by step, one short step to a line, each beginning with 'Step N:'. Refer to what"
    " earlier steps found. Check the result before you finish, for example by putting it back into"
    " the question. "
)
TAG_INSTRUCTION = (
    _STEP_INSTRUCTION
    + "Write the reasoning in <think>...</think>, then the answer alone in <answer>...</answer>,"
    " and nothing else."
)
JSON_INSTRUCTION = (
    _STEP_INSTRUCTION
    + 'Reply with one JSON object: the reasoning as "thinking", then the answer alone as "answer".'
)
_TEXT_SCHEMA = {"type": "string"}
_CHAIN_SCHEMA = {
    "type": "object",
    "properties": {"thinking": _TEXT_SCHEMA, "answer": _TEXT_SCHEMA},
    "required": ["thinking", "answer"],
    "additionalProperties": False,
}


def system_instruction(config: TeacherConfig) -> str:
    """The system prompt of the teacher."""
    return TAG_INSTRUCTION if config.json_mode is None else JSON_INSTRUCTION


def add_worked_example(question: str, config: TeacherConfig) -> str:
    """The question, after the worked example if there is one."""
    example = config.example
    if example is None:
        return question

    return (
        f"Question: {example.question}\n{_format_example(example, config)}\n\nQuestion: {question}"
    )


def chain_response_format(config: TeacherConfig) -> str:
    """The `response_format` of requests, as JSON text; empty for tags."""
    return (
        ""
        if config.json_mode is None
        else make_response_format(config.json_mode, "chain", _CHAIN_SCHEMA)
    )


def parse_chain_reply(text: str, config: TeacherConfig) -> Chain | None:
    """The chain in a reply of the requested form, None for any other reply."""
    if config.json_mode is None:
        return parse_chain(text)
    return parse_json_chain(text, exact=config.json_mode not in ("object", "none"))


def is_reply_incomplete(text: str, finish: str, config: TeacherConfig) -> bool:
    """Whether a reply was cut off."""
    return is_incomplete(text if config.json_mode is None else "", finish)


class _NumberText(str):
    """A JSON number as it was written."""

    __slots__ = ()


def parse_json_chain(text: str, *, exact: bool = True) -> Chain | None:
    """The chain in one JSON object of two texts, "thinking" and "answer", bare or in a Markdown
    fence.

    If no server enforces the schema (`exact` is False), the answer may be a number and other keys
    are ignored.
    """
    try:
        value: Any = json.loads(
            strip_code_fence(strip_thinking(text)), parse_int=_NumberText, parse_float=_NumberText
        )
    except (ValueError, RecursionError):
        return None

    if not isinstance(value, dict) or not {"thinking", "answer"} <= set(value):
        return None

    thinking = value["thinking"]
    answer = value["answer"]
    if exact and (len(value) > 2 or isinstance(answer, _NumberText)):
        return None

    if (
        isinstance(thinking, _NumberText)
        or not isinstance(thinking, str)
        or not isinstance(answer, str)
    ):
        return None

    if any(tag in thinking + answer for tag in TAGS):
        return None

    return Chain(thinking.strip(), answer.strip())


def _format_example(example: WorkedExample, config: TeacherConfig) -> str:
    if config.json_mode is None:
        return Chain(example.thinking, example.answer).text()
    return json.dumps({"thinking": example.thinking, "answer": example.answer}, ensure_ascii=False)
