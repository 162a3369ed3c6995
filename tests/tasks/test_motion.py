"""Questions about videos in which things, the camera, or both move."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.box_clips import Boxes, camera, filmed, moved, scene, slide, thing
from waywiser.rendering.frame import RenderOptions
from waywiser.scenes.scene import Camera
from waywiser.tasks import displacement, motion_direction, who_moved
from waywiser.tasks.base import MAX_QUESTIONS, Question
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.mover_geometry import classify_approach, classify_mover, visible_span
from waywiser.tasks.registry import TASKS
from waywiser.tasks.trajectories import clearly_visible_frames
from waywiser.tasks.views import render_clip

BED = thing(1, "bed", 3.0, 1.2, (1.0, 1.5, 0.6))
MOTION_TASKS = [name for name, task in TASKS.items() if task.needs == "motion"]


def ask(task: str, clip_view: ClipView, seed: int = 0) -> list[Question]:
    return list(TASKS[task].propose(clip_view, np.random.default_rng(seed)))[:MAX_QUESTIONS]


def still_cameras(count: int = 8) -> list[Camera]:
    return [camera(-2, 0, 0) for _ in range(count)]


def sliding(
    dx: float,
    dy: float,
    cameras: list[Camera] | None = None,
    start: tuple[float, float] = (1.0, 0.0),
) -> ClipView:
    """A box that slides from `start` by (dx, dy) in 3 s while the camera (at (-2, 0), looking along
    +x) films.
    """
    x, y = start
    mover = thing(2, "box", x, y)
    motion = slide(2, (0.5, x, y), (3.0, x + dx, y + dy))
    return filmed([BED, mover], cameras or still_cameras(), motions=[motion])


# --- motion direction


@pytest.mark.parametrize(
    ("dx", "dy", "word"),
    [
        (1.0, 0.0, "away from the camera"),
        (-1.0, 0.1, "towards the camera"),
        (0.1, 1.0, "left"),
        (0.0, -1.0, "right"),
        (0.29, 0.0, None),
        (0.31, 0.0, "away from the camera"),
        (0.0, -0.29, None),
        (0.0, -0.31, "right"),  # dead band
        (0.8, 0.8, None),
        (0.8, -0.62, None),
        (0.8, -0.48, None),
        (0.8, -0.44, "away from the camera"),
        (0.48, 0.8, None),
        (0.44, 0.8, "left"),  # 30 degrees from the main direction
    ],
)
def test_directions_in_the_line_of_sight(dx: float, dy: float, word: str | None) -> None:
    found = ask("motion_direction", sliding(dx, dy))
    assert [d.answer.value for d in found] == ([word] if word else [])
    for question in found:
        assert question.margin is not None
        assert question.margin >= 15


def test_the_cameras_own_motion_is_left_out() -> None:
    # The camera moves to the left faster than the box: in the picture the box goes right.
    cameras = [camera(-2, 0.25 * i, 0) for i in range(8)]
    clip_view = sliding(0.0, 0.6, cameras)
    across = [view.visible[2].centroid[0] for view in clip_view.views]
    assert across[-1] > across[0]
    assert [d.answer.value for d in ask("motion_direction", clip_view)] == ["left"]


def test_a_way_that_comes_back_has_no_direction() -> None:
    motion = slide(2, (0, 1, 0), (1.5, 1, 1.5), (3.0, 1, 0.5))
    assert (
        ask("motion_direction", filmed([thing(2, "box", 1, 0)], still_cameras(), motions=[motion]))
        == []
    )


@given(st.floats(-180, 180), st.floats(0.5, 2))
@settings(deadline=None)
def test_classes_meet_at_the_diagonals(degrees: float, far: float) -> None:
    track = np.array(
        [
            [0, 0, 0.3],
            [far * math.cos(math.radians(degrees)), far * math.sin(math.radians(degrees)), 0.3],
        ]
    )
    word = motion_direction.direction_option(
        motion_direction.move_bearing(np.array([1.0, 0.0]), track)
    )
    along = track[1, 0]
    across = track[1, 1]
    if abs(abs(along) - abs(across)) > 1e-9:
        if abs(along) > abs(across):
            assert word == ("away from the camera" if along > 0 else "towards the camera")
        else:
            assert word == ("left" if across > 0 else "right")


# --- displacement and speed


def test_the_camera_is_displaced_by_the_distance_of_its_places() -> None:
    # Turned cameras far from the origin: with -R^T t in place of t the answer would be another.
    cameras = [camera(-3 + 0.25 * i, 1.0, 20 * i) for i in range(8)]
    found = [d for s in range(20) for d in ask("displacement", filmed([BED], cameras), s)]
    assert {d.program.inputs["quantity"] for d in found} == {"displacement", "speed"}
    for question in found:
        inputs = question.program.inputs
        far = 0.25 * 2 * (inputs["t2"] - inputs["t1"])
        if inputs["quantity"] == "displacement":
            assert inputs["exact_m"] == pytest.approx(far, abs=1e-4)
            assert question.answer.unit == "m"
            assert question.answer.value == (round(far, 1) if far >= 1 else round(far, 2))
        else:
            assert question.answer.value == pytest.approx(0.5)
            assert question.answer.unit == "m/s"


def test_speed_is_that_of_the_way_and_displacement_that_of_its_ends() -> None:
    motion = slide(2, (0, 1, -1), (1.0, 1, 1), (3.0, 1, 0))
    clip_view = filmed([thing(2, "box", 1, -1)], still_cameras(), motions=[motion])
    assert displacement.net_displacement(clip_view, 2, 0.0, 3.0) == pytest.approx(1.0)
    assert displacement.mean_speed(clip_view, 2, 0.0, 3.0) == pytest.approx(1.0)
    assert displacement.net_displacement(clip_view, 2, 0.5, 2.0) == pytest.approx(0.5)
    assert displacement.mean_speed(clip_view, 2, 0.5, 2.0) == pytest.approx(1.5 / 1.5)


@pytest.mark.parametrize(("dx", "asked"), [(0.22, False), (0.49, False), (0.51, True)])
def test_small_displacements_are_not_asked_about(dx: float, asked: bool) -> None:
    found = [d for s in range(10) for d in ask("displacement", sliding(0, dx), s)]
    assert any(d.program.inputs["object"] == 2 for d in found) == asked
    assert not any(d.program.inputs["object"] == "camera" for d in found)


# --- who moved


def who(clip_view: ClipView, object_id: int) -> str | None:
    asked = [d for d in ask("who_moved", clip_view) if d.program.inputs["ask"] == "who"]
    found = [d for d in asked if d.program.inputs["object"] == object_id]
    return str(found[0].answer.value) if found else None


def test_object_camera_both_or_neither() -> None:
    walking = [camera(-2 + 0.1 * i, 0, 0) for i in range(8)]
    assert who(sliding(0.5, 0.5), 2) == "only the box"
    assert who(sliding(0.5, 0.5), 1) == "neither"
    assert who(sliding(0.5, 0.5, walking), 2) == "both"
    assert who(sliding(0.5, 0.5, walking), 1) == "only the camera"


@pytest.mark.parametrize(
    ("far", "answer"),
    [
        (0.0, "neither"),
        (0.015, "neither"),
        (0.05, None),
        (0.29, None),
        (0.31, "only the box"),
    ],
)
def test_between_still_and_moved_nothing_is_asked(far: float, answer: str | None) -> None:
    assert who(sliding(0.0, far), 2) == answer


@pytest.mark.parametrize(
    ("step", "turn", "answer"),
    [
        (0.0, 0.0, "neither"),
        (0.002, 0.0, "neither"),
        (0.02, 0.0, None),
        (0.045, 0.0, "only the camera"),
        (0.0, 1.0, None),
        (0.0, 0.2, "neither"),
    ],
)
def test_a_camera_that_turns_or_trembles_neither_moves_nor_stays(
    step: float, turn: float, answer: str | None
) -> None:
    cameras = [camera(-2 + step * i, 0, turn * i) for i in range(8)]
    assert who(filmed([BED], cameras), 1) == answer


def test_a_thing_that_turns_in_place_neither_moves_nor_stays() -> None:
    motion = slide(2, (0, 1, 0), (3, 1, 0), yaws=(0.0, 1.0))
    assert who(filmed([thing(2, "box", 1, 0)], still_cameras(), motions=[motion]), 2) is None


@pytest.mark.parametrize(
    ("dx", "answer"),
    [
        (-0.8, "closer"),
        (0.8, "farther"),
        (0.0, "about the same"),
        (0.1, "about the same"),
        (0.3, None),
        (-0.3, None),
        (-0.73, "closer"),
        (-0.69, None),
        (0.71, "farther"),
        (0.67, None),
    ],
)
def test_approach_is_a_fifth_of_the_distance(dx: float, answer: str | None) -> None:
    # The middle of the box starts sqrt(3^2 + 1.2^2) = 3.23 m from the camera; a fifth of that is
    # 0.65 m.
    asked = [d for d in ask("who_moved", sliding(dx, 0)) if d.program.inputs["ask"] == "approach"]
    found = [d.answer.value for d in asked if d.program.inputs["object"] == 2]
    assert found == ([answer] if answer else [])


def test_a_way_there_and_back_is_no_approach() -> None:
    motion = slide(2, (0, 1, 0), (1.5, 2.5, 0), (3.5, 0.0, 0))
    clip_view = filmed([thing(2, "box", 1, 0)], still_cameras(), motions=[motion])
    assert classify_approach(clip_view, clip_view.object(2)) is None


def test_a_thing_that_has_begun_to_show_has_no_first_moment() -> None:
    """The box comes in from the edge: where it is nearly plain before it is plain, nobody could say
    when.
    """
    turning = [camera(-2, 0, 100 - 12 * i) for i in range(9)]
    clip_view = filmed([BED, thing(2, "box", 1, 0)], turning)
    shares = [view.pixel_share(2) for view in clip_view.views]
    assert [d for d in ask("who_moved", clip_view) if d.program.inputs["object"] == 2]
    frames = visible_span(clip_view, clip_view.object(2))
    assert frames == (min(i for i, s in enumerate(shares) if s >= 0.01), 8)
    doubtful = [camera(-2, 0, degrees) for degrees in np.linspace(52, 40, 40)]
    clip_view = filmed([BED, thing(2, "box", 1, 0)], doubtful)
    assert any(0.008 <= view.pixel_share(2) < 0.01 for view in clip_view.views), (
        "the test's own clip"
    )
    assert visible_span(clip_view, clip_view.object(2)) is None
    assert classify_approach(clip_view, clip_view.object(2)) is None


def test_the_margin_of_a_move_is_that_of_its_whole_way() -> None:
    # Box and camera part sideways: where the box shows plainly it does not get as far as it does in
    # truth.
    motion = slide(2, (0.5, 1, 0), (3.5, 1, 1.5))
    clip_view = filmed(
        [BED, thing(2, "box", 1, 0)], [camera(-2, -0.3 * i, 0) for i in range(8)], motions=[motion]
    )
    assert clearly_visible_frames(clip_view, 2)[-1] < 7
    assert classify_mover(clip_view, clip_view.object(2)) == (
        "both",
        pytest.approx(1.5 - 0.3),
    )


def test_who_moved_names_both_whom_it_asks_about() -> None:
    """Something else may move too: "what moves here?" would then have another answer."""
    for wording in who_moved.TEMPLATES["who"]:
        asked = wording.format(a="dog", options="")
        assert "dog" in asked
        assert "camera" in asked


# --- static questions about such videos, and all of them


def test_what_moves_has_no_distance_and_no_direction() -> None:
    clip_view = sliding(0.5, 0.5)
    assert all(
        2 not in (d.program.inputs["a"], d.program.inputs["b"])
        for d in ask("absolute_distance", clip_view)
    )
    assert ask("route_plan", clip_view) == []


@pytest.mark.parametrize("task", MOTION_TASKS)
def test_answers_do_not_depend_on_where_the_world_stands(task: str) -> None:
    cameras = [camera(-2 + 0.1 * i, 0, 2 * i) for i in range(8)]
    world = scene(
        [BED, thing(2, "box", 1, 0)], cameras, motions=[slide(2, (0.5, 1, 0), (3.0, 1.3, 1.2))]
    )
    here, there = (
        render_clip(Boxes(), w, 0, RenderOptions(rgb=False))
        for w in (world, moved(world, 200.0, -6.0, 3.0))
    )
    questions = ask(task, here)
    assert questions
    for question in questions:
        assert TASKS[task].derive(there, question.program.inputs) == question.answer
