"""Scans under audit: depth and ids as they are stored, everything else derived from them again.

How much of an object is visible, and how near it is, follow from the stored depth and from its box,
drawn as triangles by the audit's own rasterizer. Boxes, words and poses are taken as the scan
states them; for every object that a question names, the audit checks that they fit the depth.
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
"""Share of an object's nearest pixels that are ignored as outliers of the sensor."""
MIN_SHARE_IN_BOX = 0.65
"""Minimum share of an object's pixels in its box; the tasks require 70 %."""
MAX_OCCLUDED_OUTLINE_SHARE = 0.2
"""Maximum share of an unboxed object's outline that borders on something nearer; the tasks allow
15 %, counted in another way.
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
        "distance_difference",
        "nearest_direction",
        "size_order",
    }
)
"""Tasks that lean on the extent or the middle of what they name."""
_MAX_SHADOW_PIXELS = 8
"""Width in pixels of a strip without depth along an edge that may be a sensor's shadow."""
_UNSUPPORTED_TASKS = frozenset(
    {"route_plan", "motion_direction", "who_moved", "turn_after_move", "room_comparison"}
)
_UNIT_BOX_VERTICES = np.array(
    [[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
)
_UNIT_BOX_QUADS = np.array(
    [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
)
_UNIT_BOX_FACES = _UNIT_BOX_QUADS[:, [[0, 1, 2], [0, 2, 3]]].reshape(12, 3)
"""Each side of the box as two triangles."""


class BoxMeshes(ModelMeshes):
    """The box itself as every model's mesh: no other shape of a scanned object is known."""

    def __init__(self) -> None:
        self._triangles = {}

    def triangles(self, model: str) -> tuple[Array, np.ndarray]:
        """The unit box's vertices (8, 3) and faces (12, 3), whatever the model."""
        del model
        return _UNIT_BOX_VERTICES, _UNIT_BOX_FACES


class ScanImageRaster(ImageRaster):
    """One image of a scan, by its stored depth and ids."""

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
        """The stored depth and ids of the image.

        For walls alone, furniture is infinitely far away and unknown depth is at the camera.
        """
        depth = self._stored.depth_mm / 1000.0
        ids = np.where((depth > 0) | (self._stored.ids > 0), self._stored.ids, -1).astype(np.int32)
        if self._walls_only:
            return DepthBuffer(np.where(ids > 0, np.inf, depth), ids)
        return DepthBuffer(np.where(depth > 0, depth, np.inf), ids)

    def is_cut_off(self, object_id: int) -> bool:
        """Whether the object touches the image border, or its box reaches beyond it."""
        visible = self.visible(object_id)
        left, top, right, bottom = visible.bounds if visible else (0, 0, 0, 0)
        if left <= 0 or top <= 0 or right >= self.camera.width or bottom >= self.camera.height:
            return True

        return self.objects[object_id].model == MEASURED_BOX and super().is_cut_off(object_id)

    def visible_surface(self, object_id: int) -> float:
        """A scan has no meshes: half of the visible fraction stands for its visible surface."""
        return self.visible_fraction(object_id) / 2

    def share_in_box(self, object_id: int) -> float:
        """Share of the object's pixels whose points lie in its box, within the sensor's
        accuracy.
        """
        _, points = self._surface_points(object_id)
        return float(self._near_box(object_id, points).mean()) if len(points) else 0.0

    def _near_box(self, object_id: int, points: Array) -> np.ndarray:
        """(N,) which world points lie within 10 cm + 2 % of their depth of the object's box."""
        obj = self.objects[object_id]
        beyond = np.abs(obj.to_local(points)) - np.array(obj.size) / 2
        slack = 0.10 + 0.02 * np.linalg.norm(points - self.camera.center, axis=1)
        return beyond.max(axis=1) <= slack

    def _depth_and_points(self, object_id: int) -> tuple[Array, Array]:
        """The points in the object's box, if it is known and holds any: others are sensor
        errors.
        """
        depth, points = self._surface_points(object_id)
        if self.objects[object_id].model != MEASURED_BOX:
            return depth, points

        near = self._near_box(object_id, points)
        return (depth[near], points[near]) if near.any() else (depth, points)

    def _compute_visible_fraction(self, object_id: int) -> float:
        """Pixels of the object over those and the pixels of its box that are occluded.

        A pixel of the box is occluded if its depth is nearer than the box, or unknown.
        """
        obj = self.objects[object_id]
        visible = self.visible(object_id)
        if visible is None or object_id in self.muted or obj.model == AMBIGUOUS:
            return 0.0

        if obj.model == OBSERVED_BOX:
            if self.is_cut_off(object_id):
                return 0.0
            return float(self._occluded_outline_share(object_id) <= MAX_OCCLUDED_OUTLINE_SHARE)

        box_buffer = self._draw_box_alone(object_id)
        entry = np.where(np.isfinite(box_buffer.depth), box_buffer.depth, -np.inf)

        camera_in_box = np.abs(obj.to_local(self.camera.center[None])[0]) <= np.array(obj.size) / 2
        if camera_in_box.all():
            entry[np.isfinite(box_buffer.depth)] = 0.0

        height, width = self.buffer.depth.shape
        depth = np.full(entry.shape, np.nan)
        ids = np.full(entry.shape, -1)
        top = max(0, -box_buffer.top)
        left = max(0, -box_buffer.left)
        rows = slice(max(0, box_buffer.top), height)
        columns = slice(max(0, box_buffer.left), width)
        part = self.buffer.depth[rows, columns][: entry.shape[0] - top, : entry.shape[1] - left]
        window = np.s_[top : top + part.shape[0], left : left + part.shape[1]]
        depth[window] = np.where(np.isfinite(part), part, np.nan)
        ids[window] = self.buffer.ids[rows, columns][: part.shape[0], : part.shape[1]]

        outline = np.isfinite(box_buffer.depth)
        object_mask = outline & (ids == object_id)
        in_front = np.isnan(depth) | (depth < entry - 0.05 - 0.02 * np.nan_to_num(depth))
        occluded = outline & ~object_mask & in_front

        return float(object_mask.sum() / max(1, object_mask.sum() + occluded.sum()))

    def _draw_box_alone(self, object_id: int) -> DepthBuffer:
        """The box of an object drawn alone, up to one image size beyond the borders."""
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
        """Share of the outline's pixels that border on something nearer, or on unknown depth."""
        object_mask = self.buffer.ids == object_id
        depth = self.buffer.depth
        outline = occluded = 0

        for row, column in np.argwhere(object_mask).tolist():
            neighbor_depths = self._neighbor_depths(object_mask, row, column)
            if neighbor_depths:
                outline += 1
                pixel_depth = depth[row, column] if depth[row, column] < np.inf else 0.0
                occluded += any(meters < pixel_depth * 0.98 - 0.05 for meters in neighbor_depths)

        return occluded / max(1, outline)

    def _neighbor_depths(self, object_mask: np.ndarray, row: int, column: int) -> list[float]:
        """The depths next to a pixel of an object, one for each direction that leaves the object.

        A sensor's shadow is skipped; 0 if there is no depth within its width.
        """
        depth = self.buffer.depth
        height, width = object_mask.shape
        depths: list[float] = []

        for down, across in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            steps = range(1, _MAX_SHADOW_PIXELS + 1)
            walk = [(row + step * down, column + step * across) for step in steps]
            walk = [(r, c) for r, c in walk if 0 <= r < height and 0 <= c < width]
            if walk and object_mask[walk[0]]:
                continue

            beyond = (depth[p] for p in walk if not object_mask[p] and depth[p] < np.inf)
            depths.append(next(beyond, 0.0))

        return depths


class ScanSceneRaster(SceneRaster):
    """A scan with its stored frames, one for every camera."""

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
        # Poses are estimated from landmarks; a scan without objects offers a unit box instead.
        landmark = PosedObject(
            0, "landmark", AMBIGUOUS, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 1.0 + 0j, -1
        )
        self._objects = posed_objects(scene) or {0: landmark}

    def image(self, camera: int) -> ImageRaster:
        """The image of one of the scan's cameras. Raises UnjudgedError if there is none."""
        if not 0 <= camera < len(self._frames):
            raise UnjudgedError(f"the scene has no camera {camera}")

        if camera not in self._image_rasters:
            self._image_rasters[camera] = ScanImageRaster(
                self.scene, self.scene.cameras[camera], self._objects, self._frames[camera]
            )

        return self._image_rasters[camera]

    def frame(self, clip_index: int, frame: int) -> ImageRaster:
        """One frame of a clip: nothing moves, so it is the image of that camera."""
        if self.clip(clip_index).motions:
            raise UnjudgedError("something moves in a scan, of which only one state is known")
        return self.image(frame)

    def walls_only(self, clip_index: int, frame: int) -> ImageRaster:
        """One frame of a clip without furniture."""
        self.clip(clip_index)

        if frame not in self._wall_rasters:
            camera = self.scene.cameras[frame]
            self._wall_rasters[frame] = ScanImageRaster(
                self.scene, camera, {}, self._frames[frame], walls_only=True
            )

        return self._wall_rasters[frame]

    def unsupported_reasons(self, task: str, inputs: Mapping[str, Any]) -> tuple[str, ...]:
        """Why a scan does not support a question.

        The task needs more than a scan knows, a box is unknown, or depth lies outside its box.
        """
        if task in _UNSUPPORTED_TASKS:
            return ("a scan cannot be asked this",)

        object_ids = [
            inputs[key]
            for key in ("object", "a", "b", "anchor", "stand", "face", "target", "reference")
            if key in inputs
        ]

        object_ids += [
            i for key in ("objects", "candidates", "references") for i in inputs.get(key, ())
        ]
        reasons: list[str] = []

        for object_id in (i for i in object_ids if i in self._objects):
            obj = self._objects[object_id]
            needs_box = task in TASKS_NEEDING_BOXES
            if obj.model == AMBIGUOUS or (obj.model == OBSERVED_BOX and needs_box):
                reasons.append(f"the box of the {obj.category} is not known")
            elif obj.model == MEASURED_BOX and self._lies_outside_box(object_id, inputs):
                reasons.append(f"the depth of the {obj.category} lies outside its box")

        return tuple(reasons)

    def _lies_outside_box(self, object_id: int, inputs: Mapping[str, Any]) -> bool:
        """Whether too few of an object's points lie in its box, in some image of the question."""
        for raster in self._asked_rasters(inputs):
            if not isinstance(raster, ScanImageRaster) or object_id in raster.muted:
                continue
            if raster.share(object_id) < thresholds.MIN_PIXEL_SHARE:
                continue
            if raster.share_in_box(object_id) < MIN_SHARE_IN_BOX:
                return True

        return False

    def _asked_rasters(self, inputs: Mapping[str, Any]) -> list[ImageRaster]:
        """The images that a question is about."""
        cameras = [inputs[key] for key in ("camera", "frame_a", "frame_b") if key in inputs]
        return [self.image(camera) for camera in cameras or range(len(self._frames))]
