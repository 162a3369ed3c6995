"""Choose among candidate questions so that their words alone do not give the answer away.

Text-only models gain a lot from the answer statistics of spatial benchmarks (arXiv 2511.04655).
Therefore counts and measures are evened out within each category, each option of a choice is right
equally often, and in a comparison each category, alone and in each pair, wins as often as it loses.
Sizes and distances follow the category in part, as they do in homes: they are spread over the range
of their own category, and no category has a large share of a task. Balancing is global, over all
shards, and deterministic.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from waywiser.dataset.candidates import Candidate, find_contrast_pairs
from waywiser.dataset.category_bins import bin_within_categories
from waywiser.dataset.share_caps import cap_dependence, cap_shares
from waywiser.dataset.stratification import choose_stratified

MAX_COUNT_SHARE = 0.3
"""Maximum share of one count within its task; with few counts, an equal share plus `SHARE_SLACK`.
"""
SHARE_SLACK = 0.1
"""Excess over an equal share that one count may have, in datasets of rooms alone."""
MAX_HOME_COUNT_SHARE = 0.34
"""Maximum share of one count within its task in datasets with homes, even with few counts."""
MAX_SUBJECT_SHARE = {"integer": 0.36, "number": 0.34}
"""Maximum share of one answer class within a category, by kind: just above an equal share of three
classes.
"""
DEPENDENCE_LIMIT = 1.4, 2
"""With homes, a category and a class of measures may coincide at most 1.4 times as often as if they
were independent, plus 2; otherwise the word "desk" would give away the size.
"""
MAX_CATEGORY_SHARE = 0.1
"""Maximum share of one category, or of one pair, in a task of counts, sizes or distances ..."""
CATEGORY_SLACK = 1.5
"""... or this many times an equal share, if there are few. Choices need no such cap: in each pair
of categories, either one wins as often.
"""
CATEGORY_ALLOWANCE = 1
"""Answers of one bin of a category beyond its share: rare categories have but a few."""
_MAX_PASSES = 20
"""Maximum passes over the candidates; they usually converge in a few."""


def choose_balanced(
    candidates: Sequence[Candidate],
    per_view: int,
    rng: np.random.Generator,
    count_share: float = MAX_COUNT_SHARE,
    strict: bool = False,
) -> list[int]:
    """Choose a balanced subset of candidates.

    Args:
        candidates: All proposed questions.
        per_view: Maximum questions of each task in each view.
        rng: Source of the order in which candidates are considered.
        count_share: Maximum share of one count within its task, in (0, 1]. Unless `strict`, a task
            with few counts may exceed an equal share by `SHARE_SLACK` instead.
        strict: Enforce `count_share`, and keep categories and classes of measures nearly
            independent.

    Returns:
        Indices of the chosen candidates, ascending.
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
    """One task's candidates, those in contrast pairs first.

    They are ordered in rounds: of each text one candidate of each class, then the second ones, and
    so on. So a chosen candidate is likely to keep its pair, and a cut after any round leaves every
    text with all its classes.
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
    """Choose greedily such that wins and losses, and answer classes, stay even."""
    in_view: Counter[str] = Counter()
    answer_classes = Counter({candidates[i].answer_class: 0 for i in indices})
    lead: Counter[str] = Counter()  # wins minus losses of a category
    pair_lead: Counter[tuple[str, str]] = Counter()  # wins of (a, b), a over b

    def keeps_balance(c: Candidate) -> bool:
        if in_view[c.view] >= per_view:
            return False
        if answer_classes[c.answer_class] > min(answer_classes.values()):
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
            if not keeps_balance(c):
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
    """Prefer rare answers in each view, then cap answer classes within categories and overall."""
    within_categories = all(candidates[i].value is not None for i in indices)
    classes = (
        bin_within_categories(candidates, indices)
        if within_categories
        else {i: candidates[i].answer_class for i in indices}
    )
    selected = _rarest_in_views(candidates, indices, per_view, classes)
    is_number = candidates[indices[0]].kind == "number"
    limit_dependence = strict and is_number and not within_categories
    allowance = CATEGORY_ALLOWANCE if within_categories else 0

    def subtask_of(i: int) -> str:
        return candidates[i].subtask

    def subject_of(i: int) -> str:
        return candidates[i].subject

    def cell_of(i: int) -> tuple[str, str]:
        return candidates[i].subject, classes[i]

    def cap_cells(group: list[int]) -> list[int]:
        return cap_dependence(group, cell_of, *DEPENDENCE_LIMIT)

    def cap_classes(group: list[int]) -> list[int]:
        return cap_shares(group, classes.__getitem__, subject, allowance)

    # The caps interfere with one another, but each only removes, so this converges.
    for _ in range(_MAX_PASSES):
        before = len(selected)

        if limit_dependence:
            selected = _cap_within_groups(selected, subtask_of, cap_cells)

        selected = _cap_within_groups(selected, subject_of, cap_classes)
        selected = _cap_overall(candidates, selected, overall, strict)
        if within_categories or not is_number:
            selected = _cap_categories(candidates, selected)
        if len(selected) == before:
            break

    return selected


def _rarest_in_views(
    candidates: Sequence[Candidate], indices: list[int], per_view: int, classes: dict[int, str]
) -> list[int]:
    """Of each view, the candidates whose class is rarest within their category; in order."""
    frequency = Counter((candidates[i].subject, classes[i]) for i in indices)
    views: dict[str, list[int]] = defaultdict(list)

    for i in indices:
        views[candidates[i].view].append(i)

    selected: list[int] = []

    for group in views.values():
        group.sort(key=lambda i: frequency[candidates[i].subject, classes[i]])
        selected += group[:per_view]

    return sorted(selected, key={index: place for place, index in enumerate(indices)}.__getitem__)


def _cap_categories(candidates: Sequence[Candidate], selected: list[int]) -> list[int]:
    """Cap the share of each category."""

    def subject_of(i: int) -> str:
        return candidates[i].subject

    while True:
        share = max_category_share(Counter(map(subject_of, selected)))
        capped = cap_shares(selected, subject_of, share)
        if len(capped) == len(selected):
            return capped

        selected = capped  # which are spread over more categories, so that the cap is lower


def max_category_share(counts: Mapping[str, int]) -> float:
    """The maximum share of one category in a task with these counts.

    Many rare categories beside a few common ones do not lower it much: the number of categories
    counts as the inverse of the chance that two questions are about the same one.
    """
    total = sum(counts.values())
    repeats = sum((count / total) ** 2 for count in counts.values()) if total else 1.0
    return max(MAX_CATEGORY_SHARE, CATEGORY_SLACK * repeats)


def _cap_within_groups(
    selected: list[int], group: Callable[[int], str], cap: Callable[[list[int]], list[int]]
) -> list[int]:
    """Apply a cap to each group; the rest stays in order."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i in selected:
        groups[group(i)].append(i)

    remaining = {i for members in groups.values() for i in cap(members)}
    return [i for i in selected if i in remaining]


def _cap_overall(
    candidates: Sequence[Candidate], selected: list[int], share: float, strict: bool
) -> list[int]:
    """Cap each answer class over all categories; with few classes, near an equal share."""
    classes = len({candidates[i].answer_class for i in selected})
    if not strict:
        share = max(share, 1 / max(1, classes) + SHARE_SLACK)

    return cap_shares(selected, lambda i: candidates[i].answer_class, share)
