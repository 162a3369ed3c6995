"""How long a server asks to be left alone."""

import math
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 600.0
"""Seconds that a server's word is kept at most."""
_UNIX_TIME = 1e9
"""No wait is as many seconds."""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `retry-after-ms` or `retry-after` (seconds, an HTTP date, or a Unix time, as some send).

    None if neither can be read. A time is taken against the response's own `date`, so that a clock that is wrong here
    does no harm.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        seconds: float | None = milliseconds / 1000
    else:
        seconds = _number(headers.get("retry-after"))
        until = seconds if seconds and seconds > _UNIX_TIME else _date(headers.get("retry-after"))
        if until is not None:
            seconds = until - (_date(headers.get("date")) or time.time())

    return None if seconds is None or seconds < 0 else min(LONGEST_WAIT, seconds)


def _number(word: str | None) -> float | None:
    try:
        value = float(word or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _date(word: str | None) -> float | None:
    """The Unix time of an HTTP date."""
    try:
        found = parsedate_to_datetime(word or "")
    except (ValueError, TypeError, IndexError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
