"""Send one request to a server with the openai package."""

import os
import re
from urllib.parse import urlsplit

import openai

from waywiser.clients.config import API_KEY_VARIABLE, EndpointConfig
from waywiser.clients.error_text import one_line
from waywiser.clients.replies import read_reply, status_failure
from waywiser.clients.requests import Failure, ReplyOrFailure
from waywiser.clients.retry_headers import parse_retry_after
from waywiser.errors import ChatClientError
from waywiser.json_types import JsonObject


def open_connection(config: EndpointConfig) -> openai.AsyncOpenAI:
    """A client with connections to an endpoint.

    Raises ChatClientError, which does not show the key, if the key cannot be sent in a header.
    """
    key = os.environ.get(API_KEY_VARIABLE, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ChatClientError(f"{API_KEY_VARIABLE} holds characters that no key has: set it again")

    base = re.sub(r"/chat/completions/?$", "", config.url)  # some copy the whole address
    return openai.AsyncOpenAI(
        base_url=base, api_key=key or "none", max_retries=0, timeout=config.timeout
    )


def is_http_url(url: str) -> bool:
    """Whether requests can be sent to a URL."""
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        )
    except ValueError:
        return False

    return usable and not re.search(r"\s", url)


async def post_request(client: openai.AsyncOpenAI, body: JsonObject) -> ReplyOrFailure:
    """Send a request once."""
    try:
        # The body is complete and the reply is read here; the typed method walks through both, for
        # a third of the time.
        return read_reply(await client.post("/chat/completions", cast_to=str, body=body))
    except openai.APIStatusError as error:
        answer = error.response
        return status_failure(answer.status_code, answer.text, parse_retry_after(answer.headers))
    except openai.APITimeoutError:
        return Failure("timeout: no reply in time", retryable=True)
    except openai.APIConnectionError as error:
        cause = error.__cause__ or error
        reason = one_line(str(cause), 120) or type(cause).__name__
        absent = type(cause).__name__.startswith("Connect")

        return Failure(f"unreachable: {reason}", "absent" if absent else "silent", retryable=True)
