"""DynaMath (arXiv 2411.00836): the authors' scoring (DynaMath@598c3c3) and VLMEvalKit@e8e78f05.

A model is asked for JSON with a "short answer". Floats are right within 0.001, absolute.
"""

import json
import math
from typing import Any

from waywiser.errors import DatasetError
from waywiser.evaluation.profiles.row import OutputRow, RowScore, binary_score

TOLERANCE = 0.001
_NOT_PARSED = "wait for check"


def score_dynamath_official(row: OutputRow) -> RowScore:
    """JSON only. A text answer is right where the truth occurs in it."""
    try:
        answer = str(json.loads(row.output).get("short answer"))
    except (ValueError, RecursionError):
        answer = _NOT_PARSED
    except AttributeError:
        return RowScore(0.0, None, note="JSON, but no object")

    if row.question_type == "float":
        return _score_near(_float_or_none(answer), row.truth)

    if row.question_type == "multiple choice":
        return binary_score(
            answer == row.truth if len(answer) == 1 else row.truth in answer[:3], answer
        )

    return binary_score(row.truth in answer, answer)


def score_dynamath_vlmevalkit(row: OutputRow) -> RowScore:
    """JSON anywhere in the output, else the output itself, else a judge. A text answer is right
    where it occurs in the truth, so an empty one is always right.
    """
    text = _braced_part(row.output).replace("\\", "")
    parsed = _short_answer(text, row.question_type)
    try:
        if parsed is None:
            parsed = _parse_answer(text, row.question_type)
    except ValueError:  # digits that float() does not read, "²" among them
        return RowScore(0.0, None, note="the harness stops with an error on this output")

    if row.question_type == "float":
        return _score_near(parsed, row.truth)

    if row.question_type == "multiple choice":
        return binary_score(
            parsed == row.truth if parsed else row.truth in text[:3].upper(), parsed
        )

    if not isinstance(parsed, str):
        return RowScore(0.0, None, note="the short answer is no text")

    return binary_score(parsed.lower() in row.truth.lower(), parsed)


def _short_answer(text: str, kind: str) -> Any:
    """The short answer of a JSON object, None if the text is none or its answer cannot be read."""
    try:
        answer = json.loads(text, strict=False).get("short answer")
        return None if answer is None else _parse_answer(answer, kind)
    except (ValueError, AttributeError, TypeError, RecursionError):
        return None


def _parse_answer(answer: Any, kind: str) -> Any:
    """The answer as its kind reads it, None where it cannot. Raises where the harness raises."""
    if kind == "float":
        return float(answer) if answer.isdigit() else _float_or_none(answer)
    if kind != "multiple choice":
        return answer
    if len(answer) == 1:
        return answer.upper()

    named = [letter for letter in "ABCDE" if letter in answer.upper()]
    return named[0] if len(named) == 1 else None


def _float_or_none(answer: str) -> float | None:
    """A float of the first word, "2π" included."""
    try:
        word = answer if answer.isdigit() else answer.split(" ")[0]
        return float(word.split("π")[0]) * math.pi if "π" in word else float(word)
    except ValueError:
        return None


def _score_near(value: float | None, truth: str) -> RowScore:
    try:
        near = value is not None and abs(value - float(truth)) <= TOLERANCE
    except ValueError as error:
        raise DatasetError(f"ground_truth {truth!r} of a float question is not a number") from error
    return binary_score(near, value)


def _braced_part(text: str) -> str:
    start = text.find("{")
    end = text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text
