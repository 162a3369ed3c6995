"""Key poses of a movement: straight paths, the poses along them and the times they are reached."""

import math
from itertools import pairwise

import numpy as np

from waywiser.scenes.scene import Vec2

MIN_STEP_LENGTH = 0.6
"""Shortest straight stretch of a path (m)."""
MAX_STEP_LENGTH = 3.0
"""Longest first stretch of a path (m)."""

Pose = tuple[float, float, float]
"""x, y in meters and yaw in radians."""


def sample_path(
    rng: np.random.Generator, start: Vec2, step: float | None = None, bend: float = 0.12
) -> list[Vec2]:
    """A path from `start`: one straight stretch, or two with probability `bend`.

    Args:
        rng: Source of randomness.
        start: Where the path starts, in meters.
        step: Length of a walker's step in meters, of which every stretch is a multiple, so that
            it ends with both feet side by side; None for what does not walk.
        bend: Probability of a second stretch.

    Returns:
        Corners of the path, in meters.
    """
    heading = float(rng.uniform(-math.pi, math.pi))
    path = [start]

    for _ in range(2 if rng.random() < bend else 1):
        length = float(rng.uniform(MIN_STEP_LENGTH, MAX_STEP_LENGTH if len(path) == 1 else 1.5))
        if step is not None:
            length = step * max(math.ceil(MIN_STEP_LENGTH / step), round(length / step))

        x, y = path[-1]
        path.append(
            (round(x + length * math.cos(heading), 4), round(y + length * math.sin(heading), 4))
        )
        heading += math.radians(float(rng.uniform(50, 110))) * (1 if rng.random() < 0.5 else -1)

    return path


def yaw_towards(a: Vec2, b: Vec2) -> float:
    """The yaw at which a model's front (-y) looks from a to b."""
    return round(math.atan2(b[1] - a[1], b[0] - a[0]) + math.pi / 2, 4)


def walk_key_poses(path: list[Vec2], start_yaw: float | None = None) -> list[Pose]:
    """Poses of a walker that follows `path` and turns on the spot at its corners.

    It first turns from `start_yaw`, in radians, if that is given.
    """
    yaws = [yaw_towards(a, b) for a, b in pairwise(path)]
    if start_yaw is not None:
        yaws.insert(0, start_yaw)

    yaws = np.unwrap(yaws).round(4).tolist()
    keys = [(*path[0], yaws[0])]

    for k, yaw in enumerate(yaws[-len(path) + 1 :]):
        if yaw != keys[-1][2]:
            keys.append((*path[k], yaw))
        keys.append((*path[k + 1], yaw))

    return keys


def interpolate_poses(keys: list[Pose]) -> list[Pose]:
    """Poses along the key poses, at most 2 cm and 3 degrees apart."""
    poses = [keys[0]]

    for a, b in pairwise(keys):
        steps = max(
            1, math.ceil(math.dist(a[:2], b[:2]) / 0.02), math.ceil(abs(b[2] - a[2]) / 0.05)
        )
        for share in np.linspace(0, 1, steps + 1)[1:].tolist():
            x, y, yaw = (p + (q - p) * share for p, q in zip(a, b, strict=True))
            poses.append((x, y, yaw))

    return poses


def sample_key_times(
    rng: np.random.Generator, keys: list[Pose], speed: float, total: float
) -> list[float] | None:
    """Times at which each key pose is reached.

    The object rests first. It then moves at `speed` along straight stretches and turns by 90
    degrees a
    second.

    Args:
        rng: Source of randomness.
        keys: The key poses, in meters and radians.
        speed: Speed along straight stretches, in m/s.
        total: Seconds of the whole clip.

    Returns:
        Seconds of each key pose, or None if the movement does not fit into the clip.
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
