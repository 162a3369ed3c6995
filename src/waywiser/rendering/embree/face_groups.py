"""Faces in groups that are shaded alike, so that shared values are computed once per group.

Dimensions: F faces, S faces of the shell, G groups of the shell, M materials, K movable faces.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.rays import Floats
from waywiser.rendering.embree.vectors import dot
from waywiser.rendering.scene_mesh import SceneMesh, TriangleSoup
from waywiser.rendering.shell import FURNITURE


@dataclass(frozen=True)
class FaceGroup:
    """Faces of one `surface` in one `room`.

    `room` is an index of the scene's rooms; for furniture, of its lists of lamps. Floors, ceilings
    and walls lie in one plane, with one unit normal (3, 1) and one material. Furniture has neither; all of a group is
    `movable` or static, `textured` or not, and `bends` or does not.
    """

    surface: int
    room: int
    normal_3_1: Floats | None = None
    material: int = -1
    movable: bool = False
    textured: bool = False
    bends: bool = False


@dataclass(frozen=True)
class FaceGroups:
    """The groups, and which group each face is in.

    `label_F` (F + 1,) indexes `groups`, movable faces after the others. Its last entry, which face
    -1 finds, stands for rays without a hit.
    """

    groups: list[FaceGroup]
    label_F: NDArray[np.uint16]
    _static_F: NDArray[np.uint16]
    _num_shell_groups: int
    _num_rooms: int

    def with_moved(self, movable: TriangleSoup, textured_M: NDArray[np.bool_]) -> "FaceGroups":
        """The same groups with other movable faces."""
        label_K = (
            self._num_shell_groups
            + 4 * self._num_rooms
            + _furniture_group_indices(movable, textured_M, self._num_rooms)
        )

        ends = np.array([len(self.groups)])
        label_F = np.concatenate([self._static_F, label_K, ends], dtype=np.uint16, casting="unsafe")
        return FaceGroups(
            self.groups, label_F, self._static_F, self._num_shell_groups, self._num_rooms
        )


def group_faces(scene_mesh: SceneMesh, rooms: int) -> FaceGroups:
    """The groups of all faces, furniture in one of `rooms` lists of lamps."""
    soup = scene_mesh.opaque
    textured_M = scene_mesh.materials.texture_M >= 0
    shell = int(np.count_nonzero(soup.surface_F != FURNITURE))  # the shell comes first
    normal_3_S = soup.normal_3_F[:, :shell]
    corner_3_S = soup.vertices_V_3[soup.faces_F_3[:shell, 0]].T
    keys_S_7 = np.column_stack(
        [
            soup.surface_F[:shell],
            soup.room_F[:shell],
            soup.material_F[:shell],
            normal_3_S.T,
            np.round(dot(normal_3_S, corner_3_S), 3),
        ]
    )

    rows_G_7, label_S = np.unique(keys_S_7.astype(np.float64), axis=0, return_inverse=True)
    groups = [
        FaceGroup(int(surface), int(room), np.array([normal], np.float32).T, int(material))
        for surface, room, material, *normal, _ in rows_G_7.tolist()
    ]

    groups += [
        FaceGroup(FURNITURE, room, movable=movable, textured=textured, bends=bends)
        for movable in (False, True)
        for room in range(rooms)
        for textured in (False, True)
        for bends in (False, True)
    ]

    label_F = len(rows_G_7) + _furniture_group_indices(soup, textured_M, rooms)
    label_F[:shell] = label_S.reshape(-1)
    static_F = label_F.astype(np.uint16)

    return FaceGroups(groups, static_F, static_F, len(rows_G_7), rooms).with_moved(
        scene_mesh.movable, textured_M
    )


def _furniture_group_indices(
    soup: TriangleSoup, textured_M: NDArray[np.bool_], rooms: int
) -> NDArray[np.int64]:
    """(F,) places among the groups of furniture."""
    room_F = np.clip(soup.room_F, 0, rooms - 1).astype(np.int64)
    return 4 * room_F + 2 * textured_M[soup.material_F] + soup.bends_F
