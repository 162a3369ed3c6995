"""Requests and replies, where curation had them first: `waywiser.clients.requests` and `.replies`."""

from waywiser.clients.replies import read_reply, without_thoughts
from waywiser.clients.requests import Failure, Outcome, Reply, Request, data_url, json_format, seeds

__all__ = [
    "Failure",
    "Outcome",
    "Reply",
    "Request",
    "data_url",
    "json_format",
    "read_reply",
    "seeds",
    "without_thoughts",
]
