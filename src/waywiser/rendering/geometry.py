"""Plane and triangle geometry that rendering needs: polygons, normals, smooth shading.

Dimensions: V vertices, F faces, E corners of a polygon, N points, C corners of all faces.
"""

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.scenes.scene import Vec2

CREASE_COSINE = 0.77  # edges sharper than 40 degrees stay sharp
MAX_FAN = (
    256  # faces around one point; larger fans stay flat, because their pairs would cost too much
)


def signed_area(polygon_E_2: NDArray[np.float64]) -> float:
    """Area of a simple polygon in square meters, positive if counter-clockwise."""
    x, y = polygon_E_2.T
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def _is_ear(polygon_E_2: NDArray[np.float64], corners: list[int], i: int) -> bool:
    """Whether corner i may be cut off: it is convex, and no other corner is inside its triangle."""
    a, b, c = (polygon_E_2[corners[(i + k) % len(corners)]] for k in (-1, 0, 1))
    if _cross(b - a, c - b) <= 0:
        return False

    others = [
        polygon_E_2[j]
        for j in corners
        if not any(np.array_equal(polygon_E_2[j], p) for p in (a, b, c))
    ]
    if not others:
        return True

    p = np.stack(others)
    inside = (_cross(b - a, p - a) >= 0) & (_cross(c - b, p - b) >= 0) & (_cross(a - c, p - c) >= 0)
    return not bool(inside.any())


def _is_self_crossing(polygon_E_2: NDArray[np.float64]) -> bool:
    """Whether two sides of the outline properly cross."""
    a_E_1_2 = polygon_E_2[:, None]
    b_E_1_2 = np.roll(polygon_E_2, -1, axis=0)[:, None]
    c_1_E_2 = a_E_1_2.swapaxes(0, 1)
    d_1_E_2 = b_E_1_2.swapaxes(0, 1)
    separated_E_E = (
        _cross(b_E_1_2 - a_E_1_2, c_1_E_2 - a_E_1_2) * _cross(b_E_1_2 - a_E_1_2, d_1_E_2 - a_E_1_2)
        < 0
    )

    return bool((separated_E_E & separated_E_E.T).any())


def triangulate(polygon: tuple[Vec2, ...]) -> NDArray[np.int32]:
    """Triangles (E - 2, 3) of corner indices that tile a simple polygon (ear clipping).

    Raises SceneError for fewer than three corners, corners that are not finite, and an outline that
    is
    clockwise or crosses itself.
    """
    polygon_E_2 = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    if len(polygon_E_2) < 3 or not np.isfinite(polygon_E_2).all() or signed_area(polygon_E_2) <= 0:
        raise SceneError(
            "room polygon is not a counter-clockwise outline of >= 3 finite corners: fix the room"
        )

    if _is_self_crossing(polygon_E_2):
        raise SceneError("room polygon crosses itself: fix the room")

    corners = list(range(len(polygon_E_2)))
    triangles: list[tuple[int, int, int]] = []

    while len(corners) > 3:
        # A corner on a straight wall makes no triangle; dropping it last-resort keeps the outline
        # the same.
        ear = next((i for i in range(len(corners)) if _is_ear(polygon_E_2, corners, i)), None)
        if ear is None:
            ear = _find_straight_corner(polygon_E_2, corners)
        else:
            triangles.append((corners[ear - 1], corners[ear], corners[(ear + 1) % len(corners)]))

        corners.pop(ear)

    triangles.append((corners[0], corners[1], corners[2]))
    return np.asarray(triangles, dtype=np.int32)


def _find_straight_corner(polygon_E_2: NDArray[np.float64], corners: list[int]) -> int:
    for i in range(len(corners)):
        a, b, c = (polygon_E_2[corners[(i + k) % len(corners)]] for k in (-1, 0, 1))
        if abs(_cross(b - a, c - b)) < 1e-12:
            return i
    raise SceneError("room polygon crosses itself: fix the room")


def inside_polygon(polygon: tuple[Vec2, ...], points_N_2: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points (N, 2), in meters, are inside a polygon (even-odd; undefined on its edge)."""
    a_E_2 = np.asarray(polygon, dtype=np.float64)
    b_E_2 = np.roll(a_E_2, -1, axis=0)
    inside_N = np.zeros(len(points_N_2), dtype=bool)
    x, y = np.asarray(points_N_2, dtype=np.float64).T

    for (ax, ay), (bx, by) in zip(a_E_2, b_E_2, strict=True):
        if ay == by:
            continue

        crosses = (ay > y) != (by > y)
        inside_N ^= crosses & (x < ax + (y - ay) / (by - ay) * (bx - ax))

    return inside_N


def face_normals(
    triangles_F_3_3: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Unit normals (F, 3) and areas (F,) in square meters; a triangle without area points up."""
    edge_a = triangles_F_3_3[:, 1] - triangles_F_3_3[:, 0]
    edge_b = triangles_F_3_3[:, 2] - triangles_F_3_3[:, 0]
    cross_F_3 = np.cross(edge_a, edge_b)
    length_F = np.sqrt(np.einsum("fc,fc->f", cross_F_3, cross_F_3))
    flat_F = length_F < 1e-20
    normals_F_3 = cross_F_3 / np.where(flat_F, 1, length_F)[:, None]
    normals_F_3[flat_F] = (0, 0, 1)

    return normals_F_3.astype(np.float32), (0.5 * length_F).astype(np.float32)


def corner_groups(
    vertices_V_3: NDArray[np.float32], faces_F_3: NDArray[np.int32]
) -> list[NDArray[np.int32]]:
    """Corners that share a place (to 1e-5 of the unit box), one array (G, n) for each number n of
    sharers.

    A corner is numbered 3 * face + k. Lone corners, and fans of more than `MAX_FAN`, are left out.
    """
    grid_V_3 = np.round(vertices_V_3.astype(np.float64) * 1e5).astype(np.int64)
    key_V = (grid_V_3[:, 0] * 1_000_003 + grid_V_3[:, 1]) * 1_000_003 + grid_V_3[:, 2]
    _, welded_V = np.unique(key_V, return_inverse=True)
    corner_ids = welded_V[faces_F_3.ravel()]
    # Integers of up to 16 bits are sorted by their digits, several times as fast.
    order = np.argsort(corner_ids.astype(np.min_scalar_type(len(key_V))), kind="stable").astype(
        np.int32
    )
    counts = np.bincount(corner_ids)
    starts = np.cumsum(counts) - counts
    sizes = np.unique(counts)

    return [
        order[starts[counts == n][:, None] + np.arange(n)]
        for n in sizes[(sizes > 1) & (sizes <= MAX_FAN)].tolist()
    ]


def corner_normals(
    normals_F_3: NDArray[np.float32], areas_F: NDArray[np.float32], groups: list[NDArray[np.int32]]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Shading normals (F, 3 corners, 3) and which faces (F,) bend.

    A corner's normal is the area-weighted mean over the faces there within the crease angle of its
    own.
    """
    corner_C_3 = np.repeat(normals_F_3, 3, axis=0)

    for group_G_n in groups:
        face_G_n = group_G_n // 3
        normal_G_n_3 = normals_F_3[face_G_n]
        smooth_G_n_n = (normal_G_n_3 @ normal_G_n_3.swapaxes(1, 2)) > CREASE_COSINE
        mean_G_n_3 = smooth_G_n_n.astype(np.float32) @ (normal_G_n_3 * areas_F[face_G_n][..., None])
        length_G_n = np.sqrt(np.einsum("gnc,gnc->gn", mean_G_n_3, mean_G_n_3))[..., None]
        mean_G_n_3 /= np.maximum(length_G_n, 1e-12)
        corner_C_3[group_G_n] = np.where(length_G_n > 1e-12, mean_G_n_3, normal_G_n_3)

    corner_F_3_3 = corner_C_3.reshape(-1, 3, 3)
    bends_F = (np.einsum("fkc,fc->fk", corner_F_3_3, normals_F_3) < 0.9999).any(axis=1)
    return corner_F_3_3, bends_F
