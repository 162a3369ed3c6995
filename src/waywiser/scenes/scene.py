"""What a scene is: rooms, objects, lights and cameras, as plain data that can be stored and drawn
again.

Units and frames: meters and radians; the world is right-handed with Z up and the floor at z = 0.
Cameras are OpenCV (x right, y down, z forward) and poses are camera-to-world, hence
`world_from_camera`.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Vec2 = tuple[float, float]
Vec3 = tuple[float, float, float]


class _FrozenModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Box(_FrozenModel):
    """An upright oriented box: `center` and `size` = (width, depth, height) in meters, turned by
    `yaw` about +Z.

    In the box's own frame width runs along x, depth along y (front is -y) and height along z.
    """

    center: Vec3
    size: Vec3
    yaw: float = 0.0

    @property
    def axes(self) -> NDArray[np.float64]:
        """(3, 3) rotation `world_from_box`; column i is the world direction of the box's axis i."""
        c = math.cos(self.yaw)
        s = math.sin(self.yaw)
        return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])

    @property
    def corners(self) -> NDArray[np.float64]:
        """(8, 3) world coordinates, in meters."""
        signs = np.array(
            [[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float
        )
        return np.asarray(self.center) + (signs * np.asarray(self.size) / 2) @ self.axes.T


class Object(_FrozenModel):
    """A piece of furniture: `model` is its key in the furniture library, `category` the plain word
    questions use.

    `id` is unique in the scene and >= 1 (0 is the room itself in id maps). `tint` multiplies the
    model's colors. `on` is the id of the object it stands on, None for the floor (or a wall, for
    things that hang). `room` is the index of the room whose floor it stands over.
    """

    id: int
    category: str
    model: str
    box: Box
    tint: Vec3 = (1.0, 1.0, 1.0)
    on: int | None = None
    room: int = 0


class Room(_FrozenModel):
    """A floor polygon (counter-clockwise, meters) walled to `height`. Colors are linear RGB
    albedos in [0, 1].

    `floor_pattern` is one of "plain", "planks", "tiles", "carpet"; `pattern_seed` varies its grain.
    """

    polygon: tuple[Vec2, ...]
    height: float
    wall_colour: Vec3
    floor_colour: Vec3
    ceiling_colour: Vec3 = (0.9, 0.9, 0.88)
    floor_pattern: str = "plain"
    pattern_seed: int = 0


class Door(_FrozenModel):
    """An opening without a leaf in the wall between two rooms, which one walks and sees through.

    `rooms` are indices into `Scene.rooms`; `ends` the two floor points of the opening, on the
    middle line of the wall; `height` its top in meters. Both rooms have a hole in their wall there.
    """

    rooms: tuple[int, int]
    ends: tuple[Vec2, Vec2]
    height: float = 2.05


class Light(_FrozenModel):
    """A point light inside the room; `intensity` is linear RGB, in units where 1 lights a white
    wall at 1 m fully.
    """

    position: Vec3
    intensity: Vec3


class Camera(_FrozenModel):
    """A pinhole camera. `world_from_camera` is a 4x4 row-major pose; fx, fy, cx, cy in pixels.

    The center of pixel (column u, row v) is at (u + 0.5, v + 0.5).
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
        """(3,) world position, in meters."""
        return self.pose[:3, 3]

    @classmethod
    def look_at(
        cls,
        position: Vec3,
        target: Vec3,
        *,
        width: int,
        height: int,
        horizontal_fov: float,
        roll: float = 0.0,
    ) -> "Camera":
        """A camera at `position` looking at `target` (meters), `horizontal_fov` and `roll` in
        radians.
        """
        forward = np.asarray(target, dtype=float) - np.asarray(position, dtype=float)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        c = math.cos(roll)
        s = math.sin(roll)
        pose = np.eye(4)
        pose[:3, 0], pose[:3, 1] = c * right + s * down, c * down - s * right
        pose[:3, 2], pose[:3, 3] = forward, position
        focal = width / 2 / math.tan(horizontal_fov / 2)
        rows = tuple(tuple(float(v) for v in row) for row in pose)

        return cls(
            width=width,
            height=height,
            fx=focal,
            fy=focal,
            cx=width / 2,
            cy=height / 2,
            world_from_camera=rows,  # type: ignore[arg-type]
        )

    def to_camera(self, points_N_3: NDArray[np.float64]) -> NDArray[np.float64]:
        """World points (N, 3) in camera coordinates (N, 3), meters."""
        return (np.asarray(points_N_3) - self.position) @ self.pose[:3, :3]

    def project(self, points_N_3: NDArray[np.float64]) -> NDArray[np.float64]:
        """World points (N, 3) to pixel coordinates (N, 2). Points behind the camera give
        meaningless pixels.
        """
        p = self.to_camera(points_N_3)
        return np.stack(
            [self.fx * p[:, 0] / p[:, 2] + self.cx, self.fy * p[:, 1] / p[:, 2] + self.cy], axis=1
        )


class Motion(_FrozenModel):
    """How an object's box moves during a clip: key frames, linear between them and held before and
    after.

    `times` ascend, in seconds; `centers` are box centers in meters, `yaws` in radians (unwrapped,
    so that the turn between two keys is the plain difference). All three have the same length.
    """

    object: int
    times: tuple[float, ...]
    centers: tuple[Vec3, ...]
    yaws: tuple[float, ...]

    def at(self, time: float) -> tuple[Vec3, float]:
        """Box center (meters) and yaw (radians) at `time` seconds."""
        center = [
            float(np.interp(time, self.times, axis)) for axis in zip(*self.centers, strict=True)
        ]
        return (center[0], center[1], center[2]), float(np.interp(time, self.times, self.yaws))


class Clip(_FrozenModel):
    """Several pictures of the scene that belong together: "views" from a few places, or a "video"
    at `fps`.

    `cameras` and `times` (seconds from the start, all 0 for views) have one entry a frame.
    `motions` move objects while the clip runs; the scene's own boxes say where they stand
    otherwise.
    """

    kind: Literal["views", "video"]
    cameras: tuple[Camera, ...]
    times: tuple[float, ...]
    fps: float | None = None
    motions: tuple[Motion, ...] = ()


class Scene(_FrozenModel):
    """Everything needed to draw the frames again and to derive every answer again.

    `cameras` take single pictures and `clips` several that belong together. `furniture` names the
    library the models came from; `split` is "train" or "heldout" and also says which half of the
    furniture models were used.
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
    doors: tuple[Door, ...] = ()
    clips: tuple[Clip, ...] = ()

    def at(self, clip_index: int, frame_index: int) -> "Scene":
        """The scene as it stands in one frame of a clip: objects moved, and that frame's camera as
        the only one.
        """
        clip = self.clips[clip_index]
        moves = {motion.object: motion.at(clip.times[frame_index]) for motion in clip.motions}
        objects = tuple(
            _with_pose(obj, *moves[obj.id]) if obj.id in moves else obj for obj in self.objects
        )

        return self.model_copy(
            update={"objects": objects, "cameras": (clip.cameras[frame_index],), "clips": ()}
        )

    def object(self, object_id: int) -> Object:
        """The object with this id; raises KeyError."""
        for candidate in self.objects:
            if candidate.id == object_id:
                return candidate
        raise KeyError(object_id)


def _with_pose(obj: Object, center: Vec3, yaw: float) -> Object:
    return obj.model_copy(update={"box": Box(center=center, size=obj.box.size, yaw=yaw)})
