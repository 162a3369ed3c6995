"""What questions, traces and programs say: true, short, answerable, the same for the same seed."""

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
    """What is proposed, also where nothing that these flat patches show leads to the answer."""
    return [
        d
        for task in TASKS.values()
        for d in list(task.propose(view, np.random.default_rng(seed)))[:MAX_QUESTIONS]
    ]


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
        words = len(d.reasoning.split())
        assert words == 0 or 12 <= words <= 120
        if d.margin is not None:
            assert d.margin >= 0
        if d.answer.kind == "choice":
            assert d.answer.options is not None
            assert d.answer.value in d.answer.options
            assert all(f"'{option}'" in d.question for option in d.answer.options)
            assert d.answer.value in d.reasoning or not words
        else:
            assert format_answer(d.answer) in d.reasoning or not words
        if d.answer.kind == "number":
            assert re.search(r"meters" if d.answer.unit == "m" else r"centimeters", d.question)
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
            for d in TASKS[task].propose(view, np.random.default_rng(0))
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


def test_reasoning_states_what_the_picture_shows(paint: Paint, patch: Any) -> None:
    view = paint(
        [
            patch("bed", (20, 40, 60, 60), depth=2.0, size=(2.0, 1.5, 0.5)),
            patch("lamp", (120, 30, 140, 60), depth=4.0),
            patch("box", (150, 70, 160, 80)),
            patch("box", (180, 70, 190, 80)),
        ]
    )
    said = {(d.task, d.subject): d.reasoning for d in drafts(view, 3)}
    counted = said["object_count", "box"]
    assert "1: in the lower right (at 78 % of the width)" in counted
    assert "2: in the lower right (at 92 % of the width)" in counted
    assert counted.endswith("2.")
    sides = said["left_right", "bed lamp"]
    assert {"20", "65"} <= set(re.findall(r"(\d+) %", sides))


def test_a_question_without_a_visible_cue_is_proposed_and_not_asked(
    paint: Paint, patch: Any
) -> None:
    """The bed spans far less of the picture than its size would at its depth: nothing tells it."""
    view = paint([patch("bed", (20, 40, 40, 50), depth=2.0, size=(2.0, 1.5, 0.5))])
    for name in ("camera_distance", "object_size"):
        [proposed] = TASKS[name].propose(view, np.random.default_rng(0))
        assert proposed.reasoning == ""
        assert TASKS[name].questions(view, np.random.default_rng(0)) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__.rsplit(".", 1)[-1])
def test_there_are_at_least_eight_ways_to_ask(module: Any) -> None:
    groups = module.TEMPLATES.values() if module is object_size else [module.TEMPLATES]
    assert all(len(set(group)) >= 8 for group in groups)
    for template in (template for group in groups for template in group):
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
        asked = {task.propose(view, np.random.default_rng(s))[0].question for s in range(300)}
        ways = module.TEMPLATES["length"] if module is object_size else module.TEMPLATES
        assert len(asked) >= len(ways)


@anyway
@given(st.lists(st.integers(0, 8), min_size=1, max_size=8, unique=True))
def test_a_count_lists_its_instances_from_left_to_right(
    paint: Paint, patch: Any, columns: list[int]
) -> None:
    view = paint([patch("vase", (20 * c + 5, 40, 20 * c + 17, 60)) for c in columns])
    [question] = TASKS["object_count"].questions(view, np.random.default_rng(0))
    listed = re.findall(r"(\d+): [a-z ]+ \(at (\d+) % of the width\)", question.reasoning)
    assert [int(number) for number, _ in listed] == list(range(1, len(columns) + 1))
    assert [int(place) for _, place in listed] == [
        round(100 * (20 * c + 11) / 200) for c in sorted(columns)
    ]
    assert question.reasoning.endswith(f"{len(columns)}.")
