"""Choose among candidate questions so that their words alone do not give the answer away.

Text-only models gain a lot from the answer statistics of spatial benchmarks (arXiv 2511.04655). Hence: counts
and measures are evened out within each category; either option of a choice is right equally often; and in a
comparison each category, and each category of a pair, wins as often as it loses. Balancing is global, over
all shards, and deterministic.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from waywiser.dataset.candidate import Candidate, twins_of
from waywiser.dataset.caps import capped, independent
from waywiser.dataset.spread import spread

COUNT_SHARE = 0.3
"""Largest share of one count within its task; where there are few counts, SLACK above equal shares."""
SLACK = 0.1
HOME_COUNT_SHARE = 0.2
"""The same for datasets with homes, however few counts there are."""
TOPIC_SHARE = {"integer": 0.36, "number": 0.34}
"""Largest share of one answer class within a topic (category): just above what three classes need."""
JOINT = 1.4, 2
"""With homes: no category holds over 1.4 times as many of the measures of one class, in its family of questions, as it
would if words and sizes had nothing to do with each other, and 2 more. Else the word "desk" tells the size."""
_PASSES = 20


def choose(
    candidates: Sequence[Candidate],
    per_view: int,
    rng: np.random.Generator,
    count_share: float = COUNT_SHARE,
    strict: bool = False,
) -> list[int]:
    """Indices of the chosen candidates, ascending: at most `per_view` of each task in each view.

    `count_share`, in (0, 1], bounds the share of one count within its task, and within a category where that is more.
    Where a task's counts are few, each may hold SLACK above an equal share instead, unless the balance is `strict`;
    then, too, categories and classes of measures are kept nearly independent.
    """
    by_task: dict[str, list[int]] = defaultdict(list)
    for index in map(int, rng.permutation(len(candidates))):
        by_task[candidates[index].task].append(index)
    chosen: list[int] = []
    for task in sorted(by_task):
        indices = _twins_first(candidates, by_task.pop(task))
        kind = candidates[indices[0]].kind
        if kind == "choice" and candidates[indices[0]].place is not None:
            chosen += spread(candidates, indices, per_view)
        elif kind == "choice":
            chosen += _fair(candidates, indices, per_view)
        else:
            topic, overall = TOPIC_SHARE.get(kind, 1.0), 1.0
            if kind == "integer":
                topic, overall = max(topic, count_share), count_share
            chosen += _even(candidates, indices, per_view, topic, overall, strict)
    return sorted(chosen)


def _twins_first(candidates: Sequence[Candidate], order: list[int]) -> list[int]:
    """One task's twins before the others: of each text first one of each class, then the second ones, and so on.

    What stays in is likely to keep its twin, and where the first few are taken, no text keeps one class and another
    text another.
    """
    twins = {order[k] for k in twins_of([candidates[index] for index in order])}
    group: dict[str, int] = {}
    taken: Counter[tuple[str, str]] = Counter()
    key: dict[int, tuple[bool, int, int]] = {}
    for index in order:
        c = candidates[index]
        if index not in twins:
            key[index] = (True, 0, 0)
            continue
        key[index] = (False, taken[c.text, c.bucket], group.setdefault(c.text, len(group)))
        taken[c.text, c.bucket] += 1
    return sorted(order, key=key.__getitem__)


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
    candidates: Sequence[Candidate],
    indices: list[int],
    per_view: int,
    topic: float,
    overall: float,
    strict: bool,
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
    mixed = strict and candidates[indices[0]].kind == "number"
    label = lambda i: candidates[i].bucket  # noqa: E731
    cell = lambda i: (candidates[i].topic, candidates[i].bucket)  # noqa: E731
    for _ in range(_PASSES):  # the caps disturb one another, but each only removes, so this comes to rest
        before = len(kept)
        if mixed:
            kept = _within(kept, lambda i: candidates[i].family, lambda part: independent(part, cell, *JOINT))
        kept = _within(kept, lambda i: candidates[i].topic, lambda part: capped(part, label, topic))
        kept = _cap_overall(candidates, kept, overall, strict)
        if len(kept) == before:
            break
    return kept


def _within(kept: list[int], group: Callable[[int], str], cap: Callable[[list[int]], list[int]]) -> list[int]:
    """What a cap leaves of each group, in the order in which it was."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i in kept:
        groups[group(i)].append(i)
    left = {i for members in groups.values() for i in cap(members)}
    return [i for i in kept if i in left]


def _cap_overall(candidates: Sequence[Candidate], kept: list[int], share: float, strict: bool) -> list[int]:
    """Over all topics no answer class above `share`, or where there are few classes, near to equal shares."""
    classes = len({candidates[i].bucket for i in kept})
    if not strict:
        share = max(share, 1 / max(1, classes) + SLACK)
    return capped(kept, lambda i: candidates[i].bucket, share)
