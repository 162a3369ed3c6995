"""Caps on shares: the first few of each label, so that none holds too large a part."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence


def cap_shares(
    items: Iterable[int], label: Callable[[int], str], share: float, allowance: int = 0
) -> list[int]:
    """The first items of each label, so few that none holds over `share` of the result and
    `allowance` (but one each).
    """
    items = list(items)
    cap = largest_cap(list(Counter(label(i) for i in items).values()), share, allowance)
    taken: Counter[str] = Counter()
    selected: list[int] = []

    for item in items:
        if taken[label(item)] < cap:
            taken[label(item)] += 1
            selected.append(item)

    return selected


def cap_dependence(
    items: Iterable[int], cell: Callable[[int], tuple[str, str]], slack: float, allowance: int
) -> list[int]:
    """The first items of each cell (row, column), so few that none holds over `slack` times its
    share and `allowance`.

    A cell's share is what it would hold if rows and columns were independent: row total times
    column total over all.
    """
    items = list(items)

    while True:
        rows = Counter(cell(i)[0] for i in items)
        columns = Counter(cell(i)[1] for i in items)
        taken: Counter[tuple[str, str]] = Counter()
        selected: list[int] = []

        for item in items:
            row, column = cell(item)
            if taken[row, column] + 1 <= max(
                1, slack * rows[row] * columns[column] / len(items) + allowance
            ):
                taken[row, column] += 1
                selected.append(item)

        if len(selected) == len(items):
            return selected

        items = selected  # fewer items make smaller shares


def largest_cap(counts: Sequence[int], share: float, allowance: int = 0) -> int:
    """The largest c in [1, max(counts)] with c <= share * sum(min(n, c)) + spare, or 1 where there
    is none.
    """
    most = max(counts, default=1)
    low = 1
    high = most
    # share * sum(min(n, c)) - c is concave in c and 0 at 0, so the caps that fit form one interval
    # from 0.
    while low < high:
        middle = (low + high + 1) // 2
        if middle <= share * sum(min(n, middle) for n in counts) + allowance + 1e-9:
            low = middle
        else:
            high = middle - 1

    return low
