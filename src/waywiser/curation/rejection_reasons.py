"""Reasons for which items were rejected: their kinds, and the most common ones of a curation."""

import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from waywiser.clients.error_text import one_line

_SUFFIXES = (
    "png|jpe?g|webp|gif|bmp|tiff?|avif|heic|mp4|webm|mkv|mov|avi|npy|npz|jsonl?|parquet|csv|tsv"
    "|txt|zip"
)
_FILE_OR_ADDRESS = re.compile(
    rf"""(?<=\bpicture[ ])\S.*?(?=[ ](?:is[ ]missing|lies[ ]outside))  # as our sources say it, blanks and all
    | '[^']*(?:[/\\]|\.(?:{_SUFFIXES})(?='))[^']*'  # in quotes
    | "[^"]*(?:[/\\]|\.(?:{_SUFFIXES})(?="))[^"]*"
    | \b(?:data|file|https?|s3|gs|hf):\S+  # addresses
    | [^\s'"]*[/\\][^\s'"]*  # paths
    | [^\s'"/\\]+\.(?:{_SUFFIXES})\b  # names of files
    | '[^']{{80,}}' | \S{{80,}}  # long texts""",
    re.I | re.X,
)
_MAX_KIND_CHARACTERS = 60
_MAX_DETAIL_CHARACTERS = 1000


def split_reason(reason: str) -> tuple[str, str]:
    """The kind of a reason (the text before its first colon, without file names), and its
    detail.
    """
    anonymous = re.sub(r"\.\.\.( \.\.\.)+", "...", _FILE_OR_ADDRESS.sub("...", reason))
    kind, _, detail = anonymous.partition(":")

    if anonymous != reason:
        detail = reason

    return (
        kind.strip()[:_MAX_KIND_CHARACTERS].strip(),
        (detail.strip() or reason)[:_MAX_DETAIL_CHARACTERS],
    )


def most_common_reasons(folder: Path, max_reasons: int = 3) -> list[str]:
    """The most common reasons for which the curation in `folder` rejected items, with an
    example.
    """
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}

    for path in sorted((folder / "rejected").glob("*.parquet")):
        for row in pq.read_table(path, columns=["stage", "reason", "detail"]).to_pylist():
            kind = row["stage"], row["reason"]
            counts[kind] += 1
            examples.setdefault(kind, row["detail"])

    lines: list[str] = []

    for (stage, reason), count in counts.most_common(max_reasons):
        example = one_line(examples[stage, reason], 200)
        more = "" if example == reason else f" ({example})"
        lines.append(f"{stage}: {reason}, {count:,} items{more}")

    return lines
