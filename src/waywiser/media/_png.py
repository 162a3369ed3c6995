"""Remove text and color profiles from PNG files."""

from pathlib import Path

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT = {b"tEXt", b"zTXt", b"iTXt", b"iCCP"}
"""Text and color profiles: compressed, of any size, and not needed for the pixels."""


def strip_text_chunks(content: bytes | Path) -> bytes | None:
    """A PNG without text and color profile; None for other formats or if there is nothing to
    remove.
    """
    if isinstance(content, Path):
        with content.open("rb") as file:
            if file.read(len(_SIGNATURE)) != _SIGNATURE:
                return None

        content = content.read_bytes()

    if not content.startswith(_SIGNATURE):
        return None

    chunks = [_SIGNATURE]
    place = len(_SIGNATURE)
    while place + 8 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        end = place + length + 12  # length, name and checksum have four bytes each

        if content[place + 4 : place + 8] not in _TEXT:
            chunks.append(content[place:end])

        place = end

    plain = b"".join(chunks)
    return plain if len(plain) < len(content) else None
