"""Questions about videos in which nothing moves but the camera."""

import itertools

import numpy as np
import pytest

from helpers.box_clips import Boxes, camera, filmed, moved, room, scene, thing
from helpers.two_rooms import two_rooms
from waywiser.errors import DatasetError
from waywiser.rendering.boxes import rectangle_distances, segment_rectangles
from waywiser.rendering.frame import RenderOptions
from waywiser.sample import Program
from waywiser.scenes.scene import Door
from waywiser.tasks import appearance_order, room_size, route_geometry
from waywiser.tasks.base import MAX_QUESTIONS, Question, recognize
from waywiser.tasks.clip_view import ClipView, uniquely_named_in_clip
from waywiser.tasks.registry import TASKS
from waywiser.tasks.views import derive_answer, render_clip
from waywiser.tasks.walkability import (
    CLEARANCE,
    obstacle_footprints,
    unobstructed_paths,
    wall_segments,
)

ROUND = [camera(0, 0, angle, pitch=15) for angle in range(0, 360, 30)]
"""A turn on the spot in the middle of the room, which shows everything."""
THINGS = [
    thing(1, "bed", 2.2, 0.0, (1.2, 1.8, 0.6)),
    thing(2, "lamp", 0.0, 2.2, (0.5, 0.5, 1.5)),
    thing(3, "plant", -2.2, 0.4, (0.7, 0.7, 1.0), 0.5),
    thing(4, "fridge", 0.3, -2.2, (0.7, 0.7, 1.7)),
]
VIDEO_TASKS = [name for name, task in TASKS.items() if task.needs == "video"]


def ask(task: str, clip_view: ClipView, seed: int = 0) -> list[Question]:
    return list(TASKS[task].propose(clip_view, np.random.default_rng(seed)))[:MAX_QUESTIONS]


# --- names


def test_a_name_must_be_its_own_in_the_whole_video() -> None:
    assert [o.id for o in uniquely_named_in_clip(filmed(THINGS, ROUND))] == [1, 2, 3, 4]
    second = thing(5, "lamp", -2.4, -2.4, (0.5, 0.5, 1.5))
    assert [o.id for o in uniquely_named_in_clip(filmed([*THINGS, second], ROUND))] == [1, 3, 4]
    # The other lamp stands behind the camera's back in these frames.
    assert 2 in [o.id for o in uniquely_named_in_clip(filmed([*THINGS, second], ROUND), [2, 3, 4])]
    similar = thing(5, "bunk bed", -2.4, -2.4, (0.8, 0.5, 1.9))  # people could call it a bed
    assert [o.id for o in uniquely_named_in_clip(filmed([*THINGS, similar], ROUND))] == [2, 3, 4]


@pytest.mark.parametrize(("side", "asked"), [(0.14, False), (0.16, True)])
def test_tiny_things_are_not_asked_about(side: float, asked: bool) -> None:
    tiny = thing(5, "box", 0.8, 0.0, (side, side, side))
    assert (
        5 in [o.id for o in uniquely_named_in_clip(filmed([tiny], [camera(0, 0, 0, height=0.6)]))]
    ) == asked


# --- scene count


def test_each_instance_counts_once_however_often_it_shows() -> None:
    chairs = [
        thing(10 + i, "chair", x, y)
        for i, (x, y) in enumerate([(2, 1), (-1, 2), (-2, -2), (1.5, -2)])
    ]
    clip_view = filmed([*chairs, thing(1, "bed", 2.6, -0.9, (1.2, 1.0, 0.5))], [*ROUND, *ROUND])
    counts = {d.subject: d for d in ask("scene_count", clip_view)}
    assert counts["chair"].answer.value == 4
    assert isinstance(counts["chair"].answer.value, int)
    assert counts["bed"].answer.value == 1
    half = filmed(chairs, ROUND[:4])
    seen = {i for view in half.views for i in view.visible}
    assert {d.subject: d.answer.value for d in ask("scene_count", half)} == {"chair": len(seen)}
    assert len(seen) < 4


def test_no_count_when_one_is_never_plain_to_see_or_a_similar_word_is_in_view() -> None:
    chairs = [thing(10, "chair", 2, 1), thing(11, "chair", -2, 1)]
    far = thing(12, "chair", 3.8, -3.8, (0.17, 0.17, 0.17))
    assert ask("scene_count", filmed([*chairs, far], ROUND)) == []
    assert ask("scene_count", filmed([*chairs, thing(12, "stool", 2, -1)], ROUND)) == []


def test_counts_have_a_ceiling() -> None:
    def ring(count: int) -> ClipView:
        angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
        boxes = [
            thing(i + 1, "box", 2.4 * np.cos(a), 2.4 * np.sin(a)) for i, a in enumerate(angles)
        ]
        return filmed(boxes, ROUND)

    assert [d.answer.value for d in ask("scene_count", ring(10))] == [10]
    assert ask("scene_count", ring(11)) == []


# --- absolute distance


@pytest.mark.parametrize(
    ("gap", "value"), [(0.19, None), (0.21, 0.21), (0.637, 0.64), (1.24, 1.2), (2.26, 2.3)]
)
def test_the_gap_between_boxes_in_metres(gap: float, value: float | None) -> None:
    # Along x, between faces; a factor of ten or a centre-to-centre distance would show.
    one = thing(1, "bed", -0.5, 2.5, (1, 1, 0.5))
    two = thing(2, "fridge", gap + 0.5, 2.5, (1, 1, 1.2))
    found = ask(
        "absolute_distance", filmed([one, two], [camera(0.5, -2.5, 90), camera(1.0, -2.5, 90)])
    )
    assert [d.answer.value for d in found] == ([] if value is None else [value])
    for question in found:
        assert question.program.inputs["exact_m"] == pytest.approx(gap, abs=1e-4)
        assert question.answer.unit == "m"
        assert "meters" in question.question


# --- room size


def l_shaped() -> list[tuple[float, float]]:
    return [(-4, -4), (4, -4), (4, 1), (1, 1), (1, 4), (-4, 4)]


def test_the_area_is_that_of_the_floor_polygon() -> None:
    clip_view = filmed(THINGS[:1], ROUND, rooms=[room(l_shaped())])
    [question] = ask("room_size", clip_view)
    assert question.answer.value == 55.0
    assert question.answer.unit == "m2"
    assert "square meters" in question.question
    assert "A corner of about 9 square meters is cut off" in question.reasoning


def test_the_floor_must_have_been_in_view() -> None:
    coverage = [
        room_size.floor_coverage(filmed(THINGS[:1], ROUND[:n], rooms=[room()]), 0)
        for n in (1, 4, 8, 12)
    ]
    assert coverage == sorted(coverage)
    assert coverage[0] < 0.4
    assert coverage[-1] > 0.8
    assert ask("room_size", filmed(THINGS[:1], ROUND[:4])) == []
    # The same turn in the next room sees this one only through the wall, that is, not at all.
    beyond = room([(4.2, -4), (9, -4), (9, 4), (4.2, 4)])
    clip_view = filmed(THINGS[:1], ROUND, rooms=[room(), beyond])
    assert room_size.floor_coverage(clip_view, 1) == 0.0


# --- relative direction


def test_directions_are_those_of_the_floor_plan() -> None:
    found = [d for seed in range(8) for d in ask("relative_direction", filmed(THINGS, ROUND), seed)]
    sides = {(2, 4, 1): "left", (2, 4, 3): "right", (1, 3, 4): "left", (1, 3, 2): "right"}
    checked = 0
    for question in found:
        inputs = question.program.inputs
        side = sides.get((inputs["stand"], inputs["face"], inputs["target"]))
        if side and inputs["level"] == "easy":
            assert question.answer.value == side
            checked += 1
        assert question.margin is not None
        assert question.margin >= 10
    assert checked
    assert {d.answer_class for d in found} >= {
        f"hard {f}-{s}" for f in ("front",) for s in ("left", "right")
    }


def test_of_each_class_one_is_asked() -> None:
    for seed in range(4):
        answer_classes = [
            d.answer_class for d in ask("relative_direction", filmed(THINGS, ROUND), seed)
        ]
        assert len(answer_classes) == len(set(answer_classes)) >= 6


@pytest.mark.parametrize(("x", "asked"), [(1.2, False), (1.3, True)])
def test_things_that_nearly_touch_give_no_direction(x: float, asked: bool) -> None:
    # The bed ends at x = 0.75, the lamp begins 0.2 m before its middle: gaps of 25 and 35 cm.
    things = [
        thing(1, "bed", 0.0, 2.5, (1.5, 1, 0.5)),
        thing(2, "lamp", x, 2.5, (0.4, 0.4, 1.5)),
        thing(3, "plant", -1.8, 1.0, (0.5, 0.5, 1.0)),
    ]
    cameras = [camera(0, -2.5, 90), camera(0.3, -2.5, 90)]
    assert bool(ask("relative_direction", filmed(things, cameras))) == asked


# --- appearance order


def pan() -> list:
    return [camera(0, 0, angle, pitch=15) for angle in range(-120, 175, 15)]


def test_the_order_is_that_of_first_appearance() -> None:
    clip_view = filmed(THINGS, pan())
    [question] = ask("appearance_order", clip_view)
    assert question.answer.value == "fridge, bed, lamp, plant"
    first = [
        next(i for i, v in enumerate(clip_view.views) if recognize(v, k) == "seen")
        for k in (4, 1, 2, 3)
    ]
    assert first == sorted(first)
    assert question.margin == pytest.approx(min(np.diff(first)) / 2)
    options = question.answer.options or []
    assert len(set(options)) == 4
    quoted = "; ".join(f"'{option}'" for option in options)
    assert question.question.endswith(f"Choose one: {quoted}.")  # in words, without letters


def test_what_appears_within_a_second_has_no_order() -> None:
    slow = ask("appearance_order", filmed(THINGS, pan(), fps=2.0))
    fast = ask("appearance_order", filmed(THINGS, pan(), fps=8.0))
    assert slow
    assert not fast


@pytest.mark.parametrize(
    ("earlier", "later", "sure"),
    [
        ((0.0, 1.0), (2.0, 2.0), True),
        ((0.0, 1.0), (1.5, 3.0), False),  # some viewer sees the later one half a second after
        ((0.0, 0.0), (0.0, 3.0), False),  # both may be noticed in the first frame
        ((2.0, 3.0), (1.0, 4.0), False),
    ],
)
def test_an_order_is_asked_only_where_no_viewer_could_see_another(
    earlier: tuple[float, float], later: tuple[float, float], sure: bool
) -> None:
    appearances = [appearance_order.Appearance(*times) for times in (earlier, later)]
    assert appearance_order.appears_clearly_earlier(*appearances) == sure


def test_what_the_first_frame_cuts_at_its_edge_has_appeared_there() -> None:
    """A viewer called a sink seen that the edge cut; the order said it came five seconds later."""
    sink = thing(1, "sink", 1.6, 1.55, (0.8, 0.8, 0.9))
    view = filmed([sink], [camera(0, 0, 0)]).views[0]
    assert view.visible[1].truncated
    assert recognize(view, 1) == "seen"


def test_options_are_any_orders_and_do_not_tell_which_is_right() -> None:
    rng = np.random.default_rng(0)
    draws = [appearance_order.sample_orders(rng) for _ in range(4000)]
    right = (0, 1, 2, 3)
    assert all(len(set(orders)) == 4 and right in orders for orders in draws)
    assert len({order for orders in draws for order in orders}) == 24

    def likeness(orders: list[tuple[int, ...]], index: int) -> int:
        """Positions at which an option agrees with the others."""
        pairs = (
            zip(orders[index], other, strict=True) for i, other in enumerate(orders) if i != index
        )
        return sum(a == b for pair in pairs for a, b in pair)

    hits = [
        max(range(4), key=lambda i, orders=orders: (likeness(orders, i), rng.random()))
        == orders.index(right)
        for orders in draws
    ]
    assert np.mean(hits) == pytest.approx(0.25, abs=0.03)


# --- route plan


def test_ways_keep_clear_of_walls_and_furniture_and_lead_through_doors() -> None:
    rooms = [
        room([(-4, -4), (0, -4), (0, 4), (-4, 4)]),
        room([(0.1, -4), (4, -4), (4, 4), (0.1, 4)]),
    ]
    door = Door(rooms=(0, 1), ends=((0.05, 1.0), (0.05, 1.9)))
    world = scene(
        [thing(1, "bed", -2, -2, (1, 1, 0.5)), thing(2, "bowl", -1, -3, (0.3, 0.3, 0.04))],
        [camera(-2, 0, 0)],
        rooms=rooms,
        doors=[door],
    )
    blocks = np.concatenate([wall_segments(world), obstacle_footprints(world)])

    def free(a: tuple[float, float], b: tuple[float, float]) -> bool:
        return bool(unobstructed_paths(np.array([a]), np.array([b]), blocks)[0])

    assert free((-2, 1.45), (2, 1.45))  # through the middle of the door
    assert not free((-2, 1.15), (2, 1.15))  # too near its jamb
    assert not free((-2, -1), (2, -1))  # through the wall
    assert not free((-3, -2), (-1, -2))  # through the bed
    assert not free((-3, -1.31), (-1, -1.31))  # 19 cm from it
    assert free((-3, -1.29), (-1, -1.29))  # 21 cm from it
    assert free((-3.5, -3), (-0.5, -3))  # over what is flat


def test_many_ways_at_once_are_as_free_as_each_alone() -> None:
    rng = np.random.default_rng(3)
    starts, ends = rng.uniform(-4, 4, (2, 60, 2))
    blocks = np.column_stack(
        [rng.uniform(-4, 4, (7, 2)), rng.uniform(0, 1.5, (7, 2)), rng.uniform(-3, 3, 7)]
    )
    blocks[::3, 3] = 0.0
    alone = [
        bool(unobstructed_paths(a[None], b[None], blocks)[0])
        for a, b in zip(starts, ends, strict=True)
    ]
    assert unobstructed_paths(starts, ends, blocks).tolist() == alone
    ways = segment_rectangles(starts, ends)
    near = [
        min(rectangle_distances(way[None], block[None])[0] for block in blocks) < CLEARANCE
        for way in ways
    ]
    assert alone == [not one for one in near]
    assert 5 < sum(alone) < 55


def test_routes_are_walkable_and_their_turns_are_those_of_the_plan() -> None:
    clip_view = filmed(THINGS, ROUND)
    questions = [d for seed in range(5) for d in ask("route_plan", clip_view, seed)]
    assert len(questions) >= 5
    blocks = np.concatenate([wall_segments(clip_view.scene), obstacle_footprints(clip_view.scene)])
    for question in questions:
        inputs = question.program.inputs
        path = np.array(inputs["path"])
        assert unobstructed_paths(path[:-1], path[1:], blocks, 1e-3).all()
        assert 1 <= len(inputs["hidden"]) <= 3
        assert question.margin is not None
        assert question.margin >= 10
        words = []
        for i in inputs["hidden"]:
            (ax, ay), (bx, by) = np.diff(path[i : i + 3], axis=0)
            turn = np.degrees(np.arctan2(ax * by - ay * bx, ax * bx + ay * by))
            assert abs(turn) >= 45
            assert abs(turn) <= 135  # nobody is sent back where they came from
            words.append("turn left" if turn > 0 else "turn right")
        assert question.answer.value == ", ".join(words)
        assert question.question.count(". [?].") == len(inputs["hidden"])
        options = question.answer.options or []
        assert len(set(options)) == len(options) == (2 if len(words) == 1 else 4)
        stops = np.array([clip_view.object(i).box.center[:2] for i in inputs["stops"]])
        for one, two in itertools.combinations(stops, 2):
            assert np.linalg.norm(one - two) >= 1.5


@pytest.mark.parametrize(
    ("degrees", "word"), [(50, "turn left"), (-50, "turn right"), (140, "turn back")]
)
def test_turns_in_words(degrees: float, word: str) -> None:
    assert route_geometry.turn_word(degrees) == word


@pytest.mark.parametrize(
    ("bend", "sure"),
    [
        (44, False),
        (46, True),
        (124, True),
        (126, False),
        (144, False),
        (146, True),
        (-46, True),
        (-126, False),
    ],
)
def test_a_turn_is_asked_about_only_off_every_boundary(bend: float, sure: bool) -> None:
    corner = np.array([[0.0, 0.0], [2.0, 0.0]])
    last = corner[1] + 2 * np.array([np.cos(np.radians(bend)), np.sin(np.radians(bend))])
    points = np.vstack([corner, last])
    things = [thing(i + 1, "box", x, y) for i, (x, y) in enumerate(points.tolist())]
    assert (route_geometry.agreed_turns(things, points) is not None) == sure


def test_a_way_that_the_scene_does_not_leave_free_gives_no_answer() -> None:
    world = scene(THINGS, ROUND)
    [question, *_] = ask("route_plan", render_clip(Boxes(), world, 0, RenderOptions(rgb=False)))
    (ax, ay), (bx, by) = question.program.inputs["path"][:2]
    inside = thing(9, "box", (ax + bx) / 2, (ay + by) / 2)
    blocked = world.model_copy(update={"objects": (*world.objects, inside)})
    assert derive_answer(question.program, world, Boxes()) == question.answer
    with pytest.raises(DatasetError):
        derive_answer(question.program, blocked, Boxes())


# --- all of them


@pytest.mark.parametrize("task", VIDEO_TASKS)
def test_answers_do_not_depend_on_where_the_world_stands(task: str) -> None:
    world = two_rooms() if task == "room_comparison" else scene(THINGS, pan())
    here = render_clip(Boxes(), world, 0, RenderOptions(rgb=False))
    there = render_clip(Boxes(), moved(world, 130.0, 2.0, -7.0), 0, RenderOptions(rgb=False))
    questions = ask(task, here)
    assert questions
    for question in questions:
        if task != "route_plan":  # whose path is written in world coordinates
            assert TASKS[task].derive(there, question.program.inputs) == question.answer
    again = ask(task, there)
    assert (
        sorted(d.subject for d in again) == sorted(d.subject for d in questions)
        or task == "relative_direction"
    )


@pytest.mark.parametrize("task", [name for name, task in TASKS.items() if task.needs != "image"])
def test_an_empty_room_gives_no_question_about_things(task: str) -> None:
    clip_view = filmed([], [camera(0, 0, 0), camera(0, 0, 1)])
    assert ask(task, clip_view) == []


@pytest.mark.parametrize(
    ("inputs", "name"),
    list(
        itertools.product(
            [{}, {"clip": 3, "category": "bed"}, {"clip": 0, "a": 1, "b": 99}],
            ["scene_count", "absolute_distance"],
        )
    ),
)
def test_a_program_that_does_not_fit_is_one_line(inputs: dict, name: str) -> None:
    if name == "scene_count" and inputs.get("clip") == 0:
        inputs = {"clip": 0}
    with pytest.raises(DatasetError) as caught:
        derive_answer(Program(name=name, inputs=inputs), scene(THINGS, ROUND[:2]), Boxes())
    assert "\n" not in str(caught.value)
