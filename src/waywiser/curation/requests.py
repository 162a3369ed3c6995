"""`Request` and `Reply`: one question to a model and what came back, named by their content."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_KINDS = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))


@dataclass(frozen=True, slots=True)
class Request:
    """A chat completion to ask for. `seed` tells several samples of one question apart."""

    model: str
    text: str
    system: str = ""
    images: tuple[bytes, ...] = ()
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 1024
    seed: int = 0
    response_format: str = ""
    """JSON text of the format asked for, or nothing."""

    def key(self) -> bytes:
        """SHA-256 of all that decides the reply; pictures go in by their own hash."""
        digests = [hashlib.sha256(image).hexdigest() for image in self.images]
        parts = [self.model, self.system, self.text, digests, self.temperature, self.top_p, self.max_tokens, self.seed,
                 self.response_format]  # fmt: skip
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).digest()

    def body(self) -> dict[str, Any]:
        """The body of POST /chat/completions. Pictures are sent as they are, in a data: address."""
        content: Any = self.text
        if self.images:
            content = [{"type": "image_url", "image_url": {"url": data_url(image)}} for image in self.images]
            content.append({"type": "text", "text": self.text})
        messages = [{"role": "system", "content": self.system}] if self.system else []
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [*messages, {"role": "user", "content": content}],
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "seed": self.seed,
        }
        if self.response_format:
            body["response_format"] = json.loads(self.response_format)
        return body

    def expected_tokens(self) -> tuple[int, int]:
        """A cautious guess of prompt tokens, and the most completion tokens, to keep a cap before asking."""
        return (len(self.text) + len(self.system)) // 3 + 1000 * len(self.images) + 16, self.max_tokens


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote; `finish` is why it stopped ("stop", "length", ...)."""

    text: str
    finish: str = "stop"
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no reply: "http 500: ...", "timeout: ...", "unreachable: ...", "nonsense: ...", "too large: ..."."""

    reason: str

    @property
    def kind(self) -> str:
        return self.reason.partition(":")[0]


Outcome = Reply | Failure


def data_url(image: bytes) -> str:
    """The encoded picture, unchanged, as a data: address."""
    kind = next((kind for magic, kind in _KINDS if image.startswith(magic)), "png")
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"


def json_format(mode: str, name: str, schema: dict[str, Any]) -> str:
    """`response_format` for a JsonMode, as JSON text; nothing for "none"."""
    if mode == "none":
        return ""
    if mode == "object":
        return json.dumps({"type": "json_object"})
    if mode == "object_schema":
        return json.dumps({"type": "json_object", "schema": schema})
    return json.dumps({"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}})


def without_thoughts(text: str) -> str:
    """A reply's text after the thoughts that `read_reply` puts before it."""
    return text.rpartition("</think>")[2]


def read_reply(content: bytes | str) -> Outcome:
    """The reply in a completion's JSON; a Failure "nonsense" for half a JSON or anything else."""
    try:
        value = json.loads(content)
        choice = value["choices"][0]
        message = choice["message"]
        text = message["content"]
        if isinstance(thoughts := message.get("reasoning_content"), str) and thoughts and "<think>" not in (text or ""):
            text = f"<think>{thoughts}</think>{text or ''}"
        usage = value.get("usage") or {}
        if not isinstance(text, str):
            return Failure("nonsense: the reply has no text")
        return Reply(
            text, str(choice.get("finish_reason") or "stop"), _count(usage, "prompt"), _count(usage, "completion")
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return Failure("nonsense: the reply is no chat completion")


def _count(usage: dict[str, Any], name: str) -> int:
    value = usage.get(f"{name}_tokens", 0)
    return value if isinstance(value, int) and value >= 0 else 0


def seeds(samples: int) -> Sequence[int]:
    """The seeds of several samples of one question."""
    return range(samples)
