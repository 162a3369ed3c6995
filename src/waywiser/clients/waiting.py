"""How long a server asks to be left alone."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 600.0
"""Seconds that a server's word is kept at most."""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `retry-after-ms` or `retry-after` (seconds or an HTTP date); None if neither can be read.

    A date is taken against the response's own `date`, so that a clock that is wrong here does no harm.
    """
    seconds = _number(headers.get("retry-after-ms"))
    if seconds is not None:
        seconds /= 1000
    else:
        word = headers.get("retry-after")
        seconds = _number(word)
        if seconds is None and (until := _date(word)):
            seconds = (until - (_date(headers.get("date")) or datetime.now(UTC))).total_seconds()

    return None if seconds is None or seconds < 0 else min(LONGEST_WAIT, seconds)


def _number(word: str | None) -> float | None:
    try:
        value = float(word or "")
    except ValueError:
        return None
    return None if math.isnan(value) else value


def _date(word: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(word or "")
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
