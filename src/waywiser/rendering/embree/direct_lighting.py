"""Light straight from lamps: inverse-square falloff, cosine, traced shadows.

Dimensions: N points, K points that a lamp reaches, L lit ones of these.
"""

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.lamps import RoomLamp
from waywiser.rendering.embree.rays import Floats, LayeredTracer, RayTracer
from waywiser.rendering.embree.vectors import Scalars, Vectors, dot
from waywiser.rendering.frame import RenderOptions

SHADOW_RAY_OFFSET = 1.5e-3  # meters a shadow ray starts above its surface
LAMP_SHADE_RADIUS = 0.18
"""Meters around a light within which nothing casts a shadow (its own lamp shade)."""
MIN_IRRADIANCE = 2e-3  # irradiance below which no shadow ray is worth casting

Tracer = RayTracer | LayeredTracer


def direct_light(
    tracer: Tracer,
    lamps: list[RoomLamp],
    points_3_N: Vectors,
    normal_3_N: Vectors,
    shading_3_N: Vectors,
    options: RenderOptions,
    light_shift_3: Floats,
) -> Vectors:
    """Irradiance of the strongest of these lamps, with traced shadows.

    Args:
        tracer: The opaque triangles that cast shadows.
        lamps: The lamps that reach the room, its own first.
        points_3_N: (3, N) lit points, in world meters.
        normal_3_N: (3, N) unit normals of the faces, or one (3, 1) for a flat surface.
        shading_3_N: Smoothed normals of the same shape; the same array as `normal_3_N` if flat.
        options: `max_lights` bounds the lamps of each room, `shadows` turns shadow rays on.
        light_shift_3: (3,) meters by which this sample moves every lamp, for soft shadows.

    Returns:
        (3, N) linear RGB irradiance.
    """
    light_3_N = np.zeros_like(points_3_N)
    lifted_3_N = points_3_N + normal_3_N * np.float32(SHADOW_RAY_OFFSET)
    bounds = lifted_3_N.min(axis=1).tolist(), lifted_3_N.max(axis=1).tolist()
    contribution_N = np.empty_like(points_3_N[0])

    for lamp in lamps:
        if lamp.rank >= options.max_lights:
            continue

        position_3 = np.asarray(lamp.light.position, dtype=np.float32) + light_shift_3

        if lamp.door is None:
            strength_N = _irradiance_per_intensity(
                tracer, lamp, position_3, lifted_3_N, normal_3_N, shading_3_N, options
            )
            for row_N, intensity in zip(light_3_N, lamp.light.intensity, strict=True):
                row_N += np.multiply(strength_N, np.float32(intensity), out=contribution_N)

            continue

        chosen_K = lamp.lit_indices(position_3, lifted_3_N, bounds)
        if not len(chosen_K):
            continue

        lifted_3_K = np.take(lifted_3_N, chosen_K, axis=1)
        normal_3_K = _take_columns(normal_3_N, chosen_K)
        shading_3_K = (
            normal_3_K if shading_3_N is normal_3_N else _take_columns(shading_3_N, chosen_K)
        )
        strength_K = _irradiance_per_intensity(
            tracer, lamp, position_3, lifted_3_K, normal_3_K, shading_3_K, options
        )
        lit_L = np.flatnonzero(strength_K)
        chosen_L = chosen_K[lit_L]
        strength_L = strength_K[lit_L]

        for row_N, intensity in zip(light_3_N, lamp.light.intensity, strict=True):
            row_N[chosen_L] += strength_L * np.float32(intensity)

    return light_3_N


def _take_columns(vectors_3_N: Vectors, chosen_K: NDArray[np.intp]) -> Vectors:
    return vectors_3_N if vectors_3_N.shape[1] == 1 else np.take(vectors_3_N, chosen_K, axis=1)


def _irradiance_per_intensity(
    tracer: Tracer,
    lamp: RoomLamp,
    position_3: Floats,
    lifted_3_N: Vectors,
    normal_3_N: Vectors,
    shading_3_N: Vectors,
    options: RenderOptions,
) -> Scalars:
    """Irradiance (N,) per intensity at points lifted off their surfaces."""
    to_light_3_N = position_3[:, None] - lifted_3_N
    square_N = dot(to_light_3_N, to_light_3_N)
    np.maximum(square_N, 0.04, out=square_N)
    distance_N = np.sqrt(square_N)
    strength_N = dot(shading_3_N, to_light_3_N)
    strength_N /= distance_N
    np.maximum(strength_N, 0, out=strength_N)
    strength_N /= square_N

    if shading_3_N is not normal_3_N:
        strength_N[dot(normal_3_N, to_light_3_N) <= 0] = 0
    if not options.shadows:
        return strength_N
    if strength_N.min() * max(lamp.light.intensity) > MIN_IRRADIANCE:
        strength_N[_is_shadowed(tracer, lifted_3_N, to_light_3_N, distance_N)] = 0
        return strength_N

    lit_K = np.flatnonzero(strength_N * max(lamp.light.intensity) > MIN_IRRADIANCE)
    lifted_3_K = np.take(lifted_3_N, lit_K, axis=1)
    to_light_3_K = np.take(to_light_3_N, lit_K, axis=1)
    strength_N[lit_K[_is_shadowed(tracer, lifted_3_K, to_light_3_K, distance_N[lit_K])]] = 0

    return strength_N


def _is_shadowed(
    tracer: Tracer, lifted_3_N: Vectors, to_light_3_N: Vectors, distance_N: Scalars
) -> NDArray[np.bool_]:
    """Which points lie in the shadow of a lamp."""
    far_N = LAMP_SHADE_RADIUS / distance_N
    np.minimum(far_N, 0.5, out=far_N)
    return tracer.occluded(lifted_3_N.T, to_light_3_N.T, np.subtract(1, far_N, out=far_N))
