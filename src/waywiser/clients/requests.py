"""`Request`, `Reply` and `Failure`: one question to a model, and its outcome."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from waywiser.clients.parameters import DEFAULT_PARAMETERS, Parameters
from waywiser.json_types import JsonObject
from waywiser.media import portable_picture

_IMAGE_SIGNATURES = (
    (b"\x89PNG", "png"),
    (b"\xff\xd8", "jpeg"),
    (b"GIF8", "gif"),
    (b"RIFF", "webp"),
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a chat completion.

    `seed` tells samples of one question apart. A parameter of None is not sent.

    Example:
        >>> Request("m", "1 + 1?", system="Answer briefly.").messages()[-1]
        {'role': 'user', 'content': '1 + 1?'}
    """

    model: str
    text: str
    system: str = ""
    images: tuple[bytes, ...] = ()
    temperature: float | None = 0.0
    top_p: float | None = 1.0
    max_tokens: int = 1024
    seed: int | None = 0
    response_format: str = ""
    """`response_format` as JSON text; empty for none."""
    parameters: Parameters = DEFAULT_PARAMETERS

    def key(self) -> bytes:
        """SHA-256 of everything that determines the reply; pictures count by their own hash."""
        digests = [hashlib.sha256(image).hexdigest() for image in self.images]
        parts: list[Any] = [
            self.model,
            self.system,
            self.text,
            digests,
            self.temperature,
            self.top_p,
            self.max_tokens,
            self.seed,
            self.response_format,
        ]

        parts += self.parameters.cache_key_parts()
        return hashlib.sha256(
            json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")
        ).digest()

    def messages(self) -> list[JsonObject]:
        """The conversation; pictures are data: addresses, before the text, that any server can
        show.
        """
        content: Any = self.text

        if self.images:
            urls = [data_url(portable_picture(image)) for image in self.images]
            content = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
            content.append({"type": "text", "text": self.text})

        system = [{"role": "system", "content": self.system}] if self.system else []
        return [*system, {"role": "user", "content": content}]

    def body(self) -> JsonObject:
        """The body of POST /chat/completions, with parameters under the names that the server
        expects.
        """
        values = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "seed": self.seed,
            "response_format": json.loads(self.response_format) if self.response_format else None,
        }

        set_values = {name: value for name, value in values.items() if value is not None}
        return {
            "model": self.model,
            "messages": self.messages(),
            **self.parameters.apply(set_values),
        }

    def estimate_tokens(self) -> tuple[int, int]:
        """A high estimate of prompt tokens, and the maximum of completion tokens, to check caps."""
        return (len(self.text) + len(self.system)) // 3 + 1000 * len(
            self.images
        ) + 16, self.max_tokens


@dataclass(frozen=True, slots=True)
class Reply:
    """The text of a model; `finish` is why it stopped ("stop", "length", ...).

    `seconds` is the duration of the request, 0 for a cached reply.
    """

    text: str
    finish: str = "stop"
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no reply: "http 500: ...", "timeout: ...", "error 402: ...", "nonsense: ...",
    "too large: ...".

    `fault` says what that tells of the endpoint: that nobody is there, that it is silent (no
    answer, overloaded, broken), that it refuses (it answers, with anything but a completion), or
    nothing, because the request is at fault. `retryable` says whether another attempt may help,
    after `retry_after` seconds where the server gave a time.
    """

    reason: str
    fault: Literal["absent", "silent", "refuses", "request"] = "silent"
    retryable: bool = False
    retry_after: float | None = None
    parameter: str | None = None
    """The parameter that the server rejected, if its error names one."""

    @property
    def kind(self) -> str:
        return self.reason.partition(":")[0]


ReplyOrFailure = Reply | Failure


def sample_seeds(samples: int) -> Sequence[int]:
    """The seeds of several samples of one question."""
    return range(samples)


def data_url(image: bytes) -> str:
    """The encoded picture, unchanged, as a data: address."""
    kind = next((kind for magic, kind in _IMAGE_SIGNATURES if image.startswith(magic)), "png")
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"


def make_response_format(mode: str, name: str, schema: JsonObject) -> str:
    """`response_format` for a JsonMode, as JSON text; nothing for "none"."""
    if mode == "none":
        return ""
    if mode == "object":
        return json.dumps({"type": "json_object"})
    if mode == "object_schema":
        return json.dumps({"type": "json_object", "schema": schema})

    return json.dumps(
        {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}
    )
