"""Rectangles on the floor: exact overlap and distance of upright oriented boxes seen from above."""

import math
from dataclasses import dataclass
from functools import cached_property

from waywiser.scenes.scene import Vec2


@dataclass(frozen=True)
class Footprint:
    """A `width` x `depth` rectangle (m) about (`x`, `y`), turned by `yaw` (radians) about +Z."""

    x: float
    y: float
    width: float
    depth: float
    yaw: float

    @cached_property
    def axes(self) -> tuple[Vec2, Vec2]:
        """Unit directions of width and depth."""
        c = math.cos(self.yaw)
        s = math.sin(self.yaw)
        return (c, s), (-s, c)

    @cached_property
    def radius(self) -> float:
        """Half the diagonal."""
        return math.hypot(self.width, self.depth) / 2

    @cached_property
    def corners(self) -> tuple[Vec2, Vec2, Vec2, Vec2]:
        """Counter-clockwise corners."""
        (ax, ay), (bx, by) = self.axes
        w = self.width / 2
        d = self.depth / 2
        signs = ((-w, -d), (w, -d), (w, d), (-w, d))
        a, b, c, e = ((self.x + p * ax + q * bx, self.y + p * ay + q * by) for p, q in signs)

        return a, b, c, e

    def expanded(self, margin: float) -> "Footprint":
        """The same rectangle with `margin` meters more on every side."""
        return Footprint(self.x, self.y, self.width + 2 * margin, self.depth + 2 * margin, self.yaw)

    def point_at(self, right: float, front: float) -> Vec2:
        """The point `right` along +x and `front` along -y of the rectangle's own frame."""
        (ax, ay), (bx, by) = self.axes
        return self.x + right * ax - front * bx, self.y + right * ay - front * by

    def distance(self, x: float, y: float) -> float:
        """Distance (m) from a point to the rectangle; 0 inside."""
        (ax, ay), (bx, by) = self.axes
        dx = x - self.x
        dy = y - self.y
        p = max(abs(dx * ax + dy * ay) - self.width / 2, 0.0)
        q = max(abs(dx * bx + dy * by) - self.depth / 2, 0.0)

        return math.hypot(p, q)


def footprints_overlap(a: Footprint, b: Footprint) -> bool:
    """Whether two rectangles share interior points (separating axes: exact for convex shapes)."""
    dx = b.x - a.x
    dy = b.y - a.y
    reach = a.radius + b.radius
    if dx * dx + dy * dy >= reach * reach:
        return False

    (aux, auy), (avx, avy) = a.axes
    (bux, buy), (bvx, bvy) = b.axes
    aw = a.width / 2
    ad = a.depth / 2
    bw = b.width / 2
    bd = b.depth / 2
    uu = abs(aux * bux + auy * buy)
    uv = abs(aux * bvx + auy * bvy)
    vu = abs(avx * bux + avy * buy)
    vv = abs(avx * bvx + avy * bvy)

    return (
        abs(dx * aux + dy * auy) < aw + bw * uu + bd * uv
        and abs(dx * avx + dy * avy) < ad + bw * vu + bd * vv
        and abs(dx * bux + dy * buy) < bw + aw * uu + ad * vu
        and abs(dx * bvx + dy * bvy) < bd + aw * uv + ad * vv
    )
