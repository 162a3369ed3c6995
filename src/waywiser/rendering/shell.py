"""The fixed surfaces of a scene as triangles: floors, ceilings, walls and doorways (id 0).

Dimensions: V vertices, F faces, E edges of the floor, T triangles of the floor, W faces of walls,
Q quads.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.rendering.geometry import face_normals, triangulate
from waywiser.rendering.textures import MaterialTable
from waywiser.scenes.doorways import doorway_corners, find_opening
from waywiser.scenes.mesh import Material
from waywiser.scenes.scene import Door, Room, Scene, Vec3

FURNITURE, FLOOR, CEILING, WALL = range(4)
DOORWAY_ALBEDO: Vec3 = (0.78, 0.77, 0.74)
"""Albedo of the inner surfaces of a doorway."""
MIN_PASSAGE_LENGTH = 1e-3  # meters; a thinner wall has no passage to line


@dataclass(frozen=True)
class MeshPart:
    """A piece of soup: vertices, and columns (named as in `Soup`) with a row per face."""

    vertices_V_3: NDArray[np.float32]
    columns: dict[str, NDArray]

    @property
    def faces(self) -> int:
        return len(self.columns["faces_F_3"])

    def select_faces(self, chosen_F: NDArray[np.bool_]) -> "MeshPart":
        """These faces, on the vertices that they need."""
        columns = {name: column[chosen_F] for name, column in self.columns.items()}
        needed_V = np.zeros(len(self.vertices_V_3), dtype=bool)
        needed_V[columns["faces_F_3"]] = True
        columns["faces_F_3"] = (np.cumsum(needed_V, dtype=np.int32) - 1)[columns["faces_F_3"]]
        return MeshPart(self.vertices_V_3[needed_V], columns)


def build_shell(scene: Scene, table: MaterialTable) -> list[MeshPart]:
    """One part per room and per doorway. Raises SceneError for impossible rooms and doors."""
    doors: dict[int, list[Door]] = {}
    for door in scene.doors:
        if door.rooms[0] == door.rooms[1] or not all(0 <= r < len(scene.rooms) for r in door.rooms):
            raise SceneError(
                f"a door joins rooms {door.rooms}, which are not two rooms of the scene: fix its"
                " doors"
            )

        if not 0 < door.height < min(scene.rooms[r].height for r in door.rooms):
            raise SceneError(
                f"a door is {door.height} m high, which is not below the ceiling: fix the scene's"
                " doors"
            )

        for index in door.rooms:
            doors.setdefault(index, []).append(door)

    parts = [
        _build_room(index, room, doors.get(index, []), table)
        for index, room in enumerate(scene.rooms)
    ]

    passages = (_build_passage(scene, door, table) for door in scene.doors)
    return parts + [part for part in passages if part is not None]


def _build_room(index: int, room: Room, doors: list[Door], table: MaterialTable) -> MeshPart:
    """Floor, ceiling and walls; all normals look into the room."""
    if not np.isfinite(room.height) or room.height <= 0:
        raise SceneError(f"room height {room.height} m is not positive: fix the room")

    tiles_T_3 = triangulate(room.polygon)
    xy_E_2 = np.asarray(room.polygon, dtype=np.float64)
    corners = len(xy_E_2)
    vertices_V_3 = np.zeros((2 * corners, 3), np.float32)
    vertices_V_3[:, :2] = np.concatenate([xy_E_2, xy_E_2])
    vertices_V_3[corners:, 2] = room.height
    openings = [(*find_opening(room, door), door.height) for door in doors]
    low_E = np.array(
        [e for e in range(corners) if all(e != edge for edge, *_ in openings)], dtype=np.int64
    )
    next_E = (low_E + 1) % corners
    high_E = low_E + corners
    walls_W_3 = np.concatenate(
        [
            np.stack([low_E, next_E + corners, next_E], 1),
            np.stack([low_E, high_E, next_E + corners], 1),
        ]
    )

    panels_V_3, panels_W_3 = _build_wall_panels(room, openings)
    faces_F_3 = np.concatenate(
        [tiles_T_3, tiles_T_3[:, ::-1] + corners, walls_W_3, panels_W_3 + 2 * corners]
    )
    counts = (len(tiles_T_3), len(tiles_T_3), len(walls_W_3) + len(panels_W_3))
    colors = (room.floor_colour, room.ceiling_colour, room.wall_colour)
    material_rows = np.array(
        [table.add(Material(albedo=color)) for color in colors], dtype=np.int32
    )

    return _make_part(
        np.concatenate([vertices_V_3, panels_V_3]),
        faces_F_3.astype(np.int32),
        np.repeat(material_rows, counts),
        np.repeat(np.array([FLOOR, CEILING, WALL], np.uint8), counts),
        index,
    )


def _build_wall_panels(
    room: Room, openings: list[tuple[int, float, float, float]]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The parts of walls beside and above openings (edge, start, end, height), as quads."""
    quads: list[list[Vec3]] = []

    for edge in sorted({edge for edge, *_ in openings}):
        p = np.asarray(room.polygon[edge])
        q = np.asarray(room.polygon[(edge + 1) % len(room.polygon)])
        length = float(np.hypot(*(q - p)))
        along = (q - p) / length
        covered = 0.0
        holes = sorted((start, end, top) for e, start, end, top in openings if e == edge)
        spans = []

        for start, end, top in holes:
            if start < covered - 1e-9:
                raise SceneError("two doors share a stretch of wall: fix the scene's doors")

            spans += [(covered, start, 0.0), (start, end, top)]
            covered = end

        for s, t, low in [*spans, (covered, length, 0.0)]:
            if t - s > 1e-9:
                (ax, ay), (bx, by) = p + s * along, p + t * along
                quads.append(
                    [(ax, ay, low), (ax, ay, room.height), (bx, by, room.height), (bx, by, low)]
                )

    return _triangulate_quads(quads)


def _build_passage(scene: Scene, door: Door, table: MaterialTable) -> MeshPart | None:
    """Threshold, both sides and the underside of the lintel."""
    floor_4_2 = doorway_corners(scene, door)
    h = door.height
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = floor_4_2.tolist()
    # Corners 0, 1 lie on one room's wall and 2, 3 on the other's, so 1 - 2 and 3 - 0 run through
    # the wall.
    if np.hypot(cx - bx, cy - by) < MIN_PASSAGE_LENGTH:
        return None

    quads: list[list[Vec3]] = [
        [(ax, ay, 0), (bx, by, 0), (cx, cy, 0), (dx, dy, 0)],
        [(ax, ay, h), (dx, dy, h), (cx, cy, h), (bx, by, h)],
        [(bx, by, 0), (bx, by, h), (cx, cy, h), (cx, cy, 0)],
        [(dx, dy, 0), (dx, dy, h), (ax, ay, h), (ax, ay, 0)],
    ]

    vertices_V_3, faces_F_3 = _triangulate_quads(quads)
    material_rows = [
        table.add(Material(albedo=c))
        for c in (scene.rooms[door.rooms[0]].floor_colour, DOORWAY_ALBEDO)
    ]

    return _make_part(
        vertices_V_3,
        faces_F_3.astype(np.int32),
        np.repeat(np.array([material_rows[0], material_rows[1]], np.int32), (2, 6)),
        np.repeat(np.array([FLOOR, WALL], np.uint8), (2, 6)),
        door.rooms[0],
    )


def _triangulate_quads(quads: list[list[Vec3]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Corners and faces of quads: two faces a quad, one quad after the other."""
    first_Q = 4 * np.arange(len(quads), dtype=np.int64)
    faces_Q_2_3 = first_Q[:, None, None] + np.array([[0, 1, 2], [0, 2, 3]])
    return np.asarray(quads, dtype=np.float32).reshape(-1, 3), faces_Q_2_3.reshape(-1, 3)


def _make_part(
    vertices_V_3: NDArray[np.float32],
    faces_F_3: NDArray[np.int32],
    material_F: NDArray[np.int32],
    surface_F: NDArray[np.uint8],
    room: int,
) -> MeshPart:
    faces = len(faces_F_3)
    normals_F_3, _ = face_normals(vertices_V_3[faces_F_3])
    columns = {
        "faces_F_3": faces_F_3,
        "instance_F": np.zeros(faces, np.int32),
        "material_F": material_F,
        "uv_F_3_2": np.zeros((faces, 3, 2), np.float32),
        "normal_F_3": normals_F_3,
        "corner_normal_F_3_3": np.repeat(normals_F_3[:, None], 3, axis=1),
        "bends_F": np.zeros(faces, bool),
        "uv_per_meter_F": np.zeros(faces, np.float32),
        "surface_F": surface_F,
        "room_F": np.full(faces, room, np.int32),
    }

    return MeshPart(vertices_V_3, columns)
