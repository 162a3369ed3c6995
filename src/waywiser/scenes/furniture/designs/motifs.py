"""Small pictures that are generated: the sky behind a window, paintings, photos, woven patterns."""

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Color = tuple[int, int, int]

_PALETTES: tuple[tuple[Color, ...], ...] = (
    ((236, 226, 205), (198, 92, 62), (47, 84, 101), (226, 170, 74)),
    ((225, 231, 235), (52, 82, 120), (120, 162, 180), (232, 205, 150)),
    ((240, 235, 222), (88, 112, 76), (190, 148, 82), (60, 66, 58)),
    ((32, 44, 66), (222, 196, 120), (150, 70, 86), (92, 120, 150)),
    ((245, 240, 232), (210, 120, 130), (90, 140, 130), (240, 190, 110)),
    ((230, 222, 208), (70, 62, 58), (168, 110, 78), (196, 176, 150)),
)


def paint_sky(v: int, height: int = 48, width: int = 8) -> Image:
    """What is seen through a window: pale sky above, hazy trees and lawn below."""
    t = np.linspace(0, 1, height)
    horizon = 0.62 + 0.03 * v
    keys = [0.0, horizon - 0.12, horizon - 0.02, horizon + 0.06, 1.0]
    red = np.interp(t, keys, [176, 226, 214, 128, 138])
    green = np.interp(t, keys, [206, 236, 224, 158, 168])
    blue = np.interp(t, keys, [238, 242, 212, 112, 104])
    rows = np.stack([red, green, blue], axis=1)
    return np.repeat(rows[:, None, :], width, axis=1).astype(np.uint8)


def paint_picture(v: int, height: int = 60, width: int = 60) -> Image:
    """A painting: a landscape, an abstract one, a flower, the sea, stripes or a city."""
    back, a, b, c = (np.array(color, dtype=float) for color in _PALETTES[v % 6])
    y, x = np.mgrid[0:height, 0:width]
    y = y / height
    x = x / width
    image = np.ones((height, width, 3)) * back
    kind = v % 6

    if kind == 0:  # hills under a sun
        image[(x - 0.7) ** 2 + (y - 0.3) ** 2 < 0.014] = c
        image[y > 0.55 + 0.1 * np.sin(5 * x)] = b
        image[y > 0.75 + 0.07 * np.sin(7 * x + 2)] = a
    elif kind == 1:  # circles and bars
        image[(x - 0.4) ** 2 + (y - 0.42) ** 2 < 0.07] = a
        image[(x - 0.62) ** 2 + (y - 0.6) ** 2 < 0.045] = b
        image[(abs(x - y) < 0.03) & (x > 0.2)] = c
    elif kind == 2:  # a flower
        angle = np.arctan2(y - 0.36, x - 0.5)
        distance = np.hypot(x - 0.5, y - 0.36)
        image[(abs(x - 0.5) < 0.015) & (y > 0.4) & (y < 0.92)] = a
        image[((x - 0.62) / 0.12) ** 2 + ((y - 0.72) / 0.05) ** 2 < 1] = a
        image[distance < 0.16 + 0.06 * np.cos(6 * angle)] = b
        image[distance < 0.06] = c
    elif kind == 3:  # the moon over the sea
        image[(x - 0.35) ** 2 + (y - 0.3) ** 2 < 0.02] = a
        image[y > 0.6] = c
        image[(y > 0.6) & (np.sin(60 * y) > 0.6) & (abs(x - 0.35) < 0.5 * (y - 0.5))] = a
        image[((x - 0.72) / 0.14) ** 2 + ((y - 0.62) / 0.05) ** 2 < 1] = b
    elif kind == 4:  # fields of color
        image[(y < 0.45) & (x < 0.55)] = a
        image[(y > 0.52) & (x > 0.3)] = b
        image[(y < 0.35) & (x > 0.65)] = c
    else:  # houses
        image[(y > 0.45) & (x < 0.3)] = a
        image[(y > 0.3) & (x > 0.33) & (x < 0.6)] = b
        image[(y > 0.55) & (x > 0.62)] = c
        image[(np.sin(40 * x) > 0.6) & (np.sin(34 * y) > 0.5) & (y > 0.6) & (x < 0.6)] = back

    image[:2], image[-2:], image[:, :2], image[:, -2:] = back, back, back, back
    return image.astype(np.uint8)


def paint_photo(v: int, height: int = 32, width: int = 24) -> Image:
    """A photo of one or two people before a plain ground."""
    grounds = ((150, 180, 150), (130, 160, 200), (205, 190, 165), (170, 170, 175))
    skins = ((224, 172, 134), (141, 90, 60), (198, 138, 98))
    shirts = ((163, 66, 60), (62, 95, 138), (93, 127, 90), (207, 159, 53))
    y, x = np.mgrid[0:height, 0:width]
    y = y / height
    x = x / width
    image = np.ones((height, width, 3)) * np.array(grounds[v % 4], dtype=float)

    for k, middle in enumerate((0.32, 0.68) if v % 2 else (0.5,)):
        size = 0.12 if v % 2 else 0.16
        body = ((x - middle) / (size * 1.7)) ** 2 + ((y - 1.0) / 0.5) ** 2 < 1
        image[body] = shirts[(v + k) % 4]
        image[((x - middle) / size) ** 2 + ((y - 0.38) / (size * 1.1)) ** 2 < 1] = skins[
            (v + k) % 3
        ]
        hair = ((x - middle) / (size * 1.05)) ** 2 + ((y - 0.29) / (size * 0.7)) ** 2 < 1
        image[hair] = (58, 40, 32)

    return image.astype(np.uint8)


def paint_rug(v: int, height: int = 64, width: int = 96) -> Image:
    """A woven rug: borders around a field with a pattern."""
    back, a, b, c = (np.array(color, dtype=float) for color in _PALETTES[v % 6])
    y, x = np.mgrid[0:height, 0:width]
    edge = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
    image = np.ones((height, width, 3)) * back
    kind = v % 3
    if kind == 0:  # lozenges
        image[(np.abs((x % 16) - 8) + np.abs((y % 16) - 8)) < 5] = b
        image[(np.abs((x % 16) - 8) + np.abs((y % 16) - 8)) < 2] = c
    elif kind == 1:  # stripes
        image[(x // 6) % 4 == 1] = b
        image[(x // 6) % 4 == 3] = c
    else:  # a medallion
        r = np.hypot((x - width / 2) / width, (y - height / 2) / height)
        image[r < 0.3] = b
        image[r < 0.22] = back
        image[r < 0.13] = c

    image[edge < 9] = a
    image[(edge >= 4) & (edge < 6)] = back
    image[(edge < 3)] = a * 0.7
    image[np.hypot(x - width / 2, y - height / 2) < 0] = back
    return image.astype(np.uint8)


def paint_screen(v: int, height: int = 36, width: int = 64) -> Image:
    """A dark screen with a soft reflection across it."""
    y, x = np.mgrid[0:height, 0:width]
    shine = np.clip(1 - np.abs((x / width - 0.2 * y / height) - 0.55 - 0.04 * v) / 0.3, 0, 1)
    base = np.array([22 + 2 * v, 26, 34 + v], dtype=float)
    return (base + shine[..., None] * np.array([22, 26, 32])).astype(np.uint8)
