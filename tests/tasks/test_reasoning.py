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

from helpers.box_clips import Boxes
from tasks.test_catalogue import final_words, worlds
from waywiser.curation.chains import Chain, find_fault
from waywiser.curation.config import ChainConfig
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.procedural.home import build_home_scene
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.scene import Camera, Scene
from waywiser.tasks.base import Question, View, is_visible, recognize
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.completion import format_answer
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
    return needs == "views" or show.clip.kind == "video"  # two frames of a video are views too


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
def test_curation_finds_no_fault_in_the_reasoning(name: str) -> None:
    for item in asked(name):
        answer = item.question.answer
        chain = Chain(item.text, format_answer(answer))
        assert find_fault(chain, item.question.question, answer, ChainConfig()) is None, item.text


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
        x, y = (
            100 * value / side for value, side in zip(seen.centroid, (width, height), strict=True)
        )
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
        ("place", r"the ([a-z ]+?) (?:near|at|in|on) the [a-z ]+ \(about (\d+) %"),
    ],
    "above_below": [
        ("place", r"middle of the ([a-z ]+?) is at (\d+) %"),
        ("place", r"The ([a-z ]+?) is [a-z ]+?, (\d+) % of the way down"),
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


def first_seen(item: Asked, object_id: int) -> float:
    """When an object is first surely seen, in seconds."""
    return next(
        t
        for t, view in zip(item.show.times, item.show.views, strict=True)
        if recognize(view, object_id) == "seen"
    )


def test_what_comes_into_view_is_seen_then_and_not_before() -> None:
    for item in asked("appearance_order"):
        stated = re.findall(r"the ([a-z ]+?) at ([\d.]+) s", item.text)
        truth = {
            item.show.object(i).category: f"{first_seen(item, i):g}" for i in item.inputs["objects"]
        }
        assert dict(stated) == truth
        assert ", ".join(category for category, _ in stated) == item.question.answer.value

    for item in asked("scene_count"):
        times = re.findall(r"\d+: at ([\d.]+) s", item.text)
        assert times == [
            f"{t:g}" for t in sorted(first_seen(item, i) for i in item.inputs["objects"])
        ]


def test_what_is_clearest_at_a_time_shows_then() -> None:
    for item in asked("relative_direction"):
        for category, time in re.findall(r"the ([a-z ]+?) \(clearest at ([\d.]+) s\)", item.text):
            frame = [f"{t:g}" for t in item.show.times].index(time)
            assert any(is_visible(item.show.views[frame], i) for i in item.ids(category))


def view_at(item: Asked, time: str) -> View:
    return item.show.views[[f"{t:g}" for t in item.show.times].index(time)]


def test_who_moves_is_told_by_what_the_frames_show() -> None:
    checked = 0
    for item in asked("who_moved"):
        span = r"where it spans (\d+) % of the image height; the last is at ([\d.]+) s with (\d+) %"
        for first, time, last in re.findall(span, item.text):
            category = item.show.object(item.inputs["object"]).category
            [start] = re.findall(r"is at ([\d.]+) s, where", item.text)
            assert_percents(item, view_at(item, start), "span", category, first)
            assert_percents(item, view_at(item, time), "span", category, last)
            checked += 1

        for landmark, *places in re.findall(
            r"The ([a-z ]+?) stands still in the room. In the image it goes from (\d+) % of the width"
            r" and (\d+) % of the height at ([\d.]+) s to (\d+) % and (\d+) % at ([\d.]+) s",
            item.text,
        ):
            for x, height, time in (places[:3], places[3:]):
                assert_percents(item, view_at(item, time), "place", landmark, x)
                assert_percents(item, view_at(item, time), "span", landmark, height)
                checked += 1
    assert checked >= 5


def test_a_ruler_fits_into_a_wall_as_often_as_an_eye_can_tell() -> None:
    for item in asked("room_size"):
        assert all(float(t) <= 8 for t in re.findall(r"fit about ([\d.]+) times", item.text))


def test_square_roots_come_out() -> None:
    found = [
        sums
        for item in asked("displacement")
        for sums in re.findall(r"root of ([\d.]+) \+ ([\d.]+) is ([\d.]+) m", item.text)
    ]
    assert found
    for one, two, root in found:
        assert abs(np.sqrt(float(one) + float(two)) - float(root)) <= 0.05 + 1e-6


# --- places on the floor


def on_map(camera: Camera, point: Any) -> np.ndarray:
    """A place as the map of a camera has it: to its right, and ahead of it, in meters."""
    ahead = heading(camera)
    way = np.asarray(point, dtype=float)[:2] - camera.position[:2]
    return np.array([way @ np.array([ahead[1], -ahead[0]]), way @ ahead])


def mapped(item: Asked) -> Iterator[tuple[tuple[str, str], np.ndarray]]:
    """The places that reasoning states on its map, each with the true one."""
    name, text, show, inputs = item.question.task, item.text, item.show, item.inputs
    about = r"is at about \((\S+), (\S+)\)"

    def center(object_id: int) -> Any:
        return show.object(object_id).box.center

    if name == "relative_distance":
        places = re.findall(r"(?:about|[;:] [a-z ]+) \((\S+), (\S+)\)", text)
        ids = (inputs["anchor"], *inputs["candidates"])
        truth = [on_map(show.camera, center(i)) for i in ids]
    elif name == "absolute_distance":
        [time] = re.findall(r"from the camera at ([\d.]+) s", text)
        places = re.findall(about, text)
        truth = [on_map(view_at(item, time).camera, center(inputs[k])) for k in ("a", "b")]
    elif name == "relative_direction":
        places = re.findall(r"s\) at about \((\S+), (\S+)\)", text)
        truth = [on_map(show.cameras[0], center(inputs[k])) for k in ("stand", "face", "target")]
    elif name == "route_plan":
        places = re.findall(r"by the [a-z ]+ \((\S+), (\S+)\)", text)
        truth = [on_map(show.cameras[0], point) for point in inputs["path"]]
    elif name == "perspective":
        one, two = item.views
        places = re.findall(about, text)
        points = [center(inputs["object"]), two.camera.position]
        truth = [on_map(one.camera, point) for point in points]
    elif name == "motion_direction":
        places = re.findall(r"(?:starts|ends) at about \((\S+), (\S+)\)", text)
        track = object_trajectory(show, inputs["object"])
        truth = [on_map(show.cameras[0], point) for point in (track[0], track[-1])]
    else:
        found = re.findall(r"\((\S+), (\S+)\) at ([\d.]+) s", text)
        places = [(x, y) for x, y, _ in found]
        start = min(show.times, key=lambda t: abs(t - inputs["t1"]))
        camera = show.cameras[show.times.index(start)]
        truth = [
            on_map(camera, path_points(show, inputs["object"], inputs["t1"], float(t))[-1])
            if float(t) > inputs["t1"]
            else on_map(camera, path_points(show, inputs["object"], inputs["t1"], inputs["t2"])[0])
            for _, _, t in found
        ]

    assert len(places) == len(truth) >= 2, text
    yield from zip(places, truth, strict=True)


@pytest.mark.parametrize("name", FLOOR_TASKS)
def test_maps_are_true_to_half_a_step(name: str) -> None:
    for item in asked(name):
        pairs = list(mapped(item))
        stated = np.array([[float(x), float(y)] for (x, y), _ in pairs])
        step = 0.5 if np.allclose(stated * 2, np.round(stated * 2)) else 0.25
        assert np.allclose(stated / step, np.round(stated / step)), item.text
        assert np.abs(stated - [truth for _, truth in pairs]).max() <= step / 2 + 1e-6, item.text


@pytest.mark.parametrize("name", ["relative_distance", "absolute_distance", "displacement"])
def test_distances_on_the_map_are_those_of_its_places(name: str) -> None:
    for item in asked(name):
        places = [np.array([float(x), float(y)]) for (x, y), _ in mapped(item)]
        lengths = {
            "relative_distance": re.findall(r"([\d.]+) m from it", item.text),
            "absolute_distance": re.findall(r"are ([\d.]+) m apart", item.text),
            "displacement": re.findall(r"is ([\d.]+) m\.", item.text),
        }[name]
        start = places[0]
        for length, place in zip(lengths, places[1:], strict=False):
            assert float(length) == pytest.approx(np.linalg.norm(place - start), abs=0.051)
        assert lengths or item.inputs["quantity"] == "speed"
