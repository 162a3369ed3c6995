"""Bins of answers within each category, so that a category's own answers can be spread.

Bins over the whole task would hold a category that comes in one size in one bin: the set would then
be short for cups and long for wardrobes through the mix of categories alone.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from waywiser.dataset.candidates import Candidate

BINS_PER_CATEGORY = 4
"""Bins of equal ratio between the smallest and the largest answers of a category."""
_TAIL = 0.05
"""Share of a category's answers beyond either end of that range, which join the outer bins."""


def bin_within_categories(
    candidates: Sequence[Candidate], indices: Sequence[int]
) -> dict[int, str]:
    """The bin of each answer within its category, by index.

    Args:
        candidates: All candidates.
        indices: Those of one task, all with a `value`.
    """
    categories: dict[str, list[int]] = defaultdict(list)
    for i in indices:
        categories[candidates[i].subject].append(i)

    bins: dict[int, str] = {}

    for members in categories.values():
        logs_N = np.log([max(candidates[i].value or 0.0, 1e-9) for i in members])
        low, high = np.quantile(logs_N, [_TAIL, 1 - _TAIL])
        places_N = np.searchsorted(
            np.linspace(low, high, BINS_PER_CATEGORY + 1)[1:-1], logs_N, side="right"
        )
        bins |= {i: str(place) for i, place in zip(members, places_N.tolist(), strict=True)}

    return bins
