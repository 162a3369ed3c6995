"""Splits: quotas, thresholds, disjointness, seeds."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from waywiser.curation.config import SplitConfig
from waywiser.curation.split_assignment import SplitCandidate, assign_splits, curriculum_key


def candidate(number: int, **changes: object) -> SplitCandidate:
    values = {
        "id": f"s{number:04d}",
        "domain": "general",
        "task": f"t{number % 3}",
        "keys": (f"k{number}",),
        "reasoning": True,
        "quality": 0.8,
        "difficulty": 0.5,
    }
    return SplitCandidate(**{**values, **changes})  # type: ignore[arg-type]


SPLITS = {"sft": SplitConfig(samples=20), "rlvr": SplitConfig(samples=10, require_reasoning=False)}


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.booleans()), max_size=80),
    st.integers(0, 5),
)
@settings(max_examples=60, deadline=None)
def test_splits_share_no_key_and_keep_their_sizes(
    items: list[tuple[int, int, bool]], seed: int
) -> None:
    samples = [
        candidate(n, keys=(f"scene {a}", f"look {b}"), reasoning=reasoning, domain="spatial")
        for n, (a, b, reasoning) in enumerate(items)
    ]
    chosen = assign_splits(samples, SPLITS, seed)
    seen: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        for key in sample.keys:
            if chosen[sample.id]:
                seen[key].add(chosen[sample.id])
        if chosen[sample.id] == "sft":
            assert sample.reasoning
    assert all(len(splits) == 1 for splits in seen.values())
    for name, config in SPLITS.items():
        assert sum(split == name for split in chosen.values()) <= config.samples
    assert assign_splits(samples[::-1], SPLITS, seed) == chosen  # whatever the order


def test_quotas_of_domains_and_tasks_are_met() -> None:
    samples = [candidate(n, domain="spatial" if n % 2 else "general") for n in range(200)]
    config = SplitConfig(samples=50, domains={"general": 40, "spatial": 10}, tasks={"t0": 5})
    chosen = assign_splits(samples, {"sft": config}, 0)
    taken = [s for s in samples if chosen[s.id]]
    assert len(taken) == 50
    assert sum(s.domain == "spatial" for s in taken) == 10
    assert sum(s.task == "t0" for s in taken) == 5


def test_a_quota_keeps_its_room_from_other_domains() -> None:
    samples = [candidate(n, domain="spatial" if n >= 90 else "general") for n in range(100)]
    chosen = assign_splits(samples, {"sft": SplitConfig(samples=20, domains={"spatial": 8})}, 0)
    assert sum(bool(chosen[s.id]) for s in samples if s.domain == "spatial") == 8
    assert sum(bool(split) for split in chosen.values()) == 20


def test_thresholds_are_kept_and_the_seed_decides() -> None:
    samples = [
        candidate(n, quality=n / 100, difficulty=None if n % 10 == 0 else n / 100)
        for n in range(100)
    ]
    config = SplitConfig(samples=30, quality=0.3, difficulty=(0.1, 0.9), require_difficulty=True)
    chosen = assign_splits(samples, {"sft": config}, 0)
    for sample in samples:
        if chosen[sample.id]:
            assert sample.quality is not None
            assert sample.quality >= 0.3
            assert sample.difficulty is not None
            assert 0.1 <= sample.difficulty <= 0.9
    assert assign_splits(samples, {"sft": config}, 0) == chosen
    assert assign_splits(samples, {"sft": config}, 1) != chosen


def test_both_splits_fill_in_proportion() -> None:
    chosen = assign_splits([candidate(n) for n in range(15)], SPLITS, 3)
    assert sorted(
        [sum(v == "sft" for v in chosen.values()), sum(v == "rlvr" for v in chosen.values())]
    ) == [5, 10]


def test_order_is_by_difficulty_within_a_task() -> None:
    samples = [
        candidate(0, difficulty=0.9),
        candidate(3, difficulty=0.1),
        candidate(6, difficulty=None),
    ]
    assert [s.id for s in sorted(samples, key=curriculum_key)] == ["s0003", "s0000", "s0006"]


def test_an_impossible_split_is_refused() -> None:
    with pytest.raises(ValidationError, match="ask for 30 of 20"):
        SplitConfig(samples=20, domains={"general": 30})
