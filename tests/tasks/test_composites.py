"""Composite tasks on scenes whose answers one can work out on paper, at each depth."""

import math
import re
from typing import Any

import numpy as np
import pytest

from helpers.box_clips import Boxes, camera, room, scene, thing
from helpers.two_rooms import two_rooms
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.scenes.scene import Scene
from waywiser.tasks.base import Question, View
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.counting_conditions import choose_members, meets_plainly
from waywiser.tasks.move_geometry import is_move_plain, move_answer, turn_margin
from waywiser.tasks.registry import TASKS
from waywiser.tasks.room_comparison import lead_of_rooms
from waywiser.tasks.size_order import order_depth
from waywiser.tasks.views import render_clip, render_view

TRUTH = RenderOptions(rgb=False)


def photo(world: Scene, index: int = 0) -> View:
    return render_view(RoomRenderer(world, Boxes()), world, index, TRUTH)


def asked(name: str, show: View | ClipView, seeds: int = 4) -> list[Question]:
    task: Any = TASKS[name]
    return [q for seed in range(seeds) for q in task.questions(show, np.random.default_rng(seed))]


def derived(name: str, show: View | ClipView, **inputs: Any) -> Any:
    """What a task answers to inputs that we chose."""
    return TASKS[name].derive(show, inputs).value


# A camera at the origin looks along +y. From it: chairs to the left at 2 and 4 m and to the right
# at 3 m, a table straight ahead at 3 m, a lamp to the right at 5 m.
ROW = [
    thing(1, "table", 0.0, 3.0, (0.7, 0.5, 0.7)),
    thing(2, "chair", -1.3, 1.9, (0.4, 0.4, 0.9)),
    thing(3, "chair", -1.8, 4.4, (0.4, 0.4, 0.9)),
    thing(4, "chair", 1.7, 3.9, (0.4, 0.4, 0.9)),
    thing(5, "lamp", 1.7, 5.4, (0.4, 0.4, 1.6)),
]


@pytest.fixture(scope="module")
def row() -> View:
    outline = room(((-4, -1), (4, -1), (4, 7), (-4, 7)))
    world = scene(ROW, [], rooms=[outline])
    return photo(world.model_copy(update={"cameras": (camera(0, 0, 90, pitch=12),), "clips": ()}))


@pytest.mark.parametrize(
    ("conditions", "references", "count"),
    [
        (["left"], [1], 2),
        (["right"], [1], 1),
        (["closer"], [1], 1),
        (["farther"], [1], 2),
        (["left", "closer"], [1, 1], 1),
        (["left", "farther"], [1, 1], 1),
        (["right", "closer"], [1, 1], 0),
        (["left", "closer"], [1, 5], 2),
        (["right", "closer"], [1, 5], 1),
        (["left", "farther"], [5, 1], 1),
    ],
)
def test_a_count_is_of_what_meets_every_condition(
    row: View, conditions: list[str], references: list[int], count: int
) -> None:
    found = derived(
        "conditional_count",
        row,
        camera=0,
        category="chair",
        objects=(2, 3, 4),
        conditions=conditions,
        references=references,
    )
    assert found == count


def test_counts_are_asked_at_each_depth_and_counted_in_the_reasoning(row: View) -> None:
    found = asked("conditional_count", row)
    assert {q.complexity for q in found} == {1, 2, 3}
    for question in found:
        inputs = question.program.inputs
        assert len(inputs["conditions"]) == (1 if question.complexity == 1 else 2)
        assert len(set(inputs["references"])) == (2 if question.complexity == 3 else 1)
        members = re.findall(r"(\d), at (\d+) %: (.*?)(?:; (?=\d,)|\. So)", question.reasoning)
        assert [int(place) for _, place, _ in members] == sorted(
            row.x_percent(i) for i in inputs["objects"]
        )
        fitting = re.findall(r"\d", question.reasoning.rpartition(". So ")[2].split(":")[0])
        assert len(fitting) == question.answer.value
        assert question.margin is not None
        assert question.margin >= 1


def test_the_reasoning_of_a_count_tells_each_base_and_side(row: View) -> None:
    for question in asked("conditional_count", row):
        for own, other, word in re.findall(
            r"its base is at (\d+) %, that of the [a-z ]+? at (\d+) %, so (closer|farther)",
            question.reasoning,
        ):
            assert (int(own) > int(other)) == (word == "closer")
        sides = re.search(r"The ([a-z]+) is [a-z ]+, from (\d+) to (\d+) %", question.reasoning)
        if sides is None:
            continue
        low, high = int(sides[2]), int(sides[3])
        for place, word in re.findall(r"at (\d+) %: (left|right)", question.reasoning):
            assert int(place) < low if word == "left" else int(place) > high


def test_what_fails_one_condition_plainly_does_not_count_whatever_the_other() -> None:
    plain: Any = {(7, 1, "side"): "right", (8, 1, "side"): "left"}
    assert meets_plainly(plain, 7, ("left", "closer"), (1, 1)) is False
    assert meets_plainly(plain, 8, ("left", "closer"), (1, 1)) is None
    assert meets_plainly(plain, 8, ("left",), (1,)) is True


@pytest.mark.parametrize("count", range(6))
def test_a_list_holds_just_so_many_that_fit(count: int) -> None:
    checked = {**dict.fromkeys(range(5), True), **dict.fromkeys(range(5, 10), False), 10: None}
    chosen = choose_members(checked, count, np.random.default_rng(count), is_list=True)
    assert len(chosen) == 5
    assert sum(bool(checked[i]) for i in chosen) == count
    assert choose_members(checked, count, np.random.default_rng(0), is_list=False) == []


@pytest.mark.parametrize(
    ("anchor", "reference", "ask", "answer"),
    [
        (None, 1, "side", "left"),  # chair 2, 2 m in front
        (None, 5, "side", "left"),
        (5, 5, "depth", "closer"),  # chair 4, in front of the lamp
        (5, 1, "both", "right and farther"),
        (1, 1, "side", "left"),  # chair 2
        (1, 5, "both", "left and closer"),
    ],
)
def test_the_nearest_is_found_before_its_side_is_told(
    row: View, anchor: int | None, reference: int, ask: str, answer: str
) -> None:
    found = derived(
        "nearest_direction",
        row,
        camera=0,
        category="chair",
        objects=(2, 3, 4),
        anchor=anchor,
        reference=reference,
        ask=ask,
        options=("x", answer),
    )
    assert found == answer


def test_the_nearest_in_the_reasoning_is_the_one_at_the_smallest_distance(row: View) -> None:
    found = asked("nearest_direction", row)
    assert {q.complexity for q in found} == {1, 2, 3}
    for question in found:
        meters = re.findall(
            r"number (\d), [a-z ]+, at \(.*?\) is ([\d.]+) m away", question.reasoning
        )
        [winner] = re.findall(r"So number (\d) is nearest", question.reasoning)
        assert min(meters, key=lambda pair: float(pair[1]))[0] == winner
        assert question.question.count("?") == 1
        assert all(option in question.question for option in question.answer.options or ())


@pytest.mark.parametrize(
    ("quantity", "objects", "exact"),
    [
        # From (0, 0, 1.5): the near upper edges of what shows.
        ("camera", (2, 4), None),
        # The table's box ends at x = 0.35, y = 2.75 to 3.25.
        ("objects", (1, 4, 5), math.hypot(1.15, 1.95) - math.hypot(1.15, 0.45)),
        ("detour", (2, 1, 4), None),
    ],
)
def test_differences_of_distances(
    row: View, quantity: str, objects: tuple[int, ...], exact: float | None
) -> None:
    places = {obj.id: np.array(obj.box.center[:2]) for obj in ROW}
    if quantity == "camera":
        one, two = (row.visible[i].nearest_distance for i in objects)
        exact = two - one
    if quantity == "detour":
        a, b, c = (places[i] for i in objects)
        exact = float(sum(map(np.linalg.norm, (b - a, c - b))) - np.linalg.norm(c - a))
    assert exact is not None
    found = derived(
        "distance_difference", row, camera=0, quantity=quantity, objects=objects, exact_m=1
    )
    assert found == pytest.approx(exact, abs=0.051)


def test_differences_in_the_reasoning_are_near_the_truth() -> None:
    home = two_rooms()
    found = asked("distance_difference", photo(home, 5))
    assert {q.complexity for q in found} == {1, 2, 3}
    for question in found:
        [estimate] = re.findall(r"= (-?[\d.]+) m\. Within about 20 %", question.reasoning)
        exact = question.program.inputs["exact_m"]
        assert exact >= 0.5
        assert abs(float(estimate) - exact) <= 0.2 * exact + 0.06


@pytest.mark.parametrize(
    ("heights", "depth"),
    [
        ((0.4, 0.8, 1.6), 1),
        ((0.6, 0.8, 1.6), 2),
        ((0.7, 0.8, 1.6), None),  # an eighth
        ((0.2, 0.25, 0.5), None),  # 5 cm
        ((0.4, 0.6, 0.9, 1.3), 3),
        ((0.4, 0.6, 0.9, 1.0), None),
    ],
)
def test_depths_of_an_order_by_size(heights: tuple[float, ...], depth: int | None) -> None:
    things = [thing(i, "x", 0, 0, (0.3, 0.3, h)) for i, h in enumerate(heights, start=1)]
    assert order_depth(things, "height") == depth


def test_an_order_by_size_is_that_of_the_boxes_and_of_the_products() -> None:
    home = two_rooms()
    assert asked("size_order", photo(home, 5)) == []  # a fridge is taller than any table
    shelved = [
        obj.model_copy(update={"category": "bookcase"}) if obj.category == "table" else obj
        for obj in home.objects
    ]
    view = photo(home.model_copy(update={"objects": tuple(shelved)}), 5)
    found = asked("size_order", view)
    assert found
    for question in found:
        assert question.answer.value == "fridge, bookcase, trash can"
        products = dict(
            re.findall(r"the ([a-z ]+?) \([a-z ]+\): .*? = ([\d.]+)", question.reasoning)
        )
        order = sorted(products, key=lambda name: -float(products[name]))
        assert ", ".join(order) == question.answer.value
        assert len(set(question.answer.options or ())) == 4


# A square of 3 m, clockwise from the south-west, and a place to the south, near a.
CORNERS = {
    "a": (-1.5, -1.5),
    "b": (-1.5, 1.5),
    "c": (1.5, 1.5),
    "d": (1.5, -1.5),
    "e": (-0.6, -1.8),
}


@pytest.mark.parametrize(
    ("move", "stops", "answer"),
    [
        ("walk", "abc", "right"),
        ("walk", "bad", "left"),
        ("walk", "cba", "left"),
        ("walk", "abe", "back"),
        ("shift", "abdc", None),  # straight ahead
        ("shift", "abcd", "back"),
        ("shift", "acbd", "right"),
        ("legs", "abcd", "right, then right"),
        ("legs", "dcba", "left, then left"),
    ],
)
def test_turns_after_a_move(move: str, stops: str, answer: str | None) -> None:
    world = two_rooms()
    outline = room(((-4, -4), (4, -4), (4, 5), (-4, 5)))
    world = world.model_copy(update={"rooms": (outline,)})
    objects = [thing(i, name, *CORNERS[name]) for i, name in enumerate(stops, start=1)]
    if answer is None or (answer == "back" and move == "shift"):
        assert not is_move_plain(world, move, objects)  # straight on, or right about
        return
    assert move_answer(move, objects) == answer
    assert is_move_plain(world, move, objects)
    assert turn_margin(move, objects) == pytest.approx(29.7 if answer == "back" else 45.0, abs=0.1)


def test_a_walk_stays_in_its_room_and_on_its_floor() -> None:
    world = two_rooms()
    notch = room(((-4, -4), (4, -4), (4, 4), (1, 4), (1, 0), (-1, 0), (-1, 4), (-4, 4)))
    world = world.model_copy(update={"rooms": (notch,)})
    objects = [thing(i, n, *CORNERS[n]) for i, n in enumerate("bcda", start=1)]
    assert not is_move_plain(world, "walk", objects[:3])  # across the notch
    assert is_move_plain(world, "walk", objects[1:])


def test_turns_are_asked_at_each_depth() -> None:
    home = two_rooms()
    clip_view = render_clip(Boxes(), home, 0, TRUTH)
    found = asked("turn_after_move", clip_view)
    assert {q.complexity for q in found} == {1, 2, 3}
    for question in found:
        signs = re.findall(r"= (-?[\d.]+), (positive|negative)", question.reasoning)
        sides = ["left" if float(value) > 0 else "right" for value, _ in signs]
        answer = str(question.answer.value)
        assert answer == "back" or answer.split(", then ") == sides
        if answer == "back":
            [turn] = re.findall(r"about (\d+) degrees", question.reasoning)
            assert int(turn) >= 135


def test_rooms_are_compared_by_what_is_seen_in_them() -> None:
    home = two_rooms(
        thing(21, "armchair", -3.2, -2.2, (0.8, 0.8, 0.9)),
        thing(22, "armchair", -3.2, 2.9, (0.8, 0.8, 0.9)),
        thing(23, "armchair", -1.2, 3.3, (0.6, 0.6, 0.9)),
    )
    found = asked("room_comparison", render_clip(Boxes(), home, 0, TRUTH))
    # Chairs alone are not compared: somebody could call the armchairs chairs.
    assert {q.complexity for q in found} == {3}
    for question in found:
        assert question.answer.value == "kitchen"  # 1 chair and 3 armchairs against 2 chairs
        assert question.margin == 2
        assert "1 + 3 = 4" in question.reasoning or "3 + 1 = 4" in question.reasoning

    found = asked("room_comparison", render_clip(Boxes(), two_rooms(), 0, TRUTH))
    assert {(q.complexity, q.answer.value, q.margin) for q in found} == {(1, "bedroom", 1)}


def test_an_instance_that_is_never_surely_seen_leaves_nothing_to_ask() -> None:
    speck = thing(21, "chair", -3.7, 3.7, (0.12, 0.12, 0.12))
    clip_view = render_clip(Boxes(), two_rooms(speck), 0, TRUTH)
    assert asked("room_comparison", clip_view) == []


def test_one_thing_alone_does_not_lead() -> None:
    one, two = (thing(i, "cup", 0, 0) for i in (1, 2))
    counts = {("cup", 0): [one], ("cup", 1): [one, two], ("cup", 2): [], ("book", 0): []}
    assert lead_of_rooms(counts, ("cup",), (0, 1)) == 1
    assert lead_of_rooms(counts, ("cup",), (0, 1, 2)) == 1
    assert lead_of_rooms(counts, ("cup",), (1, 2)) == 2
    assert lead_of_rooms(counts, ("cup",), (0, 2)) == 0
    assert lead_of_rooms(counts, ("book",), (0, 1)) == 0
