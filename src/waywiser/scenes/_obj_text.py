"""Wavefront OBJ in the plain form that the survey and the parser read alike.

The format allows tabs, indents, continued lines and indices that count back from where they stand; readers of it do
not. A file that uses none of these is left byte for byte as it is.
"""

import re
from collections.abc import Iterator

_BOM = b"\xef\xbb\xbf"
_UNUSUAL = re.compile(
    rb"\A\xef\xbb\xbf"  # a byte order mark
    rb"|[\t\v\f]|^ "  # blanks of other kinds, and at the start of a line
    rb"|\r(?!\n)"  # line ends of old systems
    rb"|\\[ \t]*\r?$"  # a line that goes on
    rb"|^f .*-"  # an index that counts back
    rb"|^[vf][^\n]*#",  # a remark behind numbers
    re.MULTILINE,
)
_COUNTED: tuple[bytes, ...] = (b"v", b"vt", b"vn")
_NAMES = {b"mtllib", b"usemtl", b"o", b"g"}
_KEPT = {*_COUNTED, *_NAMES, b"f", b"s"}


def plain_obj(data: bytes) -> bytes:
    """The same model with one blank between words, whole lines and indices that count from the start."""
    if not _UNUSUAL.search(data):
        return data
    seen = dict.fromkeys(_COUNTED, 0)
    lines = []
    for line in _whole_lines(data.removeprefix(_BOM)):
        keyword, _, rest = line.partition(b" ")
        if keyword not in _KEPT:
            continue
        if keyword not in _NAMES:
            rest = rest.partition(b"#")[0]
        if keyword in seen:
            seen[keyword] += 1
        words = rest.split()
        if keyword == b"f":
            words = [_from_the_start(word, seen) for word in words]
        lines.append(b" ".join([keyword, rest.strip()] if keyword in _NAMES else [keyword, *words]))
    return b"\n".join(lines) + b"\n"


def _whole_lines(data: bytes) -> Iterator[bytes]:
    """Lines without remarks and indents, each with those that continue it; the first word ends at a blank."""
    begun = b""
    for line in re.split(rb"\r\n|\n|\r", data):
        if not begun and line.lstrip().startswith(b"#"):
            continue  # even where it ends in a backslash, as the path of a folder does
        begun += line
        if line.rstrip().endswith(b"\\"):
            begun = begun.rstrip()[:-1] + b" "
            continue
        words = begun.split(None, 1)
        begun = b""
        if words:
            yield b" ".join(words)
    if words := begun.split(None, 1):
        yield b" ".join(words)


def _from_the_start(corner: bytes, seen: dict[bytes, int]) -> bytes:
    """A corner ("-4", "-4/-1/-2") whose indices count back from what is `seen`; one before the first becomes 0."""
    indices = corner.split(b"/")
    for place, (index, kind) in enumerate(zip(indices, _COUNTED, strict=False)):
        if re.fullmatch(rb"-\d{1,18}", index):
            indices[place] = b"%d" % max(seen[kind] + 1 + int(index), 0)
    return b"/".join(indices)
