"""Small scenes of plain boxes, and clips of them, filmed with few pixels."""

import itertools
import math
from collections.abc import Sequence

import numpy as np

from waywiser.rendering.frame import RenderOptions
from waywiser.scenes.mesh import Material, Mesh
from waywiser.scenes.scene import Box, Camera, Clip, Door, Motion, Object, Room, Scene, Vec2, Vec3
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.views import render_clip

CORNERS = np.array(list(itertools.product((-0.5, 0.5), repeat=3)), np.float32)
FACES = np.array(
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
    ],
    np.int32,
)
WIDTH = 64
HEIGHT = 48
FOV = 80.0


class Boxes:
    """A furniture library whose only model is the unit box."""

    def mesh(self, key: str) -> Mesh:
        assert key == "box"
        grey = (Material((0.5, 0.5, 0.5)),)
        return Mesh(CORNERS, FACES, np.zeros(12, np.int32), np.zeros((12, 3, 2), np.float32), grey)


def thing(
    number: int,
    category: str,
    x: float,
    y: float,
    size: Vec3 = (0.5, 0.5, 0.6),
    yaw: float = 0.0,
    room: int = 0,
) -> Object:
    """A box that stands on the floor with its middle over (x, y)."""
    box = Box(center=(x, y, size[2] / 2), size=size, yaw=yaw)
    return Object(id=number, category=category, model="box", box=box, room=room)


def camera(x: float, y: float, degrees: float, height: float = 1.5, pitch: float = 10.0) -> Camera:
    """At (x, y), looking `degrees` from +x towards +y, and `pitch` degrees down."""
    yaw = math.radians(degrees)
    down = math.radians(pitch)
    ahead = (math.cos(yaw) * math.cos(down), math.sin(yaw) * math.cos(down), -math.sin(down))
    target = (x + ahead[0], y + ahead[1], height + ahead[2])
    return Camera.look_at(
        (x, y, height), target, width=WIDTH, height=HEIGHT, horizontal_fov=math.radians(FOV)
    )


def room(polygon: Sequence[Vec2] = ((-4, -4), (4, -4), (4, 4), (-4, 4))) -> Room:
    grey = (0.7, 0.7, 0.7)
    return Room(polygon=tuple(polygon), height=2.7, wall_colour=grey, floor_colour=grey)


def slide(
    number: int, *stops: tuple[float, float, float], z: float = 0.3, yaws: Sequence[float] = ()
) -> Motion:
    """A motion through (seconds, x, y) stops."""
    return Motion(
        object=number,
        times=tuple(t for t, _, _ in stops),
        centers=tuple((x, y, z) for _, x, y in stops),
        yaws=tuple(yaws) or (0.0,) * len(stops),
    )


def scene(
    things: Sequence[Object],
    cameras: Sequence[Camera],
    *,
    fps: float | None = 2.0,
    motions: Sequence[Motion] = (),
    rooms: Sequence[Room] | None = None,
    doors: Sequence[Door] = (),
) -> Scene:
    """A scene with one clip: a video at `fps`, or views where that is None."""
    times = tuple(i / fps if fps else 0.0 for i in range(len(cameras)))
    clip = Clip(
        kind="video" if fps else "views",
        cameras=tuple(cameras),
        times=times,
        fps=fps,
        motions=tuple(motions),
    )
    return Scene(
        id="boxes",
        seed=0,
        split="train",
        furniture="boxes",
        rooms=tuple([room()] if rooms is None else rooms),
        objects=tuple(things),
        lights=(),
        ambient=1.0,
        cameras=(),
        doors=tuple(doors),
        clips=(clip,),
    )


def filmed(*arguments: object, **options: object) -> ClipView:
    """`scene(...)`, filmed without colours."""
    return render_clip(Boxes(), scene(*arguments, **options), 0, RenderOptions(rgb=False))  # type: ignore[arg-type]


def moved(world: Scene, degrees: float, dx: float, dy: float) -> Scene:
    """The whole world turned about the vertical axis and then shifted in the plane."""
    yaw = math.radians(degrees)
    turn = np.array(
        [[math.cos(yaw), -math.sin(yaw), 0], [math.sin(yaw), math.cos(yaw), 0], [0, 0, 1]]
    )
    shift = np.array([dx, dy, 0.0])

    def place(point: Sequence[float]) -> tuple[float, ...]:
        full = np.array([*point, 0.0][:3]) if len(point) == 2 else np.asarray(point)
        return tuple((turn @ full + shift)[: len(point)].tolist())

    def posed(old: Camera) -> Camera:
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = turn @ old.pose[:3, :3], turn @ old.position + shift
        return old.model_copy(
            update={"world_from_camera": tuple(tuple(row) for row in pose.tolist())}
        )

    objects = tuple(
        o.model_copy(
            update={"box": Box(center=place(o.box.center), size=o.box.size, yaw=o.box.yaw + yaw)}
        )  # type: ignore[arg-type]
        for o in world.objects
    )
    rooms = tuple(
        r.model_copy(update={"polygon": tuple(place(p) for p in r.polygon)}) for r in world.rooms
    )
    doors = tuple(
        d.model_copy(update={"ends": tuple(place(p) for p in d.ends)}) for d in world.doors
    )
    clips = tuple(
        c.model_copy(
            update={
                "cameras": tuple(posed(k) for k in c.cameras),
                "motions": tuple(
                    m.model_copy(
                        update={
                            "centers": tuple(place(p) for p in m.centers),
                            "yaws": tuple(y + yaw for y in m.yaws),
                        }
                    )
                    for m in c.motions
                ),
            }
        )
        for c in world.clips
    )
    return world.model_copy(
        update={"objects": objects, "rooms": rooms, "doors": doors, "clips": clips}
    )
