"""The factor and the affine map that make a model's numbers score best."""

import numpy as np
import pytest

from waywiser.errors import DatasetError
from waywiser.rewards import ednm
from waywiser.training.calibration import Calibration, fit_affine, fit_factor


def mean_ednm(calibration: Calibration, said: np.ndarray, truth: np.ndarray) -> float:
    pairs = zip(said, truth, strict=True)
    return float(np.mean([ednm(calibration(value), true) for value, true in pairs]))


@pytest.fixture(scope="module")
def answers() -> tuple[np.ndarray, np.ndarray]:
    """What a model with another lens says: off by a factor and a step, noisy, sometimes wild."""
    random = np.random.default_rng(0)
    truth = random.uniform(0.5, 6.0, 80)
    said = (truth * random.lognormal(0, 0.1, 80) - 0.4) / 0.67
    said[::9] = random.uniform(0, 20, 9)
    return said, truth


def test_the_factor_is_the_best_of_all(answers) -> None:
    said, truth = answers
    fitted = fit_factor(said, truth)
    grid = [mean_ednm(Calibration(f), said, truth) for f in np.linspace(0.05, 3, 3000)]
    assert mean_ednm(fitted, said, truth) >= max(grid)
    assert fitted.offset == 0


def test_the_affine_map_is_no_worse_and_finds_a_known_one(answers) -> None:
    said, truth = answers
    fitted = fit_affine(said, truth)
    assert mean_ednm(fitted, said, truth) > mean_ednm(fit_factor(said, truth), said, truth) + 0.01
    grid = [
        mean_ednm(Calibration(f, o), said, truth)
        for f in np.linspace(0.4, 1.0, 40)
        for o in np.linspace(-0.5, 1.0, 40)
    ]
    assert mean_ednm(fitted, said, truth) >= max(grid)

    exact = fit_affine((truth - 0.4) / 0.67, truth)
    assert (exact.factor, exact.offset) == pytest.approx((0.67, 0.4))


def test_what_was_not_said_is_left_out_and_nothing_known_changes_nothing() -> None:
    nan = float("nan")
    assert fit_factor([nan, 2.0, 4.0], [9.0, 1.0, 2.0]) == Calibration(0.5)
    for fit in (fit_factor, fit_affine):
        assert fit([nan, 0.0], [1.0, 1.0]) == fit([], []) == Calibration()
        assert fit([2.0], [1.0]) == Calibration(0.5)
        assert fit([2.0, 2.0], [1.0, 1.0]).factor == 0.5  # no slope to be found


def test_many_answers_are_thinned() -> None:
    said = np.linspace(1, 2, 3001)
    assert fit_affine(said, 0.5 * said).factor == pytest.approx(0.5)


def test_bad_numbers_are_refused() -> None:
    with pytest.raises(DatasetError, match="give one for each"):
        fit_factor([1.0], [1.0, 2.0])
    with pytest.raises(DatasetError, match="not finite"):
        fit_affine([1.0], [float("inf")])
