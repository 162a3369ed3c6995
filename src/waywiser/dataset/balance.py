"""Choose among candidate questions so that their words alone do not give the answer away.

Text-only models gain a lot from the answer statistics of spatial benchmarks (arXiv 2511.04655).
Hence: counts and measures are evened out within each category; either option of a choice is right
equally often; and in a comparison each category, and each category of a pair, wins as often as it
loses. Balancing is global, over all shards, and deterministic.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from waywiser.dataset.candidates import Candidate, find_contrast_pairs
from waywiser.dataset.share_caps import cap_dependence, cap_shares
from waywiser.dataset.stratification import choose_stratified

MAX_COUNT_SHARE = 0.3
"""Largest share of one count within its task; where there are few counts, SLACK above equal shares.
"""
SHARE_SLACK = 0.1
MAX_HOME_COUNT_SHARE = 0.2
"""The same for datasets with homes, however few counts there are."""
MAX_SUBJECT_SHARE = {"integer": 0.36, "number": 0.34}
"""Largest share of one answer class within a topic (category): just above what three classes need.
"""
DEPENDENCE_LIMIT = 1.4, 2
"""With homes: no category holds over 1.4 times as many of the measures of one class, in its family
of questions, as it would if words and sizes had nothing to do with each other, and 2 more. Else the
word "desk" tells the size.
"""
_MAX_PASSES = 20


def choose_balanced(
    candidates: Sequence[Candidate],
    per_view: int,
    rng: np.random.Generator,
    count_share: float = MAX_COUNT_SHARE,
    strict: bool = False,
) -> list[int]:
    """Indices of the chosen candidates, ascending: at most `per_view` of each task in each view.

    `count_share`, in (0, 1], bounds the share of one count within its task, and within a category
    where that is more. Where a task's counts are few, each may hold SLACK above an equal share
    instead, unless the balance is `strict`; then, too, categories and classes of measures are kept
    nearly independent.
    """
    by_task: dict[str, list[int]] = defaultdict(list)
    for index in map(int, rng.permutation(len(candidates))):
        by_task[candidates[index].task].append(index)

    chosen: list[int] = []

    for task in sorted(by_task):
        indices = _contrast_pairs_first(candidates, by_task.pop(task))
        kind = candidates[indices[0]].kind
        if kind == "choice" and candidates[indices[0]].position is not None:
            chosen += choose_stratified(candidates, indices, per_view)
        elif kind == "choice":
            chosen += _choose_comparisons(candidates, indices, per_view)
        else:
            subject = MAX_SUBJECT_SHARE.get(kind, 1.0)
            overall = 1.0

            if kind == "integer":
                subject = max(subject, count_share)
                overall = count_share

            chosen += _choose_even(candidates, indices, per_view, subject, overall, strict)

    return sorted(chosen)


def _contrast_pairs_first(candidates: Sequence[Candidate], order: list[int]) -> list[int]:
    """One task's twins before the others: of each text first one of each class, then the second
    ones, and so on.

    What stays in is likely to keep its twin, and where the first few are taken, no text keeps one
    class and another text another.
    """
    paired = {order[k] for k in find_contrast_pairs([candidates[index] for index in order])}
    group: dict[str, int] = {}
    taken: Counter[tuple[str, str]] = Counter()
    key: dict[int, tuple[bool, int, int]] = {}

    for index in order:
        c = candidates[index]

        if index not in paired:
            key[index] = (True, 0, 0)
            continue

        key[index] = (False, taken[c.text, c.answer_class], group.setdefault(c.text, len(group)))
        taken[c.text, c.answer_class] += 1

    return sorted(order, key=key.__getitem__)


def _choose_comparisons(
    candidates: Sequence[Candidate], indices: list[int], per_view: int
) -> list[int]:
    """Greedy choice in which wins and losses, and the answer classes, stay level."""
    in_view: Counter[str] = Counter()
    answer_classes = Counter({candidates[i].answer_class: 0 for i in indices})
    lead: Counter[str] = Counter()  # wins minus losses of a category
    pair_lead: Counter[tuple[str, str]] = Counter()  # wins of (a, b), a over b

    def level(c: Candidate) -> bool:
        if in_view[c.view] >= per_view or answer_classes[c.answer_class] > min(
            answer_classes.values()
        ):
            return False

        if c.compared is None:
            return True

        winner, loser = c.compared
        return (
            lead[winner] <= lead[loser] + 1 and pair_lead[winner, loser] <= pair_lead[loser, winner]
        )

    chosen: list[int] = []
    pending = indices

    for _ in range(_MAX_PASSES):
        rest: list[int] = []

        for index in pending:
            c = candidates[index]
            if not level(c):
                rest.append(index)
                continue

            chosen.append(index)
            in_view[c.view] += 1
            answer_classes[c.answer_class] += 1
            if c.compared is not None:
                lead[c.compared[0]] += 1
                lead[c.compared[1]] -= 1
                pair_lead[c.compared] += 1

        if len(rest) == len(pending):
            break

        pending = rest

    return chosen


def _choose_even(
    candidates: Sequence[Candidate],
    indices: list[int],
    per_view: int,
    subject: float,
    overall: float,
    strict: bool,
) -> list[int]:
    """Prefer rare answers within each view, then cap answer classes within topics, then over all."""
    frequency = Counter((candidates[i].subject, candidates[i].answer_class) for i in indices)
    views: dict[str, list[int]] = defaultdict(list)

    for i in indices:
        views[candidates[i].view].append(i)

    selected: list[int] = []

    for group in views.values():
        group.sort(key=lambda i: frequency[candidates[i].subject, candidates[i].answer_class])
        selected += group[:per_view]

    selected.sort(key={index: position for position, index in enumerate(indices)}.__getitem__)
    mixed = strict and candidates[indices[0]].kind == "number"
    label = lambda i: candidates[i].answer_class  # noqa: E731
    cell = lambda i: (candidates[i].subject, candidates[i].answer_class)  # noqa: E731

    for _ in range(
        _MAX_PASSES
    ):  # the caps disturb one another, but each only removes, so this comes to rest
        before = len(selected)

        if mixed:
            selected = _cap_within_groups(
                selected,
                lambda i: candidates[i].subtask,
                lambda part: cap_dependence(part, cell, *DEPENDENCE_LIMIT),
            )

        selected = _cap_within_groups(
            selected, lambda i: candidates[i].subject, lambda part: cap_shares(part, label, subject)
        )
        selected = _cap_overall(candidates, selected, overall, strict)
        if len(selected) == before:
            break

    return selected


def _cap_within_groups(
    selected: list[int], group: Callable[[int], str], cap: Callable[[list[int]], list[int]]
) -> list[int]:
    """What a cap leaves of each group, in the order in which it was."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i in selected:
        groups[group(i)].append(i)

    left = {i for members in groups.values() for i in cap(members)}
    return [i for i in selected if i in left]


def _cap_overall(
    candidates: Sequence[Candidate], selected: list[int], share: float, strict: bool
) -> list[int]:
    """Over all topics no answer class above `share`, or where there are few classes, near to equal
    shares.
    """
    classes = len({candidates[i].answer_class for i in selected})
    if not strict:
        share = max(share, 1 / max(1, classes) + SHARE_SLACK)

    return cap_shares(selected, lambda i: candidates[i].answer_class, share)
