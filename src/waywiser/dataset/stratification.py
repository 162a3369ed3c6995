"""Choose the choice questions of a dataset with homes: even classes, positions and categories.

In every round each class of answers gets one more question, at the position among the options that
has been right least often for this class. (Counted over all classes instead, each class would stick
to one position, and the order of the options would give away the answer.) A subtask whose rarest
class has run out stops when the others would exceed their share.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Sequence

from waywiser.dataset.candidates import Candidate
from waywiser.dataset.share_caps import cap_shares

CLASS_SLACK = 1.05
"""Maximum ratio of the count of a class, or of a position, to its equal share of a subtask."""
ALLOWANCE = 1
"""Questions beyond such a share, since shares mean little in a handful of questions."""
CELL_SLACK = 1.2
"""Maximum ratio of the count of a class at a position to its equal share of a subtask; otherwise
the order of the options would give away the answer.
"""
_MAX_PASSES = 20
"""Maximum passes of trimming; they usually converge in a few."""

_Label = tuple[str, str]
"""Subtask and class, or subtask and position."""
_Compared = tuple[str, str] | None


def choose_stratified(
    candidates: Sequence[Candidate], indices: Sequence[int], per_view: int
) -> list[int]:
    """Choose an even subset of one task's candidates.

    Args:
        candidates: All candidates.
        indices: The task's candidates, the preferred ones first.
        per_view: Maximum questions in each view.

    Returns:
        Indices of the chosen candidates.
    """
    subtasks: dict[str, list[int]] = defaultdict(list)
    for index in _Stratifier(candidates, indices, per_view).run():
        subtasks[candidates[index].subtask].append(index)

    return [
        index for selected in subtasks.values() for index in _trim_subtask(candidates, selected)
    ]


def max_class_share(candidates: Sequence[Candidate], labels: set[str]) -> float:
    """The maximum share of one label in a subtask.

    A class that is offered but never right counts too.
    """
    offered = max((candidate.options for candidate in candidates), default=0)
    return CLASS_SLACK / max(1, len(labels), offered)


def _trim_subtask(candidates: Sequence[Candidate], selected: list[int]) -> list[int]:
    """Drop the last questions of whatever exceeds its share: a class, a position, or both at
    once.
    """
    for _ in range(_MAX_PASSES):
        before = len(selected)

        for label in (_answer_class, _position):
            names = {label(candidates[i]) for i in selected}
            share = max_class_share([candidates[i] for i in selected], names)
            selected = cap_shares(
                selected, lambda i, label=label: label(candidates[i]), share, ALLOWANCE
            )

        cells = {_cell(candidates[i]) for i in selected}
        selected = cap_shares(
            selected, lambda i: _cell(candidates[i]), CELL_SLACK / max(1, len(cells)), ALLOWANCE
        )
        if len(selected) == before:
            break

    return selected


class _Stratifier:
    """Moves one task's questions from the queues of their classes to the chosen ones."""

    def __init__(
        self, candidates: Sequence[Candidate], indices: Sequence[int], per_view: int
    ) -> None:
        self._candidates = candidates
        self._per_view = per_view
        self._rank = {index: rank for rank, index in enumerate(indices)}
        # By class, position, and winner and loser: all questions of a queue fit the balance, or
        # none.
        self._queues: dict[_Label, dict[str, dict[_Compared, deque[int]]]] = {}

        for index in indices:
            c = candidates[index]
            positions = self._queues.setdefault((c.subtask, c.answer_class), {})
            positions.setdefault(_position(c), {}).setdefault(c.compared, deque()).append(index)

        self._shares = self._draw_shares()
        self._class_counts: Counter[_Label] = Counter()
        self._position_counts: Counter[_Label] = Counter()
        # How often each position was right for a class.
        self._cell_counts: Counter[tuple[_Label, str]] = Counter()
        self._in_view: Counter[str] = Counter()
        self._lead: Counter[str] = Counter()  # wins minus losses of a category
        self._pair_lead: Counter[tuple[str, str]] = Counter()  # wins of (a, b), a over b

    def run(self) -> list[int]:
        """Run rounds until no class may grow; returns indices in the order of their choice."""
        supply = {
            label: sum(len(queue) for queues in positions.values() for queue in queues.values())
            for label, positions in self._queues.items()
        }

        # The rarest class chooses first.
        labels = sorted(supply, key=lambda label: (supply[label], label))
        selected: list[int] = []
        stuck: set[_Label] = set()

        while True:
            before = len(selected)

            for label in labels:
                if not self._may_grow(label, stuck):
                    continue

                index = self._draw(label)
                if index is None:
                    stuck.add(label)
                else:
                    stuck.discard(label)
                    selected.append(index)

            if len(selected) == before:
                return selected

    def _draw_shares(self) -> dict[str, float]:
        """The maximum share of one class in each subtask."""
        members: dict[str, list[Candidate]] = defaultdict(list)
        for index in self._rank:
            members[self._candidates[index].subtask].append(self._candidates[index])

        return {
            subtask: max_class_share(group, {c.answer_class for c in group})
            for subtask, group in members.items()
        }

    def _may_grow(self, label: _Label, stuck: set[_Label]) -> bool:
        """Whether one more question leaves this class within its share of the subtask.

        The other classes of the subtask are assumed to catch up, unless they are stuck.
        """
        more = self._class_counts[label] + 1
        total = more

        for other in self._queues:
            if other[0] != label[0] or other == label:
                continue

            count = self._class_counts[other]
            total += count if other in stuck else max(more, count)

        return more <= self._shares[label[0]] * total + ALLOWANCE + 1e-9

    def _draw(self, label: _Label) -> int | None:
        """The next fitting question of a class, at its least used position; None if none fits."""
        positions = self._queues[label]

        def least_often(name: str) -> tuple[int, int, str]:
            return self._cell_counts[label, name], self._position_counts[label[0], name], name

        for position in sorted(positions, key=least_often):
            queues = positions[position]
            for queue in queues.values():
                while queue and self._in_view[self._candidates[queue[0]].view] >= self._per_view:
                    queue.popleft()

            fitting = [
                compared
                for compared, queue in queues.items()
                if queue and self._keeps_balance(compared)
            ]
            if fitting:
                best = min(
                    fitting,
                    key=lambda compared: (self._ahead(compared), self._rank[queues[compared][0]]),
                )

                index = queues[best].popleft()
                self._take(self._candidates[index])
                return index

        return None

    def _ahead(self, compared: _Compared) -> int:
        """By how many wins the winner is ahead of the loser; those behind go first."""
        if compared is None:
            return 0

        winner, loser = compared
        return self._pair_lead[winner, loser] - self._pair_lead[loser, winner]

    def _keeps_balance(self, compared: _Compared) -> bool:
        """Whether the winner may win, and the loser lose, once more."""
        if compared is None:
            return True

        winner, loser = compared
        return (
            self._lead[winner] <= self._lead[loser] + 1
            and self._pair_lead[winner, loser] <= self._pair_lead[loser, winner]
        )

    def _take(self, c: Candidate) -> None:
        self._in_view[c.view] += 1
        self._position_counts[c.subtask, _position(c)] += 1
        self._cell_counts[(c.subtask, c.answer_class), _position(c)] += 1
        self._class_counts[c.subtask, c.answer_class] += 1

        if c.compared is not None:
            winner, loser = c.compared
            self._lead[winner] += 1
            self._lead[loser] -= 1
            self._pair_lead[winner, loser] += 1


def _answer_class(candidate: Candidate) -> str:
    return candidate.answer_class


def _cell(candidate: Candidate) -> str:
    return f"{candidate.answer_class} {_position(candidate)}"


def _position(candidate: Candidate) -> str:
    return candidate.position or ""
