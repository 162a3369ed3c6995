"""Parse replies of servers: dialects of chat completions, and errors with status 200."""

import json
import re
from collections.abc import Mapping
from typing import Any

from waywiser.clients.error_text import (
    extract_error_message,
    find_named_parameter,
    is_event_stream,
    is_html_page,
    one_line,
)
from waywiser.clients.requests import Failure, Reply, ReplyOrFailure

TRANSIENT_STATUSES = frozenset({408, 409, 425, 429})
"""Statuses of temporary failures, in addition to every 5xx."""
_THINKING_FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_details")
"""Fields of thinking in addition to the answer (DeepSeek and SGLang; vLLM, Ollama, OpenRouter;
...).
"""
_CODE_FENCE = re.compile(r"\s*```[\w-]*\s*(.*?)\s*```\s*", re.S)


def read_reply(content: bytes | str) -> ReplyOrFailure:
    """The reply in the JSON of a completion, or a Failure.

    Thinking from a separate field is put before the text as <think>...</think>. If there is only
    thinking, because the server cannot tell where it ends, it is the text.

    The reason of a Failure is "error 402: ..." for an error with status 200, "declined: ..." if the
    model refused, or "nonsense: ..." for incomplete JSON, a web page or anything else, followed by
    the server's message.
    """
    content = content if isinstance(content, str) else content.decode("utf-8", "replace")
    try:
        # Some gateways add the end mark of a stream to complete JSON.
        value = json.loads(content.strip().removesuffix("data: [DONE]"))
    except (ValueError, RecursionError):
        return _not_json_failure(content)

    choices = value.get("choices") if isinstance(value, Mapping) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, Mapping) else None
    if not isinstance(choice, Mapping) or not isinstance(message, Mapping) or choice.get("error"):
        return _not_completion_failure(value, choice)

    text, thinking = _split_content(message.get("content"))
    thinking = thinking or next(
        (found for name in _THINKING_FIELDS if (found := _flatten_text(message.get(name)))), ""
    )
    finish = str(choice.get("finish_reason") or "stop")
    if text is None and not thinking and finish != "length":
        return _empty_reply_failure(message, finish)

    text = text or ""
    if thinking and not text.strip() and finish != "length":
        text = thinking
    elif thinking and "<think>" not in text:
        text = f"<think>{thinking}</think>{text}"

    usage = value.get("usage")
    return Reply(text, finish, _token_count(usage, "prompt"), _token_count(usage, "completion"))


def status_failure(status: int, body: str, retry_after: float | None = None) -> Failure:
    """The Failure for an HTTP error status; an exhausted quota (429) is not worth a retry."""
    reason = f"http {status}: {extract_error_message(body) or 'without a word'}"
    if (status in TRANSIENT_STATUSES or status >= 500) and "insufficient_quota" not in body:
        return Failure(reason, "silent", retryable=True, retry_after=retry_after)
    return Failure(reason, "refuses", parameter=find_named_parameter(body))


def strip_thinking(text: str) -> str:
    """The text of a reply after its thinking."""
    return text.rpartition("</think>")[2]


def strip_code_fence(text: str) -> str:
    """The content of a Markdown fence around the whole text; other texts unchanged."""
    match = _CODE_FENCE.fullmatch(text)
    return match[1] if match else text


def _split_content(content: Any) -> tuple[str | None, str]:
    """(text, thoughts) of a message's content: a text, or a list of parts. None for no text at
    all.
    """
    if isinstance(content, str):
        return content, ""
    if isinstance(content, Mapping):
        content = [content]
    if not isinstance(content, list):
        return None, ""

    texts: list[str] = []
    thinking: list[str] = []

    for part in content:
        kind = str(part.get("type", "text")) if isinstance(part, Mapping) else "text"
        if kind in ("thinking", "reasoning"):
            thinking.append(_flatten_text(part))
        elif kind in ("text", "output_text"):
            texts.append(_flatten_text(part))

    return ("".join(texts) if texts else None), "".join(thinking)


def _flatten_text(value: Any) -> str:
    """The text of a text, a part or a list of parts."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(map(_flatten_text, value))
    if isinstance(value, Mapping):
        names = ("text", "thinking", "reasoning", "summary", "content", "value")
        return next((found for name in names if (found := _flatten_text(value.get(name)))), "")

    return ""


def _not_json_failure(text: str) -> Failure:
    if not text.strip():
        return _malformed_failure("the reply is empty")
    if is_html_page(text):
        return _malformed_failure(f"the reply is {extract_error_message(text)}")

    if is_event_stream(text):
        return _malformed_failure(
            "the reply is a stream of events, which was not asked for:"
            f" {extract_error_message(text)}"
        )

    return _malformed_failure(f"the reply is no JSON: {one_line(text, 120)}")


def _not_completion_failure(value: Any, choice: Any) -> Failure:
    """An error with status 200 is taken by the status that it names, if it does."""
    error = value.get("error") if isinstance(value, Mapping) else None
    if not error and isinstance(choice, Mapping):
        error = choice.get("error")

    if not error:
        return _malformed_failure(
            "the reply is no chat completion:"
            f" {extract_error_message(json.dumps(value, ensure_ascii=False))}"
        )

    error_json = json.dumps({"error": error})
    code = error.get("code", error.get("status")) if isinstance(error, Mapping) else None
    status = (
        int(code)
        if isinstance(code, int | str) and re.fullmatch("[1-5][0-9][0-9]", str(code))
        else None
    )
    if status is not None and status >= 400:
        failure = status_failure(status, error_json)
        return Failure(
            f"error {status}: {extract_error_message(error_json)}",
            failure.fault,
            failure.retryable,
            parameter=failure.parameter,
        )

    return Failure(
        f"error: {extract_error_message(error_json)}",
        "refuses",
        retryable=True,
        parameter=find_named_parameter(error_json),
    )


def _empty_reply_failure(message: Mapping[str, Any], finish: str) -> Failure:
    refusal = _flatten_text(message.get("refusal"))
    if refusal or finish == "content_filter":
        return Failure(f"declined: {one_line(refusal or finish)}", "request")
    return Failure(
        f"nonsense: the reply has no text (finish_reason {one_line(finish, 40)})", "refuses"
    )


def _malformed_failure(reason: str) -> Failure:
    return Failure(f"nonsense: {reason}", "refuses", retryable=True)


def _token_count(usage: Any, name: str) -> int:
    value = usage.get(f"{name}_tokens", 0) if isinstance(usage, Mapping) else 0
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
