"""Exact distances between upright boxes, many pairs at once.

Both boxes are a rectangle in the floor plan times an interval of heights, so the squared distance
is the sum of the squared distances of the two factors. Two convex outlines that do not overlap are
nearest at a corner of one of them; the separating axes decide whether they overlap. There is no
sampling and no iteration: results have machine precision.

Dimensions: N pairs of boxes, P points for each.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.scene import Box

Floats = NDArray[np.float64]

_SIGNS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])


def box_distance(a: Box, b: Box) -> float:
    """Smallest distance between two boxes in meters, 0 if they touch or overlap."""
    return float(box_distances([a], [b])[0])


def box_distances(a_N: Sequence[Box], b_N: Sequence[Box]) -> Floats:
    """Smallest distances (N,) between the boxes of pairs, in meters, 0 if they touch or overlap."""
    a_N_7 = boxes_to_array(a_N)
    b_N_7 = boxes_to_array(b_N)
    horizontal_N = rectangle_distances(a_N_7[:, [0, 1, 3, 4, 6]], b_N_7[:, [0, 1, 3, 4, 6]])
    vertical_gap_N = np.abs(a_N_7[:, 2] - b_N_7[:, 2]) - (a_N_7[:, 5] + b_N_7[:, 5]) / 2
    return np.hypot(horizontal_N, np.maximum(vertical_gap_N, 0.0))


def boxes_to_array(boxes: Sequence[Box]) -> Floats:
    """(N, 7): center, size and yaw of boxes."""
    return np.array([(*box.center, *box.size, box.yaw) for box in boxes], dtype=np.float64).reshape(
        -1, 7
    )


def rectangle_distances(a_N_5: Floats, b_N_5: Floats) -> Floats:
    """(N,) smallest distances between rectangles (x, y, width, depth, yaw) of pairs in the plane.

    A width or depth of 0 makes a segment, both a point. Shapes broadcast: (1, 5) against (N, 5) is
    allowed.
    """
    ab_N_4_2 = _corners_in_frame(a_N_5, b_N_5)
    ba_N_4_2 = _corners_in_frame(b_N_5, a_N_5)
    half_a_N_2 = a_N_5[:, None, 2:4] / 2
    half_b_N_2 = b_N_5[:, None, 2:4] / 2
    squares_N_8 = np.concatenate(
        [
            _squared_distance_outside(ab_N_4_2, half_b_N_2),
            _squared_distance_outside(ba_N_4_2, half_a_N_2),
        ],
        axis=1,
    )

    separated_N = _is_separated(ab_N_4_2, half_b_N_2) | _is_separated(ba_N_4_2, half_a_N_2)
    return np.where(separated_N, np.sqrt(squares_N_8.min(axis=1)), 0.0)


def segment_rectangles(starts_N_2: Floats, ends_N_2: Floats) -> Floats:
    """(N, 5) rectangles without depth, for `rectangle_distances`, from segments' ends in meters."""
    along_N_2 = ends_N_2 - starts_N_2
    middle_N_2 = (starts_N_2 + ends_N_2) / 2
    length_N = np.hypot(along_N_2[:, 0], along_N_2[:, 1])
    yaw_N = np.arctan2(along_N_2[:, 1], along_N_2[:, 0])
    return np.column_stack([middle_N_2, length_N, np.zeros(len(length_N)), yaw_N])


def _corners_in_frame(a_N_5: Floats, b_N_5: Floats) -> Floats:
    """(N, 4, 2) corners of the rectangles a in the frames of the rectangles b."""
    turn_N = a_N_5[:, 4] - b_N_5[:, 4]
    local_4_2 = _SIGNS[None] * a_N_5[:, None, 2:4]
    offset_N_2 = _rotate((a_N_5[:, :2] - b_N_5[:, :2])[:, None], -b_N_5[:, 4])
    return _rotate(local_4_2, turn_N) + offset_N_2


def _rotate(points_N_P_2: Floats, angle_N: Floats) -> Floats:
    cos_N = np.cos(angle_N)[:, None]
    sin_N = np.sin(angle_N)[:, None]
    x_N_P = points_N_P_2[..., 0]
    y_N_P = points_N_P_2[..., 1]
    return np.stack([x_N_P * cos_N - y_N_P * sin_N, x_N_P * sin_N + y_N_P * cos_N], axis=-1)


def _squared_distance_outside(points_N_P_2: Floats, half_N_1_2: Floats) -> Floats:
    """Squared distances (N, P) of points to the rectangle around the origin."""
    outside_N_P_2 = np.maximum(np.abs(points_N_P_2) - half_N_1_2, 0.0)
    return (outside_N_P_2**2).sum(axis=-1)


def _is_separated(points_N_4_2: Floats, half_N_1_2: Floats) -> NDArray[np.bool_]:
    """Whether an axis of the rectangle around the origin separates it from these corners (N,)."""
    half_N_2 = half_N_1_2[:, 0]
    separated_N_2 = (points_N_4_2.min(axis=1) > half_N_2) | (points_N_4_2.max(axis=1) < -half_N_2)
    return separated_N_2.any(axis=1)
