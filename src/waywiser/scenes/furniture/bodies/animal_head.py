"""Neck and head of a dog or cat: skull, muzzle, nose, eyes and ears."""

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.furniture.bodies.animal_looks import AnimalLook
from waywiser.scenes.furniture.bodies.body_builder import BodyBuilder

Floats = NDArray[np.float64]

_NOSE, _CAT_NOSE, _PUPIL = "#1c1817", "#b86f6c", "#12100f"


def add_animal_head(b: BodyBuilder, look: AnimalLook, nod: float) -> None:
    """Add neck and head; `nod` lowers the head, in heights of the withers."""
    w = look.withers
    scale = np.array([w, -w, w])
    root = np.array([0.0, 0.36 * look.length, 0.78])
    ahead = 0.228 if look.is_cat else 0.288
    skull = np.array([0.0, 0.36 * look.length + ahead, 0.93 + look.neck_rise - nod])
    middle = (root + skull) / 2 + np.array([0.0, -0.035, 0.03])
    thick = 0.112 * look.girth * (0.9 if look.is_cat else 1.05)
    stations = [
        (place, wide * thick * w, deep * thick * w)
        for place, wide, deep in (
            (0.0, 1.15, 1.7),
            (0.4, 1.12, 1.5),
            (0.8, 1.0, 1.2),
            (1.0, 0.95, 1.1),
            (1.28, 0.9, 1.02),
            (1.46, 0.88, 1.0),
            (2.0, 0.8, 0.85),
        )
    ]
    collar = look.collar or look.coat
    b.limb(
        [look.coat] * 4 + [collar, look.coat],
        np.array([root, middle, skull]) * scale,
        stations,
    )
    _add_skull(b, look, skull, scale)

    for side in (-1, 1):
        _add_ear(b, look, side, skull, scale)


def _add_skull(b: BodyBuilder, look: AnimalLook, skull_3: Floats, scale_3: Floats) -> None:
    w = look.withers
    g = look.head

    def blob(color: str, place: tuple[float, ...], radii: tuple[float, ...], fine: bool) -> None:
        center = (skull_3 + g * np.array(place)) * scale_3
        b.blob(color, center, w * g * np.array(radii), None, *((14, 8) if fine else (8, 5)))

    wide = 0.118 if look.is_cat else 0.1
    deep = 0.115 if look.is_cat else 0.13
    blob(look.coat, (0, 0, 0), (wide, deep, 0.105), True)

    # The muzzle is a tapered tube from within the skull to the nose.
    start, end = 0.04, deep + look.snout / g * 0.82
    tube = np.array([[0, start, -0.03], [0, (start + end) / 2, -0.042], [0, end, -0.05]])
    half = look.snout_width / g
    places = (0.0, 0.5, 1.0, 1.5, 1.85, 2.0)
    widths = (1.4, 1.3, 1.12, 1.0, 0.86, 0.55)
    stations = [
        (p, f * half * w * g, f * half * 0.98 * w * g) for p, f in zip(places, widths, strict=True)
    ]
    b.limb(look.muzzle, (skull_3 + g * tube) * scale_3, stations, segments=12)

    nose = (0, end + 0.004, -0.03)
    blob(_CAT_NOSE if look.is_cat else _NOSE, nose, (half * 0.5, 0.02, half * 0.42), False)
    # Eyes sit where the skull meets the muzzle, turned a little to the sides.
    out, ahead, up = (0.06, 0.087, 0.028) if look.is_cat else (0.058, 0.098, 0.032)
    size = 0.03 if look.is_cat else 0.021

    for side in (-1, 1):
        blob(look.eyes, (side * out, ahead, up), (size, 0.02, size), False)
        blob(_PUPIL, (side * out * 1.03, ahead + 0.012, up), (size * 0.5, 0.014, size * 0.8), False)


def _add_ear(b: BodyBuilder, look: AnimalLook, side: int, skull_3: Floats, scale_3: Floats) -> None:
    w = look.withers
    g = look.head
    ear = look.ear

    if look.ear_shape == "upright":
        out = 0.068 if look.is_cat else 0.06
        joints = np.array(
            [[side * out, -0.015, 0.06], [side * (out + 0.22 * ear), -0.015, 0.085 + ear]]
        )
        stations = [
            (0.0, 0.055, 0.03),
            (0.35, 0.05, 0.024),
            (0.7, 0.03, 0.014),
            (1.0, 0.006, 0.006),
        ]
    else:
        joints = np.array(
            [
                [side * 0.06, -0.02, 0.085],
                [side * 0.115, -0.01, 0.06],
                [side * 0.125, 0.0, 0.06 - ear],
            ]
        )
        stations = [
            (0.0, 0.045, 0.012),
            (0.8, 0.055, 0.016),
            (1.0, 0.06, 0.016),
            (1.2, 0.065, 0.016),
            (1.6, 0.068, 0.015),
            (1.9, 0.05, 0.012),
            (2.0, 0.025, 0.008),
        ]

    b.limb(
        look.ears,
        (skull_3 + g * joints) * scale_3,
        [(place, wide * g * w, deep * g * w) for place, wide, deep in stations],
        segments=10,
        # Hanging ears are flat against the head: wide to the front, thin to the side.
        side=(1.0, 0.0, 0.0) if look.ear_shape == "upright" else (0.0, 1.0, 0.0),
    )
