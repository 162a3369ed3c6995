"""See-through surfaces over the opaque picture.

Dimensions: N rays, K rays that meet glass, A rays that are still traced, M materials, F faces,
R rooms.
"""

import numpy as np

from waywiser.rendering.embree.rays import Floats, RayTracer
from waywiser.rendering.embree.vectors import Scalars, Vectors, points_along
from waywiser.rendering.scene_mesh import TriangleSoup
from waywiser.rendering.textures import Materials

MAX_LAYERS = 4


def composite_transparent(
    radiance_3_N: Vectors,
    tracer: RayTracer,
    glass: TriangleSoup,
    materials: Materials,
    light_3_R: Vectors,
    origin_3: Floats,
    directions_3_N: Vectors,
    far_N: Scalars,
) -> None:
    """Lay up to `MAX_LAYERS` see-through surfaces over the radiance, front to back, in place.

    Args:
        radiance_3_N: (3, N) linear radiance of the opaque scene behind; updated in place.
        tracer: The triangles of `glass`.
        glass: The see-through triangles, whose faces the tracer counts.
        materials: Colors and opacities of the scene.
        light_3_R: (3, R) irradiance that the surfaces scatter, by room.
        origin_3: (3,) position of the camera, in world meters.
        directions_3_N: (3, N) directions of the rays, in world coordinates.
        far_N: (N,) ray parameter of the opaque hit, beyond which nothing is drawn.
    """
    # A glass face that lies on the opaque surface behind it would flicker in and out.
    far_N = far_N * np.float32(0.999)
    origins_3_N = np.broadcast_to(origin_3[:, None], directions_3_N.shape)
    hits = tracer.intersect(origins_3_N.T, directions_3_N.T, far_N)
    rays_K = np.flatnonzero(hits.face_N >= 0)  # K rays meet glass, A of them go on to meet more

    if not len(rays_K):
        return

    transmittance_K = np.ones(len(rays_K), np.float32)
    scattered_3_K = np.zeros((3, len(rays_K)), np.float32)
    directions_3_K = np.take(directions_3_N, rays_K, axis=1)
    far_K = far_N[rays_K]
    start_A = np.zeros(len(rays_K), np.float32)
    index_A = np.arange(len(rays_K))
    face_A = hits.face_N[rays_K]
    t_A = hits.t_N[rays_K]

    for layer in range(1, MAX_LAYERS + 1):
        start_A = start_A + t_A + np.float32(1e-3)
        material_A = glass.material_F[face_A]
        opacity_A = materials.opacity_M[material_A] * transmittance_K[index_A]
        room_A = np.clip(glass.room_F[face_A], 0, light_3_R.shape[1] - 1)
        given_3_A = np.take(light_3_R, room_A, axis=1) + materials.emission_M[material_A]
        scattered_3_K[:, index_A] += (
            np.take(materials.color_3_M, material_A, axis=1) * given_3_A * opacity_A
        )
        transmittance_K[index_A] -= opacity_A

        if layer == MAX_LAYERS:
            break

        directions_3_A = np.take(directions_3_K, index_A, axis=1)
        reach_A = np.maximum(far_K[index_A] - start_A, 0)
        hits = tracer.intersect(
            points_along(origin_3, directions_3_A, start_A).T, directions_3_A.T, reach_A
        )
        hit_A = hits.face_N >= 0

        if not hit_A.any():
            break

        index_A = index_A[hit_A]
        start_A = start_A[hit_A]
        face_A = hits.face_N[hit_A]
        t_A = hits.t_N[hit_A]

    for row_N, added_K in zip(radiance_3_N, scattered_3_K, strict=True):
        row_N[rays_K] = row_N[rays_K] * transmittance_K + added_K
