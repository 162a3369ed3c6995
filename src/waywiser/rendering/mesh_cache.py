"""Furniture models made ready for rendering once, and kept: checked, welded, each with a ray
tracer.
"""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.rendering.embree.rays import RayTracer
from waywiser.rendering.geometry import corner_groups
from waywiser.scenes.mesh import Mesh

MIN_OPACITY = 0.5  # surfaces with less opacity are looked through


class MeshSource(Protocol):
    """Where models come from; `waywiser.scenes` has several."""

    def mesh(self, key: str) -> Mesh:
        """The model with this key; raises AssetsError when there is none."""
        ...


@dataclass(frozen=True)
class PreparedMesh:
    """A checked model with what every room that uses it shares. Shapes as in `Mesh`."""

    mesh: Mesh
    corner_groups: list[NDArray[np.int32]]
    opaque_F: NDArray[np.bool_]

    @cached_property
    def opaque_vertices(self) -> NDArray[np.float32]:
        """The vertices that opaque faces use, in the unit box."""
        used_V = np.zeros(len(self.mesh.vertices_V_3), dtype=bool)
        used_V[self.mesh.faces_F_3[self.opaque_F]] = True
        return self.mesh.vertices_V_3[used_V]

    @cached_property
    def reach(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(3,) lowest and highest corner of the unit box and all that a pose holds out of it."""
        vertices = self.mesh.vertices_V_3.astype(np.float64)
        return np.minimum(vertices.min(axis=0), -0.5), np.maximum(vertices.max(axis=0), 0.5)

    @cached_property
    def tracer(self) -> RayTracer:
        """Traces rays in the unit box against the opaque faces."""
        return RayTracer(self.mesh.vertices_V_3, self.mesh.faces_F_3[self.opaque_F])


def prepare_mesh(key: str, mesh: Mesh) -> PreparedMesh:
    """Check a model and prepare it. Raises SceneError, naming its key, if it cannot be drawn."""
    problem = _find_problem(mesh)
    if problem:
        raise SceneError(
            f"furniture model {key!r} {problem}: leave it out of the library or repair it"
        )

    opacity_M = np.array([m.opacity for m in mesh.materials])
    return PreparedMesh(
        mesh,
        corner_groups(mesh.vertices_V_3, mesh.faces_F_3),
        opacity_M[mesh.face_material_F] >= MIN_OPACITY,
    )


def _find_problem(mesh: Mesh) -> str:
    faces = mesh.faces_F_3
    if len(faces) == 0:
        return "has no faces"
    if not np.isfinite(mesh.vertices_V_3).all():
        return "has vertices that are not finite"
    if faces.min() < 0 or faces.max() >= len(mesh.vertices_V_3):
        return "has faces that name missing vertices"
    if len(mesh.face_material_F) != len(faces) or mesh.face_uv_F_3_2.shape != (len(faces), 3, 2):
        return "has another number of faces than of materials or texture coordinates"
    if mesh.face_material_F.min() < 0 or mesh.face_material_F.max() >= len(mesh.materials):
        return "has faces that name missing materials"

    if any(
        m.texture_H_W_3 is not None and (m.texture_H_W_3.ndim != 3 or 0 in m.texture_H_W_3.shape)
        for m in mesh.materials
    ):
        return "has an empty texture"

    return ""


class MeshCache:
    """A `MeshSource` that keeps the last used models prepared, up to `max_faces` triangles in all.

    Make one per process and hand it to every `RoomRenderer`.
    """

    def __init__(self, source: MeshSource, max_faces: int = 2_000_000) -> None:
        self._source = source
        self._max_faces = max_faces
        self._prepared: OrderedDict[str, PreparedMesh] = OrderedDict()
        self._faces = 0

    @classmethod
    def of(cls, source: MeshSource) -> "MeshCache":
        """`source` itself if it already is a cache, else a cache of it."""
        return source if isinstance(source, cls) else cls(source)

    def mesh(self, key: str) -> Mesh:
        return self.prepared(key).mesh

    def prepared(self, key: str) -> PreparedMesh:
        """The model made ready; raises AssetsError or SceneError."""
        if key not in self._prepared:
            self._prepared[key] = prepare_mesh(key, self._source.mesh(key))
            self._faces += len(self._prepared[key].mesh.faces_F_3)

        self._prepared.move_to_end(key)

        while len(self._prepared) > 1 and self._faces > self._max_faces:
            _, evicted = self._prepared.popitem(last=False)
            self._faces -= len(evicted.mesh.faces_F_3)

        return self._prepared[key]

    def __len__(self) -> int:
        return len(self._prepared)
