"""Which pose of its step cycle a walker has at a moment of its motion, and that pose's key."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

NUM_GAIT_PHASES = 24
"""Poses of a step cycle that a walking model has; half of them mirror the other half."""


def posed_model_key(model: str, phase: int) -> str:
    """The key of a model in the pose of a phase of its gait: "mover#dog-1@07"."""
    return f"{model}@{phase:02d}"


def find_gait_phase(
    times: Sequence[float],
    centers: Sequence[tuple[float, float, float]],
    stride: float | None,
    time: float,
) -> int | None:
    """The pose of a walker by the way that it has walked.

    Args:
        times: Seconds of the key frames of its motion, ascending.
        centers: Its places then, in meters.
        stride: Meters of a step cycle, None for what keeps its shape.
        time: The moment, in seconds.

    Returns:
        Number of the pose, below `NUM_GAIT_PHASES`; 0 has both feet side by side. None while it
        stands, which it also does while it turns on the spot.
    """
    after = bisect_right(times, time)
    if stride is None or not 0 < after < len(times):
        return None

    lengths = [math.dist(a[:2], b[:2]) for a, b in pairwise(centers[: after + 1])]
    if lengths[-1] < 1e-6:
        return None

    since, until = times[after - 1 : after + 1]
    walked = sum(lengths[:-1]) + lengths[-1] * (time - since) / (until - since)
    # A hair more than a half, so that rounding errors do not decide.
    return math.floor(walked / stride * NUM_GAIT_PHASES + 0.5 + 1e-6) % NUM_GAIT_PHASES
