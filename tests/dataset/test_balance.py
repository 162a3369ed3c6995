"""Balanced questions: the words of a question must not give its answer away."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waywiser.dataset.balance import MAX_SUBJECT_SHARE, choose_balanced
from waywiser.dataset.candidates import Candidate
from waywiser.dataset.share_caps import cap_shares, largest_cap


def comparisons(seed: int, views: int, bias: float) -> list[Candidate]:
    """Comparisons in which "rug" beats everything with probability `bias`, the others are fair."""
    rng = np.random.default_rng(seed)
    names = ["rug", "chair", "table", "lamp", "plant"]
    found = []
    for view in range(views):
        for _ in range(6):
            a, b = rng.permutation(names)[:2]
            if b == "rug":
                a, b = b, a
            won = rng.random() < (bias if a == "rug" else 0.5)
            compared = (str(a), str(b)) if won else (str(b), str(a))
            found.append(
                Candidate(f"v{view}", "depth_order", "choice", "", str(rng.integers(2)), compared)
            )
    return found


def counts(seed: int, views: int) -> list[Candidate]:
    """Counts as rooms have them: mostly one; beds always one."""
    rng = np.random.default_rng(seed)
    found = []
    for view in range(views):
        found.append(Candidate(f"v{view}", "object_count", "integer", "bed", "1"))
        for name in ("chair", "lamp", "book"):
            n = min(8, 1 + int(rng.geometric(0.45)) - 1 + int(rng.random() < 0.1))
            found.append(Candidate(f"v{view}", "object_count", "integer", name, str(max(1, n))))
    return found


def test_a_category_wins_as_often_as_it_loses() -> None:
    candidates = comparisons(0, 400, bias=0.9)
    chosen = [candidates[i] for i in choose_balanced(candidates, 2, np.random.default_rng(1))]
    wins = Counter(c.compared[0] for c in chosen if c.compared)
    losses = Counter(c.compared[1] for c in chosen if c.compared)
    assert len(chosen) > 200
    for name in wins | losses:
        assert abs(wins[name] - losses[name]) <= 3
    pairs = Counter(c.compared for c in chosen)
    for (a, b), n in [(pair, n) for pair, n in pairs.items() if pair]:
        assert abs(n - pairs[b, a]) <= 1


def test_either_option_is_right_equally_often() -> None:
    candidates = [
        Candidate(f"v{i}", "left_right", "choice", "", "left" if i % 5 else "right")
        for i in range(500)
    ]
    answer_classes = Counter(
        candidates[i].answer_class for i in choose_balanced(candidates, 2, np.random.default_rng(0))
    )
    assert (
        answer_classes == {"left": 100, "right": 100}
        or abs(answer_classes["left"] - answer_classes["right"]) <= 1
    )
    assert sum(answer_classes.values()) >= 200


@pytest.mark.parametrize("share", [0.25, 0.3, 0.4])
def test_no_count_dominates_and_what_is_always_one_is_hardly_asked(share: float) -> None:
    candidates = counts(0, 600)
    chosen = [
        candidates[i] for i in choose_balanced(candidates, 2, np.random.default_rng(0), share)
    ]
    answers = Counter(c.answer_class for c in chosen)
    assert max(answers.values()) <= share * len(chosen) + 1
    chairs = Counter(c.answer_class for c in chosen if c.subject == "chair")
    assert (
        max(chairs.values()) <= max(share, MAX_SUBJECT_SHARE["integer"]) * sum(chairs.values()) + 1
    )
    assert answers["1"] > 0
    assert sum(c.subject == "bed" for c in chosen) <= 1
    assert len(chosen) > 100


def test_measures_vary_within_a_category() -> None:
    rng = np.random.default_rng(0)
    bins = rng.choice(["3", "4", "5", "6", "7"], p=[0.02, 0.13, 0.6, 0.2, 0.05], size=1000)
    candidates = [
        Candidate(f"v{i}", "camera_distance", "number", "sofa", b) for i, b in enumerate(bins)
    ]
    answers = Counter(
        candidates[i].answer_class for i in choose_balanced(candidates, 2, np.random.default_rng(0))
    )
    assert max(answers.values()) <= MAX_SUBJECT_SHARE["number"] * sum(answers.values()) + 1


@given(st.integers(0, 50), st.integers(1, 40), st.integers(1, 3))
def test_choice_is_deterministic_unique_and_within_the_cap_of_each_view(
    seed: int, views: int, per_view: int
) -> None:
    candidates = comparisons(seed, views, 0.7) + counts(seed, views)
    chosen = choose_balanced(candidates, per_view, np.random.default_rng(seed))
    assert chosen == choose_balanced(candidates, per_view, np.random.default_rng(seed))
    assert chosen == sorted(set(chosen))
    in_view = Counter((candidates[i].view, candidates[i].task) for i in chosen)
    assert all(n <= per_view for n in in_view.values())
    assert {candidates[i].task for i in chosen} == {"depth_order", "object_count"}


def test_nothing_to_choose_from() -> None:
    assert choose_balanced([], 2, np.random.default_rng(0)) == []


@given(st.lists(st.integers(1, 200), min_size=1, max_size=9), st.sampled_from([0.2, 0.3, 0.5, 1.0]))
def test_level_cap_is_the_largest_that_fits(sizes: list[int], share: float) -> None:
    cap = largest_cap(sizes, share)

    def fits(c: int) -> bool:
        return c <= share * sum(min(n, c) for n in sizes) + 1e-9

    assert cap == max([c for c in range(1, max(sizes) + 1) if fits(c)], default=1)


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_capped_keeps_the_first_of_each_label(share: float) -> None:
    letters = "abacaadbaacaba"
    kept = cap_shares(range(len(letters)), letters.__getitem__, share)
    sizes = Counter(letters[i] for i in kept)
    assert max(sizes.values()) <= max(1, share * len(kept))
    assert set(sizes) == set(letters)
    for letter, size in sizes.items():
        places = [i for i, other in enumerate(letters) if other == letter]
        assert [i for i in kept if letters[i] == letter] == places[:size]
