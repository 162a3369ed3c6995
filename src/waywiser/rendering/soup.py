"""A scene as triangle soup: the room's shell (id 0) and every piece of furniture, in world metres."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.rendering.geometry import corner_normals, face_normals
from waywiser.rendering.meshes import MeshCache, PreparedMesh
from waywiser.rendering.shell import FURNITURE, Part, shell_parts
from waywiser.rendering.textures import Materials, MaterialTable
from waywiser.scenes.scene import Object, Scene


@dataclass(frozen=True)
class Soup:
    """F triangles over V shared vertices (world, metres) with what shading needs to know of each.

    `normal_3_F` are unit; `corner_normal_F_3_3` bend them where `bends_F`. `uv_per_metre_F` is the texture's
    scale; `surface_F` one of FURNITURE, FLOOR, CEILING, WALL; `room_F` the index of the room it is in.
    """

    vertices_V_3: NDArray[np.float32]
    faces_F_3: NDArray[np.int32]
    instance_F: NDArray[np.int32]
    material_F: NDArray[np.int32]
    uv_F_3_2: NDArray[np.float32]
    normal_3_F: NDArray[np.float32]
    corner_normal_F_3_3: NDArray[np.float32]
    bends_F: NDArray[np.bool_]
    uv_per_metre_F: NDArray[np.float32]
    surface_F: NDArray[np.uint8]
    room_F: NDArray[np.int32]


@dataclass(frozen=True)
class Soups:
    """A scene's triangles: `opaque` ones that stand still and `loose` ones that can be moved, all see-through ones,
    and their materials. Faces are numbered with the loose ones behind the opaque ones.
    """

    opaque: Soup
    loose: Soup
    glass: Soup
    materials: Materials
    _shell: list[Part]
    _parts: dict[int, tuple[Part, Part]]  # opaque and see-through ones of every object, by its id
    _rows: dict[int, NDArray[np.int32]]  # of every object, the rows of its materials
    _loose: frozenset[int]
    _still_glass: Soup

    def loosened(self, loose: frozenset[int]) -> "Soups":
        """The same scene in which the objects with these ids can be `moved`; nothing is worked out again."""
        still = [pair for number, pair in self._parts.items() if number not in loose]
        free = [pair for number, pair in self._parts.items() if number in loose]
        opaque = _soup(_join([*self._shell, *(part for part, _ in still)]))
        glass = _soup(_join([clear for _, clear in still]))
        return replace(self, opaque=opaque, _loose=loose, _still_glass=glass)._with(free)

    def moved(self, scene: Scene, cache: MeshCache) -> "Soups":
        """The same scene with its loose objects where `scene` has them. Raises SceneError or AssetsError."""
        return self._with([_parts(item, cache.prepared(item.model), self._rows[item.id])
                           for item in scene.objects if item.id in self._loose])  # fmt: skip

    def _with(self, free: list[tuple[Part, Part]]) -> "Soups":
        glass, clear = self._still_glass, [clear for _, clear in free if clear.faces]
        if clear:
            still = (pair[1] for number, pair in self._parts.items() if number not in self._loose)
            glass = _soup(_join([*still, *clear]))
        return replace(self, loose=_soup(_join([part for part, _ in free])), glass=glass)


def build_soups(scene: Scene, cache: MeshCache, loose: frozenset[int] = frozenset()) -> Soups:
    """All triangles of a scene; objects whose ids are `loose` can be moved. Raises SceneError or AssetsError."""
    table = MaterialTable()
    shell = shell_parts(scene, table)
    rows: dict[int, NDArray[np.int32]] = {}
    parts: dict[int, tuple[Part, Part]] = {}
    for item in scene.objects:
        if item.id < 1 or item.id in parts:
            raise SceneError(f"object id {item.id} is below 1 or used twice: give each object its own id >= 1")
        prepared = cache.prepared(item.model)
        rows[item.id] = np.array([table.add(m, item.tint) for m in prepared.mesh.materials], dtype=np.int32)
        parts[item.id] = _parts(item, prepared, rows[item.id])
    nothing = _soup(_join([]))
    soups = Soups(nothing, nothing, nothing, table.freeze(), shell, parts, rows, frozenset(), nothing)
    return soups.loosened(loose)


def _parts(item: Object, prepared: PreparedMesh, rows_M: NDArray[np.int32]) -> tuple[Part, Part]:
    """An object's opaque and see-through faces."""
    part = _furniture(item, prepared, rows_M)
    if prepared.opaque_F.all():
        return part, part.only(~prepared.opaque_F)
    return part.only(prepared.opaque_F), part.only(~prepared.opaque_F)


def object_vertices(item: Object, vertices_V_3: NDArray[np.float32]) -> NDArray[np.float64]:
    """Vertices of a unit-box model (V, 3) placed in the world, in metres."""
    if not np.isfinite([*item.box.center, *item.box.size, item.box.yaw, *item.tint]).all() or min(item.box.size) <= 0:
        raise SceneError(f"object {item.id} has a box that is not finite or has no size: fix the scene")
    return (vertices_V_3 * np.asarray(item.box.size)) @ item.box.axes.T + np.asarray(item.box.center)


def _furniture(item: Object, prepared: PreparedMesh, rows_M: NDArray[np.int32]) -> Part:
    mesh = prepared.mesh
    vertices_V_3 = object_vertices(item, mesh.vertices_V_3).astype(np.float32)
    normals_F_3, areas_F = face_normals(vertices_V_3[mesh.faces_F_3])
    corners_F_3_3, bends_F = corner_normals(normals_F_3, areas_F, prepared.corner_groups)
    faces = len(mesh.faces_F_3)
    columns = {
        "faces_F_3": mesh.faces_F_3,
        "instance_F": np.full(faces, item.id, np.int32),
        "material_F": rows_M[mesh.face_material_F],
        "uv_F_3_2": mesh.face_uv_F_3_2.astype(np.float32),
        "normal_F_3": normals_F_3,
        "corner_normal_F_3_3": corners_F_3_3,
        "bends_F": bends_F,
        "uv_per_metre_F": _uv_per_metre(mesh.face_uv_F_3_2, areas_F),
        "surface_F": np.full(faces, FURNITURE, np.uint8),
        "room_F": np.full(faces, item.room, np.int32),
    }
    return Part(vertices_V_3, columns)


def _uv_per_metre(uv_F_3_2: NDArray[np.float32], areas_F: NDArray[np.float32]) -> NDArray[np.float32]:
    a_F_2, b_F_2 = uv_F_3_2[:, 1] - uv_F_3_2[:, 0], uv_F_3_2[:, 2] - uv_F_3_2[:, 0]
    uv_area_F = 0.5 * np.abs(a_F_2[:, 0] * b_F_2[:, 1] - a_F_2[:, 1] * b_F_2[:, 0])
    return np.sqrt(uv_area_F / np.maximum(areas_F, 1e-12)).astype(np.float32)


_EMPTY: dict[str, NDArray] = {
    "faces_F_3": np.zeros((0, 3), np.int32),
    "instance_F": np.zeros(0, np.int32),
    "material_F": np.zeros(0, np.int32),
    "uv_F_3_2": np.zeros((0, 3, 2), np.float32),
    "normal_F_3": np.zeros((0, 3), np.float32),
    "corner_normal_F_3_3": np.zeros((0, 3, 3), np.float32),
    "bends_F": np.zeros(0, bool),
    "uv_per_metre_F": np.zeros(0, np.float32),
    "surface_F": np.zeros(0, np.uint8),
    "room_F": np.zeros(0, np.int32),
}


def _join(parts: list[Part]) -> Part:
    """The parts as one; the only one that has faces is not copied."""
    parts = [part for part in parts if part.faces] or [Part(np.zeros((0, 3), np.float32), _EMPTY)]
    if len(parts) == 1:
        return parts[0]
    joined = {name: np.concatenate([part.columns[name] for part in parts]) for name in _EMPTY}
    counts = [len(part.vertices_V_3) for part in parts]
    first_vertex = np.cumsum(counts) - counts
    faces = [len(part.columns["faces_F_3"]) for part in parts]
    joined["faces_F_3"] += np.repeat(first_vertex, faces).astype(np.int32)[:, None]
    return Part(np.concatenate([part.vertices_V_3 for part in parts]), joined)


def _soup(part: Part) -> Soup:
    columns = dict(part.columns)
    return Soup(part.vertices_V_3, normal_3_F=np.ascontiguousarray(columns.pop("normal_F_3").T), **columns)
