"""Rows as JSON, one per line."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from waywiser.io import write_atomically


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object per line, whole or not at all."""
    write_atomically(
        path, ("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n").encode()
    )


def replace_surrogates(value: Any) -> Any:
    """JSON's value without lone surrogates, the half of a split character, which no file can hold:
    "?" for each.
    """
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {replace_surrogates(key): replace_surrogates(part) for key, part in value.items()}
    return [replace_surrogates(part) for part in value] if isinstance(value, list) else value
