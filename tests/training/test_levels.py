"""Levels follow pass rates: bounded, the right way, to the target of tasks of any difficulty."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.training.data.level_controller import LevelController

rates = st.floats(0, 1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), rates), max_size=60), st.floats(0, 1))
def test_a_level_stays_in_its_range_and_moves_the_right_way(
    seen: list[tuple[str, float]], gain: float
) -> None:
    levels = LevelController("ab", target=0.5, gain=gain)
    for task, rate in seen:
        before = levels.state()
        levels.observe(task, rate)
        after = levels.state()
        assert 0 <= after[task] <= 1
        assert (after[task] - before[task]) * (rate - 0.5) >= 0
        assert {k: v for k, v in after.items() if k != task} == {
            k: v for k, v in before.items() if k != task
        }
    again = LevelController("ab")
    again.load(json.loads(json.dumps(levels.state())))
    assert again.state() == levels.state()


@settings(deadline=None)
@given(st.floats(0.25, 0.75), st.floats(0.2, 0.8), st.floats(0, 1))
def test_it_settles_at_the_target(centre: float, target: float, start: float) -> None:
    def passes(level: float) -> float:
        return 1 / (1 + math.exp(10 * (level - centre)))

    levels = LevelController(["a"], start=start, target=target, gain=0.15)
    for _ in range(200):
        levels.observe("a", passes(levels.level("a")))
    reachable = min(max(target, passes(1.0)), passes(0.0))
    assert passes(levels.level("a")) == pytest.approx(reachable, abs=0.02)


def test_one_step_by_hand() -> None:
    levels = LevelController(["a"], start=0.3, target=0.5, gain=0.2)
    levels.observe("a", 0.75)
    assert levels.level("a") == pytest.approx(0.35)
