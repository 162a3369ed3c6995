"""The area of a polygon by slabs between the heights of its corners, which is exact."""

from collections.abc import Sequence
from itertools import pairwise


def outline_area(outline: Sequence[tuple[float, float]]) -> float:
    """Square meters inside a simple polygon, clockwise or counter-clockwise."""
    heights = sorted({y for _, y in outline})
    total = 0.0

    for low, high in pairwise(heights):
        middle = (low + high) / 2
        sides = zip(outline, [*outline[1:], outline[0]], strict=True)
        crossings = sorted(
            ax + (middle - ay) / (by - ay) * (bx - ax)
            for (ax, ay), (bx, by) in sides
            if (ay > middle) != (by > middle)
        )

        total += (high - low) * sum(
            b - a for a, b in zip(crossings[::2], crossings[1::2], strict=True)
        )

    return total
