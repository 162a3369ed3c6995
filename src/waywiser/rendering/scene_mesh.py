"""A scene as triangle soup, in world meters: the room's shell (id 0) and the furniture.

Dimensions: V vertices, F faces, M materials.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.rendering.geometry import corner_normals, face_normals
from waywiser.rendering.mesh_cache import MeshCache, PreparedMesh
from waywiser.rendering.shell import FURNITURE, MeshPart, build_shell
from waywiser.rendering.textures import Materials, MaterialTable
from waywiser.scenes.scene import Object, Scene


@dataclass(frozen=True)
class TriangleSoup:
    """F triangles over V shared vertices, with everything that shading needs to know of each."""

    vertices_V_3: NDArray[np.float32]
    """In world meters."""
    faces_F_3: NDArray[np.int32]
    """Vertices of each triangle."""
    instance_F: NDArray[np.int32]
    """Id of the object, 0 for the room."""
    material_F: NDArray[np.int32]
    """Row of `Materials`."""
    uv_F_3_2: NDArray[np.float32]
    """Texture coordinates of the corners."""
    normal_3_F: NDArray[np.float32]
    """Unit normals."""
    corner_normal_F_3_3: NDArray[np.float32]
    """Unit normals of the corners, for faces that bend."""
    bends_F: NDArray[np.bool_]
    """Whether a face is shaded with the normals of its corners."""
    uv_per_meter_F: NDArray[np.float32]
    """Texture coordinates per meter of surface."""
    surface_F: NDArray[np.uint8]
    """FURNITURE, FLOOR, CEILING or WALL."""
    room_F: NDArray[np.int32]
    """Index of the room it is in."""


@dataclass(frozen=True)
class SceneMesh:
    """The triangles and materials of a scene.

    Faces are numbered with the movable ones after the opaque static ones.
    """

    opaque: TriangleSoup
    """Opaque triangles that never move."""
    movable: TriangleSoup
    """Opaque triangles of objects that can be moved."""
    glass: TriangleSoup
    """All see-through triangles."""
    materials: Materials
    """The materials of all triangles."""
    _shell: list[MeshPart]
    # Opaque and see-through parts of every object, by its id.
    _parts: dict[int, tuple[MeshPart, MeshPart]]
    _rows: dict[int, NDArray[np.int32]]  # of every object, the rows of its materials
    _movable_ids: frozenset[int]
    _static_glass: TriangleSoup

    def with_movable(self, movable: frozenset[int]) -> "SceneMesh":
        """The same scene in which these objects can be `with_moved`; shares prepared parts."""
        static_parts = [pair for object_id, pair in self._parts.items() if object_id not in movable]
        movable_parts = [pair for object_id, pair in self._parts.items() if object_id in movable]
        opaque = _to_soup(_join_parts([*self._shell, *(part for part, _ in static_parts)]))
        glass = _to_soup(_join_parts([transparent for _, transparent in static_parts]))
        static = replace(self, opaque=opaque, _movable_ids=movable, _static_glass=glass)
        return static._replace_movable(movable_parts)

    def with_moved(self, scene: Scene, cache: MeshCache) -> "SceneMesh":
        """The same scene, movable objects as in `scene`. Raises SceneError or AssetsError."""
        return self._replace_movable(
            [
                _split_by_opacity(obj, cache.prepared(obj.model), self._rows[obj.id])
                for obj in scene.objects
                if obj.id in self._movable_ids
            ]
        )

    def _replace_movable(self, movable_parts: list[tuple[MeshPart, MeshPart]]) -> "SceneMesh":
        glass = self._static_glass
        transparent = [transparent for _, transparent in movable_parts if transparent.faces]
        if transparent:
            static_parts = (
                pair[1]
                for object_id, pair in self._parts.items()
                if object_id not in self._movable_ids
            )

            glass = _to_soup(_join_parts([*static_parts, *transparent]))

        return replace(
            self, movable=_to_soup(_join_parts([part for part, _ in movable_parts])), glass=glass
        )


def build_scene_mesh(
    scene: Scene, cache: MeshCache, movable: frozenset[int] = frozenset()
) -> SceneMesh:
    """All triangles of a scene; objects whose ids are `movable` can be moved. Raises SceneError or
    AssetsError.
    """
    table = MaterialTable()
    shell = build_shell(scene, table)
    rows: dict[int, NDArray[np.int32]] = {}
    parts: dict[int, tuple[MeshPart, MeshPart]] = {}

    for obj in scene.objects:
        if obj.id < 1 or obj.id in parts:
            raise SceneError(
                f"object id {obj.id} is below 1 or used twice: give each object its own id >= 1"
            )

        prepared = cache.prepared(obj.model)
        rows[obj.id] = np.array(
            [table.add(m, obj.tint) for m in prepared.mesh.materials], dtype=np.int32
        )
        parts[obj.id] = _split_by_opacity(obj, prepared, rows[obj.id])

    empty_soup = _to_soup(_join_parts([]))
    scene_mesh = SceneMesh(
        empty_soup,
        empty_soup,
        empty_soup,
        table.freeze(),
        shell,
        parts,
        rows,
        frozenset(),
        empty_soup,
    )

    return scene_mesh.with_movable(movable)


def _split_by_opacity(
    obj: Object, prepared: PreparedMesh, rows_M: NDArray[np.int32]
) -> tuple[MeshPart, MeshPart]:
    """An object's opaque and see-through faces."""
    part = _build_furniture(obj, prepared, rows_M)
    if prepared.opaque_F.all():
        return part, part.select_faces(~prepared.opaque_F)

    return part.select_faces(prepared.opaque_F), part.select_faces(~prepared.opaque_F)


def place_vertices(obj: Object, vertices_V_3: NDArray[np.float32]) -> NDArray[np.float64]:
    """Vertices of a unit-box model (V, 3) placed in the world, in meters."""
    if (
        not np.isfinite([*obj.box.center, *obj.box.size, obj.box.yaw, *obj.tint]).all()
        or min(obj.box.size) <= 0
    ):
        raise SceneError(
            f"object {obj.id} has a box that is not finite or has no size: fix the scene"
        )

    return (vertices_V_3 * np.asarray(obj.box.size)) @ obj.box.axes.T + np.asarray(obj.box.center)


def _build_furniture(obj: Object, prepared: PreparedMesh, rows_M: NDArray[np.int32]) -> MeshPart:
    mesh = prepared.mesh
    vertices_V_3 = place_vertices(obj, mesh.vertices_V_3).astype(np.float32)
    normals_F_3, areas_F = face_normals(vertices_V_3[mesh.faces_F_3])
    corners_F_3_3, bends_F = corner_normals(normals_F_3, areas_F, prepared.corner_groups)
    faces = len(mesh.faces_F_3)
    columns = {
        "faces_F_3": mesh.faces_F_3,
        "instance_F": np.full(faces, obj.id, np.int32),
        "material_F": rows_M[mesh.face_material_F],
        "uv_F_3_2": mesh.face_uv_F_3_2.astype(np.float32),
        "normal_F_3": normals_F_3,
        "corner_normal_F_3_3": corners_F_3_3,
        "bends_F": bends_F,
        "uv_per_meter_F": _uv_per_meter(mesh.face_uv_F_3_2, areas_F),
        "surface_F": np.full(faces, FURNITURE, np.uint8),
        "room_F": np.full(faces, obj.room, np.int32),
    }

    return MeshPart(vertices_V_3, columns)


def _uv_per_meter(
    uv_F_3_2: NDArray[np.float32], areas_F: NDArray[np.float32]
) -> NDArray[np.float32]:
    a_F_2 = uv_F_3_2[:, 1] - uv_F_3_2[:, 0]
    b_F_2 = uv_F_3_2[:, 2] - uv_F_3_2[:, 0]
    uv_area_F = 0.5 * np.abs(a_F_2[:, 0] * b_F_2[:, 1] - a_F_2[:, 1] * b_F_2[:, 0])
    return np.sqrt(uv_area_F / np.maximum(areas_F, 1e-12)).astype(np.float32)


_EMPTY_COLUMNS: dict[str, NDArray] = {
    "faces_F_3": np.zeros((0, 3), np.int32),
    "instance_F": np.zeros(0, np.int32),
    "material_F": np.zeros(0, np.int32),
    "uv_F_3_2": np.zeros((0, 3, 2), np.float32),
    "normal_F_3": np.zeros((0, 3), np.float32),
    "corner_normal_F_3_3": np.zeros((0, 3, 3), np.float32),
    "bends_F": np.zeros(0, bool),
    "uv_per_meter_F": np.zeros(0, np.float32),
    "surface_F": np.zeros(0, np.uint8),
    "room_F": np.zeros(0, np.int32),
}


def _join_parts(parts: list[MeshPart]) -> MeshPart:
    """The parts as one; the only one that has faces is not copied."""
    parts = [part for part in parts if part.faces] or [
        MeshPart(np.zeros((0, 3), np.float32), _EMPTY_COLUMNS)
    ]
    if len(parts) == 1:
        return parts[0]

    joined = {
        name: np.concatenate([part.columns[name] for part in parts]) for name in _EMPTY_COLUMNS
    }
    counts = [len(part.vertices_V_3) for part in parts]
    first_vertex = np.cumsum(counts) - counts
    faces = [len(part.columns["faces_F_3"]) for part in parts]
    joined["faces_F_3"] += np.repeat(first_vertex, faces).astype(np.int32)[:, None]

    return MeshPart(np.concatenate([part.vertices_V_3 for part in parts]), joined)


def _to_soup(part: MeshPart) -> TriangleSoup:
    columns = dict(part.columns)
    return TriangleSoup(
        part.vertices_V_3, normal_3_F=np.ascontiguousarray(columns.pop("normal_F_3").T), **columns
    )
