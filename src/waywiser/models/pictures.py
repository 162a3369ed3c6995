"""Pictures from files."""

from pathlib import Path
from warnings import catch_warnings, simplefilter

from PIL import Image, ImageOps

from waywiser.errors import ModelError

from .starter.images import to_rgb

__all__ = ["FORMATS", "read_image", "to_rgb"]

# Pictures only: some of Pillow's other readers start programs (EPS) or draw (WMF).
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM")


def read_image(path: str | Path) -> Image.Image:
    """A picture from a file as RGB, turned upright by its EXIF orientation; of an animation the first frame.

    Reads JPEG, PNG, WebP, GIF, BMP, TIFF and PPM up to Pillow's limit of 179 million pixels.
    Errors: ModelError for a file that is missing, empty, truncated, gigantic or no picture.
    """
    file = Path(path)
    if not file.is_file():
        raise ModelError(f"no image file at {file}")
    try:
        if file.stat().st_size == 0:
            raise ModelError(f"{file} is empty (0 bytes): copy or export the image again")
        with catch_warnings():
            simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                image.load()
                return to_rgb(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError as error:
        raise ModelError(f"{file} is gigantic ({error}): scale it down first") from error
    except Image.UnidentifiedImageError as error:
        raise ModelError(f"{file} is no JPEG, PNG, WebP, GIF, BMP, TIFF or PPM picture") from error
    except ModelError:
        raise
    except PermissionError as error:
        raise ModelError(f"{file} cannot be read: permission denied") from error
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error, zlib.error, ...
        raise ModelError(f"{file} is truncated or damaged ({' '.join(str(error).split())[:120]})") from error
