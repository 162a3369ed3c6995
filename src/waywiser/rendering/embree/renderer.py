"""Renders rooms with Embree: shadowed RGB, metric depth and ids, exact at pixel centers.

Dimensions: N rays, F faces, H image height, W image width.
"""

import math
from copy import copy
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.rendering.embree.rays import RayHits
from waywiser.rendering.embree.shading import Shader, ShadingCamera
from waywiser.rendering.embree.tone_mapping import tonemap_to_srgb
from waywiser.rendering.frame import Frame, RenderOptions
from waywiser.rendering.geometry import inside_polygon
from waywiser.rendering.mesh_cache import MeshCache, MeshSource
from waywiser.rendering.scene_mesh import TriangleSoup, build_scene_mesh
from waywiser.scenes.doorways import doorway_corners
from waywiser.scenes.scene import Camera, Scene

LIGHT_RADIUS = 0.07  # meters over which several samples per pixel spread a light: soft shadow edges
MAX_IMAGE_SIDE = 8192


def pixel_directions(
    camera: Camera, offset: tuple[float, float] = (0.5, 0.5)
) -> NDArray[np.float32]:
    """World directions (3, H * W) of the rays through the pixels at `offset` within each, row by
    row.

    They advance 1 meter along the optical axis per unit, so a ray's parameter is its z-depth.
    """
    u_W = (np.arange(camera.width) + offset[0] - camera.cx) / camera.fx
    v_H = (np.arange(camera.height) + offset[1] - camera.cy) / camera.fy
    rotation = camera.pose[:3, :3]
    plane_3_H_W = (
        rotation[:, 0, None, None] * u_W[None, None, :]
        + rotation[:, 1, None, None] * v_H[None, :, None]
        + rotation[:, 2, None, None]
    )

    return plane_3_H_W.reshape(3, -1).astype(np.float32)


def check_camera(camera: Camera, scene: Scene) -> None:
    """Raises SceneError for a camera with bad numbers, or outside every room and doorway."""
    pose = camera.pose
    if pose.shape != (4, 4) or not np.isfinite(pose).all():
        raise SceneError("camera pose is not a finite 4 x 4 matrix: fix the camera")

    if (
        np.abs(pose[:3, :3] @ pose[:3, :3].T - np.eye(3)).max() > 1e-4
        or np.linalg.det(pose[:3, :3]) < 0
    ):
        raise SceneError("camera pose is not a rotation and a place: fix world_from_camera")

    if not (1 <= camera.width <= MAX_IMAGE_SIDE and 1 <= camera.height <= MAX_IMAGE_SIDE):
        raise SceneError(
            f"camera size {camera.width} x {camera.height} is not within 1 to {MAX_IMAGE_SIDE}"
            " pixels"
        )

    if not (
        np.isfinite([camera.fx, camera.fy, camera.cx, camera.cy]).all()
        and min(camera.fx, camera.fy) > 0
    ):
        raise SceneError("camera focal lengths must be positive and finite: fix fx, fy, cx, cy")

    x, y, z = camera.position
    rooms = ((room.polygon, room.height) for room in scene.rooms)

    doorway_spaces = (
        (tuple(map(tuple, doorway_corners(scene, door).tolist())), door.height)
        for door in scene.doors
    )

    spaces = chain(rooms, doorway_spaces)  # lazily: most cameras are in a room
    inside = (
        inside_polygon(polygon, np.array([[x, y]]))[0] and 0 < z < height
        for polygon, height in spaces
    )
    if scene.rooms and not any(inside):
        raise SceneError(
            f"camera at ({x:.2f}, {y:.2f}, {z:.2f}) is outside every room: move it inside"
        )


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

    def with_movable(self, movable: frozenset[int]) -> "RoomRenderer":
        """A renderer of the same scene in which these objects can move; shares prepared meshes."""
        other = copy(self)
        other._scene_mesh = self._scene_mesh.with_movable(movable)
        other._shader = Shader(self.scene, other._scene_mesh)
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
            radiance_3_N = self._trace_radiance(camera, options, center_3_N, center_hits, 0.0)
        else:
            radiance_3_N = np.zeros_like(center_3_N)

            for sample in range(n * n):
                offset = ((sample % n + 0.5) / n, (sample // n + 0.5) / n)
                directions_3_N = pixel_directions(camera, offset)
                hits = self.trace(camera, directions_3_N)
                light_angle = 2 * math.pi * (sample + 0.5) / (n * n)
                radiance_3_N += self._trace_radiance(
                    camera, options, directions_3_N, hits, light_angle
                )

            radiance_3_N /= n * n

        return np.ascontiguousarray(tonemap_to_srgb(radiance_3_N).T).reshape(
            camera.height, camera.width, 3
        )

    def _trace_radiance(
        self,
        camera: Camera,
        options: RenderOptions,
        directions_3_N: NDArray[np.float32],
        hits: RayHits,
        light_angle: float,
    ) -> NDArray[np.float32]:
        """Radiance (3, N). `light_angle` (radians) puts this sample on the lights' discs."""
        radius = LIGHT_RADIUS if light_angle else 0.0
        shift_3 = np.array(
            [radius * math.cos(light_angle), radius * math.sin(light_angle), 0], np.float32
        )
        pixel_angle = 1 / camera.fx / options.samples_per_axis
        shading_camera = ShadingCamera(
            camera.position.astype(np.float32), pixel_angle, options, shift_3
        )

        return self._shader.radiance(directions_3_N, hits, shading_camera)


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
