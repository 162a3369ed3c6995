"""The distance between two boxes as a bounded least-squares problem, certified by a lower bound."""

import numpy as np
from scipy.optimize import lsq_linear

from waywiser.audit.geometry.pinhole import Array
from waywiser.audit.geometry.posed_objects import PosedObject
from waywiser.audit.judgment import UnjudgedError

_MAX_BOUND_GAP = 1e-4
"""Maximum gap between the bounds of a distance, in meters."""


def certified_box_distance(a: PosedObject, b: PosedObject) -> float:
    """Smallest distance between two boxes in meters, 0 if they touch or intersect.

    The solver's two points bound it from above, a plane between the boxes from below (weak
    duality).

    Raises:
        UnjudgedError: The bounds are more than 0.1 mm apart, so a wrong distance is never returned.
    """
    lower, upper = bound_box_distance(a, b)
    if upper - lower > _MAX_BOUND_GAP:
        raise UnjudgedError(
            f"the distance of {a.id} and {b.id} is only known to lie in [{lower:.4f},"
            f" {upper:.4f}] m"
        )

    return (lower + upper) / 2


def bound_box_distance(a: PosedObject, b: PosedObject) -> tuple[float, float]:
    """A lower and an upper bound of the smallest distance between two boxes, in meters."""
    (corner_a, sides_a), (corner_b, sides_b) = _box_frame(a), _box_frame(b)
    system = np.concatenate([sides_a, -sides_b]).T
    shares = lsq_linear(system, corner_b - corner_a, bounds=(0.0, 1.0), method="bvls", tol=1e-14).x
    on_a = corner_a + shares[:3] @ sides_a
    on_b = corner_b + shares[3:] @ sides_b
    upper = float(np.linalg.norm(on_b - on_a))

    if upper < 1e-9:
        return 0.0, upper

    normal = (on_b - on_a) / upper
    lower = float((b.corners @ normal).min() - (a.corners @ normal).max())
    return max(0.0, lower), upper


def _box_frame(obj: PosedObject) -> tuple[Array, Array]:
    """A corner (3,) of the box and the three sides (3, 3) that leave it, in world meters."""
    points = obj.to_world(
        np.array([[-0.5, -0.5, -0.5], [0.5, -0.5, -0.5], [-0.5, 0.5, -0.5], [-0.5, -0.5, 0.5]])
    )
    return points[0], points[1:] - points[0]
