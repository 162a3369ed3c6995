import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywiser.training.run.schedules import cosine_anneal, kl_coefficient, learning_rate_factor
from waywiser.training.run.training_budget import TrainingBudget

unit = st.floats(0, 1)


@pytest.mark.parametrize(
    ("progress", "expected"),
    [(0.0, 0.04), (0.25, 0.01 + 0.015 * (1 + math.sqrt(0.5))), (0.5, 0.025), (1.0, 0.01)],
)
def test_cosine_by_hand(progress: float, expected: float) -> None:
    assert kl_coefficient("cosine", progress, 0.04, 0.01) == pytest.approx(expected, abs=1e-12)


def test_none_and_constant() -> None:
    assert kl_coefficient("none", 0.3, 0.04) == 0.0
    assert kl_coefficient("constant", 0.9, 0.04, 0.01) == 0.04


@given(unit, unit, st.floats(0, 1), st.floats(0, 1))
def test_cosine_falls_from_start_to_end(a: float, b: float, x: float, y: float) -> None:
    start = max(x, y)
    end = min(x, y)
    early = cosine_anneal(min(a, b), start, end)
    late = cosine_anneal(max(a, b), start, end)
    assert start + 1e-12 >= early >= late - 1e-12
    assert late >= end - 1e-12


@given(st.floats(-5, 0), st.floats(1, 5))
def test_progress_outside_of_the_run_is_clipped(before: float, after: float) -> None:
    assert cosine_anneal(before, 3.0, 1.0) == 3.0
    assert cosine_anneal(after, 3.0, 1.0) == pytest.approx(1.0)


def test_learning_rate_by_hand() -> None:
    assert learning_rate_factor(0, 0.0, 4, 0.02) == pytest.approx(0.2)
    assert learning_rate_factor(3, 0.0, 4, 0.02) == pytest.approx(0.8)
    assert learning_rate_factor(4, 0.0, 4, 0.02) == pytest.approx(1.0)
    assert learning_rate_factor(50, 0.5, 4, 0.02) == pytest.approx(0.51)
    assert learning_rate_factor(99, 1.0, 4, 0.02) == pytest.approx(0.02)
    assert learning_rate_factor(0, 0.0, 0, 0.02) == 1.0


@given(st.integers(1, 1000), st.integers(0, 2000))
def test_budget_in_steps(total: int, step: int) -> None:
    budget = TrainingBudget(total, None)
    assert budget.progress(step) == pytest.approx(min(1, step / total))
    assert budget.is_exhausted(step) == (step >= total)


def test_the_clock_goes_on_from_what_was_spent_and_ends_the_run() -> None:
    budget = TrainingBudget(None, 100.0, seconds_spent=40.0)
    assert budget.progress(10**6) == pytest.approx(0.4)
    budget.start()
    assert 0.4 <= budget.progress(0) < 0.6
    assert TrainingBudget(None, 100.0, seconds_spent=100.0).is_exhausted(0)
    assert TrainingBudget(10, 100.0, seconds_spent=99.0).progress(1) == pytest.approx(0.99)
    assert TrainingBudget(10, 100.0, seconds_spent=1.0).progress(9) == pytest.approx(0.9)


def test_a_budget_has_an_end() -> None:
    with pytest.raises(ValueError, match="steps or seconds"):
        TrainingBudget(None, None)
