"""Vectors of the shader: component-first float32, (3, N), or (3, 1) if all N are equal.

Dimensions: N vectors, K of them.
"""

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.rays import Floats

Vectors = Floats  # (3, N)
Scalars = Floats  # (N,)


def dot(a_3_N: Vectors, b_3_N: Vectors) -> Scalars:
    """Inner products (N,). A single `a` (3, 1), as of a wall, costs as many passes as it has parts
    that are not 0.
    """
    if a_3_N.shape[1] == 1:
        terms = [b_3_N[k] * a_3_N[k] for k in range(3) if a_3_N[k, 0] != 0]
    else:
        terms = [a_3_N[k] * b_3_N[k] for k in range(3)]

    total_N = terms[0] if terms else np.zeros_like(b_3_N[0])
    for term_N in terms[1:]:
        total_N += term_N

    return total_N


def put(target_3_N: Vectors, index_K: NDArray[np.intp], values_3_K: Vectors) -> None:
    """Write columns; row by row, which is several times as fast as all rows at once."""
    for row_N, value_K in zip(target_3_N, values_3_K, strict=True):
        row_N[index_K] = value_K


def points_along(origin_3: Floats, directions_3_N: Vectors, t_N: Scalars) -> Vectors:
    """The points origin + t direction."""
    points_3_N = directions_3_N * t_N
    points_3_N += origin_3[:, None]
    return points_3_N
