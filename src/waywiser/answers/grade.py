"""One grader for rewards, evaluation and curation: a completion against a typed answer.

Kinds: an integer is exact; a number is right within its tolerance (5 % relative by default) after conversion
to the question's unit; a choice is a letter or its option's words; text and, for now, expressions are
compared as normalised strings (expressions also as plain numbers): symbolic equality is not attempted here.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import ValidationError

from waywiser.answers.choice import OptionError, read_choice, read_choices
from waywiser.answers.numbers import Reading, read_number
from waywiser.answers.parse import Final, NoFinal, find_final
from waywiser.answers.text import key, plain
from waywiser.errors import DatasetError
from waywiser.sample import Answer

Outcome = Literal["right", "wrong", "no_answer", "ambiguous", "wrong_unit", "malformed", "timed_out"]
NUMBER_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a completion is worth and why.

    `score` is in [0, 1]; `extracted` is the answer text that was read, None where there is none; `value` is
    its reading for numeric kinds, in the question's unit, also when it is wrong (rewards grade it smoothly).
    """

    score: float
    extracted: str | None
    outcome: Outcome
    reason: str
    value: int | float | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A candidate as its kind reads it: comparable `value`, or why there is none."""

    value: Any
    outcome: Outcome | None = None
    reason: str = ""


def grade(completion: str, answer: Answer | Mapping[str, Any]) -> Verdict:
    """Grade a completion. Any text gets a verdict; a malformed *answer* raises DatasetError."""
    gold = as_answer(answer)
    final = find_final(completion)
    if isinstance(final, NoFinal):
        return Verdict(0.0, None, final.outcome, final.reason)
    read = _READERS[gold.kind]
    reading = read(final.text, gold)
    if reading.outcome is not None:
        return Verdict(0.0, final.text, reading.outcome, reading.reason)
    if contradiction := _contradiction(reading, final, gold, read):
        return Verdict(0.0, final.text, "ambiguous", contradiction)
    number = reading.value if gold.kind in ("integer", "number") else None
    if _is_right(reading.value, gold):
        return Verdict(1.0, final.text, "right", "", number)
    return Verdict(0.0, final.text, "wrong", "not the answer", number)


def as_answer(row: Answer | Mapping[str, Any] | str) -> Answer:
    """The typed answer of a dataset row: an Answer, its mapping, or its JSON text.

    Raises DatasetError where the row is no gradable answer (another kind, a number that is none, an option
    that is not offered).
    """
    if isinstance(row, Answer):
        return _checked(row)
    if isinstance(row, str):
        return _from_json(row)
    if not isinstance(row, Mapping):
        raise DatasetError(f"an answer is a mapping with kind and value, not {type(row).__name__}")
    fields = {name: value for name, value in row.items() if value is not None}
    try:
        return _checked(Answer.model_validate(fields))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DatasetError(f"malformed answer: {where}: {first['msg']}") from None


@lru_cache(maxsize=8192)
def _from_json(text: str) -> Answer:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        raise DatasetError("malformed answer: not JSON; store the answer's mapping as JSON text") from None
    if not isinstance(row, Mapping):
        raise DatasetError("malformed answer: the JSON text is no mapping with kind and value")
    return as_answer(row)


def _checked(answer: Answer) -> Answer:
    """The same answer with its value in the type of its kind; raises DatasetError where it has none."""
    value = answer.value
    if answer.tolerance is not None and not answer.tolerance >= 0:
        raise DatasetError("malformed answer: the tolerance is negative")
    if answer.kind in ("integer", "number"):
        number = _gold_number(value)
        if answer.kind == "integer":
            if number != int(number):
                raise DatasetError(f"malformed answer: {value!r} is not an integer")
            number = int(number)
        return answer if value is number else answer.model_copy(update={"value": number})
    if answer.kind == "choices":
        values = value if isinstance(value, list) else _listed(str(value))
        return answer.model_copy(update={"value": [_gold_option(str(v), answer.options) for v in values]})
    if isinstance(value, list):
        raise DatasetError(f"malformed answer: a list of values for kind {answer.kind}")
    if answer.kind == "choice":
        option = _gold_option(str(value), answer.options)
        return answer if option is value else answer.model_copy(update={"value": option})
    return answer


def _listed(text: str) -> list[Any]:
    """The list in a dataset file's JSON text; a plain string is a list of one."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return [text]
    return values if isinstance(values, list) else [text]


def _gold_number(value: Any) -> int | float:
    if isinstance(value, str):
        value = read_number(value).value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise DatasetError("malformed answer: the value is not a finite number")
    return value


def _gold_option(value: str, options: list[str] | None) -> str:
    if not options:
        if not value.strip():
            raise DatasetError("malformed answer: an empty choice")
        return value
    if value in options:
        return value
    for index, option in enumerate(options):
        if key(option) == key(value):
            return options[index]
    letter = key(value)
    if len(letter) == 1 and 0 <= ord(letter) - ord("a") < len(options):
        return options[ord(letter) - ord("a")]
    raise DatasetError(f"malformed answer: {value!r} is none of the options")


def _contradiction(reading: _Read, final: Final, gold: Answer, read: Callable[[str, Answer], _Read]) -> str | None:
    """Another statement of an answer that reads differently. What cannot be read is no answer."""
    for other in final.others:
        second = read(other, gold) if other else None
        if second is None or second.outcome in ("malformed", "no_answer"):
            continue
        if second.outcome is not None or not _same(reading.value, second.value):
            return "two different answers"
    return None


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=0.01)
    return a == b


def _read_numeric(text: str, gold: Answer) -> _Read:
    reading: Reading = read_number(text, gold.unit, counting=gold.kind == "integer")
    return _Read(reading.value, reading.outcome, reading.reason)


def _read_choice(text: str, gold: Answer) -> _Read:
    if not gold.options:
        return _Read(key(text))
    try:
        return _Read(key(gold.options[read_choice(text, gold.options)]))
    except OptionError as refusal:
        return _refused(refusal)


def _read_choices(text: str, gold: Answer) -> _Read:
    if not gold.options:
        return _Read(frozenset(key(part) for part in plain(text).split(",")))
    try:
        return _Read(frozenset(key(gold.options[i]) for i in read_choices(text, gold.options)))
    except OptionError as refusal:
        return _refused(refusal)


def _refused(refusal: OptionError) -> _Read:
    return _Read(None, "ambiguous" if refusal.ambiguous else "malformed", str(refusal))


def _read_text(text: str, gold: Answer) -> _Read:  # noqa: ARG001 - one signature for all readers
    words = key(text)
    return _Read(words) if words else _Read(None, "no_answer", "nothing but punctuation")


def _read_expression(text: str, gold: Answer) -> _Read:  # noqa: ARG001 - one signature for all readers
    squeezed = _squeeze(text)
    return _Read(squeezed) if squeezed else _Read(None, "no_answer", "nothing but punctuation")


def _squeeze(text: str) -> str:
    return "".join(plain(text).split()).replace("{", "").replace("}", "").rstrip(".")


_READERS: dict[str, Callable[[str, Answer], _Read]] = {
    "integer": _read_numeric,
    "number": _read_numeric,
    "choice": _read_choice,
    "choices": _read_choices,
    "text": _read_text,
    "expression": _read_expression,
}


def _is_right(value: Any, gold: Answer) -> bool:
    truth: Any = gold.value
    if gold.kind in ("integer", "number"):
        default = 0.0 if gold.kind == "integer" else NUMBER_TOLERANCE
        return is_close(value, truth, default if gold.tolerance is None else gold.tolerance)
    if gold.kind == "choices":
        return value == frozenset(key(v) for v in truth)
    if gold.kind == "expression":
        a, b = read_number(value).value, read_number(str(truth)).value
        return value == _squeeze(str(truth)) or (a is not None and b is not None and is_close(a, b, 0.0))
    return value == key(str(truth))


def is_close(value: int | float, truth: int | float, tolerance: float) -> bool:
    """|value - truth| <= tolerance * |truth|, with room for rounding in the last digits of floats."""
    if isinstance(value, int) and isinstance(truth, int) and tolerance == 0:
        return value == truth
    return abs(value - truth) <= (tolerance + 1e-9) * abs(truth)
