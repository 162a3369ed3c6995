"""`FurnishedRoom`: a room of a home with its pieces, as those who place cameras and movements need it."""

import math
from dataclasses import dataclass, field

from waywiser.scenes._aisles import Aisles
from waywiser.scenes._footprint import Footprint, overlap
from waywiser.scenes._furnishing import Piece
from waywiser.scenes._home_plan import Planned
from waywiser.scenes.scene import Camera, Vec2


@dataclass
class FurnishedRoom:
    """Pieces are in room coordinates. `first_id` is the id of the first piece's object; `walker` the index of the
    piece that can walk `way` (room coordinates, metres), where there is one.
    """

    planned: Planned
    aisles: Aisles
    pieces: list[Piece]
    first_id: int = 1
    walker: int | None = None
    way: list[Vec2] = field(default_factory=list)

    def stands_free(self, x: float, y: float, wall: float = 0.25, gap: float = 0.3) -> bool:
        """Whether a camera at (x, y) keeps these distances (m) from walls and from what stands on the floor."""
        floor = (piece.place for piece in self.pieces if piece.on is None)
        return self.planned.plan.wall_distance(x, y) >= wall and all(p.distance(x, y) >= gap for p in floor)

    def sweeps_free(self, mover: int, poses: list[tuple[float, float, float]], margin: float = 0.02) -> bool:
        """Whether a piece meets neither wall nor piece at any of these (x, y, yaw)."""
        own = self.pieces[mover].place
        others = [p.place for i, p in enumerate(self.pieces) if i != mover and p.on is None]
        for x, y, yaw in poses:
            shape = Footprint(x, y, own.width, own.depth, yaw).grown(margin)
            if not self.planned.plan.contains(shape) or any(overlap(shape, other) for other in others):
                return False
        return True

    def screened(self, a: Vec2, b: Vec2, height: float = 0.8, without: int | None = None) -> bool:
        """Whether furniture taller than `height` (m), or the notch of an L, stands between two points."""
        tall = [p.place for i, p in enumerate(self.pieces) if p.on is None and p.size[2] > height and i != without]
        if self.planned.plan.notch:
            tall.append(self.planned.plan.notch)
        steps = max(2, math.ceil(math.dist(a, b) / 0.1))
        points = [(a[0] + (b[0] - a[0]) * k / steps, a[1] + (b[1] - a[1]) * k / steps) for k in range(1, steps)]
        return any(place.distance(*p) <= 0 for place in tall for p in points)

    def moved_camera(self, camera: Camera) -> Camera:
        """A camera of room coordinates in those of the home."""
        (ox, oy), rows = self.planned.origin, [list(row) for row in camera.world_from_camera]
        rows[0][3], rows[1][3] = round(rows[0][3] + ox, 4), round(rows[1][3] + oy, 4)
        return camera.model_copy(update={"world_from_camera": tuple(tuple(row) for row in rows)})
