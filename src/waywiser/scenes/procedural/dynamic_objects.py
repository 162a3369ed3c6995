"""Clips in which something moves: a walker, or furniture that slides or turns."""

import math

import numpy as np

from waywiser.scenes.categories import are_confusable
from waywiser.scenes.furniture.dynamic_models import SPEED_RANGES
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.procedural.key_poses import (
    Pose,
    interpolate_poses,
    sample_key_times,
    sample_path,
    walk_key_poses,
)
from waywiser.scenes.procedural.motion_cameras import sample_watching_cameras
from waywiser.scenes.scene import Clip, Motion, Vec3

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
"""Categories that a person would push across a room."""
MAX_TRIES = 60
"""Movements tried before a clip is given up."""
WALK_PROB = 0.5
"""Probability that the walker moves in a room that has one."""
TURN_PROB = 0.12
"""Probability that a piece of furniture turns on the spot instead of sliding."""


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
    """A video of one room in which the walker walks, or a piece slides or turns.

    Args:
        rng: Source of randomness.
        rooms: The furnished rooms of the home.
        config: Picture size, frame rate and number of frames.
        camera_glides: Whether the camera glides; it stands still otherwise.

    Returns:
        The clip, or None if no sampled movement can be watched by a camera.
    """
    for _ in range(MAX_TRIES):
        room = rooms[int(rng.integers(len(rooms)))]
        movement = _sample_movement(rng, room)
        if movement is None:
            continue

        mover, keys, speed = movement
        times = sample_key_times(rng, keys, speed, (config.moving_frames - 1) / config.fps)
        if times is None:
            continue

        cameras = sample_watching_cameras(
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
    """A free movement: index of the piece, its key poses and its speed (m/s). None if not free."""
    if room.walker is not None and rng.random() < WALK_PROB:
        category = room.pieces[room.walker].model.category
        return (
            room.walker,
            walk_key_poses(room.walker_path),
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
        slide_path = sample_path(rng, (footprint.x, footprint.y), bend=0.0)
        keys = [(x, y, footprint.yaw) for x, y in slide_path]

    # It may stand closer to others than the margin of a sweep before it starts.
    if not room.is_motion_free(mover, interpolate_poses(keys)[1:], margin=0.0):
        return None

    # Pieces stand at walls: reversing half of the movements makes them approach as often as leave.
    if rng.random() < 0.5:
        keys.reverse()

    return mover, keys, float(rng.uniform(0.25, 0.8))


def _slidable_pieces(room: FurnishedRoom) -> list[int]:
    """Pieces that may slide: on the floor, carrying nothing, of a category unique in the room."""
    carriers = {piece.on for piece in room.pieces}
    words = [piece.model.category for piece in room.pieces]

    return [
        i
        for i, piece in enumerate(room.pieces)
        if piece.on is None
        and not piece.is_hung
        and i not in carriers
        and words[i] in SLIDING_CATEGORIES
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
    )
