"""Scanned scenes under audit: depth and ids as they are stored, everything else derived from them
anew.

What shows of a thing, how near it is and how much of it is hidden follow from the stored depth and
the box, drawn as triangles by the audit's own rasteriser. Boxes, words and poses are taken as the
scan states them; that they fit the depth is checked for everything that a question names.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from waywiser.audit import thresholds
from waywiser.audit.geometry.pinhole import Array
from waywiser.audit.geometry.posed_objects import ModelMeshes, PosedObject, posed_objects
from waywiser.audit.geometry.scene_raster import ImageRaster, SceneRaster
from waywiser.audit.geometry.zbuffer import DepthBuffer, draw_triangles
from waywiser.audit.judgment import UnjudgedError
from waywiser.dataset.scan_frames import StoredFrame
from waywiser.scenes.scans.box_kinds import AMBIGUOUS, MEASURED_BOX, OBSERVED_BOX
from waywiser.scenes.scene import Camera, Scene

SCAN_OUTLIER_SHARE = 0.02
"""Share of a thing's nearest pixels that do not count for its nearest point: sensors throw
outliers.
"""
MIN_SHARE_IN_BOX = 0.65
"""Least share of a thing's pixels in its box; the tasks ask for 70 %."""
MAX_OCCLUDED_OUTLINE_SHARE = 0.2
"""Share of an unboxed thing's outline that may border on something nearer; the tasks allow 15 %,
counted otherwise.
"""
TASKS_NEEDING_BOXES = frozenset(
    {
        "object_size",
        "relative_distance",
        "size_comparison",
        "perspective",
        "absolute_distance",
        "room_size",
        "relative_direction",
    }
)
"""Tasks that lean on the extent or the middle of what they name."""
_MAX_SHADOW_PIXELS = 8
"""Pixels without depth beside an edge that may be a sensor's shadow."""
_UNSUPPORTED_TASKS = frozenset({"route_plan", "motion_direction", "who_moved"})
_UNIT_BOX_VERTICES = np.array(
    [[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
)
_UNIT_BOX_FACES = np.array(
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
    ]
)


class BoxMeshes(ModelMeshes):
    """For everything the box itself: of a scanned thing no other shape is known."""

    def __init__(self) -> None:
        self._triangles = {}

    def triangles(self, model: str) -> tuple[Array, np.ndarray]:
        """The unit box's vertices (8, 3) and faces (12, 3), whatever the model."""
        del model
        return _UNIT_BOX_VERTICES, _UNIT_BOX_FACES


class ScanImageRaster(ImageRaster):
    """One scanned picture, by its stored depth and ids."""

    outlier_share = SCAN_OUTLIER_SHARE

    def __init__(
        self,
        scene: Scene,
        camera: Camera,
        objects: Mapping[int, PosedObject],
        stored: StoredFrame,
        walls_only: bool = False,
    ) -> None:
        super().__init__(scene, camera, objects, BoxMeshes())

        if (
            stored.ids.shape != (camera.height, camera.width)
            or stored.depth_mm.shape != stored.ids.shape
        ):
            raise UnjudgedError("a stored frame is not of its camera's size")

        self.muted = stored.muted
        self._stored = stored
        self._walls_only = walls_only

    @cached_property
    def buffer(self) -> DepthBuffer:
        """The stored depth and ids; for walls, furniture is infinitely far and what is unknown is
        at the camera.
        """
        depth = self._stored.depth_mm / 1000.0
        ids = np.where((depth > 0) | (self._stored.ids > 0), self._stored.ids, -1).astype(np.int32)
        if self._walls_only:
            return DepthBuffer(np.where(ids > 0, np.inf, depth), ids)
        return DepthBuffer(np.where(depth > 0, depth, np.inf), ids)

    def is_cut_off(self, object_id: int) -> bool:
        """Whether the thing touches the picture's edge, or its box reaches beyond."""
        visible = self.visible(object_id)
        left, top, right, bottom = visible.bounds if visible else (0, 0, 0, 0)
        edge = left <= 0 or top <= 0 or right >= self.camera.width or bottom >= self.camera.height
        return edge or (
            self.objects[object_id].model == MEASURED_BOX and super().is_cut_off(object_id)
        )

    def share_in_box(self, object_id: int) -> float:
        """Share of the thing's pixels whose points lie in its box or within the sensor's reach of
        it.
        """
        _, points = self._surface_points(object_id)
        return float(self._near_box(object_id, points).mean()) if len(points) else 0.0

    def _near_box(self, object_id: int, points: Array) -> np.ndarray:
        """(N,) which world points lie within 10 cm and 2 % of the thing's box."""
        obj = self.objects[object_id]
        beyond = np.abs(obj.unplace(points)) - np.array(obj.size) / 2
        slack = 0.10 + 0.02 * np.linalg.norm(points - self.camera.place, axis=1)
        return beyond.max(axis=1) <= slack

    def _depth_and_points(self, object_id: int) -> tuple[Array, Array]:
        """The points in the thing's box, where it is known and holds any: the others are the
        sensor's errors.
        """
        depth, points = self._surface_points(object_id)
        if (
            self.objects[object_id].model == MEASURED_BOX
            and (kept := self._near_box(object_id, points)).any()
        ):
            return depth[kept], points[kept]

        return depth, points

    def _compute_visible_fraction(self, object_id: int) -> float:
        """Pixels of the thing over those and the ones of its box that something nearer, or nothing,
        stands before.
        """
        obj = self.objects[object_id]
        visible = self.visible(object_id)
        if visible is None or object_id in self.muted or obj.model == AMBIGUOUS:
            return 0.0

        if obj.model == OBSERVED_BOX:
            return float(
                not self.is_cut_off(object_id)
                and self._occluded_outline_share(object_id) <= MAX_OCCLUDED_OUTLINE_SHARE
            )

        box_buffer = self._draw_box_alone(object_id)
        entry = np.where(np.isfinite(box_buffer.depth), box_buffer.depth, -np.inf)

        if (np.abs(obj.unplace(self.camera.place[None])[0]) <= np.array(obj.size) / 2).all():
            entry[np.isfinite(box_buffer.depth)] = 0.0

        height, width = self.buffer.depth.shape
        depth = np.full(entry.shape, np.nan)
        ids = np.full(entry.shape, -1)
        top = max(0, -box_buffer.top)
        left = max(0, -box_buffer.left)
        rows = slice(max(0, box_buffer.top), height)
        columns = slice(max(0, box_buffer.left), width)
        part = self.buffer.depth[rows, columns][: entry.shape[0] - top, : entry.shape[1] - left]
        place = np.s_[top : top + part.shape[0], left : left + part.shape[1]]
        depth[place] = np.where(np.isfinite(part), part, np.nan)
        ids[place] = self.buffer.ids[rows, columns][: part.shape[0], : part.shape[1]]
        outline = np.isfinite(box_buffer.depth)
        own_mask = outline & (ids == object_id)
        in_front = np.isnan(depth) | (depth < entry - 0.05 - 0.02 * np.nan_to_num(depth))
        hidden = outline & ~own_mask & in_front

        return float(own_mask.sum() / max(1, own_mask.sum() + hidden.sum()))

    def _draw_box_alone(self, object_id: int) -> DepthBuffer:
        """The box of a thing drawn alone, up to one picture's size beyond the edges."""
        width = self.camera.width
        height = self.camera.height
        corners = self._image_triangles(self.objects[object_id])
        projected = corners.reshape(-1, 3)
        low = np.array([-width, -height])
        high = np.array([2 * width, 2 * height])

        if projected[:, 2].min() > 0.05:
            pixels = projected[:, :2] / projected[:, 2:]
            low = np.clip(np.floor(pixels.min(axis=0)), low, high - 1).astype(int)
            high = np.clip(np.ceil(pixels.max(axis=0)) + 1, low + 1, high).astype(int)

        window = DepthBuffer.empty(*(high - low).tolist(), *low.tolist())
        draw_triangles(window, corners, object_id)
        return window

    def _occluded_outline_share(self, object_id: int) -> float:
        """Share of the outline's pixels beside which something nearer lies, or nothing that was
        measured.
        """
        own_mask = self.buffer.ids == object_id
        depth = self.buffer.depth
        height, width = own_mask.shape
        outline = covered = 0

        for row, column in zip(*(axis.tolist() for axis in np.nonzero(own_mask)), strict=True):
            neighbor_depths = []

            for down, across in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                walk = [
                    (row + step * down, column + step * across)
                    for step in range(1, _MAX_SHADOW_PIXELS + 1)
                ]

                walk = [(r, c) for r, c in walk if 0 <= r < height and 0 <= c < width]
                if walk and own_mask[walk[0]]:
                    continue

                neighbor_depths.append(
                    next(
                        (
                            depth[place]
                            for place in walk
                            if not own_mask[place] and depth[place] < np.inf
                        ),
                        0.0,
                    )
                )

            if neighbor_depths:
                outline += 1
                here = depth[row, column] if depth[row, column] < np.inf else 0.0
                covered += any(metres < here * 0.98 - 0.05 for metres in neighbor_depths)

        return covered / max(1, outline)


class ScanSceneRaster(SceneRaster):
    """A scanned scene with its stored frames, one for every camera."""

    def __init__(self, scene: Scene, frames: Sequence[StoredFrame]) -> None:
        super().__init__(scene, BoxMeshes())

        if len(frames) != len(scene.cameras) or any(
            clip.cameras != scene.cameras for clip in scene.clips
        ):
            raise UnjudgedError(
                f"the scan has {len(frames)} stored frames for {len(scene.cameras)} cameras"
            )

        self._frames = frames
        self._image_rasters: dict[int, ScanImageRaster] = {}
        self._wall_rasters: dict[int, ScanImageRaster] = {}
        # Poses are told from landmarks; a scan without objects lends its world's axes.
        landmark = PosedObject(
            0, "landmark", AMBIGUOUS, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 1.0 + 0j, -1
        )
        self._objects = posed_objects(scene) or {0: landmark}

    def image(self, camera: int) -> ImageRaster:
        """The picture of one of the scan's cameras. Raises UnjudgedError where there is none."""
        if not 0 <= camera < len(self._frames):
            raise UnjudgedError(f"the scene has no camera {camera}")

        if camera not in self._image_rasters:
            place = self.scene.cameras[camera]
            self._image_rasters[camera] = ScanImageRaster(
                self.scene, place, self._objects, self._frames[camera]
            )

        return self._image_rasters[camera]

    def frame(self, clip_index: int, frame: int) -> ImageRaster:
        """One frame of a clip: nothing moves, so it is the picture of that camera."""
        if self.clip(clip_index).motions:
            raise UnjudgedError("something moves in a scan, of which only one state is known")
        return self.image(frame)

    def walls_only(self, clip_index: int, frame: int) -> ImageRaster:
        """One frame of a clip with its furniture out of the way."""
        self.clip(clip_index)

        if frame not in self._wall_rasters:
            camera = self.scene.cameras[frame]
            self._wall_rasters[frame] = ScanImageRaster(
                self.scene, camera, {}, self._frames[frame], walls_only=True
            )

        return self._wall_rasters[frame]

    def unsupported_reasons(self, task: str, inputs: Mapping[str, Any]) -> tuple[str, ...]:
        """Why a scan does not bear out a question: a task it cannot be asked, an unknown box, depth
        beside its box.
        """
        if task in _UNSUPPORTED_TASKS:
            return ("a scan cannot be asked this",)

        object_ids = [
            inputs[key]
            for key in ("object", "a", "b", "anchor", "stand", "face", "target")
            if key in inputs
        ]

        object_ids += [i for key in ("objects", "candidates") for i in inputs.get(key, ())]
        reasons: list[str] = []

        for object_id in (i for i in object_ids if i in self._objects):
            obj = self._objects[object_id]
            if obj.model == AMBIGUOUS or (
                obj.model == OBSERVED_BOX and task in TASKS_NEEDING_BOXES
            ):
                reasons.append(f"the box of the {obj.category} is not known")
            elif obj.model == MEASURED_BOX and any(
                raster.share(object_id) >= thresholds.MIN_PIXEL_SHARE
                and raster.share_in_box(object_id) < MIN_SHARE_IN_BOX
                for raster in self._asked_rasters(inputs)
                if isinstance(raster, ScanImageRaster) and object_id not in raster.muted
            ):
                reasons.append(f"the depth of the {obj.category} lies outside its box")

        return tuple(reasons)

    def _asked_rasters(self, inputs: Mapping[str, Any]) -> list[ImageRaster]:
        """The pictures that a question is about."""
        places = [inputs[key] for key in ("camera", "frame_a", "frame_b") if key in inputs]
        return [self.image(place) for place in places or range(len(self._frames))]
