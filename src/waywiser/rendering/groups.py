"""Faces in groups that are shaded alike: what a group has in common is worked out once and not once a ray."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.rays import Floats
from waywiser.rendering.shell import FURNITURE
from waywiser.rendering.soup import Soup, Soups


@dataclass(frozen=True)
class Group:
    """Faces of one `surface` in one `room` (an index of the scene's rooms; of its lists of lamps for furniture).

    Floors, ceilings and walls have one unit normal (3, 1) and one material. Furniture has neither; all of a group
    is `loose` or stands still, is `textured` or not, and `bends` or does not.
    """

    surface: int
    room: int
    normal_3_1: Floats | None = None
    material: int = -1
    loose: bool = False
    textured: bool = False
    bends: bool = False


@dataclass(frozen=True)
class Groups:
    """`label_F` (F + 1,) is each face's place in `known`, loose faces behind the others; the last, which face -1
    finds, is that of no face.
    """

    known: list[Group]
    label_F: NDArray[np.uint16]
    _still_F: NDArray[np.uint16]
    _shapes: int
    _rooms: int

    def moved(self, loose: Soup, textured_M: NDArray[np.bool_]) -> "Groups":
        """The same with other loose faces."""
        label_K = self._shapes + 4 * self._rooms + _furniture_labels(loose, textured_M, self._rooms)
        ends = np.array([len(self.known)])
        label_F = np.concatenate([self._still_F, label_K, ends], dtype=np.uint16, casting="unsafe")
        return Groups(self.known, label_F, self._still_F, self._shapes, self._rooms)


def group_faces(soups: Soups, rooms: int) -> Groups:
    """The groups of all faces, furniture in one of `rooms` lists of lamps."""
    soup, textured_M = soups.opaque, soups.materials.texture_M >= 0
    shell = int(np.count_nonzero(soup.surface_F != FURNITURE))  # the shell comes first
    keys_S_6 = np.column_stack([
        soup.surface_F[:shell], soup.room_F[:shell], soup.material_F[:shell], soup.normal_3_F[:, :shell].T
    ])  # fmt: skip
    rows_G_6, label_S = np.unique(keys_S_6.astype(np.float64), axis=0, return_inverse=True)
    known = [
        Group(int(surface), int(room), np.array([normal], np.float32).T, int(material))
        for surface, room, material, *normal in rows_G_6.tolist()
    ]
    known += [
        Group(FURNITURE, room, loose=loose, textured=textured, bends=bends)
        for loose in (False, True)
        for room in range(rooms)
        for textured in (False, True)
        for bends in (False, True)
    ]
    label_F = len(rows_G_6) + _furniture_labels(soup, textured_M, rooms)
    label_F[:shell] = label_S.reshape(-1)
    still_F = label_F.astype(np.uint16)
    return Groups(known, still_F, still_F, len(rows_G_6), rooms).moved(soups.loose, textured_M)


def _furniture_labels(soup: Soup, textured_M: NDArray[np.bool_], rooms: int) -> NDArray[np.int64]:
    """(F,) places among the groups of furniture."""
    room_F = np.clip(soup.room_F, 0, rooms - 1).astype(np.int64)
    return 4 * room_F + 2 * textured_M[soup.material_F] + soup.bends_F
