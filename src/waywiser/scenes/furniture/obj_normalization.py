"""Wavefront OBJ in a plain form that the survey and the parser both read correctly.

The format allows tabs, indents, continued lines and indices that count back; many readers do not. A
file that uses none of these is left byte for byte as it is.
"""

import re
from collections.abc import Iterator

_BOM = b"\xef\xbb\xbf"
_UNUSUAL_SYNTAX = re.compile(
    rb"\A\xef\xbb\xbf"  # a byte order mark
    rb"|[\t\v\f]|^ "  # blanks of other kinds, and at the start of a line
    rb"|\r(?!\n)"  # line ends of old systems
    rb"|\\[ \t]*\r?$"  # a continued line
    rb"|^f .*-"  # an index that counts back
    rb"|^[vf][^\n]*#",  # a comment after numbers
    re.MULTILINE,
)
_INDEXED_KEYWORDS: tuple[bytes, ...] = (b"v", b"vt", b"vn")
_NAME_KEYWORDS = {b"mtllib", b"usemtl", b"o", b"g"}
_KEPT_KEYWORDS = {*_INDEXED_KEYWORDS, *_NAME_KEYWORDS, b"f", b"s"}


def normalize_obj(data: bytes) -> bytes:
    """The same model with single spaces, whole lines and indices that count from the start."""
    if not _UNUSUAL_SYNTAX.search(data):
        return data

    counts = dict.fromkeys(_INDEXED_KEYWORDS, 0)
    lines = []

    for line in _join_continued_lines(data.removeprefix(_BOM)):
        keyword, _, rest = line.partition(b" ")
        if keyword not in _KEPT_KEYWORDS:
            continue
        if keyword not in _NAME_KEYWORDS:
            rest = rest.partition(b"#")[0]
        if keyword in counts:
            counts[keyword] += 1

        words = rest.split()
        if keyword == b"f":
            words = [_make_absolute(word, counts) for word in words]

        lines.append(
            b" ".join([keyword, rest.strip()] if keyword in _NAME_KEYWORDS else [keyword, *words])
        )

    return b"\n".join(lines) + b"\n"


def _join_continued_lines(data: bytes) -> Iterator[bytes]:
    """Lines without comments and indents, joined with those that continue them.

    The first word of each ends at a space.
    """
    pending = b""

    for line in re.split(rb"\r\n|\n|\r", data):
        if not pending and line.lstrip().startswith(b"#"):
            continue  # even if it ends in a backslash, as a path may

        pending += line

        if line.rstrip().endswith(b"\\"):
            pending = pending.rstrip()[:-1] + b" "
            continue

        words = pending.split(None, 1)
        pending = b""

        if words:
            yield b" ".join(words)

    if words := pending.split(None, 1):
        yield b" ".join(words)


def _make_absolute(corner: bytes, counts: dict[bytes, int]) -> bytes:
    """A corner ("-4", "-4/-1/-2") with indices from the start; one before the first becomes 0."""
    indices = corner.split(b"/")
    for position, (index, kind) in enumerate(zip(indices, _INDEXED_KEYWORDS, strict=False)):
        if re.fullmatch(rb"-\d{1,18}", index):
            indices[position] = b"%d" % max(counts[kind] + 1 + int(index), 0)
    return b"/".join(indices)
