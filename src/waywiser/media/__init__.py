"""Pictures and videos that other people made, decoded in one place for every reader; knows no torch."""

from .pictures import FORMATS, check_picture, decode_picture, to_rgb

__all__ = ["FORMATS", "check_picture", "decode_picture", "to_rgb"]
