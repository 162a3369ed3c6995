import itertools
import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.room_checks import (
    WALKERS,
    check_no_collision,
    check_support,
    footprint,
    inside,
    is_in_the_way,
)
from waywiser.errors import SceneError
from waywiser.scenes.doorways import doorway_corners, find_opening
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.procedural.footprint import Footprint, footprints_overlap
from waywiser.scenes.procedural.home import HomeConfig, build_home_scene
from waywiser.scenes.scene import Scene

LIBRARY = open_library("parametric")
CONFIG = HomeConfig(moving_share=1.0)
SPLIT_AND_INDEX = [(split, index) for split in ("train", "heldout") for index in range(8)]
each_home = pytest.mark.parametrize(("split", "index"), SPLIT_AND_INDEX)


@cache  # not at import: a worker that runs none of these tests builds nothing
def build(split: str, index: int) -> Scene:
    return build_home_scene(index, 3, split, LIBRARY, CONFIG)


def all_homes() -> list[Scene]:
    return [build(split, index) for split, index in SPLIT_AND_INDEX]


def check_home(home: Scene) -> None:
    """What a home promises of its furniture, by other means than those that built it."""
    assert [thing.id for thing in home.objects] == list(range(1, len(home.objects) + 1))
    check_support(home)
    for index in range(len(home.rooms)):
        check_no_collision([thing for thing in home.objects if thing.room == index])


@each_home
def test_furniture_stands_in_its_room_and_shares_no_space(split: str, index: int) -> None:
    check_home(build(split, index))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.floats(0, 1))
def test_any_seed_makes_a_home(seed: int, rooms: int, l_shaped: float) -> None:
    config = HomeConfig(min_rooms=rooms, max_rooms=rooms, l_shaped_share=l_shaped)
    home = build_home_scene(0, seed, "train", LIBRARY, config)
    assert len(home.rooms) == rooms
    assert len(home.doors) >= rooms - 1
    check_home(home)


@each_home
def test_doors_open_both_walls_and_one_can_walk_through_the_whole_home(
    split: str, index: int
) -> None:
    home = build(split, index)
    for door in home.doors:
        for room in door.rooms:
            _, start, end = find_opening(home.rooms[room], door)
            assert end - start == pytest.approx(math.dist(*door.ends), abs=1e-6)
    assert reachable(home) == set(range(len(home.rooms)))


def reachable(home: Scene, radius: float = 0.25, cell: float = 0.1) -> set[int]:
    """Rooms whose middle part a round body of this radius reaches from the first camera of the
    walk, by flooding.
    """
    spaces = [(room.polygon, i) for i, room in enumerate(home.rooms)]
    spaces += [(tuple(map(tuple, doorway_corners(home, door).tolist())), -1) for door in home.doors]
    floor = [footprint(thing) for thing in home.objects if is_in_the_way(thing)]

    def free(x: float, y: float) -> bool:
        around = [
            (x + radius * math.cos(a), y + radius * math.sin(a))
            for a in np.linspace(0, 2 * math.pi, 8)
        ]
        walled = all(any(inside(p, *q) for p, _ in spaces) for q in [*around, (x, y)])
        return walled and all(f.distance(x, y) >= radius for f in floor)

    x0, y0, _ = home.clips[0].cameras[0].position.tolist()
    todo = [(0, 0)]
    seen = {(0, 0)}
    rooms = set()
    while todo:
        i, j = todo.pop()
        x = x0 + i * cell
        y = y0 + j * cell
        rooms |= {k for p, k in spaces if k >= 0 and inside(p, x, y)}
        for step in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            near = (i + step[0], j + step[1])
            if near not in seen and free(x0 + near[0] * cell, y0 + near[1] * cell):
                seen.add(near)
                todo.append(near)
    return rooms


@each_home
def test_the_walk_visits_every_room_in_turn_at_walking_pace(split: str, index: int) -> None:
    home = build(split, index)
    walk = home.clips[0]
    assert walk.kind == "video"
    assert walk.fps == 2.0
    assert not walk.motions
    assert 16 <= len(walk.cameras) <= 32
    assert walk.times == tuple(k / 2 for k in range(len(walk.cameras)))
    places = np.array([camera.position for camera in walk.cameras])
    assert np.hypot(*np.diff(places[:, :2], axis=0).T).max() < 1.1  # metres in half a second
    rooms = [
        next((i for i, r in enumerate(home.rooms) if inside(r.polygon, x, y)), -1)
        for x, y, _ in places
    ]
    visited = [room for room, _ in itertools.groupby(room for room in rooms if room >= 0)]
    assert visited == list(range(len(home.rooms)))
    floor = [footprint(thing) for thing in home.objects if is_in_the_way(thing)]
    assert min(f.distance(x, y) for f in floor for x, y, _ in places) > 0.1


def test_excerpts_show_the_walk_again_and_views_overlap() -> None:
    excerpts = 0
    views = 0
    for home in all_homes():
        cameras = home.clips[0].cameras
        for clip in home.clips[1:]:
            if clip.kind == "views":
                views += 1
                assert 2 <= len(clip.cameras) <= 4
                assert set(clip.times) == {0.0}
            elif not clip.motions:
                excerpts += 1
                start = cameras.index(clip.cameras[0])
                assert clip.cameras == cameras[start : start + len(clip.cameras)]
                assert clip.times[0] == 0.0
    assert excerpts >= 10
    assert views >= 10


def test_what_moves_starts_or_ends_where_it_stands_and_meets_nothing() -> None:
    moving = [
        (home, k) for home in all_homes() for k, clip in enumerate(home.clips) if clip.motions
    ]
    assert len(moving) >= 6
    still = 0
    for home, k in moving:
        clip = home.clips[k]
        (motion,) = clip.motions
        thing = home.object(motion.object)
        stands = pytest.approx(thing.box.center, abs=1e-9)
        assert stands in [motion.centers[end] for end in (0, -1)]
        if stands == motion.centers[0] and thing.category in WALKERS:
            assert motion.yaws[0] == thing.box.yaw
        assert motion.centers[-1] != motion.centers[0]
        assert 0 < motion.times[0] < motion.times[-1] <= clip.times[-1]
        others = [footprint(o) for o in home.objects if is_in_the_way(o) and o.id != thing.id]
        for time in np.linspace(0, clip.times[-1], 60).tolist():
            center, yaw = motion.at(time)
            shape = Footprint(center[0], center[1], thing.box.size[0], thing.box.size[1], yaw)
            assert not any(footprints_overlap(shape, other) for other in others)
            assert all(inside(home.rooms[thing.room].polygon, x, y) for x, y in shape.corners)
        still += len(set(clip.cameras)) == 1
    assert still >= 1


def test_same_arguments_same_home_and_the_halves_share_no_model() -> None:
    assert build_home_scene(2, 3, "train", LIBRARY, CONFIG) == build("train", 2)
    assert build_home_scene(2, 4, "train", LIBRARY, CONFIG) != build("train", 2)
    train = {thing.model for home in all_homes() if home.split == "train" for thing in home.objects}
    assert train.isdisjoint(
        thing.model for home in all_homes() if home.split == "heldout" for thing in home.objects
    )
    for home in all_homes():
        assert Scene.model_validate_json(home.model_dump_json()) == home


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((0, 1, "test"), "split"), ((-1, 1, "train"), "negative"), ((0, -1, "train"), "negative")],
)
def test_a_bad_request_is_one_line(arguments: tuple[int, int, str], words: str) -> None:
    with pytest.raises(SceneError, match=words) as caught:
        build_home_scene(*arguments, LIBRARY)
    assert "\n" not in str(caught.value)


def test_recipes_of_earlier_versions_are_read() -> None:
    old = HomeConfig.model_validate({"distinct_share": 1.0, "once_share": 0.5, "max_rooms": 2})
    assert old == HomeConfig(max_rooms=2)


def test_clips_are_filmed_from_still_and_from_moving_cameras_and_a_word_picks_out_what_moves() -> (
    None
):
    still = 0
    gliding = 0
    words = set[str]()
    for home in all_homes():
        for clip in home.clips:
            if not clip.motions:
                continue
            places = np.array([camera.position for camera in clip.cameras])
            far = np.linalg.norm(places - places[0], axis=1).max()
            assert far == 0 or far >= 0.4
            still = still + (far == 0)
            gliding = gliding + (far > 0)
            mover = home.object(clip.motions[0].object)
            words.add(mover.category)
            near = [thing.category for thing in home.objects if thing.room == mover.room]
            assert near.count(mover.category) == 1
    assert still >= 4
    assert gliding >= 4
    assert len(words) >= 3


def test_photographs_are_up_to_twelve_and_those_of_a_room_differ() -> None:
    for home in all_homes():
        assert 1 <= len(home.cameras) <= 12
        assert len(set(home.cameras)) == len(home.cameras)
