"""Geometry figures, drawn to scale: every length, angle and area follows from the coordinates
drawn.
"""

import math

import numpy as np

from waywiser.sample import Answer
from waywiser.sources.synthetic_figures.canvas import (
    COLORS,
    Canvas,
    FigureQuestion,
    Point,
    label_position,
)

_PYTHAGOREAN_TRIPLES = (
    (3, 4, 5),
    (5, 12, 13),
    (8, 15, 17),
    (20, 21, 29),
)  # flatter ones cannot be labelled
_IMAGE_SIDE = 320
_GRID_CELLS = 8


def triangle_angle(rng: np.random.Generator) -> FigureQuestion:
    """Two angles of a triangle are written in it; the third is asked for."""
    while True:
        a, b = (int(v) for v in rng.integers(25, 115, 2))
        c = 180 - a - b
        if 25 <= c <= 115 and len({a, b, c}) == 3:
            break

    base = 1.0
    side = base * math.sin(math.radians(b)) / math.sin(math.radians(c))
    corners = [
        (0.0, 0.0),
        (base, 0.0),
        (side * math.cos(math.radians(a)), side * math.sin(math.radians(a))),
    ]

    points = _fit_to_image(_rotate_points(corners, float(rng.uniform(0, 2 * math.pi))))
    canvas = Canvas(_IMAGE_SIDE, _IMAGE_SIDE)
    center = _center(points)
    canvas.polygon(points)

    for corner, name, text in zip(points, "ABC", (f"{a}°", f"{b}°", "?"), strict=True):
        canvas.text(_point_towards(corner, center, 34), text)
        canvas.text(_point_towards(corner, center, -16), name)

    return FigureQuestion(
        "What is the measure of angle C in the triangle, in degrees?",
        Answer(kind="integer", value=c, unit="deg"),
        canvas.image(),
        f"Step 1: The angles of a triangle add up to 180°.\nStep 2: A and B are {a}° and {b}°,"
        f" together {a + b}°.\nStep 3: So C = 180° - {a + b}° = {c}°.\nCheck: {a} + {b} + {c} ="
        " 180.",
        {"corners": points, "angles": [a, b, c]},
    )


def right_triangle(rng: np.random.Generator) -> FigureQuestion:
    """One side of a right triangle is missing."""
    p, q, r = _sample_triple(rng)
    if rng.random() < 0.5:
        p, q = q, p

    points = _fit_to_image(
        _rotate_points(
            [(0.0, 0.0), (float(p), 0.0), (0.0, float(q))], float(rng.uniform(0, 2 * math.pi))
        )
    )

    missing = int(rng.integers(3))
    lengths = [p, r, q]
    canvas = Canvas(_IMAGE_SIDE, _IMAGE_SIDE)
    center = _center(points)
    canvas.polygon(points)
    canvas.line(_corner_mark(points), 1.5)

    for i in range(3):
        a = points[i]
        b = points[(i + 1) % 3]
        canvas.text(label_position(a, b, center, 18), "x" if i == missing else str(lengths[i]))

    known = sorted(lengths[i] for i in range(3) if i != missing)
    value = lengths[missing]

    if missing == 1:
        work = f"x² = {known[0]}² + {known[1]}² = {known[0] ** 2} + {known[1] ** 2} = {r * r}"
        check = f"{known[0]}² + {known[1]}² = {value}²"
    else:
        other = q if missing == 0 else p
        work = f"x² = {r}² - {other}² = {r * r} - {other**2} = {value**2}"
        check = f"{value}² + {other}² = {value**2 + other**2} = {r}²"

    return FigureQuestion(
        "The triangle has a right angle where the small square is drawn. What is the length x?",
        Answer(kind="integer", value=value),
        canvas.image(),
        "Step 1: In a right triangle the squares of the legs add up to the square of the"
        f" hypotenuse.\nStep 2: {work}.\nStep 3: So x = {value}.\nCheck: {check}.",
        {"corners": points, "sides": lengths, "missing": missing},
    )


def grid_polygon_area(rng: np.random.Generator) -> FigureQuestion:
    """A polygon with corners on a grid of unit squares; its area is asked for."""
    corners = _star_polygon(rng)
    doubled_area = abs(
        sum(
            a[0] * b[1] - b[0] * a[1]
            for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
        )
    )

    area = doubled_area / 2
    canvas = _draw_grid()
    names = sorted(COLORS.keys() - {"grey"})  # the grid is grey
    color = COLORS[names[rng.integers(len(names))]]
    fill_color = tuple(int(255 - (255 - channel) * 0.35) for channel in color)
    canvas.polygon([_grid_pixel(c) for c in corners], fill=fill_color, outline=color)  # type: ignore[arg-type]

    terms = " + ".join(
        f"({a[0] * b[1] - b[0] * a[1]})"
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
    )

    listed = ", ".join(f"({x}, {y})" for x, y in corners)
    return FigureQuestion(
        "Each square of the grid has an area of 1. What is the area of the coloured polygon?",
        Answer(kind="number", value=area, tolerance=0.0),
        canvas.image(),
        f"Step 1: Counting squares from the lower left, the corners are {listed}.\nStep 2: By the"
        f" shoelace formula twice the area is |{terms}| = {doubled_area}.\nStep 3: So the area is"
        f" {doubled_area} / 2 = {area:g}.\nCheck: 2 · {area:g} = {doubled_area}.",
        {"corners": corners, "area": area},
    )


def grid_distance(rng: np.random.Generator) -> FigureQuestion:
    """Two points on a grid; their distance is asked for, as a whole number or a root."""
    while True:
        a, b = ((int(x), int(y)) for x, y in rng.integers(0, _GRID_CELLS + 1, (2, 2)))
        dx = abs(a[0] - b[0])
        dy = abs(a[1] - b[1])
        if dx and dy:
            break

    square = dx * dx + dy * dy
    root = math.isqrt(square)
    canvas = _draw_grid()
    canvas.line([_grid_pixel(a), _grid_pixel(b)], 2.5, COLORS["blue"])

    for point, name in ((a, "P"), (b, "Q")):
        canvas.disc(_grid_pixel(point), 5, COLORS["red"])
        canvas.text((_grid_pixel(point)[0] + 13, _grid_pixel(point)[1] - 12), name)

    is_whole = root * root == square
    value = str(root) if is_whole else f"\\sqrt{{{square}}}"

    return FigureQuestion(
        "Each square of the grid has side 1. What is the distance from P to Q? Give the exact"
        " value.",
        Answer(kind="integer", value=root) if is_whole else Answer(kind="expression", value=value),
        canvas.image(),
        f"Step 1: From P to Q it is {dx} across and {dy} up or down.\nStep 2: By Pythagoras the"
        f" squared distance is {dx}² + {dy}² = {dx * dx} + {dy * dy} = {square}.\nStep 3: So the"
        f" distance is {value}.\nCheck: {square} - {dx * dx} = {dy * dy}.",
        {"points": [a, b], "squared": square},
    )


def l_shape_area(rng: np.random.Generator) -> FigureQuestion:
    """An L shape with all outer lengths written beside it, to scale."""
    width, height = (int(v) for v in rng.integers(6, 15, 2))
    cut_x = int(rng.integers(2, width - 2))
    cut_y = int(rng.integers(2, height - 2))
    shape = [
        (0, 0),
        (width, 0),
        (width, height - cut_y),
        (width - cut_x, height - cut_y),
        (width - cut_x, height),
        (0, height),
    ]

    points = _fit_to_image([(float(x), float(y)) for x, y in shape])
    canvas = Canvas(_IMAGE_SIDE, _IMAGE_SIDE)
    center = _center([points[0], points[3], points[1], points[5]])
    canvas.polygon(points)

    for i, length in ((0, width), (1, height - cut_y), (4, width - cut_x), (5, height)):
        canvas.text(label_position(points[i], points[(i + 1) % 6], center, 18), str(length))

    area = width * height - cut_x * cut_y
    return FigureQuestion(
        "All angles of the figure are right angles. What is its area?",
        Answer(kind="integer", value=area),
        canvas.image(),
        f"Step 1: The whole rectangle would be {width} × {height} = {width * height}.\n"
        f"Step 2: The corner that is missing is {width} - {width - cut_x} = {cut_x} wide and "
        f"{height} - {height - cut_y} = {cut_y} high: {cut_x * cut_y}.\n"
        f"Step 3: The area is {width * height} - {cut_x * cut_y} = {area}.\n"
        f"Check: {width} × {height - cut_y} + {width - cut_x} × {cut_y} = {area}.",
        {"corners": shape, "area": area},
    )


def _sample_triple(rng: np.random.Generator) -> tuple[int, int, int]:
    k = int(rng.integers(1, 4))
    p, q, r = _PYTHAGOREAN_TRIPLES[rng.integers(len(_PYTHAGOREAN_TRIPLES))]
    return p * k, q * k, r * k


def _star_polygon(rng: np.random.Generator) -> list[tuple[int, int]]:
    """Four to six grid points around their centre, in order of angle: a simple polygon."""
    while True:
        points = {
            (int(x), int(y))
            for x, y in rng.integers(0, _GRID_CELLS + 1, (int(rng.integers(4, 7)), 2))
        }

        cx, cy = (sum(p[i] for p in points) / len(points) for i in (0, 1))
        ordered = sorted(points, key=lambda p: math.atan2(p[1] - cy, p[0] - cx))
        angles = [math.atan2(p[1] - cy, p[0] - cx) for p in ordered]
        gaps = [
            (b - a) % (2 * math.pi) for a, b in zip(angles, angles[1:] + angles[:1], strict=True)
        ]

        if len(ordered) >= 4 and min(gaps) > 0.3 and max(gaps) < 2.8:
            return ordered


def _draw_grid() -> Canvas:
    canvas = Canvas(_IMAGE_SIDE, _IMAGE_SIDE)
    for i in range(_GRID_CELLS + 1):
        canvas.line([_grid_pixel((i, 0)), _grid_pixel((i, _GRID_CELLS))], 1, (205, 208, 212))
        canvas.line([_grid_pixel((0, i)), _grid_pixel((_GRID_CELLS, i))], 1, (205, 208, 212))
    return canvas


def _grid_pixel(cell: tuple[int, int]) -> Point:
    """The pixel of a grid point; y counts upwards."""
    step = (_IMAGE_SIDE - 40) / _GRID_CELLS
    return 20 + cell[0] * step, _IMAGE_SIDE - 20 - cell[1] * step


def _rotate_points(points: list[Point], angle: float) -> list[Point]:
    c = math.cos(angle)
    s = math.sin(angle)
    return [(c * x - s * y, s * x + c * y) for x, y in points]


def _fit_to_image(points: list[Point], margin: float = 42) -> list[Point]:
    """Scaled evenly and centred in the picture."""
    (x0, x1), (y0, y1) = ((min(p[i] for p in points), max(p[i] for p in points)) for i in (0, 1))
    scale = (_IMAGE_SIDE - 2 * margin) / max(x1 - x0, y1 - y0)

    return [
        (
            _IMAGE_SIDE / 2 + (x - (x0 + x1) / 2) * scale,
            _IMAGE_SIDE / 2 - (y - (y0 + y1) / 2) * scale,
        )
        for x, y in points
    ]


def _center(points: list[Point]) -> Point:
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def _point_towards(a: Point, b: Point, distance: float) -> Point:
    length = math.dist(a, b) or 1.0
    return a[0] + (b[0] - a[0]) * distance / length, a[1] + (b[1] - a[1]) * distance / length


def _corner_mark(points: list[Point], size: float = 13) -> list[Point]:
    a = _point_towards(points[0], points[1], size)
    b = _point_towards(points[0], points[2], size)
    return [a, (a[0] + b[0] - points[0][0], a[1] + b[1] - points[0][1]), b]
