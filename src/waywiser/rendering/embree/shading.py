"""Light on surfaces: what lamps give, with traced shadows, and what bounces between surfaces.

Rays are shaded group by group (`face_groups`), component-first (3, N) float32, in chunks that stay
in the processor's cache. Radiance is linear; 1 is a white surface fully lit, and `tonemap_to_srgb`
compresses brighter values.

Dimensions: N rays, K rays that meet one group of faces, F faces.
"""

from copy import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.ambient_occlusion import OcclusionMap, bake_floor_occlusion
from waywiser.rendering.embree.direct_lighting import Tracer, direct_light
from waywiser.rendering.embree.face_groups import FaceGroup, group_faces
from waywiser.rendering.embree.rays import Floats, LayeredTracer, RayHits, RayTracer
from waywiser.rendering.embree.room_light import RoomLight, compute_room_light
from waywiser.rendering.embree.surface_color import furniture_color, shell_color
from waywiser.rendering.embree.surface_hits import SurfaceHits, smooth_normals
from waywiser.rendering.embree.transparency import composite_transparent
from waywiser.rendering.embree.vectors import Scalars, Vectors, dot, points_along, put
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.scene_mesh import SceneMesh, TriangleSoup
from waywiser.rendering.shell import FLOOR
from waywiser.scenes.scene import Scene

BACKGROUND_RADIANCE = 0.35  # radiance where a ray leaves the scene
MAX_RAYS_PER_CHUNK = 16_384  # rays; few enough for their arrays to stay in the processor's caches
NO_FACE_KEY = -1


@dataclass(frozen=True)
class ShadingCamera:
    """The camera of one sample per pixel."""

    origin_3: Floats
    """Its place in the world, in meters."""
    pixel_angle: float
    """Radians that a pixel covers."""
    options: RenderOptions
    """The frame's options."""


@dataclass(frozen=True)
class Shaded:
    """Radiance of N rays in two parts, of which shadows touch one."""

    steady_3_N: Vectors
    """Bounced light and glow."""
    direct_3_N: Vectors
    """Light of lamps, as if nothing were in its way."""
    visible_N: Scalars
    """Share of the direct light that shadows leave."""

    def radiance(self, visible_N: Scalars | None = None) -> Vectors:
        """The sum (3, N), with this visibility instead of its own if given."""
        return self.steady_3_N + self.direct_3_N * (
            self.visible_N if visible_N is None else visible_N
        )


@dataclass
class _Baked:
    """What is worked out when first needed and shared by all renderers of a scene."""

    room_light: RoomLight | None = None


@dataclass
class _FloorMaps:
    by_room: dict[int, OcclusionMap] = field(default_factory=dict)


class Shader:
    """Turns hits into radiance for one scene."""

    def __init__(
        self, scene: Scene, scene_mesh: SceneMesh, shares_light_of: "Shader | None" = None
    ) -> None:
        self._scene = scene
        self._scene_mesh = scene_mesh
        self._materials = scene_mesh.materials
        self._static_tracer = RayTracer(scene_mesh.opaque.vertices_V_3, scene_mesh.opaque.faces_F_3)
        self._groups = group_faces(scene_mesh, max(1, len(scene.rooms)))
        self.tracer = self._combined_tracer(scene_mesh)
        self.glass_tracer = RayTracer(scene_mesh.glass.vertices_V_3, scene_mesh.glass.faces_F_3)
        self._floor_maps = _FloorMaps()
        self._static_key_F = _surface_keys(scene_mesh.opaque)
        self.key_F = self._join_keys(scene_mesh)
        # Light is that of objects where they first stand, so a clip does not change a room's light.
        self._baked = _Baked() if shares_light_of is None else shares_light_of._baked
        self._baker = self if shares_light_of is None else shares_light_of._baker

    def with_moved(self, scene_mesh: SceneMesh) -> "Shader":
        """The same shader with movable objects elsewhere; shares the light and floors' shadows."""
        other = copy(self)
        other._scene_mesh, other.tracer = scene_mesh, self._combined_tracer(scene_mesh)
        other._groups = self._groups.with_moved(scene_mesh.movable, self._materials.texture_M >= 0)
        other.key_F = other._join_keys(scene_mesh)

        if scene_mesh.glass is not self._scene_mesh.glass:
            other.glass_tracer = RayTracer(
                scene_mesh.glass.vertices_V_3, scene_mesh.glass.faces_F_3
            )

        return other

    @property
    def room_light(self) -> RoomLight:
        """The light of the scene's rooms."""
        if self._baked.room_light is None:
            baker = self._baker
            self._baked.room_light = compute_room_light(
                baker._scene, baker._scene_mesh, baker.tracer
            )

        return self._baked.room_light

    def _combined_tracer(self, scene_mesh: SceneMesh) -> Tracer:
        """Static and movable triangles in one tracer."""
        if not len(scene_mesh.movable.faces_F_3):
            return self._static_tracer
        return LayeredTracer(
            self._static_tracer,
            RayTracer(scene_mesh.movable.vertices_V_3, scene_mesh.movable.faces_F_3),
        )

    def _join_keys(self, scene_mesh: SceneMesh) -> NDArray[np.int32]:
        """(F + 1,) keys of surfaces that look alike; face -1 finds the last."""
        moved_key_F = _surface_keys(scene_mesh.movable) + np.int32(len(self._static_key_F))
        return np.concatenate([self._static_key_F, moved_key_F, [NO_FACE_KEY]], dtype=np.int32)

    def _floor_map(self, room: int) -> OcclusionMap:
        maps = self._floor_maps.by_room
        if room not in maps:
            maps[room] = bake_floor_occlusion(self._scene.rooms[room], self._static_tracer)
        return maps[room]

    def shade(
        self,
        directions_3_N: Vectors,
        hits: RayHits,
        shading_camera: ShadingCamera,
        quantiles: list[Scalars],
    ) -> Shaded:
        """Light (N rays) along rays from the camera, given their first opaque hits.

        Args:
            directions_3_N: (3, N) directions of the rays.
            hits: What they meet.
            shading_camera: Where they start, and the options.
            quantiles: Arrays (N,) as in `direct_light`, one for each shadow ray of a point.

        Returns:
            Both parts of their radiance, without what glass adds.
        """
        shaded = Shaded(
            np.empty_like(directions_3_N),
            np.zeros_like(directions_3_N),
            np.ones(directions_3_N.shape[1], np.float32),
        )
        label_N = np.take(self._groups.label_F, hits.face_N)
        order_N = np.argsort(label_N, kind="stable")  # rays of a group in the picture's order
        start = 0

        for label, count in enumerate(np.bincount(label_N).tolist()):
            for first in range(start, start + count, MAX_RAYS_PER_CHUNK):
                rays_K = order_N[first : min(first + MAX_RAYS_PER_CHUNK, start + count)]

                if label == len(self._groups.groups):
                    shaded.steady_3_N[:, rays_K] = BACKGROUND_RADIANCE
                    continue

                group = self._groups.groups[label]
                surface_hits = self._gather_surface_hits(
                    group, rays_K, directions_3_N, hits, shading_camera.origin_3
                )
                quantiles_K = [quantile_N[rays_K] for quantile_N in quantiles]
                part = self._shade_group(group, surface_hits, shading_camera, quantiles_K)
                shaded.visible_N[rays_K] = part.visible_N

                put(shaded.steady_3_N, rays_K, part.steady_3_N)
                put(shaded.direct_3_N, rays_K, part.direct_3_N)

            start += count

        return shaded

    def add_glass(
        self,
        radiance_3_N: Vectors,
        directions_3_N: Vectors,
        hits: RayHits,
        shading_camera: ShadingCamera,
    ) -> None:
        """Lay see-through surfaces over the radiance, in place."""
        if not self.glass_tracer.faces:
            return

        composite_transparent(
            radiance_3_N,
            self.glass_tracer,
            self._scene_mesh.glass,
            self._materials,
            self.room_light.mean_light + np.float32(0.25),
            shading_camera.origin_3,
            directions_3_N,
            hits.t_N,
        )

    def _shade_group(
        self,
        group: FaceGroup,
        surface_hits: SurfaceHits,
        shading_camera: ShadingCamera,
        quantiles: list[Scalars],
    ) -> Shaded:
        """Both parts of the radiance of rays of one group."""
        pixel_angle = shading_camera.pixel_angle

        if group.normal_3_1 is None:
            albedo_3_K, openness_K = furniture_color(
                group, surface_hits, self._materials, pixel_angle
            )
        else:
            albedo_3_K, openness_K = shell_color(
                group,
                surface_hits,
                self._materials.color_3_M[:, group.material : group.material + 1],
                self._scene.rooms[group.room],
                self._floor_map(group.room) if group.surface == FLOOR else None,
                pixel_angle,
            )

        room_light = self.room_light
        lamp_set = room_light.lamp_sets[min(group.room, len(room_light.lamp_sets) - 1)]
        direct_3_K, visible_K = direct_light(
            self.tracer,
            lamp_set.strongest(shading_camera.options.max_lights),
            surface_hits.points_3_K,
            surface_hits.normal_3_K,
            surface_hits.shading_3_K,
            quantiles,
        )
        direct_3_K *= albedo_3_K * (0.6 + 0.4 * openness_K)
        steady_3_K = room_light.indirect(
            group.room, surface_hits.points_3_K, surface_hits.shading_3_K
        )
        steady_3_K = steady_3_K * (openness_K * albedo_3_K)

        if group.normal_3_1 is None and self._materials.emission_M.any():
            glow_K = self._materials.emission_M[surface_hits.soup.material_F[surface_hits.face_K]]
            steady_3_K += room_light.limit_glow(group.room, glow_K) * albedo_3_K

        return Shaded(steady_3_K, direct_3_K, visible_K)

    def _gather_surface_hits(
        self,
        group: FaceGroup,
        rays_K: NDArray[np.intp],
        directions_3_N: Vectors,
        hits: RayHits,
        origin_3: Floats,
    ) -> SurfaceHits:
        directions_3_K = np.take(directions_3_N, rays_K, axis=1)
        soup = self._scene_mesh.opaque
        face_K = hits.face_N[rays_K].astype(np.intp)
        t_K = hits.t_N[rays_K]

        if group.movable:
            soup = self._scene_mesh.movable
            face_K = face_K - self._static_tracer.faces

        u_K, v_K = (
            (hits.u_N[rays_K], hits.v_N[rays_K]) if group.bends or group.textured else (t_K, t_K)
        )
        normal_3_K = (
            np.take(soup.normal_3_F, face_K, axis=1)
            if group.normal_3_1 is None
            else group.normal_3_1
        )

        facing_K = dot(normal_3_K, directions_3_K)
        backfacing_K = facing_K > 0  # every surface has two sides
        if backfacing_K.all():
            normal_3_K = -normal_3_K
        elif backfacing_K.any():
            normal_3_K = normal_3_K * np.where(backfacing_K, np.float32(-1), np.float32(1))

        shading_3_K = (
            smooth_normals(soup, face_K, u_K, v_K, normal_3_K) if group.bends else normal_3_K
        )
        points_3_K = points_along(origin_3, directions_3_K, t_K)

        return SurfaceHits(
            soup,
            face_K,
            t_K,
            u_K,
            v_K,
            directions_3_K,
            points_3_K,
            normal_3_K,
            shading_3_K,
            facing_K,
        )


def _surface_keys(soup: TriangleSoup) -> NDArray[np.int32]:
    """Equal numbers (F,) from 0 for faces of one object and material that look to the same of six
    sides.
    """
    axis_F = np.abs(soup.normal_3_F).argmax(axis=0)
    side_F = 2 * axis_F + (np.take_along_axis(soup.normal_3_F, axis_F[None], axis=0)[0] > 0)
    key_F = (soup.instance_F.astype(np.int64) << 24) + (soup.material_F << 3) + side_F
    # Small numbers, since pictures of them are compared over and over.
    return np.unique(key_F, return_inverse=True)[1].astype(np.int32)
