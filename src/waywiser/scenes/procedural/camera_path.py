"""A walk through a home at eye height: through every door, looking around as people do."""

import math

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.procedural.home_plan import HomePlan
from waywiser.scenes.scene import Camera, Clip, Vec2

PATH_SPACING = 0.02  # meters between points of the path
CORNER_SMOOTHING = 0.4  # meters over which corners of the path are rounded
TIME_STEP = 0.1  # seconds between points of the head's motion
LOOK_AROUND_SECONDS = 1.75  # seconds spent looking around at either end
LOOKAHEAD_DISTANCE = 0.7  # meters one looks ahead
MAX_WALK_SPEED = 1.9  # meters per second
MIN_SUBCLIP_FRAMES = 5
MAX_SUBCLIP_FRAMES = 20
"""Frames of the shortest and the longest excerpt of a walk."""


def make_walk_clip(
    rng: np.random.Generator, plan: HomePlan, rooms: list[FurnishedRoom], config: HomeConfig
) -> Clip:
    """A video from the first room of the walk to the last, through the door between each two.

    Args:
        rng: Source of randomness.
        plan: The home's rooms in the order of the walk, and its doors.
        rooms: The furnished rooms, in the same order.
        config: Picture size, frame rate and bounds on the number of frames.

    Returns:
        A clip in the home's coordinates.
    """
    path_P_2 = _smooth_path(_waypoints(plan, rooms))
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
    yaw_T = _sample_yaws(rng, path_P_2, position_T, times_T, start, total, rooms)
    times = [k / config.fps for k in range(frames)]
    eye = float(rng.uniform(1.4, 1.7))
    pitch = math.radians(float(rng.uniform(7, 14)))
    stride = float(rng.uniform(1.6, 2.0))
    phases = rng.uniform(0, 2 * math.pi, 3)
    cameras = []

    for time in times:
        gait = (
            math.sin(2 * math.pi * stride * time + phases[0])
            if start < time < start + walking
            else 0.0
        )

        x, y = _point_along(path_P_2, float(np.interp(time, times_T, position_T)))
        nod = math.radians(2.5) * math.sin(0.9 * time + phases[1])
        cameras.append(
            make_walk_camera(
                x,
                y,
                eye + 0.018 * gait,
                float(np.interp(time, times_T, yaw_T)),
                pitch + nod,
                config,
                roll=math.radians(0.7) * math.sin(1.3 * time + phases[2]),
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


def make_walk_camera(
    x: float, y: float, eye: float, yaw: float, pitch: float, config: HomeConfig, roll: float = 0.0
) -> Camera:
    """A camera at a position, looking along a heading.

    Args:
        x: World x in meters.
        y: World y in meters.
        eye: Height in meters.
        yaw: Heading in radians, counter-clockwise from +x.
        pitch: Radians by which the camera looks down.
        config: Picture size and field of view.
        roll: Rotation about the optical axis, in radians.

    Returns:
        The camera, its position rounded to 0.1 mm.
    """
    flat = math.cos(pitch)
    x = round(x, 4)
    y = round(y, 4)
    eye = round(eye, 4)
    target = (x + math.cos(yaw) * flat, y + math.sin(yaw) * flat, eye - math.sin(pitch))

    return Camera.look_at(
        (x, y, eye),
        target,
        width=config.width,
        height=config.height,
        horizontal_fov=math.radians(config.fov_degrees),
        roll=roll,
    )


def _waypoints(plan: HomePlan, rooms: list[FurnishedRoom]) -> list[Vec2]:
    points: list[Vec2] = []
    last = len(rooms) - 1

    for index, room in enumerate(rooms):
        placed_room = room.placed_room
        walkways = room.walkways
        stops: list[Vec2] = [walkways.hub]

        if walkways.second_stop is not None:
            stops = (
                [walkways.second_stop, walkways.hub]
                if index == 0
                else [walkways.hub, walkways.second_stop]
            )

        if index > 0:
            stops.insert(0, walkways.entry_points[index - 1])
        if index < last:
            stops.append(walkways.entry_points[index])

        points += [placed_room.to_home_frame(stop) for stop in stops]

        if index < last:
            (ax, ay), (bx, by) = plan.doors[index].ends
            points.append(((ax + bx) / 2, (ay + by) / 2))

    return points


def _smooth_path(points: list[Vec2]) -> NDArray[np.float64]:
    """(P, 2): the polyline every `PATH_SPACING` meters with its corners rounded; they move by less
    than 15 cm.
    """
    corners = np.asarray(points)
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(2, math.ceil(along[-1] / PATH_SPACING) + 1)
    s = np.linspace(0, along[-1], count)
    line = np.stack([np.interp(s, along, corners[:, k]) for k in (0, 1)], axis=1)
    half = int(CORNER_SMOOTHING / PATH_SPACING / 2)
    padded = np.concatenate([np.repeat(line[:1], half, 0), line, np.repeat(line[-1:], half, 0)])
    kernel = np.ones(2 * half + 1) / (2 * half + 1)

    return np.stack([np.convolve(padded[:, k], kernel, "valid") for k in (0, 1)], axis=1)


def _point_along(path_P_2: NDArray[np.float64], position: float) -> Vec2:
    k = np.arange(len(path_P_2)) * PATH_SPACING
    return float(np.interp(position, k, path_P_2[:, 0])), float(
        np.interp(position, k, path_P_2[:, 1])
    )


def _sample_yaws(
    rng: np.random.Generator,
    path_P_2: NDArray[np.float64],
    position_T: NDArray[np.float64],
    times_T: NDArray[np.float64],
    start: float,
    total: float,
    rooms: list[FurnishedRoom],
) -> NDArray[np.float64]:
    """Headings (T,): along the path, drawn to the middle of the room, with glances to the sides.

    The walk starts and ends with a look around.
    """
    centers = [(room.placed_room, _room_center(room)) for room in rooms]
    heading_T = np.zeros(len(position_T))
    pull_T = np.zeros(len(position_T))
    end = PATH_SPACING * (len(path_P_2) - 1)

    for t, position in enumerate(position_T.tolist()):
        x, y = _point_along(path_P_2, min(position, end - 0.3))
        ahead = _point_along(path_P_2, min(position + LOOKAHEAD_DISTANCE, end))
        heading_T[t] = math.atan2(ahead[1] - y, ahead[0] - x)

        for placed_room, middle in centers:
            if placed_room.plan.wall_distance(*placed_room.to_room_frame((x, y))) > 0:
                bearing = math.atan2(middle[1] - y, middle[0] - x)
                pull_T[t] = (bearing - heading_T[t] + math.pi) % (2 * math.pi) - math.pi

    heading_T = np.unwrap(heading_T)
    # A room's middle behind the walker does not draw its eye.
    pull_T = np.where(np.abs(pull_T) > 2.4, 0.0, np.clip(pull_T, -1.2, 1.2))
    glance = 0.25 * np.sin(
        2 * math.pi * times_T / float(rng.uniform(3.5, 5.5)) + float(rng.uniform(0, 6.3))
    )
    before_T = np.clip(1 - times_T / start, 0, 1)
    after_T = np.clip(1 - (total - times_T) / start, 0, 1)
    yaw_T = heading_T + np.where(np.maximum(before_T, after_T) > 0, 0.0, 0.6 * pull_T + glance)

    for share, tip, room in ((before_T, 0, rooms[0]), (after_T, -1, rooms[-1])):
        yaw_T += share * _look_around_angle(rng, path_P_2[tip], room, float(heading_T[tip]))

    half = 4
    padded = np.concatenate([np.full(half, yaw_T[0]), yaw_T, np.full(half, yaw_T[-1])])
    return np.convolve(padded, np.ones(2 * half + 1) / (2 * half + 1), "valid")


def _look_around_angle(
    rng: np.random.Generator, position: NDArray[np.float64], room: FurnishedRoom, heading: float
) -> float:
    """Radians to turn from `heading`, the short way, to look at the room's middle and beyond."""
    middle = _room_center(room)
    bearing = math.atan2(middle[1] - position[1], middle[0] - position[0]) - heading
    turn = (bearing + math.pi) % (2 * math.pi) - math.pi
    side = math.copysign(1.0, turn) if abs(turn) > 0.3 else float(rng.choice([-1.0, 1.0]))

    return turn + side * float(rng.uniform(0.3, 0.8))


def _room_center(room: FurnishedRoom) -> Vec2:
    return room.placed_room.to_home_frame(
        (room.placed_room.plan.width / 2, room.placed_room.plan.depth / 2)
    )
