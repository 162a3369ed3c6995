"""Order online: what can teach most comes first, once an epoch, the same after a resume in the
middle.
"""

import json
from collections import Counter
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.errors import RecipeError
from waywiser.training.data.curriculum import CurriculumSampler
from waywiser.training.data.online_sampler import OnlineSampler
from waywiser.training.data.pass_rates import PassRateEstimator
from waywiser.training.data.repeat_sampler import ResumableRepeatSampler

SIZES = {"a": 12, "b": 8}
TASKS = [task for task, size in SIZES.items() for _ in range(size)]
RATES = np.linspace(0.02, 0.98, len(TASKS)).tolist()


def sampler(seed: int = 0, **more):
    pass_rate_estimator = PassRateEstimator(TASKS, RATES)
    values = {"batch_size": 4, "num_generations": 2, "repeat_count": 3, "seed": seed} | more
    return OnlineSampler(
        TASKS, [0.0] * len(TASKS), pass_rate_estimator=pass_rate_estimator, **values
    )


def batches(indices: list[int]) -> list[list[int]]:
    """Generation batches of 4 prompts x 2 generations x 3 repeats, each laid out as TRL needs it."""
    found = []
    for start in range(0, len(indices), 24):
        block = indices[start : start + 24]
        assert block == block[:8] * 3
        assert block[:8:2] == block[1:8:2]
        found.append(block[:8:2])
    return found


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 99), st.sampled_from(["shuffled", "task-homogeneous"]))
def test_every_prompt_once_an_epoch_and_one_task_a_batch(seed: int, mixing: str) -> None:
    made = sampler(seed, mixing=mixing)
    drawn = batches(list(made))
    assert len(made) == 24 * len(drawn)
    assert Counter(i for batch in drawn for i in batch) == Counter(range(20))
    if mixing == "task-homogeneous":
        assert all(len({TASKS[i] for i in batch}) == 1 for batch in drawn)


def test_the_most_uncertain_come_first_and_the_rest_later() -> None:
    drawn = batches(list(sampler()))
    for task in SIZES:
        spread = [
            max(abs(RATES[i] - 0.5) for i in batch) for batch in drawn if TASKS[batch[0]] == task
        ]
        assert spread == sorted(spread)
        assert len(set(spread)) > 1


def test_what_training_shows_changes_what_comes_next() -> None:
    made = sampler(mixing="shuffled")
    plain = batches(list(sampler(mixing="shuffled")))
    flow = iter(made)
    first = batches(list(islice(flow, 24)))
    assert first == plain[:1]
    for _ in range(9):
        made.pass_rate_estimator.update(
            [plain[1][0]], [1.0], completions=8
        )  # it was about to come, and is solved by now
    assert plain[1][0] not in batches(list(islice(flow, 24)))[0]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 99), st.integers(1, 4))
def test_it_goes_on_in_the_middle_of_an_epoch(seed: int, done: int) -> None:
    def train(made: OnlineSampler, batch: list[int], step: int) -> None:
        accuracy = np.random.default_rng(step).random(len(batch))
        made.pass_rate_estimator.update(batch, accuracy.tolist(), completions=8)

    whole = sampler(seed)
    flow = None
    seen = []
    flow = iter(whole)
    for step in range(5):
        if step == done:
            state = json.loads(json.dumps([whole.state(), whole.pass_rate_estimator.state()]))
        seen += batches(list(islice(flow, 24)))
        train(whole, seen[-1], step)
    again = sampler(seed)
    again.load(state[0]) if done < 5 else None
    again.pass_rate_estimator.load(state[1]) if done < 5 else None
    again.set_epoch(0)
    flow = iter(again)
    replayed = batches(list(islice(flow, 24 * done)))
    assert replayed == seen[:done]
    for step in range(done, 5):
        replayed += batches(list(islice(flow, 24)))
        train(again, replayed[-1], step)
    assert replayed == seen


def test_another_epoch_starts_anew() -> None:
    made = sampler()
    first = list(made)
    made.set_epoch(1)
    assert made.state() == {"epoch": 1, "chosen": []}
    assert sorted(made) == sorted(first)


def test_online_is_no_order_of_the_curriculum_sampler() -> None:
    with pytest.raises(RecipeError, match="unknown order 'online'"):
        CurriculumSampler(TASKS, RATES, batch_size=4, order="online")


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 99), st.integers(1, 3))
def test_trl_orders_are_the_same_and_follow_from_the_epoch(seed: int, epochs: int) -> None:
    from trl.trainer.utils import RepeatSampler

    values = {"mini_repeat_count": 2, "batch_size": 4, "repeat_count": 2, "seed": seed}
    plain = RepeatSampler(range(19), **values)
    orders = [list(plain) for _ in range(epochs)]
    resumed = ResumableRepeatSampler(range(19), **values)
    resumed.set_epoch(epochs - 1)
    assert list(resumed) == orders[-1]
