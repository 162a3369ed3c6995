"""Drawn figures: the answer follows from the picture by a second way of getting it."""

import io
import math

import numpy as np
import pytest
from PIL import Image

from waywiser.answers import grade
from waywiser.errors import RecipeError
from waywiser.sample import Sample
from waywiser.sources.synthetic_figures import FIGURE_TASKS, FigureSource
from waywiser.tasks.completion import gold_completion


def drawn(task: str, count: int = 12, seed: int = 2) -> list[Sample]:
    items = list(FigureSource(task, count, seed).items(0, count))
    assert all(isinstance(item, Sample) for item in items), items
    return items  # type: ignore[return-value]


def pixels(sample: Sample) -> np.ndarray:
    with Image.open(io.BytesIO(sample.images[0])) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def inputs(sample: Sample) -> dict:
    assert sample.program is not None
    return sample.program.inputs


@pytest.mark.parametrize("task", FIGURE_TASKS)
def test_items_are_graded_repeatable_and_readable_in_any_range(task: str) -> None:
    samples = drawn(task, 3)
    assert list(FigureSource(task, 3, 2).items(1, 3)) == samples[1:]
    assert samples[0] != next(FigureSource(task, 3, 3).items(0, 1))
    for sample in samples:
        assert grade(gold_completion(sample), sample.answer).outcome == "right"
        assert "Check" in (sample.reasoning or "")


def test_triangle_angles_by_the_law_of_cosines() -> None:
    for sample in drawn("triangle_angle"):
        a, b, c = inputs(sample)["corners"]
        u = math.dist(b, c)
        v = math.dist(a, c)
        w = math.dist(a, b)
        assert math.degrees(math.acos((u * u + v * v - w * w) / (2 * u * v))) == pytest.approx(
            sample.answer.value, abs=1e-6
        )


def test_right_triangles_are_to_scale() -> None:
    for sample in drawn("right_triangle"):
        corners = inputs(sample)["corners"]
        sides = inputs(sample)["sides"]
        drawn_sides = [math.dist(corners[i], corners[(i + 1) % 3]) for i in range(3)]
        ratios = [d / s for d, s in zip(drawn_sides, sides, strict=True)]
        assert max(ratios) == pytest.approx(min(ratios))
        assert sides[inputs(sample)["missing"]] == sample.answer.value


def test_polygon_areas_by_counting_coloured_pixels() -> None:
    for sample in drawn("grid_polygon_area"):
        image = pixels(sample)
        coloured = (image.max(2) - image.min(2)) > 25
        cell = (280 / 8) ** 2
        assert coloured.sum() / cell == pytest.approx(float(sample.answer.value), rel=0.1, abs=0.6)  # type: ignore[arg-type]


def test_l_shapes_by_two_rectangles() -> None:
    for sample in drawn("l_shape_area"):
        corners = inputs(sample)["corners"]
        twice = sum(
            a[0] * b[1] - b[0] * a[1]
            for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
        )
        assert abs(twice) / 2 == sample.answer.value


def test_grid_distances_by_the_coordinates() -> None:
    for sample in drawn("grid_distance"):
        distance = math.dist(*inputs(sample)["points"])
        value = sample.answer.value
        squared = (
            value**2
            if isinstance(value, int)
            else int(str(value).removeprefix("\\sqrt{").rstrip("}"))
        )
        assert distance**2 == pytest.approx(squared)


def test_bars_are_as_high_as_their_values() -> None:
    for sample in drawn("bar_chart", 4):
        image = pixels(sample)
        blue = (image[..., 2] - image[..., 0]) > 60
        columns = np.flatnonzero(blue.any(0))
        bars = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
        heights = [blue[:, bar[len(bar) // 2]].sum() for bar in bars]
        values = inputs(sample)["values"]
        assert len(heights) == len(values)
        scale = max(heights) / max(values)
        assert heights == pytest.approx([scale * v for v in values], abs=2)


@pytest.mark.parametrize("task", ["matrix", "sequence"])
def test_exactly_one_option_fits(task: str) -> None:
    for sample in drawn(task, 20):
        options = [tuple(option) for option in inputs(sample)["options"]]
        assert len(set(options)) == 6
        right = options["ABCDEF".index(str(sample.answer.value))]
        if task == "sequence":
            row = inputs(sample)["row"]
            periods = inputs(sample)["periods"]
            assert all(row[5][k] == row[5 - periods[k]][k] == right[k] for k in range(3))
        else:
            cells = inputs(sample)["cells"]
            rules = inputs(sample)["rules"]
            assert tuple(cells[2][2]) == right
            for k, rule in enumerate(rules):
                rows = [[cell[k] for cell in row] for row in cells]
                if rule == "constant":
                    assert all(len(set(row)) == 1 for row in rows)
                elif rule == "progression":
                    assert all(row == [row[0], row[0] + 1, row[0] + 2] for row in rows)
                else:
                    assert all(
                        sorted(row) == sorted(rows[0]) for row in [*rows, *zip(*rows, strict=True)]
                    )


def test_an_unknown_task_names_the_nearest() -> None:
    with pytest.raises(RecipeError, match="did you mean 'matrix'"):
        FigureSource("matrx", 1, 0)
