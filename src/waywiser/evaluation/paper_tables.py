"""The tables of M2-Reasoning (arXiv 2507.08306) as data, and what their averages are averages of.

The general table's average is the mean of six; VSI-Bench's the mean of eight. CV-Bench's rows were
averaged in different ways, so each is given by every convention. A printed average is explained
when cells that round to the printed ones can give it.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

CV_BENCH_ITEMS = {"Count": 788, "Relation": 650, "Depth": 600, "Distance": 600}
"""Questions by task, 2,638 together."""

_ROUNDING_ERROR = 0.05
_2D = ("Count", "Relation")
_3D = ("Depth", "Distance")


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A printed row: cells in per cent in the order of the table's columns (None where the paper
    has a dash).
    """

    table: str
    model: str
    kind: str
    cells: dict[str, float | None]
    average: float
    gain: float | None = None


@dataclass(frozen=True, slots=True)
class ReaveragedRow:
    """`averages` by convention from the printed cells; `explained` are those that give the printed
    average.
    """

    row: PaperRow
    averages: dict[str, float]
    explained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Misprint:
    """Something printed that the printed numbers do not give."""

    table: str
    model: str
    printed: str
    recomputed: str
    remark: str


@cache
def load_paper_rows() -> tuple[PaperRow, ...]:
    """All rows of the three tables, as printed."""
    data = json.loads((files("waywiser.evaluation") / "paper_tables.json").read_text())
    return tuple(
        PaperRow(
            table["name"],
            row["model"],
            row["kind"],
            dict(zip(table["columns"], row["cells"], strict=True)),
            row["average"],
            row.get("gain"),
        )
        for table in data["tables"]
        for row in table["rows"]
    )


def reaverage(row: PaperRow) -> ReaveragedRow:
    """The row's averages by each convention that its table could mean; none for a row without
    cells.
    """
    if any(value is None for value in row.cells.values()):
        return ReaveragedRow(row, {}, ())

    cells = {name: float(value or 0.0) for name, value in row.cells.items()}
    averages = {name: _weighted_mean(cells, weights) for name, weights in _conventions(row).items()}
    # Every cell may be half a step off, so any weighted mean may be, and the printed average is
    # rounded again.
    explained = tuple(
        n for n, value in averages.items() if abs(value - row.average) < 2 * _ROUNDING_ERROR + 1e-9
    )

    return ReaveragedRow(row, averages, explained)


def find_misprints() -> list[Misprint]:
    """The rows whose average their cells cannot give, and the tables that mix conventions."""
    found: list[Misprint] = []

    for entry in map(reaverage, load_paper_rows()):
        if entry.averages and not entry.explained:
            name, value = min(
                entry.averages.items(), key=lambda item: abs(item[1] - entry.row.average)
            )
            row = entry.row
            remark = (
                f"{name} of the printed cells; gains over this row are too small by"
                f" {row.average - value:.1f}"
            )
            found.append(
                Misprint(row.table, row.model, f"{row.average:.1f}", f"{value:.1f}", remark)
            )

    return found + _find_mixed_tables()


def _find_mixed_tables() -> list[Misprint]:
    mixed: list[Misprint] = []

    for table in dict.fromkeys(row.table for row in load_paper_rows()):
        entries = [
            e for e in map(reaverage, load_paper_rows()) if e.row.table == table and e.averages
        ]
        names = list(entries[0].averages)
        if any(all(name in e.explained for e in entries) for name in names):
            continue
        if not all(e.explained for e in entries):
            continue  # a single wrong row, reported as such

        models_by_formula = {
            name: [e.row.model for e in entries if e.explained == (name,)] for name in names
        }
        description = "; ".join(
            f"{name} for {', '.join(models)}"
            for name, models in models_by_formula.items()
            if models
        )

        mixed.append(
            Misprint(table, "all rows", "one column Avg.", "several formulas", description)
        )

    return mixed


def _conventions(row: PaperRow) -> dict[str, dict[str, float]]:
    """Name -> weights of the cells."""
    if row.table != "cv-bench":
        return {f"mean of {len(row.cells)}": dict.fromkeys(row.cells, 1.0)}

    n = CV_BENCH_ITEMS
    halves = {task: n[task] / sum(n[t] for t in part) / 2 for part in (_2D, _3D) for task in part}

    return {
        "per sample": {task: float(count) for task, count in n.items()},
        "mean of 2D and 3D": halves,
        "mean of 4": dict.fromkeys(n, 1.0),
    }


def _weighted_mean(cells: dict[str, float], weights: dict[str, float]) -> float:
    return math.fsum(cells[name] * weight for name, weight in weights.items()) / math.fsum(
        weights.values()
    )
