"""Pictures from files."""

from pathlib import Path

from PIL import Image

from waywiser.media.pictures import FORMATS, decode_picture, to_rgb

__all__ = ["FORMATS", "read_image", "to_rgb"]


def read_image(path: str | Path) -> Image.Image:
    """A picture from a file as `decode_picture` gives it: upright 8-bit RGB, of an animation the
    first frame.

    Errors: MediaError (a ModelError) for a file that is missing, empty, truncated, gigantic or no
    picture.
    """
    return decode_picture(path)
