"""Visual logic: matrices and rows of figures whose attributes follow rules; one option completes them.

Attributes are shape, count, fill and turn. In a matrix each attribute follows one rule along the rows: constant,
progression by one, or each of three values once a row and a column. Options differ from the answer in one or two
attributes and are all different from each other, so that exactly one fits.
"""

import math

import numpy as np
from PIL import Image

from waywiser.sample import Answer
from waywiser.sources.drawn.canvas import COLOURS, Canvas, Drawing, Point, shuffled

SHAPES = ("triangle", "square", "pentagon", "circle", "arrow")
FILLS = ("white", "grey", "blue", "red")
Figure = tuple[int, int, int]
"""(shape, number of copies - 1, fill)."""
_SIZES: Figure = (len(SHAPES), 4, len(FILLS))
_LETTERS = "ABCDEF"
_CELL = 84


def matrix(rng: np.random.Generator) -> Drawing:
    """A 3 x 3 matrix with its last cell missing."""
    rules, cells = [], np.zeros((3, 3, 3), int)
    while not any(rule != "constant" for rule in rules):
        rules = [str(rng.choice(["constant", "progression", "distribution"])) for _ in range(3)]
        for k, rule in enumerate(rules):
            cells[:, :, k] = _filled(rng, rule, _SIZES[k])
    figures = [[_figure(cells[r, c]) for c in range(3)] for r in range(3)]
    options = _options(rng, figures[2][2])
    place = options.index(figures[2][2])
    names = ("shape", "number", "fill")
    steps = [
        f"Step {i + 1}: The {name} is {_RULES[rule]}, so the missing {name} is {_said(figures[2][2], i)}."
        for i, (name, rule) in enumerate(zip(names, rules, strict=True))
    ]
    return Drawing(
        "Which option completes the matrix? Each of shape, number and fill follows a rule along the rows.",
        Answer(kind="choice", value=_LETTERS[place], options=list(_LETTERS)),
        _picture([figure for row in figures for figure in row][:8], 3, options),
        "\n".join([*steps, f"Step 4: That is option {_LETTERS[place]}.",
                   f"Check: no other option has {_whole(figures[2][2])}."]),
        {"cells": figures, "rules": rules, "options": options},
    )  # fmt: skip


def sequence(rng: np.random.Generator) -> Drawing:
    """A row of five figures whose shape, number and fill repeat with periods of their own; the sixth is missing."""
    periods = [int(v) for v in rng.integers(1, 4, 3)]
    if max(periods) == 1:
        periods[int(rng.integers(3))] = 2
    cycles = [rng.choice(size, period, replace=False) for size, period in zip(_SIZES, periods, strict=True)]
    row = [_figure([cycle[i % len(cycle)] for cycle in cycles]) for i in range(6)]
    options = _options(rng, row[5])
    place = options.index(row[5])
    names = ("shape", "number", "fill")
    steps = [
        f"Step {i + 1}: The {name} repeats after {period}, so the sixth is {_said(row[5], i)}."
        for i, (name, period) in enumerate(zip(names, periods, strict=True))
    ]
    return Drawing(
        "Shape, number and fill of the figures in the row repeat, each with its own period. "
        "Which option comes next, as the sixth?",
        Answer(kind="choice", value=_LETTERS[place], options=list(_LETTERS)),
        _picture(row[:5], 6, options),
        "\n".join([*steps, f"Step 4: That is option {_LETTERS[place]}.",
                   f"Check: the figure that came {math.lcm(*periods)} before shows {_whole(row[5])} as well."
                   if math.lcm(*periods) < 6 else f"Check: no other option has {_whole(row[5])}."]),
        {"row": row, "periods": periods, "options": options},
    )  # fmt: skip


_RULES = {
    "constant": "the same in a row",
    "progression": "one further at each step",
    "distribution": "each of three once in every row and column",
}


def _filled(rng: np.random.Generator, rule: str, size: int) -> np.ndarray:
    if rule == "constant":
        return np.repeat(rng.integers(0, size, 3)[:, None], 3, axis=1)
    if rule == "progression":
        starts = rng.integers(0, size - 2, 3) if size > 3 else np.zeros(3, int)
        return starts[:, None] + np.arange(3)[None, :]
    values = rng.choice(size, 3, replace=False)
    return np.stack([np.roll(values, int(k)) for k in rng.permutation(3)])


def _options(rng: np.random.Generator, right: Figure) -> list[Figure]:
    """Six different figures, `right` among them."""
    found = [right]
    while len(found) < len(_LETTERS):
        other = list(right)
        for k in rng.choice(3, int(rng.integers(1, 3)), replace=False):
            other[k] = int(rng.integers(0, _SIZES[k]))
        if (figure := _figure(other)) not in found:
            found.append(figure)
    return shuffled(rng, found)


def _figure(values: np.ndarray | list[int]) -> Figure:
    shape, number, fill = (int(v) for v in values)
    return shape, number, fill


def _said(figure: Figure, attribute: int) -> str:
    return (SHAPES[figure[0]], str(figure[1] + 1), FILLS[figure[2]])[attribute]


def _whole(figure: Figure) -> str:
    return f"{figure[1] + 1} {FILLS[figure[2]]} {SHAPES[figure[0]]}{'s' if figure[1] else ''}"


def _picture(cells: list[Figure], columns: int, options: list[Figure]) -> Image.Image:
    """The cells with a question mark behind the last one, and the options with their letters below."""
    rows = -(-(len(cells) + 1) // columns)
    width = max(columns, 6) * _CELL + 20
    canvas = Canvas(width, rows * _CELL + _CELL + 70)
    left = (width - columns * _CELL) / 2
    for i in range(len(cells) + 1):
        x, y = left + (i % columns) * _CELL, 10 + (i // columns) * _CELL
        canvas.polygon([(x, y), (x + _CELL, y), (x + _CELL, y + _CELL), (x, y + _CELL)])
        if i < len(cells):
            _draw(canvas, (x, y), cells[i])
        else:
            canvas.text((x + _CELL / 2, y + _CELL / 2), "?", 30)
    for i, figure in enumerate(options):
        x, y = (width - 6 * _CELL) / 2 + i * _CELL, rows * _CELL + 30
        canvas.polygon([(x + 3, y), (x + _CELL - 3, y), (x + _CELL - 3, y + _CELL), (x + 3, y + _CELL)],
                       outline=COLOURS["grey"])  # fmt: skip
        _draw(canvas, (x, y), figure)
        canvas.text((x + _CELL / 2, y + _CELL + 14), _LETTERS[i])
    return canvas.image()


def _draw(canvas: Canvas, corner: Point, figure: Figure) -> None:
    shape, number, fill = SHAPES[figure[0]], figure[1] + 1, FILLS[figure[2]]
    colour = (255, 255, 255) if fill == "white" else COLOURS[fill]
    across = 1 if number == 1 else 2
    radius = 26 if number == 1 else 15
    for i in range(number):
        centre = (
            corner[0] + _CELL * (2 * (i % across) + 1) / (2 * across),
            corner[1] + _CELL * (2 * (i // across) + 1) / (2 * -(-number // across)),
        )
        if shape == "circle":
            canvas.disc(centre, radius, colour)
        else:
            canvas.polygon(_outline(shape, centre, radius), colour)


def _outline(shape: str, centre: Point, radius: float) -> list[Point]:
    if shape == "arrow":
        relative = [(-1, -0.3), (0.1, -0.3), (0.1, -0.8), (1, 0), (0.1, 0.8), (0.1, 0.3), (-1, 0.3)]
        return [(centre[0] + x * radius, centre[1] + y * radius) for x, y in relative]
    corners = {"triangle": 3, "square": 4, "pentagon": 5}[shape]
    turn = math.pi / 4 if shape == "square" else -math.pi / 2
    steps = [turn + 2 * math.pi * k / corners for k in range(corners)]
    return [(centre[0] + radius * math.cos(t), centre[1] + radius * math.sin(t)) for t in steps]
