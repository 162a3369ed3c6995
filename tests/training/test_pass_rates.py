"""The memory of pass rates: bounded, honest about evidence, led by its tasks, and exact to restore."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.training.data.pass_rates import PassRateEstimator

rates = st.floats(0, 1)
groups = st.lists(st.tuples(st.integers(0, 5), rates), max_size=30)
TASKS = ["a", "a", "a", "b", "b", "b"]


def memory(prior: list[float] | None = None, **more: float) -> PassRateEstimator:
    return PassRateEstimator(TASKS, prior or [0.2, 0.5, math.nan, 0.9, math.nan, math.nan], **more)


def test_it_begins_with_what_was_measured_and_the_task_mean_for_the_rest() -> None:
    assert memory().estimate(range(6)) == pytest.approx([0.2, 0.5, 0.35, 0.9, 0.9, 0.9])
    assert PassRateEstimator(["a"], [math.nan]).estimate([0]) == pytest.approx([0.5])


def test_one_group_by_hand() -> None:
    known = memory(prior_weight=4.0, gain=0.0)
    known.update([1], [1.0], completions=4)
    assert known.estimate([1]) == pytest.approx([(4 * 0.5 + 4 * 1.0) / 8])
    assert known.estimate([0, 3]) == pytest.approx([0.2, 0.9])


def test_a_task_that_learns_lifts_its_unseen_prompts_and_no_other_task() -> None:
    known = memory(gain=1.0)
    before = known.estimate(range(6))
    known.update([0], [1.0], completions=8)
    after = known.estimate(range(6))
    assert (after[:3] > before[:3]).all()
    assert after[3:] == pytest.approx(before[3:])
    # one logit step of gain * (accuracy - belief) = 0.8 from 0.5
    assert after[1] == pytest.approx(1 / (1 + math.exp(-0.8)))
    assert known.task_rates() == {"a": 1.0}


@settings(deadline=None, max_examples=40)
@given(groups)
def test_estimates_stay_inside_and_survive_json(drawn: list[tuple[int, float]]) -> None:
    known = memory()
    for prompt, accuracy in drawn:
        known.update([prompt], [accuracy], completions=8)
    found = known.estimate(range(6))
    assert ((found > 0) & (found < 1)).all()
    again = memory()
    again.load(json.loads(json.dumps(known.state())))
    assert np.array_equal(again.estimate(range(6)), found)
    for other in (known, again):
        other.update([0, 4], [0.3, math.nan], completions=8)
    assert np.array_equal(again.estimate(range(6)), known.estimate(range(6)))


@settings(deadline=None, max_examples=40)
@given(rates)
def test_it_comes_to_believe_what_it_always_sees(accuracy: float) -> None:
    known = memory(gain=0.1)
    for _ in range(40):
        known.update([1], [accuracy], completions=8)
    assert known.estimate([1])[0] == pytest.approx(min(0.99, max(0.01, accuracy)), abs=0.03)


@settings(deadline=None, max_examples=40)
@given(st.permutations(range(4)))
def test_the_order_within_a_batch_does_not_matter(order: list[int]) -> None:
    accuracy = np.array([0.1, 0.9, 0.4, 0.7])
    prompts = np.array([0, 2, 3, 5])
    one = memory()
    other = memory()
    one.update(prompts.tolist(), accuracy.tolist(), completions=8)
    other.update(prompts[order].tolist(), accuracy[order].tolist(), completions=8)
    assert one.estimate(range(6)) == pytest.approx(other.estimate(range(6)))
