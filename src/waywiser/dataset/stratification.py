"""The choice questions of a dataset with homes: classes, places and categories level, whatever the
words.

Cards are dealt: in every round each class of answers gets one more question, from the place among
the options that has been right least often for this class (counted over all classes instead, each
class would keep to one place, and the order of the options would tell the answer). A family whose
rarest class has run out ends where the others would exceed their share.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Sequence

from waywiser.dataset.candidates import Candidate
from waywiser.dataset.share_caps import cap_shares

CLASS_SLACK = 1.05
ALLOWANCE = 1
"""No answer class, and no place among the options, holds over `CLASS_SLACK` times its equal share
of a family and `ALLOWANCE` more: in a handful of questions shares mean little.
"""
CELL_SLACK = 1.2
"""Nor does one class at one place hold over so many times its equal share and `ALLOWANCE` more:
else the order of the options would tell the answer.
"""
_MAX_PASSES = 20

_Label = tuple[str, str]
"""Family and class, or family and place."""
_Compared = tuple[str, str] | None


def choose_stratified(
    candidates: Sequence[Candidate], indices: Sequence[int], per_view: int
) -> list[int]:
    """The chosen ones of `indices` (one task's, the preferred first): at most `per_view` a view."""
    subtasks: dict[str, list[int]] = defaultdict(list)
    for index in _Stratifier(candidates, indices, per_view).run():
        subtasks[candidates[index].subtask].append(index)

    return [
        index for selected in subtasks.values() for index in _trim_subtask(candidates, selected)
    ]


def max_class_share(candidates: Sequence[Candidate], labels: set[str]) -> float:
    """The largest share of one label of a family: a class that never occurs, though it is offered,
    counts too.
    """
    offered = max((candidate.options for candidate in candidates), default=0)
    return CLASS_SLACK / max(1, len(labels), offered)


def _trim_subtask(candidates: Sequence[Candidate], selected: list[int]) -> list[int]:
    """One family's dealt questions without the last ones of what holds too much: a class, a place,
    or both at once.
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
    """One task's questions on their way from the queues of their classes to the chosen ones."""

    def __init__(
        self, candidates: Sequence[Candidate], indices: Sequence[int], per_view: int
    ) -> None:
        self._candidates = candidates
        self._per_view = per_view
        self._rank = {index: rank for rank, index in enumerate(indices)}
        # By class, then place, then who wins and loses: all of one queue are in balance, or none.
        self._queues: dict[_Label, dict[str, dict[_Compared, deque[int]]]] = {}

        for index in indices:
            c = candidates[index]
            positions = self._queues.setdefault((c.subtask, c.answer_class), {})
            positions.setdefault(_position(c), {}).setdefault(c.compared, deque()).append(index)

        self._shares = self._draw_shares()
        self._class_counts: Counter[_Label] = Counter()
        self._position_counts: Counter[_Label] = Counter()
        self._cell_counts: Counter[tuple[_Label, str]] = (
            Counter()
        )  # of a class: how often each place was right
        self._in_view: Counter[str] = Counter()
        self._lead: Counter[str] = Counter()  # wins minus losses of a category
        self._pair_lead: Counter[tuple[str, str]] = Counter()  # wins of (a, b), a over b

    def run(self) -> list[int]:
        """Rounds until no class may grow; the indices in the order in which they were dealt."""
        supply = {
            label: sum(len(queue) for queues in positions.values() for queue in queues.values())
            for label, positions in self._queues.items()
        }

        labels = sorted(
            supply, key=lambda label: (supply[label], label)
        )  # the rarest class draws first
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
        """The largest share of one class in each family."""
        members: dict[str, list[Candidate]] = defaultdict(list)
        for index in self._rank:
            members[self._candidates[index].subtask].append(self._candidates[index])

        return {
            subtask: max_class_share(group, {c.answer_class for c in group})
            for subtask, group in members.items()
        }

    def _may_grow(self, label: _Label, stuck: set[_Label]) -> bool:
        """Whether one more leaves this class within its share, if those of its family that are not
        stuck keep up.
        """
        more = self._class_counts[label] + 1
        subtask = [other for other in self._queues if other[0] == label[0]]
        total = (
            sum(
                self._class_counts[o] if o in stuck else max(more, self._class_counts[o])
                for o in subtask
                if o != label
            )
            + more
        )

        return more <= self._shares[label[0]] * total + ALLOWANCE + 1e-9

    def _draw(self, label: _Label) -> int | None:
        """The next question of a class that fits, from its place that was right least often; None
        where none fits.
        """
        positions = self._queues[label]

        def least_often(name: str) -> tuple[int, int, str]:
            return self._cell_counts[label, name], self._position_counts[label[0], name], name

        for position in sorted(positions, key=least_often):
            queues = positions[position]
            for queue in queues.values():
                while queue and self._in_view[self._candidates[queue[0]].view] >= self._per_view:
                    queue.popleft()

            fitting = [
                compared for compared, queue in queues.items() if queue and self._level(compared)
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
        """By how many wins the winner is ahead of the loser: who is behind goes first."""
        return (
            self._pair_lead[compared] - self._pair_lead[compared[1], compared[0]] if compared else 0
        )

    def _level(self, compared: _Compared) -> bool:
        """Whether these may win and lose once more."""
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
