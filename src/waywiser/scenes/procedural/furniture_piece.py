"""`FurniturePiece` and `Zone`: what takes up space in a room, as upright boxes."""

from dataclasses import dataclass, field

from waywiser.scenes.furniture.furniture_library import ModelInfo
from waywiser.scenes.procedural.footprint import Footprint, footprints_overlap
from waywiser.scenes.scene import Vec3

MAX_FLAT_HEIGHT = 0.018
"""What lies on the floor and is not higher (m) is stepped and stood on."""
HEADROOM = 1.9
"""What hangs higher (m) is walked under."""
MIN_HUNG_OBSTACLE_DEPTH = 0.15
"""What hangs on a wall and is not deeper (m) is in nobody's way."""
EPSILON = 1e-4


@dataclass(frozen=True)
class FurniturePiece:
    """A model of a size: on the floor, on another piece, or hung on a wall or the ceiling."""

    model: ModelInfo
    size: Vec3
    footprint: Footprint
    z: float = 0.0
    on: int | None = None
    is_hung: bool = False

    @property
    def category(self) -> str:
        """The word for it."""
        return self.model.category

    @property
    def top(self) -> float:
        """Height of its upper end in meters."""
        return self.z + self.size[2]

    @property
    def is_flat(self) -> bool:
        """Whether it lies on the floor like a rug, so that furniture may stand on it."""
        return self.on is None and not self.is_hung and self.top <= MAX_FLAT_HEIGHT

    @property
    def is_obstacle(self) -> bool:
        """Whether people walk around it."""
        if self.on is not None or self.is_flat or self.z >= HEADROOM:
            return False
        return not self.is_hung or self.size[1] > MIN_HUNG_OBSTACLE_DEPTH


@dataclass(frozen=True)
class Zone:
    """Space that stays free: before a door, a window or a wardrobe's doors."""

    footprint: Footprint
    bottom: float
    """Height of its lower end in meters."""
    top: float
    """Height of its upper end in meters."""
    allows: frozenset[str] = field(default_factory=frozenset)
    """Categories that may be in it."""

    def is_entered_by(self, piece: FurniturePiece) -> bool:
        """Whether a piece would take some of the space."""
        if piece.is_flat or piece.category in self.allows:
            return False
        if piece.z >= self.top - EPSILON or piece.top <= self.bottom + EPSILON:
            return False

        return footprints_overlap(piece.footprint, self.footprint)


def pieces_collide(a: FurniturePiece, b: FurniturePiece, gap: float = 0.0) -> bool:
    """Whether two pieces share space; what lies flat only collides with what lies flat.

    Args:
        a: One piece.
        b: The other.
        gap: Least horizontal distance between them, in meters.
    """
    if a.is_flat != b.is_flat:
        return False
    if a.z >= b.top - EPSILON or b.z >= a.top - EPSILON:
        return False

    return footprints_overlap(a.footprint.expanded(gap) if gap else a.footprint, b.footprint)
