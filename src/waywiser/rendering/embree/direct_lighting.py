"""Light straight from lamps: softened inverse-square falloff, cosines, and traced soft shadows.

Every point casts a few shadow rays, however many lamps there are: to places on lamps chosen in
proportion to what each would give, at fixed quantiles that neighboring pixels share out among them.

Dimensions: N points, L lamps.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.lamps import SAMPLES_PER_LAMP, Lamp, LampSet
from waywiser.rendering.embree.rays import Floats, LayeredTracer, RayTracer
from waywiser.rendering.embree.vectors import Scalars, Vectors, dot

SHADOW_RAY_OFFSET = 1.5e-3  # meters a shadow ray starts above its surface
MIN_FALLOFF_DISTANCE = 0.5  # meters; nearer to a lamp light hardly grows any more
MIN_IRRADIANCE = 2e-3  # irradiance below which no shadow ray is worth casting
TILE_SIDE = 4
"""Pixels along each side of a tile whose pixels share the quantiles out."""

Tracer = RayTracer | LayeredTracer

_BAYER_4_4 = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])


def pixel_quantiles(rows_N: NDArray[np.intp], columns_N: NDArray[np.intp]) -> Scalars:
    """Numbers (N,) in [0, 1) by pixel: the 16 of a tile, wherever it lies, are evenly spread."""
    places_N = _BAYER_4_4[rows_N % TILE_SIDE, columns_N % TILE_SIDE]
    return ((places_N + 0.5) / TILE_SIDE**2).astype(np.float32)


@lru_cache(maxsize=4)
def picture_quantiles(height: int, width: int) -> Scalars:
    """The numbers (H * W,) of all pixels of a picture, row by row; not to be written into."""
    rows_H_W, columns_H_W = np.indices((height, width))
    return pixel_quantiles(rows_H_W.ravel(), columns_H_W.ravel())


def direct_light(
    tracer: Tracer,
    lamp_set: LampSet,
    points_3_N: Vectors,
    normal_3_N: Vectors,
    shading_3_N: Vectors,
    quantiles: list[Scalars],
) -> tuple[Vectors, Scalars]:
    """Irradiance of lamps without shadows, and the share of it that shadows leave.

    Args:
        tracer: The opaque triangles that cast shadows.
        lamp_set: The lamps that reach the room.
        points_3_N: (3, N) lit points, in world meters.
        normal_3_N: (3, N) unit normals of the faces, or one (3, 1) for a flat surface.
        shading_3_N: Smoothed normals of the same shape; the same array as `normal_3_N` if flat.
        quantiles: Arrays (N,) in [0, 1), one for each shadow ray of a point; none for no shadows.

    Returns:
        (3, N) linear RGB irradiance, and (N,) visibility from 0 to 1.
    """
    light_3_N = np.zeros_like(points_3_N)
    visible_N = np.ones_like(points_3_N[0])
    if not lamp_set.lamps:
        return light_3_N, visible_N

    lifted_3_N = points_3_N + normal_3_N * np.float32(SHADOW_RAY_OFFSET)
    sums_L_N = np.zeros((1 + len(lamp_set.lamps), points_3_N.shape[1]), np.float32)

    for index, lamp in enumerate(lamp_set.lamps):
        strength_N = _irradiance_per_intensity(lamp, lifted_3_N, normal_3_N, shading_3_N)
        for row_N, intensity in zip(light_3_N, lamp.intensity, strict=True):
            row_N += strength_N * np.float32(intensity)

        strength_N *= np.float32(sum(lamp.intensity) / 3)
        np.add(sums_L_N[index], strength_N, out=sums_L_N[index + 1])

    if quantiles:
        lit_K = np.flatnonzero(sums_L_N[-1] > MIN_IRRADIANCE)
        if len(lit_K) < points_3_N.shape[1]:
            lifted_3_N, sums_L_N = (np.take(rows, lit_K, axis=1) for rows in (lifted_3_N, sums_L_N))
            quantiles = [quantile_N[lit_K] for quantile_N in quantiles]
            if normal_3_N.shape[1] > 1:
                normal_3_N = np.take(normal_3_N, lit_K, axis=1)

        shares = [
            _trace_visible(tracer, lamp_set, sums_L_N, lifted_3_N, normal_3_N, quantile_N)
            for quantile_N in quantiles
        ]
        share_K = shares[0] if len(shares) == 1 else np.mean(shares, axis=0, dtype=np.float32)
        visible_N[lit_K] = share_K

    return light_3_N, visible_N


def _irradiance_per_intensity(
    lamp: Lamp, points_3_N: Vectors, normal_3_N: Vectors, shading_3_N: Vectors
) -> Scalars:
    """Irradiance (N,) per intensity; exact for a rectangle straight ahead or far away."""
    position_3 = np.asarray(lamp.position, np.float32)
    to_light_3_N = position_3[:, None] - points_3_N
    square_N = dot(to_light_3_N, to_light_3_N)
    strength_N = dot(shading_3_N, to_light_3_N)
    np.maximum(strength_N, 0, out=strength_N)

    if any(lamp.normal):
        emitted_N = dot(-np.asarray(lamp.normal, np.float32)[:, None], to_light_3_N)
        strength_N *= np.maximum(emitted_N, 0, out=emitted_N)
        strength_N /= square_N + np.float32(1e-6)
    else:
        strength_N /= np.sqrt(square_N) + np.float32(1e-6)

    square_N *= square_N
    square_N += np.float32(MIN_FALLOFF_DISTANCE**4)
    strength_N /= np.sqrt(square_N, out=square_N) + np.float32(lamp.area / np.pi)

    if shading_3_N is not normal_3_N:
        strength_N[dot(normal_3_N, to_light_3_N) <= 0] = 0

    return strength_N


def _trace_visible(
    tracer: Tracer,
    lamp_set: LampSet,
    sums_L_N: Floats,
    lifted_3_N: Vectors,
    normal_3_N: Vectors,
    quantile_N: Scalars,
) -> Scalars:
    """1 where the place on a lamp that belongs to the quantile is in sight, else 0.

    Row l of `sums_L_N` is what the first l lamps give.
    """
    wanted_N = quantile_N * sums_L_N[-1]
    lamp_N = np.zeros(len(wanted_N), np.int32)
    for sum_N in sums_L_N[1:-1]:
        lamp_N += sum_N <= wanted_N

    flat_N = lamp_N * np.int32(len(wanted_N))
    flat_N += np.arange(len(wanted_N), dtype=np.int32)
    below_N = np.take(sums_L_N, flat_N)
    width_N = np.take(sums_L_N[1:], flat_N)
    width_N -= below_N
    np.maximum(width_N, np.float32(1e-9), out=width_N)
    place_N = np.subtract(wanted_N, below_N, out=wanted_N)
    place_N *= np.float32(SAMPLES_PER_LAMP)
    place_N /= width_N
    index_N = np.minimum(place_N, SAMPLES_PER_LAMP - 1, out=place_N).astype(np.int32)
    index_N += SAMPLES_PER_LAMP * lamp_N
    to_light_3_N = np.take(lamp_set.points_3_LS, index_N, axis=1)
    to_light_3_N -= lifted_3_N
    distance_N = np.sqrt(dot(to_light_3_N, to_light_3_N))
    far_N = np.take(lamp_set.clearance_L, lamp_N) / np.maximum(distance_N, np.float32(1e-6))
    np.minimum(far_N, 0.5, out=far_N)
    np.subtract(1, far_N, out=far_N)
    hidden_N = tracer.occluded(lifted_3_N.T, to_light_3_N.T, far_N)
    hidden_N |= dot(normal_3_N, to_light_3_N) <= 0  # that part of the lamp has set

    return np.subtract(1, hidden_N, dtype=np.float32)
