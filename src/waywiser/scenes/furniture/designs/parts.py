"""Parts that several designs share: fronts with handles, rows of books, rings of legs."""

import math

from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import BEIGE, BLUE, BROWN, GREEN, MUSTARD, RED, TEAL

BOOK_COLORS = (RED, BLUE, GREEN, MUSTARD, BEIGE, TEAL, BROWN, "#e6e0d2", "#39404f", "#9a5a6b")
SEAM_COLOR = "#57514a"
"""What is seen between fronts."""


def add_fronts(
    b: MeshBuilder,
    color: str,
    handle: str,
    area: tuple[float, float, float, float],
    y: float,
    rows: int,
    columns: int,
) -> None:
    """A grid of doors and drawers with handles on the front of a case.

    Args:
        b: The model.
        color: Color of the fronts.
        handle: Color of the handles.
        area: Left, right, lower and upper end in meters.
        y: The plane that the fronts lie on.
        rows: Number of fronts above each other.
        columns: Number of fronts side by side.
    """
    left, right, low, high = area
    cell_w = (right - left) / columns
    cell_h = (high - low) / rows
    middle = ((left + right) / 2, y - 0.001, (low + high) / 2)
    b.box(SEAM_COLOR, middle, (right - left - 0.004, 0.004, high - low - 0.004))

    for row in range(rows):
        for column in range(columns):
            x = left + cell_w * (column + 0.5)
            z = low + cell_h * (row + 0.5)
            b.box(color, (x, y - 0.009, z), (cell_w - 0.006, 0.018, cell_h - 0.006))

            if cell_h > cell_w * 1.1:
                side = cell_w / 2 - 0.04
                x += side if column % 2 == 0 and columns > 1 else -side
                low_door = low < 0.5
                z = z + cell_h / 2 - 0.16 if low_door and cell_h < 1.2 else z
                z = z - cell_h / 2 + 0.12 if not low_door and cell_h < 1.2 else z
                b.box(handle, (x, y - 0.035, z), (0.012, 0.014, min(0.16, cell_h / 3)))
                b.box(handle, (x, y - 0.022, z), (0.01, 0.02, 0.02))
            else:
                length = min(0.18, cell_w / 2.5)
                b.box(handle, (x, y - 0.035, z + cell_h * 0.2), (length, 0.014, 0.012))
                b.box(handle, (x, y - 0.022, z + cell_h * 0.2), (0.02, 0.02, 0.01))


def add_books(
    b: MeshBuilder, x0: float, x1: float, front: float, z: float, room: tuple[float, float], n: int
) -> None:
    """A row of books on a board.

    Args:
        b: The model.
        x0: Where the row starts, in meters.
        x1: Where it ends at the latest.
        front: The plane of their backs.
        z: Top of the board.
        room: Depth and height between the boards, in meters.
        n: Changes colors and sizes.
    """
    x = x0

    while x < x1 - 0.06:
        n += 1
        thick = 0.02 + 0.009 * (n * 7 % 4)
        tall = min(room[1] * (0.66 + 0.07 * (n * 5 % 4)), 0.33)
        deep = room[0] * (0.72 + 0.06 * (n % 3))
        color = BOOK_COLORS[n * 3 % len(BOOK_COLORS)]
        center = (x + thick / 2, front + deep / 2, z + tall / 2)
        b.box(color, center, (thick - 0.002, deep, tall))
        if n % 3 == 0:
            label = (x + thick / 2, front - 0.001, z + tall * 0.75)
            b.box("#e9dfc4", label, (thick * 0.7, 0.003, tall * 0.12))
        x += thick


def add_ring_legs(
    b: MeshBuilder, color: str, radii: tuple[float, float], height: float, count: int, thick: float
) -> None:
    """Round legs that spread from a top to the floor; `radii` are at the top and at the floor."""
    for k in range(count):
        a = (k + 0.5) * 2 * math.pi / count
        c, s = math.cos(a), math.sin(a)
        top = (radii[0] * c, radii[0] * s, height)
        foot = (radii[1] * c, radii[1] * s, 0.0)
        b.tube(color, [foot, top], thick)


def add_splayed_legs(
    b: MeshBuilder,
    color: str,
    half: tuple[float, float],
    height: float,
    spread: float,
    thick: float,
) -> None:
    """Four round legs below a rectangular top, `spread` meters further apart at the floor."""
    for sx in (-1, 1):
        for sy in (-1, 1):
            top = (sx * half[0], sy * half[1], height)
            foot = (sx * (half[0] + spread), sy * (half[1] + spread), 0.0)
            b.tube(color, [foot, top], thick)


def circle(radius: float, x: float = 0.0, y: float = 0.0, n: int = 20) -> list[tuple[float, float]]:
    """Points of a circle, counter-clockwise."""
    return [
        (x + radius * math.cos(2 * math.pi * k / n), y + radius * math.sin(2 * math.pi * k / n))
        for k in range(n)
    ]


def arc(
    radius: float, start: float, end: float, n: int, x: float = 0.0, y: float = 0.0
) -> list[tuple[float, float]]:
    """Points of an arc between two angles, in radians."""
    return [
        (x + radius * math.cos(a), y + radius * math.sin(a))
        for a in (start + (end - start) * k / (n - 1) for k in range(n))
    ]
