"""Lettered dots on a picture, for questions that point at places."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

DOT_WIDTH_DIVISOR = 60
"""A dot's radius is the picture's width over this."""


@dataclass(frozen=True)
class Mark:
    """A dot centered on `point` (u, v) in pixels, with a `label` beside it ("" for none)."""

    point: tuple[float, float]
    label: str = ""


def draw_marks(rgb_H_W_3: NDArray[np.uint8], marks: Iterable[Mark]) -> NDArray[np.uint8]:
    """The picture (H, W, 3) with white-rimmed red dots and their labels on it; the same bytes for
    the same input.
    """
    image = Image.fromarray(np.ascontiguousarray(rgb_H_W_3))
    draw = ImageDraw.Draw(image)
    radius = max(2.0, image.width / DOT_WIDTH_DIVISOR / 2)
    size = max(9, round(image.width / 26))
    font = ImageFont.load_default(size)

    for mark in marks:
        u, v = mark.point
        draw.ellipse(
            (u - radius, v - radius, u + radius, v + radius),
            fill=(226, 32, 32),
            outline=(255, 255, 255),
        )

        if mark.label:
            width = draw.textlength(mark.label, font=font)
            left = (
                u + radius + 2 if u + radius + 4 + width < image.width else u - radius - 4 - width
            )
            top = min(max(0.0, v - size / 2 - 2), image.height - size - 4)
            draw.rectangle((left, top, left + width + 3, top + size + 3), fill=(255, 255, 255))
            draw.text((left + 2, top), mark.label, fill=(170, 0, 0), font=font)

    return np.asarray(image)
