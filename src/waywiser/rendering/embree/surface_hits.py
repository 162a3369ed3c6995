"""`SurfaceHits`: hits of rays with one group of faces, and the normals that shade them.

Dimensions: K rays of one group, F faces.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.vectors import Scalars, Vectors, dot
from waywiser.rendering.scene_mesh import TriangleSoup


@dataclass(frozen=True)
class SurfaceHits:
    """Hits of K rays with one group of faces.

    Normals face the viewer; they are (3, 1) if all are equal.
    """

    soup: TriangleSoup
    face_K: NDArray[np.intp]
    t_K: Scalars
    u_K: Scalars
    v_K: Scalars
    directions_3_K: Vectors
    points_3_K: Vectors
    normal_3_K: Vectors
    shading_3_K: Vectors
    facing_K: Scalars
    """Inner product of direction and normal."""

    def footprint(self, pixel_angle: float) -> Scalars:
        """Meters of surface (K,) that a pixel covers."""
        distance_K = self.t_K * np.sqrt(dot(self.directions_3_K, self.directions_3_K))
        slant_K = np.maximum(np.abs(self.facing_K) * self.t_K / np.maximum(distance_K, 1e-6), 0.08)
        return np.maximum(distance_K * np.float32(pixel_angle), 1e-6) / np.sqrt(slant_K)


def smooth_normals(
    soup: TriangleSoup, face_K: NDArray[np.intp], u_K: Scalars, v_K: Scalars, normal_3_K: Vectors
) -> Vectors:
    """Shading normals, interpolated between those of the corners.

    Args:
        soup: The triangles that were hit.
        face_K: (K,) faces.
        u_K: (K,) first barycentric coordinates.
        v_K: (K,) second barycentric coordinates.
        normal_3_K: (3, K) unit normals of the faces, on the viewer's side.

    Returns:
        (3, K) unit normals on the same side as the faces' normals.
    """
    corners_9_K = np.ascontiguousarray(
        np.take(soup.corner_normal_F_3_3.reshape(-1, 9), face_K, axis=0).T
    )
    w_K = 1 - u_K - v_K
    smooth_3_K = corners_9_K[:3] * w_K
    smooth_3_K += corners_9_K[3:6] * u_K
    smooth_3_K += corners_9_K[6:] * v_K
    length_K = np.sqrt(dot(smooth_3_K, smooth_3_K))
    side_K = np.where(dot(smooth_3_K, normal_3_K) < 0, np.float32(-1), np.float32(1))
    smooth_3_K *= side_K / np.maximum(length_K, 1e-6)

    return smooth_3_K
