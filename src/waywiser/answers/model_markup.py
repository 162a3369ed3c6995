r"""Marks that model families put around thinking and answers, written as the tags that the grader
knows.

GLM's box, Kimi's, Magistral's and Seed's thinking marks, the channels of gpt-oss, marks of the end
of a turn, and answers as JSON. Text without any of them is returned as it is.
"""

import json
import re
from typing import Any

from waywiser.json_types import JsonObject

_MARKED = re.compile(
    r"<\||◁|\[/?THINK\]|</?seed:think>|</?(?:thinking|thought|reasoning)>|<end_of_turn>|<｜",
    re.IGNORECASE,
)
_GLM_BOX = re.compile(
    r"<\|(?:begin_of_box|box_start)\|>(.*?)<\|(?:end_of_box|box_end)\|>", re.DOTALL
)
_OPENING = re.compile(
    r"◁think▷|\[THINK\]|<seed:think>|<\|begin_of_thought\|>|<\|START_THINKING\|>|<(?:thinking|"
    r"thought|reasoning)>",
    re.I,
)
_CLOSING = re.compile(
    r"◁/think▷|\[/THINK\]|</seed:think>|<\|end_of_thought\|>|<\|END_THINKING\|>|</(?:thinking|"
    r"thought|reasoning)>",
    re.I,
)
_FINAL_CHANNEL = re.compile(r"<\|channel\|>final<\|message\|>")
_END = re.compile(
    r"(?:\s*<\|(?:im_end|endoftext|eot_id|end|return|end_of_text|eom_id|user|end_of_sentence|"
    r"END_OF_TURN_TOKEN)\|>|\s*<end_of_turn>|\s*<｜[^<>｜]{1,30}｜>|\s*</s>)+\s*$"
)
_SOLUTION = re.compile(r"<\|(?:begin|end)_of_solution\|>")

_FENCED = re.compile(r"```(?:json)?\s*(\{[^`]{1,8000}\})\s*```", re.IGNORECASE)
_ANSWER_KEYS = frozenset(
    {"answer", "final answer", "short answer", "correct answer", "final", "choice", "option"}
)


def rewrite_marks(completion: str) -> str:
    r"""`completion` with known families' marks as `<think>`, `</think>` and `\boxed{}`, end marks
    dropped.
    """
    if completion.endswith("</s>"):
        completion = _END.sub("", completion)
    if not _MARKED.search(completion):
        return completion

    channels = list(_FINAL_CHANNEL.finditer(completion))
    if channels:
        completion = completion[channels[-1].end() :]
    elif "<|channel|>" in completion:
        return "<think>" + completion  # the analysis alone: nothing was answered yet

    completion = _END.sub("", completion)
    completion = _GLM_BOX.sub(lambda m: f"\\boxed{{{m[1].strip()}}}", completion)
    completion = _SOLUTION.sub("", completion)

    return _CLOSING.sub("</think>", _OPENING.sub("<think>", completion))


def json_answer(text: str) -> str | None:
    """The answer of a text that is a JSON object, fenced or not, or that ends in a fenced one.

    "" where the object has no single answer; None for all other texts.
    """
    text = text.strip()
    if not text.endswith(("}", "```")):
        return None

    fenced = list(_FENCED.finditer(text))
    if len(fenced) > 1 and len({_answer_in(_loaded(block[1])) for block in fenced}) > 1:
        return ""

    source = fenced[-1][1] if fenced and text.endswith("```") else text
    loaded = _loaded(source) if source.startswith("{") else None
    return (_answer_in(loaded) or "") if isinstance(loaded, dict) else None


def unwrap_json(answer: str) -> str:
    """An answer text that is itself JSON: `{"answer": "B"}`, `["B"]` or `"B"`; any other text as it
    is.
    """
    if not answer.startswith(("{", "[")) or not answer.endswith(("}", "]")) or '"' not in answer:
        return answer

    loaded = _loaded(answer)
    if isinstance(loaded, list) and len(loaded) == 1 and isinstance(loaded[0], str):
        return loaded[0].strip()

    return _answer_in(loaded) or answer


def _loaded(source: str) -> Any:
    try:
        return json.loads(source, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> JsonObject:
    """A mapping of pairs. Raises ValueError where a key stands there twice."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key twice")
    return values


def _answer_in(loaded: Any) -> str | None:
    """The one value under a key that means "answer"; None where there is none, or where there are
    several.
    """
    if not isinstance(loaded, dict):
        return None

    values = {
        _text(value)
        for key, value in loaded.items()
        if key.casefold().replace("_", " ").strip() in _ANSWER_KEYS
    }

    return values.pop() if len(values) == 1 else None


def _text(value: Any) -> str | None:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
