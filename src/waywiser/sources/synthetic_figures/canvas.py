"""`FigureQuestion` and `Canvas`, a white picture to draw on at twice the size for smooth edges."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from waywiser.json_types import JsonObject
from waywiser.sample import Answer

Point = tuple[float, float]
INK_COLOR = (30, 34, 40)
COLORS = {
    "red": (205, 60, 50),
    "blue": (50, 95, 190),
    "green": (40, 140, 80),
    "orange": (230, 140, 30),
    "purple": (130, 70, 160),
    "grey": (120, 125, 130),
}
_SUPERSAMPLING = 2


@dataclass(frozen=True, slots=True)
class FigureQuestion:
    """A question about a drawn picture; `truth` holds the values that determine its answer."""

    question: str
    answer: Answer
    picture: Image.Image
    reasoning: str
    truth: JsonObject = field(default_factory=dict)


class Canvas:
    """A white picture of `width` x `height` pixels; coordinates are pixels, x right and y down."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self._image = Image.new("RGB", (width * _SUPERSAMPLING, height * _SUPERSAMPLING), "white")
        self._draw = ImageDraw.Draw(self._image)

    def line(
        self, points: Sequence[Point], width: float = 2, color: tuple[int, int, int] = INK_COLOR
    ) -> None:
        self._draw.line(
            [_scale_up(p) for p in points],
            fill=color,
            width=round(width * _SUPERSAMPLING),
            joint="curve",
        )

    def polygon(
        self,
        points: Sequence[Point],
        fill: tuple[int, int, int] | None = None,
        outline: tuple[int, int, int] = INK_COLOR,
    ) -> None:
        if fill is not None:
            self._draw.polygon([_scale_up(p) for p in points], fill=fill)
        self.line([*points, points[0], points[1]], color=outline)

    def disc(
        self,
        center: Point,
        radius: float,
        fill: tuple[int, int, int] | None,
        outline: tuple[int, int, int] = INK_COLOR,
    ) -> None:
        """Draw a disc.

        Args:
            center: center in pixels.
            radius: radius in pixels.
            fill: RGB of the inside; None leaves it empty.
            outline: RGB of the border.
        """
        (x, y), r = _scale_up(center), radius * _SUPERSAMPLING
        self._draw.ellipse(
            [x - r, y - r, x + r, y + r], fill=fill, outline=outline, width=2 * _SUPERSAMPLING
        )

    def text(
        self, center: Point, text: str, size: int = 16, color: tuple[int, int, int] = INK_COLOR
    ) -> None:
        """Write text.

        Args:
            center: center of the text, in pixels.
            text: the text.
            size: font size in pixels.
            color: RGB.
        """
        self._draw.text(
            _scale_up(center), text, fill=color, font=_font(size * _SUPERSAMPLING), anchor="mm"
        )

    def image(self) -> Image.Image:
        return self._image.resize(self.size, Image.Resampling.LANCZOS)


def figure_to_png(image: Image.Image) -> bytes:
    """The picture as PNG."""
    sink = io.BytesIO()
    image.save(sink, "PNG")
    return sink.getvalue()


def label_position(a: Point, b: Point, center: Point, distance: float = 16) -> Point:
    """Where to write the length of an edge: next to its middle, on the side away from `center`.

    Args:
        a: start of the edge, in pixels.
        b: end of the edge.
        center: a point inside the figure.
        distance: distance from the edge, in pixels.
    """
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    normal = (b[1] - a[1], a[0] - b[0])
    length = math.hypot(*normal) or 1.0
    sign = (
        1 if (middle[0] - center[0]) * normal[0] + (middle[1] - center[1]) * normal[1] >= 0 else -1
    )

    return (
        middle[0] + sign * distance * normal[0] / length,
        middle[1] + sign * distance * normal[1] / length,
    )


def shuffle_values(rng: np.random.Generator, values: Sequence[Any]) -> list[Any]:
    """The values in random order."""
    return [values[i] for i in rng.permutation(len(values))]


def _scale_up(point: Point) -> Point:
    return point[0] * _SUPERSAMPLING, point[1] * _SUPERSAMPLING


@lru_cache(maxsize=8)
def _font(size: int) -> Any:
    return ImageFont.load_default(size)
