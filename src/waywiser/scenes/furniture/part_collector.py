"""`PartCollector`: parts of a model, each of one color, joined to a `Mesh`."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.furniture.surface_color import parse_material
from waywiser.scenes.mesh import Material, Mesh
from waywiser.scenes.scene import Vec3


class PartCollector:
    """Collects points and faces, in meters, and joins them."""

    def __init__(self) -> None:
        self._points: list[NDArray[np.float64]] = []
        self._faces: list[NDArray[np.int64]] = []
        self._owners: list[NDArray[np.int64]] = []
        self._uvs: list[NDArray[np.float64]] = []
        self._colors: list[str] = []
        self._textures: dict[str, NDArray[np.uint8]] = {}
        self._count = 0

    def build(self) -> tuple[Mesh, Vec3]:
        """The mesh in the unit box, and its natural size in meters."""
        low, high = self.bounds()
        width, depth, height = (round(float(side), 4) for side in high - low)
        return self.build_within(low, high), (width, depth, height)

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(3,) lowest and highest coordinates of all parts, in meters."""
        points = np.concatenate(self._points)
        return points.min(axis=0), points.max(axis=0)

    def build_within(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> Mesh:
        """The mesh scaled so that the box from `low` to `high` (3,), in meters, is the unit box."""
        points = np.concatenate(self._points)
        faces = np.concatenate(self._faces)
        names = list(dict.fromkeys(self._colors))
        owners = np.concatenate(
            [
                owner * 0 + names.index(c)
                for owner, c in zip(self._owners, self._colors, strict=True)
            ]
        )

        return Mesh(
            vertices_V_3=((points - (low + high) / 2) / (high - low)).astype(np.float32),
            faces_F_3=faces.astype(np.int32),
            face_material_F=owners.astype(np.int32),
            face_uv_F_3_2=np.concatenate(self._uvs).astype(np.float32),
            materials=tuple(self._material(name) for name in names),
        )

    def _material(self, name: str) -> Material:
        if name not in self._textures:
            return parse_material(name)
        emission = float(name.partition("*")[2])
        return Material((0.8, 0.8, 0.8), texture_H_W_3=self._textures[name], emission=emission)

    def _add(self, color: str, points: NDArray[np.float64], faces: NDArray[np.int64]) -> Self:
        self._points.append(points)
        self._faces.append(faces + self._count)
        self._uvs.append(np.zeros((len(faces), 3, 2)))
        self._owners.append(np.zeros(len(faces), dtype=np.int64))
        self._colors.append(color)
        self._count += len(points)

        return self
