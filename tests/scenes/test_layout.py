import math
from collections import Counter
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from helpers.furniture_files import box_obj, catalogue_entry, write_sh3f
from helpers.room_checks import (
    check_no_collision,
    check_support,
    footprint,
    inside,
    is_in_the_way,
)
from waywiser.errors import SceneError
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.procedural.floor_plan import sample_floor_plan
from waywiser.scenes.procedural.room import RoomConfig, build_room_scene
from waywiser.scenes.scene import Scene

LIBRARY = open_library("parametric")


@cache  # not at import: a worker that runs none of these tests builds nothing
def build(split: str, index: int) -> Scene:
    return build_room_scene(index, 11, split, LIBRARY)


def all_rooms() -> list[Scene]:
    return [build(split, index) for split in ("train", "heldout") for index in range(80)]


configs = st.builds(
    RoomConfig,
    views=st.integers(1, 4),
    min_side=st.floats(2.5, 3.5),
    max_side=st.floats(3.5, 9),
    l_shaped_share=st.sampled_from([0.0, 0.5, 1.0]),
    min_objects=st.integers(1, 6),
    max_objects=st.integers(6, 25),
)


def check_room(scene: Scene) -> None:
    """Everything a room promises, by means other than those that built it."""
    room = scene.rooms[0]
    things = scene.objects
    assert [thing.id for thing in things] == list(range(1, len(things) + 1))
    check_support(scene)
    check_no_collision(list(things))
    obstacles = [footprint(thing) for thing in things if is_in_the_way(thing)]
    for camera in scene.cameras:
        x, y, z = camera.position
        assert inside(room.polygon, x, y)
        assert 0.3 < z < room.height
        assert min((shape.distance(x, y) for shape in obstacles), default=1) >= 0.5 - 1e-3
        assert abs(camera.pose[2, 0]) <= math.sin(math.radians(2.5)) + 1e-9  # roll
        assert -0.5 < camera.pose[2, 2] < 0  # looks slightly down


@pytest.mark.parametrize("split", ["train", "heldout"])
@pytest.mark.parametrize("index", range(0, 80, 5))
def test_default_rooms_are_sound(split: str, index: int) -> None:
    scene = build(split, index)
    check_room(scene)
    assert 5 <= len(scene.objects) <= 25
    assert 1 <= len(scene.lights) <= 6
    assert all(inside(scene.rooms[0].polygon, *light.position[:2]) for light in scene.lights)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**40), split=st.sampled_from(["train", "heldout"]), config=configs)
def test_any_room_is_sound(seed: int, split: str, config: RoomConfig) -> None:
    scene = build_room_scene(seed % 97, seed, split, LIBRARY, config)
    check_room(scene)
    assert len(scene.cameras) == config.views
    assert len(scene.objects) <= config.max_objects


def test_same_arguments_same_scene_and_others_another() -> None:
    a = build_room_scene(3, 5, "train", LIBRARY).model_dump_json()
    assert a == build_room_scene(3, 5, "train", LIBRARY).model_dump_json()
    others = [(4, 5, "train"), (3, 6, "train"), (3, 5, "heldout")]
    assert all(
        a != build_room_scene(i, s, split, LIBRARY).model_dump_json() for i, s, split in others
    )


def test_a_scene_survives_storage() -> None:
    assert Scene.model_validate_json(build("train", 0).model_dump_json()) == build("train", 0)


def test_splits_use_their_own_half_of_the_models() -> None:
    halves = {split: {m.key for m in LIBRARY.models_for(split)} for split in ("train", "heldout")}
    for scene in all_rooms():
        assert {thing.model for thing in scene.objects} <= halves[scene.split]
        assert scene.furniture == "parametric"


def test_counts_of_one_kind_reach_from_one_to_six() -> None:
    counts = Counter(
        n for scene in all_rooms() for n in Counter(t.category for t in scene.objects).values()
    )
    assert all(counts[n] >= 3 for n in (1, 2, 3, 4, 5))
    assert counts[6] >= 1


def test_rooms_vary() -> None:
    assert len({t.category for scene in all_rooms() for t in scene.objects}) >= 20
    assert len({scene.rooms[0].floor_pattern for scene in all_rooms()}) == 4
    assert {len(scene.rooms[0].polygon) for scene in all_rooms()} == {4, 6}
    assert any(t.on is not None for scene in all_rooms() for t in scene.objects)


def test_cameras_see_several_objects_at_indoor_distances() -> None:
    seen = []
    for scene in all_rooms():
        camera = scene.cameras[0]
        centres = np.array([t.box.center for t in scene.objects])
        pixels = camera.project(centres)
        depth = camera.to_camera(centres)[:, 2]
        within = (
            (depth > 0.3)
            & (pixels >= 0).all(axis=1)
            & (pixels < (camera.width, camera.height)).all(axis=1)
        )
        seen.append(int(within.sum()))
        assert (np.linalg.norm(centres - camera.position, axis=1) < 10).all()
    assert np.mean(seen) > 3.5
    assert min(seen) >= 1


def test_the_field_of_view_is_the_configured_one() -> None:
    camera = build_room_scene(
        0, 0, "train", LIBRARY, RoomConfig(fov_degrees=90, width=640, height=480)
    ).cameras[0]
    assert (camera.width, camera.height) == (640, 480)
    assert 2 * math.atan(camera.width / 2 / camera.fx) == pytest.approx(math.pi / 2)


def test_chairs_at_a_table_face_it() -> None:
    cosines = []
    for scene in all_rooms():
        tables = [t for t in scene.objects if t.category == "table"]
        for chair in (t for t in scene.objects if t.category == "chair"):
            for table in tables:
                spot = footprint(table)
                if spot.distance(*chair.box.center[:2]) < 0.6:
                    front = -chair.box.axes[:2, 1]
                    nearest = min(
                        np.linspace(-0.5, 0.5, 21),
                        key=lambda u: math.dist(
                            spot.point_at(u * spot.width, 0), chair.box.center[:2]
                        ),
                    )
                    to = np.array(spot.point_at(nearest * spot.width, 0)) - chair.box.center[:2]
                    cosines.append(float(front @ to / np.linalg.norm(to)))
    assert len(cosines) > 30
    assert np.mean(np.array(cosines) > 0.7) > 0.75


def test_beds_and_wardrobes_have_their_backs_to_a_wall() -> None:
    for scene in all_rooms():
        for thing in scene.objects:
            if thing.category in ("bed", "wardrobe", "bookcase", "fridge"):
                back = np.array(thing.box.center[:2]) + thing.box.axes[:2, 1] * (
                    thing.box.size[1] / 2 + 0.12
                )
                assert not inside(scene.rooms[0].polygon, *back), thing.category


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), share=st.sampled_from([0.0, 1.0]))
def test_floor_plans_are_counter_clockwise_with_walls_facing_in(seed: int, share: float) -> None:
    plan = sample_floor_plan(np.random.default_rng(seed), RoomConfig(l_shaped_share=share))
    points = np.array(plan.polygon)
    after = np.roll(points, -1, axis=0)
    area = (points[:, 0] * after[:, 1] - points[:, 1] * after[:, 0]).sum() / 2
    assert area == pytest.approx(plan.area)
    assert area > 0
    for wall in plan.walls:
        middle = np.array(wall.start) + np.array(wall.direction) * wall.length / 2
        assert inside(plan.polygon, *(middle + 0.01 * np.array(wall.inward)))
        assert not inside(plan.polygon, *(middle - 0.01 * np.array(wall.inward)))


def test_a_library_of_a_few_models_is_enough(tmp_path) -> None:
    text = "".join(catalogue_entry(i, id=f"c{i}") for i in range(1, 5))
    library = open_library(
        write_sh3f(
            tmp_path / "x.sh3f", text, {f"m/{i}/m.obj": box_obj(5, 5, 9) for i in range(1, 5)}
        )
    )
    scene = build_room_scene(0, 0, "heldout", library)
    check_room(scene)
    assert {o.model for o in scene.objects if o.category == "chair"} <= set(library.by_key)
    assert not {o.model for o in scene.objects} - set(library.by_key)


@pytest.mark.parametrize(
    ("index", "seed", "split"), [(0, 0, "test"), (-1, 0, "train"), (0, -1, "train")]
)
def test_bad_requests(index: int, seed: int, split: str) -> None:
    with pytest.raises(SceneError):
        build_room_scene(index, seed, split, LIBRARY)


@pytest.mark.parametrize(
    "fields",
    [
        {"views": 0},
        {"min_side": 6, "max_side": 4},
        {"colour": "red"},
        {"fov_degrees": 180},
        {"width": "wide"},
    ],
)
def test_bad_configs(fields: dict) -> None:
    with pytest.raises(ValidationError):
        RoomConfig(**fields)
