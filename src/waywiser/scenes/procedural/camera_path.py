"""A walk through a home: through every door, looking around as people do."""

import math

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.procedural.camera_style import sample_camera_style
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.gaze import MOMENT, plan_gaze
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.procedural.surroundings import Surroundings
from waywiser.scenes.procedural.walk_path import PATH_SPACING, point_along
from waywiser.scenes.scene import Camera, Clip, Vec2

TIME_STEP = 0.1  # seconds between points of the head's motion
LOOK_AROUND_SECONDS = 1.75  # seconds spent looking around at either end
LOOKAHEAD_DISTANCE = 0.7  # meters one looks ahead
MAX_WALK_SPEED = 1.9  # meters per second
MIN_SUBCLIP_FRAMES = 5
MAX_SUBCLIP_FRAMES = 20
"""Frames of the shortest and the longest excerpt of a walk."""

Floats = NDArray[np.float64]


def make_walk_clip(
    rng: np.random.Generator,
    path_P_2: Floats,
    rooms: list[FurnishedRoom],
    surroundings: Surroundings,
    config: HomeConfig,
) -> Clip:
    """A video from the first room of the walk to the last, with one lens at one height.

    Args:
        rng: Source of randomness.
        path_P_2: The way through the home, `PATH_SPACING` meters from point to point.
        rooms: The furnished rooms, in the order of the walk.
        surroundings: What is around, in the home's coordinates.
        config: Cameras, picture size, frame rate and bounds on the number of frames.

    Returns:
        A clip in the home's coordinates.
    """
    length = PATH_SPACING * (len(path_P_2) - 1)
    walking = length / float(rng.uniform(0.9, 1.3))
    frames = round((walking + 2 * LOOK_AROUND_SECONDS) * config.fps) + 1
    frames = min(max(frames, config.min_frames), config.max_frames)
    total = (frames - 1) / config.fps
    walking = min(
        max(min(walking, total - 2 * LOOK_AROUND_SECONDS), length / MAX_WALK_SPEED), 0.9 * total
    )
    start = (total - walking) / 2
    times_T = np.arange(0, total + TIME_STEP, TIME_STEP)
    position_T = np.clip((times_T - start) / walking, 0, 1) * length
    liked_T = _liked_headings(rng, path_P_2, position_T, times_T, start, total, rooms)
    style = sample_camera_style(rng, config, config.width, config.height)

    moments = np.arange(0, total + MOMENT, MOMENT)
    places = [point_along(path_P_2, p) for p in np.interp(moments, times_T, position_T).tolist()]
    gaze = plan_gaze(surroundings, style, np.array(places), np.interp(moments, times_T, liked_T))
    yaw_T = _steady(np.interp(times_T, moments, gaze))
    times = [k / config.fps for k in range(frames)]
    stride = float(rng.uniform(1.6, 2.0))
    phases = rng.uniform(0, 2 * math.pi, 3)
    cameras = []

    for time in times:
        gait = (
            math.sin(2 * math.pi * stride * time + phases[0])
            if start < time < start + walking
            else 0.0
        )

        cameras.append(
            style.make_camera(
                *point_along(path_P_2, float(np.interp(time, times_T, position_T))),
                float(np.interp(time, times_T, yaw_T)),
                rise=0.011 * style.eye * gait,
                nod=math.radians(2) * math.sin(0.9 * time + phases[1]),
                sway=math.radians(0.4) * math.sin(1.3 * time + phases[2]),
            )
        )

    return Clip(kind="video", cameras=tuple(cameras), times=tuple(times), fps=config.fps)


def make_subclips(
    rng: np.random.Generator, walk: Clip, rooms: list[FurnishedRoom], config: HomeConfig
) -> list[Clip]:
    """Stretches of the walk through one to three rooms, with the very same cameras.

    They show fewer objects, so that categories are more often unique.

    Args:
        rng: Source of randomness.
        walk: The video of the whole walk.
        rooms: The furnished rooms, in the order of the walk.
        config: `excerpts` bounds the number of clips.

    Returns:
        The clips; none for a walk through a single room.
    """
    room_indices = [_find_room(camera, rooms) for camera in walk.cameras]
    count = len(rooms)
    stretches = [
        range(a, b)
        for a in range(count)
        for b in range(a + 1, min(a + 3, count) + 1)
        if b - a < count
    ]

    subclips: list[tuple[int, int]] = []

    for number in rng.permutation(len(stretches)).tolist():
        frames = [k for k, room in enumerate(room_indices) if room in stretches[number]]
        start, end = (frames[0], frames[-1] + 1) if frames else (0, 0)
        end = min(end, start + MAX_SUBCLIP_FRAMES)
        if MIN_SUBCLIP_FRAMES <= end - start < len(walk.cameras) and (start, end) not in subclips:
            subclips.append((start, end))

    return [
        Clip(
            kind="video",
            cameras=walk.cameras[start:end],
            fps=walk.fps,
            times=walk.times[: end - start],
        )
        for start, end in subclips[: config.excerpts]
    ]


def _find_room(camera: Camera, rooms: list[FurnishedRoom]) -> int:
    """Index of the room that a camera is in, -1 in a doorway."""
    x, y, _ = camera.position.tolist()
    room_indices = (
        i
        for i, room in enumerate(rooms)
        if room.placed_room.plan.wall_distance(*room.placed_room.to_room_frame((x, y))) > 0
    )

    return next(room_indices, -1)


def _liked_headings(
    rng: np.random.Generator,
    path_P_2: Floats,
    position_T: Floats,
    times_T: Floats,
    start: float,
    total: float,
    rooms: list[FurnishedRoom],
) -> Floats:
    """Headings (T,): along the path, drawn to the middle of the room, with glances to the sides.

    The walk starts and ends with a look around.
    """
    centers = [(room.placed_room, _room_center(room)) for room in rooms]
    heading_T = np.zeros(len(position_T))
    pull_T = np.zeros(len(position_T))
    end = PATH_SPACING * (len(path_P_2) - 1)

    for t, position in enumerate(position_T.tolist()):
        x, y = point_along(path_P_2, min(position, end - 0.3))
        ahead = point_along(path_P_2, min(position + LOOKAHEAD_DISTANCE, end))
        heading_T[t] = math.atan2(ahead[1] - y, ahead[0] - x)

        for placed_room, middle in centers:
            if placed_room.plan.wall_distance(*placed_room.to_room_frame((x, y))) > 0:
                bearing = math.atan2(middle[1] - y, middle[0] - x)
                pull_T[t] = (bearing - heading_T[t] + math.pi) % (2 * math.pi) - math.pi

    heading_T = np.unwrap(heading_T)
    # A room's middle behind the walker does not draw its eye.
    pull_T = np.where(np.abs(pull_T) > 2.4, 0.0, np.clip(pull_T, -1.2, 1.2))
    glance = 0.45 * np.sin(
        2 * math.pi * times_T / float(rng.uniform(3.5, 5.5)) + float(rng.uniform(0, 6.3))
    )
    before_T = np.clip(1 - times_T / start, 0, 1)
    after_T = np.clip(1 - (total - times_T) / start, 0, 1)
    yaw_T = heading_T + np.where(np.maximum(before_T, after_T) > 0, 0.0, 0.6 * pull_T + glance)

    for share, tip, room in ((before_T, 0, rooms[0]), (after_T, -1, rooms[-1])):
        yaw_T += share * _look_around_angle(rng, path_P_2[tip], room, float(heading_T[tip]))

    return yaw_T


def _steady(yaw_T: Floats) -> Floats:
    """Headings without jerks, averaged over 0.7 seconds."""
    half = 3
    padded = np.concatenate([np.full(half, yaw_T[0]), yaw_T, np.full(half, yaw_T[-1])])
    return np.convolve(padded, np.ones(2 * half + 1) / (2 * half + 1), "valid")


def _look_around_angle(
    rng: np.random.Generator, position: Floats, room: FurnishedRoom, heading: float
) -> float:
    """Radians to turn from `heading`, the short way, to look at the room's middle and beyond."""
    middle = _room_center(room)
    bearing = math.atan2(middle[1] - position[1], middle[0] - position[0]) - heading
    turn = (bearing + math.pi) % (2 * math.pi) - math.pi
    side = math.copysign(1.0, turn) if abs(turn) > 0.3 else float(rng.choice([-1.0, 1.0]))

    return turn + side * float(rng.uniform(0.6, 1.2))


def _room_center(room: FurnishedRoom) -> Vec2:
    return room.placed_room.to_home_frame(
        (room.placed_room.plan.width / 2, room.placed_room.plan.depth / 2)
    )
