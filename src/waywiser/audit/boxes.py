"""The distance between two boxes as a bounded least-squares problem, with a proof of how good its answer is."""

import numpy as np
from scipy.optimize import lsq_linear

from waywiser.audit.pinhole import Array
from waywiser.audit.stage import Thing
from waywiser.audit.verdicts import UnjudgedError

_WIDEST_BRACKET = 1e-4  # metres


def box_distance(a: Thing, b: Thing) -> float:
    """Smallest distance between two boxes in metres, 0 where they meet.

    The solver's two points bound it from above, a plane between the boxes from below (weak duality); raises
    UnjudgedError where the two bounds are more than 0.1 mm apart, so no wrong distance is ever returned.
    """
    low, high = bracket(a, b)
    if high - low > _WIDEST_BRACKET:
        raise UnjudgedError(f"the distance of {a.id} and {b.id} is only known to lie in [{low:.4f}, {high:.4f}] m")
    return (low + high) / 2


def bracket(a: Thing, b: Thing) -> tuple[float, float]:
    """A lower and an upper bound of the smallest distance between two boxes, in metres."""
    (corner_a, sides_a), (corner_b, sides_b) = _frame(a), _frame(b)
    system = np.concatenate([sides_a, -sides_b]).T
    shares = lsq_linear(system, corner_b - corner_a, bounds=(0.0, 1.0), method="bvls", tol=1e-14).x
    on_a, on_b = corner_a + shares[:3] @ sides_a, corner_b + shares[3:] @ sides_b
    upper = float(np.linalg.norm(on_b - on_a))
    if upper < 1e-9:
        return 0.0, upper
    normal = (on_b - on_a) / upper
    lower = float((b.corners @ normal).min() - (a.corners @ normal).max())
    return max(0.0, lower), upper


def _frame(thing: Thing) -> tuple[Array, Array]:
    """A corner (3,) of the box and the three sides (3, 3) that leave it."""
    points = thing.place(np.array([[-0.5, -0.5, -0.5], [0.5, -0.5, -0.5], [-0.5, 0.5, -0.5], [-0.5, -0.5, 0.5]]))
    return points[0], points[1:] - points[0]
