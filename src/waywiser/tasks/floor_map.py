"""A map of the floor as somebody would sketch it: places in meters from one camera, roughly.

x points to the right of the camera and y straight ahead, level. Places are rounded to half a meter,
or to a quarter where half a meter would change what follows from the map.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from waywiser.scenes.scene import Camera
from waywiser.tasks.directions import Floats, heading

STEPS = (0.5, 0.25)
"""Meters that places are rounded to: the first that leaves the conclusion as it is."""


@dataclass(frozen=True)
class FloorMap:
    """Rounded places on the floor.

    Attributes:
        places_N_2: (N, 2) x and y of each place, in meters.
        step: What they are rounded to, in meters.
    """

    places_N_2: Floats
    step: float

    def format(self, index: int) -> str:
        """A place as a pair of numbers: (1.5, -0.5)."""
        return format_pair(self.places_N_2[index])

    def move(self, start: int, end: int) -> Floats:
        """(2,) the way from one place to another, in meters."""
        return self.places_N_2[end] - self.places_N_2[start]


def sketch_map(
    camera: Camera,
    world_N_2: Sequence[Sequence[float] | Floats],
    is_faithful: Callable[[FloorMap], bool],
) -> FloorMap | None:
    """The roughest map on which a conclusion still holds.

    Args:
        camera: Where the map is drawn from: its place is (0, 0) and it looks along y.
        world_N_2: (N, 2) places in the world, in meters.
        is_faithful: Whether the conclusion follows from a map.

    Returns:
        The map; None if even the finest one does not lead to the conclusion.
    """
    ahead_2 = heading(camera)
    axes_2_2 = np.stack([[ahead_2[1], -ahead_2[0]], ahead_2], axis=1)
    exact_N_2 = (np.asarray(world_N_2, dtype=np.float64) - camera.position[:2]) @ axes_2_2

    for step in STEPS:
        sketched = FloorMap(np.round(exact_N_2 / step) * step + 0.0, step)
        if is_faithful(sketched):
            return sketched

    return None


def format_pair(xy_2: Floats) -> str:
    """Two coordinates in meters: (1.5, -0.25)."""
    return f"({format_coordinate(xy_2[0])}, {format_coordinate(xy_2[1])})"


def format_coordinate(meters: float) -> str:
    """A coordinate in meters: 1.5, -0.25, 0."""
    return f"{meters + 0.0:.2f}".rstrip("0").rstrip(".")


def cross(a_2: Floats, b_2: Floats) -> float:
    """How far b lies to the left of a (positive) or to its right (negative)."""
    return float(a_2[0] * b_2[1] - a_2[1] * b_2[0])


def cross_in_words(a_2: Floats, b_2: Floats) -> str:
    """The cross product with its arithmetic: "2 x 1.5 - 0.5 x (-1) = 3.5"."""
    return _products_in_words((a_2[0], b_2[1]), (a_2[1], b_2[0]), "-", cross(a_2, b_2))


def dot_in_words(a_2: Floats, b_2: Floats) -> str:
    """The dot product with its arithmetic: "2 x 1 + 0.5 x (-1) = 1.5"."""
    return _products_in_words((a_2[0], b_2[0]), (a_2[1], b_2[1]), "+", float(a_2 @ b_2))


def _products_in_words(
    one: tuple[float, float], two: tuple[float, float], sign: str, result: float
) -> str:
    terms = [f"{_in_product(a)} x {_in_product(b)}" for a, b in (one, two)]
    return f"{terms[0]} {sign} {terms[1]} = {format_product(result)}"


def format_product(value: float) -> str:
    """A product of coordinates, which has up to four decimals."""
    return f"{value + 0.0:.4f}".rstrip("0").rstrip(".")


def _in_product(meters: float) -> str:
    text = format_coordinate(meters)
    return f"({text})" if text.startswith("-") else text
