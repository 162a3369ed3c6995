"""Each task asks what people would agree on and refuses the rest, on both sides of every margin."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from waywiser.tasks.base import MAX_QUESTIONS, Question, View
from waywiser.tasks.registry import TASKS as ALL_TASKS

TASKS: dict[str, Any] = dict(ALL_TASKS)

Paint = Callable[..., View]


def ask(task: str, view: View, seed: int = 0) -> list[Question]:
    return list(TASKS[task].propose(view, np.random.default_rng(seed)))[:MAX_QUESTIONS]


def answers(task: str, view: View) -> dict[str, Any]:
    return {question.subject: question.answer.value for question in ask(task, view)}


# --- object count


def test_counts_every_visible_instance(paint: Paint, patch: Any) -> None:
    view = paint(
        [
            patch("chair", (10, 40, 30, 60)),
            patch("chair", (60, 40, 80, 60)),
            patch("lamp", (150, 10, 170, 40)),
        ]
    )
    assert answers("object_count", view) == {"chair": 2, "lamp": 1}


@pytest.mark.parametrize(("side", "asked"), [(8, False), (10, True)])
def test_no_count_when_an_instance_is_too_small_to_agree_on(
    paint: Paint, patch: Any, side: int, asked: bool
) -> None:
    # 80 pixels of 200 x 100 are the floor: 8 x 8 lies below it, 10 x 10 above.
    view = paint([patch("chair", (10, 40, 30, 60)), patch("chair", (60, 40, 60 + side, 40 + side))])
    assert ("chair" in answers("object_count", view)) == asked


@pytest.mark.parametrize(("hidden", "asked"), [(32, False), (24, True)])
def test_no_count_when_an_instance_is_mostly_hidden(
    paint: Paint, patch: Any, hidden: int, asked: bool
) -> None:
    view = paint(
        [
            patch("chair", (10, 40, 30, 60)),
            patch("chair", (60, 40, 100, 60), depth=4.0),
            patch("sofa", (60, 30, 60 + hidden, 70), depth=2.0),
        ]
    )
    assert ("chair" in answers("object_count", view)) == asked


def test_no_count_beside_things_that_bear_a_similar_word(paint: Paint, patch: Any) -> None:
    view = paint([patch("chair", (10, 40, 30, 60)), patch("stool", (60, 40, 80, 60))])
    assert answers("object_count", view) == {}


def test_no_count_above_eight(paint: Paint, patch: Any) -> None:
    def row(n: int) -> list[Any]:
        return [patch("box", (2 + 20 * i, 40, 14 + 20 * i, 60)) for i in range(n)]

    assert answers("object_count", paint(row(8))) == {"box": 8}
    assert answers("object_count", paint(row(9))) == {}


# --- depth order


@pytest.mark.parametrize("near_first", [True, False])
@pytest.mark.parametrize(
    ("near", "ratio", "asked"),
    [
        (2.0, 1.19, False),
        (2.0, 1.21, True),  # a fifth of the nearer one
        (0.6, 1.48, False),
        (0.6, 1.52, True),  # 30 cm
    ],
)
def test_depths_must_differ_by_the_gap_whichever_is_nearer(
    paint: Paint, patch: Any, near_first: bool, near: float, ratio: float, asked: bool
) -> None:
    depths = (near, near * ratio) if near_first else (near * ratio, near)
    view = paint(
        [
            patch("bed", (60, 40, 90, 60), depth=depths[0]),
            patch("lamp", (110, 40, 140, 60), depth=depths[1]),
        ]
    )
    found = ask("depth_order", view)
    assert bool(found) == asked
    for question in found:
        assert question.answer.value == ("bed" if near_first else "lamp")
        assert question.margin == pytest.approx(near * (ratio - 1), abs=1e-5)


def test_closer_must_mean_one_thing(paint: Paint, patch: Any) -> None:
    # Nearer along the optical axis, but farther in a straight line, being at the edge of a wide
    # picture.
    view = paint(
        [patch("bed", (0, 40, 12, 60), depth=2.6), patch("lamp", (290, 40, 310, 60), depth=3.1)],
        width=600,
    )
    one = view.visible[1]
    two = view.visible[2]
    assert one.nearest_depth < two.nearest_depth / 1.15
    assert one.nearest_distance > two.nearest_distance
    assert ask("depth_order", view) == []


def test_only_things_with_a_name_of_their_own_are_compared(paint: Paint, patch: Any) -> None:
    view = paint(
        [
            patch("chair", (10, 40, 30, 60), depth=2.0),
            patch("chair", (40, 40, 60, 60), depth=3.0),
            patch("lamp", (80, 40, 100, 60), depth=5.0),
            patch("bed", (120, 40, 150, 60), depth=3.0),
        ]
    )
    assert {question.subject for question in ask("depth_order", view)} == {"bed lamp"}


def test_a_depth_that_was_not_measured_is_not_asked_about(paint: Paint, patch: Any) -> None:
    view = paint(
        [
            patch("bed", (60, 40, 90, 60), depth=2.0),
            patch("lamp", (110, 40, 140, 60), depth=float("nan")),
        ]
    )
    assert ask("depth_order", view) == []
    assert {question.subject for question in ask("camera_distance", view)} == {"bed"}


# --- left or right


@pytest.mark.parametrize(("gap", "asked"), [(-3, False), (8, False), (12, True)])
def test_masks_must_be_apart_by_the_margin(paint: Paint, patch: Any, gap: int, asked: bool) -> None:
    view = paint(
        [patch("bed", (20, 40, 80, 60)), patch("lamp", (80 + gap, 20, 110 + gap, 60), depth=2.0)]
    )
    found = ask("left_right", view)
    assert bool(found) == asked
    for question in found:
        bed_is_asked_about = question.program.inputs["objects"][0] == 1
        assert question.answer.value == ("left" if bed_is_asked_about else "right")
        assert question.margin == pytest.approx(gap / 200)


def test_sides_words_and_objects_are_drawn_evenly(paint: Paint, patch: Any) -> None:
    view = paint([patch("bed", (20, 40, 80, 60)), patch("lamp", (120, 20, 150, 60), depth=2.0)])
    questions = [ask("left_right", view, seed)[0] for seed in range(400)]
    for rate in (
        np.mean([d.answer.value == "left" for d in questions]),
        np.mean([d.answer.options == ["left", "right"] for d in questions]),
        np.mean([d.answer.value == (d.answer.options or [""])[0] for d in questions]),
    ):
        assert 0.4 < rate < 0.6
    firsts = [ask("depth_order", view, seed)[0].answer_class for seed in range(400)]
    assert 0.4 < np.mean([answer_class == "first" for answer_class in firsts]) < 0.6


# --- camera distance and object size


@pytest.mark.parametrize(
    ("rect", "depth", "asked"),
    [
        ((60, 40, 100, 60), 2.0, True),
        (
            (-10, 40, 30, 60),
            2.0,
            False,
        ),  # cut by the picture's edge: what is outside might be nearer
        ((60, 40, 100, 60), 0.8, False),  # so near that rounding would matter
        ((60, 40, 100, 60), 5.9, True),
        ((60, 40, 100, 60), 6.1, False),  # so far that no eye tells
        ((60, 40, 66, 46), 2.0, False),  # a speck
    ],
)
def test_distance_is_asked_of_what_is_whole_and_not_too_near(
    paint: Paint, patch: Any, rect: tuple[int, int, int, int], depth: float, asked: bool
) -> None:
    assert bool(ask("camera_distance", paint([patch("bed", rect, depth=depth)]))) == asked


@pytest.mark.parametrize(
    ("hidden", "distance", "size"),
    [(0, True, True), (3, True, True), (6, True, False), (25, False, False)],
)
def test_how_much_may_be_hidden(
    paint: Paint, patch: Any, hidden: int, distance: bool, size: bool
) -> None:
    patches = [patch("bed", (60, 40, 100, 60), depth=4.0)]
    if hidden:
        patches.append(patch("lamp", (60, 40, 60 + hidden, 60), depth=2.0))
    view = paint(patches)
    assert ("bed" in answers("camera_distance", view)) == distance
    assert ("bed" in answers("object_size", view)) == size


def test_size_is_the_longest_side_whichever_it_is(paint: Paint, patch: Any) -> None:
    for size in ((1.234, 0.5, 0.2), (0.5, 1.234, 0.2), (0.5, 0.2, 1.234)):
        view = paint([patch("bed", (60, 40, 100, 60), size=size)])
        assert answers("object_size", view) == {"bed": 123.0}
        assert ask("object_size", view)[0].program.inputs["exact_cm"] == 123.4


def test_size_is_not_asked_of_tiny_things(paint: Paint, patch: Any) -> None:
    assert (
        answers("object_size", paint([patch("bowl", (60, 40, 100, 60), size=(0.14, 0.1, 0.1))]))
        == {}
    )
    assert answers(
        "object_size", paint([patch("bowl", (60, 40, 100, 60), size=(0.16, 0.1, 0.1))])
    ) == {"bowl": 16.0}


# --- nothing to ask


@pytest.mark.parametrize("task", [name for name, task in TASKS.items() if task.needs == "image"])
def test_an_empty_view_gives_no_question(paint: Paint, task: str) -> None:
    assert ask(task, paint([])) == []
