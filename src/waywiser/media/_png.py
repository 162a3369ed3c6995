"""PNG files without what is not their pixels."""

from pathlib import Path

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT = {b"tEXt", b"zTXt", b"iTXt", b"iCCP"}
"""Text and colour profiles: compressed, of any size, and not needed for the pixels."""


def strip_text_chunks(content: bytes | Path) -> bytes | None:
    """A PNG without text and colour profile; None for another format and where there is nothing to
    leave out.
    """
    if isinstance(content, Path):
        with content.open("rb") as file:
            if file.read(len(_SIGNATURE)) != _SIGNATURE:
                return None

        content = content.read_bytes()

    if not content.startswith(_SIGNATURE):
        return None

    kept = [_SIGNATURE]
    place = len(_SIGNATURE)
    while place + 8 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        end = place + length + 12  # length, name and checksum have four bytes each

        if content[place + 4 : place + 8] not in _TEXT:
            kept.append(content[place:end])

        place = end

    plain = b"".join(kept)
    return plain if len(plain) < len(content) else None
