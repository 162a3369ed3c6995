"""Light on surfaces: point lights with inverse-square falloff and traced shadows, a two-colour ambient term.

Arrays are component-first (3, N) float32, in chunks that stay in the processor's cache. Radiance is linear;
1 is a white surface fully lit, and `to_srgb` compresses what is brighter.
"""

from copy import copy

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.lamps import Lamp, lamps_by_room
from waywiser.rendering.occlusion import OcclusionMap, bake_floor
from waywiser.rendering.patterns import brightness
from waywiser.rendering.rays import Floats, Hits, LayeredTracer, RayTracer
from waywiser.rendering.shell import CEILING, FLOOR, FURNITURE, WALL
from waywiser.rendering.soup import Soups
from waywiser.scenes.scene import Scene

BACKGROUND = 0.35  # radiance where a ray leaves the scene
LIFT = 1.5e-3  # metres a shadow ray starts above its surface
LAMP_RADIUS = 0.18  # metres round a light within which nothing casts a shadow (its own lamp shade)
FAINT = 2e-3  # irradiance below which no shadow ray is worth casting
SKIRTING = 0.08  # metres of skirting board along the walls
GLASS_LAYERS = 4

Vectors = Floats  # (3, N)
Scalars = Floats  # (N,)

_TONE_STEPS, _BRIGHTEST, _SHOULDER = 4096, 6.0, 0.65


def _tone_table() -> NDArray[np.uint8]:
    """sRGB of radiance k: straight up to the shoulder, then bent towards 1; spaced by square roots."""
    x = (np.arange(_TONE_STEPS) / (_TONE_STEPS - 1)) ** 2 * _BRIGHTEST
    room = 1 - _SHOULDER
    x = np.where(x < _SHOULDER, x, _SHOULDER + room * (1 - np.exp(-(x - _SHOULDER) / room)))
    return linear_to_bytes(x)


def linear_to_bytes(colour: Floats) -> NDArray[np.uint8]:
    """Linear colour in [0, 1], of any shape, to uint8 sRGB (IEC 61966-2-1); brighter is clipped."""
    x = np.clip(colour, 0, 1)
    srgb = np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 1e-9) ** (1 / 2.4) - 0.055)
    return np.round(srgb * 255).astype(np.uint8)


_TONE = _tone_table()


def to_srgb(radiance: Floats) -> NDArray[np.uint8]:
    """Linear radiance of any shape to uint8 sRGB."""
    index = np.sqrt(np.clip(radiance * np.float32(1 / _BRIGHTEST), 0, 1))
    return _TONE[(index * np.float32(_TONE_STEPS - 1)).astype(np.int32)]


def dot(a_3_N: Vectors, b_3_N: Vectors) -> Scalars:
    return a_3_N[0] * b_3_N[0] + a_3_N[1] * b_3_N[1] + a_3_N[2] * b_3_N[2]


class Shader:
    """Turns hits into radiance for one room's soup."""

    def __init__(self, scene: Scene, soups: Soups) -> None:
        self._scene, self._materials = scene, soups.materials
        self._standing = RayTracer(soups.opaque.vertices_V_3, soups.opaque.faces_F_3[: soups.standing])
        self._take(soups)
        self._lamps = lamps_by_room(scene)
        self._floor_maps: dict[int, OcclusionMap] = {}
        self._ambient = [self._ambient_colours(index) for index in range(max(1, len(scene.rooms)))]

    def moved(self, soups: Soups) -> "Shader":
        """The same with other places of what is loose; shares all else, also the floors' ambient shadows."""
        other = copy(self)
        other._take(soups)
        return other

    def _take(self, soups: Soups) -> None:
        soup, glass = soups.opaque, soups.glass
        self._soup, self._glass = soup, glass
        self.tracer: RayTracer | LayeredTracer = self._standing
        if len(soup.faces_F_3) > soups.standing:
            self.tracer = LayeredTracer(self._standing, RayTracer(soup.vertices_V_3, soup.faces_F_3[soups.standing :]))
        self.glass_tracer = RayTracer(glass.vertices_V_3, glass.faces_F_3)
        self._textured_F = self._materials.texture_M[soup.material_F] >= 0

    def _ambient_colours(self, index: int) -> tuple[Vectors, Vectors]:
        """Ambient irradiance (3, 1) on faces that look down and up: light is tinted by what reflects it."""
        if not self._scene.rooms:
            grey = np.full((3, 1), self._scene.ambient, np.float32)
            return grey * np.float32(0.7), grey
        room = self._scene.rooms[index]
        floor_3, wall_3 = np.array(room.floor_colour), np.array(room.wall_colour)
        below_3 = 0.45 + 0.35 * floor_3 / max(floor_3.max(), 1e-6) * min(1.0, floor_3.mean() + 0.4)
        above_3 = 0.80 + 0.20 * wall_3 / max(wall_3.max(), 1e-6)
        scaled = [(self._scene.ambient * c).astype(np.float32)[:, None] for c in (below_3, above_3)]
        return scaled[0], scaled[1]

    def _floor_map(self, room: int) -> OcclusionMap:
        if room not in self._floor_maps:
            self._floor_maps[room] = bake_floor(self._scene.rooms[room], self._standing)
        return self._floor_maps[room]

    def radiance(
        self,
        origin_3: Floats,
        directions_3_N: Vectors,
        hits: Hits,
        pixel_angle: float,
        options: RenderOptions,
        light_shift_3: Floats,
    ) -> Vectors:
        """Radiance (3, N) along rays from `origin_3`, given their first opaque hits."""
        face_N = np.maximum(hits.face_N, 0)
        missed_N = hits.face_N < 0
        if missed_N.all():
            radiance_3_N = np.full(directions_3_N.shape, BACKGROUND, np.float32)
        else:
            t_N = np.where(missed_N, np.float32(0), hits.t_N)
            points_3_N = origin_3[:, None] + directions_3_N * t_N
            normal_3_N, shading_3_N = self._normals(face_N, hits, directions_3_N)
            distance_N = t_N * np.sqrt(dot(directions_3_N, directions_3_N))
            slant_N = np.maximum(np.abs(dot(normal_3_N, directions_3_N)) * t_N / np.maximum(distance_N, 1e-6), 0.08)
            footprint_N = np.maximum(distance_N * np.float32(pixel_angle), 1e-6) / np.sqrt(slant_N)
            albedo_3_N, openness_N = self._surface(face_N, hits, points_3_N, footprint_N)
            light_3_N = self._light(face_N, points_3_N, normal_3_N, shading_3_N, openness_N, options, light_shift_3)
            radiance_3_N = albedo_3_N * light_3_N
            radiance_3_N[:, missed_N] = BACKGROUND
        if self.glass_tracer.faces:
            self._through_glass(radiance_3_N, origin_3, directions_3_N, hits.t_N)
        return radiance_3_N

    def _light(
        self,
        face_N: NDArray[np.int32],
        points_3_N: Vectors,
        normal_3_N: Vectors,
        shading_3_N: Vectors,
        openness_N: Scalars,
        options: RenderOptions,
        light_shift_3: Floats,
    ) -> Vectors:
        """Irradiance (3, N), ambient and direct; each room has its own lamps."""
        if len(self._lamps) == 1:
            light_3_N = self._ambient_light(0, shading_3_N[2]) * openness_N
            direct_3_N = self._direct(self._lamps[0], points_3_N, normal_3_N, shading_3_N, options, light_shift_3)
            return light_3_N + direct_3_N * (0.4 + 0.6 * openness_N)
        light_3_N = np.zeros_like(points_3_N)
        room_N = np.clip(self._soup.room_F[face_N], 0, len(self._lamps) - 1)
        for room in np.unique(room_N).tolist():
            here_K = np.flatnonzero(room_N == room)
            shading_3_K, openness_K = shading_3_N[:, here_K], openness_N[here_K]
            direct_3_K = self._direct(
                self._lamps[room], points_3_N[:, here_K], normal_3_N[:, here_K], shading_3_K, options, light_shift_3
            )
            ambient_3_K = self._ambient_light(room, shading_3_K[2]) * openness_K
            light_3_N[:, here_K] = ambient_3_K + direct_3_K * (0.4 + 0.6 * openness_K)
        return light_3_N

    def _ambient_light(self, room: int, up_N: Scalars) -> Vectors:
        below_3_1, above_3_1 = self._ambient[room]
        blend_N = 0.5 + 0.5 * up_N
        return below_3_1 + (above_3_1 - below_3_1) * blend_N

    def _normals(self, face_N: NDArray[np.int32], hits: Hits, directions_3_N: Vectors) -> tuple[Vectors, Vectors]:
        """Geometric and shading normals (3, N), turned towards the viewer: every surface has two sides."""
        soup = self._soup
        normal_3_N = np.take(soup.normal_3_F, face_N, axis=1)
        normal_3_N *= np.where(dot(normal_3_N, directions_3_N) > 0, np.float32(-1), np.float32(1))
        bent_K = np.flatnonzero(soup.bends_F[face_N])
        if not len(bent_K):
            return normal_3_N, normal_3_N
        u_K, v_K = hits.u_N[bent_K], hits.v_N[bent_K]
        corners_K_3_3 = soup.corner_normal_F_3_3[face_N[bent_K]]
        smooth_K_3 = corners_K_3_3[:, 0] * (1 - u_K - v_K)[:, None]
        smooth_K_3 += corners_K_3_3[:, 1] * u_K[:, None]
        smooth_K_3 += corners_K_3_3[:, 2] * v_K[:, None]
        smooth_3_K = smooth_K_3.T
        length_K = np.sqrt(dot(smooth_3_K, smooth_3_K))
        side_K = np.where(dot(smooth_3_K, normal_3_N[:, bent_K]) < 0, np.float32(-1), np.float32(1))
        shading_3_N = normal_3_N.copy()
        shading_3_N[:, bent_K] = smooth_3_K * (side_K / np.maximum(length_K, 1e-6))
        return normal_3_N, shading_3_N

    def _surface(
        self, face_N: NDArray[np.int32], hits: Hits, points_3_N: Vectors, footprint_N: Scalars
    ) -> tuple[Vectors, Scalars]:
        """Albedo (3, N) and openness to ambient light (N,)."""
        soup = self._soup
        albedo_3_N = np.take(self._materials.colour_3_M, soup.material_F[face_N], axis=1)
        self._paint_textures(albedo_3_N, face_N, hits, footprint_N)
        openness_N = np.ones(len(face_N), np.float32)
        surface_N = soup.surface_F[face_N]
        room_N = soup.room_F[face_N]
        for index, room in enumerate(self._scene.rooms):
            here_N = room_N == index
            floor_K = np.flatnonzero(here_N & (surface_N == FLOOR))
            if len(floor_K):
                xy_2_K = points_3_N[:2, floor_K]
                albedo_3_N[:, floor_K] *= brightness(
                    room.floor_pattern, room.pattern_seed, xy_2_K, footprint_N[floor_K]
                )
                openness_N[floor_K] = self._floor_map(index).sample(xy_2_K)
            wall_K = np.flatnonzero(here_N & (surface_N == WALL))
            if len(wall_K):
                z_K = points_3_N[2, wall_K]
                openness_N[wall_K] = 1 - 0.30 * np.exp(z_K * -4) - 0.22 * np.exp((z_K - np.float32(room.height)) * 5)
                self._paint_skirting(albedo_3_N, wall_K, z_K, footprint_N[wall_K])
            openness_N[here_N & (surface_N == CEILING)] = 0.95
        furniture_K = np.flatnonzero(surface_N == FURNITURE)
        openness_N[furniture_K] = 1 - 0.35 * np.exp(np.maximum(points_3_N[2, furniture_K], 0) * -6)
        return albedo_3_N, openness_N

    def _paint_textures(self, albedo_3_N: Vectors, face_N: NDArray[np.int32], hits: Hits, footprint_N: Scalars) -> None:
        painted_K = np.flatnonzero(self._textured_F[face_N])
        if not len(painted_K):
            return
        face_K = face_N[painted_K]
        u_K, v_K = hits.u_N[painted_K, None], hits.v_N[painted_K, None]
        uv_K_3_2 = self._soup.uv_F_3_2[face_K]
        uv_K_2 = uv_K_3_2[:, 0] * (1 - u_K - v_K) + uv_K_3_2[:, 1] * u_K + uv_K_3_2[:, 2] * v_K
        texture_K = self._materials.texture_M[self._soup.material_F[face_K]]
        reach_K = footprint_N[painted_K] * self._soup.uv_per_metre_F[face_K]
        albedo_3_N[:, painted_K] *= self._materials.sample(texture_K, uv_K_2, reach_K)

    @staticmethod
    def _paint_skirting(albedo_3_N: Vectors, wall_K: NDArray[np.intp], z_K: Scalars, footprint_K: Scalars) -> None:
        """A pale board along the foot of the walls, with a fine shadow line on its upper edge."""
        board_K = np.clip((SKIRTING - z_K) / footprint_K + 0.5, 0, 1)
        line_K = np.clip(1 - np.abs(z_K - SKIRTING) / np.maximum(footprint_K, 0.004), 0, 1)
        line_K *= np.minimum(0.008 / footprint_K, 1)
        albedo_3_N[:, wall_K] = (albedo_3_N[:, wall_K] * (1 - board_K) + 0.82 * board_K) * (1 - 0.35 * line_K)

    def _direct(
        self,
        lamps: list[Lamp],
        points_3_N: Vectors,
        normal_3_N: Vectors,
        shading_3_N: Vectors,
        options: RenderOptions,
        light_shift_3: Floats,
    ) -> Vectors:
        """Irradiance (3, N) of the strongest of these lamps, `max_lights` of each room."""
        light_3_N = np.zeros_like(points_3_N)
        lifted_3_N = points_3_N + normal_3_N * np.float32(LIFT)
        for lamp in lamps:
            if lamp.rank >= options.max_lights:
                continue
            light = lamp.light
            position_3 = np.asarray(light.position, dtype=np.float32) + light_shift_3
            to_light_3_N = position_3[:, None] - lifted_3_N
            square_N = np.maximum(dot(to_light_3_N, to_light_3_N), 0.04)
            distance_N = np.sqrt(square_N)
            cosine_N = dot(shading_3_N, to_light_3_N) / distance_N
            strength_N = np.maximum(cosine_N, 0) / square_N
            strength_N[dot(normal_3_N, to_light_3_N) <= 0] = 0
            if lamp.door is not None:
                strength_N[~lamp.shines_through(lifted_3_N, to_light_3_N)] = 0
            if options.shadows:
                lit_K = np.flatnonzero(strength_N * max(light.intensity) > FAINT)
                far_K = 1 - np.minimum(LAMP_RADIUS / distance_N[lit_K], np.float32(0.5))
                dark_K = self.tracer.occluded(lifted_3_N[:, lit_K].T, to_light_3_N[:, lit_K].T, far_K)
                strength_N[lit_K[dark_K]] = 0
            light_3_N += np.asarray(light.intensity, dtype=np.float32)[:, None] * strength_N
        return light_3_N

    def _through_glass(self, radiance_3_N: Vectors, origin_3: Floats, directions_3_N: Vectors, far_N: Scalars) -> None:
        """Lays up to `GLASS_LAYERS` see-through surfaces over the opaque picture, front to back, in place."""
        rays_K = np.arange(directions_3_N.shape[1])
        clear_N = np.ones(len(rays_K), np.float32)
        added_3_N = np.zeros_like(radiance_3_N)
        start_K = np.zeros(len(rays_K), np.float32)
        # A glass face that lies on the opaque surface behind it would flicker in and out.
        far_N = far_N * np.float32(0.999)
        below_3_1, above_3_1 = self._ambient[0]
        for _ in range(GLASS_LAYERS):
            directions_3_K = directions_3_N[:, rays_K]
            origins_3_K = origin_3[:, None] + directions_3_K * start_K
            reach_K = np.maximum(far_N[rays_K] - start_K, 0)
            hits = self.glass_tracer.intersect(origins_3_K.T, directions_3_K.T, reach_K)
            hit_K = hits.face_N >= 0
            if not hit_K.any():
                break
            rays_K, face_K = rays_K[hit_K], hits.face_N[hit_K]
            start_K = start_K[hit_K] + hits.t_N[hit_K] + np.float32(1e-3)
            material_K = self._glass.material_F[face_K]
            opacity_K = self._materials.opacity_M[material_K] * clear_N[rays_K]
            colour_3_K = np.take(self._materials.colour_3_M, material_K, axis=1)
            added_3_N[:, rays_K] += colour_3_K * (0.5 * (below_3_1 + above_3_1) + 0.25) * opacity_K
            clear_N[rays_K] -= opacity_K
        radiance_3_N *= clear_N
        radiance_3_N += added_3_N
