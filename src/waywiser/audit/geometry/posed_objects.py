"""The objects of a stored scene at a moment of a clip, read from its plain numbers.

Rotations about the vertical are complex numbers here: x + iy times e^(i yaw).
"""

import cmath
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Protocol

import numpy as np

from waywiser.audit.geometry.pinhole import Array
from waywiser.audit.judgment import UnjudgedError
from waywiser.scenes.mesh import Mesh
from waywiser.scenes.scene import Clip, Motion, Scene

_GAIT_POSES = 24
"""Poses of a walker's step cycle."""
_MIN_OPACITY = 0.5
"""Minimum opacity of a surface that occludes."""


class MeshProvider(Protocol):
    """A source of furniture meshes."""

    def mesh(self, key: str) -> Mesh:
        """The mesh of a model. Raises AssetsError if there is none."""
        ...


@dataclass(frozen=True)
class PosedObject:
    """A piece of furniture in its box.

    Attributes:
        id: Its id in the scene.
        category: Its category.
        model: The key of its model.
        center: Center of the box in the world, in meters.
        size: Width, depth and height of the box, in meters.
        rotation: e^(i yaw).
        room: Index of its room, -1 if it is in none.
    """

    id: int
    category: str
    model: str
    center: tuple[float, float, float]
    size: tuple[float, float, float]
    rotation: complex
    room: int

    def to_world(self, local_N_3: Array) -> Array:
        """Points (N, 3) of the unit box, each coordinate in [-0.5, 0.5], as world points (N, 3)."""
        flat_N = (
            local_N_3[:, 0] * self.size[0] + 1j * local_N_3[:, 1] * self.size[1]
        ) * self.rotation
        up_N = local_N_3[:, 2] * self.size[2] + self.center[2]
        return np.stack([flat_N.real + self.center[0], flat_N.imag + self.center[1], up_N], axis=1)

    def to_local(self, world_N_3: Array) -> Array:
        """World points (N, 3) in the box's own frame, in meters from its center."""
        flat_N = (
            world_N_3[:, 0] - self.center[0] + 1j * (world_N_3[:, 1] - self.center[1])
        ) / self.rotation
        return np.stack([flat_N.real, flat_N.imag, world_N_3[:, 2] - self.center[2]], axis=1)

    @property
    def corners(self) -> Array:
        """(8, 3) corners of the box in the world, in meters."""
        return self.to_world(np.array(list(product((-0.5, 0.5), repeat=3))))


def posed_objects(
    scene: Scene, clip: Clip | None = None, time: float = 0.0
) -> dict[int, PosedObject]:
    """The objects of a scene by id, `time` seconds into a clip.

    Args:
        scene: The scene.
        clip: The clip, whose motions move some objects; None for the scene as it is.
        time: Seconds since the clip's start.

    Raises:
        UnjudgedError: A box is not finite or empty, an id is not unique, or a motion moves an
            object that the scene lacks.
    """
    objects: dict[int, PosedObject] = {}

    for item in scene.objects:
        numbers = (*item.box.center, *item.box.size, item.box.yaw)
        malformed = not all(map(math.isfinite, numbers)) or min(item.box.size) <= 0
        if malformed or item.id in objects or item.id < 1:
            raise UnjudgedError(
                f"object {item.id} has a box that is not finite, has no size, or an id used twice"
            )

        rotation = cmath.exp(1j * item.box.yaw)
        objects[item.id] = PosedObject(
            item.id, item.category, item.model, item.box.center, item.box.size, rotation, item.room
        )

    for motion in clip.motions if clip else ():
        if motion.object not in objects:
            raise UnjudgedError(f"a motion moves object {motion.object}, which is not in the scene")

        center, yaw = interpolate_motion(motion, time)
        still = objects[motion.object]
        objects[motion.object] = replace(
            still,
            center=center,
            rotation=cmath.exp(1j * yaw),
            model=still.model + _gait_suffix(motion, time),
        )

    return objects


def interpolate_motion(motion: Motion, time: float) -> tuple[tuple[float, float, float], float]:
    """Center and yaw, interpolated between the two keyframes around `time`.

    Before the first keyframe and after the last one, that keyframe holds.
    """
    keys = [(*center, yaw) for center, yaw in zip(motion.centers, motion.yaws, strict=True)]
    after = bisect_right(motion.times, time)
    if after == 0 or after == len(keys):
        x, y, z, yaw = keys[0] if after == 0 else keys[-1]
        return (x, y, z), yaw

    since = motion.times[after - 1]
    until = motion.times[after]
    share = (time - since) / (until - since)
    x, y, z, yaw = (
        a * (1 - share) + b * share for a, b in zip(keys[after - 1], keys[after], strict=True)
    )

    return (x, y, z), yaw


def _gait_suffix(motion: Motion, time: float) -> str:
    """What the key of a model in its pose ends with: "@" and the number of the pose if it walks.

    A step cycle has `_GAIT_POSES` poses; the nearest one is shown.
    """
    if not motion.stride:
        return ""

    walked = 0.0
    keys = list(zip(motion.times, motion.centers, strict=True))

    for (since, a), (until, b) in pairwise(keys):
        length = abs(complex(b[0] - a[0], b[1] - a[1]))
        if since <= time < until:
            if length < 1e-6:
                return ""

            cycles = (walked + length * (time - since) / (until - since)) / motion.stride
            return f"@{int(cycles * _GAIT_POSES + 0.500001) % _GAIT_POSES:02d}"

        walked += length

    return ""


class ModelMeshes:
    """Opaque triangles of furniture models in the unit box, cached for the audit of a dataset."""

    def __init__(self, models: MeshProvider) -> None:
        self._models = models
        self._triangles: dict[str, tuple[Array, np.ndarray]] = {}

    def triangles(self, model: str) -> tuple[Array, np.ndarray]:
        """Vertices (V, 3) and opaque faces (T, 3) of a model. Raises AssetsError if it is
        missing.
        """
        if model not in self._triangles:
            mesh = self._models.mesh(model)
            opaque_M = np.array([material.opacity >= _MIN_OPACITY for material in mesh.materials])
            faces = mesh.faces_F_3[opaque_M[mesh.face_material_F]]
            self._triangles[model] = (mesh.vertices_V_3.astype(np.float64), faces)

        return self._triangles[model]

    def reach(self, model: str) -> Array:
        """(8, 3) corners of the unit box and all that a model's pose holds out of it."""
        vertices, _ = self.triangles(model)
        low = vertices.min(axis=0, initial=-0.5)
        high = vertices.max(axis=0, initial=0.5)
        return np.array(list(product(*zip(low, high, strict=True))))


def points_in_outline(outline: Sequence[tuple[float, float]], points_N_2: Array) -> np.ndarray:
    """(N,) which points (N, 2) lie inside a simple polygon, by its winding number."""
    flat_N = points_N_2[:, 0] + 1j * points_N_2[:, 1]
    corners = [complex(*corner) for corner in outline]
    total_N = np.zeros(len(flat_N))

    for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            total_N += np.nan_to_num(np.angle((b - flat_N) / (a - flat_N)))

    return np.abs(total_N) > np.pi
