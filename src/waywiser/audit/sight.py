"""What one picture shows, by the audit's own rasteriser: pixels, bounds, nearness and hiddenness of each thing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from waywiser.audit.pinhole import Array, Pinhole, pinhole
from waywiser.audit.shell import draw_shell
from waywiser.audit.stage import Shapes, Thing, things
from waywiser.audit.verdicts import UnjudgedError
from waywiser.audit.zbuffer import Buffer, draw_triangles
from waywiser.scenes.scene import Camera, Clip, Scene

LEFT_OUT = 0.005
"""Share of a thing's nearest pixels that do not count for its nearest point."""


@dataclass(frozen=True)
class Shown:
    """How one thing shows: `share` of the picture in [0, 1], `bounds` are left, top, right, bottom in pixels.

    `middle` is the mean (u, v) of its pixels' centres; `depth` and `distance` (metres, along the axis and straight)
    are its nearest after leaving out the nearest of its pixels, 0.5 % of them or what the sight says.
    """

    pixels: int
    share: float
    bounds: tuple[int, int, int, int]
    middle: tuple[float, float]
    depth: float
    distance: float


class Sight:
    """One picture of a scene drawn again, measured when asked."""

    left_out = LEFT_OUT

    def __init__(self, scene: Scene, camera: Camera, stage: Mapping[int, Thing], shapes: Shapes) -> None:
        self.camera: Pinhole = pinhole(camera)
        self.stage = stage
        self._scene = scene
        self._shapes = shapes
        self._shown: dict[int, Shown | None] = {}
        self._fractions: dict[int, float] = {}

    @cached_property
    def buffer(self) -> Buffer:
        """Depth and ids of the whole picture."""
        buffer = Buffer.empty(self.camera.width, self.camera.height)
        draw_shell(buffer, self.camera, self._scene)
        for thing in self.stage.values():
            if not self._beside(thing):
                draw_triangles(buffer, self._corners(thing), thing.id)
        return buffer

    def shown(self, thing_id: int) -> Shown | None:
        """How a thing shows, None where it has no pixel."""
        if thing_id not in self._shown:
            self._shown[thing_id] = self._measure(thing_id)
        return self._shown[thing_id]

    def share(self, thing_id: int) -> float:
        """Share of the picture that a thing covers, in [0, 1]."""
        shown = self.shown(thing_id)
        return shown.share if shown else 0.0

    def fraction(self, thing_id: int) -> float:
        """Visible pixels over those that the thing alone would cover, up to one picture's size beyond the edges."""
        if thing_id not in self._fractions:
            self._fractions[thing_id] = self._unhidden(thing_id)
        return self._fractions[thing_id]

    def cut(self, thing_id: int) -> bool:
        """Whether some of the thing's vertices lie outside the picture or behind the camera."""
        seen = self.camera.see(self._vertices(self.stage[thing_id]))
        z = seen[:, 2]
        if z.min() <= 0.05:
            return True
        pixels = seen[:, :2] / z[:, None]
        return bool((pixels < -0.5).any() or (pixels > (self.camera.width + 0.5, self.camera.height + 0.5)).any())

    def point(self, u: float, v: float) -> Array:
        """(3,) the world point seen at a place of the picture. Raises UnjudgedError where nothing is."""
        row, column = int(v), int(u)
        if not (0 <= row < self.camera.height and 0 <= column < self.camera.width):
            raise UnjudgedError(f"({u:.1f}, {v:.1f}) lies outside the picture")
        depth = self.buffer.depth[row, column]
        if not np.isfinite(depth):
            raise UnjudgedError(f"nothing is seen at ({u:.1f}, {v:.1f})")
        return self.camera.lift(np.array([u]), np.array([v]), np.array([depth]))[0]

    def _beside(self, thing: Thing) -> bool:
        """Whether the thing's box lies wholly on the outer side of one of the five planes that bound the view."""
        uz, vz, z = self.camera.see(thing.corners).T
        width, height = self.camera.width, self.camera.height
        return any((side < 0).all() for side in (z, uz, vz, width * z - uz, height * z - vz))

    def _vertices(self, thing: Thing) -> Array:
        vertices, faces = self._shapes.triangles(thing.model)
        return thing.place(vertices[np.unique(faces)])

    def _corners(self, thing: Thing) -> Array:
        vertices, faces = self._shapes.triangles(thing.model)
        return self.camera.see(thing.place(vertices))[faces]

    def _measure(self, thing_id: int) -> Shown | None:
        rows, columns = np.nonzero(self.buffer.ids == thing_id)
        if not len(rows):
            return None
        depth, points = self._measured(thing_id)
        straight = np.linalg.norm(points - self.camera.place, axis=1)
        skip = int(self.left_out * len(depth))
        return Shown(
            pixels=len(rows),
            share=len(rows) / self.buffer.ids.size,
            bounds=(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1),
            middle=(float(columns.mean()) + 0.5, float(rows.mean()) + 0.5),
            depth=float(np.sort(depth)[skip]) if len(depth) else math.nan,
            distance=float(np.sort(straight)[skip]) if len(depth) else math.nan,
        )

    def _measured(self, thing_id: int) -> tuple[Array, Array]:
        """What nearness is measured on: depths (N,) and world points (N, 3)."""
        return self._surface(thing_id)

    def _surface(self, thing_id: int) -> tuple[Array, Array]:
        """Depths (N,) and world points (N, 3) of the thing's pixels that have a depth."""
        rows, columns = np.nonzero((self.buffer.ids == thing_id) & np.isfinite(self.buffer.depth))
        depth = self.buffer.depth[rows, columns]
        return depth, self.camera.lift(columns + 0.5, rows + 0.5, depth)

    def _unhidden(self, thing_id: int) -> float:
        shown = self.shown(thing_id)
        if shown is None:
            return 0.0
        width, height = self.camera.width, self.camera.height
        corners = self._corners(self.stage[thing_id])
        seen = corners.reshape(-1, 3)
        low, high = np.array([-width, -height]), np.array([2 * width, 2 * height])
        if seen[:, 2].min() > 0.05:
            pixels = seen[:, :2] / seen[:, 2:]
            low = np.maximum(low, np.floor(pixels.min(axis=0))).astype(int)
            high = np.minimum(high, np.ceil(pixels.max(axis=0)) + 1).astype(int)
        window = Buffer.empty(*(high - low).tolist(), *low.tolist())
        draw_triangles(window, corners, thing_id)
        return shown.pixels / max(1, int((window.ids >= 0).sum()))


class World:
    """A scene with its pictures drawn again, each once even where clips share it. `shapes` is shared by scenes."""

    def __init__(self, scene: Scene, shapes: Shapes) -> None:
        self.scene = scene
        self.shapes = shapes
        self._still: dict[Camera, Sight] = {}
        self._moved: dict[tuple[int, int], Sight] = {}
        self._walls: dict[Camera, Sight] = {}

    def image(self, camera: int) -> Sight:
        """The picture of one of the scene's cameras. Raises UnjudgedError where there is none."""
        if not 0 <= camera < len(self.scene.cameras):
            raise UnjudgedError(f"the scene has no camera {camera}")
        return self._unmoved(self.scene.cameras[camera])

    def clip(self, index: int) -> Clip:
        """One of the scene's clips. Raises UnjudgedError where there is none."""
        if not 0 <= index < len(self.scene.clips):
            raise UnjudgedError(f"the scene has no clip {index}")
        return self.scene.clips[index]

    def frame(self, clip_index: int, frame: int) -> Sight:
        """One frame of a clip, things standing where they are then. Raises UnjudgedError where there is none."""
        clip = self.clip(clip_index)
        if not 0 <= frame < len(clip.cameras):
            raise UnjudgedError(f"clip {clip_index} has no frame {frame}")
        if not clip.motions:
            return self._unmoved(clip.cameras[frame])
        if (clip_index, frame) not in self._moved:
            stage = things(self.scene, clip, clip.times[frame])
            self._moved[clip_index, frame] = Sight(self.scene, clip.cameras[frame], stage, self.shapes)
        return self._moved[clip_index, frame]

    def doubts(self, task: str, inputs: Mapping[str, Any]) -> tuple[str, ...]:
        """Why the scene does not bear out a question, beyond what its task's rule finds; nothing in built scenes."""
        del task, inputs
        return ()

    def walls(self, clip_index: int, frame: int) -> Sight:
        """One frame of a clip as it would be without furniture."""
        camera = self.clip(clip_index).cameras[frame]
        if camera not in self._walls:
            self._walls[camera] = Sight(self.scene, camera, {}, self.shapes)
        return self._walls[camera]

    def _unmoved(self, camera: Camera) -> Sight:
        """The scene as it stands outside clips, from a camera."""
        if camera not in self._still:
            self._still[camera] = Sight(self.scene, camera, things(self.scene), self.shapes)
        return self._still[camera]
