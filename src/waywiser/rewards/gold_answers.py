"""Answers as people's datasets hold them: a typed mapping, its JSON text, or a plain value whose
kind is guessed.
"""

import json
import math
import re
from collections.abc import Mapping
from numbers import Real
from typing import Any

from waywiser.answers import as_answer, extract_answer
from waywiser.errors import DatasetError
from waywiser.sample import Answer
from waywiser.sources.answer_parsing import parse_answer

EXPECTED_FORMS = (
    'an answer is {"kind": "integer", "value": 3} (or that as JSON text), or a plain value: 3, 2.5,'
    ' "B", "<answer> 3 </answer>"'
)
"""What to say where no answer can be read."""

_HASH_ANSWER = re.compile(r"####[ \t]*([^\n]+?)\s*\Z")


def read_answer(row: Any, options: Any = None) -> tuple[Answer, bool]:
    """The typed answer of a row, and whether its kind is a guess.

    Args:
        row: An Answer, its mapping or its JSON text; else a number, a word, or a whole solution
            with its answer in `<answer>` tags, in a box or after `####`.
        options: The question's options in order, if it has any; a plain answer is then one of
            them, by its words or its letter.

    Raises:
        DatasetError: The row is not a gradable answer.
    """
    if isinstance(row, Answer | Mapping):
        return as_answer(row), False

    if isinstance(row, str):
        if _is_json_mapping(row):
            return as_answer(row), False

        return parse_answer(_final_text(row), options=_as_options(options)), True

    return parse_answer(_number_text(row, options), options=_as_options(options)), True


def _is_json_mapping(text: str) -> bool:
    """Whether `text` means to be a mapping, sound or not. Sets and LaTeX groups start with a brace
    too.
    """
    text = text.strip()
    if text.startswith('{"'):
        return True

    try:
        return text.startswith("{") and isinstance(json.loads(text), Mapping)
    except (ValueError, RecursionError):
        return False


def _final_text(text: str) -> str:
    """The answer alone, of a solution that may hold a chain of thought."""
    hashes = _HASH_ANSWER.search(text)
    return (hashes[1] if hashes else None) or extract_answer(text) or text


def _number_text(value: Any, options: Any) -> str:
    """A number as text; scalars of NumPy and torch are numbers too."""
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if isinstance(value, bool):
        return str(value).lower()

    if not isinstance(value, Real) or not math.isfinite(value):
        description = (
            "a missing value" if value is None or value != value else f"a {type(value).__name__}"
        )

        raise DatasetError(f"malformed answer: {description} is not a single answer")

    if _as_options(options):
        raise DatasetError(
            f"the answer {value} may be an option or its number: give the option's text or letter"
        )

    return str(value)


def _as_options(options: Any) -> list[str] | None:
    if options is None or isinstance(options, str) or not hasattr(options, "__iter__"):
        return None
    return [str(option) for option in options] or None
