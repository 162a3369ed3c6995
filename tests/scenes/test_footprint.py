import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from waywiser.scenes.procedural.footprint import Footprint, footprints_overlap

rectangles = st.builds(
    Footprint,
    x=st.floats(-2, 2),
    y=st.floats(-2, 2),
    width=st.floats(0.1, 3),
    depth=st.floats(0.1, 3),
    yaw=st.floats(-math.pi, math.pi),
)


def grid_points(shape: Footprint, n: int = 24) -> np.ndarray:
    """Points all over a rectangle, (n * n, 2)."""
    steps = (np.arange(n) + 0.5) / n - 0.5
    u, v = (a.ravel() for a in np.meshgrid(steps * shape.width, steps * shape.depth))
    (ax, ay), (bx, by) = shape.axes
    return np.stack([shape.x + u * ax + v * bx, shape.y + u * ay + v * by], axis=1)


@given(rectangles, rectangles)
def test_shared_points_mean_overlap(a: Footprint, b: Footprint) -> None:
    if any(b.distance(x, y) == 0 for x, y in grid_points(a)):
        assert footprints_overlap(a, b)


@given(rectangles, rectangles)
def test_no_overlap_means_a_separating_line(a: Footprint, b: Footprint) -> None:
    assume(not footprints_overlap(a, b))
    gaps = []
    for nx, ny in (*a.axes, *b.axes):
        one, two = ([x * nx + y * ny for x, y in shape.corners] for shape in (a, b))
        gaps.append(max(min(two) - max(one), min(one) - max(two)))
    assert max(gaps) >= -1e-9


@given(rectangles, rectangles)
def test_overlap_is_symmetric(a: Footprint, b: Footprint) -> None:
    assert footprints_overlap(a, b) == footprints_overlap(b, a)


@given(rectangles, st.floats(-4, 4), st.floats(-4, 4))
def test_distance_is_to_the_nearest_point(shape: Footprint, x: float, y: float) -> None:
    nearest = np.hypot(*(grid_points(shape, 60) - (x, y)).T).min()
    spacing = math.hypot(shape.width, shape.depth) / 60
    assert shape.distance(x, y) <= nearest + 1e-9
    assert nearest <= shape.distance(x, y) + spacing


@given(rectangles)
def test_corners_are_counter_clockwise_and_front_is_minus_y(shape: Footprint) -> None:
    corners = np.array(shape.corners)
    after = np.roll(corners, -1, axis=0)
    area = (corners[:, 0] * after[:, 1] - corners[:, 1] * after[:, 0]).sum() / 2
    assert area == pytest.approx(shape.width * shape.depth)
    assert np.array(shape.point_at(0, shape.depth / 2)) == pytest.approx(
        (corners[0] + corners[1]) / 2
    )


def test_touching_rectangles_do_not_overlap() -> None:
    assert not footprints_overlap(Footprint(0, 0, 1, 1, 0), Footprint(1, 0, 1, 1, 0))
    assert footprints_overlap(Footprint(0, 0, 1, 1, 0), Footprint(0.99, 0, 1, 1, 0))
