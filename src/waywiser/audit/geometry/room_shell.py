"""Rooms as rectangles: floors and ceilings cut to their outline, walls with openings for doors."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from waywiser.audit.geometry.pinhole import Array, Pinhole
from waywiser.audit.geometry.posed_objects import points_in_outline
from waywiser.audit.geometry.zbuffer import DepthBuffer, draw_rectangle
from waywiser.scenes.scene import Door, Room, Scene

_MAX_WALL_THICKNESS = 0.45
"""Maximum distance between a door and the wall that it is in, in meters."""


def draw_room_shell(buffer: DepthBuffer, camera: Pinhole, scene: Scene) -> None:
    """Draw every room of the scene as id 0."""
    for index, room in enumerate(scene.rooms):
        doors = [door for door in scene.doors if index in door.rooms]
        _draw_floor_and_ceiling(buffer, camera, room)

        for start, end in _wall_segments(room):
            _draw_wall(buffer, camera, room, start, end, doors)

    for door in scene.doors:
        for corner, sides in _door_passage_faces(door, scene):
            draw_rectangle(buffer, camera, corner, sides, 0)


def _wall_segments(room: Room) -> Iterator[tuple[Array, Array]]:
    corners = np.array(room.polygon, dtype=np.float64)
    yield from zip(corners, np.roll(corners, -1, axis=0), strict=True)


def _draw_floor_and_ceiling(buffer: DepthBuffer, camera: Pinhole, room: Room) -> None:
    """Draw the bounding rectangle of the outline at both heights, cut to the outline."""
    corners = np.array(room.polygon, dtype=np.float64)
    low = corners.min(axis=0)
    span = np.ptp(corners, axis=0)
    sides = np.array([[span[0], 0, 0], [0, span[1], 0]])

    for z in (0.0, room.height):
        draw_rectangle(
            buffer,
            camera,
            np.array([*low, z]),
            sides,
            0,
            lambda points: points_in_outline(room.polygon, points[:, :2]),
        )


def _draw_wall(
    buffer: DepthBuffer,
    camera: Pinhole,
    room: Room,
    start_2: Array,
    end_2: Array,
    doors: list[Door],
) -> None:
    sides = np.array([[*(end_2 - start_2), 0], [0, 0, room.height]])
    wall_doors = [door for door in doors if _is_door_in_wall(door, start_2, end_2)]

    def is_solid(points_N_3: Array) -> NDArray[np.bool_]:
        solid_N = np.ones(len(points_N_3), bool)
        for door in wall_doors:
            solid_N &= ~_in_opening(door, points_N_3)
        return solid_N

    mask = is_solid if wall_doors else None
    draw_rectangle(buffer, camera, np.array([*start_2, 0.0]), sides, 0, mask)


def _door_line(door: Door) -> tuple[complex, complex, float]:
    """A door's first end and unit direction as complex numbers, and its width in meters."""
    a = complex(*door.ends[0])
    b = complex(*door.ends[1])
    return a, (b - a) / abs(b - a), abs(b - a)


def _is_door_in_wall(door: Door, start_2: Array, end_2: Array) -> bool:
    """Whether the opening lies in this wall: parallel to it and within its thickness."""
    a, along, _ = _door_line(door)
    s, e = ((complex(*point) - a) / along for point in (start_2, end_2))
    return abs(s.imag - e.imag) < 0.02 and abs(s.imag) < _MAX_WALL_THICKNESS


def _in_opening(door: Door, points_N_3: Array) -> NDArray[np.bool_]:
    a, along, width = _door_line(door)
    q_N = (points_N_3[:, 0] + 1j * points_N_3[:, 1] - a) / along
    return (q_N.real > 0) & (q_N.real < width) & (points_N_3[:, 2] < door.height)


def _door_passage_faces(door: Door, scene: Scene) -> list[tuple[Array, Array]]:
    """The faces of a passage through a wall, as (corner, sides): jambs, threshold and lintel."""
    a, along, width = _door_line(door)
    offsets = []

    for index in door.rooms:
        near = [
            ((complex(*s) - a) / along).imag
            for s, e in _wall_segments(scene.rooms[index])
            if _is_door_in_wall(door, s, e)
        ]
        if not near:
            return []

        offsets.append(min(near, key=abs))

    low = min(offsets)
    high = max(offsets)
    if high - low < 1e-6:
        return []

    first, second = (a + along * 1j * offset for offset in (low, high))
    through = second - first
    across = along * width
    corner = np.array([first.real, first.imag, 0.0])
    up = np.array([0, 0, door.height])
    deep = np.array([through.real, through.imag, 0])
    wide = np.array([across.real, across.imag, 0])

    return [
        (corner, np.array([deep, up])),
        (corner + wide, np.array([deep, up])),
        (corner, np.array([wide, deep])),
        (corner + up, np.array([wide, deep])),
    ]


def in_doorway(scene: Scene, points_N_2: Array) -> NDArray[np.bool_]:
    """Which floor points (N, 2) lie in a doorway, within the thickness of its wall."""
    inside_N = np.zeros(len(points_N_2), bool)

    for door in scene.doors:
        a, along, width = _door_line(door)
        q_N = (points_N_2[:, 0] + 1j * points_N_2[:, 1] - a) / along
        inside_N |= (q_N.real > 0) & (q_N.real < width) & (np.abs(q_N.imag) < _MAX_WALL_THICKNESS)

    return inside_N


def wall_distance(scene: Scene, points_N_2: Array) -> Array:
    """(N,) meters from floor points (N, 2) to the nearest wall; doorways are open."""
    nearest_N = np.full(len(points_N_2), np.inf)
    flat_N = points_N_2[:, 0] + 1j * points_N_2[:, 1]

    for index, room in enumerate(scene.rooms):
        doors = [door for door in scene.doors if index in door.rooms]

        for start, end in _wall_segments(room):
            for a, b in _wall_pieces(complex(*start), complex(*end), doors):
                share_N = np.clip(((flat_N - a) / (b - a)).real, 0, 1)
                nearest_N = np.minimum(nearest_N, np.abs(flat_N - a - share_N * (b - a)))

    return nearest_N


def _wall_pieces(start: complex, end: complex, doors: list[Door]) -> list[tuple[complex, complex]]:
    """The pieces of a wall between its doors, as (start, end)."""
    length = abs(end - start)
    cuts = []

    for door in doors:
        if not _is_door_in_wall(
            door, np.array([start.real, start.imag]), np.array([end.real, end.imag])
        ):
            continue

        offsets = sorted(
            ((complex(*point) - start) / (end - start)).real * length for point in door.ends
        )
        cuts.append((max(0.0, offsets[0]), min(length, offsets[1])))

    parts = []
    at = 0.0

    for low, high in [*sorted(cuts), (length, length)]:
        if low - at > 1e-6:
            parts.append(
                (start + (end - start) * at / length, start + (end - start) * low / length)
            )

        at = max(at, high)

    return parts
