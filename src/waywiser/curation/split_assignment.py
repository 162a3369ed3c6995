"""Assign samples to splits by quotas and thresholds.

Splits share no scene, picture or question, and are the same for the same seed.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from waywiser.curation.config import SplitConfig
from waywiser.curation.duplicates import find_root, union_sets

NO_SPLIT = ""


@dataclass(frozen=True, slots=True)
class SplitCandidate:
    """What splitting needs of an accepted sample.

    Samples that share one of their `keys` never end up in different splits.
    """

    id: str
    domain: str
    task: str
    keys: tuple[str, ...]
    reasoning: bool
    quality: float | None
    difficulty: float | None


@dataclass
class _SplitState:
    config: SplitConfig
    num_taken: int = 0
    domains: Counter[str] = field(default_factory=Counter)
    tasks: Counter[str] = field(default_factory=Counter)

    def has_room_for(self, sample: SplitCandidate) -> bool:
        config = self.config
        if self.num_taken >= config.samples or not meets_thresholds(sample, config):
            return False

        if (
            sample.domain in config.domains
            and self.domains[sample.domain] >= config.domains[sample.domain]
        ):  # type: ignore[index]
            return False

        reserved = sum(
            max(0, n - self.domains[d]) for d, n in config.domains.items() if d != sample.domain
        )
        if sample.domain not in config.domains and self.num_taken + reserved >= config.samples:
            return False

        return not (
            sample.task in config.tasks and self.tasks[sample.task] >= config.tasks[sample.task]
        )

    def add(self, sample: SplitCandidate) -> None:
        self.num_taken += 1
        self.domains[sample.domain] += 1
        self.tasks[sample.task] += 1


def meets_thresholds(sample: SplitCandidate, config: SplitConfig) -> bool:
    """Whether a sample meets the thresholds of a split."""
    if config.require_reasoning and not sample.reasoning:
        return False
    if sample.quality is not None and sample.quality < config.quality:
        return False
    if sample.difficulty is None:
        return not config.require_difficulty

    return config.difficulty[0] <= sample.difficulty <= config.difficulty[1]


def assign_splits(
    samples: Sequence[SplitCandidate], splits: Mapping[str, SplitConfig], seed: int
) -> dict[str, str]:
    """Sample id -> split; NO_SPLIT if no split has room.

    Samples that share a key form a group. Groups are visited in random order, and each goes to the
    split that has room for one of its members and is least full in proportion. Members that the
    split does not take stay unused.
    """
    states = {name: _SplitState(config) for name, config in sorted(splits.items())}
    chosen = dict.fromkeys((sample.id for sample in samples), NO_SPLIT)

    groups = sorted(
        _group_by_shared_key(samples),
        key=lambda group: _seeded_order_key(seed, min(s.id for s in group)),
    )
    for group in groups:
        open_splits = [
            name for name, state in states.items() if any(state.has_room_for(s) for s in group)
        ]
        if not open_splits:
            continue

        name = min(open_splits, key=lambda n: (_fullness(states[n], group), n))

        for sample in sorted(group, key=lambda s: s.id):
            if states[name].has_room_for(sample):
                states[name].add(sample)
                chosen[sample.id] = name

    return chosen


def _fullness(state: _SplitState, group: Sequence[SplitCandidate]) -> float:
    """How full a split is, in [0, 1]; in the group's domain if the split has a quota for it."""
    domain = group[0].domain
    if domain in state.config.domains:
        return state.domains[domain] / max(1, state.config.domains[domain])  # type: ignore[index]
    return state.num_taken / state.config.samples


def curriculum_key(sample: SplitCandidate) -> tuple[str, float, str]:
    """Sorts by difficulty within each task, unknown last (curriculum of M2-Reasoning, 2.2)."""
    return sample.task, 2.0 if sample.difficulty is None else sample.difficulty, sample.id


def _group_by_shared_key(samples: Sequence[SplitCandidate]) -> list[list[SplitCandidate]]:
    group = list(range(len(samples)))
    seen: dict[str, int] = {}

    for index, sample in enumerate(samples):
        for key in sample.keys:
            union_sets(group, seen.setdefault(key, index), index)

    groups: dict[int, list[SplitCandidate]] = {}
    for index, sample in enumerate(samples):
        groups.setdefault(find_root(group, index), []).append(sample)

    return list(groups.values())


def _seeded_order_key(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{name}".encode()).digest()
