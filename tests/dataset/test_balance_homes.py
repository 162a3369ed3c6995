"""Balance of datasets with homes: classes and places of options level, twins found and kept together."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.dataset.balance import choose
from waywiser.dataset.candidate import Candidate, twins_of
from waywiser.dataset.spread import CLASS_SLACK, OPEN_SHARE


def directions(seed: int, views: int) -> list[Candidate]:
    """Directions of which three in four are "front", with the right option mostly first."""
    rng = np.random.default_rng(seed)
    found = []
    for k in range(views):
        answer = str(rng.choice(["front", "back", "left", "right"], p=[0.7, 0.08, 0.11, 0.11]))
        place = str(rng.choice([0, 1, 2, 3], p=[0.55, 0.15, 0.15, 0.15]))
        found.append(
            Candidate(f"v{k}", "relative_direction", "choice", "t", answer, None, f"s{k}", f"q{k % 40}", answer, place)
        )
    return found


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_no_direction_and_no_place_is_right_much_more_often_than_the_others(seed: int) -> None:
    candidates = directions(seed, 600)
    chosen = [candidates[i] for i in choose(candidates, 2, np.random.default_rng(seed))]
    assert len(chosen) >= 100
    for label in (lambda c: c.bucket, lambda c: c.place):
        counts = Counter(label(c) for c in chosen)
        assert len(counts) == 4
        assert max(counts.values()) <= CLASS_SLACK / 4 * len(chosen) + 1


def test_where_classes_are_many_none_is_above_a_fifth() -> None:
    rng = np.random.default_rng(0)
    names = [f"n{k}" for k in np.minimum(rng.geometric(0.3, 800), 12)]
    candidates = [
        Candidate(f"v{k}", "relative_distance", "choice", "t", name, None, f"s{k}", "", name, str(k % 3))
        for k, name in enumerate(names)
    ]
    chosen = [candidates[i] for i in choose(candidates, 2, np.random.default_rng(0))]
    assert max(Counter(c.bucket for c in chosen).values()) <= OPEN_SHARE * len(chosen) + 1


def test_twins_ask_the_same_of_another_scene_and_get_another_answer() -> None:
    def asked(scene: str, text: str, answer: str) -> Candidate:
        return Candidate(f"{scene}-0", "object_count", "integer", "chair", answer, None, scene, text, answer)

    candidates = [
        asked("a", "How many chairs?", "1"),
        asked("b", "How many chairs?", "2"),  # a twin of the first
        asked("c", "How many chairs?", "2"),  # so is this
        asked("a", "How many lamps?", "1"),
        asked("b", "How many lamps?", "1"),  # the same answer
        asked("a", "How many beds?", "1"),
        asked("a", "How many beds?", "2"),  # the same scene
    ]
    assert twins_of(candidates) == [0, 1, 2]
    assert twins_of([]) == []


@pytest.mark.parametrize("seed", range(3))
def test_twins_are_preferred_and_the_choice_is_the_same_every_time(seed: int) -> None:
    candidates = directions(seed, 600)
    chosen = choose(candidates, 2, np.random.default_rng(seed))
    assert chosen == choose(candidates, 2, np.random.default_rng(seed))
    picked = [candidates[i] for i in chosen]
    before = len(twins_of(candidates)) / len(candidates)
    assert len(twins_of(picked)) / len(picked) >= 0.8 * before
