"""Points and faces of closed shapes, seen from outside counter-clockwise: blocks, tubes, sheets.

Dimensions: P points of an outline or a path, N points of any shape.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.scene import Vec3

Points = NDArray[np.float64]
Faces = NDArray[np.int64]

BOX_CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
BOX_FACES = np.array(
    [
        [0, 1, 3],
        [0, 3, 2],
        [4, 6, 7],
        [4, 7, 5],
        [0, 4, 5],
        [0, 5, 1],
        [2, 3, 7],
        [2, 7, 6],
        [0, 2, 6],
        [0, 6, 4],
        [1, 5, 7],
        [1, 7, 3],
    ]
)
_CORNER_ANGLES = np.radians([22.5, 67.5, 112.5, 157.5, 202.5, 247.5, 292.5, 337.5])
_LEVEL_ANGLES = np.radians([-70.0, -22.5, 22.5, 70.0])


def lathe_faces(rings: int, segments: int) -> Faces:
    """Faces of `rings` rings of points between two end points, all closed."""
    i = np.arange(segments)
    j = (i + 1) % segments
    faces = [np.stack([np.zeros_like(i), 1 + j, 1 + i], axis=1)]

    for ring in range(rings - 1):
        a = 1 + ring * segments
        b = 1 + (ring + 1) * segments
        faces += [np.stack([a + i, a + j, b + j], axis=1), np.stack([a + i, b + j, b + i], axis=1)]

    last = 1 + (rings - 1) * segments
    faces.append(np.stack([last + i, last + j, np.full_like(i, 1 + rings * segments)], axis=1))
    return np.concatenate(faces)


def shape_rounded_block(size: Vec3, radius: float) -> tuple[Points, Faces]:
    """A block about the origin whose edges are rounded by `radius` meters."""
    half = np.array(size) / 2
    r = min(radius, float(half.min()) * 0.98)
    inner = half - r
    bulge = 1 / math.cos(math.radians(22.5))
    rings = [[0.0, 0.0, -half[2]]]

    for level in _LEVEL_ANGLES:
        across = min(math.cos(level) * bulge, 1.0) * r
        for angle in _CORNER_ANGLES:
            x = math.cos(angle) * bulge
            y = math.sin(angle) * bulge
            z = math.copysign(inner[2] + min(abs(math.sin(level)) * bulge, 1.0) * r, level)
            rings.append(
                [
                    math.copysign(inner[0], x) + max(min(x, 1.0), -1.0) * across,
                    math.copysign(inner[1], y) + max(min(y, 1.0), -1.0) * across,
                    z,
                ]
            )

    rings.append([0.0, 0.0, half[2]])
    return np.array(rings), lathe_faces(len(_LEVEL_ANGLES), len(_CORNER_ANGLES))


def shape_tube(path: Sequence[Vec3], radius: float, segments: int) -> tuple[Points, Faces]:
    """A round bar of `radius` meters along a path."""
    path_P_3 = np.array(path, dtype=float)
    steps = np.gradient(path_P_3, axis=0)
    steps /= np.linalg.norm(steps, axis=1, keepdims=True)
    side = np.cross(steps[0], np.eye(3)[int(np.argmin(np.abs(steps[0])))])
    rings = [path_P_3[0]]

    for point, along in zip(path_P_3, steps, strict=True):
        side = side - along * (side @ along)
        side /= np.linalg.norm(side)
        up = np.cross(along, side)
        angles = np.linspace(0, 2 * math.pi, segments, endpoint=False)
        rings += [point + radius * (math.cos(a) * side + math.sin(a) * up) for a in angles]

    rings.append(path_P_3[-1])
    return np.array(rings), lathe_faces(len(path_P_3), segments)


def shape_prism(
    outline: Sequence[tuple[float, float]], low: float, high: float
) -> tuple[Points, Faces]:
    """An upright prism over an outline (x, y), counter-clockwise and seen whole from its mean."""
    outline_P_2 = np.array(outline, dtype=float)
    count = len(outline_P_2)
    middle = outline_P_2.mean(axis=0)
    points = [[*middle, low], *([x, y, low] for x, y in outline_P_2)]
    points += [*([x, y, high] for x, y in outline_P_2), [*middle, high]]

    return np.array(points), lathe_faces(2, count)


def shape_ribbon(
    path: Sequence[tuple[float, float]], thick: float, low: float, high: float
) -> tuple[Points, Faces]:
    """An upright sheet `thick` meters thick along a path (x, y), as a curtain hangs."""
    path_P_2 = np.array(path, dtype=float)
    steps = np.gradient(path_P_2, axis=0)
    steps /= np.linalg.norm(steps, axis=1, keepdims=True)
    normals = np.stack([-steps[:, 1], steps[:, 0]], axis=1) * thick / 2
    right = path_P_2 - normals
    left = path_P_2 + normals
    count = len(path_P_2)

    points = np.concatenate(
        [
            np.column_stack([side, np.full(count, z)])
            for side, z in ((right, low), (left, low), (right, high), (left, high))
        ]
    )
    faces = []

    for k in range(count - 1):
        for a, b in ((0, 2), (2, 3), (3, 1), (1, 0)):
            p, q = a * count + k, b * count + k
            faces += [[p, p + 1, q + 1], [p, q + 1, q]]

    last = count - 1
    faces += [[0, 2 * count, 3 * count], [0, 3 * count, count]]
    faces += [
        [last, count + last, 3 * count + last],
        [last, 3 * count + last, 2 * count + last],
    ]
    return points, np.array(faces)


def shape_pillow(size: Vec3, steps: int = 8) -> tuple[Points, Faces]:
    """A stuffed square about the origin, upright with its front towards -y: two bulging sides."""
    t = np.linspace(-1, 1, steps + 1)
    u, v = (grid.ravel() for grid in np.meshgrid(t, t))
    bulge = ((1 - u**4) * (1 - v**4)) ** 0.6
    pinch_u = u * (1 - 0.1 * (1 - v**2) * np.abs(u))
    pinch_v = v * (1 - 0.1 * (1 - u**2) * np.abs(v))
    back = np.column_stack([pinch_u, bulge, pinch_v])
    front = back * [1, -1, 1]
    k = np.arange(steps)[:, None] * (steps + 1) + np.arange(steps)
    a, b, c, d = (corner.ravel() for corner in (k, k + 1, k + steps + 2, k + steps + 1))
    faces = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])])
    both = np.concatenate([faces, faces[:, ::-1] + len(front)])

    return np.concatenate([front, back]) * np.array(size) / 2, both


def turn_points(points_N_3: Points, yaw: float, tilt: float = 0.0, roll: float = 0.0) -> Points:
    """Points turned about the origin, in radians: `roll` about y, then `tilt`, then `yaw` about z.

    `tilt` leans the top towards +y.
    """
    c, s = math.cos(roll), math.sin(roll)
    about_y = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    c, s = math.cos(tilt), math.sin(tilt)
    about_x = np.array([[1, 0, 0], [0, c, s], [0, -s, c]])
    c, s = math.cos(yaw), math.sin(yaw)
    about_z = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])

    return points_N_3 @ (about_z @ about_x @ about_y).T
