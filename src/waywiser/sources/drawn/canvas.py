"""What drawn tasks share: `Drawing`, a blank picture, the font, and drawing at twice the size for smooth edges."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from waywiser.sample import Answer

Point = tuple[float, float]
INK = (30, 34, 40)
COLOURS = {
    "red": (205, 60, 50), "blue": (50, 95, 190), "green": (40, 140, 80), "orange": (230, 140, 30),
    "purple": (130, 70, 160), "grey": (120, 125, 130),
}  # fmt: skip
_SMOOTH = 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """A question about a picture, with all that makes its answer again in `truth` (plain data)."""

    question: str
    answer: Answer
    picture: Image.Image
    reasoning: str
    truth: dict[str, Any] = field(default_factory=dict)


class Canvas:
    """A white picture of `width` x `height` pixels; coordinates are pixels, x right and y down."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self._image = Image.new("RGB", (width * _SMOOTH, height * _SMOOTH), "white")
        self._draw = ImageDraw.Draw(self._image)

    def line(self, points: Sequence[Point], width: float = 2, colour: tuple[int, int, int] = INK) -> None:
        self._draw.line([_up(p) for p in points], fill=colour, width=round(width * _SMOOTH), joint="curve")

    def polygon(
        self, points: Sequence[Point], fill: tuple[int, int, int] | None = None, outline: tuple[int, int, int] = INK
    ) -> None:
        if fill is not None:
            self._draw.polygon([_up(p) for p in points], fill=fill)
        self.line([*points, points[0], points[1]], colour=outline)

    def disc(
        self, centre: Point, radius: float, fill: tuple[int, int, int] | None, outline: tuple[int, int, int] = INK
    ) -> None:
        (x, y), r = _up(centre), radius * _SMOOTH
        self._draw.ellipse([x - r, y - r, x + r, y + r], fill=fill, outline=outline, width=2 * _SMOOTH)

    def text(self, at: Point, text: str, size: int = 16, colour: tuple[int, int, int] = INK) -> None:
        """Text centred at a point."""
        self._draw.text(_up(at), text, fill=colour, font=_font(size * _SMOOTH), anchor="mm")

    def image(self) -> Image.Image:
        return self._image.resize(self.size, Image.Resampling.LANCZOS)


def png(image: Image.Image) -> bytes:
    """The picture as PNG."""
    sink = io.BytesIO()
    image.save(sink, "PNG")
    return sink.getvalue()


def outside(a: Point, b: Point, centre: Point, distance: float = 16) -> Point:
    """The point beside the middle of a-b, on the side away from `centre`: where a length is written."""
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    normal = (b[1] - a[1], a[0] - b[0])
    length = math.hypot(*normal) or 1.0
    sign = 1 if (middle[0] - centre[0]) * normal[0] + (middle[1] - centre[1]) * normal[1] >= 0 else -1
    return middle[0] + sign * distance * normal[0] / length, middle[1] + sign * distance * normal[1] / length


def shuffled(rng: np.random.Generator, values: Sequence[Any]) -> list[Any]:
    """The values in random order."""
    return [values[i] for i in rng.permutation(len(values))]


def _up(point: Point) -> Point:
    return point[0] * _SMOOTH, point[1] * _SMOOTH


@lru_cache(maxsize=8)
def _font(size: int) -> Any:
    return ImageFont.load_default(size)
