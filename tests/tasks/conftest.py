"""Views made by hand: flat patches at known depths, painted from far to near."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from waywiser.rendering.frame import Frame
from waywiser.rendering.visibility import Visibility, ray_lengths, robust_min
from waywiser.scenes.scene import Box, Camera, Object, Scene
from waywiser.tasks.base import View


@dataclass(frozen=True)
class Patch:
    """An upright rectangle of pixels (u0, v0, u1, v1), end exclusive, at one depth in metres."""

    category: str
    rect: tuple[int, int, int, int]
    depth: float = 3.0
    size: tuple[float, float, float] = (0.5, 0.5, 0.5)


def make_scene(objects: list[Object], camera: Camera) -> Scene:
    return Scene(
        id="scene",
        seed=0,
        split="train",
        furniture="none",
        rooms=(),
        objects=tuple(objects),
        lights=(),
        ambient=1.0,
        cameras=(camera,),
    )


def view_of(scene: Scene, frame: Frame, whole: dict[int, int], cut: set[int]) -> View:
    """A view of a frame; `whole` has objects' unhidden pixels, `cut` those that go beyond the edge."""
    distance_H_W = frame.depth * ray_lengths(scene.cameras[0])
    visible: dict[int, Visibility] = {}
    for key in sorted(set(frame.ids[frame.ids > 0].tolist())):
        v, u = np.nonzero(frame.ids == key)
        visible[key] = Visibility(
            pixels=len(u),
            bbox=(int(u.min()), int(v.min()), int(u.max()) + 1, int(v.max()) + 1),
            fraction=len(u) / whole[key],
            truncated=key in cut,
            nearest_depth=robust_min(frame.depth[v, u]),
            nearest_distance=robust_min(distance_H_W[v, u]),
            centroid=(float(u.mean()) + 0.5, float(v.mean()) + 0.5),
        )
    return View(scene, 0, frame, visible)


def paint_patches(patches: list[Patch], width: int = 200, height: int = 100) -> View:
    objects = [
        Object(
            id=i + 1, category=p.category, model="m", box=Box(center=(0, p.depth, 0.5), size=p.size)
        )
        for i, p in enumerate(patches)
    ]
    depth_H_W = np.full((height, width), 9.0, np.float32)
    ids_H_W = np.zeros((height, width), np.int32)
    whole = {}
    cut = set()
    for i in sorted(range(len(patches)), key=lambda i: -patches[i].depth):
        u0, v0, u1, v1 = patches[i].rect
        whole[i + 1] = (u1 - u0) * (v1 - v0)
        if u0 < 0 or v0 < 0 or u1 > width or v1 > height:
            cut.add(i + 1)
        inside = np.s_[max(0, v0) : max(0, v1), max(0, u0) : max(0, u1)]
        depth_H_W[inside] = patches[i].depth
        ids_H_W[inside] = i + 1
    camera = Camera.look_at(
        (0, 0, 1.5),
        (0, 1, 1.5),
        width=width,
        height=height,
        horizontal_fov=2 * math.atan(width / 300),
    )
    frame = Frame(np.zeros((height, width, 3), np.uint8), depth_H_W, ids_H_W)
    return view_of(make_scene(objects, camera), frame, whole, cut)


@pytest.fixture
def paint() -> Callable[..., View]:
    return paint_patches


@pytest.fixture
def patch() -> type[Patch]:
    return Patch


@pytest.fixture
def sensor_view() -> Callable[[Frame, Camera, Sequence[str]], View]:
    """`(frame, camera, names) -> View` of a measured frame whose ids 1, 2, ... have these names."""

    def build(frame: Frame, camera: Camera, names: Sequence[str]) -> View:
        box = Box(center=(0, 0, 0), size=(1, 1, 1))  # sizes are unknown
        objects = [
            Object(id=i, category=name, model="", box=box) for i, name in enumerate(names, start=1)
        ]
        whole = {thing.id: int((frame.ids == thing.id).sum()) for thing in objects}
        return view_of(make_scene(objects, camera), frame, whole, set())

    return build
