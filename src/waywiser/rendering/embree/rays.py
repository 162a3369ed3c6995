"""Rays against triangles: a thin, typed face over Embree (embreex), float32 throughout.

Dimensions: N rays, V vertices, F faces.
"""

from dataclasses import dataclass

import numpy as np
from embreex.mesh_construction import TriangleMesh  # type: ignore[import-untyped]
from embreex.rtcore import EmbreeDevice  # type: ignore[import-untyped]
from embreex.rtcore_scene import EmbreeScene  # type: ignore[import-untyped]
from numpy.typing import NDArray

Floats = NDArray[np.floating]  # float32 in practice; numpy's stubs widen what arithmetic gives

NO_HIT_DISTANCE = np.float32(1e30)


@dataclass(frozen=True)
class RayHits:
    """First hits of N rays: face (-1 for none), t along the unnormalized direction, barycentric u,
    v.
    """

    face_N: NDArray[np.int32]
    t_N: Floats
    u_N: Floats
    v_N: Floats

    def select(self, chosen_K: NDArray[np.intp]) -> "RayHits":
        """The hits of these rays."""
        return RayHits(
            self.face_N[chosen_K], self.t_N[chosen_K], self.u_N[chosen_K], self.v_N[chosen_K]
        )

    @classmethod
    def join(cls, parts: list["RayHits"]) -> "RayHits":
        """The hits of several lists of rays, one after the other."""
        columns = zip(*((part.face_N, part.t_N, part.u_N, part.v_N) for part in parts), strict=True)
        return cls(*(np.concatenate(column) for column in columns))


class RayTracer:
    """A bounding volume hierarchy over F triangles on V vertices; F may be 0, then nothing is ever
    hit.

    Watertight traversal ("robust" in Embree) so that no ray slips between two walls.
    """

    def __init__(self, vertices_V_3: Floats, faces_F_3: NDArray[np.int32]) -> None:
        self._device = EmbreeDevice()
        self._scene = EmbreeScene(self._device, robust=True)
        self.faces = len(faces_F_3)
        # embreex copies number by number, as Python objects: half as many with shared vertices.
        if self.faces:
            vertices = np.ascontiguousarray(vertices_V_3, dtype=np.float32)
            TriangleMesh(self._scene, vertices, np.ascontiguousarray(faces_F_3, dtype=np.int32))

    def intersect(
        self,
        origins_N_3: Floats,
        directions_N_3: Floats,
        far_N: Floats | None = None,
    ) -> RayHits:
        """First hits with t in [0, far); any strides are accepted."""
        count = len(directions_N_3)
        if not self.faces or not count:
            none_N = np.zeros(count, dtype=np.float32)
            return RayHits(
                np.full(count, -1, np.int32), np.full(count, NO_HIT_DISTANCE), none_N, none_N
            )

        far = None if far_N is None else far_N.astype(np.float32)  # a copy: Embree writes into it
        out = self._scene.run(
            origins_N_3, directions_N_3, dists=far, query="INTERSECT", output=True
        )

        return RayHits(out["primID"], out["tfar"], out["u"], out["v"])

    def occluded(
        self,
        origins_N_3: Floats,
        directions_N_3: Floats,
        far_N: Floats,
    ) -> NDArray[np.bool_]:
        """Which rays hit anything with t in [0, far)."""
        if not self.faces or not len(directions_N_3):
            return np.zeros(len(directions_N_3), dtype=bool)

        out = self._scene.run(
            origins_N_3, directions_N_3, dists=far_N.astype(np.float32), query="OCCLUDED"
        )

        return out != -1


class LayeredTracer:
    """Two tracers as one: faces of `above` are numbered behind the `below.faces` of the other."""

    def __init__(self, below: RayTracer, above: RayTracer) -> None:
        self._below = below
        self._above = above
        self.faces = below.faces + above.faces

    def intersect(
        self, origins_N_3: Floats, directions_N_3: Floats, far_N: Floats | None = None
    ) -> RayHits:
        """As `RayTracer.intersect`."""
        first = self._below.intersect(origins_N_3, directions_N_3, far_N)
        reach_N = first.t_N if far_N is None else np.where(first.face_N < 0, far_N, first.t_N)
        second = self._above.intersect(origins_N_3, directions_N_3, reach_N)
        nearer_N = second.face_N >= 0

        return RayHits(
            np.where(nearer_N, second.face_N + self._below.faces, first.face_N).astype(np.int32),
            np.where(nearer_N, second.t_N, first.t_N),
            np.where(nearer_N, second.u_N, first.u_N),
            np.where(nearer_N, second.v_N, first.v_N),
        )

    def occluded(
        self, origins_N_3: Floats, directions_N_3: Floats, far_N: Floats
    ) -> NDArray[np.bool_]:
        """As `RayTracer.occluded`."""
        occluded_N = self._below.occluded(origins_N_3, directions_N_3, far_N)
        return occluded_N | self._above.occluded(origins_N_3, directions_N_3, far_N)
