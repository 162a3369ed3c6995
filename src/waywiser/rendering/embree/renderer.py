"""Renders rooms with Embree: shadowed RGB, metric depth and ids, exact at pixel centers.

Dimensions: N rays, K pixels with S more rays each, L of their rays that meet something new,
F faces, H image height, W image width.
"""

from copy import copy

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.rendering.camera_effects import apply_camera_effects, picture_seed
from waywiser.rendering.embree.antialiasing import (
    MAX_AA_ROUNDS,
    SUBPIXEL_OFFSETS,
    EdgeRays,
    edge_pixels,
    matching_pixels,
    pad_border,
    undone_neighbors,
)
from waywiser.rendering.embree.camera_rays import (
    check_camera,
    pixel_directions,
    shifted_directions,
)
from waywiser.rendering.embree.direct_lighting import (
    TILE_SIDE,
    picture_quantiles,
    pixel_quantiles,
)
from waywiser.rendering.embree.lamps import GOLDEN_SHARE
from waywiser.rendering.embree.rays import RayHits
from waywiser.rendering.embree.room_light import RoomLight
from waywiser.rendering.embree.shading import Shaded, Shader, ShadingCamera
from waywiser.rendering.embree.shadow_filter import smooth_visibility
from waywiser.rendering.embree.tone_mapping import tonemap_to_srgb
from waywiser.rendering.embree.vectors import put
from waywiser.rendering.frame import Frame, RenderOptions
from waywiser.rendering.mesh_cache import MeshCache, MeshSource
from waywiser.rendering.scene_mesh import TriangleSoup, build_scene_mesh
from waywiser.scenes.scene import Camera, Scene


class RoomRenderer:
    """A scene prepared once and rendered from any number of cameras.

    A scene without rooms is objects in empty space.

    Args:
        scene: The scene to render.
        source: Gives the meshes; pass a `MeshCache` to share prepared meshes between rooms.
        movable: Ids of the objects that may be elsewhere in `with_moved`.

    Raises:
        SceneError: The scene cannot be rendered.
        AssetsError: A model is unknown or damaged.

    Example:
        renderer = RoomRenderer(scene, MeshCache(open_library("parametric")))
        frames = [renderer.render(camera) for camera in scene.cameras]
    """

    def __init__(
        self, scene: Scene, source: MeshSource, movable: frozenset[int] = frozenset()
    ) -> None:
        self.scene = scene
        self.cache = MeshCache.of(source)

        if not np.isfinite(
            [scene.ambient, *(v for li in scene.lights for v in (*li.position, *li.intensity))]
        ).all():
            raise SceneError("a light is not finite: fix the scene's lights and ambient")

        self._scene_mesh = build_scene_mesh(scene, self.cache, movable)
        self._shader = Shader(scene, self._scene_mesh)

    @property
    def static_soup(self) -> TriangleSoup:
        """The opaque static triangles."""
        return self._scene_mesh.opaque

    @property
    def room_light(self) -> RoomLight:
        """The scene's lamps, bounced light and exposures."""
        return self._shader.room_light

    def with_movable(self, movable: frozenset[int]) -> "RoomRenderer":
        """A renderer of the same scene in which these objects can move; shares prepared meshes."""
        other = copy(self)
        other._scene_mesh = self._scene_mesh.with_movable(movable)
        other._shader = Shader(self.scene, other._scene_mesh, self._shader)
        return other

    def with_moved(self, scene: Scene) -> "RoomRenderer":
        """A renderer of `scene`, in which only boxes of `movable` objects may differ.

        Static geometry is shared.
        """
        other = copy(self)
        other.scene, other._scene_mesh = scene, self._scene_mesh.with_moved(scene, self.cache)
        other._shader = self._shader.with_moved(other._scene_mesh)
        return other

    def render(self, camera: Camera, options: RenderOptions | None = None) -> Frame:
        """One frame; the same scene, camera and options give the same bytes."""
        options = options or RenderOptions()
        check_camera(camera, self.scene)
        shape = (camera.height, camera.width)
        directions_3_N = pixel_directions(camera)
        hits = self.trace(camera, directions_3_N)
        missed_N = hits.face_N < 0
        depth_N = np.where(missed_N, np.float32(np.nan), hits.t_N)

        ids_F = np.concatenate(
            [self._scene_mesh.opaque.instance_F, self._scene_mesh.movable.instance_F, [-1]],
            dtype=np.int32,
        )

        ids_N = np.take(ids_F, hits.face_N)  # face -1 finds the last
        rgb = (
            self._render_rgb(camera, options, directions_3_N, hits)
            if options.rgb
            else np.zeros((*shape, 3), np.uint8)
        )

        return Frame(rgb, depth_N.reshape(shape), ids_N.reshape(shape))

    def trace(self, camera: Camera, directions_3_N: NDArray[np.float32]) -> RayHits:
        """First opaque hits of the camera's rays; movable faces are numbered after static ones."""
        origin_3 = camera.position.astype(np.float32)
        origins_3_N = np.broadcast_to(origin_3[:, None], directions_3_N.shape)
        return self._shader.tracer.intersect(origins_3_N.T, directions_3_N.T)

    def _render_rgb(
        self,
        camera: Camera,
        options: RenderOptions,
        center_3_N: NDArray[np.float32],
        center_hits: RayHits,
    ) -> NDArray[np.uint8]:
        n = options.samples_per_axis
        if n == 1:
            radiance_3_N = self._antialiased_radiance(camera, options, center_3_N, center_hits)
        else:
            radiance_3_N = np.zeros_like(center_3_N)

            for sample in range(n * n):
                offset = ((sample % n + 0.5) / n, (sample // n + 0.5) / n)
                directions_3_N = pixel_directions(camera, offset)
                hits = self.trace(camera, directions_3_N)
                shaded = self._shade_picture(camera, options, directions_3_N, hits, sample)
                radiance_3_N += self._finished(camera, options, shaded, directions_3_N, hits)

            radiance_3_N /= n * n

        radiance_3_N *= np.float32(self.room_light.exposure_at(self.scene, camera.position))
        shape = (camera.height, camera.width, 3)
        if options.camera_effects == "none":
            return np.ascontiguousarray(tonemap_to_srgb(radiance_3_N).T).reshape(shape)

        seed = picture_seed(self.scene, camera)
        return apply_camera_effects(radiance_3_N.T.reshape(shape), options.camera_effects, seed)

    def _shade_picture(
        self,
        camera: Camera,
        options: RenderOptions,
        directions_3_N: NDArray[np.float32],
        hits: RayHits,
        sample: int = 0,
    ) -> Shaded:
        """A ray through every pixel, with shadows smoothed over the picture."""
        quantile_N = picture_quantiles(camera.height, camera.width)
        if sample:  # elsewhere within each pixel's own share
            quantile_N = quantile_N + np.float32((sample * GOLDEN_SHARE % 1 - 0.5) / TILE_SIDE**2)

        quantiles = [quantile_N] if options.shadows else []
        shaded = self._shader.shade(
            directions_3_N, hits, self._shading_camera(camera, options), quantiles
        )
        shape = (camera.height, camera.width)
        key_H_W = np.take(self._shader.key_F, hits.face_N).reshape(shape)
        visible_H_W = smooth_visibility(shaded.visible_N.reshape(shape), key_H_W)

        return Shaded(shaded.steady_3_N, shaded.direct_3_N, visible_H_W.ravel())

    def _antialiased_radiance(
        self,
        camera: Camera,
        options: RenderOptions,
        center_3_N: NDArray[np.float32],
        center_hits: RayHits,
    ) -> NDArray[np.floating]:
        """Radiance (3, N), of one ray a pixel and of more where surfaces meet.

        A further ray that meets the surface of a pixel's center close by takes its radiance.
        """
        shaded = self._shade_picture(camera, options, center_3_N, center_hits)
        radiance_3_N = self._finished(camera, options, shaded, center_3_N, center_hits)
        key_H_W = np.take(self._shader.key_F, center_hits.face_N).reshape(
            camera.height, camera.width
        )
        rounds = self._trace_edges(camera, center_3_N, center_hits, key_H_W)
        new_3_L = np.concatenate([edge_rays.new_3_L for edge_rays in rounds], axis=1)
        if not new_3_L.shape[1]:
            shaded_3_L = new_3_L
        else:  # all at once: a call costs as much as many rays
            hits = RayHits.join([edge_rays.new_hits for edge_rays in rounds])
            quantile_L = np.concatenate([edge_rays.quantile_L for edge_rays in rounds])
            shaded_3_L = self._shade_rays(camera, options, new_3_L, hits, quantile_L)

        smooth_3_N = radiance_3_N.copy()
        start = 0

        for edge_rays in rounds:
            stop = start + len(edge_rays.new_L)
            sample_3_SK = np.take(radiance_3_N, edge_rays.near_SK, axis=1)
            put(sample_3_SK, edge_rays.new_L, shaded_3_L[:, start:stop])
            shape = (3, len(SUBPIXEL_OFFSETS), len(edge_rays.pixels_K))
            put(smooth_3_N, edge_rays.pixels_K, sample_3_SK.reshape(shape).mean(axis=1))
            start = stop

        return smooth_3_N

    def _trace_edges(
        self,
        camera: Camera,
        center_3_N: NDArray[np.float32],
        center_hits: RayHits,
        key_H_W: NDArray[np.int32],
    ) -> list[EdgeRays]:
        """Further rays of pixels at edges, round by round; at least one, which may be empty."""
        rounds: list[EdgeRays] = []
        done_N = np.zeros(key_H_W.size, dtype=bool)
        padded_key = pad_border(key_H_W)
        pixels_K = edge_pixels(key_H_W, center_hits.t_N.reshape(key_H_W.shape))

        for _ in range(MAX_AA_ROUNDS):
            if rounds and not len(pixels_K):
                break

            done_N[pixels_K] = True
            edge_rays = self._trace_edge_round(camera, center_3_N, padded_key, pixels_K)
            rounds.append(edge_rays)
            # Thin parts that centers of pixels missed are followed to where they end.
            found_K = np.zeros(len(pixels_K), dtype=bool)
            if len(pixels_K):
                found_K[edge_rays.new_L % len(pixels_K)] = True
            pixels_K = undone_neighbors(pixels_K[found_K], done_N, key_H_W.shape)

        return rounds

    def _trace_edge_round(
        self,
        camera: Camera,
        center_3_N: NDArray[np.float32],
        padded_key: NDArray[np.int32],
        pixels_K: NDArray[np.intp],
    ) -> EdgeRays:
        directions_3_SK = np.concatenate(
            [
                shifted_directions(camera, center_3_N, pixels_K, (right - 0.5, down - 0.5))
                for right, down in SUBPIXEL_OFFSETS
            ],
            axis=1,
        )
        hits = self.trace(camera, directions_3_SK)
        keys = np.split(np.take(self._shader.key_F, hits.face_N), len(SUBPIXEL_OFFSETS))
        near_SK = np.concatenate(
            [
                matching_pixels(key_K, pixels_K, offset, padded_key)
                for key_K, offset in zip(keys, SUBPIXEL_OFFSETS, strict=True)
            ]
        )
        new_L = np.flatnonzero(near_SK < 0)
        sample_L, place_L = np.divmod(new_L, max(1, len(pixels_K)))

        return EdgeRays(
            pixels_K,
            near_SK,
            new_L,
            np.take(directions_3_SK, new_L, axis=1),
            hits.select(new_L),
            pixel_quantiles(*np.divmod(pixels_K[place_L] + sample_L, camera.width)),
        )

    def _shade_rays(
        self,
        camera: Camera,
        options: RenderOptions,
        directions_3_N: NDArray[np.float32],
        hits: RayHits,
        quantile_N: NDArray[np.floating],
    ) -> NDArray[np.floating]:
        """Radiance (3, N) of rays that are no whole picture."""
        quantiles = [quantile_N, 1 - quantile_N] if options.shadows else []
        shaded = self._shader.shade(
            directions_3_N, hits, self._shading_camera(camera, options), quantiles
        )
        return self._finished(camera, options, shaded, directions_3_N, hits)

    def _finished(
        self,
        camera: Camera,
        options: RenderOptions,
        shaded: Shaded,
        directions_3_N: NDArray[np.float32],
        hits: RayHits,
    ) -> NDArray[np.floating]:
        """Radiance (3, N), glass included."""
        radiance_3_N = shaded.radiance()
        self._shader.add_glass(
            radiance_3_N, directions_3_N, hits, self._shading_camera(camera, options)
        )
        return radiance_3_N

    def _shading_camera(self, camera: Camera, options: RenderOptions) -> ShadingCamera:
        pixel_angle = 1 / camera.fx / options.samples_per_axis
        return ShadingCamera(camera.position.astype(np.float32), pixel_angle, options)


def render(
    scene: Scene, camera: Camera, source: MeshSource, options: RenderOptions | None = None
) -> Frame:
    """One frame of a scene. Several views of one room are faster through one `RoomRenderer`.

    Args:
        scene: The scene to draw.
        camera: The camera, in world coordinates.
        source: Gives the meshes of the scene's models.
        options: How colors are made; depth and ids do not depend on it.

    Returns:
        Color, metric depth and instance ids of the view.

    Raises:
        SceneError: The scene or the camera cannot be drawn.
        AssetsError: A model is unknown or damaged.
    """
    return RoomRenderer(scene, source).render(camera, options)
