"""Distances between boxes: exact, symmetric, and the same wherever the pair stands."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from waywiser.rendering.boxes import (
    box_distance,
    box_distances,
    rectangle_distances,
    segment_rectangles,
)
from waywiser.scenes.scene import Box

lengths = st.floats(0.05, 3.0)
places = st.floats(-4.0, 4.0)
yaws = st.floats(-7.0, 7.0)
boxes = st.builds(
    Box,
    center=st.tuples(places, places, places),
    size=st.tuples(lengths, lengths, lengths),
    yaw=yaws,
)


def solved(a: Box, b: Box) -> float:
    """By bounded least squares over the coordinates of one point in each box: other mathematics,
    slow.
    """
    matrix = np.hstack([a.axes * (np.asarray(a.size) / 2), -b.axes * (np.asarray(b.size) / 2)])
    offset = np.asarray(b.center) - np.asarray(a.center)
    found = lsq_linear(matrix, offset, bounds=(-1, 1), method="bvls", tol=1e-14, max_iter=500)
    return math.sqrt(2 * found.cost)


@given(boxes, boxes)
@settings(max_examples=150, deadline=None)
def test_it_is_the_least_distance_between_points_of_the_boxes(a: Box, b: Box) -> None:
    assert box_distance(a, b) == pytest.approx(solved(a, b), abs=1e-6)


@given(boxes, boxes, yaws, places, places)
@settings(deadline=None)
def test_it_is_symmetric_and_the_same_wherever_the_pair_stands(
    a: Box, b: Box, turn: float, dx: float, dy: float
) -> None:
    c = math.cos(turn)
    s = math.sin(turn)

    def carried(box: Box) -> Box:
        x, y, z = box.center
        return Box(
            center=(c * x - s * y + dx, s * x + c * y + dy, z + 1),
            size=box.size,
            yaw=box.yaw + turn,
        )

    here = box_distance(a, b)
    assert box_distance(b, a) == pytest.approx(here, abs=1e-12)
    assert box_distance(carried(a), carried(b)) == pytest.approx(here, abs=1e-9)


@given(boxes, st.floats(0.001, 5.0), st.sampled_from([0, 1, 2]))
@settings(deadline=None)
def test_boxes_side_by_side_are_the_gap_apart(box: Box, gap: float, axis: int) -> None:
    step = box.axes[:, axis] * (box.size[axis] + gap)
    other = Box(center=tuple(np.asarray(box.center) + step), size=box.size, yaw=box.yaw)
    assert box_distance(box, other) == pytest.approx(gap, abs=1e-9)


@given(boxes, boxes)
@settings(deadline=None)
def test_boxes_that_share_a_point_are_at_no_distance(a: Box, b: Box) -> None:
    inside = Box(center=a.center, size=b.size, yaw=b.yaw)
    assert box_distance(a, inside) == 0.0


def test_crossed_boxes_without_a_corner_in_each_other_touch() -> None:
    long = Box(center=(0, 0, 0), size=(4, 0.2, 1))
    wide = Box(center=(0, 0, 0), size=(0.2, 4, 1))
    assert box_distance(long, wide) == 0.0


def test_many_pairs_are_the_pairs_one_by_one() -> None:
    rng = np.random.default_rng(0)

    def drawn() -> Box:
        x, y, z, w, d, h = rng.uniform((-3, -3, 0, 0.1, 0.1, 0.1), (3, 3, 2, 2, 2, 2)).tolist()
        return Box(center=(x, y, z), size=(w, d, h), yaw=float(rng.uniform(0, 7)))

    a = [drawn() for _ in range(50)]
    b = [drawn() for _ in range(50)]
    assert box_distances(a, b).tolist() == [box_distance(x, y) for x, y in zip(a, b, strict=True)]
    assert box_distances([], []).shape == (0,)


def test_a_segment_has_distances_like_a_thin_rectangle() -> None:
    way = segment_rectangles(np.array([[0.0, 0.0]]), np.array([[4.0, 0.0]]))
    blocks = np.array(
        [[2.0, 1.0, 1.0, 1.0, 0.0], [2.0, 0.2, 1.0, 1.0, 0.3], [6.0, 0.0, 2.0, 1.0, 0.0]]
    )
    assert rectangle_distances(way, blocks).tolist() == pytest.approx([0.5, 0.0, 1.0])
