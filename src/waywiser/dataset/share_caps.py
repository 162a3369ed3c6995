"""Cap shares: keep the first items of each label, so that no label has too large a share."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence


def cap_shares(
    items: Iterable[int], label: Callable[[int], str], share: float, allowance: int = 0
) -> list[int]:
    """The first items of each label, such that no label exceeds its share of the result.

    Args:
        items: Items, the preferred ones first.
        label: The label of an item.
        share: Maximum share of one label in the result.
        allowance: Items that a label may have beyond that share.

    Returns:
        The remaining items in their order, at least one for each label.
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
    """The first items of each cell (row, column), so that rows and columns are nearly independent.

    Args:
        items: Items, the preferred ones first.
        cell: The row and the column of an item.
        slack: Maximum ratio of a cell's count to its expected count under independence, which is
            row total times column total over the number of items.
        allowance: Items that a cell may have beyond that.

    Returns:
        The remaining items in their order, at least one for each cell.
    """
    items = list(items)

    while True:
        rows = Counter(cell(i)[0] for i in items)
        columns = Counter(cell(i)[1] for i in items)
        taken: Counter[tuple[str, str]] = Counter()
        selected: list[int] = []

        for item in items:
            row, column = cell(item)
            limit = slack * rows[row] * columns[column] / len(items) + allowance
            if taken[row, column] + 1 <= max(1, limit):
                taken[row, column] += 1
                selected.append(item)

        if len(selected) == len(items):
            return selected

        items = selected  # fewer items make smaller shares


def largest_cap(counts: Sequence[int], share: float, allowance: int = 0) -> int:
    """The largest c in [1, max(counts)] with c <= share * sum(min(n, c)) + allowance, or 1."""
    low = 1
    high = max(counts, default=1)

    # share * sum(min(n, c)) - c is concave in c and 0 at 0, so the caps that fit form one interval
    # from 0.
    while low < high:
        middle = (low + high + 1) // 2
        if middle <= share * sum(min(n, middle) for n in counts) + allowance + 1e-9:
            low = middle
        else:
            high = middle - 1

    return low
