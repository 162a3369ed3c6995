"""The tasks on rendered rooms of plain boxes, where geometry gives every answer in closed form."""

import itertools
import math
from typing import Any

import numpy as np
import pytest

from waywiser.errors import DatasetError
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.sample import Program
from waywiser.scenes.mesh import Material, Mesh
from waywiser.scenes.scene import Box, Camera, Object, Room, Scene
from waywiser.tasks.base import Question, View
from waywiser.tasks.registry import ROOM_TASKS
from waywiser.tasks.registry import TASKS as ALL_TASKS
from waywiser.tasks.views import derive_answer, render_view

TASKS: dict[str, Any] = {name: ALL_TASKS[name] for name in ROOM_TASKS}

CORNERS = np.array(list(itertools.product((-0.5, 0.5), repeat=3)), np.float32)
FACES = np.array(
    [
        [0, 1, 3],
        [0, 3, 2],
        [4, 6, 7],
        [4, 7, 5],
        [0, 4, 5],
        [0, 5, 1],
        [2, 3, 7],
        [2, 7, 6],
        [0, 2, 6],
        [0, 6, 4],
        [1, 5, 7],
        [1, 7, 3],
    ],
    np.int32,
)
NAMES = ("bed", "lamp", "plant", "fridge", "radiator", "chair", "chair")


class Boxes:
    """A furniture library whose only model is the unit box."""

    def mesh(self, key: str) -> Mesh:
        assert key == "box"
        return Mesh(
            CORNERS,
            FACES,
            np.zeros(12, np.int32),
            np.zeros((12, 3, 2), np.float32),
            (Material((0.5, 0.5, 0.5)),),
        )


def room_of_boxes(seed: int) -> Scene:
    """Boxes on the floor of a square room, none in another's grid cell, seen from a corner."""
    rng = np.random.default_rng(seed)
    cells = rng.permutation([(x, y) for x in (-1.8, 0.0, 1.8) for y in (-1.8, 0.0, 1.8)])[
        : len(NAMES)
    ]
    objects = []
    for number, (name, (x, y)) in enumerate(zip(NAMES, cells, strict=True), start=1):
        w, d, h = rng.uniform(0.25, 1.0, 3)
        box = Box(
            center=(float(x), float(y), float(h / 2)),
            size=(float(w), float(d), float(h)),
            yaw=float(rng.uniform(0, 6)),
        )
        objects.append(Object(id=number, category=name, model="box", box=box))
    room = Room(
        polygon=((-4, -4), (4, -4), (4, 4), (-4, 4)),
        height=2.7,
        wall_colour=(0.8, 0.8, 0.8),
        floor_colour=(0.5, 0.5, 0.5),
    )
    camera = Camera.look_at(
        (-3.7, -3.7, 1.7), (0, 0, 0.4), width=224, height=224, horizontal_fov=math.radians(75)
    )
    return Scene(
        id=f"boxes-{seed}",
        seed=seed,
        split="train",
        furniture="boxes",
        rooms=(room,),
        objects=tuple(objects),
        lights=(),
        ambient=1.0,
        cameras=(camera,),
    )


def nearest_point(camera: Camera, box: Box) -> np.ndarray:
    """The point of the box that is nearest to the camera, in the world."""
    local = (camera.position - np.asarray(box.center)) @ box.axes
    half = np.asarray(box.size) / 2
    return np.asarray(box.center) + np.clip(local, -half, half) @ box.axes.T


def rendered(seed: int) -> tuple[View, list[Question]]:
    scene = room_of_boxes(seed)
    view = render_view(RoomRenderer(scene, Boxes()), scene, 0, RenderOptions(rgb=False))
    return view, [
        d for task in TASKS.values() for d in task.questions(view, np.random.default_rng(seed))
    ]


def test_answers_agree_with_closed_forms() -> None:
    asked = dict.fromkeys(TASKS, 0)
    for seed in range(12):
        view, questions = rendered(seed)
        camera = view.camera
        for question in questions:
            asked[question.task] += 1
            inputs = question.program.inputs
            value = question.answer.value
            if question.task == "object_size":
                assert value == round(100 * max(view.object(inputs["object"]).box.size))
            elif question.task == "object_count":
                assert value == sum(
                    view.object(i).category == inputs["category"] for i in view.visible
                )
            elif (
                question.task == "camera_distance"
                and view.visible[inputs["object"]].fraction > 0.999
            ):
                box = view.object(inputs["object"]).box
                exact = float(np.linalg.norm(nearest_point(camera, box) - camera.position))
                # Pixel centres lie a little beyond the nearest point, and 0.5 % of them are left
                # out.
                assert -0.001 <= inputs["exact_m"] - exact <= 0.03 * exact
                assert isinstance(value, float)
                assert abs(value - inputs["exact_m"]) <= 0.05 + 1e-6
            elif question.task == "left_right":
                a, b = (
                    camera.project(np.asarray([view.object(i).box.center]))[0, 0]
                    for i in inputs["objects"]
                )
                assert value == ("left" if a < b else "right")
    assert all(count >= 5 for count in asked.values()), asked


def test_stored_programs_give_the_answers_again() -> None:
    for seed in range(3):
        view, questions = rendered(seed)
        again = Scene.model_validate_json(view.scene.model_dump_json())
        for question in questions:
            program = Program.model_validate_json(question.program.model_dump_json())
            assert derive_answer(program, again, Boxes()) == question.answer


@pytest.mark.parametrize(
    "program",
    [
        Program(name="object_weight", inputs={"camera": 0}),
        Program(name="object_size", inputs={"camera": 0, "object": 99}),
        Program(name="object_size", inputs={"camera": 5, "object": 1}),
        Program(name="depth_order", inputs={"camera": 0, "objects": [1, 99]}),
        Program(name="depth_order", inputs={"camera": None, "objects": [1, 2]}),
        Program(name="depth_order", inputs={"camera": 0, "objects": 1}),
        Program(name="left_right", inputs={}),
    ],
)
def test_a_program_that_does_not_fit_is_one_line(program: Program) -> None:
    with pytest.raises(DatasetError) as caught:
        derive_answer(program, room_of_boxes(0), Boxes())
    assert "\n" not in str(caught.value)
