"""Cameras of homes and rooms, judged by what the rendered pictures show and by measured places."""

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from pydantic import ValidationError

from helpers.room_checks import footprint, is_in_the_way
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.scenes.doorways import find_opening
from waywiser.scenes.furniture.library import open_library
from waywiser.scenes.procedural.camera_config import CameraConfig
from waywiser.scenes.procedural.camera_style import CameraStyle, sample_camera_style
from waywiser.scenes.procedural.floor_plan import FloorPlan
from waywiser.scenes.procedural.home import HomeConfig, build_home_scene
from waywiser.scenes.procedural.room import RoomConfig, build_room_scene
from waywiser.scenes.procedural.surroundings import Surroundings
from waywiser.scenes.scene import Camera, Clip, Scene
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.view_geometry import view_overlap
from waywiser.tasks.views import render_clip

LIBRARY = open_library("parametric")
CACHE = MeshCache(LIBRARY)
CONFIG = HomeConfig(width=112, height=84, moving_share=1.0, max_rooms=4)
IDS_ONLY = RenderOptions(rgb=False)


@cache  # not at import: a worker that runs none of these tests builds nothing
def all_homes() -> tuple[Scene, ...]:
    return tuple(build_home_scene(index, 7, "train", LIBRARY, CONFIG) for index in range(6))


def count_things(renderer: RoomRenderer, camera: Camera) -> int:
    """Objects that cover at least 1 % of the picture."""
    ids = renderer.render(camera, IDS_ONLY).ids
    _, pixels = np.unique(ids[ids > 0], return_counts=True)
    return int((pixels >= 0.01 * ids.size).sum())


def heading(camera: Camera) -> float:
    return math.degrees(math.atan2(camera.pose[1, 2], camera.pose[0, 2]))


def turn_between(one: Camera, two: Camera) -> float:
    return abs((heading(two) - heading(one) + 180) % 360 - 180)


def pitch(camera: Camera) -> float:
    """Degrees by which a camera looks down."""
    return math.degrees(math.asin(-camera.pose[2, 2]))


def clips(kind: str, moving: bool = False) -> list[tuple[Scene, int, Clip]]:
    return [
        (home, number, clip)
        for home in all_homes()
        for number, clip in enumerate(home.clips)
        if clip.kind == kind and bool(clip.motions) == moving
    ]


def clear_space(home: Scene, x: float, y: float) -> float:
    """Meters to the nearest wall, doorways left out, or to what stands in the way."""
    distances = [f.distance(x, y) for f in map(footprint, filter(is_in_the_way, home.objects))]
    for index, room in enumerate(home.rooms):
        openings = [find_opening(room, door) for door in home.doors if index in door.rooms]
        corners = np.array(room.polygon)
        for edge, (a, b) in enumerate(zip(corners, np.roll(corners, -1, axis=0), strict=True)):
            along = (b - a) / np.linalg.norm(b - a)
            for s in np.arange(0, float(np.linalg.norm(b - a)), 0.02).tolist():
                if not any(e == edge and low < s < high for e, low, high in openings):
                    distances.append(math.dist(a + s * along, (x, y)))
    return min(distances)


def test_no_picture_is_bare() -> None:
    stills = []
    frames = []
    for home in all_homes():
        renderer = RoomRenderer(home, CACHE)
        stills += [count_things(renderer, camera) for camera in home.cameras]
        for clip in home.clips[:2]:
            frames += [count_things(renderer, camera) for camera in clip.cameras]
    assert min(stills) >= 2
    assert np.mean(np.array(frames) < 2) <= 0.02


def test_walks_keep_their_distance_and_neither_jump_nor_jerk() -> None:
    space = []
    for home in all_homes():
        cameras = home.clips[0].cameras
        space += [clear_space(home, *camera.position[:2].tolist()) for camera in cameras]
        assert max(turn_between(a, b) for a, b in pairwise(cameras)) <= 60  # in half a second
        assert max(math.dist(a.position, b.position) for a, b in pairwise(cameras)) < 1.1
    assert min(space) >= 0.35
    assert np.mean(np.array(space) >= 0.4) >= 0.95


def test_stills_and_views_keep_their_distance() -> None:
    for home in all_homes():
        views = [camera for clip in home.clips if clip.kind == "views" for camera in clip.cameras]
        for camera in (*home.cameras, *views):
            assert clear_space(home, *camera.position[:2].tolist()) >= 0.39


def test_a_clip_has_one_lens_and_clips_have_several() -> None:
    lenses = set()
    for home in all_homes():
        for clip in home.clips:
            lens = {round(camera.horizontal_fov_deg, 6) for camera in clip.cameras}
            assert len(lens) == 1
            lenses |= lens
        lenses |= {round(camera.horizontal_fov_deg, 6) for camera in home.cameras}
    assert len(lenses) >= 20
    assert min(lenses) >= 55
    assert max(lenses) <= 90
    assert max(lenses) - min(lenses) >= 20


def test_cameras_are_held_low_seated_and_standing_and_look_down_by_their_height() -> None:
    cameras = [camera for home in all_homes() for camera in home.cameras]
    eyes = np.array([camera.position[2] for camera in cameras])
    kinds = [(0.5, 0.9), (1.0, 1.2), (1.5, 1.7)]
    counts = [int(((eyes >= low - 1e-6) & (eyes <= high + 1e-6)).sum()) for low, high in kinds]
    assert sum(counts) == len(cameras)
    assert min(counts) >= 2
    assert counts[2] == max(counts)
    down = np.array([pitch(camera) for camera in cameras])
    assert down[eyes > 1.4].mean() > down[eyes < 1.0].mean() + 4
    rolls = [math.degrees(math.asin(camera.pose[2, 0])) for camera in cameras]
    assert max(map(abs, rolls)) <= 3
    assert any(abs(roll) > 0.2 for roll in rolls)
    assert any(roll == pytest.approx(0, abs=1e-9) for roll in rolls)


def rendered(home: Scene, number: int) -> ClipView:
    return render_clip(RoomRenderer(home, CACHE), home, number, IDS_ONLY)


def test_views_share_much_and_differ_by_a_turn_or_a_step() -> None:
    turned = 0
    moved = 0
    for home, number, clip in clips("views"):
        views = rendered(home, number).views
        for camera, view in zip(clip.cameras[1:], views[1:], strict=True):
            first = clip.cameras[0]
            step = math.dist(first.position[:2], camera.position[:2])
            turn = turn_between(first, camera)
            overlap = view_overlap(views[0], view)
            assert step >= 0.45 or turn >= 10
            turned += step < 0.2 and 10 <= turn <= 60 and overlap >= 0.3
            moved += step >= 0.45 and turn <= 15 and overlap >= 0.3
    assert turned >= 4
    assert moved >= 4


def test_what_moves_is_in_view_and_unhidden_while_it_moves() -> None:
    moving = clips("video", moving=True)
    assert len(moving) >= 5
    shares = []
    for home, number, clip in moving:
        mover = clip.motions[0].object
        shares += [
            (view.frame.ids == mover).mean() if mover in view.visible else 0.0
            for view in rendered(home, number).views
        ]
        far = math.dist(clip.cameras[0].position, clip.cameras[-1].position)
        assert far == 0 or far >= 0.55
    assert np.mean(np.array(shares) >= 0.004) >= 0.9


def test_the_lens_and_the_height_can_be_fixed() -> None:
    config = HomeConfig(
        width=112, height=84, max_rooms=1, fov_degrees=65, min_eye=1.3, max_eye=1.35
    )
    home = build_home_scene(1, 3, "train", LIBRARY, config)
    cameras = [*home.cameras, *(camera for clip in home.clips for camera in clip.cameras)]
    assert all(camera.horizontal_fov_deg == pytest.approx(65) for camera in cameras)
    assert all(1.3 <= camera.position[2] <= 1.35 for camera in home.cameras)
    room = build_room_scene(
        0, 3, "train", LIBRARY, RoomConfig(views=4, low_share=1, seated_share=0)
    )
    assert all(0.5 <= camera.position[2] <= 0.9 for camera in room.cameras)


@pytest.mark.parametrize(
    "fields",
    [
        {"min_fov_degrees": 80, "max_fov_degrees": 60},
        {"min_eye": 1.6, "max_eye": 1.2},
        {"low_share": 0.7, "seated_share": 0.5},
        {"fov_degrees": 5},
    ],
)
def test_bad_ranges_are_refused(fields: dict[str, float]) -> None:
    for config in (CameraConfig, RoomConfig, HomeConfig):
        with pytest.raises(ValidationError):
            config.model_validate(fields)


def test_a_style_is_read_off_the_camera_it_made() -> None:
    style = sample_camera_style(np.random.default_rng(3), CameraConfig(rolled_share=1), 112, 84)
    read = CameraStyle.of(style.make_camera(1.0, 2.0, 0.7))
    for name in ("fov", "eye", "pitch", "roll"):
        assert getattr(read, name) == pytest.approx(getattr(style, name), abs=1e-4)


def test_rays_meet_walls_and_the_floor_where_they_are() -> None:
    plan = FloorPlan(4.0, 3.0, ((0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0)), None)
    empty = Surroundings.of_room(plan, [])
    rays = np.array([[1.0, 0, 0], [-2.0, 0, 0], [0, 1.0, 0], [0, 0, -1.0], [3.0, 4.0, 0]])
    hits, far = empty.cast(np.array([1.0, 1.0, 1.5]), rays)
    assert hits.tolist() == [-1] * 5
    assert far == pytest.approx([3.0, 0.5, 2.0, 1.5, 0.5])
    distance, away = empty.clearance(np.array([[0.5, 1.0]]))
    nearest = int(distance[0].argmin())
    assert distance[0, nearest] == pytest.approx(0.5)
    assert away[0, nearest] == pytest.approx([1.0, 0.0])
