"""Splits by recipe: quotas and thresholds, disjoint by scene, picture and question, the same for the same seed."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from waywiser.curation.config import SplitConfig
from waywiser.curation.duplicates import join, root

UNUSED = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What splitting needs of an accepted sample. Samples that share a key never lie in two splits."""

    id: str
    domain: str
    task: str
    keys: tuple[str, ...]
    reasoning: bool
    quality: float | None
    difficulty: float | None


@dataclass
class _Filling:
    config: SplitConfig
    taken: int = 0
    domains: Counter[str] = field(default_factory=Counter)
    tasks: Counter[str] = field(default_factory=Counter)

    def wants(self, sample: Candidate) -> bool:
        config = self.config
        if self.taken >= config.samples or not fits(sample, config):
            return False
        if sample.domain in config.domains and self.domains[sample.domain] >= config.domains[sample.domain]:  # type: ignore[index]
            return False
        reserved = sum(max(0, n - self.domains[d]) for d, n in config.domains.items() if d != sample.domain)
        if sample.domain not in config.domains and self.taken + reserved >= config.samples:
            return False
        return not (sample.task in config.tasks and self.tasks[sample.task] >= config.tasks[sample.task])

    def take(self, sample: Candidate) -> None:
        self.taken += 1
        self.domains[sample.domain] += 1
        self.tasks[sample.task] += 1


def fits(sample: Candidate, config: SplitConfig) -> bool:
    """Whether a sample meets a split's thresholds."""
    if config.needs_reasoning and not sample.reasoning:
        return False
    if sample.quality is not None and sample.quality < config.quality:
        return False
    if sample.difficulty is None:
        return not config.needs_difficulty
    return config.difficulty[0] <= sample.difficulty <= config.difficulty[1]


def assign(samples: Sequence[Candidate], splits: Mapping[str, SplitConfig], seed: int) -> dict[str, str]:
    """Sample id -> split, UNUSED for what no split has room for.

    Samples that share a key form a group; groups come in an order drawn by the seed, and each goes to the split that
    wants its members and is least full in proportion. A group's members that the split does not want stay unused.
    """
    fillings = {name: _Filling(config) for name, config in sorted(splits.items())}
    chosen = dict.fromkeys((sample.id for sample in samples), UNUSED)
    groups = sorted(_groups(samples), key=lambda group: _drawn(seed, min(s.id for s in group)))
    for group in groups:
        wanting = [name for name, filling in fillings.items() if any(filling.wants(s) for s in group)]
        if not wanting:
            continue
        name = min(wanting, key=lambda n: (_fullness(fillings[n], group), n))
        for sample in sorted(group, key=lambda s: s.id):
            if fillings[name].wants(sample):
                fillings[name].take(sample)
                chosen[sample.id] = name
    return chosen


def _fullness(filling: _Filling, group: Sequence[Candidate]) -> float:
    """How full the split is: in the group's domain where the split has a quota for it."""
    domain = group[0].domain
    if domain in filling.config.domains:
        return filling.domains[domain] / max(1, filling.config.domains[domain])  # type: ignore[index]
    return filling.taken / filling.config.samples


def order_key(sample: Candidate) -> tuple[str, float, str]:
    """Ascending difficulty within each task; unknown ones last (curriculum of M2-Reasoning, 2.2)."""
    return sample.task, 2.0 if sample.difficulty is None else sample.difficulty, sample.id


def _groups(samples: Sequence[Candidate]) -> list[list[Candidate]]:
    group = list(range(len(samples)))
    seen: dict[str, int] = {}
    for index, sample in enumerate(samples):
        for key in sample.keys:
            join(group, seen.setdefault(key, index), index)
    gathered: dict[int, list[Candidate]] = {}
    for index, sample in enumerate(samples):
        gathered.setdefault(root(group, index), []).append(sample)
    return list(gathered.values())


def _drawn(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{name}".encode()).digest()
