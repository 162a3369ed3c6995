"""`FurnishedRoom`: a room of a home with its pieces, for placing cameras and movements."""

import math
from dataclasses import dataclass, field

from waywiser.scenes.procedural.footprint import Footprint, footprints_overlap
from waywiser.scenes.procedural.home_plan import PlacedRoom
from waywiser.scenes.procedural.placement import FurniturePiece
from waywiser.scenes.procedural.walkways import Walkways
from waywiser.scenes.scene import Camera, Vec2


@dataclass
class FurnishedRoom:
    """A furnished room; its pieces are in room coordinates, in meters."""

    placed_room: PlacedRoom
    """Floor of the room and its place in the home."""
    walkways: Walkways
    """Aisles that furniture leaves free."""
    pieces: list[FurniturePiece]
    """The furniture."""
    first_id: int = 1
    """Id of the object that the first piece becomes."""
    walkers: list[int] = field(default_factory=list)
    """Indices of the pieces that move by themselves."""
    use: str = ""
    """What the room is for."""
    missing: set[str] = field(default_factory=set)
    """Categories that were wanted and that the library does not have."""

    def is_camera_spot_free(self, x: float, y: float, wall: float = 0.25, gap: float = 0.3) -> bool:
        """Whether a camera fits at a spot.

        Args:
            x: Room x in meters.
            y: Room y in meters.
            wall: Least distance from walls, in meters.
            gap: Least distance from what stands on the floor, in meters.

        Returns:
            True if the spot keeps both distances.
        """
        if self.placed_room.plan.wall_distance(x, y) < wall:
            return False

        for piece in self.pieces:
            footprint = piece.footprint
            reach = footprint.radius + gap
            dx = footprint.x - x
            dy = footprint.y - y
            is_near = dx * dx + dy * dy < reach * reach
            if is_near and piece.is_obstacle and footprint.distance(x, y) < gap:
                return False

        return True

    def is_motion_free(
        self, mover: int, poses: list[tuple[float, float, float]], margin: float = 0.02
    ) -> bool:
        """Whether a piece stays clear of walls and other pieces at all (x, y, yaw) poses."""
        swept = self.pieces[mover].footprint
        others = [p.footprint for i, p in enumerate(self.pieces) if i != mover and p.is_obstacle]

        for x, y, yaw in poses:
            shape = Footprint(x, y, swept.width, swept.depth, yaw).expanded(margin)
            if not self.placed_room.plan.contains(shape) or any(
                footprints_overlap(shape, other) for other in others
            ):
                return False

        return True

    def is_view_blocked(
        self, a: Vec2, b: Vec2, height: float = 0.8, without: int | None = None
    ) -> bool:
        """Whether tall furniture, or the notch of an L-shaped room, is between two points.

        Args:
            a: One point (x, y), in room meters.
            b: The other point.
            height: Furniture blocks a view if it is taller than this, in meters.
            without: Index of a piece that is ignored.

        Returns:
            True if the straight line from `a` to `b` is blocked.
        """
        tall = [
            p.footprint
            for i, p in enumerate(self.pieces)
            if p.is_obstacle and p.top > height and i != without
        ]
        if self.placed_room.plan.notch:
            tall.append(self.placed_room.plan.notch)

        steps = max(2, math.ceil(math.dist(a, b) / 0.1))
        points = [
            (a[0] + (b[0] - a[0]) * k / steps, a[1] + (b[1] - a[1]) * k / steps)
            for k in range(1, steps)
        ]

        return any(footprint.distance(*p) <= 0 for footprint in tall for p in points)

    def to_home_camera(self, camera: Camera) -> Camera:
        """A camera in room coordinates, moved to the home's coordinates."""
        (ox, oy), rows = self.placed_room.origin, [list(row) for row in camera.world_from_camera]
        rows[0][3], rows[1][3] = round(rows[0][3] + ox, 4), round(rows[1][3] + oy, 4)
        return camera.model_copy(update={"world_from_camera": tuple(tuple(row) for row in rows)})
