"""What a number earns by mean relative accuracy, and the constants worth trying.

Dimensions: N samples, A candidate answers.
"""

import numpy as np
from numpy.typing import NDArray

_MAX_CANDIDATES = 80

Array = NDArray[np.float64]


def mra_matrix(values_A: Array, truths_N: Array) -> Array:
    """(A, N) mean relative accuracy of every value for every truth, as in
    `waywiser.rewards.mra`.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        relative_error_A_N = np.abs(values_A[:, None] - truths_N) / np.abs(truths_N)
    relative_error_A_N[:, truths_N == 0] = np.where(values_A[:, None] == 0, 0.0, np.inf)
    return (relative_error_A_N[..., None] <= 1 - np.linspace(0.5, 0.95, 10)).mean(axis=-1)


def best_constant_number(values_N: Array) -> float:
    """The number with the highest mean relative accuracy over all `values`."""
    candidates = candidate_numbers(values_N)
    return float(candidates[mra_matrix(candidates, values_N).mean(axis=1).argmax()])


def candidate_numbers(values_N: Array, most: int = _MAX_CANDIDATES) -> Array:
    """At most `most` of the values, evenly spaced by rank, ascending."""
    unique = np.unique(values_N)
    if len(unique) <= most:
        return unique
    return np.unique(np.quantile(values_N, np.linspace(0, 1, most), method="nearest"))
