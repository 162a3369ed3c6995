"""A walk through a home with a camera at eye height: through every door, looking round as people do."""

import math

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes._furnished import FurnishedRoom
from waywiser.scenes._home_plan import HomePlan
from waywiser.scenes.home_config import HomeConfig
from waywiser.scenes.scene import Camera, Clip, Vec2

STEP = 0.02  # metres between points of the path
ROUNDING = 0.4  # metres over which corners of the path are rounded
TICK = 0.1  # seconds between points of the head's motion
LOOK_ROUND = 1.75  # seconds spent looking round at either end
AHEAD = 0.7  # metres one looks ahead
FASTEST = 1.9  # metres per second
SHORTEST, LONGEST = 5, 20
"""Frames of the shortest and the longest excerpt of a walk."""


def walk_clip(rng: np.random.Generator, plan: HomePlan, rooms: list[FurnishedRoom], config: HomeConfig) -> Clip:
    """A video from the first room of the walk to the last, through the door between each two."""
    path_P_2 = _rounded(_waypoints(plan, rooms))
    length = STEP * (len(path_P_2) - 1)
    walking = length / float(rng.uniform(0.9, 1.3))
    frames = round((walking + 2 * LOOK_ROUND) * config.fps) + 1
    frames = min(max(frames, config.min_frames), config.max_frames)
    total = (frames - 1) / config.fps
    walking = min(max(min(walking, total - 2 * LOOK_ROUND), length / FASTEST), 0.9 * total)
    start = (total - walking) / 2
    ticks_T = np.arange(0, total + TICK, TICK)
    place_T = np.clip((ticks_T - start) / walking, 0, 1) * length
    yaw_T = _yaws(rng, path_P_2, place_T, ticks_T, start, total, rooms)
    times = [k / config.fps for k in range(frames)]
    eye, pitch = float(rng.uniform(1.4, 1.7)), math.radians(float(rng.uniform(7, 14)))
    stride, phases = float(rng.uniform(1.6, 2.0)), rng.uniform(0, 2 * math.pi, 3)
    cameras = []
    for time in times:
        gait = math.sin(2 * math.pi * stride * time + phases[0]) if start < time < start + walking else 0.0
        x, y = _at(path_P_2, float(np.interp(time, ticks_T, place_T)))
        nod = math.radians(2.5) * math.sin(0.9 * time + phases[1])
        cameras.append(
            posed(x, y, eye + 0.018 * gait, float(np.interp(time, ticks_T, yaw_T)), pitch + nod, config,
                  roll=math.radians(0.7) * math.sin(1.3 * time + phases[2]))
        )  # fmt: skip
    return Clip(kind="video", cameras=tuple(cameras), times=tuple(times), fps=config.fps)


def excerpts(rng: np.random.Generator, walk: Clip, rooms: list[FurnishedRoom], config: HomeConfig) -> list[Clip]:
    """Stretches of the walk through one to three rooms, with the very same cameras: fewer things, so that words are
    more often unique. None for a walk through one room alone.
    """
    inside, count = [_room_of(camera, rooms) for camera in walk.cameras], len(rooms)
    stretches = [range(a, b) for a in range(count) for b in range(a + 1, min(a + 3, count) + 1) if b - a < count]
    found: list[tuple[int, int]] = []
    for number in rng.permutation(len(stretches)).tolist():
        frames = [k for k, room in enumerate(inside) if room in stretches[number]]
        start, end = (frames[0], frames[-1] + 1) if frames else (0, 0)
        end = min(end, start + LONGEST)
        if SHORTEST <= end - start < len(walk.cameras) and (start, end) not in found:
            found.append((start, end))
    return [
        Clip(kind="video", cameras=walk.cameras[start:end], fps=walk.fps, times=walk.times[: end - start])
        for start, end in found[: config.excerpts]
    ]


def _room_of(camera: Camera, rooms: list[FurnishedRoom]) -> int:
    """The room that a camera is in, -1 in a doorway."""
    x, y, _ = camera.position.tolist()
    inside = (i for i, room in enumerate(rooms) if room.planned.plan.wall_distance(*room.planned.local((x, y))) > 0)
    return next(inside, -1)


def posed(x: float, y: float, eye: float, yaw: float, pitch: float, config: HomeConfig, roll: float = 0.0) -> Camera:
    """A camera at (x, y, eye) metres, heading `yaw` and looking `pitch` radians down."""
    flat = math.cos(pitch)
    x, y, eye = round(x, 4), round(y, 4), round(eye, 4)
    target = (x + math.cos(yaw) * flat, y + math.sin(yaw) * flat, eye - math.sin(pitch))
    return Camera.look_at(
        (x, y, eye), target, width=config.width, height=config.height,
        horizontal_fov=math.radians(config.fov_degrees), roll=roll,
    )  # fmt: skip


def _waypoints(plan: HomePlan, rooms: list[FurnishedRoom]) -> list[Vec2]:
    points: list[Vec2] = []
    last = len(rooms) - 1
    for index, room in enumerate(rooms):
        here, aisles = room.planned, room.aisles
        stops: list[Vec2] = [aisles.hub]
        if aisles.far is not None:
            stops = [aisles.far, aisles.hub] if index == 0 else [aisles.hub, aisles.far]
        if index > 0:
            stops.insert(0, aisles.entries[index - 1])
        if index < last:
            stops.append(aisles.entries[index])
        points += [here.world(stop) for stop in stops]
        if index < last:
            (ax, ay), (bx, by) = plan.doors[index].ends
            points.append(((ax + bx) / 2, (ay + by) / 2))
    return points


def _rounded(points: list[Vec2]) -> NDArray[np.float64]:
    """(P, 2): the polyline every `STEP` metres with its corners rounded; they move by less than 15 cm."""
    corners = np.asarray(points)
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(2, math.ceil(along[-1] / STEP) + 1)
    s = np.linspace(0, along[-1], count)
    line = np.stack([np.interp(s, along, corners[:, k]) for k in (0, 1)], axis=1)
    half = int(ROUNDING / STEP / 2)
    padded = np.concatenate([np.repeat(line[:1], half, 0), line, np.repeat(line[-1:], half, 0)])
    kernel = np.ones(2 * half + 1) / (2 * half + 1)
    return np.stack([np.convolve(padded[:, k], kernel, "valid") for k in (0, 1)], axis=1)


def _at(path_P_2: NDArray[np.float64], place: float) -> Vec2:
    k = np.arange(len(path_P_2)) * STEP
    return float(np.interp(place, k, path_P_2[:, 0])), float(np.interp(place, k, path_P_2[:, 1]))


def _yaws(
    rng: np.random.Generator,
    path_P_2: NDArray[np.float64],
    place_T: NDArray[np.float64],
    ticks_T: NDArray[np.float64],
    start: float,
    total: float,
    rooms: list[FurnishedRoom],
) -> NDArray[np.float64]:
    """(T,) headings: along the path, drawn to the middle of the room one is in, with glances to the sides, and a
    look round before setting out and after arriving.
    """
    centres = [(room.planned, _middle(room)) for room in rooms]
    heading_T, pull_T = np.zeros(len(place_T)), np.zeros(len(place_T))
    end = STEP * (len(path_P_2) - 1)
    for t, place in enumerate(place_T.tolist()):
        x, y = _at(path_P_2, min(place, end - 0.3))
        ahead = _at(path_P_2, min(place + AHEAD, end))
        heading_T[t] = math.atan2(ahead[1] - y, ahead[0] - x)
        for planned, middle in centres:
            if planned.plan.wall_distance(*planned.local((x, y))) > 0:
                bearing = math.atan2(middle[1] - y, middle[0] - x)
                pull_T[t] = (bearing - heading_T[t] + math.pi) % (2 * math.pi) - math.pi
    heading_T = np.unwrap(heading_T)
    pull_T = np.where(np.abs(pull_T) > 2.4, 0.0, np.clip(pull_T, -1.2, 1.2))  # what lies behind draws no eye
    glance = 0.25 * np.sin(2 * math.pi * ticks_T / float(rng.uniform(3.5, 5.5)) + float(rng.uniform(0, 6.3)))
    before, after = np.clip(1 - ticks_T / start, 0, 1), np.clip(1 - (total - ticks_T) / start, 0, 1)
    yaw_T = heading_T + np.where(np.maximum(before, after) > 0, 0.0, 0.6 * pull_T + glance)
    for share, tip, room in ((before, 0, rooms[0]), (after, -1, rooms[-1])):
        yaw_T += share * _look_round(rng, path_P_2[tip], room, float(heading_T[tip]))
    half = 4
    padded = np.concatenate([np.full(half, yaw_T[0]), yaw_T, np.full(half, yaw_T[-1])])
    return np.convolve(padded, np.ones(2 * half + 1) / (2 * half + 1), "valid")


def _look_round(rng: np.random.Generator, place: NDArray[np.float64], room: FurnishedRoom, heading: float) -> float:
    """How far to turn from `heading` to look at the middle of the room and beyond it, the short way."""
    middle = _middle(room)
    bearing = math.atan2(middle[1] - place[1], middle[0] - place[0]) - heading
    turn = (bearing + math.pi) % (2 * math.pi) - math.pi
    side = math.copysign(1.0, turn) if abs(turn) > 0.3 else float(rng.choice([-1.0, 1.0]))
    return turn + side * float(rng.uniform(0.3, 0.8))


def _middle(room: FurnishedRoom) -> Vec2:
    return room.planned.world((room.planned.plan.width / 2, room.planned.plan.depth / 2))
