"""The option that is nearest to a text by edit distance (Levenshtein, 1966)."""

from collections.abc import Sequence

_MAX_CHARACTERS = 2_000


def nearest_option(text: str, options: Sequence[str]) -> str:
    """The first of the options with the fewest edits to `text`."""
    return min(options, key=lambda option: edit_distance(text, option))


def edit_distance(a: str, b: str) -> int:
    """Least number of inserted, deleted and replaced characters. Beyond 2,000 characters the rest
    counts in full.
    """
    surplus = max(0, len(a) - _MAX_CHARACTERS) + max(0, len(b) - _MAX_CHARACTERS)
    a = a[:_MAX_CHARACTERS]
    b = b[:_MAX_CHARACTERS]
    previous = list(range(len(b) + 1))

    for i, left in enumerate(a, 1):
        current = [i]
        for j, right in enumerate(b, 1):
            current.append(min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (left != right)))

        previous = current

    return previous[-1] + surplus
