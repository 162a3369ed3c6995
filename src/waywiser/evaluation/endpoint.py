"""One chat completion from any OpenAI-compatible endpoint, by the standard library alone."""

import base64
import http.client
import io
import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from waywiser.errors import ModelError

_LARGEST_REPLY = 8 * 1024 * 1024
KEY_VARIABLE = "WAYWISER_API_KEY"
"""The environment variable that holds the endpoint's key, where it needs one."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A reply; `cut` says that the server stopped it at the limit of tokens."""

    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`url` is the base that ends in /v1; `model` is the name that the server knows."""

    url: str
    model: str
    timeout: float = 120.0
    attempts: int = 3

    def complete(self, text: str, images: Sequence[Image.Image] = (), *, max_tokens: int = 1024) -> Completion:
        """The reply at temperature 0. Raises ModelError that begins with "http 500", "timeout", "unreachable" or
        "nonsense" (what came back is no completion) once all attempts have failed.
        """
        body = {
            "model": self.model,
            "messages": chat_messages(text, images),
            "temperature": 0,
            "max_tokens": max_tokens,
        }
        failure = ModelError("unreachable: no attempt was made")
        for _ in range(max(1, self.attempts)):
            try:
                return self._post(json.dumps(body).encode())
            except ModelError as error:
                failure = error
                if str(error).startswith("http 4") and not str(error).startswith("http 429"):
                    break  # the request itself is at fault: asking again changes nothing
        raise failure

    def _post(self, body: bytes) -> Completion:
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY_VARIABLE):
            headers["Authorization"] = f"Bearer {key}"
        url = self.url.rstrip("/") + "/chat/completions"
        if not url.startswith(("http://", "https://")):
            raise ModelError(f"unreachable: {self.url} is no http address")
        try:
            request = urllib.request.Request(url, body, headers)
            with urllib.request.urlopen(request, timeout=self.timeout) as reply:
                raw = reply.read(_LARGEST_REPLY)
        except urllib.error.HTTPError as error:
            raise ModelError(f"http {error.code}: {error.reason}") from error
        except (TimeoutError, urllib.error.URLError, OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            kind = "timeout" if isinstance(reason, TimeoutError) else "unreachable"
            raise ModelError(f"{kind}: {reason}") from error
        try:
            choice = json.loads(raw)["choices"][0]
            text, ended = choice["message"]["content"], choice.get("finish_reason")
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
            raise ModelError("nonsense: the reply is no chat completion") from error
        if not isinstance(text, str):
            raise ModelError("nonsense: the reply has no text")
        return Completion(text, ended == "length")


def chat_messages(text: str, images: Sequence[Image.Image] = ()) -> list[dict[str, Any]]:
    """One user message in OpenAI's form: the pictures as `data:` addresses, then the text."""
    content: list[dict[str, Any]] = [{"type": "image_url", "image_url": {"url": _data(i)}} for i in images]
    return [{"role": "user", "content": [*content, {"type": "text", "text": text}] if images else text}]


def _data(image: Image.Image) -> str:
    sink = io.BytesIO()
    image.save(sink, "PNG")
    return "data:image/png;base64," + base64.b64encode(sink.getvalue()).decode()
