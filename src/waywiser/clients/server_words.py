"""What a server says of an error, whatever form it says it in; never a key."""

import html
import json
import os
import re
from collections.abc import Iterator
from typing import Any

from waywiser.clients.config import KEY_VARIABLE

LONGEST = 400
_FIELDS = ("error", "detail", "message", "error_description", "error_message", "msg", "errors", "title", "reason")
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_TITLE = re.compile(r"<(title|h1|h2)\b[^>]*>(.*?)</\1\s*>", re.I | re.S)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.I | re.S)
_EVENT = re.compile(r"\A\s*(?:event:[^\n]*\n|id:[^\n]*\n|:[^\n]*\n)*\s*data:", re.A)
_TOKEN = re.compile(
    r"\b(Bearer\s+)[^\s'\"(),;]+|\b(sk-)[\w-]{8,}|([?&](?:api[-_]?)?(?:key|token)=)[^&\s'\"]+"
    r"|(://)[^\s/@'\"]+(?=@)",
    re.I,
)


def server_words(body: str) -> str:
    """The words of an error's body in one line: of JSON its message, of a web page its title, else its beginning."""
    if is_page(body):
        return one_line(f"a web page: {_page_title(body)}")
    for text in (body, *_events(body)):
        try:
            words = _words(json.loads(text))
        except (ValueError, RecursionError):
            continue
        if words:
            return one_line(words)
    return one_line(body)


def is_page(body: str) -> bool:
    """Whether the body is a page for people."""
    return _PAGE.match(body) is not None


def is_stream(body: str) -> bool:
    """Whether the body is a stream of events."""
    return _EVENT.match(body) is not None


def named_parameter(body: str) -> str | None:
    """The parameter that a JSON error names as the one at fault (`error.param`, or the end of FastAPI's `loc`)."""
    try:
        return next(_named(json.loads(body)), None)
    except (ValueError, RecursionError):
        return None


def one_line(text: str, longest: int = LONGEST) -> str:
    """The text in one printable line without secrets, cut where it is longer."""
    shown = "".join(c if c.isprintable() else " " for c in text[: 20 * longest])
    shown = " ".join(hide_secrets(shown).split())
    return shown if len(shown) <= longest else shown[: longest - 3] + "..."


def hide_secrets(text: str) -> str:
    """The text without the key of the endpoint, other keys and passwords in addresses."""
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if len(key) >= 12:
        text = re.sub(re.escape(key[:8]) + r"[^\s'\"(),;]*", "***", text)  # also where only its beginning is repeated
    elif key:
        text = text.replace(key, "***")
    return _TOKEN.sub(lambda found: f"{found[found.lastindex or 0]}***", text)


def _page_title(body: str) -> str:
    found = _TITLE.search(body)
    shown = found[2] if found else body
    return html.unescape(_UNSEEN.sub(" ", shown)).strip() or "without a title"


def _events(body: str) -> Iterator[str]:
    """The data of a stream's events."""
    if is_stream(body):
        for line in body.split("\n")[:20]:
            if line.startswith("data:"):
                yield line.removeprefix("data:")


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(filter(None, map(_words, value[:3])))
    if not isinstance(value, dict):
        return ""

    inner = next((words for name in _FIELDS if (words := _words(value.get(name)))), "")
    if isinstance(place := value.get("loc"), list) and inner:  # FastAPI: where, and what
        return f"{'.'.join(map(str, place))}: {inner}"
    if isinstance(more := value.get("metadata"), dict) and more.get("raw"):  # OpenRouter: its provider's own words
        return f"{inner}: {_raw(more['raw'])}"
    return inner


def _raw(value: Any) -> str:
    if not isinstance(value, str):
        return _words(value) or json.dumps(value)
    try:
        return _words(json.loads(value)) or value
    except (ValueError, RecursionError):
        return value


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(name := value.get("param"), str):
            yield name
        if isinstance(place := value.get("loc"), list) and place and isinstance(place[-1], str):
            yield place[-1]
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _named(inner)
