"""Calibration of a model's numbers: the factor, or the affine map, with the highest mean EDNM.

It is the least that training on the same answers must beat: it changes no weight of the model.

Dimensions: N answers, C candidates.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from waywiser.errors import DatasetError

_MAX_CANDIDATES = 1000
_MAX_ENTRIES = 2**22
"""Entries of the largest array of candidates by answers."""
_STARTS = 16
_EPS = 1e-8


@dataclass(frozen=True)
class Calibration:
    """The map value -> factor * value + offset, in the answers' own unit."""

    factor: float = 1.0
    offset: float = 0.0

    def __call__(self, value: float) -> float:
        return self.factor * value + self.offset


def fit_factor(said_N: ArrayLike, truth_N: ArrayLike, *, lambda_: float = 2.0) -> Calibration:
    """The positive factor with the highest mean EDNM.

    Between two of the ratios truth / said the mean is convex in the factor, so that the best factor
    is one of the ratios: they are all tried (of more than a thousand, a thousand).

    Args:
        said_N: What a model said, in the unit of the truth; NaN where it said no number.
        truth_N: The right numbers.
        lambda_: EDNM's decay.

    Returns:
        The calibration; the identity where no ratio is positive.

    Raises:
        DatasetError: The lengths differ, or a truth is not finite.

    Example:
        >>> fit_factor([2.0, 4.0, 9.0], [1.0, 2.0, 3.0])
        Calibration(factor=0.5, offset=0.0)
    """
    said, truth = _known_numbers(said_N, truth_N)
    ratios = truth[said != 0] / said[said != 0]
    factors = _thin(np.unique(ratios[ratios > 0]))
    if not len(factors):
        return Calibration()

    means = _mean_ednm(factors, np.zeros(len(factors)), said, truth, lambda_)
    return Calibration(float(factors[np.argmax(means)]))


def fit_affine(said_N: ArrayLike, truth_N: ArrayLike, *, lambda_: float = 2.0) -> Calibration:
    """An increasing affine map with a high mean EDNM, at least that of `fit_factor`.

    The best map makes two of the answers exactly right, for the reason given there. From several
    answers, the best second one is searched, then the best other one for that, until none is
    better.

    Args and errors as for `fit_factor`.
    """
    said, truth = _known_numbers(said_N, truth_N)
    best = fit_factor(said, truth, lambda_=lambda_)
    if len(said) < 2:
        return best

    best_mean = _mean_of(best, said, truth, lambda_)
    right = int(np.argmin(np.abs(best.factor * said - truth)))
    spread = np.argsort(said)[np.linspace(0, len(said) - 1, min(_STARTS, len(said))).astype(int)]

    for start in (right, *spread.tolist()):
        found, mean = _climb(start, said, truth, lambda_)
        if mean > best_mean:
            best, best_mean = found, mean

    return best


def _climb(
    anchor: int, said_N: np.ndarray, truth_N: np.ndarray, lambda_: float
) -> tuple[Calibration, float]:
    """The best map through answer `anchor` and another, then through that one, while it gets better."""
    best, best_mean = Calibration(), -1.0

    while True:
        others = _thin(np.flatnonzero(said_N != said_N[anchor]))
        slopes = (truth_N[others] - truth_N[anchor]) / (said_N[others] - said_N[anchor])
        others, slopes = others[slopes > 0], slopes[slopes > 0]
        if not len(others):
            return best, best_mean

        offsets = truth_N[anchor] - slopes * said_N[anchor]
        means = _mean_ednm(slopes, offsets, said_N, truth_N, lambda_)
        top = int(np.argmax(means))
        if means[top] <= best_mean + 1e-12:
            return best, best_mean

        best, best_mean = Calibration(float(slopes[top]), float(offsets[top])), float(means[top])
        anchor = int(others[top])


def _mean_of(
    calibration: Calibration, said_N: np.ndarray, truth_N: np.ndarray, lambda_: float
) -> float:
    factor, offset = np.array([calibration.factor]), np.array([calibration.offset])
    return float(_mean_ednm(factor, offset, said_N, truth_N, lambda_)[0])


def _mean_ednm(
    factor_C: np.ndarray,
    offset_C: np.ndarray,
    said_N: np.ndarray,
    truth_N: np.ndarray,
    lambda_: float,
) -> np.ndarray:
    """Mean EDNM (C,) over all answers of each candidate map."""
    decay_N = lambda_ / (np.abs(truth_N) + _EPS)
    step = max(1, _MAX_ENTRIES // max(1, len(said_N)))
    means = []

    for start in range(0, len(factor_C), step):
        part = slice(start, start + step)
        mapped_CN = factor_C[part, None] * said_N + offset_C[part, None]
        means.append(np.exp(-decay_N * np.abs(mapped_CN - truth_N)).mean(axis=1))

    return np.concatenate(means)


def _known_numbers(said_N: ArrayLike, truth_N: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    said, truth = np.asarray(said_N, dtype=np.float64), np.asarray(truth_N, dtype=np.float64)
    if said.shape != truth.shape or said.ndim != 1:
        raise DatasetError(f"{said.shape} numbers said for {truth.shape} truths: give one for each")
    if not np.isfinite(truth).all():
        raise DatasetError("a true number is not finite: leave out its question")

    known = np.isfinite(said)
    return said[known], truth[known]


def _thin(values: np.ndarray) -> np.ndarray:
    """At most a thousand of the values, evenly."""
    if len(values) <= _MAX_CANDIDATES:
        return values
    return values[np.linspace(0, len(values) - 1, _MAX_CANDIDATES).astype(int)]
