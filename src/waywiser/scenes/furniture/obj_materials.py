"""Material libraries of an OBJ in the one form that its parser reads: one file of plain lines."""

import math
import re

ALL_LIBRARIES = "all-libraries.mtl"
"""Name by which an OBJ refers to all of its material libraries at once."""
MAX_UNIT_COLOR = 2.0
"""Colors with a larger value count from 0 to 255, not from 0 to 1."""

_LIBRARY_LINE = re.compile(rb"^mtllib +([^\r\n]*?)\s*$", re.MULTILINE)
_MATERIAL_LINE = re.compile(rb"^usemtl +([^\r\n]*?)\s*$", re.MULTILINE)
_MAP_OPTION = re.compile(r"-[a-zA-Z]\w* +(?:(?:on|off|-?[\d.]+(?:[eE][+-]?\d+)?)\s+)*")


def use_one_library(obj: bytes) -> tuple[bytes, list[str]]:
    """A plain OBJ that names `ALL_LIBRARIES` alone, and the names that it had, as written.

    A line may name several files, and there may be several lines; the parser reads the first only.
    """
    names = [_decode(name) for name in _LIBRARY_LINE.findall(obj)]
    if not names:
        return obj, []

    obj = _MATERIAL_LINE.sub(lambda line: b" ".join([b"usemtl", *line[1].split()]), obj)
    return b"mtllib " + ALL_LIBRARIES.encode() + b"\n" + _LIBRARY_LINE.sub(b"", obj), names


def clean_mtl(data: bytes) -> bytes:
    """A material library whose diffuse colors are finite and in [0, 1]; others are left out.

    One color that is not a number would cost the parser the whole library.
    """
    lines = []

    for line in re.split(r"\r\n|\n|\r", _decode(data)):
        words = line.split()
        if words and words[0].lower() in ("kd", "ka", "ks"):
            color = _parse_color(words[1:])
            if color is None:
                continue
            line = " ".join([words[0], *map(str, color)])

        lines.append(line)

    return "\n".join(lines).encode()


def strip_map_options(name: str) -> str:
    """The file name in a texture statement: "-s 1 1 1 -clamp on wood.png" gives "wood.png"."""
    if not name.startswith("-"):
        return name
    while (option := _MAP_OPTION.match(name)) is not None:
        name = name[option.end() :]
    return name


def _parse_color(words: list[str]) -> list[float] | None:
    try:
        color = [float(word) for word in words]
    except ValueError:
        return None

    if not color or not all(math.isfinite(value) for value in color):
        return None
    return [value / 255 for value in color] if max(color) > MAX_UNIT_COLOR else color


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
