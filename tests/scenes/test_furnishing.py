"""What a room promises of its furniture, checked by other means than those that placed it."""

import math
from collections import Counter
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.room_checks import (
    bottom,
    check_no_collision,
    check_support,
    footprint,
    in_room,
    inside,
    top,
    wall_behind,
)
from scenes.plain_library import PlainLibrary
from waywiser.scenes.procedural.footprint import Footprint, footprints_overlap
from waywiser.scenes.procedural.home import HomeConfig, build_home_scene
from waywiser.scenes.procedural.limits import MAX_PER_HOME, MAX_PER_ROOM
from waywiser.scenes.procedural.room import build_room_scene
from waywiser.scenes.procedural.room_themes import THEMES
from waywiser.scenes.scene import Object, Room, Scene

LIBRARY = PlainLibrary()
CONFIG = HomeConfig(moving_share=0)  # furniture stands before anything moves


@cache  # not at import: a worker that runs none of these tests builds nothing
def home(index: int) -> Scene:
    return build_home_scene(index, 8, "train", LIBRARY, CONFIG)


@cache
def single_room(index: int) -> Scene:
    return build_room_scene(index, 8, "heldout", LIBRARY)


def all_homes() -> list[Scene]:
    return [home(index) for index in range(24)]


def all_scenes() -> list[Scene]:
    return [*all_homes(), *(single_room(index) for index in range(40))]


def every_room() -> list[tuple[Room, list[Object]]]:
    return [
        (room, in_room(scene, k)) for scene in all_scenes() for k, room in enumerate(scene.rooms)
    ]


@pytest.mark.parametrize("number", range(64))
def test_nothing_cuts_into_another_thing_and_nothing_floats(number: int) -> None:
    scene = home(number) if number < 24 else single_room(number - 24)
    check_support(scene)
    for k in range(len(scene.rooms)):
        check_no_collision(in_room(scene, k))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.sampled_from(["train", "heldout"]))
def test_any_seed_makes_a_sound_home(seed: int, rooms: int, split: str) -> None:
    config = HomeConfig(min_rooms=rooms, max_rooms=rooms)
    scene = build_home_scene(1, seed, split, LIBRARY, config)
    check_support(scene)
    for k in range(rooms):
        check_no_collision(in_room(scene, k))


def test_rooms_of_nine_square_meters_hold_twelve_to_twenty_five_things() -> None:
    counts = [len(things) for room, things in every_room() if area(room) >= 9]
    assert min(counts) >= 12
    assert max(counts) <= 25


def area(room: Room) -> float:
    sides = zip(room.polygon, room.polygon[1:] + room.polygon[:1], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in sides) / 2


def test_every_room_has_a_use_and_a_lamp() -> None:
    for room, things in every_room():
        assert room.use in THEMES
        assert any(thing.category == "ceiling lamp" for thing in things)
    assert {room.use for room, _ in every_room()} >= {"kitchen", "bathroom", "bedroom", "office"}


@pytest.mark.parametrize(
    ("use", "words", "share"),
    [
        ("bedroom", ("bed",), 0.85),
        ("kitchen", ("stove",), 0.85),
        ("kitchen", ("sink",), 0.85),
        ("bathroom", ("toilet",), 0.85),
        ("bathroom", ("bathtub", "shower"), 0.8),
        ("living room", ("sofa", "armchair"), 0.85),
        ("office", ("desk",), 0.85),
        ("children's room", ("bed", "bunk bed", "crib"), 0.75),
    ],
)
def test_rooms_have_what_they_are_for(use: str, words: tuple[str, ...], share: float) -> None:
    rooms = [things for room, things in every_room() if room.use == use]
    assert len(rooms) >= 4
    assert np.mean([any(t.category in words for t in things) for things in rooms]) >= share


def test_natural_limits_hold() -> None:
    for scene in all_scenes():
        in_home = Counter(t.category for t in scene.objects)
        assert all(in_home[word] <= most for word, most in MAX_PER_HOME.items())
        for k in range(len(scene.rooms)):
            counts = Counter(t.category for t in in_room(scene, k))
            assert all(counts[word] <= most for word, most in MAX_PER_ROOM.items())
    assert MAX_PER_ROOM["radiator"] <= 2
    assert MAX_PER_ROOM["trash can"] == 1


def test_most_beds_have_a_nightstand_beside() -> None:
    found = []
    for room, things in every_room():
        beds = [t for t in things if t.category == "bed"]
        stands = [t for t in things if t.category == "nightstand"]
        if room.use == "bedroom" and beds:
            found.append(
                any(footprint(b).distance(*s.box.center[:2]) < 0.5 for b in beds for s in stands)
            )
    assert np.mean(found) > 0.7


def test_beds_have_their_head_to_a_wall_and_radiators_hang_flush_below_windows() -> None:
    below = []
    for room, things in every_room():
        windows = [t for t in things if t.category == "window"]
        for thing in things:
            if thing.category == "bed":
                assert wall_behind(room, thing) < 0.03
            if thing.category == "radiator":
                assert wall_behind(room, thing) < 0.01
                near = [w for w in windows if math.dist(w.box.center[:2], thing.box.center[:2]) < 1]
                assert all(top(thing) < bottom(w) for w in near if near_same_wall(w, thing))
                below.append(bool(near))
    assert np.mean(below) > 0.6


def near_same_wall(a: Object, b: Object) -> bool:
    return footprints_overlap(footprint(a), footprint(b))


def test_chairs_face_their_table() -> None:
    cosines = []
    for _, things in every_room():
        tables = [t for t in things if t.category in ("table", "desk")]
        for chair in (t for t in things if t.category in ("chair", "office chair")):
            for table in tables:
                if footprint(table).distance(*chair.box.center[:2]) < 0.45:
                    front = -chair.box.axes[:2, 1]
                    spots = np.array(table.box.corners[:, :2])
                    spots = np.vstack([spots, [table.box.center[:2]]])
                    to = spots - chair.box.center[:2]
                    cosines.append(float((to @ front).max() / np.linalg.norm(to, axis=1).min()))
    assert len(cosines) > 30
    assert np.mean(np.array(cosines) > 0.7) > 0.9


def test_what_hangs_is_at_usual_heights_and_no_tall_thing_stands_before_a_window() -> None:
    for _, things in every_room():
        for thing in things:
            if thing.category == "framed picture":
                assert bottom(thing) >= 0.95
                assert top(thing) <= 2.21
            if thing.category == "window":
                x, y = thing.box.center[:2]
                u, v = np.array([x, y]) - thing.box.axes[:2, 1] * 0.15
                before = Footprint(float(u), float(v), thing.box.size[0], 0.3, thing.box.yaw)
                for other in things:
                    low = bottom(other) < top(thing)
                    if other.on is None and low and top(other) > bottom(thing) + 0.15:
                        is_part = other.category in ("window", "curtain", "ceiling lamp")
                        assert is_part or not footprints_overlap(before, footprint(other))


def test_windows_are_in_exterior_walls_and_let_daylight_in() -> None:
    days = 0
    homes = all_homes()
    for scene in homes:
        windows = [t for t in scene.objects if t.category == "window"]
        for window in windows:
            for distance in (0.4, 1.0, 2.0):
                x, y = np.array(window.box.center[:2]) + window.box.axes[:2, 1] * distance
                assert not any(inside(room.polygon, x, y) for room in scene.rooms)
        daylight = [light for light in scene.lights if light.source == "window"]
        assert len(daylight) in (0, len(windows))
        days += bool(daylight)
        for light in daylight:
            nearest = min(windows, key=lambda w: math.dist(w.box.center, light.position))
            assert math.dist(nearest.box.center, light.position) < 0.2
            assert np.allclose(light.normal[:2], -nearest.box.axes[:2, 1], atol=1e-4)
    assert 0.6 * len(homes) < days < len(homes)


def test_what_a_library_lacks_is_left_out() -> None:
    library = PlainLibrary(without=("bed", "sofa", "table", "window", "ceiling lamp", "door"))
    for index in range(6):
        scene = build_home_scene(index, 2, "train", library)
        check_support(scene)
        assert scene.lights
        assert all(in_room(scene, k) for k in range(len(scene.rooms)))


def test_counting_and_naming_questions_have_something_to_ask() -> None:
    several = []
    unique = []
    for _, things in every_room():
        counts = Counter(t.category for t in things)
        several.append(max(counts.values()) >= 3)
        unique.append(sum(count == 1 for count in counts.values()))
    assert np.mean(several) > 0.6
    assert np.mean(unique) > 5


def test_same_seed_same_home() -> None:
    assert build_home_scene(3, 8, "train", LIBRARY, CONFIG) == home(3)
    assert build_room_scene(3, 8, "heldout", LIBRARY) == single_room(3)
