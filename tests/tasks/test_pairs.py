"""Questions about two pictures of a clip: the camera's move and turn, other viewpoints, and the
same point again.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.box_clips import HEIGHT, WIDTH, Boxes, camera, filmed, moved, room, scene, thing
from waywiser.errors import SceneError
from waywiser.rendering.boxes import box_distance
from waywiser.rendering.frame import RenderOptions
from waywiser.tasks import camera_motion, camera_rotation, perspective
from waywiser.tasks.base import MAX_QUESTIONS, Question
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.correspondence import inner_pixels
from waywiser.tasks.registry import TASKS
from waywiser.tasks.view_geometry import unproject_pixels, view_overlap, visible_points
from waywiser.tasks.views import render_clip

THINGS = [
    thing(1, "bed", 2.0, 0.3, (1.2, 1.8, 0.6)),
    thing(2, "lamp", 1.6, -1.4, (0.4, 0.4, 1.5)),
    thing(3, "plant", 0.8, 1.5, (0.6, 0.6, 1.0)),
    thing(4, "fridge", -2.5, 1.0, (0.7, 0.7, 1.7)),
]


def ask(task: str, clip_view: ClipView, seed: int = 0) -> list[Question]:
    return list(TASKS[task].propose(clip_view, np.random.default_rng(seed)))[:MAX_QUESTIONS]


def between(questions: list[Question], a: int, b: int) -> list[Question]:
    return [
        d for d in questions if (d.program.inputs["frame_a"], d.program.inputs["frame_b"]) == (a, b)
    ]


# --- camera motion


@given(st.floats(-180, 180), st.floats(-2, 2), st.floats(-2, 2), st.floats(-0.2, 0.2))
@settings(deadline=None)
def test_the_move_is_that_of_the_camera_in_its_own_heading(
    look: float, ahead: float, aside: float, up: float
) -> None:
    # A camera's place is the translation of its camera-to-world pose; -R^T t would turn it about
    # the world's origin.
    first = camera(3.0, -2.0, look)
    yaw = math.radians(look)
    x = 3.0 + ahead * math.cos(yaw) + aside * math.sin(yaw)
    y = -2.0 + ahead * math.sin(yaw) - aside * math.cos(yaw)
    second = camera(x, y, look + 40, height=1.5 + up)
    assert camera_motion.level_move(first, second) == pytest.approx((ahead, aside, up), abs=1e-9)


@pytest.mark.parametrize(
    ("look", "ahead", "aside", "word"),
    [
        (0, 0.4, 0.0, "forward"),
        (90, -0.4, 0.1, "backward"),
        (200, 0.1, 0.4, "right"),
        (-70, 0.0, -0.4, "left"),
        (0, 0.25, 0.0, None),
        (0, 0.0, -0.29, None),
        (0, 0.0, -0.31, "left"),  # the dead band
        (0, 0.8, 0.5, None),
        (0, 0.5, 0.8, None),
        (0, 0.8, 0.3, "forward"),
        (0, 0.3, 0.8, "right"),  # twice the runner-up
    ],
)
def test_a_move_has_a_direction_only_where_one_axis_dominates(
    look: float, ahead: float, aside: float, word: str | None
) -> None:
    yaw = math.radians(look)
    first = camera(0, 0, look, pitch=5)
    x = ahead * math.cos(yaw) + aside * math.sin(yaw)
    y = ahead * math.sin(yaw) - aside * math.cos(yaw)
    second = camera(x, y, look, pitch=5)
    space = camera_motion.margin(first, second)
    assert (space is not None) == (word is not None)
    if word:
        assert camera_motion.main_axis(camera_motion.level_move(first, second)) == word


def test_vertical_moves_have_no_question() -> None:
    assert camera_motion.margin(camera(0, 0, 0), camera(0.2, 0, 0, height=2.2)) is None


def test_moves_are_asked_about_in_both_orders_where_the_pictures_overlap() -> None:
    clip_view = filmed(
        THINGS, [camera(-2.5, 0, 0), camera(-1.5, 0, 0), camera(-2, 0, 180)], fps=None
    )
    questions = ask("camera_motion", clip_view)
    assert [d.answer.value for d in between(questions, 0, 1)] == ["forward"]
    assert [d.answer.value for d in between(questions, 1, 0)] == ["backward"]
    assert not between(questions, 0, 2)  # nothing in common
    assert all(
        d.frames == (d.program.inputs["frame_a"], d.program.inputs["frame_b"]) for d in questions
    )


# --- camera rotation


@pytest.mark.parametrize(
    ("turn", "pitch", "asked"),
    [
        (14, 10, False),
        (16, 10, True),
        (-16, 10, True),
        (59, 10, True),
        (61, 10, False),  # more than the images can share
        (-61, 10, False),
        (180, 10, False),
        (30, 14, True),
        (30, 16, False),
    ],
)
def test_a_turn_is_level_and_large_enough(turn: float, pitch: float, asked: bool) -> None:
    first = camera(0, 0, 170, pitch=10)
    second = camera(0.2, 0, 170 + turn, pitch=pitch)
    assert camera_rotation.is_level_turn(first, second) == asked
    assert camera_rotation.heading_change(first, second) == pytest.approx(turn)


def test_the_turn_is_asked_without_its_sign() -> None:
    clip_view = filmed(THINGS, [camera(-2.5, 0, 0), camera(-2.5, 0, -33.4)], fps=None)
    questions = ask("camera_rotation", clip_view)
    assert [d.answer.value for d in questions] == [33.0, 33.0]
    assert questions[0].answer.unit == "deg"
    assert questions[0].program.inputs["exact_deg"] == pytest.approx(33.4)


# --- perspective


@pytest.mark.parametrize(
    ("look", "word"),
    [
        (60, "front-left"),
        (-60, "front-right"),
        (120, "back-left"),
        (-120, "back-right"),
        (81, None),
        (99, None),
        (79, "front-left"),
        (101, "back-left"),
        (172, None),
        (-172, None),
        (-85, None),
        (-95, None),
    ],
)
def test_quadrants_keep_ten_degrees_on_both_sides(look: float, word: str | None) -> None:
    eye = camera(0, 0, -look)
    subject = thing(1, "bed", 2, 0)  # the bed is `look` degrees to the left of the view
    assert perspective.object_bearing(eye, subject) == pytest.approx(look)
    assert perspective.has_clear_quadrant(eye, subject) == (word is not None)
    if word:
        assert perspective.quadrant_name(perspective.object_bearing(eye, subject)) == word


def test_an_object_at_ones_feet_has_no_direction() -> None:
    assert not perspective.has_clear_quadrant(camera(0, 0, -60), thing(1, "bed", 0.4, 0))
    assert perspective.has_clear_quadrant(camera(0, 0, -60), thing(1, "bed", 0.6, 0))


def test_it_is_asked_of_what_only_the_first_picture_shows() -> None:
    clip_view = filmed(THINGS, [camera(-2, 0, 0), camera(-2, 0, 45)], fps=None)
    questions = between(ask("perspective", clip_view), 0, 1)
    assert {d.program.inputs["object"] for d in questions} == {2}
    for question in questions:
        assert clip_view.views[1].pixel_share(2) == 0
        assert question.answer.value == "front-right"
        assert question.margin is not None
        assert question.margin >= 10


# --- correspondence


def test_the_right_mark_is_the_same_point_and_the_wrong_ones_are_not() -> None:
    cameras = [camera(-2.6, -0.6, 5), camera(-1.6, 1.2, -20), camera(-1.0, -1.8, 25)]
    clip_view = filmed(THINGS, cameras, fps=None)
    questions = [d for seed in range(6) for d in ask("correspondence", clip_view, seed)]
    assert len(questions) >= 3
    for question in questions:
        inputs = question.program.inputs
        one = clip_view.views[inputs["frame_a"]]
        two = clip_view.views[inputs["frame_b"]]
        assert 0.3 <= view_overlap(one, two) <= 0.8
        subject = clip_view.object(inputs["object"])
        for x, y in inputs["options"]:
            other = clip_view.object(int(two.frame.ids[int(y), int(x)]))  # none lies on the room
            assert other.category == subject.category or box_distance(other.box, subject.box) <= 1.0
        u, v = (int(x) for x in inputs["point"])
        truth = unproject_pixels(one, np.array([u]), np.array([v]))[0]
        assert one.frame.ids[v, u] == inputs["object"]
        assert visible_points(two, truth[None]).all()
        names = question.answer.options or []
        for (x, y), name in zip(inputs["options"], names, strict=True):
            spot = unproject_pixels(two, np.array([int(x)]), np.array([int(y)]))[0]
            apart = np.linalg.norm(spot - truth)
            # A pixel of this small picture spans up to some centimetres of a slanted surface.
            assert (apart < 0.12) if name == question.answer.value else (apart >= 0.15)
        marks = question.annotate or {}
        assert [m.point for m in marks[inputs["frame_a"]]] == [tuple(inputs["point"])]
        assert [m.label for m in marks[inputs["frame_b"]]] == list("ABCD")
        places = np.array(inputs["options"])
        gaps = np.linalg.norm(places[:, None] - places[None], axis=-1)[np.triu_indices(4, 1)]
        assert gaps.min() >= 0.08 * WIDTH


def test_overlap_is_one_for_the_same_view_and_none_behind_ones_back() -> None:
    clip_view = filmed(THINGS, [camera(-2, 0, 0), camera(-2, 0, 0), camera(-2, 0, 180)], fps=None)
    one, same, behind = clip_view.views
    assert view_overlap(one, same) == 1.0
    assert view_overlap(one, behind) == 0.0
    assert one.frame.depth.shape == (HEIGHT, WIDTH)


# --- all of them


@pytest.mark.parametrize(
    "task", ["camera_motion", "camera_rotation", "perspective", "correspondence"]
)
def test_answers_do_not_depend_on_where_the_world_stands(task: str) -> None:
    cameras = [camera(-2.6, -0.6, 5), camera(-1.6, 1.2, -20), camera(-1.9, -0.6, 40)]
    world = scene(THINGS, cameras, fps=None)
    for degrees, dx, dy in ((37.0, 5.0, -3.0), (180.0, 0.0, 0.0)):
        other = moved(world, degrees, dx, dy)
        here, there = (render_clip(Boxes(), w, 0, RenderOptions(rgb=False)) for w in (world, other))
        questions = ask(task, here)
        assert questions
        for question in questions:
            assert TASKS[task].derive(there, question.program.inputs) == question.answer


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_pose_that_is_not_finite_is_refused_before_any_question(bad: float) -> None:
    good = camera(0, 0, 0)
    broken = good.model_copy(
        update={"world_from_camera": ((bad, 0, 0, 0), *good.world_from_camera[1:])}
    )
    with pytest.raises(SceneError, match="finite"):
        filmed(THINGS, [good, broken], fps=None, rooms=[room()])


def test_inner_pixels_have_the_object_on_all_sides() -> None:
    cameras = [camera(-2.6, -0.6, 5), camera(-1.6, 1.2, -20), camera(-1.0, -1.8, 25)]
    clip_view = filmed(THINGS, cameras, fps=None)
    for view in clip_view.views:
        ids = view.frame.ids
        found = 0
        height, width = ids.shape
        reach = max(1, round(width / 100))
        border = max(1, round(0.04 * width))
        for object_id in view.visible:
            naive = [
                (u, v)
                for v in range(border, height - border)
                for u in range(border, width - border)
                if all(
                    ids[v + dv, u + du] == object_id
                    for dv, du in ((0, 0), (-reach, 0), (reach, 0), (0, -reach), (0, reach))
                )
            ]
            u_P, v_P = inner_pixels(view, object_id)
            assert list(zip(u_P.tolist(), v_P.tolist(), strict=True)) == naive
            found += len(naive)
        assert found
    assert not len(inner_pixels(clip_view.views[0], 999)[0])
