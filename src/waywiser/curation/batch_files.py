"""Batch-file mode: requests as a JSONL file that batch services take, and their replies back into the cache."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from waywiser.curation.cache import ReplyCache
from waywiser.curation.requests import Failure, Request, read_reply
from waywiser.dataset.files import write_atomically


def write_batch(path: Path, requests: Iterable[Request]) -> int:
    """Write requests in the OpenAI batch format; `custom_id` is the request's key in hex. Returns their number."""
    lines: dict[str, str] = {}
    for request in requests:
        name = request.key().hex()
        row = {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": request.body()}
        lines[name] = json.dumps(row, ensure_ascii=False)
    write_atomically(path, "".join(line + "\n" for line in lines.values()).encode("utf-8", "replace"))
    return len(lines)


def read_batch(path: Path, cache: ReplyCache, model: str) -> tuple[int, int]:
    """Put a batch's replies into the cache; returns how many were read and how many lines held none."""
    good = bad = 0
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if not line.strip():
            continue
        try:
            row: dict[str, Any] = json.loads(line)
            key = bytes.fromhex(row["custom_id"])
            outcome = read_reply(json.dumps(row["response"]["body"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            bad += 1
            continue
        if isinstance(outcome, Failure) or len(key) != 32:
            bad += 1
            continue
        cache.put(key, model, outcome)
        good += 1
    return good, bad
