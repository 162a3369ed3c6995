"""Boxes and turned shapes, collected into a `Mesh`: what parametric furniture is built from."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.furniture.mesh_shapes import (
    BOX_CORNERS,
    BOX_FACES,
    lathe_faces,
    shape_pillow,
    shape_prism,
    shape_ribbon,
    shape_rounded_block,
    shape_tube,
    turn_points,
)
from waywiser.scenes.furniture.part_collector import PartCollector
from waywiser.scenes.furniture.surface_color import glass as glass
from waywiser.scenes.furniture.surface_color import glow as glow
from waywiser.scenes.furniture.surface_color import hex_to_linear as hex_to_linear
from waywiser.scenes.scene import Vec3


class MeshBuilder(PartCollector):
    """Collects parts of a model; `build` joins them to one mesh.

    Parts are in meters: x to the right, the front towards -y, z up. Colors are sRGB hex strings, or
    what `glow` and `glass` make of them.

    Example:
        mesh, size = MeshBuilder().box("#c49a6c", (0, 0, 0.5), (0.4, 0.3, 1.0)).build()
    """

    def box(
        self,
        color: str,
        center: Vec3,
        size: Vec3,
        tilt: float = 0.0,
        yaw: float = 0.0,
        roll: float = 0.0,
    ) -> "MeshBuilder":
        """Add a box.

        Args:
            color: sRGB hex color.
            center: Center of the box, in meters.
            size: Sides along x, y and z, in meters.
            tilt: Radians by which the top leans towards +y, about the center.
            yaw: Radians by which it is turned about the vertical after that.
            roll: Radians by which the top leans towards +x, before both.

        Returns:
            The builder itself.
        """
        points = turn_points(BOX_CORNERS * size, yaw, tilt, roll)
        return self._add(color, points + center, BOX_FACES)

    def soft_box(
        self,
        color: str,
        center: Vec3,
        size: Vec3,
        radius: float,
        tilt: float = 0.0,
        yaw: float = 0.0,
    ) -> "MeshBuilder":
        """Add a box with rounded edges.

        Args:
            color: sRGB hex color.
            center: Center of the box, in meters.
            size: Sides along x, y and z, in meters.
            radius: Radius of the edges, in meters.
            tilt: Radians by which the top leans towards +y, about the center.
            yaw: Radians by which it is turned about the vertical after that.

        Returns:
            The builder itself.
        """
        points, faces = shape_rounded_block(size, radius)
        return self._add(color, turn_points(points, yaw, tilt) + center, faces)

    def pillow(self, color: str, center: Vec3, size: Vec3, tilt: float = 0.0) -> "MeshBuilder":
        """Add a cushion that stands upright, thickest in its middle; `tilt` as of `box`."""
        points, faces = shape_pillow(size)
        return self._add(color, turn_points(points, 0.0, tilt) + center, faces)

    def tube(
        self, color: str, path: Sequence[Vec3], radius: float, segments: int = 8
    ) -> "MeshBuilder":
        """Add a round bar along a path of points, in meters."""
        return self._add(color, *shape_tube(path, radius, segments))

    def prism(
        self,
        color: str,
        outline: Sequence[tuple[float, float]],
        low: float,
        high: float,
        axis: str = "z",
    ) -> "MeshBuilder":
        """Add a prism over an outline, which is counter-clockwise and seen whole from its mean.

        Args:
            color: sRGB hex color.
            outline: Points in meters: (x, y) for axis "z", (x, z) for "y", (y, z) for "x".
            low: Where the prism starts along `axis`, in meters.
            high: Where it ends.
            axis: "x", "y" or "z".

        Returns:
            The builder itself.
        """
        points, faces = shape_prism(outline, low, high)
        if axis == "x":
            points = points[:, [2, 0, 1]]
        elif axis == "y":
            points = points[:, [0, 2, 1]]
            faces = faces[:, ::-1]

        return self._add(color, points, faces)

    def loft(
        self,
        color: str,
        lower: Sequence[tuple[float, float]],
        low: float,
        upper: Sequence[tuple[float, float]],
        high: float,
        is_closed: bool = True,
    ) -> "MeshBuilder":
        """Add what is between two outlines of as many points.

        Args:
            color: sRGB hex color.
            lower: Points (x, y) in meters, counter-clockwise.
            low: Their height in meters.
            upper: Points that the first ones are joined with.
            high: Their height; below `low` for the inside of a bowl, whose wall faces the middle.
            is_closed: Whether it has a lower and an upper end.

        Returns:
            The builder itself.
        """
        points, faces = shape_prism(lower, low, high)
        count = len(lower)
        points[count + 1 : 2 * count + 1, :2] = upper
        points[-1, :2] = np.mean(np.array(upper), axis=0)
        walls = slice(None) if is_closed else slice(count, -count)
        return self._add(color, points, faces[walls])

    def ribbon(
        self,
        color: str,
        path: Sequence[tuple[float, float]],
        thick: float,
        low: float,
        high: float,
    ) -> "MeshBuilder":
        """Add an upright sheet.

        Args:
            color: sRGB hex color.
            path: Points (x, y) that it passes, in meters.
            thick: Its thickness in meters.
            low: Height of its lower edge in meters.
            high: Height of its upper edge in meters.

        Returns:
            The builder itself.
        """
        return self._add(color, *shape_ribbon(path, thick, low, high))

    def image(
        self,
        texture_H_W_3: NDArray[np.uint8],
        center: Vec3,
        size: tuple[float, float],
        axis: str = "y",
        emission: float = 0.0,
    ) -> "MeshBuilder":
        """Add a rectangle with a picture on it.

        Args:
            texture_H_W_3: The picture, sRGB, row 0 at the top.
            center: Center of the rectangle, in meters.
            size: Width and height (depth for axis "z"), in meters.
            axis: "y" for one that faces the front, "z" for one that faces up.
            emission: Light that it gives off; see `Material.emission`.

        Returns:
            The builder itself.
        """
        w = size[0] / 2
        h = size[1] / 2
        corners = np.array([[-w, -h], [w, -h], [w, h], [-w, h]])
        flat = np.zeros(4)
        columns = [corners[:, 0], flat, corners[:, 1]]
        if axis == "z":
            columns = [corners[:, 0], corners[:, 1], flat]

        name = glow(f"image{len(self._textures)}", emission)
        self._textures[name] = texture_H_W_3
        self._add(name, np.stack(columns, axis=1) + center, np.array([[0, 1, 2], [0, 2, 3]]))
        self._uvs[-1] = np.array([[[0, 0], [1, 0], [1, 1]], [[0, 0], [1, 1], [0, 1]]], dtype=float)

        return self

    def lathe(
        self,
        color: str,
        base: Vec3,
        profile: Sequence[tuple[float, float]],
        axis: str = "z",
        segments: int = 20,
    ) -> "MeshBuilder":
        """Add a solid of revolution, closed at both ends.

        Args:
            color: sRGB hex color.
            base: Origin of the profile, in meters.
            profile: (radius, position along `axis`) pairs, in meters.
            axis: "x", "y" or "z".
            segments: Faces around the axis.

        Returns:
            The builder itself.
        """
        angles = np.linspace(0, 2 * math.pi, segments, endpoint=False)
        rings = [[0.0, 0.0, profile[0][1]]]

        for radius, z in profile:
            rings += [[radius * math.cos(a), radius * math.sin(a), z] for a in angles]

        rings.append([0.0, 0.0, profile[-1][1]])
        points = np.array(rings)

        if axis == "y":
            points = points[:, [0, 2, 1]] * [1, 1, -1]
        elif axis == "x":
            points = points[:, [2, 1, 0]] * [1, 1, -1]

        return self._add(color, points + base, lathe_faces(len(profile), segments))

    def cylinder(
        self, color: str, base: Vec3, radius: float, length: float, axis: str = "z"
    ) -> "MeshBuilder":
        """Add a cylinder.

        Args:
            color: sRGB hex color.
            base: Center of its lower end, in meters.
            radius: Radius in meters.
            length: Length along `axis`, in meters.
            axis: "x", "y" or "z".

        Returns:
            The builder itself.
        """
        return self.lathe(color, base, [(radius, 0.0), (radius, length)], axis, segments=14)

    def ellipsoid(self, color: str, center: Vec3, radii: Vec3) -> "MeshBuilder":
        """An ellipsoid."""
        start = len(self._points)
        points = np.linspace(-math.pi / 2, math.pi / 2, 9)
        self.lathe(
            color, (0, 0, 0), [(max(math.cos(t), 1e-3), math.sin(t)) for t in points], segments=14
        )
        self._points[start] = self._points[start] * radii + center

        return self

    def leaf(
        self, color: str, base: Vec3, yaw: float, length: float, rise: float, width: float
    ) -> "MeshBuilder":
        """Add a bent leaf.

        Args:
            color: sRGB hex color.
            base: Where the leaf starts, in meters.
            yaw: Direction in which it grows, in radians.
            length: Horizontal reach in meters.
            rise: Height of its bend above `base`, in meters.
            width: Greatest width in meters.

        Returns:
            The builder itself.
        """
        along = np.array([math.cos(yaw), math.sin(yaw), 0.0])
        across = np.array([-along[1], along[0], 0.0]) * width / 2
        middle = along * length * 0.5 + np.array([0, 0, rise])
        tip = along * length + np.array([0, 0, rise * 0.55])
        points = np.array([[0, 0, 0], middle - across, middle + across, tip]) + base

        sides = [[0, 1, 2], [1, 3, 2], [0, 2, 1], [1, 2, 3]]
        thick = np.concatenate([points, points - (0, 0, 0.002)])
        faces = np.array(sides)
        faces[2:] += 4
        return self._add(color, thick, faces)

    def legs(
        self, color: str, width: float, depth: float, height: float, thick: float, inset: float
    ) -> "MeshBuilder":
        """Add four square legs under a top.

        Args:
            color: sRGB hex color.
            width: Width of the top in meters.
            depth: Depth of the top in meters.
            height: Length of the legs in meters.
            thick: Side of a leg's square section in meters.
            inset: Distance of a leg's center from the edges of the top, in meters.

        Returns:
            The builder itself.
        """
        for sx in (-1, 1):
            for sy in (-1, 1):
                at = (sx * (width / 2 - inset), sy * (depth / 2 - inset), height / 2)
                self.box(color, at, (thick, thick, height))

        return self
