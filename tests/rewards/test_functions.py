"""Format, EDNM, MRA and repetition as functions of their inputs."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.rewards import (
    ednm,
    format_reward,
    length_reward,
    mra,
    repetition_rate,
    repetition_reward,
)

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, st.floats(0.1, 5), st.floats(0.1, 10), st.booleans())
def test_ednm_is_gamma_at_the_truth(
    truth: float, gamma: float, lambda_: float, zero_floor: bool
) -> None:
    assert ednm(truth, truth, gamma=gamma, lambda_=lambda_, zero_floor=zero_floor) == pytest.approx(
        gamma
    )


@given(st.floats(), st.floats(), st.booleans())
def test_ednm_is_finite_and_bounded_for_any_floats(
    value: float, truth: float, zero_floor: bool
) -> None:
    assert 0.0 <= ednm(value, truth, zero_floor=zero_floor) <= 1.0


@given(st.floats(-1e6, 1e6), st.floats(0, 1e3), st.floats(0, 1e3), st.booleans())
def test_ednm_falls_with_the_relative_error(
    truth: float, a: float, b: float, zero_floor: bool
) -> None:
    near, far = sorted((a, b))
    for sign in (1, -1):
        rewards = [
            ednm(truth + sign * e * abs(truth), truth, zero_floor=zero_floor) for e in (near, far)
        ]
        assert rewards[0] >= rewards[1] - 1e-9


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_ednm_and_mra_of_what_is_not_finite_are_zero(bad: float) -> None:
    assert ednm(bad, 1.0) == ednm(1.0, bad) == mra(bad, 1.0) == mra(1.0, bad) == 0.0


def test_ednm_has_the_papers_values() -> None:
    assert ednm(3.0, 2.0) == pytest.approx(math.exp(-1))
    assert ednm(0.0, 2.0) == pytest.approx(math.exp(-2))
    assert ednm(0.0, 2.0, zero_floor=True) == pytest.approx(0.0, abs=1e-6)
    assert ednm(1.0, 2.0, lambda_=5.0, gamma=2.0) == pytest.approx(2 * math.exp(-2.5))
    assert ednm(1.0, 0.0) == 0.0


def test_mra_keeps_the_float_artefacts_of_the_benchmark() -> None:
    assert mra(16, 20) == mra(24, 20) == pytest.approx(0.6)
    assert mra(20, 20) == 1.0
    assert mra(0, 20) == mra(40, 20) == 0.0
    assert (mra(0, 0), mra(1, 0)) == (1.0, 0.0)


@given(st.floats(0.01, 1e6), st.floats(0, 3), st.floats(0, 3))
def test_mra_falls_with_the_relative_error(truth: float, a: float, b: float) -> None:
    near, far = sorted((a, b))
    assert mra(truth * (1 + near), truth) >= mra(truth * (1 + far), truth)


@pytest.mark.parametrize(
    "completion",
    [
        "<think>a</think><answer>b</answer>",
        "  <think>a\nb</think>\n\n<answer> b </answer>\n",
        "<think></think><answer>3</answer>",
    ],
)
def test_the_format(completion: str) -> None:
    assert format_reward(completion) == 1.0


@pytest.mark.parametrize(
    "completion",
    [
        "",
        "3",
        "<answer>3</answer>",
        "<think>a</think>",
        "<think>a</think>3",
        "<think>a</think><answer></answer>",
        "<think>a</think><answer>3",
        "so <think>a</think><answer>3</answer>",
        "<think>a</think> so <answer>3</answer>",
        "<think>a</think><answer>3</answer> done",
        "<think>a <answer>3</answer></think>",
        "<think>a <answer>3</answer></think><answer>3</answer>",
        "<think>a</think><think>b</think><answer>3</answer>",
        "<think>a</think><answer>3</answer><answer>3</answer>",
        "<answer>3</answer><think>a</think>",
        "<think>a<answer>3</think></answer>",
        "<THINK>a</THINK><ANSWER>3</ANSWER>",
        "<think>a</think><answer>3<THINK></answer>",
    ],
)
def test_anything_else_is_not_the_format(completion: str) -> None:
    assert format_reward(completion) == 0.0


@given(
    st.text(st.characters(exclude_characters="<"), max_size=200),
    st.text(st.characters(exclude_characters="<")),
)
def test_the_format_of_random_text(thought: str, answer: str) -> None:
    assert format_reward(f"<think>{thought}</think><answer>{answer}</answer>") == float(
        bool(answer.strip())
    )
    assert format_reward(thought + answer) == 0.0


def test_repetition_tells_loops_from_text() -> None:
    fresh = "The chair is about 2.4 m away and the table about 3.1 m, so the chair is closer to the camera."
    assert repetition_rate(fresh) == 0.0
    assert repetition_reward(fresh) == 0.0
    assert repetition_rate("the chair is near " * 100) > 0.95
    assert repetition_rate("ha" * 2000) > 0.95
    assert repetition_reward("the chair is near " * 100) < -0.9
    assert repetition_rate("") == repetition_rate("one two") == 0.0


@settings(deadline=None)
@given(st.text(max_size=500), st.integers(1, 6))
def test_repetition_is_bounded(text: str, n: int) -> None:
    assert 0.0 <= repetition_rate(text, n) <= 1.0
    assert -1.0 <= repetition_reward(text, n=n) <= 0.0


@given(st.integers(0, 100), st.integers(1, 100), st.integers(0, 300), st.integers(0, 300))
def test_length_costs_nothing_when_short_and_never_less_when_longer(
    free_length: int, more: int, a: int, b: int
) -> None:
    short, long = sorted((a, b))
    costs = [
        length_reward("x" * n, free_length=free_length, limit=free_length + more)
        for n in (short, long)
    ]
    assert 0.0 >= costs[0] >= costs[1] >= -1.0
    assert (
        length_reward("x" * free_length, free_length=free_length, limit=free_length + more) == 0.0
    )
    assert (
        length_reward("x" * (free_length + more), free_length=free_length, limit=free_length + more)
        == -1.0
    )


@given(st.floats(0.01, 1e6), st.floats(0, 3), st.floats(0, 3))
def test_ednm_is_strictly_better_nearer_the_truth(truth: float, a: float, b: float) -> None:
    near, far = sorted((a, b))
    if far - near > 1e-6:
        assert ednm(truth * (1 + near), truth) > ednm(truth * (1 + far), truth)


@pytest.mark.parametrize("truth", [0.0, -0.0, -3.0, 5e-324, 1e-300, 1e308, -1e308])
@pytest.mark.parametrize("value", [0.0, -1.0, 5e-324, 1e308, -1e308, math.inf, -math.inf, math.nan])
def test_rewards_of_odd_numbers_are_finite(value: float, truth: float) -> None:
    for reward in (ednm(value, truth), ednm(value, truth, zero_floor=True), mra(value, truth)):
        assert 0.0 <= reward <= 1.0
    assert ednm(truth, truth) == ednm(truth, truth, zero_floor=True) == mra(truth, truth) == 1.0
