"""Directions in the floor plan: which side is left, and margins on both sides of every boundary."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers.box_clips import camera, thing
from waywiser.tasks.directions import (
    MIN_SECTOR_MARGIN,
    angle_to_boundary,
    bearing,
    heading,
    quadrant_name,
    wrap_degrees,
)
from waywiser.tasks.relative_direction import (
    ANSWER_SETS,
    direction_word,
    sector_margin,
    target_bearing,
)

degrees = st.floats(-179.9, 179.9)


def spoke(bearing_degrees: float, far: float = 2.0) -> tuple[float, float]:
    """A point `far` metres from the origin, so many degrees to the left of +y."""
    turned = math.radians(90 + bearing_degrees)
    return far * math.cos(turned), far * math.sin(turned)


@given(degrees, degrees)
@settings(deadline=None)
def test_a_bearing_is_measured_to_the_left(start: float, turn: float) -> None:
    facing = np.array(spoke(start))
    to = np.array(spoke(start + turn))
    assert bearing(facing, to) == pytest.approx(turn, abs=1e-6)


@given(st.floats(-2000, 2000))
@settings(deadline=None)
def test_wrapping_keeps_the_direction(angle_degrees: float) -> None:
    inside = wrap_degrees(angle_degrees)
    assert -180 < inside <= 180
    assert math.cos(math.radians(inside - angle_degrees)) == pytest.approx(1)


def test_a_heading_is_where_the_camera_looks() -> None:
    assert heading(camera(1, 2, 90)) == pytest.approx([0, 1], abs=1e-12)


@given(degrees, st.sampled_from(list(ANSWER_SETS)), degrees, st.floats(0.5, 4))
@settings(deadline=None)
def test_every_boundary_has_a_margin_on_both_sides(
    where: float, level: str, turn: float, far: float
) -> None:
    stand = thing(1, "bed", 0, 0)
    face = thing(2, "lamp", *spoke(turn))
    target = thing(3, "plant", *spoke(turn + where, far))
    edges = ANSWER_SETS[level].edges
    nearest = min(abs((where - edge + 180) % 360 - 180) for edge in edges)
    assume(abs(nearest - MIN_SECTOR_MARGIN) > 1e-6)
    assert target_bearing(stand, face, target) == pytest.approx(wrap_degrees(where), abs=1e-6)
    assert (sector_margin(level, stand, face, target) >= MIN_SECTOR_MARGIN) == (
        nearest >= MIN_SECTOR_MARGIN
    )


@given(degrees, st.sampled_from(list(ANSWER_SETS)))
@settings(deadline=None)
def test_within_the_margin_the_word_never_changes(where: float, level: str) -> None:
    space = angle_to_boundary(where, ANSWER_SETS[level].edges)
    assume(space > 0.01)
    word = direction_word(level, where)
    assert word in ANSWER_SETS[level].options
    for shift in (-0.99 * space, 0.99 * space):
        assert direction_word(level, wrap_degrees(where + shift)) == word


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
    assert (
        direction_word("easy", where),
        direction_word("medium", where),
        quadrant_name(where),
    ) == (easy, medium, hard)
