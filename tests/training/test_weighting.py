import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from waywiser.training.grpo.weighting import (
    effective_weight,
    group_weights,
    mean_accuracy,
    zero_std_groups,
)

units = arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(2, 8)), elements=st.floats(0, 1)
)
binaries = arrays(
    np.float64,
    st.tuples(st.integers(1, 6), st.integers(2, 8)),
    elements=st.sampled_from([0.0, 1.0]),
)


def test_weights_by_hand() -> None:
    acc_P_G = np.array(
        [[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], [0.45, 0.55, 0.45, 0.55]]
    )
    np.testing.assert_allclose(group_weights("p(1-p)", acc_P_G), [1, 0.75, 0, 0, 1])
    np.testing.assert_allclose(group_weights("variance", acc_P_G), [1, 0.75, 0, 0, 4 * 0.0025])
    np.testing.assert_allclose(group_weights("none", acc_P_G), np.ones(5))
    np.testing.assert_allclose(
        group_weights("p(1-p)", acc_P_G, sigma=2, floor=0.1), [0.5, 0.375, 0.1, 0.1, 0.5]
    )


def test_a_group_that_cannot_be_graded_weighs_the_floor() -> None:
    acc_P_G = np.array([[np.nan, np.nan], [np.nan, 0.5]])
    np.testing.assert_allclose(group_weights("p(1-p)", acc_P_G, floor=0.05), [0.05, 1.0])
    np.testing.assert_allclose(group_weights("variance", acc_P_G, floor=0.05), [0.05, 0.05])
    np.testing.assert_allclose(mean_accuracy(acc_P_G), [0, 0.5])


def test_what_a_hard_prompt_counts_beside_one_at_a_half() -> None:
    """The design's numbers: 22 % with sigma p (1 - p), 60 % in plain GRPO."""
    p = np.array([0.1, 0.5])
    weighted = effective_weight(4 * p * (1 - p), p)
    assert weighted[0] / weighted[1] == pytest.approx(0.216, abs=1e-3)
    plain = effective_weight(np.ones(2), p)
    assert plain[0] / plain[1] == pytest.approx(0.6)


@given(binaries)
def test_variance_and_product_agree_on_right_and_wrong(acc_P_G: np.ndarray) -> None:
    np.testing.assert_allclose(
        group_weights("variance", acc_P_G), group_weights("p(1-p)", acc_P_G), atol=1e-12
    )


@given(units, st.sampled_from(["p(1-p)", "variance"]), st.floats(0, 1))
def test_weights_lie_between_floor_and_one(acc_P_G: np.ndarray, kind: str, floor: float) -> None:
    weight_P = group_weights(kind, acc_P_G, floor=floor)  # type: ignore[arg-type]
    assert weight_P.shape == (len(acc_P_G),)
    assert (weight_P >= floor - 1e-12).all()
    assert (weight_P <= 1 + 1e-12).all()


@given(units, st.randoms(use_true_random=False))
def test_weights_do_not_hang_on_the_order_of_completions(acc_P_G: np.ndarray, rng) -> None:
    order = list(range(acc_P_G.shape[1]))
    rng.shuffle(order)
    np.testing.assert_allclose(
        group_weights("p(1-p)", acc_P_G), group_weights("p(1-p)", acc_P_G[:, order]), atol=1e-12
    )


@given(units)
def test_the_continuous_variance_never_exceeds_the_product(acc_P_G: np.ndarray) -> None:
    assert (group_weights("variance", acc_P_G) <= group_weights("p(1-p)", acc_P_G) + 1e-9).all()


def test_effective_weight_is_what_grpo_makes_of_it() -> None:
    """sum|A| / G over a group of 8 with 2 hits, normalised as TRL does with the biased deviation."""
    rewards = np.array([1, 1, 0, 0, 0, 0, 0, 0.0])
    advantages = (rewards - rewards.mean()) / rewards.std()
    assert np.abs(advantages).mean() == pytest.approx(
        effective_weight(np.ones(1), np.array([0.25]))[0]
    )
    assert math.isclose(effective_weight(np.ones(1), np.array([0.25]))[0], 2 * math.sqrt(3) / 4)


def test_dead_groups() -> None:
    assert zero_std_groups(np.array([[1, 1], [0, 1], [0.3, 0.3], [np.nan, np.nan]])).tolist() == [
        True,
        False,
        True,
        True,
    ]
