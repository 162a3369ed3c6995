"""What questions, traces and programs say: true, short, answerable, the same for the same seed."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from waywiser.scenes.categories import CATEGORIES
from waywiser.tasks import camera_distance, depth_order, left_right, object_count, object_size
from waywiser.tasks.base import MAX_QUESTIONS, Question, View
from waywiser.tasks.completion import format_answer
from waywiser.tasks.object_count import running_count
from waywiser.tasks.registry import ROOM_TASKS
from waywiser.tasks.registry import TASKS as ALL_TASKS

TASKS: dict[str, Any] = {name: ALL_TASKS[name] for name in ROOM_TASKS}

Paint = Callable[..., View]
MODULES = (object_count, depth_order, left_right, camera_distance, object_size)
NAMES = st.sampled_from(["bed", "lamp", "plant", "fridge", "box", "coffee table", "radiator"])
anyway = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@st.composite
def layouts(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """Rectangles of 200 x 100 pixels, some beyond the edge, some hiding others."""
    found = []
    for _ in range(draw(st.integers(0, 8))):
        u = draw(st.integers(-15, 185))
        v = draw(st.integers(0, 80))
        w = draw(st.integers(8, 40))
        h = draw(st.integers(8, 20))
        size = tuple(draw(st.floats(0.05, 2.5)) for _ in range(3))
        found.append((draw(NAMES), (u, v, u + w, v + h), draw(st.floats(0.5, 8.0)), size))
    return found


def subjects(draft: Question) -> tuple[int, ...]:
    inputs = draft.program.inputs
    return tuple(sorted(inputs["objects"])) if "objects" in inputs else (inputs["object"],)


def drafts(view: View, seed: int) -> list[Question]:
    return [d for task in TASKS.values() for d in task.questions(view, np.random.default_rng(seed))]


@anyway
@given(layouts(), st.integers(0, 1000))
def test_every_draft_is_sound(
    paint: Paint, patch: Any, layout: list[tuple[Any, ...]], seed: int
) -> None:
    view = paint([patch(*p) for p in layout])
    found = drafts(view, seed)
    assert found == drafts(view, seed)
    for d in found:
        task = TASKS[d.task]
        assert d.program.name == d.task
        assert task.derive(view, d.program.inputs) == d.answer
        assert (d.answer.kind, d.answer.unit) == (task.kind, task.unit)
        assert d.answer.tolerance is None
        assert "{" not in d.question + d.reasoning
        assert len(re.findall(r"\w+|[^\w\s]", d.reasoning)) <= 45
        assert len(d.reasoning.split()) <= 30
        if d.margin is not None:
            assert d.margin >= 0
        if d.answer.kind == "choice":
            assert d.answer.options is not None
            assert d.answer.value in d.answer.options
            assert all(f"'{option}'" in d.question for option in d.answer.options)
            assert d.reasoning.rstrip(".").endswith(
                (f"so the {d.answer.value} is closer", f"to the {d.answer.value}")
            )
        else:
            assert format_answer(d.answer) in d.reasoning
        if d.answer.kind == "number":
            assert re.search(r"metres" if d.answer.unit == "m" else r"centimetres", d.question)
    for task in TASKS:
        of_task = [d for d in found if d.task == task]
        assert len(of_task) <= MAX_QUESTIONS
        asked = [subjects(d) for d in of_task]
        assert len(set(asked)) == len(asked)


@anyway
@given(layouts())
def test_mirroring_the_picture_swaps_left_and_right_and_nothing_else(
    paint: Paint, patch: Any, layout: list[tuple[Any, ...]]
) -> None:
    def facts(view: View, task: str) -> dict[Any, Any]:
        """Which of two objects lies left, or which is nearer, by unordered pair."""
        return {
            frozenset(d.program.inputs["objects"]): (d.program.inputs["objects"][0], d.answer.value)
            for d in TASKS[task].questions(view, np.random.default_rng(0))
        }

    mirrored = [
        (c, (200 - u1, v0, 200 - u0, v1), depth, size)
        for c, (u0, v0, u1, v1), depth, size in layout
    ]
    a = paint([patch(*p) for p in layout])
    b = paint([patch(*p) for p in mirrored])
    left_a = facts(a, "left_right")
    left_b = facts(b, "left_right")
    assert left_a.keys() == left_b.keys() or len(left_a) == MAX_QUESTIONS
    for pair in left_a.keys() & left_b.keys():
        (first_a, side_a), (first_b, side_b) = left_a[pair], left_b[pair]
        assert (side_a != side_b) == (first_a == first_b)
    near_a = facts(a, "depth_order")
    near_b = facts(b, "depth_order")
    for pair in near_a.keys() & near_b.keys():
        assert near_a[pair][1] == near_b[pair][1]


def test_traces_state_true_numbers(paint: Paint, patch: Any) -> None:
    view = paint(
        [
            patch("bed", (20, 40, 60, 60), depth=2.0, size=(2.0, 1.5, 0.5)),
            patch("lamp", (120, 30, 140, 60), depth=4.0),
            patch("box", (150, 70, 160, 80)),
            patch("box", (180, 70, 190, 80)),
        ]
    )
    counted = TASKS["object_count"]
    said = {d.task: d for d in drafts(view, 3) if d.task == counted.name or "bed" in d.subject}
    said |= {
        d.task: d for d in counted.questions(view, np.random.default_rng(0)) if d.subject == "box"
    }
    distance = view.visible[1].nearest_distance
    assert said["object_count"].reasoning == "Left to right, box 0 0 0 0 0 1 2: 2."
    first, second = said["depth_order"].answer.options or []
    metres = {"bed": distance, "lamp": view.visible[2].nearest_distance}
    assert said["depth_order"].reasoning == (
        f"Distances: {first} {metres[first]:.1f} m, {second} {metres[second]:.1f} m, so the bed is closer."
    )
    assert {"20", "65", "100"} <= set(re.findall(r"\d+", said["left_right"].reasoning))
    assert said["camera_distance"].reasoning == (
        f"Across the picture, bed 20 of 100. Distance: bed {distance:.1f} m."
    )
    assert said["object_size"].reasoning == (
        f"Distance: bed {distance:.1f} m. Span across the picture: bed 20 of 100. So its longest side is about 200 cm."
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__.rsplit(".", 1)[-1])
def test_there_are_at_least_eight_ways_to_ask(module: Any) -> None:
    assert len(set(module.TEMPLATES)) >= 8
    for template in module.TEMPLATES:
        for name in CATEGORIES:
            words = {
                "things": name,
                "x": name,
                "y": "b",
                "a": name,
                "b": "b",
                "p": "left",
                "q": "right",
            }
            question = template.format(**words)
            assert name in question
            assert question[-1] in ".?"


def test_all_ways_to_ask_are_used(paint: Paint, patch: Any) -> None:
    view = paint(
        [patch("bed", (20, 40, 60, 60), depth=2.0), patch("lamp", (120, 30, 140, 60), depth=4.0)]
    )
    for task, module in zip(TASKS.values(), MODULES, strict=True):
        asked = {task.questions(view, np.random.default_rng(s))[0].question for s in range(300)}
        assert len(asked) >= len(module.TEMPLATES)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_a_running_count_ends_at_the_count_and_rises_where_things_stand(places: list[int]) -> None:
    counts = [int(figure) for figure in running_count(places).split()]
    assert len(counts) == 7
    assert counts[-1] == len(places)
    for column, (before, after) in enumerate(itertools.pairwise([0, *counts])):
        assert after - before == sum(min(place * 7 // 100, 6) == column for place in places)
