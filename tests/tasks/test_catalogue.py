"""What every task of the catalogue promises: its ways to ask, and that each question can be
answered as it stands.
"""

import importlib
import re
import string
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import pytest

from helpers.box_clips import Boxes, camera, scene, slide, thing
from helpers.two_rooms import two_rooms
from waywiser.answers import grade
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.sample import Answer
from waywiser.scenes.scene import Box, Object, Scene
from waywiser.tasks.base import MAX_QUESTIONS, Question
from waywiser.tasks.completion import format_answer
from waywiser.tasks.registry import ROOM_TASKS, TASKS, choose_tasks
from waywiser.tasks.views import derive_answer, render_clip, render_view

WORDS = {
    "m": "meter",
    "cm": "centimeter",
    "m2": "square meter",
    "deg": "degrees",
    "m/s": r"meters per second|m/s",
}
ROUND = [camera(0, 0, angle, pitch=15) for angle in range(-120, 175, 15)]
THINGS = [
    thing(1, "bed", 2.2, 0.0, (1.2, 1.8, 0.6)),
    thing(2, "lamp", 0.0, 2.2, (0.5, 0.5, 1.5)),
    thing(3, "plant", -2.2, 0.4, (0.7, 0.7, 1.0), 0.5),
    thing(4, "fridge", 0.3, -2.2, (0.7, 0.7, 1.7)),
]


def worlds() -> list[Scene]:
    """A scene with pictures, one with a walk, one with views, one in which a thing moves, a home."""
    eyes = (camera(-3.5, 0, 0, pitch=20), camera(-3.5, -3.0, 40, pitch=25))
    high = Object(
        id=6,
        category="radiator",
        model="box",
        box=Box(center=(1.5, 1.0, 2.0), size=(0.2, 0.8, 0.6)),
    )
    still = scene(THINGS, ROUND)
    still = still.model_copy(update={"cameras": eyes, "objects": (*still.objects, high)})
    views = scene(
        THINGS, [camera(-3.2, -0.6, 5), camera(-2.2, 1.2, -20), camera(-2.6, -0.6, 40)], fps=None
    )
    walk = [camera(-3 + 0.1 * i, 0, 2 * i) for i in range(8)]
    motion = scene(
        [*THINGS[:2], thing(5, "box", 1, -1)],
        walk,
        motions=[slide(5, (0.5, 1, -1), (3.0, 1.2, 0.5))],
    )
    return [still, views, motion, two_rooms()]


@cache
def asked(name: str) -> list[tuple[Scene, Question]]:
    """Questions of one task about these scenes."""
    task: Any = TASKS[name]
    found: list[tuple[Scene, Question]] = []
    options = RenderOptions(rgb=False)
    for world in worlds():
        if task.needs == "image":
            renderer = RoomRenderer(world, Boxes())
            shows = [render_view(renderer, world, i, options) for i in range(len(world.cameras))]
        else:
            shows = [render_clip(Boxes(), world, 0, options)]
        for seed, show in enumerate(shows):
            questions = task.questions(show, np.random.default_rng(seed))
            assert questions == task.questions(show, np.random.default_rng(seed))
            assert len(questions) <= MAX_QUESTIONS
            found += [(world, question) for question in questions]
    return found


def final_words(answer: Answer) -> str:
    """The answer as a sentence ends with it."""
    if answer.unit == "m2":
        return f"{answer.value:.10g} square meters."
    return format_answer(answer)


def templates(name: str) -> list[str]:
    """All ways to ask of a task."""
    known = importlib.import_module(f"waywiser.tasks.{name}").TEMPLATES
    return list(chain.from_iterable(known.values())) if isinstance(known, dict) else list(known)


def test_the_catalogue_is_whole_and_the_first_five_keep_their_numbers() -> None:
    assert len(TASKS) == 27
    assert tuple(TASKS)[:5] == ROOM_TASKS
    assert choose_tasks("all") == tuple(TASKS)
    assert {task.needs for task in TASKS.values()} == {"image", "views", "video", "motion"}


@pytest.mark.parametrize("name", TASKS)
def test_there_are_at_least_eight_ways_to_ask_each_question(name: str) -> None:
    known = importlib.import_module(f"waywiser.tasks.{name}").TEMPLATES
    for ways in known.values() if isinstance(known, dict) else (known,):
        assert len(set(ways)) == len(ways) >= 8
    for template in templates(name):
        assert template[-1] in ".?!", template
        assert "  " not in template
        assert all(
            field is None or field.isidentifier()
            for _, field, _, _ in string.Formatter().parse(template)
        )


@pytest.mark.parametrize("name", TASKS)
def test_every_question_is_sound(name: str) -> None:
    task = TASKS[name]
    found = asked(name)
    assert found, "these scenes allow no such question"
    for _, question in found:
        answer = question.answer
        assert question.task == question.program.name == name
        assert answer.kind == task.kind
        assert "{" not in question.question + question.reasoning
        assert "nan" not in question.reasoning.lower().split()
        assert 12 <= len(question.reasoning.split()) <= 120
        assert question.program.inputs["clip" if task.needs != "image" else "camera"] == (
            0 if task.needs != "image" else question.program.inputs["camera"]
        )
        assert (question.margin is not None) == (answer.kind in ("integer", "choice"))
        if question.margin is not None:
            assert np.isfinite(question.margin)
            assert question.margin >= 0
        if answer.kind == "choice":
            assert answer.options is not None
            assert answer.value in answer.options
            assert len(set(answer.options)) == len(answer.options)
            assert all(option in question.question for option in answer.options)
            assert str(answer.value).lower() in question.reasoning.lower()
        else:
            assert final_words(answer) in question.reasoning
        if answer.kind == "number":
            assert answer.unit is not None
            assert re.search(WORDS[answer.unit], question.question)
            exact = next(v for k, v in question.program.inputs.items() if k.startswith("exact_"))
            assert float(answer.value) == pytest.approx(exact, rel=0.051)  # type: ignore[arg-type]
        if question.frames is not None:
            assert set(question.annotate or {}) <= set(question.frames)
        said = f"<think>{question.reasoning}</think><answer>{format_answer(answer)}</answer>"
        assert grade(said, answer).score == 1.0


@pytest.mark.parametrize("name", TASKS)
def test_stored_programs_give_the_answers_again(name: str) -> None:
    for world, question in asked(name)[:3]:
        again = Scene.model_validate_json(world.model_dump_json())
        program = type(question.program).model_validate_json(question.program.model_dump_json())
        assert derive_answer(program, again, Boxes()) == question.answer


@pytest.mark.parametrize("name", TASKS)
def test_options_come_in_every_order(name: str) -> None:
    task: Any = TASKS[name]
    if task.kind != "choice" or task.needs == "image":
        return
    places = set()
    longest = 0
    for world in worlds():
        clip_view = render_clip(Boxes(), world, 0, RenderOptions(rgb=False))
        for seed in range(12):
            for question in task.questions(clip_view, np.random.default_rng(seed)):
                options = question.answer.options or []
                places.add(options.index(str(question.answer.value)))
                longest = max(longest, len(options))
    assert len(places) == longest >= 2
