"""One-sided 95 % bounds of a mean, by Student's t over whole scenes.

Dimensions: N samples, G scenes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIN_SAMPLES = 30
"""Minimum samples for a bound."""
MIN_SCENES = 8
"""Minimum scenes for a bound."""


@dataclass(frozen=True)
class Interval:
    """A mean with its lower and upper one-sided 95 % bounds, None if there are too few samples."""

    mean: float
    low: float | None
    high: float | None


def clustered_interval(values_N: NDArray[np.float64], scenes_N: Sequence[str]) -> Interval:
    """The mean of `values` and its bounds, with samples clustered by scene."""
    from scipy.stats import t as student

    mean = float(values_N.mean()) if len(values_N) else float("nan")
    _, member_N = np.unique(np.asarray(scenes_N, dtype=object).astype(str), return_inverse=True)
    scenes = int(member_N.max()) + 1 if len(member_N) else 0
    if len(values_N) < MIN_SAMPLES or scenes < MIN_SCENES:
        return Interval(mean, None, None)

    residual_G = np.bincount(member_N, weights=values_N - mean)
    error = float(np.sqrt(scenes / (scenes - 1) * (residual_G**2).sum()) / len(values_N))
    half_width = float(student.ppf(0.95, scenes - 1)) * error

    return Interval(mean, mean - half_width, mean + half_width)
