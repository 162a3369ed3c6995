"""Visual logic: matrices and rows of figures whose attributes follow rules; one option completes
them.

Attributes are shape, count, fill and turn. In a matrix each attribute follows one rule along the
rows: constant, progression by one, or each of three values once per row and per column. Options
differ from the answer in one or two attributes and are all different from each other, so that
exactly one fits.
"""

import math

import numpy as np
from PIL import Image

from waywiser.sample import Answer
from waywiser.sources.synthetic_figures.canvas import (
    COLORS,
    Canvas,
    FigureQuestion,
    Point,
    shuffle_values,
)

SHAPES = ("triangle", "square", "pentagon", "circle", "arrow")
FILLS = ("white", "grey", "blue", "red")
Figure = tuple[int, int, int]
"""(shape, number of copies - 1, fill)."""
_ATTRIBUTE_SIZES: Figure = (len(SHAPES), 4, len(FILLS))
_LETTERS = "ABCDEF"
_CELL_SIZE = 84


def matrix(rng: np.random.Generator) -> FigureQuestion:
    """A 3 x 3 matrix with its last cell missing."""
    rules = []
    cells = np.zeros((3, 3, 3), int)

    while not any(rule != "constant" for rule in rules):
        rules = [str(rng.choice(["constant", "progression", "distribution"])) for _ in range(3)]
        for k, rule in enumerate(rules):
            cells[:, :, k] = _fill_attribute(rng, rule, _ATTRIBUTE_SIZES[k])

    figures = [[_to_figure(cells[r, c]) for c in range(3)] for r in range(3)]
    options = _make_options(rng, figures[2][2])
    answer_index = options.index(figures[2][2])
    names = ("shape", "number", "fill")
    steps = [
        f"Step {i + 1}: The {name} is {_RULE_TEXTS[rule]}, so the missing {name} is"
        f" {_attribute_text(figures[2][2], i)}."
        for i, (name, rule) in enumerate(zip(names, rules, strict=True))
    ]

    return FigureQuestion(
        "Which option completes the matrix? Each of shape, number and fill follows a rule along the"
        " rows.",
        Answer(kind="choice", value=_LETTERS[answer_index], options=list(_LETTERS)),
        _draw_image([figure for row in figures for figure in row][:8], 3, options),
        "\n".join(
            [
                *steps,
                f"Step 4: That is option {_LETTERS[answer_index]}.",
                f"Check: no other option has {_figure_text(figures[2][2])}.",
            ]
        ),
        {"cells": figures, "rules": rules, "options": options},
    )


def sequence(rng: np.random.Generator) -> FigureQuestion:
    """A row of five figures whose shape, number and fill repeat with periods of their own; the
    sixth is missing.
    """
    periods = [int(v) for v in rng.integers(1, 4, 3)]
    if max(periods) == 1:
        periods[int(rng.integers(3))] = 2

    cycles = [
        rng.choice(size, period, replace=False)
        for size, period in zip(_ATTRIBUTE_SIZES, periods, strict=True)
    ]

    row = [_to_figure([cycle[i % len(cycle)] for cycle in cycles]) for i in range(6)]
    options = _make_options(rng, row[5])
    answer_index = options.index(row[5])
    names = ("shape", "number", "fill")
    steps = [
        f"Step {i + 1}: The {name} repeats after {period}, so the sixth is"
        f" {_attribute_text(row[5], i)}."
        for i, (name, period) in enumerate(zip(names, periods, strict=True))
    ]

    return FigureQuestion(
        "Shape, number and fill of the figures in the row repeat, each with its own period. "
        "Which option comes next, as the sixth?",
        Answer(kind="choice", value=_LETTERS[answer_index], options=list(_LETTERS)),
        _draw_image(row[:5], 6, options),
        "\n".join(
            [
                *steps,
                f"Step 4: That is option {_LETTERS[answer_index]}.",
                (
                    f"Check: the figure that came {math.lcm(*periods)} before shows"
                    f" {_figure_text(row[5])} as well."
                    if math.lcm(*periods) < 6
                    else f"Check: no other option has {_figure_text(row[5])}."
                ),
            ]
        ),
        {"row": row, "periods": periods, "options": options},
    )


_RULE_TEXTS = {
    "constant": "the same in a row",
    "progression": "one further at each step",
    "distribution": "each of three once in every row and column",
}


def _fill_attribute(rng: np.random.Generator, rule: str, size: int) -> np.ndarray:
    if rule == "constant":
        return np.repeat(rng.integers(0, size, 3)[:, None], 3, axis=1)
    if rule == "progression":
        starts = rng.integers(0, size - 2, 3) if size > 3 else np.zeros(3, int)
        return starts[:, None] + np.arange(3)[None, :]

    values = rng.choice(size, 3, replace=False)
    return np.stack([np.roll(values, int(k)) for k in rng.permutation(3)])


def _make_options(rng: np.random.Generator, answer_figure: Figure) -> list[Figure]:
    """Six different figures, `answer_figure` among them."""
    figures = [answer_figure]
    while len(figures) < len(_LETTERS):
        other = list(answer_figure)
        for k in rng.choice(3, int(rng.integers(1, 3)), replace=False):
            other[k] = int(rng.integers(0, _ATTRIBUTE_SIZES[k]))

        if (figure := _to_figure(other)) not in figures:
            figures.append(figure)

    return shuffle_values(rng, figures)


def _to_figure(values: np.ndarray | list[int]) -> Figure:
    shape, number, fill = (int(v) for v in values)
    return shape, number, fill


def _attribute_text(figure: Figure, attribute: int) -> str:
    return (SHAPES[figure[0]], str(figure[1] + 1), FILLS[figure[2]])[attribute]


def _figure_text(figure: Figure) -> str:
    return f"{figure[1] + 1} {FILLS[figure[2]]} {SHAPES[figure[0]]}{'s' if figure[1] else ''}"


def _draw_image(cells: list[Figure], columns: int, options: list[Figure]) -> Image.Image:
    """The cells with a question mark after the last one, and the options with their letters
    below.
    """
    rows = -(-(len(cells) + 1) // columns)
    width = max(columns, 6) * _CELL_SIZE + 20
    canvas = Canvas(width, rows * _CELL_SIZE + _CELL_SIZE + 70)
    left = (width - columns * _CELL_SIZE) / 2

    for i in range(len(cells) + 1):
        x = left + (i % columns) * _CELL_SIZE
        y = 10 + (i // columns) * _CELL_SIZE
        canvas.polygon(
            [(x, y), (x + _CELL_SIZE, y), (x + _CELL_SIZE, y + _CELL_SIZE), (x, y + _CELL_SIZE)]
        )

        if i < len(cells):
            _draw_figure(canvas, (x, y), cells[i])
        else:
            canvas.text((x + _CELL_SIZE / 2, y + _CELL_SIZE / 2), "?", 30)

    for i, figure in enumerate(options):
        x = (width - 6 * _CELL_SIZE) / 2 + i * _CELL_SIZE
        y = rows * _CELL_SIZE + 30
        canvas.polygon(
            [
                (x + 3, y),
                (x + _CELL_SIZE - 3, y),
                (x + _CELL_SIZE - 3, y + _CELL_SIZE),
                (x + 3, y + _CELL_SIZE),
            ],
            outline=COLORS["grey"],
        )

        _draw_figure(canvas, (x, y), figure)
        canvas.text((x + _CELL_SIZE / 2, y + _CELL_SIZE + 14), _LETTERS[i])

    return canvas.image()


def _draw_figure(canvas: Canvas, corner: Point, figure: Figure) -> None:
    shape = SHAPES[figure[0]]
    number = figure[1] + 1
    fill = FILLS[figure[2]]
    color = (255, 255, 255) if fill == "white" else COLORS[fill]
    across = 1 if number == 1 else 2
    radius = 26 if number == 1 else 15

    for i in range(number):
        center = (
            corner[0] + _CELL_SIZE * (2 * (i % across) + 1) / (2 * across),
            corner[1] + _CELL_SIZE * (2 * (i // across) + 1) / (2 * -(-number // across)),
        )

        if shape == "circle":
            canvas.disc(center, radius, color)
        else:
            canvas.polygon(_outline(shape, center, radius), color)


def _outline(shape: str, center: Point, radius: float) -> list[Point]:
    if shape == "arrow":
        relative = [(-1, -0.3), (0.1, -0.3), (0.1, -0.8), (1, 0), (0.1, 0.8), (0.1, 0.3), (-1, 0.3)]
        return [(center[0] + x * radius, center[1] + y * radius) for x, y in relative]

    corners = {"triangle": 3, "square": 4, "pentagon": 5}[shape]
    turn = math.pi / 4 if shape == "square" else -math.pi / 2
    steps = [turn + 2 * math.pi * k / corners for k in range(corners)]

    return [(center[0] + radius * math.cos(t), center[1] + radius * math.sin(t)) for t in steps]
