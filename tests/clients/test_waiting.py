"""Servers say how long to wait in three ways."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from waywiser.clients.retry_headers import parse_retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def date(seconds: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.case(84, 85)
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2"}, 2),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "86400"}, 600),
        ({"retry-after": str(int(NOW.timestamp()) + 20), "date": date(0)}, 20),
        ({"retry-after": date(30), "date": date(0)}, 30),
        ({"retry-after": "Sunday, 01-Mar-26 12:00:07 GMT", "date": date(0)}, 7),
        ({"retry-after": "Sun Mar  1 12:00:07 2026", "date": date(0)}, 7),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "2"}, 2),
        ({"retry-after": date(-30), "date": date(0)}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "tomorrow"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_seconds_milliseconds_and_dates(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_retry_after(headers) == seconds


@pytest.mark.case(85)
def test_a_date_without_the_servers_clock_is_taken_by_ours() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    found = parse_retry_after({"retry-after": soon})
    assert found is not None
    assert 0 < found <= 60
