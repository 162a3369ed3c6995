"""The gold side of grading: check a dataset row's typed answer once, and keep what grading needs of
it.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from waywiser.answers.gold_expression import GoldExpression, read_gold
from waywiser.answers.numbers import read_number
from waywiser.answers.option_matching import Options
from waywiser.answers.text import bare_words, comparison_key
from waywiser.errors import DatasetError
from waywiser.sample import Answer

if TYPE_CHECKING:
    from waywiser.answers.grade import Verdict

NUMBER_TOLERANCE = 0.05
AnswerLike = Answer | Mapping[str, Any] | str
_FIELDS = frozenset(Answer.model_fields)


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """A checked answer beside what comparing needs: `truth` is what a reading must equal (see
    `grade`).

    `seen` is the grader's memory of answers to this question: rollouts of one question often say
    the same.
    """

    answer: Answer
    kind: str
    truth: Any
    tolerance: float
    unit: str | None
    options: Options | None
    expression: GoldExpression | None
    seen: dict[str, "Verdict"] = field(default_factory=dict, compare=False)


def as_answer(row: AnswerLike) -> Answer:
    """The typed answer of a dataset row: an Answer, its mapping, or its JSON text.

    Raises DatasetError if the row is not a gradable answer (unknown kind, malformed number, an
    option that is not offered).
    """
    return as_gold(row).answer


def as_gold(row: AnswerLike) -> GoldAnswer:
    """`as_answer` with what grading needs. Rows seen lately are not checked again."""
    if isinstance(row, Answer):
        return _lookup(row.kind, row.value, row.unit, row.options, row.tolerance)
    if isinstance(row, str):
        return _from_json(row)
    if not isinstance(row, Mapping):
        raise DatasetError(f"an answer is a mapping with kind and value, not {type(row).__name__}")
    if not row.keys() <= _FIELDS or row.get("kind") is None:
        _validate_fields({name: value for name, value in row.items() if value is not None})

    get = row.get
    return _lookup(get("kind"), get("value"), get("unit"), get("options"), get("tolerance"))


@lru_cache(maxsize=8192)
def _from_json(text: str) -> GoldAnswer:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        raise DatasetError(
            "malformed answer: not JSON; store the answer's mapping as JSON text"
        ) from None

    if not isinstance(row, Mapping):
        raise DatasetError("malformed answer: the JSON text is not a mapping with kind and value")
    return as_gold(row)


def _lookup(kind: Any, value: Any, unit: Any, options: Any, tolerance: Any) -> GoldAnswer:
    try:
        return _gold(
            kind,
            tuple(value) if isinstance(value, list) else value,
            unit,
            tuple(options) if options is not None else None,
            tolerance,
        )
    except TypeError:  # something unhashable, hence no answer: validation says what
        fields = {
            "kind": kind,
            "value": value,
            "unit": unit,
            "options": options,
            "tolerance": tolerance,
        }

        _validate_fields({name: field for name, field in fields.items() if field is not None})
        raise


@lru_cache(maxsize=32768, typed=True)
def _gold(kind: Any, value: Any, unit: Any, options: Any, tolerance: Any) -> GoldAnswer:
    fields = {
        "kind": kind,
        "value": list(value) if isinstance(value, tuple) else value,
        "unit": unit,
        "options": list(options) if options is not None else None,
        "tolerance": tolerance,
    }

    answer = _check_answer(
        _validate_fields({name: field for name, field in fields.items() if field is not None})
    )
    default = NUMBER_TOLERANCE if answer.kind == "number" else 0.0

    return GoldAnswer(
        answer=answer,
        kind=answer.kind,
        truth=_truth_value(answer),
        tolerance=default if answer.tolerance is None else answer.tolerance,
        unit=answer.unit,
        options=Options(answer.options) if answer.options else None,
        expression=(
            read_gold(str(answer.value), answer.unit) if answer.kind == "expression" else None
        ),
    )


def _truth_value(answer: Answer) -> Any:
    if isinstance(answer.value, list):
        return frozenset(comparison_key(value) for value in answer.value)
    if answer.kind in ("integer", "number"):
        return answer.value
    return (
        comparison_key(str(answer.value))
        if answer.kind == "choice" and answer.options
        else bare_words(str(answer.value))
    )


def _validate_fields(fields: Mapping[str, Any]) -> Answer:
    try:
        return Answer.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DatasetError(f"malformed answer: {where}: {first['msg']}") from None


def _check_answer(answer: Answer) -> Answer:
    """The same answer with its value in the type of its kind; raises DatasetError where it has
    none.
    """
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
        values = value if isinstance(value, list) else _parse_list(str(value))
        return answer.model_copy(
            update={"value": [_gold_option(str(v), answer.options) for v in values]}
        )

    if isinstance(value, list):
        raise DatasetError(f"malformed answer: a list of values for kind {answer.kind}")
    if answer.kind == "choice":
        option = _gold_option(str(value), answer.options)
        return answer if option is value else answer.model_copy(update={"value": option})
    if not comparison_key(str(value)):
        raise DatasetError(f"malformed answer: an empty {answer.kind}")

    return answer


def _parse_list(text: str) -> list[Any]:
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
        if comparison_key(option) == comparison_key(value):
            return options[index]

    letter = comparison_key(value)
    if len(letter) == 1 and 0 <= ord(letter) - ord("a") < len(options):
        return options[ord(letter) - ord("a")]

    raise DatasetError(f"malformed answer: {value!r} is not one of the options")
