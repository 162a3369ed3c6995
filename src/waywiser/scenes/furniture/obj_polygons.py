"""Concave polygons of an OBJ, cut into triangles that cover the polygon and no more.

A reader that makes a fan of them fills what the outline leaves open: the space between the legs of a
chair that is cut from one board.

Dimensions: V vertices of a file, F polygons, N corners of a polygon.
"""

import numpy as np
from numpy.typing import NDArray

MIN_EXCESS = 0.01
"""Share of a polygon's area by which its fan must be larger for it to count as concave."""


def split_concave_faces(data: bytes) -> bytes:
    """A plain OBJ (see `normalize_obj`) in which every concave face is several triangles.

    All else stays byte for byte as it is, and so do faces whose outline crosses itself.
    """
    lines = data.split(b"\n")
    vertices = [line.split()[1:4] for line in lines if line.startswith(b"v ")]
    lines_by_size: dict[int, list[int]] = {}

    for number, line in enumerate(lines):
        if line.startswith(b"f ") and (size := len(line.split()) - 1) > 3:
            lines_by_size.setdefault(size, []).append(number)

    try:
        points_V_3 = np.array(vertices, dtype=np.float64).reshape(-1, 3)
        for numbers in lines_by_size.values():
            _split_faces_of_one_size(lines, numbers, points_V_3)
    except (ValueError, OverflowError, IndexError):  # damaged: the parser says how
        return data

    return b"\n".join(lines)


def _split_faces_of_one_size(
    lines: list[bytes], numbers: list[int], points_V_3: NDArray[np.float64]
) -> None:
    corners = [lines[number].split()[1:] for number in numbers]
    indices_F_N = np.array([[int(c.partition(b"/")[0]) - 1 for c in face] for face in corners])
    if (indices_F_N < 0).any():
        raise ValueError("indices start at 1")

    outlines_F_N_3 = points_V_3[indices_F_N]
    first_F_1_3 = outlines_F_N_3[:, :1]
    normals = np.cross(outlines_F_N_3[:, 1:-1] - first_F_1_3, outlines_F_N_3[:, 2:] - first_F_1_3)
    fan_F = np.linalg.norm(normals, axis=2).sum(axis=1)
    normal_F_3 = normals.sum(axis=1)
    is_concave_F = fan_F > np.linalg.norm(normal_F_3, axis=1) * (1 + MIN_EXCESS)

    for index in np.flatnonzero(is_concave_F):
        flat_N_2 = _flatten(outlines_F_N_3[index], normal_F_3[index])
        triangles = clip_ears(flat_N_2) if flat_N_2 is not None else None
        if triangles is not None:
            lines[numbers[index]] = b"\n".join(
                b" ".join([b"f", *(corners[index][corner] for corner in triangle)])
                for triangle in triangles
            )


def _flatten(
    outline_N_3: NDArray[np.float64], normal: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """The outline in its own plane, counter-clockwise; None if it has no area."""
    length = float(np.linalg.norm(normal))
    if not np.isfinite(length) or length <= 0:
        return None

    normal = normal / length
    x = np.cross(normal, np.eye(3)[np.abs(normal).argmin()])
    x /= np.linalg.norm(x)
    axes_3_2 = np.asarray(np.stack([x, np.cross(normal, x)], axis=1), dtype=np.float64)
    return outline_N_3 @ axes_3_2


def clip_ears(points_N_2: NDArray[np.float64]) -> list[tuple[int, int, int]] | None:
    """Triangles (indices) of a counter-clockwise polygon; None if its outline crosses itself.

    Points may lie on each other, as where a cut leads from the outline to a hole.
    """
    remaining = list(range(len(points_N_2)))
    tolerance = 1e-12 * float(np.ptp(points_N_2, axis=0).max()) ** 2
    triangles = []

    while len(remaining) > 3:
        position = _find_ear(points_N_2, remaining, tolerance)
        if position is None:
            return None

        before = remaining[position - 1]
        after = remaining[(position + 1) % len(remaining)]
        triangles.append((before, remaining[position], after))
        del remaining[position]

    return [*triangles, (remaining[0], remaining[1], remaining[2])]


def _find_ear(
    points_N_2: NDArray[np.float64], remaining: list[int], tolerance: float
) -> int | None:
    """The first corner that can be cut off; one in the middle of a straight side only if no other
    can.
    """
    outline = points_N_2[remaining]
    straight = None

    for position in range(len(remaining)):
        a, b, c = outline[position - 1], outline[position], outline[(position + 1) % len(outline)]
        turn = _cross(b - a, c - a)
        if abs(turn) <= tolerance:
            straight = position if straight is None else straight
        elif turn > 0 and not _has_point_inside(outline, a, b, c):
            return position

    return straight


def _has_point_inside(
    outline_N_2: NDArray[np.float64],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    c: NDArray[np.float64],
) -> bool:
    """Whether a point of the outline, other than the corners, is in the triangle or on its edge."""
    is_inside = np.ones(len(outline_N_2), dtype=bool)
    for start, end in ((a, b), (b, c), (c, a)):
        is_inside &= _cross(end - start, outline_N_2 - start) >= 0
    for corner in (a, b, c):
        is_inside &= (outline_N_2 != corner).any(axis=1)
    return bool(is_inside.any())


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
