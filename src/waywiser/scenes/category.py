"""`Category`: a word for furniture, the sizes it is used for and the places where such things are."""

from dataclasses import dataclass
from typing import Literal

Range = tuple[float, float]
SizeRanges = tuple[Range, Range, Range]

Mount = Literal["floor", "surface", "either", "wall", "ceiling", "flat"]
"""Where a thing is: on the floor, on a surface, on either, hung on a wall or from the ceiling, or
flat on the floor so that furniture may stand on it."""

NO_NAME = r"(?!)"
"""Pattern of a category that no catalog entry belongs to."""


@dataclass(frozen=True)
class Category:
    """A category of furniture."""

    name: str
    """The word."""
    plural: str
    """Its plural."""
    size_ranges: SizeRanges
    """(width, depth, height) ranges in meters, as such things are sold."""
    pattern: str = NO_NAME
    """Finds the category in catalog names."""
    exclude_pattern: str = NO_NAME
    """Names that match it are exceptions."""
    mount: Mount = "floor"
    """What such objects stand on or hang from."""
    against_wall: bool = False
    """Whether they have their back to a wall."""
    supports_objects: bool = False
    """Whether small objects may stand on top."""
    is_askable: bool = True
    """Whether questions may name it; False for what people call by several words."""
    plural_is_natural: bool = False
    """Whether a room often has several, so that counting them is a natural question."""
    max_per_room: int | None = None
    """Most of them that a room has; None for no limit."""

    @property
    def width(self) -> Range:
        """Range of widths in meters."""
        return self.size_ranges[0]

    @property
    def depth(self) -> Range:
        """Range of depths in meters."""
        return self.size_ranges[1]

    @property
    def height(self) -> Range:
        """Range of heights in meters."""
        return self.size_ranges[2]

    @property
    def placement(self) -> Mount:
        """The old name of `mount`."""
        return self.mount

    def fits(self, size: tuple[float, float, float], slack: float = 0.05) -> bool:
        """Whether a natural size (m) is within the ranges, give or take the relative `slack`."""
        return all(
            lo * (1 - slack) <= s <= hi * (1 + slack)
            for s, (lo, hi) in zip(size, self.size_ranges, strict=True)
        )
