"""See-through surfaces over the opaque picture."""

import numpy as np

from waywiser.rendering.rays import Floats, RayTracer
from waywiser.rendering.soup import Soup
from waywiser.rendering.textures import Materials
from waywiser.rendering.vectors import Scalars, Vectors, along

LAYERS = 4


def lay_glass(
    radiance_3_N: Vectors,
    tracer: RayTracer,
    glass: Soup,
    materials: Materials,
    light_3_1: Vectors,
    origin_3: Floats,
    directions_3_N: Vectors,
    far_N: Scalars,
) -> None:
    """Lays up to `LAYERS` surfaces of `glass` before `far_N`, front to back, over the radiance, in place.

    `light_3_1` is what they scatter themselves.
    """
    # A glass face that lies on the opaque surface behind it would flicker in and out.
    far_N = far_N * np.float32(0.999)
    origins_3_N = np.broadcast_to(origin_3[:, None], directions_3_N.shape)
    hits = tracer.intersect(origins_3_N.T, directions_3_N.T, far_N)
    rays_K = np.flatnonzero(hits.face_N >= 0)  # K rays meet glass, A of them go on to meet more
    if not len(rays_K):
        return
    clear_K, added_3_K = np.ones(len(rays_K), np.float32), np.zeros((3, len(rays_K)), np.float32)
    directions_3_K, far_K = directions_3_N[:, rays_K], far_N[rays_K]
    start_A = np.zeros(len(rays_K), np.float32)
    place_A, face_A, t_A = np.arange(len(rays_K)), hits.face_N[rays_K], hits.t_N[rays_K]
    for layer in range(1, LAYERS + 1):
        start_A = start_A + t_A + np.float32(1e-3)
        material_A = glass.material_F[face_A]
        opacity_A = materials.opacity_M[material_A] * clear_K[place_A]
        added_3_K[:, place_A] += np.take(materials.colour_3_M, material_A, axis=1) * light_3_1 * opacity_A
        clear_K[place_A] -= opacity_A
        if layer == LAYERS:
            break
        directions_3_A = directions_3_K[:, place_A]
        reach_A = np.maximum(far_K[place_A] - start_A, 0)
        hits = tracer.intersect(along(origin_3, directions_3_A, start_A).T, directions_3_A.T, reach_A)
        met_A = hits.face_N >= 0
        if not met_A.any():
            break
        place_A, start_A, face_A, t_A = place_A[met_A], start_A[met_A], hits.face_N[met_A], hits.t_N[met_A]
    for row_N, added_K in zip(radiance_3_N, added_3_K, strict=True):
        row_N[rays_K] = row_N[rays_K] * clear_K + added_K
