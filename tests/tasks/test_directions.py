"""Directions in the floor plan: which side is left, and margins on both sides of every boundary."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tasks.clips import camera, thing
from waywiser.tasks._directions import MARGIN, bearing, edge_gap, heading, quadrant, wrapped
from waywiser.tasks.relative_direction import SCALES, angle, direction, gap

degrees = st.floats(-179.9, 179.9)


def spoke(bearing_degrees: float, far: float = 2.0) -> tuple[float, float]:
    """A point `far` metres from the origin, so many degrees to the left of +y."""
    turned = math.radians(90 + bearing_degrees)
    return far * math.cos(turned), far * math.sin(turned)


@given(degrees, degrees)
@settings(deadline=None)
def test_a_bearing_is_measured_to_the_left(start: float, turn: float) -> None:
    facing, to = np.array(spoke(start)), np.array(spoke(start + turn))
    assert bearing(facing, to) == pytest.approx(turn, abs=1e-6)


@given(st.floats(-2000, 2000))
@settings(deadline=None)
def test_wrapping_keeps_the_direction(angle_degrees: float) -> None:
    inside = wrapped(angle_degrees)
    assert -180 < inside <= 180
    assert math.cos(math.radians(inside - angle_degrees)) == pytest.approx(1)


def test_a_heading_is_where_the_camera_looks() -> None:
    assert heading(camera(1, 2, 90)) == pytest.approx([0, 1], abs=1e-12)


@given(degrees, st.sampled_from(list(SCALES)), degrees, st.floats(0.5, 4))
@settings(deadline=None)
def test_every_boundary_has_a_margin_on_both_sides(where: float, level: str, turn: float, far: float) -> None:
    stand, face = thing(1, "bed", 0, 0), thing(2, "lamp", *spoke(turn))
    target = thing(3, "plant", *spoke(turn + where, far))
    edges = SCALES[level].edges
    nearest = min(abs((where - edge + 180) % 360 - 180) for edge in edges)
    assume(abs(nearest - MARGIN) > 1e-6)
    assert angle(stand, face, target) == pytest.approx(wrapped(where), abs=1e-6)
    assert (gap(level, stand, face, target) >= MARGIN) == (nearest >= MARGIN)


@given(degrees, st.sampled_from(list(SCALES)))
@settings(deadline=None)
def test_within_the_margin_the_word_never_changes(where: float, level: str) -> None:
    space = edge_gap(where, SCALES[level].edges)
    assume(space > 0.01)
    word = direction(level, where)
    assert word in SCALES[level].options
    for shift in (-0.99 * space, 0.99 * space):
        assert direction(level, wrapped(where + shift)) == word


@pytest.mark.parametrize(
    ("where", "easy", "medium", "hard"),
    [
        (30, "left", "left", "front-left"),
        (-30, "right", "right", "front-right"),
        (100, "left", "left", "back-left"),
        (-100, "right", "right", "back-right"),
        (150, "left", "back", "back-left"),
        (-150, "right", "back", "back-right"),
    ],
)
def test_words_of_the_three_levels(where: float, easy: str, medium: str, hard: str) -> None:
    assert (direction("easy", where), direction("medium", where), quadrant(where)) == (easy, medium, hard)
