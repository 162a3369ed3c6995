"""Uncertainty of mean scores when questions share scenes: clustered standard errors and a paired
bootstrap.

Questions about one scene are not independent, so whole scenes are resampled (the cluster bootstrap;
Cameron, Gelbach and Miller, 2008). Comparing two models on the same questions, the differences are
resampled.

Dimensions: N questions, K clusters, T tasks, B resamples.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from waywiser.errors import DatasetError

_RESAMPLES_PER_CHUNK = 256


@dataclass(frozen=True)
class BootstrapInterval:
    """A mean, its confidence interval and standard error, from `clusters` scenes."""

    mean: float
    low: float
    high: float
    standard_error: float
    clusters: int

    @property
    def ci95(self) -> list[float]:
        """[low, high], as reports write it."""
        return [self.low, self.high]


def mean_interval(
    scores_N: ArrayLike,
    clusters_N: Sequence[Hashable],
    *,
    tasks_N: Sequence[Hashable] | None = None,
    weights: Mapping[Hashable, float] | None = None,
    resamples: int = 4000,
    confidence: float = 0.95,
    seed: int = 0,
) -> BootstrapInterval:
    """Mean of scores with a percentile interval over resampled clusters.

    Deviations are widened by sqrt(K / (K - 1)) for K clusters, since resampling K clusters
    underestimates the spread by that much.

    Args:
        scores_N: One finite score for each question.
        clusters_N: The cluster of each question, such as its scene.
        tasks_N: The task of each question. With it the mean is the mean over tasks of each task's
            mean; a task that a resample misses is left out of that resample.
        weights: The weight of each task (they need not sum to 1); None weighs them equally.
        resamples: Number of bootstrap resamples.
        confidence: Coverage of the interval, between 0 and 1.
        seed: Seed of the resampling.

    Returns:
        Mean, interval, standard error and number of clusters.

    Raises:
        DatasetError: There are fewer than two clusters, or a score is not finite.
    """
    sums_K_T, counts_K_T = _sums_by_cluster(scores_N, clusters_N, tasks_N)
    K = len(sums_K_T)
    weights_T = _task_weights(tasks_N, weights)
    mean = float(_mean_over_tasks(sums_K_T.sum(0), counts_K_T.sum(0), weights_T))
    rng = np.random.default_rng(seed)
    draws: list[NDArray[np.float64]] = []

    for start in range(0, resamples, _RESAMPLES_PER_CHUNK):
        weights_B_K = rng.multinomial(
            K, np.full(K, 1 / K), size=min(_RESAMPLES_PER_CHUNK, resamples - start)
        ).astype(float)
        draws.append(_mean_over_tasks(weights_B_K @ sums_K_T, weights_B_K @ counts_K_T, weights_T))

    deviations = (np.concatenate(draws) - mean) * math.sqrt(K / (K - 1))
    tail = 50 * (1 - confidence)
    low, high = np.percentile(deviations, [tail, 100 - tail])

    return BootstrapInterval(
        mean, mean + float(low), mean + float(high), float(deviations.std()), K
    )


def paired_difference(
    a_N: ArrayLike,
    b_N: ArrayLike,
    clusters_N: Sequence[Hashable],
    *,
    tasks_N: Sequence[Hashable] | None = None,
    resamples: int = 4000,
    confidence: float = 0.95,
    seed: int = 0,
) -> BootstrapInterval:
    """Mean of a - b over the same questions, with its interval.

    Args:
        a_N: The scores of the first model, one for each question.
        b_N: The scores of the second model on the same questions, in the same order.
        clusters_N: The cluster of each question.
        tasks_N: The task of each question, as in `mean_interval`.
        resamples: Number of bootstrap resamples.
        confidence: Coverage of the interval, between 0 and 1.
        seed: Seed of the resampling.

    Returns:
        The interval of the mean difference; above 0 the first model is better.

    Raises:
        DatasetError: The two sides have different lengths, or `mean_interval` refuses them.
    """
    a = np.asarray(a_N, dtype=float)
    b = np.asarray(b_N, dtype=float)
    if a.shape != b.shape:
        raise DatasetError(
            f"a paired comparison needs the same questions on both sides, not {a.size} and {b.size}"
        )

    return mean_interval(
        a - b, clusters_N, tasks_N=tasks_N, resamples=resamples, confidence=confidence, seed=seed
    )


def standard_error(scores_N: ArrayLike, clusters_N: Sequence[Hashable]) -> float:
    """Cluster-robust standard error of the mean.

    It is sqrt(K/(K-1) * sum_k (sum_k - n_k * mean)^2) / N for K clusters and N scores.
    """
    sums_K_T, counts_K_T = _sums_by_cluster(scores_N, clusters_N, None)
    sums_K = sums_K_T[:, 0]
    counts_K = counts_K_T[:, 0]
    K = len(sums_K)
    N = counts_K.sum()
    residuals_K = sums_K - counts_K * (sums_K.sum() / N)

    return float(math.sqrt(K / (K - 1) * float(residuals_K @ residuals_K)) / N)


def z_distance(a_N: ArrayLike, b_N: ArrayLike, clusters_N: Sequence[Hashable]) -> float:
    """By how many standard errors of the paired difference a's mean exceeds b's (+-inf without
    spread).
    """
    difference_N = np.asarray(a_N, dtype=float) - np.asarray(b_N, dtype=float)
    error = standard_error(difference_N, clusters_N)
    mean = float(difference_N.mean())

    if error == 0:
        return math.copysign(math.inf, mean) if mean else 0.0

    return mean / error


def _sums_by_cluster(
    scores_N: ArrayLike, clusters_N: Sequence[Hashable], tasks_N: Sequence[Hashable] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums and counts of scores, each (K clusters, T tasks)."""
    scores = np.asarray(scores_N, dtype=float)
    if (
        scores.ndim != 1
        or len(clusters_N) != len(scores)
        or (tasks_N is not None and len(tasks_N) != len(scores))
    ):
        raise DatasetError("scores, clusters and tasks must be three lists of one length")

    if not np.isfinite(scores).all():
        raise DatasetError("a score is not a finite number")

    cluster_N, K = _integer_codes(clusters_N)
    task_N, T = (
        _integer_codes(tasks_N)
        if tasks_N is not None
        else (np.zeros(len(scores), dtype=np.int64), 1)
    )

    if K < 2:
        raise DatasetError(
            "an interval needs questions about at least two scenes: evaluate on more scenes"
        )

    cell_N = cluster_N * T + task_N
    sums = np.bincount(cell_N, weights=scores, minlength=K * T).reshape(K, T)
    counts = np.bincount(cell_N, minlength=K * T).reshape(K, T)

    return sums.astype(np.float64), counts.astype(np.float64)


def _integer_codes(labels: Sequence[Hashable]) -> tuple[NDArray[np.int64], int]:
    codes: dict[Hashable, int] = {}
    return np.array([codes.setdefault(label, len(codes)) for label in labels], dtype=np.int64), len(
        codes
    )


def _task_weights(
    tasks_N: Sequence[Hashable] | None, weights: Mapping[Hashable, float] | None
) -> NDArray[np.float64] | None:
    """(T,) weights in the order in which tasks first occur, None for equal ones."""
    if tasks_N is None or weights is None:
        return None

    missing = set(tasks_N) - weights.keys()
    if missing:
        raise DatasetError(f"no weight for task {sorted(map(str, missing))[0]}")

    return np.array([weights[task] for task in dict.fromkeys(tasks_N)], dtype=np.float64)


def _mean_over_tasks(
    sums: NDArray[np.float64],
    counts: NDArray[np.float64],
    weights_T: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """(..., T) sums and counts to (...): the weighted mean over tasks; tasks that a resample misses
    are left out.
    """
    present = counts > 0
    means = np.divide(sums, counts, out=np.zeros_like(sums), where=present)
    shares = present.astype(np.float64) if weights_T is None else present * weights_T

    return (means * shares).sum(-1) / shares.sum(-1)
