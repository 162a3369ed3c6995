"""Charts and tables to be read: values are whole numbers that stand on grid lines or are written
out.
"""

import io

import numpy as np
from PIL import Image

from waywiser.json_types import JsonObject
from waywiser.sample import Answer
from waywiser.sources.synthetic_figures.canvas import COLORS, Canvas, FigureQuestion, shuffle_values

_QUANTITIES = (
    ("apples sold", "stand"),
    ("visitors", "museum"),
    ("books lent", "library"),
    ("trees planted", "park"),
    ("parcels delivered", "depot"),
    ("goals scored", "team"),
    ("bicycles counted", "street"),
    ("loaves baked", "shop"),
)
_ROW_NAMES = (
    "Alder",
    "Birch",
    "Cedar",
    "Dune",
    "Elm",
    "Fjord",
    "Grove",
    "Heath",
    "Isle",
    "Juniper",
)


def bar_chart(rng: np.random.Generator) -> FigureQuestion:
    """A bar chart with a grid line at every value that occurs."""
    return _make_figure(rng, "bar chart", "plot")


def line_chart(rng: np.random.Generator) -> FigureQuestion:
    """A line chart with marked points on grid lines."""
    return _make_figure(rng, "line chart", "plot")


def table(rng: np.random.Generator) -> FigureQuestion:
    """A table with one row for each name."""
    return _make_figure(rng, "table", "table")


def _make_figure(rng: np.random.Generator, form: str, kind: str) -> FigureQuestion:
    quantity, owner = _QUANTITIES[rng.integers(len(_QUANTITIES))]
    names = shuffle_values(rng, _ROW_NAMES)[: int(rng.integers(4, 8))]
    step = int(rng.choice([1, 2, 5, 10])) if kind == "plot" else 1
    highest = 12 if kind == "plot" else 99
    values = [
        int(v) * step for v in rng.choice(np.arange(1, highest + 1), len(names), replace=False)
    ]
    picture = (
        _draw_table(names, values, quantity, owner)
        if kind == "table"
        else _draw_plot(form, names, values, quantity, step)
    )

    question, answer, steps = _make_question(rng, names, values, quantity, owner)
    text = f"The {form} shows {quantity} for each {owner}. {question}"
    truth: JsonObject = {"names": names, "values": values, "step": step, "form": form}

    return FigureQuestion(text, answer, picture, steps, truth)


def _make_question(
    rng: np.random.Generator, names: list[str], values: list[int], quantity: str, owner: str
) -> tuple[str, Answer, str]:
    i, j = (int(v) for v in rng.choice(len(names), 2, replace=False))
    if values[i] < values[j]:
        i, j = j, i

    a = values[i]
    b = values[j]

    match int(rng.integers(5)):
        case 0:
            most = max(values)
            return (
                f"Which {owner} has the most?",
                Answer(kind="choice", value=names[values.index(most)], options=names),
                (
                    f"Step 1: The values are {_list_values(names, values)}.\nStep 2: The largest is"
                    f" {most}, of {names[values.index(most)]}.\nCheck: all others are at most"
                    f" {sorted(values)[-2]}."
                ),
            )
        case 1:
            return (
                f"How many more {quantity} does {names[i]} have than {names[j]}?",
                Answer(kind="integer", value=a - b),
                (
                    f"Step 1: {names[i]} has {a}.\nStep 2: {names[j]} has {b}.\nStep 3: {a} - {b} ="
                    f" {a - b}.\nCheck: {b} + {a - b} = {a}."
                ),
            )
        case 2:
            total = sum(values)
            return (
                f"What is the total over every {owner}?",
                Answer(kind="integer", value=total),
                (
                    f"Step 1: The values are {_list_values(names, values)}.\nStep 2:"
                    f" {' + '.join(map(str, values))} = {total}.\nCheck: from the other end,"
                    f" {' + '.join(map(str, values[::-1]))} = {total}."
                ),
            )
        case 3:
            above = sum(value > b for value in values)
            return (
                f"For how many is the value greater than that of {names[j]}?",
                Answer(kind="integer", value=above),
                (
                    f"Step 1: {names[j]} has {b}.\nStep 2: The values are"
                    f" {_list_values(names, values)}.\nStep 3: Greater than {b}: {above}.\nCheck:"
                    f" the other {len(values) - above} are at most {b}."
                ),
            )
        case _:
            return (
                f"What is the value of {names[i]}?",
                Answer(kind="integer", value=a),
                (
                    f"Step 1: Find {names[i]}.\nStep 2: Its value is {a}.\nCheck: it stands at {a}"
                    " and no other does."
                ),
            )


def _list_values(names: list[str], values: list[int]) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))


def _draw_plot(
    form: str, names: list[str], values: list[int], quantity: str, step: int
) -> Image.Image:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.size": 9}):
        figure = Figure(figsize=(4.2, 3.2), dpi=100, layout="constrained")
        axes = figure.subplots()

    if form == "bar chart":
        axes.bar(names, values, color="#3d6fb6", width=0.6)
    else:
        axes.plot(names, values, color="#b0413e", marker="o")

    axes.set_ylim(0, 12 * step + step)
    axes.set_yticks(range(0, 13 * step, step))
    axes.tick_params(axis="x", labelrotation=30)
    axes.grid(axis="y", color="#d0d4d8", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_title(quantity, fontsize=10)
    sink = io.BytesIO()
    figure.savefig(sink, format="png")

    with Image.open(sink) as image:
        return image.convert("RGB")


def _draw_table(names: list[str], values: list[int], quantity: str, owner: str) -> Image.Image:
    row = 30
    width = 300
    canvas = Canvas(width, row * (len(names) + 1) + 20)

    for i, (left, right) in enumerate(
        [(owner, quantity), *((n, str(v)) for n, v in zip(names, values, strict=True))]
    ):
        y = 10 + row * i

        if i == 0:
            canvas.polygon(
                [(10, y), (width - 10, y), (width - 10, y + row), (10, y + row)], (225, 230, 236)
            )

        canvas.line([(10, y + row), (width - 10, y + row)], 1, COLORS["grey"])
        canvas.text((80, y + row / 2), left)
        canvas.text((215, y + row / 2), right)

    return canvas.image()
