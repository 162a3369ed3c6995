"""What a field of a published row holds: a text, options, a number, metadata, in every form that
copies have.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from waywiser.errors import DatasetError
from waywiser.evaluation.profiles.option_parsing import (
    OPTION_LETTERS,
    check_options,
    is_missing_text,
    parse_options,
    shorten_value,
)
from waywiser.sources.user_data.fields import is_missing

RowFields = Mapping[str, Any]


def read_text(row: RowFields, *names: str) -> str:
    """The first of the fields that is there, as text. Raises DatasetError where none has any."""
    for name in names:
        value = row.get(name)
        if not is_missing(value) and str(value).strip():
            return str(value)
    raise DatasetError(f"no {' or '.join(n for n in names if not n.startswith('_'))}")


def read_item_options(row: RowFields, *names: str) -> tuple[str, ...]:
    """A question's options: from the first field that has any, else from columns A, B, C, ... as
    VLMEvalKit writes.

    Raises DatasetError for anything but a list of options, and for an empty one.
    """
    for name in names:
        if not is_missing_text(row.get(name)):
            return parse_options(row[name])

    columns = {letter: row[letter] for letter in OPTION_LETTERS if not is_missing(row.get(letter))}
    if len(columns) < 2:
        return ()

    # A table that went through pandas lost the word "None" in a cell; letters after it must stay
    # what they are.
    return check_options(
        [
            columns.get(letter, "None")
            for letter in OPTION_LETTERS[: OPTION_LETTERS.index(max(columns)) + 1]
        ]
    )


def with_options(question: str, options: tuple[str, ...]) -> str:
    """The question with its options as lettered lines."""
    if not options:
        return question
    lines = [
        f"({letter}) {option}" for letter, option in zip(OPTION_LETTERS, options, strict=False)
    ]
    return "\n".join([question, "Choices:", *lines])


def with_hint(question: str, row: RowFields) -> str:
    """The question after the row's hint, which VLMEvalKit's tables hold in a column of its own."""
    hint = row.get("hint")
    return question if is_missing_text(hint) else f"Hint: {hint}\n{question}"


def read_metadata(row: RowFields, *names: str) -> dict[str, str]:
    """Fields of the row or of its `metadata`, those that are there."""
    metadata = row.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata.replace("'", '"'))
        except (ValueError, RecursionError):
            metadata = None

    both = {**(metadata if isinstance(metadata, Mapping) else {}), **row}
    return {name: str(both[name]) for name in names if not is_missing(both.get(name))}


def parse_finite_number(text: str) -> float:
    """The finite number that a text is. Raises DatasetError for anything else."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan

    if not math.isfinite(number):
        raise DatasetError(f"its truth {shorten_value(text)!r} is not a number")

    return number


def parse_optional_number(value: Any) -> float | None:
    """A number, or None for nothing."""
    return None if is_missing_text(value) else parse_finite_number(str(value))
