"""What people who answered by eye could not: each of these was asked about once, and is not any more."""

import numpy as np
import pytest

from helpers.box_clips import camera, filmed, slide, thing
from tasks.test_images import seen
from waywiser.scenes.scene import Box, Object
from waywiser.tasks import camera_rotation, route_geometry
from waywiser.tasks.base import Question
from waywiser.tasks.registry import TASKS
from waywiser.tasks.view_geometry import view_overlap

ROOM = [
    thing(1, "bed", 2.2, 0.0, (1.2, 1.8, 0.6)),
    thing(2, "lamp", 0.0, 2.2, (0.5, 0.5, 1.5)),
    thing(3, "plant", -2.2, 0.4, (0.7, 0.7, 1.0), 0.5),
    thing(4, "fridge", 0.3, -2.2, (0.7, 0.7, 1.7)),
]
PAIR_TASKS = [name for name, task in TASKS.items() if task.needs == "views"]


def proposed(task: str, show: object, seeds: int = 3) -> list[Question]:
    """All that a task would ask, explained or not."""
    return [q for s in range(seeds) for q in TASKS[task].propose(show, np.random.default_rng(s))]


@pytest.mark.parametrize("turn", [62, 90, 120, 180])
def test_a_turn_beyond_sixty_degrees_is_not_asked_about(turn: float) -> None:
    """Half a turn with an eighth of the points in common was asked about: 90 or 180, who knows?"""
    clip_view = filmed(ROOM, [camera(-2, 0, 0), camera(-2, 0, turn)], fps=None)
    assert proposed("camera_rotation", clip_view) == []
    assert not camera_rotation.is_level_turn(*clip_view.cameras)


@pytest.mark.parametrize("task", PAIR_TASKS)
def test_two_images_without_common_content_are_not_asked_about(task: str) -> None:
    eyes = [camera(-1, 0, 0), camera(-0.5, 0, 110), camera(-1, 0.4, 200)]
    clip_view = filmed(ROOM, eyes, fps=None)
    one, two, three = clip_view.views
    assert max(view_overlap(one, two), view_overlap(two, three), view_overlap(one, three)) < 0.3
    assert proposed(task, clip_view) == []


@pytest.mark.parametrize(("far", "asked"), [(0.22, False), (0.45, False), (0.95, True)])
def test_a_small_displacement_is_not_asked_about(far: float, asked: bool) -> None:
    moving = [camera(-2 + far * i / 7, 0, 4 * i) for i in range(8)]  # and turns on its way
    assert bool(proposed("displacement", filmed(ROOM, moving))) == asked
    still = [camera(-2, 0, 0)] * 8
    motion = slide(5, (0.0, 0.5, 0.6), (3.5, 0.5 + far, 0.6))
    box = thing(5, "box", 0.5, 0.6)
    assert bool(proposed("displacement", filmed([*ROOM, box], still, motions=[motion]))) == asked


@pytest.mark.parametrize(("second", "asked"), [(1.6, False), (1.72, False), (1.78, True)])
def test_distances_that_are_nearly_alike_are_not_compared(second: float, asked: bool) -> None:
    """The next one was 1.6 m away and the closest 1.4 m; a quarter more is needed."""
    anchor = thing(1, "plant", 0.5, 0.0, (0.4, 0.4, 1.0))
    near = thing(2, "lamp", 0.5, 1.8, (0.4, 0.4, 1.2))
    other = thing(3, "fridge", 0.5, -0.4 - second, (0.4, 0.4, 1.2))
    _, view = seen([anchor, near, other])
    found = [q for q in proposed("relative_distance", view) if q.program.inputs["anchor"] == 1]
    assert bool(found) == asked
    for question in found:
        assert sorted(question.program.inputs["exact_m"]) == pytest.approx([1.4, second])


def stops(*places: tuple[float, float]) -> tuple[list[Object], np.ndarray]:
    """Boxes at places of the floor, and the way from one to the next."""
    return [thing(i, "box", x, y) for i, (x, y) in enumerate(places)], np.array(places)


def test_stops_of_a_route_are_apart() -> None:
    """A walk led back to a stop 5 cm from where it had begun."""
    turns = ["turn left", "turn left"]
    assert route_geometry.is_natural(*stops((0, 0), (3, 0), (3, 3), (0, 3)), turns)
    assert not route_geometry.is_natural(*stops((0, 0), (3, 0), (3, 3), (0.03, 0.04)), turns)
    assert not route_geometry.is_natural(*stops((0, 0), (3, 0), (3, 3), (3, 1.45)), turns)
    assert route_geometry.is_natural(*stops((0, 0), (3, 0), (3, 3), (0, 1.55)), turns)


def test_a_route_passes_no_place_twice_and_sends_nobody_back() -> None:
    things, points = stops((0, 0), (4, 0), (4, 3), (1, 0.5))
    assert not route_geometry.is_natural(things, points, ["turn left", "turn left"])
    things, points = stops((0, 0), (4, 0), (4, 3), (1, 3))
    assert not route_geometry.is_natural(things, points, ["turn left", "turn back"])


def test_two_things_in_the_first_frame_are_never_ordered() -> None:
    """A person and a trash can, whole and unhidden in the first frame, were put in an order."""
    pan = [camera(0, 0, angle, pitch=15) for angle in range(-120, 175, 15)]
    beside = thing(5, "person", -1.5, -2.2, (0.4, 0.4, 1.7))
    clip_view = filmed([*ROOM, beside], pan)
    first = clip_view.views[0]
    together = {i for i in (4, 5) if first.pixel_share(i) > 0.0}
    assert together == {4, 5}, "the test's own clip"
    found = proposed("appearance_order", clip_view, 8)
    assert found
    assert all(not together <= set(q.program.inputs["objects"]) for q in found)


def test_a_thing_that_shows_at_no_more_than_its_edge_is_not_a_landmark() -> None:
    """A box of a few pixels was the place to stand at."""
    speck = Object(
        id=6, category="box", model="box", box=Box(center=(3.6, 3.6, 0.1), size=(0.2, 0.2, 0.2))
    )
    pan = [camera(0, 0, angle, pitch=15) for angle in range(0, 360, 30)]
    clip_view = filmed([*ROOM, speck], pan)
    assert max(view.pixel_share(6) for view in clip_view.views) < 0.01
    found = proposed("relative_direction", clip_view)
    assert found
    asked = {
        i
        for q in found
        for i in TASKS["relative_direction"].read_inputs(q.program.inputs).object_ids()
    }
    assert 6 not in asked
