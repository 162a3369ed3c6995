"""More rays where surfaces meet: which pixels need them, and what is known of them already.

Dimensions: H image height, W image width, N rays, K chosen pixels.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.rays import Floats, RayHits

SUBPIXEL_OFFSETS = ((0.125, 0.375), (0.625, 0.125), (0.375, 0.875), (0.875, 0.625))
"""Where in a pixel its further rays pass (column, row): no two in one row or column."""
MAX_BEND = 0.04  # change of slope of 1 / depth, over 1 / depth, that is still the same surface

MAX_AA_ROUNDS = 12
NEIGHBOR_REACH = 2  # pixels that each round after the first goes on along a thin part


@dataclass(frozen=True)
class EdgeRays:
    """S further rays through each of K pixels, all first rays before all second ones.

    L of them meet a surface that no pixel close by has at its center.
    """

    pixels_K: NDArray[np.intp]
    near_SK: NDArray[np.intp]
    """The pixels whose radiance the rays take, or -1."""
    new_L: NDArray[np.intp]
    """Which rays take none."""
    new_3_L: NDArray[np.float32]
    """Their directions."""
    new_hits: RayHits
    quantile_L: NDArray[np.floating]
    """Their numbers, as of `pixel_quantiles`."""


def edge_pixels(key_H_W: NDArray[np.int32], depth_H_W: Floats) -> NDArray[np.intp]:
    """Flat indices (K,) of pixels beside which another surface begins, seen from either side."""
    edge_H_W = np.zeros(key_H_W.shape, dtype=bool)
    nearness_H_W = 1 / np.maximum(depth_H_W, np.float32(1e-3))

    for axis in (0, 1):
        before = (slice(None), slice(None, -1)) if axis else (slice(None, -1),)
        after = (slice(None), slice(1, None)) if axis else (slice(1, None),)
        differs = key_H_W[before] != key_H_W[after]
        edge_H_W[before] |= differs
        edge_H_W[after] |= differs

        if key_H_W.shape[axis] > 2:
            slope = nearness_H_W[after] - nearness_H_W[before]
            bend = np.abs(slope[after] - slope[before])
            middle = (slice(None), slice(1, -1)) if axis else (slice(1, -1),)
            edge_H_W[middle] |= bend > MAX_BEND * nearness_H_W[middle]

    return np.flatnonzero(edge_H_W)


def pad_border(values_H_W: NDArray) -> NDArray:
    """(H + 2, W + 2): the picture with its border repeated around it."""
    return np.pad(values_H_W, 1, mode="edge")


def matching_pixels(
    key_N: NDArray[np.int32],
    pixel_N: NDArray[np.intp],
    offset: tuple[float, float],
    padded_key: NDArray[np.int32],
) -> NDArray[np.intp]:
    """For each ray, the pixel whose center lies close by on the same surface, or -1.

    Args:
        key_N: (N,) keys of what the rays meet.
        pixel_N: (N,) flat indices of the pixels they pass through.
        offset: Where in its pixel each passes, (column, row).
        padded_key: (H + 2, W + 2) keys at the centers of pixels, from `pad_border`.

    Returns:
        (N,) flat indices.
    """
    stride = padded_key.shape[1]
    right = 1 if offset[0] > 0.5 else -1
    down = stride if offset[1] > 0.5 else -stride
    flat_key = padded_key.reshape(-1)
    pixel_by_place = _padded_pixels(padded_key.shape)
    row_N, column_N = np.divmod(pixel_N, stride - 2)
    place_N = (row_N + 1) * stride + column_N + 1
    found_N = np.where(np.take(flat_key, place_N) == key_N, pixel_N, -1)
    open_K = np.flatnonzero(found_N < 0)

    for step in (right, down, down + right):
        near_K = place_N[open_K] + step
        same_K = np.take(flat_key, near_K) == key_N[open_K]
        found_N[open_K[same_K]] = pixel_by_place[near_K[same_K]]
        open_K = open_K[~same_K]

    return found_N


@lru_cache(maxsize=4)
def _padded_pixels(padded_shape: tuple[int, int]) -> NDArray[np.intp]:
    """Flat indices of a picture's pixels, with its border repeated around it."""
    shape = (padded_shape[0] - 2, padded_shape[1] - 2)
    return pad_border(np.arange(shape[0] * shape[1]).reshape(shape)).reshape(-1)


def undone_neighbors(
    pixels_K: NDArray[np.intp], done_N: NDArray[np.bool_], shape: tuple[int, ...]
) -> NDArray[np.intp]:
    """Pixels within `NEIGHBOR_REACH` of the given ones that are not done, each once, in order."""
    if not len(pixels_K):
        return pixels_K

    near_H_W = np.zeros(shape, dtype=bool)
    near_H_W.reshape(-1)[pixels_K] = True

    for axis in (0, 1):  # a square is what its sides' reach along each axis
        line_H_W = near_H_W.copy()

        for step in range(1, NEIGHBOR_REACH + 1):
            after = (slice(None), slice(step, None)) if axis else (slice(step, None),)
            before = (slice(None), slice(None, -step)) if axis else (slice(None, -step),)
            near_H_W[after] |= line_H_W[before]
            near_H_W[before] |= line_H_W[after]

    return np.flatnonzero(near_H_W.reshape(-1) & ~done_N)
