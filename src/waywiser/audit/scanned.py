"""Scanned scenes under audit: depth and ids as they are stored, everything else derived from them anew.

What shows of a thing, how near it is and how much of it is hidden follow from the stored depth and the box, drawn as
triangles by the audit's own rasteriser. Boxes, words and poses are taken as the scan states them; that they fit the
depth is checked for everything that a question names.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from waywiser.audit import limits
from waywiser.audit.pinhole import Array
from waywiser.audit.sight import Sight, World
from waywiser.audit.stage import Shapes, Thing, things
from waywiser.audit.verdicts import UnjudgedError
from waywiser.audit.zbuffer import Buffer, draw_triangles
from waywiser.dataset.scan_frames import StoredFrame
from waywiser.scenes.scans.kinds import BOXED, SEEN, UNSURE
from waywiser.scenes.scene import Camera, Scene

LEFT_OUT = 0.02
"""Share of a thing's nearest pixels that do not count for its nearest point: sensors throw outliers."""
IN_BOX = 0.65
"""Least share of a thing's pixels in its box; the tasks ask for 70 %."""
BORDERED = 0.2
"""Share of an unboxed thing's outline that may border on something nearer; the tasks allow 15 %, counted otherwise."""
NEED_BOXES = frozenset({
    "object_size", "relative_distance", "size_comparison", "perspective", "absolute_distance", "room_size",
    "relative_direction",
})  # fmt: skip
"""Tasks that lean on the extent or the middle of what they name."""
_SHADOW = 8
"""Pixels without depth beside an edge that may be a sensor's shadow."""
_NOT_ASKED = frozenset({"route_plan", "motion_direction", "who_moved"})
_CUBE = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
_FACES = np.array([
    [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
    [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
])  # fmt: skip


class Cubes(Shapes):
    """For everything the box itself: of a scanned thing no other shape is known."""

    def __init__(self) -> None:
        self._kept = {}

    def triangles(self, model: str) -> tuple[Array, np.ndarray]:
        """The unit box's vertices (8, 3) and faces (12, 3), whatever the model."""
        del model
        return _CUBE, _FACES


class ScannedSight(Sight):
    """One scanned picture, by its stored depth and ids."""

    left_out = LEFT_OUT

    def __init__(
        self, scene: Scene, camera: Camera, stage: Mapping[int, Thing], stored: StoredFrame, walls: bool = False
    ) -> None:
        super().__init__(scene, camera, stage, Cubes())
        if stored.ids.shape != (camera.height, camera.width) or stored.depth_mm.shape != stored.ids.shape:
            raise UnjudgedError("a stored frame is not of its camera's size")
        self.muted = stored.muted
        self._stored, self._walls = stored, walls

    @cached_property
    def buffer(self) -> Buffer:
        """The stored depth and ids; for walls, furniture is infinitely far and what is unknown is at the camera."""
        depth = self._stored.depth_mm / 1000.0
        ids = np.where((depth > 0) | (self._stored.ids > 0), self._stored.ids, -1).astype(np.int32)
        if self._walls:
            return Buffer(np.where(ids > 0, np.inf, depth), ids)
        return Buffer(np.where(depth > 0, depth, np.inf), ids)

    def cut(self, thing_id: int) -> bool:
        """Whether the thing touches the picture's edge, or its box reaches beyond."""
        shown = self.shown(thing_id)
        left, top, right, bottom = shown.bounds if shown else (0, 0, 0, 0)
        edge = left <= 0 or top <= 0 or right >= self.camera.width or bottom >= self.camera.height
        return edge or (self.stage[thing_id].model == BOXED and super().cut(thing_id))

    def in_box(self, thing_id: int) -> float:
        """Share of the thing's pixels whose points lie in its box or within the sensor's reach of it."""
        _, points = self._surface(thing_id)
        return float(self._near_box(thing_id, points).mean()) if len(points) else 0.0

    def _near_box(self, thing_id: int, points: Array) -> np.ndarray:
        """(N,) which world points lie within 10 cm and 2 % of the thing's box."""
        subject = self.stage[thing_id]
        beyond = np.abs(subject.unplace(points)) - np.array(subject.size) / 2
        slack = 0.10 + 0.02 * np.linalg.norm(points - self.camera.place, axis=1)
        return beyond.max(axis=1) <= slack

    def _measured(self, thing_id: int) -> tuple[Array, Array]:
        """The points in the thing's box, where it is known and holds any: the others are the sensor's errors."""
        depth, points = self._surface(thing_id)
        if self.stage[thing_id].model == BOXED and (kept := self._near_box(thing_id, points)).any():
            return depth[kept], points[kept]
        return depth, points

    def _unhidden(self, thing_id: int) -> float:
        """Pixels of the thing over those and the ones of its box that something nearer, or nothing, stands before."""
        subject, shown = self.stage[thing_id], self.shown(thing_id)
        if shown is None or thing_id in self.muted or subject.model == UNSURE:
            return 0.0
        if subject.model == SEEN:
            return float(not self.cut(thing_id) and self._bordered(thing_id) <= BORDERED)
        cube = self._alone(thing_id)
        entry = np.where(np.isfinite(cube.depth), cube.depth, -np.inf)
        if (np.abs(subject.unplace(self.camera.place[None])[0]) <= np.array(subject.size) / 2).all():
            entry[np.isfinite(cube.depth)] = 0.0
        height, width = self.buffer.depth.shape
        depth, ids = np.full(entry.shape, np.nan), np.full(entry.shape, -1)
        top, left = max(0, -cube.top), max(0, -cube.left)
        rows, columns = slice(max(0, cube.top), height), slice(max(0, cube.left), width)
        part = self.buffer.depth[rows, columns][: entry.shape[0] - top, : entry.shape[1] - left]
        place = np.s_[top : top + part.shape[0], left : left + part.shape[1]]
        depth[place] = np.where(np.isfinite(part), part, np.nan)
        ids[place] = self.buffer.ids[rows, columns][: part.shape[0], : part.shape[1]]
        outline = np.isfinite(cube.depth)
        own = outline & (ids == thing_id)
        before = np.isnan(depth) | (depth < entry - 0.05 - 0.02 * np.nan_to_num(depth))
        hidden = outline & ~own & before
        return float(own.sum() / max(1, own.sum() + hidden.sum()))

    def _alone(self, thing_id: int) -> Buffer:
        """The box of a thing drawn alone, up to one picture's size beyond the edges."""
        width, height = self.camera.width, self.camera.height
        corners = self._corners(self.stage[thing_id])
        seen = corners.reshape(-1, 3)
        low, high = np.array([-width, -height]), np.array([2 * width, 2 * height])
        if seen[:, 2].min() > 0.05:
            pixels = seen[:, :2] / seen[:, 2:]
            low = np.clip(np.floor(pixels.min(axis=0)), low, high - 1).astype(int)
            high = np.clip(np.ceil(pixels.max(axis=0)) + 1, low + 1, high).astype(int)
        window = Buffer.empty(*(high - low).tolist(), *low.tolist())
        draw_triangles(window, corners, thing_id)
        return window

    def _bordered(self, thing_id: int) -> float:
        """Share of the outline's pixels beside which something nearer lies, or nothing that was measured."""
        own = self.buffer.ids == thing_id
        depth = self.buffer.depth
        height, width = own.shape
        outline = covered = 0
        for row, column in zip(*(axis.tolist() for axis in np.nonzero(own)), strict=True):
            beside = []
            for down, across in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                walk = [(row + step * down, column + step * across) for step in range(1, _SHADOW + 1)]
                walk = [(r, c) for r, c in walk if 0 <= r < height and 0 <= c < width]
                if walk and own[walk[0]]:
                    continue
                beside.append(next((depth[place] for place in walk if not own[place] and depth[place] < np.inf), 0.0))
            if beside:
                outline += 1
                here = depth[row, column] if depth[row, column] < np.inf else 0.0
                covered += any(metres < here * 0.98 - 0.05 for metres in beside)
        return covered / max(1, outline)


class ScannedWorld(World):
    """A scanned scene with its stored frames, one for every camera."""

    def __init__(self, scene: Scene, frames: Sequence[StoredFrame]) -> None:
        super().__init__(scene, Cubes())
        if len(frames) != len(scene.cameras) or any(clip.cameras != scene.cameras for clip in scene.clips):
            raise UnjudgedError(f"the scan has {len(frames)} stored frames for {len(scene.cameras)} cameras")
        self._frames = frames
        self._pictures: dict[int, ScannedSight] = {}
        self._bare: dict[int, ScannedSight] = {}
        # Poses are told from landmarks; a scan without objects lends its world's axes.
        landmark = Thing(0, "landmark", UNSURE, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 1.0 + 0j, -1)
        self._stage = things(scene) or {0: landmark}

    def image(self, camera: int) -> Sight:
        """The picture of one of the scan's cameras. Raises UnjudgedError where there is none."""
        if not 0 <= camera < len(self._frames):
            raise UnjudgedError(f"the scene has no camera {camera}")
        if camera not in self._pictures:
            place = self.scene.cameras[camera]
            self._pictures[camera] = ScannedSight(self.scene, place, self._stage, self._frames[camera])
        return self._pictures[camera]

    def frame(self, clip_index: int, frame: int) -> Sight:
        """One frame of a clip: nothing moves, so it is the picture of that camera."""
        if self.clip(clip_index).motions:
            raise UnjudgedError("something moves in a scan, of which only one state is known")
        return self.image(frame)

    def walls(self, clip_index: int, frame: int) -> Sight:
        """One frame of a clip with its furniture out of the way."""
        self.clip(clip_index)
        if frame not in self._bare:
            camera = self.scene.cameras[frame]
            self._bare[frame] = ScannedSight(self.scene, camera, {}, self._frames[frame], walls=True)
        return self._bare[frame]

    def doubts(self, task: str, inputs: Mapping[str, Any]) -> tuple[str, ...]:
        """Why a scan does not bear out a question: a task it cannot be asked, an unknown box, depth beside its box."""
        if task in _NOT_ASKED:
            return ("a scan cannot be asked this",)
        named = [inputs[key] for key in ("object", "a", "b", "anchor", "stand", "face", "target") if key in inputs]
        named += [i for key in ("objects", "candidates") for i in inputs.get(key, ())]
        found: list[str] = []
        for thing_id in (i for i in named if i in self._stage):
            subject = self._stage[thing_id]
            if subject.model == UNSURE or (subject.model == SEEN and task in NEED_BOXES):
                found.append(f"the box of the {subject.category} is not known")
            elif subject.model == BOXED and any(
                sight.share(thing_id) >= limits.SEEN_SHARE and sight.in_box(thing_id) < IN_BOX
                for sight in self._asked(inputs)
                if isinstance(sight, ScannedSight) and thing_id not in sight.muted
            ):
                found.append(f"the depth of the {subject.category} lies outside its box")
        return tuple(found)

    def _asked(self, inputs: Mapping[str, Any]) -> list[Sight]:
        """The pictures that a question is about."""
        places = [inputs[key] for key in ("camera", "frame_a", "frame_b") if key in inputs]
        return [self.image(place) for place in places or range(len(self._frames))]
