"""Light on surfaces: direct light from lamps with traced shadows, and a two-color ambient term.

Rays are shaded group by group (`face_groups`), component-first (3, N) float32, in chunks that stay
in the processor's cache. Radiance is linear; 1 is a white surface fully lit, and `tonemap_to_srgb`
compresses brighter values.

Dimensions: N rays, K rays that meet one group of faces, L those of K near the skirting board,
F faces, V vertices, M materials.
"""

from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.ambient_occlusion import OcclusionMap, bake_floor_occlusion
from waywiser.rendering.embree.direct_lighting import Tracer, direct_light
from waywiser.rendering.embree.face_groups import FaceGroup, group_faces
from waywiser.rendering.embree.lamps import lamps_by_room
from waywiser.rendering.embree.rays import Floats, LayeredTracer, RayHits, RayTracer
from waywiser.rendering.embree.surface_hits import SurfaceHits, smooth_normals
from waywiser.rendering.embree.transparency import composite_transparent
from waywiser.rendering.embree.vectors import Scalars, Vectors, dot, points_along
from waywiser.rendering.floor_patterns import floor_brightness
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.scene_mesh import SceneMesh
from waywiser.rendering.shell import CEILING, FLOOR, WALL
from waywiser.scenes.scene import Scene

BACKGROUND_RADIANCE = 0.35  # radiance where a ray leaves the scene
BASEBOARD_HEIGHT = 0.08  # meters of skirting board along the walls
MAX_RAYS_PER_CHUNK = 32_768  # rays; few enough for their arrays to stay in the processor's caches


@dataclass(frozen=True)
class ShadingCamera:
    """The camera of one sample per pixel."""

    origin_3: Floats
    """Its place in the world, in meters."""
    pixel_angle: float
    """Radians that a pixel covers."""
    options: RenderOptions
    """The frame's options."""
    light_shift_3: Floats
    """Meters by which this sample moves every light."""


class Shader:
    """Turns hits into radiance for one room's soup."""

    def __init__(self, scene: Scene, scene_mesh: SceneMesh) -> None:
        self._scene = scene
        self._scene_mesh = scene_mesh
        self._materials = scene_mesh.materials
        self._static_tracer = RayTracer(scene_mesh.opaque.vertices_V_3, scene_mesh.opaque.faces_F_3)
        self._lamps = lamps_by_room(scene)
        self._groups = group_faces(scene_mesh, len(self._lamps))
        self.tracer = self._combined_tracer(scene_mesh)
        self.glass_tracer = RayTracer(scene_mesh.glass.vertices_V_3, scene_mesh.glass.faces_F_3)
        self._floor_maps: dict[int, OcclusionMap] = {}
        self._ambient = [self._ambient_colors(index) for index in range(max(1, len(scene.rooms)))]

    def with_moved(self, scene_mesh: SceneMesh) -> "Shader":
        """The same shader with movable objects elsewhere; shares the floors' ambient shadows."""
        other = copy(self)
        other._scene_mesh, other.tracer = scene_mesh, self._combined_tracer(scene_mesh)
        other._groups = self._groups.with_moved(scene_mesh.movable, self._materials.texture_M >= 0)

        if scene_mesh.glass is not self._scene_mesh.glass:
            other.glass_tracer = RayTracer(
                scene_mesh.glass.vertices_V_3, scene_mesh.glass.faces_F_3
            )

        return other

    def _combined_tracer(self, scene_mesh: SceneMesh) -> Tracer:
        """Static and movable triangles in one tracer."""
        if not len(scene_mesh.movable.faces_F_3):
            return self._static_tracer
        return LayeredTracer(
            self._static_tracer,
            RayTracer(scene_mesh.movable.vertices_V_3, scene_mesh.movable.faces_F_3),
        )

    def _ambient_colors(self, index: int) -> tuple[Vectors, Vectors]:
        """Ambient irradiance (3, 1) on faces that look down and up, tinted by floor and walls."""
        if not self._scene.rooms:
            gray = np.full((3, 1), self._scene.ambient, np.float32)
            return gray * np.float32(0.7), gray

        room = self._scene.rooms[index]
        floor_3 = np.array(room.floor_colour)
        wall_3 = np.array(room.wall_colour)
        below_3 = 0.45 + 0.35 * floor_3 / max(floor_3.max(), 1e-6) * min(1.0, floor_3.mean() + 0.4)
        above_3 = 0.80 + 0.20 * wall_3 / max(wall_3.max(), 1e-6)
        scaled = [(self._scene.ambient * c).astype(np.float32)[:, None] for c in (below_3, above_3)]

        return scaled[0], scaled[1]

    def _floor_map(self, room: int) -> OcclusionMap:
        if room not in self._floor_maps:
            self._floor_maps[room] = bake_floor_occlusion(
                self._scene.rooms[room], self._static_tracer
            )
        return self._floor_maps[room]

    def radiance(
        self, directions_3_N: Vectors, hits: RayHits, shading_camera: ShadingCamera
    ) -> Vectors:
        """Radiance (3, N) along rays from the camera, given their first opaque hits."""
        radiance_3_N = np.empty_like(directions_3_N)
        label_N = np.take(self._groups.label_F, hits.face_N)
        order_N = np.argsort(label_N, kind="stable")  # rays of a group in the picture's order
        start = 0

        for label, count in enumerate(np.bincount(label_N).tolist()):
            for first in range(start, start + count, MAX_RAYS_PER_CHUNK):
                rays_K = order_N[first : min(first + MAX_RAYS_PER_CHUNK, start + count)]

                if label == len(self._groups.groups):
                    radiance_3_N[:, rays_K] = BACKGROUND_RADIANCE
                    continue

                shaded_3_K = self._shade(
                    self._groups.groups[label], rays_K, directions_3_N, hits, shading_camera
                )
                for row_N, row_K in zip(radiance_3_N, shaded_3_K, strict=True):
                    row_N[rays_K] = row_K

            start += count

        if self.glass_tracer.faces:
            below_3_1, above_3_1 = self._ambient[0]
            scattered_3_1 = 0.5 * (below_3_1 + above_3_1) + 0.25
            composite_transparent(
                radiance_3_N,
                self.glass_tracer,
                self._scene_mesh.glass,
                self._materials,
                scattered_3_1,
                shading_camera.origin_3,
                directions_3_N,
                hits.t_N,
            )

        return radiance_3_N

    def _shade(
        self,
        group: FaceGroup,
        rays_K: NDArray[np.intp],
        directions_3_N: Vectors,
        hits: RayHits,
        shading_camera: ShadingCamera,
    ) -> Vectors:
        """Radiance (3, K) of rays of one group."""
        surface_hits = self._gather_surface_hits(
            group, rays_K, directions_3_N, hits, shading_camera.origin_3
        )
        albedo_3_K, openness_K = self._albedo_and_openness(
            group, surface_hits, shading_camera.pixel_angle
        )
        lamps = min(group.room, len(self._lamps) - 1)
        direct_3_K = direct_light(
            self.tracer,
            self._lamps[lamps],
            surface_hits.points_3_K,
            surface_hits.normal_3_K,
            surface_hits.shading_3_K,
            shading_camera.options,
            shading_camera.light_shift_3,
        )

        direct_3_K *= 0.4 + 0.6 * openness_K
        below_3_1, above_3_1 = self._ambient[lamps]
        light_3_K = below_3_1 + (above_3_1 - below_3_1) * (0.5 + 0.5 * surface_hits.shading_3_K[2])
        light_3_K = light_3_K * openness_K + direct_3_K
        light_3_K *= albedo_3_K

        return light_3_K

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

    def _albedo_and_openness(
        self, group: FaceGroup, surface_hits: SurfaceHits, pixel_angle: float
    ) -> tuple[Vectors, Scalars]:
        """Albedo (3, K) and openness to ambient light (K,), or with one column for all."""
        if group.normal_3_1 is None:
            albedo_3_K = np.take(
                self._materials.color_3_M, surface_hits.soup.material_F[surface_hits.face_K], axis=1
            )
            if group.textured:
                albedo_3_K *= self._texture(surface_hits, surface_hits.footprint(pixel_angle))

            return albedo_3_K, 1 - 0.35 * np.exp(np.maximum(surface_hits.points_3_K[2], 0) * -6)

        room = self._scene.rooms[group.room]
        color_3_1 = self._materials.color_3_M[:, group.material : group.material + 1]

        if group.surface == FLOOR:
            xy_2_K = surface_hits.points_3_K[:2]
            openness_K = self._floor_map(group.room).sample(xy_2_K)

            if room.floor_pattern == "plain":
                return color_3_1, openness_K

            footprint_K = surface_hits.footprint(pixel_angle)
            return (
                color_3_1
                * floor_brightness(room.floor_pattern, room.pattern_seed, xy_2_K, footprint_K),
                openness_K,
            )

        if group.surface == WALL:
            z_K = surface_hits.points_3_K[2]
            openness_K = (
                1 - 0.30 * np.exp(z_K * -4) - 0.22 * np.exp((z_K - np.float32(room.height)) * 5)
            )

            return _add_baseboard(color_3_1, z_K, surface_hits.footprint(pixel_angle)), openness_K

        assert group.surface == CEILING
        return color_3_1, np.full(1, 0.95, np.float32)

    def _texture(self, surface_hits: SurfaceHits, footprint_K: Scalars) -> Vectors:
        """Colors (3, K) of the textures, sRGB made linear."""
        corners_6_K = np.ascontiguousarray(
            np.take(surface_hits.soup.uv_F_3_2.reshape(-1, 6), surface_hits.face_K, axis=0).T
        )
        uv_2_K = corners_6_K[:2] * (1 - surface_hits.u_K - surface_hits.v_K)
        uv_2_K += corners_6_K[2:4] * surface_hits.u_K
        uv_2_K += corners_6_K[4:] * surface_hits.v_K
        texture_K = self._materials.texture_M[surface_hits.soup.material_F[surface_hits.face_K]]

        return self._materials.sample(
            texture_K, uv_2_K, footprint_K * surface_hits.soup.uv_per_meter_F[surface_hits.face_K]
        )


def _add_baseboard(wall_3_1: Vectors, z_K: Scalars, footprint_K: Scalars) -> Vectors:
    """Albedo (3, K) of a wall with a pale board along its foot and a fine shadow line on the
    board's upper edge.
    """
    foot_L = np.flatnonzero(z_K - BASEBOARD_HEIGHT < 1.01 * footprint_K + 0.005)
    if not len(foot_L):
        return wall_3_1

    z_L = z_K[foot_L]
    footprint_L = footprint_K[foot_L]
    board_L = np.clip((BASEBOARD_HEIGHT - z_L) / footprint_L + 0.5, 0, 1)
    line_L = np.clip(1 - np.abs(z_L - BASEBOARD_HEIGHT) / np.maximum(footprint_L, 0.004), 0, 1)
    line_L *= np.minimum(0.008 / footprint_L, 1)
    albedo_3_K = np.repeat(wall_3_1, len(z_K), axis=1)
    albedo_3_K[:, foot_L] = (wall_3_1 * (1 - board_L) + 0.82 * board_L) * (1 - 0.35 * line_L)

    return albedo_3_K
