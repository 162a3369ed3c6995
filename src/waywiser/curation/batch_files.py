"""Batch-file mode: write requests as a JSONL file for batch services, and read replies into the
cache.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from waywiser.clients.cache import ReplyCache
from waywiser.clients.replies import read_reply, status_failure
from waywiser.clients.requests import Failure, ReplyOrFailure, Request
from waywiser.io import write_atomically
from waywiser.json_types import JsonObject


def write_batch(path: Path, requests: Iterable[Request]) -> int:
    """Write distinct requests in the OpenAI batch format, and return their number.

    `custom_id` is the key of the request in hex.
    """
    lines: dict[str, str] = {}

    for request in requests:
        name = request.key().hex()
        row = {
            "custom_id": name,
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": request.body(),
        }

        lines[name] = json.dumps(row, ensure_ascii=False)

    write_atomically(
        path, "".join(line + "\n" for line in lines.values()).encode("utf-8", "replace")
    )

    return len(lines)


def read_batch(
    path: Path, cache: ReplyCache, model: str, reasons: Counter[str] | None = None
) -> tuple[int, int]:
    """Put the replies of a batch file into the cache.

    Args:
        path: JSONL file of replies.
        cache: where replies go.
        model: model that the replies are counted for.
        reasons: counts why lines hold no reply; updated in place.

    Returns:
        The number of replies read, and the number of lines without one.
    """
    num_read = num_failed = 0

    # Not splitlines(): it would also split at U+2028 and other marks inside a reply.
    for line in path.read_text(encoding="utf-8-sig", errors="replace").split("\n"):
        if not line.strip():
            continue

        key, outcome = _read_line(line)
        if isinstance(outcome, Failure):
            num_failed += 1
            if reasons is not None:
                reasons[outcome.reason] += 1
        else:
            cache.put(key, model, outcome)
            num_read += 1

    return num_read, num_failed


def _read_line(line: str) -> tuple[bytes, ReplyOrFailure]:
    """The key of a request and its outcome."""
    try:
        row: JsonObject = json.loads(line)
        key = bytes.fromhex(row["custom_id"])
        response = row.get("response") or {"status_code": 500, "body": {"error": row["error"]}}
        status = response.get("status_code") or 200
        body = json.dumps(response["body"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return b"", Failure("the line is no reply of a batch")

    if len(key) != 32:
        return b"", Failure("the line is of another batch")

    return key, (
        status_failure(status, body)
        if isinstance(status, int) and status >= 400
        else read_reply(body)
    )
