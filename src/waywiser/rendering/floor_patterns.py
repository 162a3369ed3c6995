"""Procedural floors: planks, tiles and carpet as a brightness over world x, y.

The same seed gives the same grain. Details smaller than a pixel's `footprint` fade out, which keeps
distant floors free of moire.

Dimensions: N points of a floor.
"""

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.rendering.embree.rays import Floats

FLOOR_PATTERNS = ("plain", "planks", "tiles", "carpet")


def floor_brightness(pattern: str, seed: int, xy_2_N: Floats, footprint_N: Floats) -> Floats:
    """Brightness of a floor's pattern: a factor around 1 on the floor's color.

    Args:
        pattern: One of `FLOOR_PATTERNS`.
        seed: Seed of the grain; an odd one also turns the pattern by 90 degrees.
        xy_2_N: (2, N) world x and y of the points, in meters.
        footprint_N: (N,) meters of floor that a pixel covers; smaller details fade out.

    Returns:
        (N,) factors.

    Raises:
        SceneError: The pattern is unknown.
    """
    x_N, y_N = xy_2_N if seed % 2 == 0 else xy_2_N[::-1]
    if pattern == "plain":
        return np.ones(x_N.shape, np.float32)
    if pattern == "planks":
        return _planks(x_N, y_N, footprint_N, seed)
    if pattern == "tiles":
        return _tiles(x_N, y_N, footprint_N, seed)
    if pattern == "carpet":
        return _carpet(x_N, y_N, footprint_N, seed)

    raise SceneError(
        f"floor pattern {pattern!r} is unknown: use one of {', '.join(FLOOR_PATTERNS)}"
    )


def hash01(i_N: NDArray[np.int32], j_N: NDArray[np.int32], seed: int) -> Floats:
    """Uniform numbers (N,) in [0, 1) from integer cells, by multiplying and shifting.

    The arithmetic is on integers, so that every machine gives the same numbers.
    """
    h_N = i_N.astype(np.uint32) * np.uint32(0x9E3779B1) ^ j_N.astype(np.uint32) * np.uint32(
        0x85EBCA77
    )
    h_N = h_N + np.uint32((seed * 0xC2B2AE3D) & 0xFFFFFFFF)
    h_N = (h_N ^ (h_N >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    h_N = (h_N ^ (h_N >> np.uint32(12))) * np.uint32(0x297A2D39)

    return ((h_N ^ (h_N >> np.uint32(15))) >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)


def _cell_and_border(x_N: Floats, size: float) -> tuple[NDArray[np.int32], Floats]:
    """Cell number and distance in meters to the nearer cell border."""
    scaled_N = x_N * np.float32(1 / size)
    floor_N = np.floor(scaled_N)
    inner_N = scaled_N - floor_N
    return floor_N.astype(np.int32), np.minimum(inner_N, 1 - inner_N) * np.float32(size)


def _gap_coverage(border_N: Floats, half_width: float, footprint_N: Floats) -> Floats:
    """How much of a pixel (N,), 0 to 1, a gap of 2 x `half_width` meters covers."""
    reach_N = half_width + 0.5 * footprint_N
    return np.clip((reach_N - border_N) / footprint_N, 0, 1) * np.minimum(
        2 * half_width / footprint_N, 1
    )


def _fade(size: float, footprint_N: Floats) -> Floats:
    """1 if a detail of `size` meters is larger than a pixel, towards 0 if it is smaller."""
    return np.clip(size / footprint_N, 0, 1).astype(np.float32)


def _planks(x_N: Floats, y_N: Floats, footprint_N: Floats, seed: int) -> Floats:
    row_N, side_N = _cell_and_border(y_N, 0.14)
    shift_N = hash01(row_N, np.zeros_like(row_N), seed) * np.float32(1.3)
    plank_N, end_N = _cell_and_border(x_N + shift_N, 1.3)
    tone_N = 0.84 + 0.32 * hash01(plank_N, row_N, seed + 1)

    streak_N = hash01(
        np.floor((x_N + shift_N) * 3).astype(np.int32),
        np.floor(y_N * 110).astype(np.int32),
        seed + 2,
    )

    grain_N = (streak_N - 0.5) * 0.12 * _fade(0.01, footprint_N)
    gap_N = _gap_coverage(np.minimum(side_N, end_N), 0.0015, footprint_N)
    return ((tone_N + grain_N) * (1 - 0.55 * gap_N)).astype(np.float32)


def _tiles(x_N: Floats, y_N: Floats, footprint_N: Floats, seed: int) -> Floats:
    size = (0.30, 0.40, 0.45, 0.60)[seed // 2 % 4]
    (i_N, side_N), (j_N, end_N) = _cell_and_border(x_N, size), _cell_and_border(y_N, size)
    tone_N = 0.95 + 0.10 * hash01(i_N, j_N, seed)
    gap_N = _gap_coverage(np.minimum(side_N, end_N), 0.003, footprint_N)
    return (tone_N * (1 - 0.35 * gap_N)).astype(np.float32)


def _carpet(x_N: Floats, y_N: Floats, footprint_N: Floats, seed: int) -> Floats:
    fine_N = hash01(
        np.floor(x_N * 140).astype(np.int32), np.floor(y_N * 140).astype(np.int32), seed
    )
    coarse_N = hash01(
        np.floor(x_N * 35).astype(np.int32), np.floor(y_N * 35).astype(np.int32), seed + 1
    )

    return (
        1
        + 0.24 * (fine_N - 0.5) * _fade(0.007, footprint_N)
        + 0.10 * (coarse_N - 0.5) * _fade(0.028, footprint_N)
    ).astype(np.float32)
