"""What a model offers to other things: surfaces to stand on, and free space below its top.

Both are measured on the model's mesh, on a grid of its footprint. Sofas have a seat at half their
height, bookcases have boards inside, round tables have no corners, and chairs go under a table but
not through its legs.

Dimensions: N points on the footprint, F faces, X cells along the width, Y cells along the depth,
L layers of surfaces.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.mesh import Mesh

CELLS = 24
"""Cells of the grid along each side."""
MAX_LAYERS = 8
"""Surfaces above each other that are kept, from the top."""
MIN_UP = 0.85
"""Least vertical part of the normal of what things can stand on."""
HEIGHT_TOLERANCE = 0.012
"""Unevenness, in meters, that a thing still stands on."""
NOTHING = -1.0
"""Height that means that there is no surface."""


@dataclass(frozen=True)
class SurfaceMap:
    """Heights over a model's footprint, as fractions of its own height."""

    layer_X_Y_L: NDArray[np.float64]
    """Surfaces that face up, from the top down; `NOTHING` where there are no more."""
    top_X_Y: NDArray[np.float64]
    """The highest part of the model in each cell, `NOTHING` in empty cells."""
    underside_X_Y: NDArray[np.float64]
    """The lowest part in each cell; 2 in empty cells."""

    def cell_values(
        self, values_X_Y: NDArray[np.float64], points_N_2: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The values of a grid at points of the unit square."""
        return values_X_Y[_to_cells(points_N_2)]

    def top_height(
        self, points_N_2: NDArray[np.float64], height: float, tolerance: float = HEIGHT_TOLERANCE
    ) -> float | None:
        """Height (m) of the level top under points in the unit square, None if it is not level.

        Args:
            points_N_2: Points of the footprint, each side from -0.5 to 0.5.
            height: Height of the model in meters.
            tolerance: Unevenness in meters that the thing still stands on.
        """
        i, j = _to_cells(points_N_2)
        layer_N = self.layer_X_Y_L[i, j, 0] * height
        if layer_N.min() < 0 or float(np.ptp(layer_N)) > tolerance:
            return None
        if float((self.top_X_Y[i, j] * height - layer_N).max()) > 2 * tolerance:
            return None

        return float(layer_N.max())

    def shelf_heights(
        self, points_N_2: NDArray[np.float64], height: float
    ) -> list[tuple[float, float]]:
        """Level boards inside a model under some points: (height of the board, free space above).

        Args:
            points_N_2: Points of the footprint, each side from -0.5 to 0.5.
            height: Height of the model in meters.
        """
        i, j = _to_cells(points_N_2)
        layers_N_L = self.layer_X_Y_L[i, j] * height
        shelves = []
        above = None

        for level in layers_N_L[0]:
            if level < 0:
                break
            gap_N = np.abs(layers_N_L - level).min(axis=1)
            is_level = bool((gap_N < HEIGHT_TOLERANCE).all())
            if is_level and above is not None:
                shelves.append((float(level), above - float(level)))
            above = float(level)

        return shelves


def measure_surfaces(mesh: Mesh) -> SurfaceMap:
    """The surface map of a model."""
    corners = mesh.vertices_V_3[mesh.faces_F_3].astype(np.float64)
    low_F_3 = corners.min(axis=1)
    high_F_3 = corners.max(axis=1)
    start_F_2 = np.clip(np.floor((low_F_3[:, :2] + 0.5) * CELLS + 1e-6), 0, CELLS - 1).astype(int)
    stop_F_2 = np.clip(np.ceil((high_F_3[:, :2] + 0.5) * CELLS - 1e-6), 1, CELLS).astype(int)
    stop_F_2 = np.maximum(stop_F_2, start_F_2 + 1)
    top_X_Y = np.full((CELLS, CELLS), NOTHING)
    underside_X_Y = np.full((CELLS, CELLS), 2.0)
    is_small_F = (stop_F_2 - start_F_2).max(axis=1) == 1
    i, j = start_F_2[is_small_F].T
    np.maximum.at(top_X_Y, (i, j), high_F_3[is_small_F, 2] + 0.5)
    np.minimum.at(underside_X_Y, (i, j), low_F_3[is_small_F, 2] + 0.5)

    for k in np.flatnonzero(~is_small_F).tolist():
        cells = tuple(slice(*pair) for pair in zip(start_F_2[k], stop_F_2[k], strict=True))
        top_X_Y[cells] = np.maximum(top_X_Y[cells], high_F_3[k, 2] + 0.5)
        underside_X_Y[cells] = np.minimum(underside_X_Y[cells], low_F_3[k, 2] + 0.5)

    return SurfaceMap(_find_layers(corners), top_X_Y, underside_X_Y)


def _find_layers(corners_F_3_3: NDArray[np.float64]) -> NDArray[np.float64]:
    """Heights of the surfaces that face up, over the middle of each cell."""
    a, b, c = (corners_F_3_3[:, k] for k in range(3))
    normal_F_3 = np.cross(b - a, c - a)
    area_F = np.linalg.norm(normal_F_3, axis=1)
    is_level_F = np.abs(normal_F_3[:, 2]) > MIN_UP * np.maximum(area_F, 1e-12)
    flat = corners_F_3_3[is_level_F & (area_F > 1e-12)]
    start_F_2 = np.ceil((flat[:, :, :2].min(axis=1) + 0.5) * CELLS - 0.5 - 1e-9).astype(int)
    stop_F_2 = np.floor((flat[:, :, :2].max(axis=1) + 0.5) * CELLS - 0.5 + 1e-9).astype(int) + 1
    start_F_2 = np.clip(start_F_2, 0, CELLS)
    stop_F_2 = np.clip(stop_F_2, 0, CELLS)
    heights: list[list[list[float]]] = [[[] for _ in range(CELLS)] for _ in range(CELLS)]

    for k in np.flatnonzero((stop_F_2 > start_F_2).all(axis=1)).tolist():
        ranges = zip(start_F_2[k], stop_F_2[k], strict=True)
        i, j = np.meshgrid(*(np.arange(*pair) for pair in ranges))
        x = (i + 0.5) / CELLS - 0.5
        y = (j + 0.5) / CELLS - 0.5
        (x0, y0, z0), (x1, y1, z1), (x2, y2, z2) = flat[k]
        det = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        u = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) / det
        v = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / det
        inside = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9)
        z = z0 + u * (z1 - z0) + v * (z2 - z0) + 0.5

        for p, q, level in zip(i[inside], j[inside], z[inside], strict=True):
            heights[p][q].append(float(level))

    layers = np.full((CELLS, CELLS, MAX_LAYERS), NOTHING)
    for p in range(CELLS):
        for q in range(CELLS):
            found = _merge_levels(heights[p][q])
            layers[p, q, : len(found)] = found

    return layers


def _merge_levels(levels: list[float]) -> list[float]:
    """Distinct levels from the top; the upper and lower side of a board are one."""
    merged: list[float] = []
    for level in sorted(levels, reverse=True):
        if not merged or merged[-1] - level > 0.035:
            merged.append(level)
    return merged[:MAX_LAYERS]


def _to_cells(points_N_2: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    cells_N_2 = np.clip(((points_N_2 + 0.5) * CELLS).astype(int), 0, CELLS - 1)
    return cells_N_2[:, 0], cells_N_2[:, 1]
