"""What an image shows of each object, by the audit's own rasterizer: pixels, bounds and
distances.

Dimensions: N points, T triangles, K points on each triangle.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from waywiser.audit.geometry.pinhole import Array, Pinhole, pinhole_from_camera
from waywiser.audit.geometry.posed_objects import ModelMeshes, PosedObject, posed_objects
from waywiser.audit.geometry.room_shell import draw_room_shell
from waywiser.audit.geometry.zbuffer import DepthBuffer, draw_triangles
from waywiser.audit.judgment import UnjudgedError
from waywiser.scenes.scene import Camera, Clip, Scene

OUTLIER_SHARE = 0.005
"""Share of an object's nearest pixels that are ignored as outliers."""
_MAX_TRIANGLES = 20_000
"""Triangles of several objects that are drawn in one go."""
_TRIANGLE_POINTS_K_3 = (
    np.array([(a, b, 7 - a - b) for a in range(1, 6) for b in range(1, 7 - a)], dtype=float) / 7
)
"""Barycentric weights of points spread over a triangle."""


@dataclass(frozen=True)
class VisibleObject:
    """The visible pixels of one object.

    Attributes:
        pixels: How many they are.
        share: Their share of the image, in [0, 1].
        bounds: Left, top, right and bottom in pixels.
        center: Mean (u, v) of the pixel centers.
        depth: Nearest depth along the optical axis in meters, without outliers.
        distance: Nearest straight distance from the camera in meters, without outliers.
    """

    pixels: int
    share: float
    bounds: tuple[int, int, int, int]
    center: tuple[float, float]
    depth: float
    distance: float


class ImageRaster:
    """One rasterized image of a scene; everything is computed on first use.

    Example:
        >>> raster = SceneRaster(scene, meshes).image(0)
        >>> raster.share(3), raster.visible_fraction(3), raster.is_cut_off(3)
    """

    outlier_share = OUTLIER_SHARE
    """Share of an object's nearest pixels that are ignored as outliers."""

    def __init__(
        self, scene: Scene, camera: Camera, objects: Mapping[int, PosedObject], meshes: ModelMeshes
    ) -> None:
        self.camera: Pinhole = pinhole_from_camera(camera)
        self.objects = objects
        self._scene = scene
        self._meshes = meshes
        self._visible: dict[int, VisibleObject | None] = {}
        self._visible_fractions: dict[int, float] = {}
        self._compared: dict[int, tuple[int, float]] = {}

    @cached_property
    def buffer(self) -> DepthBuffer:
        """Depth and ids of the whole image."""
        buffer = DepthBuffer.empty(self.camera.width, self.camera.height)
        draw_room_shell(buffer, self.camera, self._scene)
        waiting: list[tuple[int, Array]] = []

        for obj in self.objects.values():
            if not self._is_outside_view(obj):
                waiting.append((obj.id, self._image_triangles(obj)))

            if sum(len(corners) for _, corners in waiting) > _MAX_TRIANGLES:
                _draw_objects(buffer, waiting)
                waiting = []

        _draw_objects(buffer, waiting)
        return buffer

    @cached_property
    def _pixels(self) -> dict[int, np.ndarray]:
        """Of each object that shows, its pixels' places in the flat buffer, in order."""
        flat_ids = self.buffer.ids.reshape(-1)
        shown = np.flatnonzero(flat_ids > 0)
        ids = flat_ids[shown]
        order = np.argsort(ids, kind="stable")
        starts = np.flatnonzero(np.diff(ids[order], prepend=0))
        parts = np.split(shown[order], starts)[1:]  # the first is empty
        return {int(flat_ids[pixels[0]]): pixels for pixels in parts}

    def visible(self, object_id: int) -> VisibleObject | None:
        """The visible pixels of an object; None if it has none."""
        if object_id not in self._visible:
            self._visible[object_id] = self._measure(object_id)
        return self._visible[object_id]

    def share(self, object_id: int) -> float:
        """Share of the image that an object covers, in [0, 1]."""
        return len(self._pixels.get(object_id, ())) / self.buffer.ids.size

    def visible_fraction(self, object_id: int) -> float:
        """Visible pixels over those that the object alone would cover, in [0, 1].

        The latter are counted up to one image size beyond the borders.
        """
        if object_id not in self._visible_fractions:
            self._visible_fractions[object_id] = self._compute_visible_fraction(object_id)
        return self._visible_fractions[object_id]

    def visible_surface(self, object_id: int) -> float:
        """How much of an object's surface shows, over what the object alone would show, in [0, 1].

        Points spread over its triangles are looked for in the image, weighted by area, and in an
        image of the object alone that goes beyond the borders.
        """
        return self._compare_with_alone(object_id)[1]

    def _compare_with_alone(self, object_id: int) -> tuple[int, float]:
        """Pixels that the object alone would cover, and `visible_surface`; drawn once for both."""
        if object_id not in self._compared:
            alone = self._draw_alone(object_id)
            surface = self._compute_visible_surface(object_id, alone)
            self._compared[object_id] = (int((alone.ids >= 0).sum()), surface)
        return self._compared[object_id]

    def _compute_visible_surface(self, object_id: int, alone_buffer: DepthBuffer) -> float:
        obj = self.objects[object_id]
        vertices, faces = self._meshes.triangles(obj.model)
        corners_T_3_3 = obj.to_world(vertices)[faces]
        edges_T_3 = corners_T_3_3[:, 1] - corners_T_3_3[:, 0]
        others_T_3 = corners_T_3_3[:, 2] - corners_T_3_3[:, 0]
        areas_T = np.linalg.norm(np.cross(edges_T_3, others_T_3), axis=1)
        points_N_3 = np.einsum("kc,tcx->tkx", _TRIANGLE_POINTS_K_3, corners_T_3_3).reshape(-1, 3)
        areas_N = np.repeat(areas_T, len(_TRIANGLE_POINTS_K_3))
        shown, alone = (
            float(areas_N[self._shown_points(buffer, object_id, points_N_3)].sum())
            for buffer in (self.buffer, alone_buffer)
        )

        return min(1.0, shown / max(alone, 1e-12))

    def _shown_points(self, buffer: DepthBuffer, object_id: int, points_N_3: Array) -> np.ndarray:
        """Which points (N,) of an object a raster shows in front of all else."""
        uz_N, vz_N, z_N = self.camera.to_image(points_N_3).T
        height, width = buffer.ids.shape

        with np.errstate(divide="ignore", invalid="ignore"):
            column_N = np.floor(uz_N / z_N) - buffer.left
            row_N = np.floor(vz_N / z_N) - buffer.top

        inside_N = (z_N > 0.05) & (column_N >= 0) & (row_N >= 0)
        inside_N &= (column_N < width) & (row_N < height)
        rows = row_N[inside_N].astype(int)
        columns = column_N[inside_N].astype(int)
        near = buffer.depth[rows, columns] > 0.98 * z_N[inside_N] - 0.02
        inside_N[inside_N] = near & (buffer.ids[rows, columns] == object_id)
        return inside_N

    def is_cut_off(self, object_id: int) -> bool:
        """Whether some of the object's vertices lie outside the image or behind the camera."""
        projected = self.camera.to_image(self._vertices(self.objects[object_id]))
        z = projected[:, 2]
        if z.min() <= 0.05:
            return True

        pixels = projected[:, :2] / z[:, None]
        limits = (self.camera.width + 0.5, self.camera.height + 0.5)
        return bool((pixels < -0.5).any() or (pixels > limits).any())

    def world_point_at(self, u: float, v: float) -> Array:
        """(3,) the world point seen at a pixel. Raises UnjudgedError if nothing is seen there."""
        row = int(v)
        column = int(u)
        if not (0 <= row < self.camera.height and 0 <= column < self.camera.width):
            raise UnjudgedError(f"({u:.1f}, {v:.1f}) lies outside the picture")

        depth = self.buffer.depth[row, column]
        if not np.isfinite(depth):
            raise UnjudgedError(f"nothing is seen at ({u:.1f}, {v:.1f})")

        return self.camera.unproject(np.array([u]), np.array([v]), np.array([depth]))[0]

    def _is_outside_view(self, obj: PosedObject) -> bool:
        """Whether the object's box, with what it holds out of it, lies wholly outside one of the
        five planes of the view frustum.
        """
        uz, vz, z = self.camera.to_image(obj.to_world(self._meshes.reach(obj.model))).T
        width = self.camera.width
        height = self.camera.height
        return any((side < 0).all() for side in (z, uz, vz, width * z - uz, height * z - vz))

    def _vertices(self, obj: PosedObject) -> Array:
        vertices, faces = self._meshes.triangles(obj.model)
        return obj.to_world(vertices[np.unique(faces)])

    def _image_triangles(self, obj: PosedObject) -> Array:
        vertices, faces = self._meshes.triangles(obj.model)
        return self.camera.to_image(obj.to_world(vertices))[faces]

    def _measure(self, object_id: int) -> VisibleObject | None:
        if object_id not in self._pixels:
            return None

        rows, columns = np.divmod(self._pixels[object_id], self.buffer.ids.shape[1])
        depth, points = self._depth_and_points(object_id)
        straight = np.linalg.norm(points - self.camera.center, axis=1)
        skip = int(self.outlier_share * len(depth))

        return VisibleObject(
            pixels=len(rows),
            share=len(rows) / self.buffer.ids.size,
            bounds=(
                int(columns.min()),
                int(rows.min()),
                int(columns.max()) + 1,
                int(rows.max()) + 1,
            ),
            center=(float(columns.mean()) + 0.5, float(rows.mean()) + 0.5),
            depth=float(np.sort(depth)[skip]) if len(depth) else math.nan,
            distance=float(np.sort(straight)[skip]) if len(depth) else math.nan,
        )

    def _depth_and_points(self, object_id: int) -> tuple[Array, Array]:
        """Depths (N,) and world points (N, 3) that count for the nearest distance."""
        return self._surface_points(object_id)

    def _surface_points(self, object_id: int) -> tuple[Array, Array]:
        """Depths (N,) and world points (N, 3) of the object's pixels that have a depth."""
        pixels = self._pixels.get(object_id, np.zeros(0, np.intp))
        depth = self.buffer.depth.reshape(-1)[pixels]
        measured = np.isfinite(depth)
        rows, columns = np.divmod(pixels[measured], self.buffer.ids.shape[1])
        depth = depth[measured]
        return depth, self.camera.unproject(columns + 0.5, rows + 0.5, depth)

    def _compute_visible_fraction(self, object_id: int) -> float:
        visible = self.visible(object_id)
        if visible is None:
            return 0.0

        return visible.pixels / max(1, self._compare_with_alone(object_id)[0])

    def _draw_alone(self, object_id: int) -> DepthBuffer:
        """The object drawn alone, up to one image size beyond the borders."""
        width = self.camera.width
        height = self.camera.height
        corners = self._image_triangles(self.objects[object_id])
        projected = corners.reshape(-1, 3)
        low = np.array([-width, -height])
        high = np.array([2 * width, 2 * height])

        if projected[:, 2].min() > 0.05:
            pixels = projected[:, :2] / projected[:, 2:]
            low = np.maximum(low, np.floor(pixels.min(axis=0))).astype(int)
            high = np.minimum(high, np.ceil(pixels.max(axis=0)) + 1).astype(int)

        window = DepthBuffer.empty(*(high - low).tolist(), *low.tolist())
        draw_triangles(window, corners, object_id)
        return window


def _draw_objects(buffer: DepthBuffer, objects: list[tuple[int, Array]]) -> None:
    """Draw objects, each an id and its triangles' corners, in one go."""
    if objects:
        ids = np.array([object_id for object_id, _ in objects], np.int32)
        ids_T = np.repeat(ids, [len(corners) for _, corners in objects])
        draw_triangles(buffer, np.concatenate([corners for _, corners in objects]), ids_T)


class SceneRaster:
    """A scene with its rasterized images, each computed once even if clips share it.

    Args:
        scene: The scene.
        meshes: Furniture meshes, shared by scenes.
    """

    def __init__(self, scene: Scene, meshes: ModelMeshes) -> None:
        self.scene = scene
        self.meshes = meshes
        self._static_rasters: dict[Camera, ImageRaster] = {}
        self._frame_rasters: dict[tuple[int, int], ImageRaster] = {}
        self._walls_only: dict[Camera, ImageRaster] = {}

    def image(self, camera: int) -> ImageRaster:
        """The image of one of the scene's cameras. Raises UnjudgedError if there is none."""
        if not 0 <= camera < len(self.scene.cameras):
            raise UnjudgedError(f"the scene has no camera {camera}")
        return self._static_raster(self.scene.cameras[camera])

    def clip(self, index: int) -> Clip:
        """One of the scene's clips. Raises UnjudgedError if there is none."""
        if not 0 <= index < len(self.scene.clips):
            raise UnjudgedError(f"the scene has no clip {index}")
        return self.scene.clips[index]

    def frame(self, clip_index: int, frame: int) -> ImageRaster:
        """One frame of a clip, with objects posed as they are then.

        Raises:
            UnjudgedError: The clip or the frame does not exist.
        """
        clip = self.clip(clip_index)
        if not 0 <= frame < len(clip.cameras):
            raise UnjudgedError(f"clip {clip_index} has no frame {frame}")
        if not clip.motions:
            return self._static_raster(clip.cameras[frame])

        if (clip_index, frame) not in self._frame_rasters:
            objects = posed_objects(self.scene, clip, clip.times[frame])
            self._frame_rasters[clip_index, frame] = ImageRaster(
                self.scene, clip.cameras[frame], objects, self.meshes
            )

        return self._frame_rasters[clip_index, frame]

    def unsupported_reasons(self, task: str, inputs: Mapping[str, Any]) -> tuple[str, ...]:
        """Why the scene does not support a question, beyond its task's rule; none in built
        scenes.
        """
        del task, inputs
        return ()

    def walls_only(self, clip_index: int, frame: int) -> ImageRaster:
        """One frame of a clip without furniture."""
        camera = self.clip(clip_index).cameras[frame]
        if camera not in self._walls_only:
            self._walls_only[camera] = ImageRaster(self.scene, camera, {}, self.meshes)
        return self._walls_only[camera]

    def _static_raster(self, camera: Camera) -> ImageRaster:
        """The scene outside clips, from a camera."""
        if camera not in self._static_rasters:
            self._static_rasters[camera] = ImageRaster(
                self.scene, camera, posed_objects(self.scene), self.meshes
            )
        return self._static_rasters[camera]
