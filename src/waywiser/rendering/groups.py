"""Faces in groups that are shaded alike: what a group has in common is worked out once and not once a ray."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.rays import Floats
from waywiser.rendering.shell import FURNITURE
from waywiser.rendering.soup import Soup


@dataclass(frozen=True)
class Group:
    """Faces of one `surface` in one `room` (an index of the scene's rooms; of its lists of lamps for furniture).

    Floors, ceilings and walls have one unit normal (3, 1) and one material. Furniture has neither; all of a group
    is `textured` or nothing, and all of it `bends` or nothing.
    """

    surface: int
    room: int
    normal_3_1: Floats | None = None
    material: int = -1
    textured: bool = False
    bends: bool = False


@dataclass(frozen=True)
class Groups:
    """`label_F` (F + 1,) is each face's place in `known`; the last, which face -1 finds, is that of no face."""

    known: list[Group]
    label_F: NDArray[np.unsignedinteger]


def group_faces(soup: Soup, textured_M: NDArray[np.bool_], rooms: int) -> Groups:
    """The groups of all faces, furniture in one of `rooms` lists of lamps. `textured_M` says it of materials."""
    shell = int(np.count_nonzero(soup.surface_F != FURNITURE))  # the shell comes first
    keys_S_6 = np.column_stack([
        soup.surface_F[:shell], soup.room_F[:shell], soup.material_F[:shell], soup.normal_3_F[:, :shell].T
    ])  # fmt: skip
    rows_G_6, label_S = np.unique(keys_S_6.astype(np.float64), axis=0, return_inverse=True)
    known = [
        Group(int(surface), int(room), np.array([normal], np.float32).T, int(material))
        for surface, room, material, *normal in rows_G_6.tolist()
    ]
    label_F = np.empty(len(soup.surface_F) + 1, np.uint8 if len(known) + 4 * rooms < 256 else np.uint16)
    label_F[:shell] = label_S.reshape(-1)
    room_K = np.clip(soup.room_F[shell:], 0, rooms - 1)
    looks_K = 2 * textured_M[soup.material_F[shell:]] + soup.bends_F[shell:]
    label_F[shell:-1] = len(known) + 4 * room_K + looks_K
    known += [
        Group(FURNITURE, room, textured=textured, bends=bends)
        for room in range(rooms)
        for textured in (False, True)
        for bends in (False, True)
    ]
    label_F[-1] = len(known)
    return Groups(known, label_F)
