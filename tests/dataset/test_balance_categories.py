"""Sizes and distances are spread within their category, and no category has most of a task."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waywiser.dataset.balance import (
    CATEGORY_ALLOWANCE,
    MAX_SUBJECT_SHARE,
    choose_balanced,
    max_category_share,
)
from waywiser.dataset.candidates import Candidate
from waywiser.dataset.category_bins import BINS_PER_CATEGORY, bin_within_categories


def measured(seed: int, count: int, categories: int) -> list[Candidate]:
    """True sizes: each category has a middle of its own, and most things are near it."""
    rng = np.random.default_rng(seed)
    middles = np.geomspace(10, 200, categories)
    weights = 1 / np.arange(1, categories + 1)
    found = []
    for k, which in enumerate(rng.choice(categories, size=count, p=weights / weights.sum())):
        value = float(middles[which] * np.exp(rng.normal(0, 0.12)))
        found.append(
            Candidate(
                f"v{k // 3}", "object_size", "number", f"thing {which}", "0", value=round(value, 1)
            )
        )
    return found


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 30), st.booleans())
def test_answers_are_spread_within_each_category(seed: int, categories: int, strict: bool) -> None:
    candidates = measured(seed, 600, categories)
    chosen = choose_balanced(candidates, 2, np.random.default_rng(seed), strict=strict)
    assert chosen == choose_balanced(candidates, 2, np.random.default_rng(seed), strict=strict)
    bins = bin_within_categories(candidates, range(len(candidates)))
    held = Counter((candidates[i].subject, bins[i]) for i in chosen)
    totals = Counter(candidates[i].subject for i in chosen)
    assert set(totals) == {c.subject for c in candidates}

    for (category, _), count in held.items():
        limit = MAX_SUBJECT_SHARE["number"] * totals[category] + CATEGORY_ALLOWANCE
        assert count <= max(1, limit + 1e-9)
    assert max(totals.values()) <= max(1, max_category_share(totals) * len(chosen) + 1e-9)
    assert max(Counter(candidates[i].view for i in chosen).values()) <= 2


def test_a_category_of_one_size_keeps_its_place_in_the_set() -> None:
    """Bins over all sizes would hold all fridges in one bin, and leave one of them."""
    rng = np.random.default_rng(0)
    fridges = [
        Candidate(
            f"f{k}", "object_size", "number", "fridge", "23", value=float(rng.uniform(170, 190))
        )
        for k in range(100)
    ]
    chosen = choose_balanced([*fridges, *measured(1, 900, 20)], 2, rng, strict=True)
    assert sum(i < 100 for i in chosen) >= 30


def test_bins_are_of_the_category_and_outliers_do_not_stretch_them() -> None:
    values = {"cup": np.linspace(8, 12, 41), "wardrobe": [*np.linspace(160, 240, 40), 2000.0]}
    candidates = [
        Candidate("v", "object_size", "number", word, "0", value=float(v))
        for word, those in values.items()
        for v in those
    ]
    bins = bin_within_categories(candidates, range(len(candidates)))
    for start in (0, 41):
        counts = Counter(bins[i] for i in range(start, start + 41))
        assert set(counts) == {str(k) for k in range(BINS_PER_CATEGORY)}
        assert min(counts.values()) >= 6


@pytest.mark.parametrize("values", [[5.0], [5.0] * 9, [0.0, 5.0]])
def test_few_or_equal_answers_have_bins_too(values: list[float]) -> None:
    candidates = [
        Candidate(f"v{k}", "object_size", "number", "cup", "0", value=v)
        for k, v in enumerate(values)
    ]
    assert len(bin_within_categories(candidates, range(len(values)))) == len(values)
    assert choose_balanced(candidates, 2, np.random.default_rng(0), strict=True)


def test_a_common_category_is_capped_and_a_few_equal_ones_are_not() -> None:
    def asked(counts: dict[str, int]) -> Counter[str]:
        candidates = [
            Candidate(f"{word}{k}", "object_size", "number", word, "0", value=10.0 + k % 50)
            for word, count in counts.items()
            for k in range(count)
        ]
        chosen = choose_balanced(candidates, 2, np.random.default_rng(0), strict=True)
        return Counter(candidates[i].subject for i in chosen)

    rare = {f"thing {k}": 1 for k in range(20)}
    one = asked({"window": 600} | {f"thing {k}": 20 for k in range(20)})
    assert one["window"] <= 0.1 * one.total()
    few = asked({"window": 100, "chair": 100, "book": 100} | rare)
    assert few.total() >= 280
    assert max_category_share({"a": 50, "b": 50}) == 0.75
    assert max_category_share({}) == 1.5
