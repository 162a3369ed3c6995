"""What a file is that no reader of pictures knows, as the end of a sentence that says what to
do.
"""

_LFS = b"version https://git-lfs"
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_MAGIC_BYTES = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"BM": "BMP",
}


def describe_file_kind(head: bytes) -> str:
    """What is wrong with a file that cannot be decoded, by its first bytes, and how to fix it."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_LFS):
        return "is a pointer of Git LFS, not the picture: run `git lfs pull`"
    if start.startswith((b"<!doctype html", b"<html")):
        return "is a web page, not a picture: download it again"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "is a HEIC picture, which cannot be read: export it as JPEG"
    if start.startswith((b"<svg", b"<?xml")):
        return "is an SVG drawing or other XML, which cannot be read: export it as PNG"

    for magic, name in _MAGIC_BYTES.items():
        if head.startswith(magic):
            return f"is a {name} that is damaged or of a kind that cannot be read: export it as PNG"

    return "is not a JPEG, PNG, WebP, GIF, BMP, TIFF, PPM, AVIF or JPEG 2000 picture"
