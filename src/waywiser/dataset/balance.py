"""Choose among candidate questions so that their words alone do not give the answer away.

Text-only models gain a lot from the answer statistics of spatial benchmarks (arXiv 2511.04655). Hence: counts
and measures are evened out within each category; either option of a choice is right equally often; and in a
comparison each category, and each category of a pair, wins as often as it loses. Balancing is global, over
all shards, and deterministic.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

COUNT_SHARE = 0.3
"""Largest share of one count within its task; where there are few counts, SLACK above equal shares."""
HOME_COUNT_SHARE = 0.2
"""The same for datasets with homes."""
SLACK = 0.1
TOPIC_SHARE = {"integer": 0.36, "number": 0.34}
"""Largest share of one answer class within a topic (category): just above what three classes need."""
CLASS_SLACK, OPEN_SHARE = 1.12, 0.2
"""With homes no answer class of a choice holds over `CLASS_SLACK` times its equal share, or `OPEN_SHARE` where
classes are many; nor does a place among the options."""
_PASSES = 20


@dataclass(frozen=True)
class Candidate:
    """What balancing needs to know of a `Draft` (see `waywiser.tasks`); `kind` is that of its answer.

    `place` is that of the right answer among the options; where it is given, classes and places are levelled apart
    from each other. `text` is the whole question and `answer` its answer in words, by which twins are found.
    """

    view: str
    task: str
    kind: str
    topic: str
    bucket: str
    rivals: tuple[str, str] | None = None
    scene: str = ""
    text: str = ""
    answer: str = ""
    place: str | None = None


def twins_of(candidates: Sequence[Candidate]) -> list[int]:
    """Indices of those whose very words are asked about another scene, too, with another answer."""
    asked: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, c in enumerate(candidates):
        if c.text:
            asked[c.task, c.text].append(index)
    twins: list[int] = []
    for group in asked.values():
        seen = {(candidates[i].scene, candidates[i].answer) for i in group}
        for i in group:
            c = candidates[i]
            if any(scene != c.scene and answer != c.answer for scene, answer in seen):
                twins.append(i)
    return sorted(twins)


def choose(
    candidates: Sequence[Candidate], per_view: int, rng: np.random.Generator, count_share: float = COUNT_SHARE
) -> list[int]:
    """Indices of the chosen candidates, ascending: at most `per_view` of each task in each view.

    `count_share`, in (0, 1], bounds the share of one count within its task, and within a category where that is more.
    """
    by_task: dict[str, list[int]] = defaultdict(list)
    for index in _twins_first(candidates, rng.permutation(len(candidates)).tolist()):
        by_task[candidates[index].task].append(index)
    chosen: list[int] = []
    for task in sorted(by_task):
        indices = by_task[task]
        kind = candidates[indices[0]].kind
        if kind == "choice" and candidates[indices[0]].place is not None:
            chosen += _spread(candidates, indices, per_view)
        elif kind == "choice":
            chosen += _fair(candidates, indices, per_view)
        else:
            topic, overall = TOPIC_SHARE.get(kind, 1.0), 1.0
            if kind == "integer":
                topic, overall = max(topic, count_share), count_share
            chosen += _even(candidates, indices, per_view, topic, overall)
    return sorted(chosen)


def _twins_first(candidates: Sequence[Candidate], order: list[int]) -> list[int]:
    """Twins before the others and side by side, groups in random order: what stays in is likely to keep its twin."""
    twins = set(twins_of(candidates))
    group: dict[tuple[str, str], int] = {}
    for index in order:
        group.setdefault((candidates[index].task, candidates[index].text), len(group))

    def key(index: int) -> tuple[bool, int]:
        twin = index in twins
        return (not twin, group[candidates[index].task, candidates[index].text] if twin else 0)

    return sorted(order, key=key)


def _spread(candidates: Sequence[Candidate], indices: list[int], per_view: int) -> list[int]:
    """Rare answers first within each view, wins and losses level, then no class and no place above its share."""
    frequency = Counter(candidates[i].bucket for i in indices)
    views: dict[str, list[int]] = defaultdict(list)
    for i in indices:
        views[candidates[i].view].append(i)
    kept: list[int] = []
    for group in views.values():
        group.sort(key=lambda i: frequency[candidates[i].bucket])
        kept += group[:per_view]
    kept.sort(key={index: place for place, index in enumerate(indices)}.__getitem__)
    kept = _level_rivals(candidates, kept)
    for _ in range(_PASSES):
        before = len(kept)
        for label in (_bucket, _place):
            names = [label(candidates[i]) for i in kept]
            kept = capped(kept, lambda i, label=label: label(candidates[i]), _share(len(set(names))))
        if len(kept) == before:
            break
    return kept


def _bucket(candidate: Candidate) -> str:
    return candidate.bucket


def _place(candidate: Candidate) -> str:
    return candidate.place or ""


def _share(classes: int) -> float:
    return max(CLASS_SLACK / max(1, classes), OPEN_SHARE)


def _level_rivals(candidates: Sequence[Candidate], indices: list[int]) -> list[int]:
    """Those among which each category, and each of a pair, wins about as often as it loses."""
    lead: Counter[str] = Counter()
    pair_lead: Counter[tuple[str, str]] = Counter()
    kept: list[int] = []
    pending = indices
    for _ in range(_PASSES):
        rest: list[int] = []
        for index in pending:
            rivals = candidates[index].rivals
            if rivals is not None:
                winner, loser = rivals
                if lead[winner] > lead[loser] + 1 or pair_lead[winner, loser] > pair_lead[loser, winner]:
                    rest.append(index)
                    continue
                lead[winner] += 1
                lead[loser] -= 1
                pair_lead[rivals] += 1
            kept.append(index)
        if len(rest) == len(pending):
            break
        pending = rest
    return kept


def _fair(candidates: Sequence[Candidate], indices: list[int], per_view: int) -> list[int]:
    """Greedy choice in which wins and losses, and the answer classes, stay level."""
    in_view: Counter[str] = Counter()
    buckets = Counter({candidates[i].bucket: 0 for i in indices})
    lead: Counter[str] = Counter()  # wins minus losses of a category
    pair_lead: Counter[tuple[str, str]] = Counter()  # wins of (a, b), a over b

    def level(c: Candidate) -> bool:
        if in_view[c.view] >= per_view or buckets[c.bucket] > min(buckets.values()):
            return False
        if c.rivals is None:
            return True
        winner, loser = c.rivals
        return lead[winner] <= lead[loser] + 1 and pair_lead[winner, loser] <= pair_lead[loser, winner]

    chosen: list[int] = []
    pending = indices
    for _ in range(_PASSES):
        rest: list[int] = []
        for index in pending:
            c = candidates[index]
            if not level(c):
                rest.append(index)
                continue
            chosen.append(index)
            in_view[c.view] += 1
            buckets[c.bucket] += 1
            if c.rivals is not None:
                lead[c.rivals[0]] += 1
                lead[c.rivals[1]] -= 1
                pair_lead[c.rivals] += 1
        if len(rest) == len(pending):
            break
        pending = rest
    return chosen


def _even(
    candidates: Sequence[Candidate], indices: list[int], per_view: int, topic: float, overall: float
) -> list[int]:
    """Prefer rare answers within each view, then cap answer classes within topics, then over all."""
    frequency = Counter((candidates[i].topic, candidates[i].bucket) for i in indices)
    views: dict[str, list[int]] = defaultdict(list)
    for i in indices:
        views[candidates[i].view].append(i)
    kept: list[int] = []
    for group in views.values():
        group.sort(key=lambda i: frequency[candidates[i].topic, candidates[i].bucket])
        kept += group[:per_view]
    kept.sort(key={index: place for place, index in enumerate(indices)}.__getitem__)
    for _ in range(_PASSES):  # the two caps disturb one another, but each only removes, so this comes to rest
        before = len(kept)
        kept = _cap_topics(candidates, kept, topic)
        kept = _cap_overall(candidates, kept, overall)
        if len(kept) == before:
            break
    return kept


def _cap_topics(candidates: Sequence[Candidate], kept: list[int], share: float) -> list[int]:
    """Within each topic no answer class above `share`."""
    topics: dict[str, list[int]] = defaultdict(list)
    for i in kept:
        topics[candidates[i].topic].append(i)
    level = [i for group in topics.values() for i in capped(group, lambda i: candidates[i].bucket, share)]
    order = {index: place for place, index in enumerate(kept)}
    return sorted(level, key=order.__getitem__)


def _cap_overall(candidates: Sequence[Candidate], kept: list[int], share: float) -> list[int]:
    """Over all topics no answer class above `share`, or where there are few classes, near to equal shares."""
    classes = len({candidates[i].bucket for i in kept})
    return capped(kept, lambda i: candidates[i].bucket, max(share, 1 / max(1, classes) + SLACK))


def capped(items: Iterable[int], label: Callable[[int], str], share: float) -> list[int]:
    """The first items of each label, so few that none holds over `share` of the result (but one each)."""
    items = list(items)
    cap = level_cap(list(Counter(label(i) for i in items).values()), share)
    taken: Counter[str] = Counter()
    kept: list[int] = []
    for item in items:
        if taken[label(item)] < cap:
            taken[label(item)] += 1
            kept.append(item)
    return kept


def level_cap(counts: Sequence[int], share: float) -> int:
    """The largest c in [1, max(counts)] with c <= share * sum(min(n, c)), or 1 where there is none."""
    most = max(counts, default=1)
    low, high = 1, most
    # share * sum(min(n, c)) - c is concave in c and 0 at 0, so the caps that fit form one interval from 0.
    while low < high:
        middle = (low + high + 1) // 2
        if middle <= share * sum(min(n, middle) for n in counts) + 1e-9:
            low = middle
        else:
            high = middle - 1
    return low
