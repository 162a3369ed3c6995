"""Above and below, relative distance and size comparison: filters on both sides of every margin."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.box_clips import Boxes, camera, moved, scene, thing
from waywiser.rendering.boxes import box_distance
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.scenes.scene import Object, Scene
from waywiser.tasks import relative_distance, size_comparison
from waywiser.tasks.base import MAX_QUESTIONS, Question, View
from waywiser.tasks.registry import TASKS
from waywiser.tasks.views import render_view

Paint = Callable[..., View]


def ask(task: str, view: View, seed: int = 0) -> list[Question]:
    return list(TASKS[task].propose(view, np.random.default_rng(seed)))[:MAX_QUESTIONS]


def seen(things: list[Object]) -> tuple[Scene, View]:
    """The things from a corner of the room, and that scene."""
    world = scene(things, []).model_copy(
        update={"cameras": (camera(-3.5, 0, 0, pitch=20),), "clips": ()}
    )
    return world, render_view(RoomRenderer(world, Boxes()), world, 0, RenderOptions(rgb=False))


@pytest.mark.parametrize(("gap", "asked"), [(-3, False), (4, False), (6, True)])
def test_above_and_below_need_rows_between_the_masks(
    paint: Paint, patch: Any, gap: int, asked: bool
) -> None:
    view = paint(
        [patch("bed", (20, 20, 80, 50)), patch("lamp", (90, 50 + gap, 120, 80 + gap), depth=2.0)]
    )
    found = ask("above_below", view)
    assert bool(found) == asked
    for question in found:
        assert question.answer.value == ("higher" if question.program.inputs["a"] == 1 else "lower")
        assert question.compared == ("bed", "lamp")  # the upper one wins, whichever is asked about
        assert question.margin == pytest.approx(gap / 100)


@pytest.mark.parametrize(
    ("near", "far", "led"),
    [
        (0.14, 2.0, None),
        (0.16, 2.0, 1.84),  # what touches needs no measuring
        (0.5, 0.79, None),
        (0.5, 0.81, 0.31),  # 30 cm
        (2.0, 2.49, None),
        (2.0, 2.51, 0.51),  # 25 %
        (1.4, 1.6, None),  # 20 cm at 1.4 m were asked about once, and no eye could tell
    ],
)
def test_the_closest_leads_by_the_gap_in_either_order(
    near: float, far: float, led: float | None
) -> None:
    expected = None if led is None else pytest.approx(led)
    assert relative_distance.distance_lead([near, far]) == expected
    assert relative_distance.distance_lead([far, near, 9.0]) == expected


@given(st.integers(0, 100))
@settings(max_examples=8, deadline=None)
def test_the_closest_is_measured_between_boxes_in_the_room(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = ["bed", "lamp", "plant", "fridge", "radiator"]
    cells = rng.permutation([(x, y) for x in (0.0, 1.6) for y in (-1.5, 0.0, 1.5)])[: len(names)]
    things = [
        thing(i + 1, name, x, y, tuple(rng.uniform(0.3, 0.9, 3).tolist()), float(rng.uniform(0, 3)))  # type: ignore[arg-type]
        for i, (name, (x, y)) in enumerate(zip(names, cells.tolist(), strict=True))
    ]
    world, view = seen(things)
    other = moved(world, 77.0, 1.0, 2.0)
    there = View(other, 0, view.frame, view.visible)
    for question in ask("relative_distance", view, seed):
        inputs = question.program.inputs
        anchor = world.object(inputs["anchor"])
        candidates = [world.object(i) for i in inputs["candidates"]]
        far = {o.category: box_distance(anchor.box, o.box) for o in candidates}
        assert question.answer.value == min(far, key=far.__getitem__)
        assert anchor not in candidates
        assert 2 <= len(candidates) <= 4
        assert question.margin == pytest.approx(np.diff(sorted(far.values()))[0])
        assert TASKS["relative_distance"].derive(there, inputs) == question.answer
        for shown in (anchor.id, *inputs["candidates"]):
            assert not view.visible[shown].truncated
            assert view.visible[shown].fraction >= 0.5


@pytest.mark.parametrize(
    ("one", "two", "asked"),
    [
        (1.0, 1.24, False),
        (1.0, 1.26, True),
        (1.26, 1.0, True),
        (1.24, 1.0, False),
        (0.2, 0.29, False),
        (0.2, 0.31, True),
    ],
)
def test_sizes_differ_by_the_gap_whichever_is_larger(one: float, two: float, asked: bool) -> None:
    a = thing(1, "bed", 0, 0, (0.5, 0.4, one))
    b = thing(2, "lamp", 1, 0, (0.3, 0.5, two))
    assert size_comparison.sizes_differ_clearly(a, b, "height") == asked
    a = thing(1, "bed", 0, 0, (0.1, one, 3.0))
    b = thing(2, "lamp", 1, 0, (two, 0.1, 0.3))
    assert (
        size_comparison.sizes_differ_clearly(a, b, "length") == asked
    )  # the longer horizontal side, whichever it is


@pytest.mark.parametrize(
    ("a", "b", "axis", "asked"),
    [
        ("wardrobe", "cup", "height", False),
        ("sofa", "stool", "length", False),
        ("table", "desk", "length", True),
        ("table", "desk", "height", False),  # 71 to 78 cm, both
        ("bookcase", "plant", "height", True),
        ("lamp", "wardrobe", "height", False),  # no lamp on a floor is 2.2 m tall
        ("gizmo", "cup", "height", True),  # the word of a scan
    ],
)
def test_sizes_are_compared_only_if_the_words_do_not_tell(
    a: str, b: str, axis: str, asked: bool
) -> None:
    assert size_comparison.both_may_be_larger(a, b, axis) == asked
    assert size_comparison.both_may_be_larger(b, a, axis) == asked


def test_what_the_words_tell_is_not_asked() -> None:
    _, view = seen(
        [thing(1, "bed", 0.5, -1, (0.6, 1.6, 0.5)), thing(2, "plant", 0.5, 1, (0.4, 0.4, 1.5))]
    )
    assert {d.program.inputs["axis"] for d in ask("size_comparison", view)} == {"height"}


def test_taller_and_longer_can_be_different_things() -> None:
    _, view = seen(
        [thing(1, "bookcase", 0.5, -1, (0.6, 1.6, 0.5)), thing(2, "plant", 0.5, 1, (0.4, 0.4, 1.5))]
    )
    found = {d.program.inputs["axis"]: d.answer.value for d in ask("size_comparison", view)}
    assert found == {"height": "plant", "length": "bookcase"}


def test_size_is_not_asked_of_what_the_picture_cuts_off() -> None:
    _, view = seen(
        [
            thing(1, "bookcase", -2.6, -0.8, (0.6, 1.6, 0.5)),
            thing(2, "plant", 0.5, 1, (0.4, 0.4, 1.5)),
        ]
    )
    assert view.visible[1].truncated
    assert ask("size_comparison", view) == []
    assert ask("relative_distance", view) == []
