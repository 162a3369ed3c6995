"""The choice questions of a dataset with homes: classes, places and categories level, whatever the words.

Cards are dealt: in every round each class of answers gets one more question, from the place among the options that
has been right least often for this class (counted over all classes instead, each class would keep to one place, and the
order of the options would tell the answer). A family whose rarest class has run out ends where the others would exceed
their share.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Sequence

from waywiser.dataset.candidate import Candidate
from waywiser.dataset.caps import capped

CLASS_SLACK, SPARE = 1.05, 1
"""No answer class, and no place among the options, holds over `CLASS_SLACK` times its equal share of a family and
`SPARE` more: in a handful of questions shares mean little."""
CELL_SLACK = 1.2
"""Nor does one class at one place hold over so many times its equal share and `SPARE` more: else the order of the
options would tell the answer."""
_PASSES = 20

_Label = tuple[str, str]
"""Family and class, or family and place."""
_Rivals = tuple[str, str] | None


def spread(candidates: Sequence[Candidate], indices: Sequence[int], per_view: int) -> list[int]:
    """The chosen ones of `indices` (one task's, the preferred first): at most `per_view` a view."""
    families: dict[str, list[int]] = defaultdict(list)
    for index in _Deal(candidates, indices, per_view).run():
        families[candidates[index].family].append(index)
    return [index for kept in families.values() for index in _trimmed(candidates, kept)]


def share_of(candidates: Sequence[Candidate], labels: set[str]) -> float:
    """The largest share of one label of a family: a class that never occurs, though it is offered, counts too."""
    offered = max((candidate.options for candidate in candidates), default=0)
    return CLASS_SLACK / max(1, len(labels), offered)


def _trimmed(candidates: Sequence[Candidate], kept: list[int]) -> list[int]:
    """One family's dealt questions without the last ones of what holds too much: a class, a place, or both at once."""
    for _ in range(_PASSES):
        before = len(kept)
        for label in (_bucket, _place):
            names = {label(candidates[i]) for i in kept}
            share = share_of([candidates[i] for i in kept], names)
            kept = capped(kept, lambda i, label=label: label(candidates[i]), share, SPARE)
        cells = {_cell(candidates[i]) for i in kept}
        kept = capped(kept, lambda i: _cell(candidates[i]), CELL_SLACK / max(1, len(cells)), SPARE)
        if len(kept) == before:
            break
    return kept


class _Deal:
    """One task's questions on their way from the queues of their classes to the chosen ones."""

    def __init__(self, candidates: Sequence[Candidate], indices: Sequence[int], per_view: int) -> None:
        self._candidates = candidates
        self._per_view = per_view
        self._rank = {index: rank for rank, index in enumerate(indices)}
        # By class, then place, then who wins and loses: all of one queue are in balance, or none.
        self._queues: dict[_Label, dict[str, dict[_Rivals, deque[int]]]] = {}
        for index in indices:
            c = candidates[index]
            places = self._queues.setdefault((c.family, c.bucket), {})
            places.setdefault(_place(c), {}).setdefault(c.rivals, deque()).append(index)
        self._shares = self._draw_shares()
        self._dealt: Counter[_Label] = Counter()
        self._places: Counter[_Label] = Counter()
        self._cells: Counter[tuple[_Label, str]] = Counter()  # of a class: how often each place was right
        self._in_view: Counter[str] = Counter()
        self._lead: Counter[str] = Counter()  # wins minus losses of a category
        self._pair_lead: Counter[tuple[str, str]] = Counter()  # wins of (a, b), a over b

    def run(self) -> list[int]:
        """Rounds until no class may grow; the indices in the order in which they were dealt."""
        supply = {
            label: sum(len(queue) for queues in places.values() for queue in queues.values())
            for label, places in self._queues.items()
        }
        labels = sorted(supply, key=lambda label: (supply[label], label))  # the rarest class draws first
        dealt: list[int] = []
        stuck: set[_Label] = set()
        while True:
            before = len(dealt)
            for label in labels:
                if not self._may_grow(label, stuck):
                    continue
                index = self._draw(label)
                if index is None:
                    stuck.add(label)
                else:
                    stuck.discard(label)
                    dealt.append(index)
            if len(dealt) == before:
                return dealt

    def _draw_shares(self) -> dict[str, float]:
        """The largest share of one class in each family."""
        members: dict[str, list[Candidate]] = defaultdict(list)
        for index in self._rank:
            members[self._candidates[index].family].append(self._candidates[index])
        return {family: share_of(group, {c.bucket for c in group}) for family, group in members.items()}

    def _may_grow(self, label: _Label, stuck: set[_Label]) -> bool:
        """Whether one more leaves this class within its share, if those of its family that are not stuck keep up."""
        more, family = self._dealt[label] + 1, [other for other in self._queues if other[0] == label[0]]
        total = sum(self._dealt[o] if o in stuck else max(more, self._dealt[o]) for o in family if o != label) + more
        return more <= self._shares[label[0]] * total + SPARE + 1e-9

    def _draw(self, label: _Label) -> int | None:
        """The next question of a class that fits, from its place that was right least often; None where none fits."""
        places = self._queues[label]
        least_often = lambda name: (self._cells[label, name], self._places[label[0], name], name)  # noqa: E731
        for place in sorted(places, key=least_often):
            queues = places[place]
            for queue in queues.values():
                while queue and self._in_view[self._candidates[queue[0]].view] >= self._per_view:
                    queue.popleft()
            fitting = [rivals for rivals, queue in queues.items() if queue and self._level(rivals)]
            if fitting:
                best = min(fitting, key=lambda rivals: (self._ahead(rivals), self._rank[queues[rivals][0]]))
                index = queues[best].popleft()
                self._take(self._candidates[index])
                return index
        return None

    def _ahead(self, rivals: _Rivals) -> int:
        """By how many wins the winner is ahead of the loser: who is behind goes first."""
        return self._pair_lead[rivals] - self._pair_lead[rivals[1], rivals[0]] if rivals else 0

    def _level(self, rivals: _Rivals) -> bool:
        """Whether these may win and lose once more."""
        if rivals is None:
            return True
        winner, loser = rivals
        return (
            self._lead[winner] <= self._lead[loser] + 1
            and self._pair_lead[winner, loser] <= self._pair_lead[loser, winner]
        )

    def _take(self, c: Candidate) -> None:
        self._in_view[c.view] += 1
        self._places[c.family, _place(c)] += 1
        self._cells[(c.family, c.bucket), _place(c)] += 1
        self._dealt[c.family, c.bucket] += 1
        if c.rivals is not None:
            winner, loser = c.rivals
            self._lead[winner] += 1
            self._lead[loser] -= 1
            self._pair_lead[winner, loser] += 1


def _bucket(candidate: Candidate) -> str:
    return candidate.bucket


def _cell(candidate: Candidate) -> str:
    return f"{candidate.bucket} {_place(candidate)}"


def _place(candidate: Candidate) -> str:
    return candidate.place or ""
