"""What is checked of tasks that people write: the class once, and each question that it builds.

A mistake in somebody's file ends the command in one line that names the task, the method and the
line, as other wrong requests do. Tasks of waywiser itself are held to this by its tests.
"""

import inspect
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, get_args

from pydantic import ValidationError

from waywiser.answers.gold import as_gold
from waywiser.answers.units import unit_factor
from waywiser.errors import (
    AssetsError,
    DatasetError,
    RecipeError,
    SceneError,
    WaywiserError,
    error_text,
)
from waywiser.sample import Answer, AnswerKind

logger = logging.getLogger(__name__)
KINDS: tuple[str, ...] = get_args(AnswerKind)
"""The kinds of answers that can be graded."""
UNITS = ("m", "cm", "mm", "km", "m2", "m3", "ft", "in", "deg", "rad", "s", "min", "m/s", "kg", "%")
"""Usual units of answers; the grader converts between those of one dimension."""
MAX_REASONING_WORDS = 120
"""Longest reasoning trace: a small model must be able to learn it."""

_OURS = "waywiser.tasks."
_reported: set[str] = set()


def check_kind_and_unit(name: str, kind: Any, unit: Any) -> None:
    """Raises RecipeError for a kind or a unit that answers cannot have, naming those they can."""
    if kind not in KINDS:
        raise RecipeError(f"task {name!r} has the kind {kind!r}: choose from {', '.join(KINDS)}")
    if unit is None:
        return

    if kind not in ("number", "integer"):
        raise RecipeError(
            f"task {name!r} has the unit {unit!r} and the kind {kind!r}: only numbers have a unit"
        )
    if not isinstance(unit, str) or unit_factor(unit) is None:
        known = ", ".join(UNITS)
        raise RecipeError(f"task {name!r} has the unit {unit!r}, which is unknown: such as {known}")


def check_answer(task: Any, answer: Any) -> None:
    """Check what `answer` of somebody's own task returned.

    Raises RecipeError where it is not of the class's kind and unit, or cannot be graded.
    """
    if is_ours(task):
        return
    if not isinstance(answer, Answer):
        raise RecipeError(f"answer() returned {_type_name(answer)}, not an Answer")

    for field in ("kind", "unit"):
        said, have = getattr(task, field), getattr(answer, field)
        if said != have:
            raise RecipeError(
                f"its class says {field} = {said!r}, but answer() returned {field} = {have!r}"
            )

    if answer.kind in ("choice", "choices") and not answer.options:
        raise RecipeError(f"answer() returned a {answer.kind} without options")

    try:
        as_gold(answer)
    except DatasetError as error:
        raise RecipeError(f"answer() cannot be graded: {error}") from error


def check_reasoning(task: Any, reasoning: Any) -> None:
    """Check what `explain` of somebody's own task returned.

    Raises RecipeError where it is no text. A long trace is told once per task: small models do not
    learn it.
    """
    if is_ours(task):
        return
    if not isinstance(reasoning, str):
        raise RecipeError(f"explain() returned {_type_name(reasoning)}, not text")

    words = len(reasoning.split())
    if words > MAX_REASONING_WORDS and task.name not in _reported:
        _reported.add(task.name)
        logger.warning(
            "task %r: explain() wrote %d words, but small models learn traces of at most %d",
            task.name,
            words,
            MAX_REASONING_WORDS,
        )


@contextmanager
def blame(task: Any) -> Iterator[None]:
    """Turn what goes wrong in the file of somebody's own task into one line.

    Raises RecipeError with the task, the method, the error and the line of the file. What cannot be
    rendered or read (AssetsError, SceneError) passes: it is no fault of the task.
    """
    try:
        yield
    except Exception as error:
        if is_ours(task) or isinstance(error, AssetsError | SceneError):
            raise

        where = _user_frame(task, error.__traceback__)
        raise RecipeError(f"task {task.name!r}, {where}: {_describe(error)}") from error


def is_ours(task: Any) -> bool:
    """Whether a task is one of waywiser itself."""
    return type(task).__module__.startswith(_OURS)


def _user_frame(task: Any, trace: TracebackType | None) -> str:
    """ "explain (my_task.py:31)": the last line of the task's own file that was running."""
    try:
        file = inspect.getfile(type(task))
    except (TypeError, OSError):
        return "propose"

    frames = [frame for frame in traceback.extract_tb(trace) if frame.filename == file]
    if not frames:
        return f"propose ({file})"

    methods = [frame.name for frame in frames if frame.name in ("propose", "answer", "explain")]
    return f"{(methods or [frames[-1].name])[-1]} ({file}:{frames[-1].lineno})"


def _describe(error: Exception) -> str:
    if isinstance(error, ValidationError):
        problems = error.errors(include_url=False)
        parts = (f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in problems)
        return f"{error.title} do not fit: " + error_text(ValueError("; ".join(parts)))

    is_plain = isinstance(error, WaywiserError)
    return error_text(error) if is_plain else f"{type(error).__name__}: {error_text(error)}"


def _type_name(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
