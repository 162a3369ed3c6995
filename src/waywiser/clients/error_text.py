"""Extract the message of an error from a server's reply, in any form and without API keys."""

import html
import json
import os
import re
from collections.abc import Iterator
from typing import Any

from waywiser.clients.config import API_KEY_VARIABLE

MAX_ERROR_CHARACTERS = 400
_MESSAGE_FIELDS = (
    "error",
    "detail",
    "message",
    "error_description",
    "error_message",
    "msg",
    "errors",
    "title",
    "reason",
)
_HTML_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_PAGE_TITLE = re.compile(r"<(title|h1|h2)\b[^>]*>(.*?)</\1\s*>", re.I | re.S)
_INVISIBLE_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.I | re.S)
_EVENT_STREAM = re.compile(r"\A\s*(?:event:[^\n]*\n|id:[^\n]*\n|:[^\n]*\n)*\s*data:", re.A)
_SECRET = re.compile(
    r"\b(Bearer\s+)[^\s'\"(),;]+|\b(sk-)[\w-]{8,}|([?&](?:api[-_]?)?(?:key|token)=)[^&\s'\"]+"
    r"|(://)[^\s/@'\"]+(?=@)",
    re.I,
)


def extract_error_message(body: str) -> str:
    """The message of an error body in one line: a JSON message, the title of a page, or its
    start.
    """
    if is_html_page(body):
        return one_line(f"a web page: {_page_title(body)}")

    for text in (body, *_event_data(body)):
        try:
            words = _message_text(json.loads(text))
        except (ValueError, RecursionError):
            continue

        if words:
            return one_line(words)

    return one_line(body)


def is_html_page(body: str) -> bool:
    """Whether the body is an HTML page."""
    return _HTML_PAGE.match(body) is not None


def is_event_stream(body: str) -> bool:
    """Whether the body is a stream of events."""
    return _EVENT_STREAM.match(body) is not None


def find_named_parameter(body: str) -> str | None:
    """The parameter that a JSON error blames: `error.param`, or the end of FastAPI's `loc`."""
    try:
        return next(_iter_named_parameters(json.loads(body)), None)
    except (ValueError, RecursionError):
        return None


def one_line(text: str, max_characters: int = MAX_ERROR_CHARACTERS) -> str:
    """The text in one printable line without secrets, shortened to `max_characters`."""
    visible_text = "".join(c if c.isprintable() else " " for c in text[: 20 * max_characters])
    visible_text = " ".join(hide_secrets(visible_text).split())

    return (
        visible_text
        if len(visible_text) <= max_characters
        else visible_text[: max_characters - 3] + "..."
    )


def hide_secrets(text: str) -> str:
    """The text without the key of the endpoint, other keys and passwords in addresses."""
    key = os.environ.get(API_KEY_VARIABLE, "").strip()
    if len(key) >= 12:
        # Servers may repeat only the beginning of a key.
        text = re.sub(re.escape(key[:8]) + r"[^\s'\"(),;]*", "***", text)
    elif key:
        text = text.replace(key, "***")

    return _SECRET.sub(lambda match: f"{match[match.lastindex or 0]}***", text)


def _page_title(body: str) -> str:
    match = _PAGE_TITLE.search(body)
    visible_text = match[2] if match else body
    return html.unescape(_INVISIBLE_MARKUP.sub(" ", visible_text)).strip() or "without a title"


def _event_data(body: str) -> Iterator[str]:
    """The data of a stream's events."""
    if is_event_stream(body):
        for line in body.split("\n")[:20]:
            if line.startswith("data:"):
                yield line.removeprefix("data:")


def _message_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(filter(None, map(_message_text, value[:3])))
    if not isinstance(value, dict):
        return ""

    inner = next(
        (words for name in _MESSAGE_FIELDS if (words := _message_text(value.get(name)))), ""
    )
    if isinstance(place := value.get("loc"), list) and inner:  # FastAPI: where, and what
        return f"{'.'.join(map(str, place))}: {inner}"

    metadata = value.get("metadata")
    if isinstance(metadata, dict) and metadata.get("raw"):  # OpenRouter: its provider's message
        return f"{inner}: {_raw_message(metadata['raw'])}"

    return inner


def _raw_message(value: Any) -> str:
    if not isinstance(value, str):
        return _message_text(value) or json.dumps(value)
    try:
        return _message_text(json.loads(value)) or value
    except (ValueError, RecursionError):
        return value


def _iter_named_parameters(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(name := value.get("param"), str):
            yield name
        if isinstance(place := value.get("loc"), list) and place and isinstance(place[-1], str):
            yield place[-1]

    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _iter_named_parameters(inner)
