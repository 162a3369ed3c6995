"""The paper's tables with our rows below, and a chart of our models and the paper's."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from waywiser.evaluation.paper_tables import PaperRow, find_misprints, load_paper_rows, reaverage
from waywiser.evaluation.profiles import WAYWISER_PROFILE
from waywiser.report.charts import plot_grouped_bars, plot_radar
from waywiser.report.evaluation_tables import ReportTable, format_cell, model_name

_GENERAL_COLUMNS = {
    "mathvista": "MathVista",
    "mathvision": "MathVision",
    "mathverse": "MathVerse",
    "dynamath": "DynaMath",
    "wemath": "WeMath",
    "logicvista": "LogicVista",
}
_VSI_COLUMNS = {
    "OC": "object_counting",
    "AD": "object_abs_distance",
    "OS": "object_size_estimation",
    "RS": "room_size_estimation",
    "RDs": "object_rel_distance",
    "RDr": "object_rel_direction (mean of easy, medium, hard)",
    "RP": "route_planning",
    "AO": "obj_appearance_order",
    "mean of 8": "mean of eight tasks",
}


_CHARTED_MODELS = ("Base Model", "Qwen2.5-VL-7B-Instruct", "M2-Reasoning-7B")
"""The paper's rows that a chart shows: its base models and its result."""


class ScoreCell(TypedDict):
    """A score in [0, 1] with its 95 % interval; None if unknown."""

    value: float | None
    low: float | None
    high: float | None


def paper_table_name(benchmark: str) -> str | None:
    """The paper's table that a benchmark is in; None for our own."""
    if benchmark in _GENERAL_COLUMNS:
        return "general"
    return benchmark if benchmark in ("cv-bench", "vsi-bench") else None


def paper_table(name: str, summaries: Sequence[Mapping[str, Any]] = ()) -> ReportTable:
    """One of the paper's tables, re-averaged, with a row for each of our models and profiles.

    Args:
        name: "general", "cv-bench" or "vsi-bench".
        summaries: Summaries of our runs.
    """
    printed = [row for row in load_paper_rows() if row.table == name]
    columns = list(printed[0].cells)
    averages = list(next(e.averages for e in map(reaverage, printed) if e.averages))
    rows = [_paper_row(row, averages) for row in printed]

    for (model, profile), cells in scores_by_run(name, summaries).items():
        ours = [format_cell(cells.get(c), interval=False) for c in (*columns, *averages)]
        rows.append([f"{model} ({profile})", *ours[: len(columns)], "-", *ours[len(columns) :]])

    notes = [
        f"{m.model}: printed {m.printed}, {m.recomputed} ({m.remark})"
        for m in find_misprints()
        if m.table == name
    ]

    return ReportTable(name, ["model", *columns, "printed avg.", *averages], rows, notes)


def paper_chart(name: str, summaries: Sequence[Mapping[str, Any]]) -> str | None:
    """Our models and the paper's over the columns that we have: a radar chart, or bars for two.

    Returns:
        The chart as an <svg> element; None if we have no columns.
    """
    ours = {
        model: cells
        for (model, profile), cells in scores_by_run(name, summaries).items()
        if profile == WAYWISER_PROFILE
    }

    printed = {
        row.model: row.cells
        for row in load_paper_rows()
        if row.table == name and row.model in _CHARTED_MODELS
    }

    columns = [
        c
        for c in next(iter(printed.values()))
        if ours and all(_has_value(cells, c) for cells in ours.values())
    ]
    if not columns:
        return None

    series = {model: [cells[c] or 0.0 for c in columns] for model, cells in printed.items()}
    series |= {
        model: [100 * (scores[c]["value"] or 0.0) for c in columns]
        for model, scores in ours.items()
    }

    return (
        plot_radar(columns, series)
        if len(columns) >= 3
        else plot_grouped_bars(columns, series, y_label="per cent")
    )


def scores_by_run(
    name: str, summaries: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str], dict[str, ScoreCell]]:
    """(model, profile) -> column or average -> our score; a second run of a cell is "model #2"."""
    runs: dict[tuple[str, str], dict[str, ScoreCell]] = {}

    for summary in summaries:
        if paper_table_name(summary["benchmark"]) != name:
            continue

        for profile, scored in summary["profiles"].items():
            if scored.get("needs"):  # its number says nothing
                continue

            by_name = {a["name"]: a for a in scored["aggregates"]}

            if name == "general":
                cells = (
                    {_GENERAL_COLUMNS[summary["benchmark"]]: scored["aggregates"][0]}
                    if scored["aggregates"]
                    else {}
                )
            elif name == "vsi-bench":
                cells = {
                    column: by_name[long]
                    for column, long in _VSI_COLUMNS.items()
                    if long in by_name
                }
            else:
                cells = by_name

            key = (_run_label(summary, profile, cells, runs), profile)
            runs.setdefault(key, {}).update(cells)

    for cells in runs.values() if name == "general" else ():
        if all(_has_value(cells, column) for column in _GENERAL_COLUMNS.values()):
            values = [cells[column]["value"] or 0.0 for column in _GENERAL_COLUMNS.values()]
            mean = sum(values) / len(values)
            cells["mean of 6"] = {"value": mean, "low": None, "high": None}

    return runs


def _run_label(
    summary: Mapping[str, Any],
    profile: str,
    cells: Mapping[str, ScoreCell],
    runs: Mapping[tuple[str, str], Any],
) -> str:
    """The model's name, numbered if another run of that name has filled one of the cells."""
    name = model_name(summary)
    number = 1
    label = name
    while runs.get((label, profile), {}).keys() & cells.keys():
        number += 1
        label = f"{name} #{number}"

    return label


def _has_value(cells: Mapping[str, ScoreCell], column: str) -> bool:
    return column in cells and cells[column]["value"] is not None


def _paper_row(row: PaperRow, averages: list[str]) -> list[str]:
    entry = reaverage(row)
    cells = ["-" if value is None else f"{value:.1f}" for value in row.cells.values()]

    marked = [
        (
            f"{entry.averages[name]:.2f}" + ("*" if name in entry.explained else "")
            if entry.averages
            else "-"
        )
        for name in averages
    ]

    return [row.model, *cells, f"{row.average:.1f}", *marked]
