"""What color surfaces have where rays meet them, and how open they lie to light from all sides.

Dimensions: K rays that meet one group of faces, L those of K near the skirting board, F faces.
"""

import numpy as np

from waywiser.rendering.embree.ambient_occlusion import OcclusionMap
from waywiser.rendering.embree.face_groups import FaceGroup
from waywiser.rendering.embree.surface_hits import SurfaceHits
from waywiser.rendering.embree.vectors import Scalars, Vectors
from waywiser.rendering.floor_patterns import floor_brightness
from waywiser.rendering.shell import CEILING, FLOOR, WALL
from waywiser.rendering.textures import Materials
from waywiser.scenes.scene import Room

BASEBOARD_HEIGHT = 0.08  # meters of skirting board along the walls


def furniture_color(
    group: FaceGroup, surface_hits: SurfaceHits, materials: Materials, pixel_angle: float
) -> tuple[Vectors, Scalars]:
    """Albedo (3, K) of furniture, and its openness (K,), which falls towards the floor."""
    material_K = surface_hits.soup.material_F[surface_hits.face_K]
    albedo_3_K = np.take(materials.color_3_M, material_K, axis=1)
    if group.textured:
        albedo_3_K *= _texture(surface_hits, materials, surface_hits.footprint(pixel_angle))

    return albedo_3_K, 1 - 0.35 * np.exp(np.maximum(surface_hits.points_3_K[2], 0) * -6)


def shell_color(
    group: FaceGroup,
    surface_hits: SurfaceHits,
    color_3_1: Vectors,
    room: Room,
    floor_map: OcclusionMap | None,
    pixel_angle: float,
) -> tuple[Vectors, Scalars]:
    """Albedo of a floor, wall or ceiling and its openness, each with one column for all or K.

    Args:
        group: The faces.
        surface_hits: Where K rays meet them.
        color_3_1: (3, 1) albedo of their material.
        room: The room that they belong to.
        floor_map: Openness of its floor; None for other surfaces.
        pixel_angle: Radians that a pixel covers.

    Returns:
        (3, K) or (3, 1) albedo, and (K,) or (1,) openness from 0 to 1.
    """
    if group.surface == FLOOR:
        assert floor_map is not None
        xy_2_K = surface_hits.points_3_K[:2]
        openness_K = floor_map.sample(xy_2_K)
        if room.floor_pattern == "plain":
            return color_3_1, openness_K

        footprint_K = surface_hits.footprint(pixel_angle)
        brightness_K = floor_brightness(room.floor_pattern, room.pattern_seed, xy_2_K, footprint_K)
        return color_3_1 * brightness_K, openness_K

    if group.surface == WALL:
        z_K = surface_hits.points_3_K[2]
        openness_K = 1 - 0.25 * np.exp(z_K * -5)
        openness_K -= 0.18 * np.exp((z_K - np.float32(room.height)) * 6)
        return _add_baseboard(color_3_1, z_K, surface_hits.footprint(pixel_angle)), openness_K

    assert group.surface == CEILING
    return color_3_1, np.full(1, 0.95, np.float32)


def _texture(surface_hits: SurfaceHits, materials: Materials, footprint_K: Scalars) -> Vectors:
    """Colors (3, K) of the textures, sRGB made linear."""
    soup = surface_hits.soup
    corners_6_K = np.ascontiguousarray(
        np.take(soup.uv_F_3_2.reshape(-1, 6), surface_hits.face_K, axis=0).T
    )
    uv_2_K = corners_6_K[:2] * (1 - surface_hits.u_K - surface_hits.v_K)
    uv_2_K += corners_6_K[2:4] * surface_hits.u_K
    uv_2_K += corners_6_K[4:] * surface_hits.v_K
    texture_K = materials.texture_M[soup.material_F[surface_hits.face_K]]

    return materials.sample(
        texture_K, uv_2_K, footprint_K * soup.uv_per_meter_F[surface_hits.face_K]
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
