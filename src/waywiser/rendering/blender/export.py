"""A scene as plain arrays for Blender: the very triangles that Embree sees, with colors, textures
and lamps.

Dimensions: V vertices, F faces, G see-through faces, M materials, T textures,
L lamps or mip levels, K faces of a floor, looks or texels, N texels of a floor,
H image height, W image width.
"""

from typing import Any, TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.lamps import LAMP_SHADE_RADIUS, rectangle_axes
from waywiser.rendering.embree.shading import BACKGROUND_RADIANCE
from waywiser.rendering.embree.surface_color import BASEBOARD_HEIGHT
from waywiser.rendering.embree.tone_mapping import linear_to_srgb
from waywiser.rendering.floor_patterns import floor_brightness
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.rendering.scene_mesh import TriangleSoup, build_scene_mesh
from waywiser.rendering.shell import CEILING, FLOOR, FURNITURE, WALL
from waywiser.rendering.textures import Materials
from waywiser.scenes.scene import Camera, Light, Object, Room, Scene

TEXEL_SIZE = 0.006  # meters of floor a texel covers
MAX_TEXELS = 1024  # along either side of a floor's texture

_ROUGHNESS = {"plain": 0.5, "planks": 0.35, "tiles": 0.25, "carpet": 1.0}
_PAINT_ROUGHNESS = 0.8
_FURNITURE_ROUGHNESS = 0.5
_GLASS_ROUGHNESS = 0.05
_WHITE = np.ones(3, np.float32)

Arrays = dict[str, NDArray[Any]]


class CameraRecord(TypedDict):
    """A `Camera` as JSON; the worker has the same record, because it cannot import this module."""

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    world_from_camera: list[list[float]]


def export_scene(scene: Scene, cache: MeshCache) -> Arrays:
    """The arrays that the worker loads: F faces over V vertices, K looks, L lamps and the textures.

    Vertices are in world meters, colors are linear. `instance_F` holds ids, 0 for the room.
    `look_F`
    holds rows of `looks_K_4`: texture or -1, roughness, 1 for glass, height of the baseboard or 0.
    `texture_0`, ... are (H, W, 3) sRGB, row 0 at v = 1. `shadowless_F` marks faces so near a lamp
    that
    they would be its shade, as in the Embree renderer. `emission_F` is the radiance that a face gives
    off, over its color. `rectangles_L_3_3` holds a light's normal and halves of its width and height
    as vectors, zeros for a light without a size.

    Raises SceneError or AssetsError for a scene that cannot be drawn.
    """
    scene_mesh = build_scene_mesh(scene, cache)
    opaque = scene_mesh.opaque
    glass = scene_mesh.glass
    materials = scene_mesh.materials
    textures = [_largest_level(materials, index) for index in range(len(materials.size_T_L_2))]
    looks: dict[tuple[float, float, float, float], int] = {}
    look_F, uv_F_3_2, color_F_3 = _opaque_looks(scene, opaque, materials, textures, looks)
    clear = looks.setdefault((-1.0, _GLASS_ROUGHNESS, 1.0, 0.0), len(looks))
    parts = [(opaque, look_F), (glass, np.full(len(glass.faces_F_3), clear))]
    lights_L_2_3 = np.array([(light.position, light.intensity) for light in scene.lights]).reshape(
        -1, 2, 3
    )
    rectangles_L_3_3 = np.array([_rectangle(light) for light in scene.lights]).reshape(-1, 3, 3)
    vertices_V_3 = np.concatenate([opaque.vertices_V_3, glass.vertices_V_3])
    faces_F_3 = np.concatenate([opaque.faces_F_3, glass.faces_F_3 + len(opaque.vertices_V_3)])
    instance_F = np.concatenate([part.instance_F for part, _ in parts])
    material_G = glass.material_F

    return {
        "vertices_V_3": vertices_V_3,
        "faces_F_3": faces_F_3.astype(np.int32),
        "instance_F": instance_F,
        "normal_F_3_3": np.concatenate([part.corner_normal_F_3_3 for part, _ in parts]),
        "uv_F_3_2": np.concatenate([uv_F_3_2, glass.uv_F_3_2]),
        "colour_F_3": np.concatenate([color_F_3, materials.color_3_M.T[material_G]]),
        "opacity_F": np.concatenate(
            [np.ones(len(look_F), np.float32), materials.opacity_M[material_G]]
        ),
        "emission_F": materials.emission_M[np.concatenate([part.material_F for part, _ in parts])],
        "look_F": np.concatenate([rows for _, rows in parts]).astype(np.int32),
        "shadowless_F": (
            (instance_F > 0)
            & _is_near_lamp(vertices_V_3, lights_L_2_3[:, 0])[faces_F_3].any(axis=1)
        ),
        "looks_K_4": np.array(list(looks)),
        "lights_L_2_3": lights_L_2_3,
        "rectangles_L_3_3": rectangles_L_3_3,
        "background": np.array(BACKGROUND_RADIANCE),
        "textures": np.array(len(textures)),
        **{f"texture_{index}": texture for index, texture in enumerate(textures)},
    }


def _rectangle(light: Light) -> NDArray[np.floating]:
    """(3, 3) normal, half of the width and half of the height."""
    if min(light.size) <= 0:
        return np.zeros((3, 3))
    return np.stack([np.asarray(light.normal), *rectangle_axes(light.normal, light.size)])


def camera_to_request(camera: Camera) -> CameraRecord:
    """A camera as the worker reads it."""
    return cast(CameraRecord, camera.model_dump(mode="json"))


def object_transforms(scene: Scene, posed_scene: Scene) -> dict[str, list[list[float]]]:
    """(4, 4) transforms by object id, from the boxes in `scene` to those in `posed_scene`."""
    pairs = zip(scene.objects, posed_scene.objects, strict=True)
    return {
        str(obj.id): _relative_transform(obj, posed_obj).tolist()
        for obj, posed_obj in pairs
        if obj.box != posed_obj.box
    }


def _relative_transform(obj: Object, posed_obj: Object) -> NDArray[np.float64]:
    turn_3_3 = posed_obj.box.axes @ obj.box.axes.T
    matrix_4_4 = np.eye(4)
    matrix_4_4[:3, :3] = turn_3_3
    matrix_4_4[:3, 3] = np.asarray(posed_obj.box.center) - turn_3_3 @ np.asarray(obj.box.center)
    return matrix_4_4


def _opaque_looks(
    scene: Scene,
    soup: TriangleSoup,
    materials: Materials,
    textures: list[NDArray[np.uint8]],
    looks: dict[tuple[float, float, float, float], int],
) -> tuple[NDArray[np.intp], NDArray[np.floating], NDArray[np.floating]]:
    """Look (F,), uv (F, 3, 2) and linear color (F, 3) of opaque faces; appends floor textures."""

    def look(texture: int, roughness: float, skirting: float = 0.0) -> int:
        return looks.setdefault((float(texture), roughness, 0.0, skirting), len(looks))

    look_F = np.zeros(len(soup.faces_F_3), np.intp)
    uv_F_3_2 = soup.uv_F_3_2.copy()
    color_F_3 = np.ascontiguousarray(materials.color_3_M.T[soup.material_F])
    texture_F = materials.texture_M[soup.material_F]

    for texture in np.unique(texture_F).tolist():
        look_F[(soup.surface_F == FURNITURE) & (texture_F == texture)] = look(
            texture, _FURNITURE_ROUGHNESS
        )

    look_F[soup.surface_F == CEILING] = look(-1, _PAINT_ROUGHNESS)
    look_F[soup.surface_F == WALL] = look(-1, _PAINT_ROUGHNESS, BASEBOARD_HEIGHT)

    for index, room in enumerate(scene.rooms):
        floor_K = np.flatnonzero((soup.surface_F == FLOOR) & (soup.room_F == index))
        xy_K_3_2 = soup.vertices_V_3[soup.faces_F_3[floor_K], :2]
        picture, uv_F_3_2[floor_K] = _bake_floor_texture(room, xy_K_3_2)
        textures.append(picture)
        look_F[floor_K] = look(len(textures) - 1, _ROUGHNESS[room.floor_pattern])
        color_F_3[floor_K] = _WHITE

    return look_F, uv_F_3_2, color_F_3


def _bake_floor_texture(
    room: Room, xy_K_3_2: NDArray[np.floating]
) -> tuple[NDArray[np.uint8], NDArray[np.floating]]:
    """The floor's pattern as a texture, and the uv of the corners (given in meters)."""
    low_2 = xy_K_3_2.min(axis=(0, 1)) - TEXEL_SIZE
    high_2 = xy_K_3_2.max(axis=(0, 1)) + TEXEL_SIZE
    size_2 = np.minimum(np.ceil((high_2 - low_2) / TEXEL_SIZE), MAX_TEXELS).astype(int)
    texel_2 = (high_2 - low_2) / size_2
    x_W = low_2[0] + (np.arange(size_2[0]) + 0.5) * texel_2[0]
    y_H = high_2[1] - (np.arange(size_2[1]) + 0.5) * texel_2[1]  # row 0 is the highest y
    xy_2_N = np.stack(np.meshgrid(x_W, y_H)).reshape(2, -1).astype(np.float32)
    footprint_N = np.full(xy_2_N.shape[1], texel_2.max(), np.float32)
    shade_N = floor_brightness(room.floor_pattern, room.pattern_seed, xy_2_N, footprint_N)
    linear_N_3 = shade_N[:, None] * np.asarray(room.floor_colour, np.float32)

    return linear_to_srgb(linear_N_3).reshape(size_2[1], size_2[0], 3), (xy_K_3_2 - low_2) / (
        high_2 - low_2
    )


def _largest_level(materials: Materials, index: int) -> NDArray[np.uint8]:
    """The largest level of a furniture texture, (H, W, 3)."""
    height, width = materials.size_T_L_2[index, 0].tolist()
    start = int(materials.offset_T_L[index, 0])
    return materials.texel_K_3[start : start + height * width].reshape(height, width, 3)


def _is_near_lamp(
    vertices_V_3: NDArray[np.floating], lamps_L_3: NDArray[np.floating]
) -> NDArray[np.bool_]:
    near_V = np.zeros(len(vertices_V_3), bool)
    for lamp_3 in lamps_L_3:
        near_V |= ((vertices_V_3 - lamp_3) ** 2).sum(axis=1) < LAMP_SHADE_RADIUS**2
    return near_V
