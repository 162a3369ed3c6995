"""Shadows of neighboring pixels averaged, so that few shadow rays a pixel give soft edges.

Dimensions: H image height, W image width.
"""

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.direct_lighting import TILE_SIDE
from waywiser.rendering.embree.rays import Floats

MIN_WIDE_PICTURE = 320  # pixels across from which the second pass skips every other pixel


def smooth_visibility(visible_H_W: Floats, key_H_W: NDArray[np.int32]) -> Floats:
    """Mean visibility of the same surface (equal keys) in a tile around each pixel, then again of
    such means around it.

    Any tile holds every quantile of `pixel_quantiles` once, so light that varies slowly is exact.
    """
    if visible_H_W.size == 0 or visible_H_W.min() == visible_H_W.max():
        return visible_H_W

    half = TILE_SIDE // 2
    tile = range(-half, half)
    wide = range(1 - half, half + 1)
    if visible_H_W.shape[1] >= MIN_WIDE_PICTURE:
        wide = range(2 - TILE_SIDE, TILE_SIDE + 1, 2)

    for steps in (tile, wide):
        for axis in (1, 0):
            visible_H_W = _average_along(visible_H_W, key_H_W, axis, steps)

    return visible_H_W


def _average_along(
    visible_H_W: Floats, key_H_W: NDArray[np.int32], axis: int, steps: range
) -> Floats:
    """Means over the pixels `steps` away along the axis that have the same key."""
    total_H_W = visible_H_W.copy()
    count_H_W = np.ones_like(visible_H_W)
    length = visible_H_W.shape[axis]

    for step in steps:
        if step == 0 or abs(step) >= length:
            continue

        here = slice(max(0, -step), length - max(0, step))
        there = slice(max(0, step), length + min(0, step))
        own, other = ((slice(None), s) if axis else (s,) for s in (here, there))
        same = key_H_W[own] == key_H_W[other]
        total_H_W[own] += visible_H_W[other] * same
        count_H_W[own] += same

    total_H_W /= count_H_W
    return total_H_W
