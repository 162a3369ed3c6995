"""A scene as plain data: rooms, objects, lights and cameras, to be stored and rendered again.

Units and frames: meters and radians; the world is right-handed with Z up and the floor at z = 0.
Cameras are OpenCV (x right, y down, z forward) and poses are camera-to-world, hence
`world_from_camera`.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from waywiser.scenes.gait_phase import find_gait_phase, posed_model_key

Vec2 = tuple[float, float]
Vec3 = tuple[float, float, float]


class _FrozenModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Box(_FrozenModel):
    """An upright oriented box, turned by `yaw` about +Z.

    In the box's own frame width is along x, depth along y (the front is -y) and height along z.
    """

    center: Vec3
    """Center in the world, in meters."""
    size: Vec3
    """Width, depth and height in meters."""
    yaw: float = 0.0
    """Rotation about +Z, in radians."""

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
    """A piece of furniture, or something else that stands in a room."""

    id: int
    """Unique in the scene, 1 or more; 0 is the room itself in id maps."""
    category: str
    """The plain word that questions use."""
    model: str
    """Key of its model in the furniture library."""
    box: Box
    """Its place and size in the world."""
    tint: Vec3 = (1.0, 1.0, 1.0)
    """Multiplies the model's colors."""
    on: int | None = None
    """Id of the object it stands on; None for the floor, or a wall for objects that hang."""
    room: int = 0
    """Index of the room whose floor it is over."""


class Room(_FrozenModel):
    """A floor polygon with walls. Colors are linear RGB albedos in [0, 1]."""

    polygon: tuple[Vec2, ...]
    """Outline of the floor, counter-clockwise, in meters."""
    height: float
    """Height of the ceiling in meters."""
    wall_colour: Vec3
    """Albedo of the walls."""
    floor_colour: Vec3
    """Albedo of the floor, which the pattern varies."""
    ceiling_colour: Vec3 = (0.9, 0.9, 0.88)
    """Albedo of the ceiling."""
    floor_pattern: str = "plain"
    """"plain", "planks", "tiles" or "carpet"."""
    pattern_seed: int = 0
    """Seed of the pattern's grain."""
    use: str = ""
    """What the room is for ("kitchen"); empty where it is not known."""


class Door(_FrozenModel):
    """An opening without a leaf in the wall between two rooms; both rooms have a hole there."""

    rooms: tuple[int, int]
    """Indices of the two rooms in `Scene.rooms`."""
    ends: tuple[Vec2, Vec2]
    """The two floor points of the opening, on the middle line of the wall, in meters."""
    height: float = 2.05
    """Top of the opening in meters."""


class Light(_FrozenModel):
    """A light inside a room: a point, or a rectangle that shines to one side."""

    position: Vec3
    """Place in the world, in meters; the middle of a rectangle."""
    intensity: Vec3
    """Linear RGB; 1 fully lights a white wall at 1 m, straight ahead of a rectangle."""
    size: Vec2 = (0.0, 0.0)
    """Width and height of the rectangle in meters; (0, 0) for a point."""
    normal: Vec3 = (0.0, 0.0, -1.0)
    """Unit vector to which the rectangle shines. The height of one that does not shine straight
    up or down is vertical; the width of one that does is along x.
    """
    source: Literal["lamp", "window"] = "lamp"
    """Whether it is a lamp's light or daylight."""


class Camera(_FrozenModel):
    """A pinhole camera.

    The center of pixel (column u, row v) is at (u + 0.5, v + 0.5).

    Example:
        camera = Camera.look_at((0, 0, 1.6), (2, 0, 1), width=640, height=480, horizontal_fov=1.2)
        pixels_N_2 = camera.project(np.array([[2.0, 0.0, 1.0]]))  # (320, 240)
    """

    width: int
    """Width of the picture in pixels."""
    height: int
    """Height of the picture in pixels."""
    fx: float
    """Horizontal focal length in pixels."""
    fy: float
    """Vertical focal length in pixels."""
    cx: float
    """Column of the principal point."""
    cy: float
    """Row of the principal point."""
    world_from_camera: tuple[tuple[float, float, float, float], ...]
    """4 x 4 camera-to-world pose, row by row."""

    @property
    def pose(self) -> NDArray[np.float64]:
        """(4, 4) camera-to-world matrix."""
        return np.asarray(self.world_from_camera, dtype=np.float64)

    @property
    def position(self) -> NDArray[np.float64]:
        """(3,) world position, in meters."""
        return self.pose[:3, 3]

    @property
    def horizontal_fov_deg(self) -> float:
        """Horizontal field of view in degrees."""
        return math.degrees(2 * math.atan(self.width / 2 / self.fx))

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
        """A camera that looks at a point.

        Args:
            position: Place of the camera, in meters.
            target: The point in the middle of the picture, not straight above or below the camera.
            width: Width of the picture in pixels.
            height: Height of the picture in pixels.
            horizontal_fov: Horizontal field of view in radians.
            roll: Rotation about the optical axis, in radians.

        Returns:
            The camera, with square pixels and its principal point in the middle.
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
        """World points (N, 3) to pixels (N, 2); meaningless for points behind the camera."""
        p = self.to_camera(points_N_3)
        return np.stack(
            [self.fx * p[:, 0] / p[:, 2] + self.cx, self.fy * p[:, 1] / p[:, 2] + self.cy], axis=1
        )


class Motion(_FrozenModel):
    """How an object's box moves during a clip.

    Poses are linear between key frames, and held before the first and after the last. `times`,
    `centers` and `yaws` have the same length.
    """

    object: int
    """Id of the object."""
    times: tuple[float, ...]
    """Seconds of the key frames, ascending."""
    centers: tuple[Vec3, ...]
    """Centers of the object's box, in meters."""
    yaws: tuple[float, ...]
    """Radians, unwrapped: a turn between two key frames is their plain difference."""
    stride: float | None = None
    """Meters of one full step cycle of what walks, or of one turn of a ball that rolls; None for
    what keeps its shape.
    """

    def at(self, time: float) -> tuple[Vec3, float]:
        """Box center (meters) and yaw (radians) at `time` seconds."""
        center = [
            float(np.interp(time, self.times, axis)) for axis in zip(*self.centers, strict=True)
        ]
        return (center[0], center[1], center[2]), float(np.interp(time, self.times, self.yaws))

    def gait_phase_at(self, time: float) -> int | None:
        """Number of the pose at `time` seconds, None while the object has that of its rest."""
        return find_gait_phase(self.times, self.centers, self.stride, time)


class Clip(_FrozenModel):
    """Several pictures of the scene that belong together."""

    kind: Literal["views", "video"]
    """"views" from a few places, or a "video"."""
    cameras: tuple[Camera, ...]
    """The camera of each frame."""
    times: tuple[float, ...]
    """Seconds of each frame from the start, all 0 for views."""
    fps: float | None = None
    """Frames per second of a video."""
    motions: tuple[Motion, ...] = ()
    """Movements while the clip runs; other objects stay in the scene's own boxes."""


class Scene(_FrozenModel):
    """Everything needed to render the frames again and to derive every answer again.

    Example:
        scene = build_room_scene(0, seed=1, split="train", library=open_library("parametric"))
        box = scene.object(1).box
    """

    id: str
    """Unique in a dataset."""
    seed: int
    """Seed it was built from."""
    split: str
    """"train" or "heldout", which is also the half of the furniture models that it uses."""
    furniture: str
    """Name of the library its models come from."""
    rooms: tuple[Room, ...]
    """The rooms; those of homes in the order of a walk."""
    objects: tuple[Object, ...]
    """The objects."""
    lights: tuple[Light, ...]
    """The lights."""
    ambient: float
    """Ambient irradiance, in the units of `Light.intensity`."""
    cameras: tuple[Camera, ...]
    """Cameras of single pictures."""
    version: str = ""
    """Version of the generator."""
    doors: tuple[Door, ...] = ()
    """Openings between rooms."""
    clips: tuple[Clip, ...] = ()
    """Groups of pictures that belong together."""

    def at(self, clip_index: int, frame_index: int) -> "Scene":
        """The scene in one frame of a clip: objects moved, that frame's camera as the only one.

        The model of an object that walks is that of its pose (see `posed_model_key`); its box stays
        that of the object at rest, which feet and hands may leave.
        """
        clip = self.clips[clip_index]
        time = clip.times[frame_index]
        motions = {motion.object: motion for motion in clip.motions}
        objects = tuple(
            _with_pose(obj, motions[obj.id], time) if obj.id in motions else obj
            for obj in self.objects
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


def _with_pose(obj: Object, motion: Motion, time: float) -> Object:
    center, yaw = motion.at(time)
    phase = motion.gait_phase_at(time)
    model = obj.model if phase is None else posed_model_key(obj.model, phase)
    return obj.model_copy(
        update={"box": Box(center=center, size=obj.box.size, yaw=yaw), "model": model}
    )
