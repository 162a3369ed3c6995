"""Directions in the floor plan: headings, bearings and the sectors that words stand for.

Angles are degrees, positive to the left (counter-clockwise from above), in (-180, 180]. Every
sector test is two-sided: `angle_to_boundary` is the distance to the nearest boundary, whichever
side it lies on.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.scene import Camera, Object

Floats = NDArray[np.float64]

MIN_SECTOR_MARGIN = 10.0
"""Degrees that a direction must lie away from every boundary of its sector."""
BACK_ANGLE = 135.0
"""Degrees to either side from which on a turn is one "back"."""
BACK_NOTE = f"Back means that you would have to turn by at least {BACK_ANGLE:g} degrees."
TURN_BOUNDARIES = (0.0, BACK_ANGLE, -BACK_ANGLE)
QUADRANTS = ("front-left", "front-right", "back-left", "back-right")


def wrap_degrees(degrees: float) -> float:
    """The angle in (-180, 180]."""
    return 180.0 - (180.0 - degrees) % 360.0


def heading(camera: Camera) -> Floats:
    """(2,) unit direction of the optical axis in the floor plan. Undefined for a camera that looks
    straight down.
    """
    forward_2 = camera.pose[:2, 2]
    return forward_2 / np.linalg.norm(forward_2)


def bearing(facing_2: Floats, to_2: Floats) -> float:
    """Degrees from the direction `facing_2` to the direction `to_2`, positive to the left."""
    turn = np.arctan2(facing_2[0] * to_2[1] - facing_2[1] * to_2[0], facing_2 @ to_2)
    return wrap_degrees(float(np.degrees(turn)))


def floor_point(obj: Object) -> Floats:
    """(2,) middle of the object's box in the floor plan, metres."""
    return np.asarray(obj.box.center[:2], dtype=np.float64)


def angle_to_boundary(angle: float, edges: Sequence[float]) -> float:
    """Degrees from `angle` to the nearest of the boundary directions `edges`, on either side."""
    return min(abs(wrap_degrees(angle - edge)) for edge in edges)


def quadrant_name(angle: float) -> str:
    """The quadrant of a bearing: "front-left" for 0 to 90 degrees, and so on."""
    return f"{'front' if abs(angle) < 90 else 'back'}-{'left' if angle > 0 else 'right'}"


def name_turn(degrees: float) -> str:
    """The word for a turn, positive to the left: left, right, or back from `BACK_ANGLE` on."""
    if abs(degrees) >= BACK_ANGLE:
        return "back"
    return "left" if degrees > 0 else "right"
