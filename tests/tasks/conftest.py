"""Views made by hand: flat patches at known depths, painted from far to near."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from waywiser.rendering.frame import Frame
from waywiser.rendering.visibility import Visibility, nearest, ray_lengths
from waywiser.scenes.scene import Box, Camera, Object, Room, Scene
from waywiser.tasks._base import View


@dataclass(frozen=True)
class Patch:
    """An upright rectangle of pixels (u0, v0, u1, v1), end exclusive, at one depth in metres."""

    category: str
    rect: tuple[int, int, int, int]
    depth: float = 3.0
    size: tuple[float, float, float] = (0.5, 0.5, 0.5)


def make_scene(objects: list[Object], width: int, height: int, focal: float) -> Scene:
    room = Room(
        polygon=((-9, -9), (9, -9), (9, 9), (-9, 9)),
        height=3.0,
        wall_colour=(1, 1, 1),
        floor_colour=(1, 1, 1),
    )
    camera = Camera.look_at((0, 0, 1.5), (0, 1, 1.5), width=width, height=height,
                            horizontal_fov=2 * float(np.arctan(width / 2 / focal)))  # fmt: skip
    return Scene(id="scene", seed=0, split="train", furniture="none", rooms=(room,), objects=tuple(objects),
                 lights=(), ambient=1.0, cameras=(camera,))  # fmt: skip


def view_of(
    scene: Scene,
    depth_H_W: NDArray[np.float32],
    ids_H_W: NDArray[np.int32],
    whole: dict[int, int],
    cut: set[int],
) -> View:
    """A view of depth and ids; `whole` has objects' unhidden pixels, `cut` those that go beyond the edge."""
    camera = scene.cameras[0]
    lengths = ray_lengths(camera)
    visible: dict[int, Visibility] = {}
    for key in sorted(set(ids_H_W[ids_H_W > 0].tolist())):
        v, u = np.nonzero(ids_H_W == key)
        visible[key] = Visibility(
            pixels=len(u),
            bbox=(int(u.min()), int(v.min()), int(u.max()) + 1, int(v.max()) + 1),
            fraction=len(u) / whole[key],
            truncated=key in cut,
            nearest_depth=nearest(depth_H_W[v, u]),
            nearest_distance=nearest((depth_H_W * lengths)[v, u]),
            centroid=(float(u.mean()) + 0.5, float(v.mean()) + 0.5),
        )
    frame = Frame(np.zeros((*depth_H_W.shape, 3), np.uint8), depth_H_W, ids_H_W)
    return View(scene, 0, frame, visible)


def paint_patches(patches: list[Patch], width: int = 200, height: int = 100) -> View:
    objects = [
        Object(id=i + 1, category=p.category, model="m", box=Box(center=(0, p.depth, 0.5), size=p.size))
        for i, p in enumerate(patches)
    ]
    depth_H_W = np.full((height, width), 9.0, np.float32)
    ids_H_W = np.zeros((height, width), np.int32)
    whole, cut = {}, set()
    for i in sorted(range(len(patches)), key=lambda i: -patches[i].depth):
        u0, v0, u1, v1 = patches[i].rect
        whole[i + 1] = (u1 - u0) * (v1 - v0)
        if u0 < 0 or v0 < 0 or u1 > width or v1 > height:
            cut.add(i + 1)
        inside = np.s_[max(0, v0) : max(0, v1), max(0, u0) : max(0, u1)]
        depth_H_W[inside] = patches[i].depth
        ids_H_W[inside] = i + 1
    return view_of(make_scene(objects, width, height, 150.0), depth_H_W, ids_H_W, whole, cut)


@pytest.fixture
def paint() -> Callable[..., View]:
    return paint_patches


@pytest.fixture
def patch() -> type[Patch]:
    return Patch


@pytest.fixture
def sensor_view() -> Callable[..., View]:
    """`(depth, boxes, focal) -> View`: the same, from a real depth map and named rectangles."""

    def build(
        depth_H_W: NDArray[np.float32], named: dict[str, tuple[int, int, int, int]], focal: float
    ) -> View:
        height, width = depth_H_W.shape
        ids_H_W = np.zeros((height, width), np.int32)
        objects, whole = [], {}
        for number, (category, (u0, v0, u1, v1)) in enumerate(named.items(), start=1):
            objects.append(
                Object(id=number, category=category, model="m", box=Box(center=(0, 0, 0), size=(1, 1, 1)))
            )
            ids_H_W[v0:v1, u0:u1] = number
            whole[number] = (u1 - u0) * (v1 - v0)
        return view_of(make_scene(objects, width, height, focal), depth_H_W, ids_H_W, whole, set())

    return build
