"""What reasoning says is so: its sums add up, its places and times are those of the pictures, and it
ends with the answer.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from tasks.clips import Boxes
from tasks.test_catalogue import final_words, worlds
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.procedural.home import build_home_scene
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.scene import Camera, Scene
from waywiser.tasks.base import Question, View
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.directions import heading
from waywiser.tasks.displacement import path_points
from waywiser.tasks.registry import TASKS
from waywiser.tasks.trajectories import object_trajectory
from waywiser.tasks.views import render_clip, render_view
from waywiser.tasks.visual_cues import view_factor

HOMES = 3
SEEDS = 2
HOME = HomeConfig(width=256, height=192, max_rooms=2, max_frames=16, photos=4, moving_share=1.0)
NUMBER = r"\(?-?\d+(?:\.\d+)?\)?"
TERM = rf"(?:{NUMBER}|\({NUMBER} x {NUMBER}\))"
SUM = re.compile(rf"(?<![\d.])({TERM}(?: [-+x/] {TERM})+) = (-?\d+(?:\.\d+)?)")
PAIR = re.compile(r"\((-?\d+(?:\.\d+)?), (-?\d+(?:\.\d+)?)\)")
FLOOR_TASKS = (
    "relative_distance",
    "perspective",
    "absolute_distance",
    "relative_direction",
    "route_plan",
    "motion_direction",
    "displacement",
)
OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True)
class Asked:
    """A question and the pictures that it is about."""

    show: Any
    question: Question

    @property
    def text(self) -> str:
        return self.question.reasoning

    @property
    def inputs(self) -> dict[str, Any]:
        return dict(self.question.program.inputs)

    @property
    def views(self) -> list[View]:
        """The pictures shown, in order."""
        if isinstance(self.show, View):
            return [self.show]
        frames = self.question.frames
        return list(self.show.views) if frames is None else [self.show.views[i] for i in frames]

    def ids(self, category: str) -> list[int]:
        """Ids of the objects of a category."""
        return [obj.id for obj in self.show.scene.objects if obj.category == category]


def shown(scene: Scene, library: Any) -> Iterator[View | ClipView]:
    """Every picture and clip of a scene."""
    truth = RenderOptions(rgb=False)
    renderer = RoomRenderer(scene, MeshCache(library))

    for index in range(len(scene.cameras)):
        yield render_view(renderer, scene, index, truth)
    for index in range(len(scene.clips)):
        yield render_clip(renderer, scene, index, truth)


@cache
def shows() -> list[View | ClipView]:
    """Pictures and clips of some homes and of scenes of plain boxes, drawn once."""
    library = open_library("parametric")
    homes = [build_home_scene(i, 5, "train", library, HOME) for i in range(HOMES)]
    return [
        *(show for home in homes for show in shown(home, library)),
        *(show for world in worlds() for show in shown(world, Boxes())),
    ]


def fits(needs: str, show: View | ClipView) -> bool:
    """Whether a task is asked of such a show."""
    if isinstance(show, View) or needs == "image":
        return isinstance(show, View) and needs == "image"
    return (show.clip.kind == "views") == (needs == "views")


@cache
def asked(name: str) -> list[Asked]:
    """What a task asks about all of them."""
    task: Any = TASKS[name]
    return [
        Asked(show, question)
        for show in shows()
        if fits(task.needs, show)
        for seed in range(SEEDS)
        for question in task.questions(show, np.random.default_rng(seed))
    ]


def value_of(sum_in_words: str) -> float:
    """What a sum comes to."""

    def value(node: ast.expr) -> float:
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        assert isinstance(node, ast.Constant)
        return float(node.value)  # type: ignore[arg-type] - a number

    return value(ast.parse(sum_in_words.replace(" x ", " * "), mode="eval").body)


def decimals(number: str) -> int:
    return len(number.partition(".")[2])


@pytest.mark.parametrize("name", TASKS)
def test_reasoning_is_of_a_length_that_people_read_and_ends_with_the_answer(name: str) -> None:
    found = asked(name)
    assert found, "these scenes allow no such question"
    for item in found:
        assert 12 <= len(item.text.split()) <= 120, item.text
        answer = item.question.answer
        if answer.kind == "choice":
            assert str(answer.value).lower() in item.text.lower(), item.text
        else:
            assert final_words(answer) in item.text, item.text


@pytest.mark.parametrize("name", TASKS)
def test_every_sum_comes_out(name: str) -> None:
    for item in asked(name):
        for left, right in SUM.findall(item.text):
            step = 10.0 ** -decimals(right)
            assert abs(value_of(left) - float(right)) <= step / 2 + 1e-6, item.text


@pytest.mark.parametrize(
    "name",
    [
        "camera_distance",
        "object_size",
        "size_comparison",
        "perspective",
        "room_size",
        "relative_direction",
        "route_plan",
        "motion_direction",
        "absolute_distance",
    ],
)
def test_these_tasks_show_their_sums(name: str) -> None:
    """Else the test above would hold of reasoning that computes nothing."""
    assert all(SUM.search(item.text) for item in asked(name))


def test_the_sums_that_are_found_are_those_written() -> None:
    text = "so 1.7 / (0.37 x 1.26) = 3.6 m; 2 x 4 - 3 x (-2.5) = 15.5, and 3.0 - 0.35 - 0.3 = 2.35"
    assert SUM.findall(text) == [
        ("1.7 / (0.37 x 1.26)", "3.6"),
        ("2 x 4 - 3 x (-2.5)", "15.5"),
        ("3.0 - 0.35 - 0.3", "2.35"),
    ]
    assert value_of("2 x 4 - 3 x (-2.5)") == 15.5


@pytest.mark.parametrize("name", TASKS)
def test_no_number_is_more_precise_than_an_eye(name: str) -> None:
    for item in asked(name):
        products = {right for _, right in SUM.findall(item.text)}
        if "square root" in item.text:
            products |= set(re.findall(r"square root of ([\d.]+) \+", item.text))
            products |= set(re.findall(r"\+ ([\d.]+) is", item.text))
        for number in re.findall(r"\d+(?:\.\d+)?", item.text):
            exact = any(number == product.lstrip("-") for product in products)
            assert decimals(number) <= (4 if exact else 2), (number, item.text)


@pytest.mark.parametrize("name", TASKS)
def test_the_same_inputs_give_the_same_reasoning(name: str) -> None:
    task: Any = TASKS[name]
    for item in asked(name)[:20]:
        inputs = task.read_inputs(item.inputs)
        for _ in range(2):
            answer = task.answer(item.show, inputs)
            assert task.explain(item.show, inputs, answer) == item.text


# --- places in the picture


def named_percents(item: Asked, view: View, category: str) -> Iterator[tuple[str, set[int]]]:
    """Percentages that may be stated of things of a category in a picture, by what they tell."""
    width, height = view.camera.width, view.camera.height
    for object_id in item.ids(category):
        if object_id not in view.visible:
            continue
        seen = view.visible[object_id]
        left, top, right, bottom = seen.bbox
        x, y = (100 * value / side for value, side in zip(seen.centroid, (width, height), strict=True))
        yield "place", {round(x), round(y), round(50 * (left + right) / width)}
        spans = {round(100 * (right - left) / width), round(100 * (bottom - top) / height)}
        yield "span", spans
        yield "base", {round(100 * bottom / height)}


def near(stated: int, allowed: set[int]) -> bool:
    return any(abs(stated - value) <= 1 for value in allowed)


def assert_percents(item: Asked, view: View, kind: str, category: str, *stated: str) -> None:
    allowed = [values for told, values in named_percents(item, view, category) if told == kind]
    assert allowed, f"no {category} shows: {item.text}"
    for value in stated:
        assert near(int(value), set().union(*allowed)), (value, allowed, item.text)


ONE_PICTURE = {
    "left_right": [
        ("place", r"middle of the ([a-z ]+?) is at (\d+) %"),
        ("place", r"The ([a-z ]+?) is [a-z ]+, centered at (\d+) %"),
        ("place", r"the ([a-z ]+?) [a-z ]+ \(about (\d+) %"),
    ],
    "above_below": [
        ("place", r"middle of the ([a-z ]+?) is at (\d+) %"),
        ("place", r"The ([a-z ]+?) is [a-z ]+, (\d+) % of the way down"),
    ],
    "object_size": [("span", r"[Tt]he ([a-z ]+?) spans (\d+) %")],
    "size_comparison": [("span", r"The ([a-z ]+?) \([a-z ]+\) spans (\d+) %")],
    "depth_order": [
        ("base", r"base of the ([a-z ]+?) is at (\d+) %"),
        ("span", r"An? ([a-z ]+?) is about [\d.]+ m [a-z ]+ and spans (\d+) %"),
    ],
    "camera_distance": [("span", r"An? ([a-z ]+?) like this is .*? spans (\d+) %")],
}


@pytest.mark.parametrize("name", ONE_PICTURE)
def test_percentages_are_those_of_the_picture(name: str) -> None:
    checked = 0
    for item in asked(name):
        for kind, pattern in ONE_PICTURE[name]:
            for category, stated in re.findall(pattern, item.text):
                assert_percents(item, item.views[0], kind, category, stated)
                checked += 1
    assert checked >= 5


def test_instances_are_listed_where_they_are_from_left_to_right() -> None:
    for item in asked("object_count"):
        places = [int(p) for p in re.findall(r"\(at (\d+) % of the width\)", item.text)]
        truth = sorted(item.views[0].x_percent(i) for i in item.inputs["objects"])
        assert places == truth
        assert len(places) == item.question.answer.value


PAIRS_OF_PICTURES = {
    "camera_motion": [
        ("span", r"the ([a-z ]+?) from (\d+) % to (\d+) % of the image height"),
        ("place", r"The ([a-z ]+?), which is near, is at (\d+) % .*? and at (\d+) %"),
        ("place", r"The ([a-z ]+?), farther away, goes from (\d+) % to (\d+) %"),
    ],
    "camera_rotation": [("place", r"the ([a-z ]+?) moves from (\d+) % to (\d+) %")],
}


@pytest.mark.parametrize("name", PAIRS_OF_PICTURES)
def test_percentages_are_those_of_both_pictures(name: str) -> None:
    checked = 0
    for item in asked(name):
        for kind, pattern in PAIRS_OF_PICTURES[name]:
            for category, *stated in re.findall(pattern, item.text):
                for view, value in zip(item.views, stated, strict=True):
                    assert_percents(item, view, kind, category, value)
                checked += 1
    assert checked >= 5


def test_the_dot_is_where_it_is_said_to_be() -> None:
    for item in asked("correspondence"):
        [(x, y)] = re.findall(r"at (\d+) % of the width and (\d+) % of the height", item.text)
        u, v = item.inputs["point"]
        camera = item.views[0].camera
        assert abs(int(x) - 100 * u / camera.width) <= 1
        assert abs(int(y) - 100 * v / camera.height) <= 1


def test_turns_are_shares_of_the_field_of_view() -> None:
    for item in asked("camera_rotation"):
        wide = 2 * np.degrees(np.arctan(item.views[0].camera.width / 2 / item.views[0].camera.fx))
        [stated] = re.findall(r"The image spans (\d+) degrees", item.text)
        assert int(stated) == round(wide)
        assert f"field of view is {stated} degrees" in item.question.question
        turns = re.findall(r"by (\d+) %, and ([\d.]+) x (\d+) is about (\d+) degrees", item.text)
        assert turns
        for percent, share, span, turn in turns:
            assert float(share) == pytest.approx(int(percent) / 100)
            assert span == stated
            assert abs(float(share) * int(span) - int(turn)) <= 0.5 + 1e-6
            assert abs(int(turn) - item.inputs["exact_deg"]) <= 0.25 * item.inputs["exact_deg"]


@pytest.mark.parametrize("name", ["camera_distance", "object_size"])
def test_what_the_image_spans_is_that_of_the_lens(name: str) -> None:
    for item in asked(name):
        camera = item.views[0].camera
        factors = {f"{view_factor(camera, axis)}" for axis in ("width", "height")}
        for stated in re.findall(r"covers ([\d.]+) m, so|covers [\d.]+ x ([\d.]+) =", item.text):
            assert {f"{float(''.join(stated))}"} <= factors


# --- times


@pytest.mark.parametrize("name", [n for n, task in TASKS.items() if task.needs != "image"])
def test_times_are_those_of_frames(name: str) -> None:
    for item in asked(name):
        times = {f"{t:g}" for t in item.show.times}
        lengths = set(re.findall(r"m in ([\d.]+) s:", item.text))
        for stated in re.findall(r"([\d.]+) s\b", item.text):
            assert stated in times or stated in lengths, item.text


@pytest.mark.parametrize("name", ["appearance_order", "scene_count"])
def test_what_is_said_to_come_into_view_is_seen_then_and_not_before(name: str) -> None:
    for item in asked(name):
        stated = [float(t) for t in re.findall(r"at ([\d.]+) s", item.text)]
        assert len(stated) == len(item.inputs["objects"])
        assert stated == sorted(stated)
