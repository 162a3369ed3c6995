"""What every task of the catalogue promises: its ways to ask, and that each question can be answered as it stands."""

import importlib
import re
import string
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import pytest

from tasks.clips import Boxes, camera, scene, slide, thing
from waywiser.answers import grade
from waywiser.rendering.embree import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.scenes.scene import Box, Object, Scene
from waywiser.tasks._base import MAX_DRAFTS, Draft
from waywiser.tasks.completion import format_answer
from waywiser.tasks.derive import derive, film, look
from waywiser.tasks.registry import ROOM_TASKS, TASKS, choose_tasks

WORDS = {"m": "metres", "cm": "centimetres", "m2": "square metres", "deg": "degrees", "m/s": r"metres per second|m/s"}
ROUND = [camera(0, 0, angle, pitch=15) for angle in range(-120, 175, 15)]
THINGS = [
    thing(1, "bed", 2.2, 0.0, (1.2, 1.8, 0.6)), thing(2, "lamp", 0.0, 2.2, (0.5, 0.5, 1.5)),
    thing(3, "plant", -2.2, 0.4, (0.7, 0.7, 1.0), 0.5), thing(4, "fridge", 0.3, -2.2, (0.7, 0.7, 1.7)),
]  # fmt: skip


def worlds() -> list[Scene]:
    """A scene with pictures, one with a walk, one with views, one in which a thing moves."""
    eyes = (camera(-3.5, 0, 0, pitch=20), camera(-3.5, -3.0, 40, pitch=25))
    high = Object(id=6, category="radiator", model="box", box=Box(center=(1.5, 1.0, 2.0), size=(0.2, 0.8, 0.6)))
    still = scene(THINGS, ROUND)
    still = still.model_copy(update={"cameras": eyes, "objects": (*still.objects, high)})
    views = scene(THINGS, [camera(-3.2, -0.6, 5), camera(-2.2, 1.2, -20), camera(-2.6, -0.6, 40)], fps=None)
    walk = [camera(-3 + 0.1 * i, 0, 2 * i) for i in range(8)]
    motion = scene([*THINGS[:2], thing(5, "box", 1, -1)], walk, motions=[slide(5, (0.5, 1, -1), (3.0, 1.2, 0.5))])
    return [still, views, motion]


@cache
def asked(name: str) -> list[tuple[Scene, Draft]]:
    """Questions of one task about these scenes."""
    task: Any = TASKS[name]
    found: list[tuple[Scene, Draft]] = []
    options = RenderOptions(rgb=False)
    for world in worlds():
        if task.needs == "image":
            renderer = RoomRenderer(world, Boxes())
            shows = [look(renderer, world, i, options) for i in range(len(world.cameras))]
        else:
            shows = [film(Boxes(), world, 0, options)]
        for seed, show in enumerate(shows):
            drafts = task.questions(show, np.random.default_rng(seed))
            assert drafts == task.questions(show, np.random.default_rng(seed))
            assert len(drafts) <= MAX_DRAFTS
            found += [(world, draft) for draft in drafts]
    return found


def templates(name: str) -> list[str]:
    """All ways to ask of a task."""
    known = importlib.import_module(f"waywiser.tasks.{name}").TEMPLATES
    return list(chain.from_iterable(known.values())) if isinstance(known, dict) else list(known)


def test_the_catalogue_is_whole_and_the_first_five_keep_their_numbers() -> None:
    assert len(TASKS) == 21
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
        assert all(field is None or field.isidentifier() for _, field, _, _ in string.Formatter().parse(template))


@pytest.mark.parametrize("name", TASKS)
def test_every_question_is_sound(name: str) -> None:
    task = TASKS[name]
    found = asked(name)
    assert found, "these scenes allow no such question"
    for _, draft in found:
        answer = draft.answer
        assert draft.task == draft.program.name == name
        assert answer.kind == task.kind
        assert "{" not in draft.question + draft.reasoning
        assert "nan" not in draft.reasoning.lower().split()
        assert len(draft.reasoning.split()) <= 70
        assert draft.program.inputs["clip" if task.needs != "image" else "camera"] == (
            0 if task.needs != "image" else draft.program.inputs["camera"]
        )
        assert (draft.margin is not None) == (answer.kind in ("integer", "choice"))
        if draft.margin is not None:
            assert np.isfinite(draft.margin)
            assert draft.margin >= 0
        if answer.kind == "choice":
            assert answer.options is not None
            assert answer.value in answer.options
            assert len(set(answer.options)) == len(answer.options)
            assert all(option in draft.question for option in answer.options)
        else:
            assert format_answer(answer) in draft.reasoning
        if answer.kind == "number":
            assert answer.unit is not None
            assert re.search(WORDS[answer.unit], draft.question)
            exact = next(v for k, v in draft.program.inputs.items() if k.startswith("exact_"))
            assert float(answer.value) == pytest.approx(exact, rel=0.051)  # type: ignore[arg-type]
        if draft.frames is not None:
            assert set(draft.annotate or {}) <= set(draft.frames)
        said = f"<think>{draft.reasoning}</think><answer>{format_answer(answer)}</answer>"
        assert grade(said, answer).score == 1.0


@pytest.mark.parametrize("name", TASKS)
def test_stored_programs_give_the_answers_again(name: str) -> None:
    for world, draft in asked(name)[:3]:
        again = Scene.model_validate_json(world.model_dump_json())
        program = type(draft.program).model_validate_json(draft.program.model_dump_json())
        assert derive(program, again, Boxes()) == draft.answer


@pytest.mark.parametrize("name", TASKS)
def test_options_come_in_every_order(name: str) -> None:
    found = [draft.answer for _, draft in asked(name) if draft.answer.kind == "choice"]
    task: Any = TASKS[name]
    if not found or task.needs == "image":
        return
    places = set()
    for world in worlds():
        footage = film(Boxes(), world, 0, RenderOptions(rgb=False))
        for seed in range(12):
            for draft in task.questions(footage, np.random.default_rng(seed)):
                places.add((draft.answer.options or []).index(str(draft.answer.value)))
    assert len(places) == max(len(answer.options or []) for answer in found)
