"""`parse_retry_after`: how long a server asks to wait before the next request."""

import math
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

MAX_RETRY_SECONDS = 600.0
"""Maximum wait in seconds, whatever the server asks for."""
_MIN_UNIX_TIME = 1e9
"""Larger values are Unix times, not seconds to wait."""


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `retry-after-ms` or `retry-after` (seconds, an HTTP date, or a Unix time,
    as some send).

    None if neither can be read. A time is taken against the response's own `date`, so that a clock
    that is wrong here does no harm.
    """
    milliseconds = _parse_number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        seconds: float | None = milliseconds / 1000
    else:
        seconds = _parse_number(headers.get("retry-after"))
        until = (
            seconds
            if seconds and seconds > _MIN_UNIX_TIME
            else _parse_http_date(headers.get("retry-after"))
        )
        if until is not None:
            seconds = until - (_parse_http_date(headers.get("date")) or time.time())

    return None if seconds is None or seconds < 0 else min(MAX_RETRY_SECONDS, seconds)


def _parse_number(word: str | None) -> float | None:
    try:
        value = float(word or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _parse_http_date(word: str | None) -> float | None:
    """The Unix time of an HTTP date."""
    try:
        date = parsedate_to_datetime(word or "")
    except (ValueError, TypeError, IndexError):
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
