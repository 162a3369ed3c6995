"""Boxes and turned shapes, collected into a `Mesh`: what parametric furniture is built from."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.mesh import Material, Mesh
from waywiser.scenes.scene import Vec3

_BOX_CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
_BOX_FACES = np.array(
    [
        [0, 1, 3],
        [0, 3, 2],
        [4, 6, 7],
        [4, 7, 5],
        [0, 4, 5],
        [0, 5, 1],
        [2, 3, 7],
        [2, 7, 6],
        [0, 2, 6],
        [0, 6, 4],
        [1, 5, 7],
        [1, 7, 3],
    ]
)


def hex_to_linear(color: str) -> Vec3:
    """Linear RGB of an sRGB hex color such as "#c8a27a"."""
    r, g, b = (_channel_to_linear(int(color[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return (r, g, b)


def _channel_to_linear(c: float) -> float:
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


class MeshBuilder:
    """Collects parts of a model; `build` joins them to one mesh.

    Parts are in meters: x to the right, the front towards -y, z up. Colors are sRGB hex strings.

    Example:
        mesh, size = MeshBuilder().box("#c49a6c", (0, 0, 0.5), (0.4, 0.3, 1.0)).build()
    """

    def __init__(self) -> None:
        self._points: list[NDArray[np.float64]] = []
        self._faces: list[NDArray[np.int64]] = []
        self._owners: list[NDArray[np.int64]] = []
        self._colors: list[str] = []
        self._count = 0

    def box(self, color: str, center: Vec3, size: Vec3, tilt: float = 0.0) -> "MeshBuilder":
        """Add a box.

        Args:
            color: sRGB hex color.
            center: Center of the box, in meters.
            size: Sides along x, y and z, in meters.
            tilt: Radians by which the top leans towards +y, about the center.

        Returns:
            The builder itself.
        """
        points = _BOX_CORNERS * size
        c = math.cos(tilt)
        s = math.sin(tilt)
        points = points @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]]).T
        return self._add(color, points + center, _BOX_FACES)

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

        return self._add(color, points + base, _lathe_faces(len(profile), segments))

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

        return self._add(color, points, np.array([[0, 1, 2], [1, 3, 2]]))

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

    def build(self) -> tuple[Mesh, Vec3]:
        """The mesh in the unit box, and its natural size in meters."""
        points = np.concatenate(self._points)
        low = points.min(axis=0)
        high = points.max(axis=0)
        faces = np.concatenate(self._faces)
        names = list(dict.fromkeys(self._colors))
        owners = np.concatenate(
            [
                owner * 0 + names.index(c)
                for owner, c in zip(self._owners, self._colors, strict=True)
            ]
        )

        mesh = Mesh(
            vertices_V_3=((points - (low + high) / 2) / (high - low)).astype(np.float32),
            faces_F_3=faces.astype(np.int32),
            face_material_F=owners.astype(np.int32),
            face_uv_F_3_2=np.zeros((len(faces), 3, 2), dtype=np.float32),
            materials=tuple(Material(hex_to_linear(name)) for name in names),
        )

        width, depth, height = (round(float(side), 4) for side in high - low)
        return mesh, (width, depth, height)

    def _add(
        self, color: str, points: NDArray[np.float64], faces: NDArray[np.int64]
    ) -> "MeshBuilder":
        self._points.append(points)
        self._faces.append(faces + self._count)
        self._owners.append(np.zeros(len(faces), dtype=np.int64))
        self._colors.append(color)
        self._count += len(points)

        return self


def _lathe_faces(rings: int, segments: int) -> NDArray[np.int64]:
    i = np.arange(segments)
    j = (i + 1) % segments
    faces = [np.stack([np.zeros_like(i), 1 + j, 1 + i], axis=1)]

    for ring in range(rings - 1):
        a = 1 + ring * segments
        b = 1 + (ring + 1) * segments
        faces += [np.stack([a + i, a + j, b + j], axis=1), np.stack([a + i, b + j, b + i], axis=1)]

    last = 1 + (rings - 1) * segments
    faces.append(np.stack([last + i, last + j, np.full_like(i, 1 + rings * segments)], axis=1))
    return np.concatenate(faces)
