"""What moves in a home: a walker on its way, furniture that slides or turns, and who films it."""

import math
from itertools import pairwise

import numpy as np

from waywiser.scenes.categories import are_confusable
from waywiser.scenes.furniture.dynamic_models import (
    SCALE_RANGES,
    SPEED_RANGES,
    build_dynamic_models,
    dynamic_model_keys,
)
from waywiser.scenes.furniture.library import ModelInfo
from waywiser.scenes.procedural.camera_path import make_walk_camera
from waywiser.scenes.procedural.footprint import Footprint, footprints_overlap
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.procedural.placement import FurniturePiece
from waywiser.scenes.scene import Camera, Clip, Motion, Vec2, Vec3

SLIDING_CATEGORIES = frozenset(
    {
        "chair",
        "stool",
        "box",
        "trash can",
        "armchair",
        "plant",
        "bench",
        "nightstand",
        "coffee table",
    }
)
"""What a person would push across a room."""
MIN_STEP_LENGTH = 0.6
MAX_STEP_LENGTH = 3.0  # metres of a way
MIN_PIXEL_SHARE = 0.014  # share of the picture that what moves should cover
MAX_TRIES = 60
MAX_CAMERA_TRIES = 150
MAX_WALKERS = 2
WALK_PROB = 0.5
TURN_PROB = 0.12
PAN_PROB = 0.2
"""Shares: the walker moves where there is one, a piece turns on the spot instead of sliding, the
camera pans.
"""
Pose = tuple[float, float, float]
"""x, y in metres and yaw in radians."""


def add_walkers(rng: np.random.Generator, rooms: list[FurnishedRoom], split: str) -> None:
    """Puts a person, a pet or a robot vacuum into up to two rooms, of kinds that words tell apart."""
    keys = dynamic_model_keys(split)

    for number in rng.permutation(len(rooms)).tolist():
        present = [
            room.pieces[room.walker].model.category for room in rooms if room.walker is not None
        ]
        if len(present) == MAX_WALKERS:
            return

        candidates = [
            key
            for key in keys
            if not any(are_confusable(build_dynamic_models()[key][0], other) for other in present)
        ]

        _add_walker(rng, rooms[number], candidates[int(rng.integers(len(candidates)))])


def _add_walker(rng: np.random.Generator, room: FurnishedRoom, key: str) -> bool:
    """Puts a mover where it has a way to go; returns whether there was one."""
    category, natural_size, _ = build_dynamic_models()[key]
    scale = float(rng.uniform(*SCALE_RANGES[category]))
    width, depth, height = (round(side * scale, 4) for side in natural_size)
    model = ModelInfo(
        key, category, natural_size, None, "Apache-2.0", "The waywiser authors", "waywiser movers"
    )
    plan = room.placed_room.plan

    for _ in range(MAX_TRIES):
        x = round(float(rng.uniform(0, plan.width)), 4)
        y = round(float(rng.uniform(0, plan.depth)), 4)
        walker_path = _sample_path(rng, (x, y))
        yaw = _yaw_towards((x, y), walker_path[1])
        footprint = Footprint(x, y, width, depth, yaw)

        # Where it stands and waits nobody walks; its way may cross an aisle, for only its own clip
        # shows it move.
        if any(footprint.distance(cx, cy) < radius for cx, cy, radius in room.walkways.circles):
            continue

        if not plan.contains(footprint) or any(
            footprints_overlap(footprint.expanded(0.05), p.footprint)
            for p in room.pieces
            if p.on is None
        ):
            continue

        piece = FurniturePiece(model, (width, depth, height), footprint)
        room.pieces.append(piece)
        mover = len(room.pieces) - 1
        if room.is_motion_free(mover, _interpolate_poses(_walk_key_poses(walker_path))):
            room.walker = mover
            room.walker_path = walker_path
            return True

        room.pieces.pop()

    return False


def make_motion_clips(
    rng: np.random.Generator, rooms: list[FurnishedRoom], config: HomeConfig
) -> list[Clip]:
    """Videos in which something moves, in turn from a still and from a moving camera; fewer where
    none is found.
    """
    camera_glides_first = bool(rng.random() < 0.5)
    turns = (
        camera_glides_first if number % 2 == 0 else not camera_glides_first
        for number in range(config.moving_clips)
    )

    return [
        clip
        for camera_glides in turns
        if (clip := make_motion_clip(rng, rooms, config, camera_glides))
    ]


def make_motion_clip(
    rng: np.random.Generator, rooms: list[FurnishedRoom], config: HomeConfig, camera_glides: bool
) -> Clip | None:
    """A video of one room in which the walker walks or a piece slides or turns; the camera
    `camera_glides` or stands still.

    None where no room has a way that a camera can watch.
    """
    for _ in range(MAX_TRIES):
        room = rooms[int(rng.integers(len(rooms)))]
        movement = _sample_movement(rng, room)
        if movement is None:
            continue

        mover, keys, speed = movement
        times = _key_times(rng, keys, speed, (config.moving_frames - 1) / config.fps)
        if times is None:
            continue

        cameras = _sample_cameras(
            rng, room, mover, keys, config, camera_glides, direction=int(rng.integers(4))
        )
        if cameras is None:
            continue

        frames = [k / config.fps for k in range(config.moving_frames)]
        return Clip(
            kind="video",
            cameras=tuple(room.to_home_camera(c) for c in cameras),
            times=tuple(frames),
            fps=config.fps,
            motions=(_make_motion(room, mover, keys, times),),
        )

    return None


def _sample_movement(
    rng: np.random.Generator, room: FurnishedRoom
) -> tuple[int, list[Pose], float] | None:
    """(piece, key poses, metres per second) of a free movement, or None."""
    if room.walker is not None and rng.random() < WALK_PROB:
        category = room.pieces[room.walker].model.category
        return (
            room.walker,
            _walk_key_poses(room.walker_path),
            float(rng.uniform(*SPEED_RANGES[category])),
        )

    slidable = _slidable_pieces(room)
    if not slidable:
        return None

    mover = slidable[int(rng.integers(len(slidable)))]
    footprint = room.pieces[mover].footprint

    if rng.random() < TURN_PROB:
        turn = math.radians(float(rng.uniform(50, 150))) * (1 if rng.random() < 0.5 else -1)
        keys = [
            (footprint.x, footprint.y, footprint.yaw),
            (footprint.x, footprint.y, round(footprint.yaw + turn, 4)),
        ]
    else:
        walker_path = _sample_path(rng, (footprint.x, footprint.y), bend=0.0)
        keys = [(x, y, footprint.yaw) for x, y in walker_path]

    # It may stand closer to others than the margin of a sweep before it starts.
    if not room.is_motion_free(mover, _interpolate_poses(keys)[1:], margin=0.0):
        return None

    if (
        rng.random() < 0.5
    ):  # pieces stand at walls: by going there as often as coming from there, they leave as often
        keys.reverse()

    return mover, keys, float(rng.uniform(0.25, 0.8))


def _slidable_pieces(room: FurnishedRoom) -> list[int]:
    """What may slide: pieces on the floor that carry nothing and that a word picks out in the room."""
    carriers = {piece.on for piece in room.pieces}
    words = [piece.model.category for piece in room.pieces]

    return [
        i
        for i, piece in enumerate(room.pieces)
        if piece.on is None
        and i not in carriers
        and words[i] in SLIDING_CATEGORIES
        and sum(are_confusable(words[i], word) for word in words) == 1
    ]


def _sample_path(rng: np.random.Generator, start: Vec2, bend: float = 0.12) -> list[Vec2]:
    """Two points, or with probability `bend` three, from `start` on."""
    heading = float(rng.uniform(-math.pi, math.pi))
    walker_path = [start]

    for _ in range(2 if rng.random() < bend else 1):
        step = float(
            rng.uniform(MIN_STEP_LENGTH, MAX_STEP_LENGTH if len(walker_path) == 1 else 1.5)
        )
        x, y = walker_path[-1]
        walker_path.append(
            (round(x + step * math.cos(heading), 4), round(y + step * math.sin(heading), 4))
        )
        heading += math.radians(float(rng.uniform(50, 110))) * (1 if rng.random() < 0.5 else -1)

    return walker_path


def _yaw_towards(a: Vec2, b: Vec2) -> float:
    """The yaw at which a model's front (-y) looks from a to b."""
    return round(math.atan2(b[1] - a[1], b[0] - a[0]) + math.pi / 2, 4)


def _walk_key_poses(walker_path: list[Vec2]) -> list[Pose]:
    """Poses of one who walks along `walker_path` and turns on the spot where it bends."""
    yaws = np.unwrap([_yaw_towards(a, b) for a, b in pairwise(walker_path)]).round(4).tolist()
    keys = [(*walker_path[0], yaws[0])]

    for k, yaw in enumerate(yaws):
        if k and yaw != keys[-1][2]:
            keys.append((*walker_path[k], yaw))
        keys.append((*walker_path[k + 1], yaw))

    return keys


def _interpolate_poses(keys: list[Pose]) -> list[Pose]:
    """Poses every 2 cm and 3 degrees along the keys."""
    poses = [keys[0]]

    for a, b in pairwise(keys):
        steps = max(
            1, math.ceil(math.dist(a[:2], b[:2]) / 0.02), math.ceil(abs(b[2] - a[2]) / 0.05)
        )
        for share in np.linspace(0, 1, steps + 1)[1:].tolist():
            x, y, yaw = (p + (q - p) * share for p, q in zip(a, b, strict=True))
            poses.append((x, y, yaw))

    return poses


def _key_times(
    rng: np.random.Generator, keys: list[Pose], speed: float, total: float
) -> list[float] | None:
    """Seconds of each key: a rest, then `speed` along straight stretches and 90 degrees in a second
    on the spot.
    """
    lengths = [
        math.dist(a[:2], b[:2]) / speed + abs(b[2] - a[2]) / (math.pi / 2)
        for a, b in pairwise(keys)
    ]

    spare = total - sum(lengths)
    if spare < 0.5:
        return None

    start = float(rng.uniform(0.2, 0.7)) * min(spare, 3.0)
    return [round(start + float(s), 3) for s in np.concatenate([[0.0], np.cumsum(lengths)])]


def _sample_cameras(
    rng: np.random.Generator,
    room: FurnishedRoom,
    mover: int,
    keys: list[Pose],
    config: HomeConfig,
    camera_glides: bool,
    direction: int,
) -> list[Camera] | None:
    """One camera a frame that watches the whole movement, and may pan besides; None without a
    place.

    It starts where the movement leads away (`direction` 0), to the left (1), nearer (2) or to the
    right (3).
    """
    plan = room.placed_room.plan
    half_fov = math.radians(config.fov_degrees) / 2
    points = [(x, y) for x, y, _ in keys]
    aim = ((points[0][0] + points[-1][0]) / 2, (points[0][1] + points[-1][1]) / 2)
    camera_pans = bool(rng.random() < PAN_PROB)
    shares = np.linspace(0, 1, config.moving_frames).tolist()
    max_distance = _max_camera_distance(room.pieces[mover].size, config)

    for _ in range(MAX_CAMERA_TRIES):
        x = float(rng.uniform(0, plan.width))
        y = float(rng.uniform(0, plan.depth))
        if not _moves_in_direction(points, (x, y), direction):
            continue

        eye = float(rng.uniform(1.2, 1.65))
        pitch = math.radians(float(rng.uniform(9, 16)))
        yaw = math.atan2(aim[1] - y, aim[0] - x) + float(rng.normal(0, 0.08))
        walker_path = yaw + math.pi / 2 * int(rng.integers(4)) + float(rng.normal(0, 0.25))
        glide = float(rng.uniform(0.45, 1.6)) * camera_glides

        turn = (
            math.radians(float(rng.uniform(16, 35)))
            * (1 if rng.random() < 0.5 else -1)
            * camera_pans
        )

        camera_poses = [
            (
                x + glide * s * math.cos(walker_path),
                y + glide * s * math.sin(walker_path),
                yaw + turn * (s - 0.5),
            )
            for s in shares
        ]

        good = all(room.is_camera_spot_free(sx, sy) for sx, sy, _ in camera_poses) and all(
            _sees_whole_path(room, mover, (sx, sy), heading, points, half_fov, max_distance)
            for sx, sy, heading in (camera_poses[0], camera_poses[-1])
        )
        if good:
            return [
                make_walk_camera(sx, sy, eye, heading, pitch, config)
                for sx, sy, heading in camera_poses
            ]

    return None


def _moves_in_direction(points: list[Vec2], at: Vec2, direction: int) -> bool:
    """Whether a movement, seen from `at`, leads the wanted way (quarter turns to the left of away),
    clear of the diagonals; true for what turns on the spot.
    """
    (ax, ay), (bx, by) = points[0], points[-1]
    if math.dist(points[0], points[-1]) < MIN_STEP_LENGTH / 2:
        return True

    left = (
        math.atan2(by - ay, bx - ax) - math.atan2(ay - at[1], ax - at[0]) - math.pi / 2 * direction
    )

    return abs((left + math.pi) % (2 * math.pi) - math.pi) < math.radians(33)


def _max_camera_distance(size: Vec3, config: HomeConfig) -> float:
    """Metres at which a thing of this size still covers `MIN_PIXEL_SHARE` of a picture taken from
    above its top.
    """
    wide = math.sqrt(size[0] * size[1])
    focal = config.width / 2 / math.tan(math.radians(config.fov_degrees) / 2)

    return min(
        max(
            focal
            * math.sqrt(
                wide * (size[2] + 0.4 * wide) / (MIN_PIXEL_SHARE * config.width * config.height)
            ),
            1.8,
        ),
        6.0,
    )


def _sees_whole_path(
    room: FurnishedRoom,
    mover: int,
    at: Vec2,
    heading: float,
    points: list[Vec2],
    half_fov: float,
    max_distance: float,
) -> bool:
    """Whether all `points` are in view from `at`, at a good distance and with nothing tall before
    them.
    """
    for x, y in points:
        bearing = (math.atan2(y - at[1], x - at[0]) - heading + math.pi) % (2 * math.pi) - math.pi
        if abs(bearing) > 0.7 * half_fov or not 1.2 <= math.dist(at, (x, y)) <= max_distance:
            return False
        if room.is_view_blocked(at, (x, y), without=mover):
            return False

    return True


def _make_motion(room: FurnishedRoom, mover: int, keys: list[Pose], times: list[float]) -> Motion:
    piece = room.pieces[mover]
    z = piece.z + piece.size[2] / 2
    centers: tuple[Vec3, ...] = tuple(
        (*room.placed_room.to_home_frame((x, y)), z) for x, y, _ in keys
    )

    return Motion(
        object=room.first_id + mover,
        times=tuple(times),
        centers=centers,
        yaws=tuple(yaw for _, _, yaw in keys),
    )
