"""Small models and rooms whose pictures can be worked out by hand (a helper of these tests)."""

import math

import numpy as np

from waywiser.errors import AssetsError
from waywiser.scenes.mesh import Material, Mesh
from waywiser.scenes.scene import Box, Camera, Light, Object, Room, Scene

SQUARE = ((-2.0, -3.0), (2.0, -3.0), (2.0, 3.0), (-2.0, 3.0))
RED = Material((0.8, 0.1, 0.1))
GLASS = Material((0.1, 0.9, 0.1), opacity=0.25)


def box_mesh(material: Material = RED) -> Mesh:
    """The unit cube, outward faces."""
    v = np.array(
        [[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)], dtype=np.float32
    )
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    f = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], dtype=np.int32)
    uv = np.tile(
        np.array([[[0, 0], [1, 0], [1, 1]], [[0, 0], [1, 1], [0, 1]]], dtype=np.float32), (6, 1, 1)
    )
    return Mesh(v, f, np.zeros(12, np.int32), uv, (material,))


def sphere_mesh(rings: int = 48) -> Mesh:
    """A ball that touches the unit box's faces, from latitude and longitude."""
    theta = np.linspace(0, math.pi, rings + 1)
    phi = np.linspace(0, 2 * math.pi, 2 * rings + 1)
    t, p = np.meshgrid(theta, phi, indexing="ij")
    v = 0.5 * np.stack([np.sin(t) * np.cos(p), np.sin(t) * np.sin(p), np.cos(t)], -1).reshape(-1, 3)
    row = 2 * rings + 1
    i, j = (k.ravel() for k in np.meshgrid(np.arange(rings), np.arange(2 * rings), indexing="ij"))
    a = i * row + j
    b = i * row + j + 1
    c = (i + 1) * row + j
    d = (i + 1) * row + j + 1
    f = np.concatenate([np.stack([a, c, d], 1), np.stack([a, d, b], 1)]).astype(np.int32)
    uv = np.zeros((len(f), 3, 2), np.float32)
    return Mesh(
        v.astype(np.float32), f, np.zeros(len(f), np.int32), uv, (Material((0.3, 0.5, 0.8)),)
    )


def sheet_mesh(flipped: bool = False) -> Mesh:
    """One upright square in the plane y = 0; its front is -y, or +y when flipped."""
    v = np.array([[-0.5, 0, -0.5], [0.5, 0, -0.5], [0.5, 0, 0.5], [-0.5, 0, 0.5]], dtype=np.float32)
    f = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)
    uv = np.array([[[0, 0], [1, 0], [1, 1]], [[0, 0], [1, 1], [0, 1]]], dtype=np.float32)
    if flipped:
        f = f[:, ::-1].copy()
        uv = uv[:, ::-1].copy()
    return Mesh(v, f, np.zeros(2, np.int32), uv, (RED,))


class Models:
    """A `MeshSource` of these shapes and any given ones."""

    def __init__(self, **extra: Mesh) -> None:
        self._meshes = {
            "box": box_mesh(),
            "sphere": sphere_mesh(),
            "sheet": sheet_mesh(),
            "sheet flipped": sheet_mesh(flipped=True),
            "glass": box_mesh(GLASS),
            **extra,
        }

    def mesh(self, key: str) -> Mesh:
        if key not in self._meshes:
            raise AssetsError(f"no model {key!r}")
        return self._meshes[key]


def thing(object_id: int, model: str, center, size, yaw: float = 0.0) -> Object:
    return Object(
        id=object_id, category=model, model=model, box=Box(center=center, size=size, yaw=yaw)
    )


def room(**changes) -> Room:
    plain = {
        "polygon": SQUARE,
        "height": 2.5,
        "wall_colour": (0.7, 0.7, 0.7),
        "floor_colour": (0.5, 0.4, 0.3),
    }
    return Room(**{**plain, **changes})


def scene(
    *objects: Object, rooms: tuple[Room, ...] | None = None, lights=None, ambient: float = 0.3
) -> Scene:
    lamp = Light(position=(0.0, 0.0, 2.3), intensity=(2.0, 2.0, 2.0))
    return Scene(
        id="test",
        seed=0,
        split="train",
        furniture="test",
        rooms=(room(),) if rooms is None else rooms,
        objects=objects,
        lights=(lamp,) if lights is None else lights,
        ambient=ambient,
        cameras=(),
    )


def camera(
    position=(0.0, -2.5, 1.0), target=(0.0, 0.0, 1.0), width=160, height=120, fov=1.2, roll=0.0
) -> Camera:
    return Camera.look_at(
        position, target, width=width, height=height, horizontal_fov=fov, roll=roll
    )
