"""Perceptual hashes of pictures: 256 bits of the lowest frequencies of a small grey copy."""

import imagehash
import numpy as np
from PIL import Image

from waywiser.media import decode_picture

HASH_BYTES = 32


def perceptual_hash(image: Image.Image | bytes) -> bytes:
    """The perceptual hash (pHash of 16 x 16) of a picture, 32 bytes.

    It changes by a few bits if the picture is recompressed or resized. Raises MediaError for bytes
    that are not a picture.
    """
    if isinstance(image, bytes):
        return perceptual_hash(decode_picture(image))
    return np.packbits(imagehash.phash(image, hash_size=16).hash).tobytes()


def hash_distance(a: bytes, b: bytes) -> int:
    """Number of bits that differ."""
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()
