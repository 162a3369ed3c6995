"""Clips in which something moves: a person, a pet, a robot vacuum, or a toy that rolls."""

import math

import numpy as np

from waywiser.scenes.categories import are_confusable
from waywiser.scenes.furniture.dynamic_models import SPEED_RANGES
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.furniture_piece import FurniturePiece
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.procedural.key_poses import (
    Pose,
    interpolate_poses,
    sample_key_times,
    sample_path,
    walk_key_poses,
)
from waywiser.scenes.procedural.motion_cameras import sample_watching_cameras
from waywiser.scenes.procedural.walkers import stride_of
from waywiser.scenes.scene import Camera, Clip, Motion, Vec3

ROLLING_SPEEDS = {"ball": (0.4, 1.0), "toy car": (0.3, 0.8)}
"""Toys that roll over the floor; their slowest and fastest speed, in meters per second."""
ROLL_PROB = 0.2
"""Probability that a toy rolls in a room that has one."""
MAX_TRIES = 160
"""Movements tried before a clip is given up."""
MAX_SPARE_CLIPS = 3
"""Clips without a second walker in view that are passed over for one that has it in view."""
MIN_PIXEL_SHARE = 0.011
"""Share of the picture that what moves covers halfway."""
OUTLINE_SHARES = {"person": 0.45, "dog": 0.4, "cat": 0.33}
"""Share of a body's box, seen from the side, that its outline covers; of other things `SOLID`."""
SOLID = 0.85
MOVER_WEIGHTS = {"person": 3.0, "dog": 2.0}
"""How much more often than others a walker is the one that moves: it is seen from farther away."""


def make_motion_clips(
    rng: np.random.Generator, rooms: list[FurnishedRoom], config: HomeConfig
) -> list[Clip]:
    """Videos in which something moves, alternating between a still and a gliding camera.

    There are fewer than `config.moving_clips` if no movement is in view.
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
    """A video of one room in which a walker moves or a toy rolls.

    Args:
        rng: Source of randomness.
        rooms: The furnished rooms of the home.
        config: Picture size, frame rate and number of frames.
        camera_glides: Whether the camera glides; it stands still otherwise.

    Returns:
        The clip, or None if no sampled movement can be watched by a camera.
    """
    spare: list[Clip] = []
    weights = np.array([1.0 + 2.0 * (len(room.walkers) > 1) for room in rooms])

    for _ in range(MAX_TRIES):
        room = rooms[int(rng.choice(len(rooms), p=weights / weights.sum()))]
        movement = _sample_movement(rng, room)
        if movement is None:
            continue

        mover, keys, speed = movement
        times = sample_key_times(rng, keys, speed, (config.moving_frames - 1) / config.fps)
        if times is None:
            continue

        cameras = _watch_from_somewhere(rng, room, mover, keys, config, camera_glides)
        if cameras is None:
            continue

        frames = [k / config.fps for k in range(config.moving_frames)]
        clip = Clip(
            kind="video",
            cameras=tuple(room.to_home_camera(c) for c in cameras),
            times=tuple(frames),
            fps=config.fps,
            motions=(_make_motion(room, mover, keys, times),),
        )
        is_alone = len(room.walkers) < 2
        if is_alone or len(spare) == MAX_SPARE_CLIPS or _shows_others(room, mover, cameras):
            return clip

        spare.append(clip)

    return spare[0] if spare else None


def _watch_from_somewhere(
    rng: np.random.Generator,
    room: FurnishedRoom,
    mover: int,
    keys: list[Pose],
    config: HomeConfig,
    camera_glides: bool,
) -> list[Camera] | None:
    """Cameras that watch a movement from any of its four sides, None if there is no place."""
    for direction in rng.permutation(4).tolist():
        cameras = sample_watching_cameras(
            rng, room, mover, keys, config, camera_glides, direction=direction
        )
        if cameras is not None and _covers_enough(room.pieces[mover], keys, cameras):
            return cameras

    return None


def _covers_enough(piece: FurniturePiece, keys: list[Pose], cameras: list[Camera]) -> bool:
    """Whether what moves covers `MIN_PIXEL_SHARE` of the middle picture, halfway through."""
    camera = cameras[len(cameras) // 2]
    halfway = np.mean([keys[0][:2], keys[-1][:2]], axis=0)
    distance = math.dist(halfway, camera.position[:2].tolist())
    wide = math.sqrt(piece.size[0] * piece.size[1])
    outline = (
        OUTLINE_SHARES.get(piece.category, SOLID) * wide * (piece.size[2] + 0.4 * piece.size[1])
    )

    pixels = outline * (camera.fx / distance) ** 2
    return pixels >= MIN_PIXEL_SHARE * camera.width * camera.height


def _shows_others(room: FurnishedRoom, mover: int, cameras: list[Camera]) -> bool:
    """Whether another walker that might have moved is in view in the middle picture."""
    camera = cameras[len(cameras) // 2]
    others = [room.pieces[index] for index in room.walkers if index != mover]
    middles = np.array([(p.footprint.x, p.footprint.y, p.size[2] / 2) for p in others])
    u, v = camera.project(middles).T
    is_ahead = camera.to_camera(middles)[:, 2] > 0.5
    return bool((is_ahead & (u > 0) & (u < camera.width) & (v > 0) & (v < camera.height)).any())


def _sample_movement(
    rng: np.random.Generator, room: FurnishedRoom
) -> tuple[int, list[Pose], float] | None:
    """A free movement: index of the piece, its key poses and its speed (m/s). None if not free."""
    toys = _rolling_toys(room)
    is_rolling = bool(toys) and (not room.walkers or rng.random() < ROLL_PROB)
    movers = toys if is_rolling else room.walkers
    if not movers:
        return None

    weights = np.array([MOVER_WEIGHTS.get(room.pieces[k].category, 1.0) for k in movers])
    mover = movers[int(rng.choice(len(movers), p=weights / weights.sum()))]
    piece = room.pieces[mover]
    footprint = piece.footprint
    stride = stride_of(piece)
    bend = 0.0 if is_rolling else 0.12
    path = sample_path(rng, (footprint.x, footprint.y), stride and stride / 2, bend)

    # Reversing half of the movements makes them lead to where the thing stands as often as away.
    # Toys are turned to where they roll before the clip starts.
    # The end where it does not stand, which is the likeliest to be taken, is checked first.
    if rng.random() < 0.5:
        path.reverse()
        keys = walk_key_poses(path)
        poses = interpolate_poses(keys)
    else:
        keys = walk_key_poses(path, None if is_rolling else footprint.yaw)
        poses = interpolate_poses(keys)[::-1]

    # It may stand closer to others than the margin of a sweep before it starts.
    if not room.is_motion_free(mover, poses, margin=0.0):
        return None

    speeds = ROLLING_SPEEDS[piece.category] if is_rolling else SPEED_RANGES[piece.category]
    return mover, keys, float(rng.uniform(*speeds))


def _rolling_toys(room: FurnishedRoom) -> list[int]:
    """Toys that may roll: on the floor, of a category unique in the room."""
    words = [piece.category for piece in room.pieces]

    return [
        i
        for i, piece in enumerate(room.pieces)
        if words[i] in ROLLING_SPEEDS
        and piece.on is None
        and not piece.is_hung
        and sum(are_confusable(words[i], word) for word in words) == 1
    ]


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
        stride=stride_of(piece),
    )
