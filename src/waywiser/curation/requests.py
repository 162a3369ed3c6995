"""Requests and replies, where curation had them first: `waywiser.clients.requests` and `.replies`."""

from waywiser.clients.replies import read_reply, strip_thinking
from waywiser.clients.requests import (
    Failure,
    Outcome,
    Reply,
    Request,
    data_url,
    make_response_format,
    sample_seeds,
)

__all__ = [
    "Failure",
    "Outcome",
    "Reply",
    "Request",
    "data_url",
    "make_response_format",
    "read_reply",
    "sample_seeds",
    "strip_thinking",
]
