"""What a scene is: rooms, objects, lights and cameras, as plain data that can be stored and drawn again.

Units and frames: metres and radians; the world is right-handed with Z up and the floor at z = 0. Cameras are
OpenCV (x right, y down, z forward) and poses are camera-to-world, hence `world_from_camera`.
"""

import math

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Vec2 = tuple[float, float]
Vec3 = tuple[float, float, float]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Box(_Record):
    """An upright oriented box: `center` and `size` = (width, depth, height) in metres, turned by `yaw` about +Z.

    In the box's own frame width runs along x, depth along y (front is -y) and height along z.
    """

    center: Vec3
    size: Vec3
    yaw: float = 0.0

    @property
    def axes(self) -> NDArray[np.float64]:
        """(3, 3) rotation `world_from_box`; column i is the world direction of the box's axis i."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])

    @property
    def corners(self) -> NDArray[np.float64]:
        """(8, 3) world coordinates, in metres."""
        signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
        return np.asarray(self.center) + (signs * np.asarray(self.size) / 2) @ self.axes.T


class Object(_Record):
    """A piece of furniture: `model` is its key in the furniture library, `category` the plain word questions use.

    `id` is unique in the scene and >= 1 (0 is the room itself in id maps). `tint` multiplies the model's colours.
    `on` is the id of the object it stands on, None for the floor (or a wall, for things that hang).
    """

    id: int
    category: str
    model: str
    box: Box
    tint: Vec3 = (1.0, 1.0, 1.0)
    on: int | None = None


class Room(_Record):
    """A floor polygon (counter-clockwise, metres) walled to `height`. Colours are linear RGB albedos in [0, 1].

    `floor_pattern` is one of "plain", "planks", "tiles", "carpet"; `pattern_seed` varies its grain.
    """

    polygon: tuple[Vec2, ...]
    height: float
    wall_colour: Vec3
    floor_colour: Vec3
    ceiling_colour: Vec3 = (0.9, 0.9, 0.88)
    floor_pattern: str = "plain"
    pattern_seed: int = 0


class Light(_Record):
    """A point light inside the room; `intensity` is linear RGB, in units where 1 lights a white wall at 1 m fully."""

    position: Vec3
    intensity: Vec3


class Camera(_Record):
    """A pinhole camera. `world_from_camera` is a 4x4 row-major pose; fx, fy, cx, cy in pixels.

    The centre of pixel (column u, row v) is at (u + 0.5, v + 0.5).
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    world_from_camera: tuple[tuple[float, float, float, float], ...]

    @property
    def pose(self) -> NDArray[np.float64]:
        """(4, 4) camera-to-world matrix."""
        return np.asarray(self.world_from_camera, dtype=np.float64)

    @property
    def position(self) -> NDArray[np.float64]:
        """(3,) world position, in metres."""
        return self.pose[:3, 3]

    @classmethod
    def look_at(
        cls, position: Vec3, target: Vec3, *, width: int, height: int, horizontal_fov: float, roll: float = 0.0
    ) -> "Camera":
        """A camera at `position` looking at `target` (metres), `horizontal_fov` and `roll` in radians."""
        forward = np.asarray(target, dtype=float) - np.asarray(position, dtype=float)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        c, s = math.cos(roll), math.sin(roll)
        pose = np.eye(4)
        pose[:3, 0], pose[:3, 1] = c * right + s * down, c * down - s * right
        pose[:3, 2], pose[:3, 3] = forward, position
        focal = width / 2 / math.tan(horizontal_fov / 2)
        return cls(
            width=width, height=height, fx=focal, fy=focal, cx=width / 2, cy=height / 2,
            world_from_camera=tuple(tuple(float(v) for v in row) for row in pose),  # type: ignore[arg-type]
        )  # fmt: skip

    def to_camera(self, points_N_3: NDArray[np.float64]) -> NDArray[np.float64]:
        """World points (N, 3) in camera coordinates (N, 3), metres."""
        return (np.asarray(points_N_3) - self.position) @ self.pose[:3, :3]

    def project(self, points_N_3: NDArray[np.float64]) -> NDArray[np.float64]:
        """World points (N, 3) to pixel coordinates (N, 2). Points behind the camera give meaningless pixels."""
        p = self.to_camera(points_N_3)
        return np.stack([self.fx * p[:, 0] / p[:, 2] + self.cx, self.fy * p[:, 1] / p[:, 2] + self.cy], axis=1)


class Scene(_Record):
    """Everything needed to draw the frames again and to derive every answer again.

    `furniture` names the library the models came from; `split` is "train" or "heldout" and also says which half of
    the furniture models were used.
    """

    id: str
    seed: int
    split: str
    furniture: str
    rooms: tuple[Room, ...]
    objects: tuple[Object, ...]
    lights: tuple[Light, ...]
    ambient: float
    cameras: tuple[Camera, ...]
    version: str = ""

    def object(self, object_id: int) -> Object:
        """The object with this id; raises KeyError."""
        for candidate in self.objects:
            if candidate.id == object_id:
                return candidate
        raise KeyError(object_id)
