"""Rows of what TRL's `_generate` returns: a tuple whose lists hold one entry per completion."""

from collections.abc import Sequence
from typing import Any

COMPLETION_IDS = 1
COMPLETIONS = 3
IMAGES = 6
"""Places in TRL 1.16's tuple: prompt ids, completion ids, tool mask, completions,
log-probabilities, further fields, images, images of tools.
"""


def select_rows(generated: tuple[Any, ...], rows: Sequence[int]) -> tuple[Any, ...]:
    """The tuple with these rows only, in this order; parts that are not one entry per row stay."""
    count = len(generated[0])
    return tuple(
        [part[i] for i in rows] if isinstance(part, list) and len(part) == count else part
        for part in generated
    )


def replace_rows(
    generated: tuple[Any, ...], rows: Sequence[int], other: tuple[Any, ...]
) -> tuple[Any, ...]:
    """The tuple with row rows[k] replaced by row k of `other`."""
    count = len(generated[0])
    parts: list[Any] = []

    for part, new in zip(generated, other, strict=True):
        if not _is_per_row(part, count) and not _is_per_row(new, len(rows)):
            parts.append(part)
            continue

        rows_of_part = list(part) if _is_per_row(part, count) else [None] * count
        for k, row in enumerate(rows):
            rows_of_part[row] = new[k] if _is_per_row(new, len(rows)) else None

        parts.append(rows_of_part)

    return tuple(parts)


def _is_per_row(part: Any, count: int) -> bool:
    return isinstance(part, list) and len(part) == count
