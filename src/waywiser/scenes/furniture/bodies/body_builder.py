"""`BodyBuilder`: skins of rings around bones, in several colors, joined to one mesh.

Dimensions: R rings, S points around a ring, J joints, B bands between rings.
"""

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.furniture.mesh_shapes import lathe_faces
from waywiser.scenes.furniture.part_collector import PartCollector

Floats = NDArray[np.float64]
Colors = str | Sequence[str] | NDArray[np.object_]
"""One color, one for each band between rings, or one for each of its faces (B, S)."""

_JOINT_REACH = 0.22
"""Share of a bone, on either side of a joint, over which a limb bends."""


class BodyBuilder(PartCollector):
    """Collects the parts of a body, in meters: x to the side, the front towards -y, z up."""

    def rings(self, colors: Colors, rings_R_S_3: Floats) -> None:
        """Add a closed skin over rings, each counter-clockwise as seen from the last ring.

        Args:
            colors: sRGB hex colors.
            rings_R_S_3: Points of the rings, in meters.
        """
        count, segments, _ = rings_R_S_3.shape
        points = np.concatenate(
            [
                rings_R_S_3[0].mean(axis=0)[None],
                rings_R_S_3.reshape(-1, 3),
                rings_R_S_3[-1].mean(axis=0)[None],
            ]
        )
        faces = _faces(count, segments)
        bands_B_S = _spread_colors(colors, count - 1, segments)
        sides = np.repeat(bands_B_S, 2, axis=0).ravel()  # each band has two triangles a segment
        names = np.concatenate([bands_B_S[0], sides, bands_B_S[-1]])
        offset = 0

        for color in dict.fromkeys(names.tolist()):
            own_points = np.zeros((0, 3)) if offset else points
            self._add(color, own_points, faces[names == color] - offset)
            offset = len(points)  # the points are added with the first color only

    def limb(
        self,
        colors: Colors,
        joints_J_3: Floats,
        stations: Sequence[tuple[float, float, float]],
        segments: int = 12,
        side: tuple[float, float, float] = (1.0, 0.0, 0.0),
    ) -> None:
        """Add a tube that bends softly at its joints.

        Args:
            colors: sRGB hex colors, for the bands between stations if several.
            joints_J_3: Joints, in meters.
            stations: Place of each ring (2.5 is halfway from joint 2 to joint 3), and half of its
                width along `side` and across it, in meters.
            segments: Points around a ring.
            side: Direction of the rings' width, not along the limb.
        """
        angles = np.linspace(0, 2 * math.pi, segments, endpoint=False)
        joints = np.asarray(joints_J_3, dtype=float)
        followed = [_follow_joints(joints, place) for place, _, _ in stations]
        centers_R_3 = np.array([center for center, _ in followed])
        along_R_3 = np.array([along for _, along in followed])
        u_R_3 = np.asarray(side) - along_R_3 * (along_R_3 @ np.asarray(side))[:, None]
        u_R_3 /= np.linalg.norm(u_R_3, axis=1, keepdims=True)
        v_R_3 = np.cross(along_R_3, u_R_3)
        sizes_R_3 = np.array(stations)

        self.rings(
            colors,
            centers_R_3[:, None]
            + np.cos(angles)[:, None] * (u_R_3 * sizes_R_3[:, 1:2])[:, None]
            + np.sin(angles)[:, None] * (v_R_3 * sizes_R_3[:, 2:])[:, None],
        )

    def blob(
        self,
        color: str,
        center: Sequence[float] | Floats,
        radii: Sequence[float] | Floats,
        axes_3_3: Floats | None = None,
        segments: int = 10,
        levels: int = 6,
    ) -> None:
        """Add an ellipsoid; column i of `axes_3_3` is the direction of radius i, in meters."""
        axes = np.eye(3) if axes_3_3 is None else axes_3_3
        unit = _unit_sphere(segments, levels)
        self.rings(color, unit * np.asarray(radii) @ axes.T + np.asarray(center))

    def drop_to_floor(self) -> None:
        """Shift the body vertically so that its lowest point is at z = 0."""
        lowest = self.bounds()[0][2]
        self._points = [points - (0.0, 0.0, lowest) for points in self._points]


def level_rings(
    levels: Sequence[tuple[float, float, float, float]], segments: int = 20, roundness: float = 2.0
) -> Floats:
    """Level rings (R, S, 3) about the z axis.

    Args:
        levels: Height, half of the width, and how far the ring reaches to the front (-y) and to
            the back, in meters, from the lowest up.
        segments: Points around a ring.
        roundness: Exponent of the outline: 2 is an ellipse, more is squarer.

    Returns:
        Points of the rings, in meters.
    """
    angles = np.linspace(0, 2 * math.pi, segments, endpoint=False)
    c, s = (np.sign(f) * np.abs(f) ** (2 / roundness) for f in (np.cos(angles), np.sin(angles)))

    return np.array(
        [
            np.stack(
                [wide * c, (back - front) / 2 + (back + front) / 2 * s, np.full(segments, z)],
                axis=1,
            )
            for z, wide, front, back in levels
        ]
    )


@cache
def _faces(rings: int, segments: int) -> NDArray[np.int64]:
    return lathe_faces(rings, segments)


@cache
def _unit_sphere(segments: int, levels: int) -> Floats:
    """Rings (R, S, 3) of a sphere of radius 1."""
    heights = np.linspace(-math.pi / 2, math.pi / 2, levels + 1)[:, None]
    heights[[0, -1]] *= 0.96
    angles = np.linspace(0, 2 * math.pi, segments, endpoint=False)
    return np.stack(
        [
            np.cos(heights) * np.cos(angles),
            np.cos(heights) * np.sin(angles),
            np.broadcast_to(np.sin(heights), (levels + 1, segments)),
        ],
        axis=2,
    )


def _spread_colors(colors: Colors, bands: int, segments: int) -> NDArray[np.object_]:
    names = np.asarray(colors, dtype=object)
    if names.ndim == 1:
        names = names[:, None]
    return np.broadcast_to(names, (bands, segments))


def _follow_joints(joints_J_3: Floats, place: float) -> tuple[Floats, Floats]:
    """Point and unit direction (3,) of a limb at a place, rounded at its inner joints."""
    bone = min(int(place), len(joints_J_3) - 2)
    inner = round(place)
    shift = place - inner

    if not 0 < inner < len(joints_J_3) - 1 or abs(shift) >= _JOINT_REACH:
        step = joints_J_3[bone + 1] - joints_J_3[bone]
        return joints_J_3[bone] + step * (place - bone), step / np.linalg.norm(step)

    middle = joints_J_3[inner]
    start = middle + (joints_J_3[inner - 1] - middle) * _JOINT_REACH
    end = middle + (joints_J_3[inner + 1] - middle) * _JOINT_REACH
    t = (shift / _JOINT_REACH + 1) / 2
    point = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end
    along = (1 - t) * (middle - start) + t * (end - middle)

    return point, along / np.linalg.norm(along)
