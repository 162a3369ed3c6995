"""The page of an evaluation run: every convention, the paper's tables beside it, failure signatures, worst items."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from waywiser.dataset.files import write_atomically
from waywiser.errors import WaywiserError
from waywiser.evaluation.answering import read_config
from waywiser.evaluation.benchmarks import BenchmarkItem, load_benchmark
from waywiser.evaluation.summary import read_summary
from waywiser.report.charts import grouped_bars
from waywiser.report.evaluation_tables import Table, convention_table, latex, markdown, paper_table
from waywiser.report.page import svg, write_page
from waywiser.report.pictures import picture

_GENERAL = ("mathvista", "mathvision", "mathverse", "dynamath", "wemath", "logicvista")
_SIGNS = {
    "outputs": "outputs",
    "median_words": "median words of thinking",
    "loops": "loops",
    "loop_start_words": "median word where a loop begins",
    "format_breaks": "format breaks",
    "truncated": "truncated",
    "contradictions": "answers that contradict their reasoning",
}
_SHARES = ("loops", "format_breaks", "truncated", "contradictions")


def write_evaluation_page(folder: Path, target: Path, *, data: Path | None = None) -> Path:
    """Write the page of a run, and `tables.md` and `tables.tex` beside it.

    With `data`, the benchmark's folder, worst items are shown with their pictures. Raises DatasetError for a folder
    without scores.
    """
    summary = read_summary(folder)
    tables = [convention_table(summary), *_paper(summary)]
    write_atomically(target.with_name("tables.md"), "\n".join(map(markdown, tables)).encode())
    write_atomically(target.with_name("tables.tex"), "\n".join(map(latex, tables)).encode())
    return write_page(
        target,
        "evaluation.html",
        title=f"{summary['benchmark']}: {summary['model']}",
        lead=f"{summary['answered']} of {summary['items']} items answered. Each column is one way to score them.",
        tables=tables,
        chart=_chart(summary),
        signs=_signs(summary["signatures"]),
        worst=_worst(summary["signatures"].get("worst", []), _items(folder, data)),
    )


def _paper(summary: Mapping[str, Any]) -> list[Table]:
    name = "general" if summary["benchmark"] in _GENERAL else summary["benchmark"]
    return [paper_table(name, [dict(summary)])] if name in ("general", "cv-bench", "vsi-bench") else []


def _chart(summary: Mapping[str, Any]) -> Any:
    """Bars of the first conventions by profile, None where nothing was scored."""
    profiles = {n: p["aggregates"] for n, p in summary["profiles"].items() if p["aggregates"]}
    names = [a["name"] for a in next(iter(profiles.values()), []) if a["value"] is not None][:5]
    if not names:
        return None
    picked = {n: {a["name"]: a for a in aggregates} for n, aggregates in profiles.items()}
    values = {n: [100 * (found[name]["value"] or 0.0) for name in names] for n, found in picked.items()}
    errors = {
        n: [50 * ((found[name]["high"] or 0.0) - (found[name]["low"] or 0.0)) for name in names]
        for n, found in picked.items()
    }
    return svg(grouped_bars([name[:18] for name in names], values, y_label="per cent", errors=errors))


def _signs(signatures: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, told in _SIGNS.items():
        value = signatures.get(key)
        if value is not None:
            rows.append((told, f"{100 * value:.1f} %" if key in _SHARES else f"{value:g}"))
    lengths = signatures.get("length_against_difficulty") or {"types": [], "spearman": None}
    for row in lengths["types"]:
        told = f"{row['question_type']} (difficulty {row['difficulty']:.2f})"
        rows.append((told, f"{row['median_words']:g} words"))
    if lengths["spearman"] is not None:
        rows.append(("rank correlation of length and difficulty", f"{lengths['spearman']:.2f}"))
    return rows


def _items(folder: Path, data: Path | None) -> dict[str, BenchmarkItem]:
    if data is None:
        return {}
    return {item.id: item for item in load_benchmark(read_config(folder).benchmark, data).items}


def _worst(worst: list[dict[str, Any]], items: Mapping[str, BenchmarkItem]) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for entry in worst:
        item = items.get(entry["id"])
        signs = [name for name in ("format_break", "truncated") if entry[name]]
        if entry["loop"]:
            signs.append(f"a loop of {entry['loop']['period']} words from word {entry['loop']['start']}")
        if entry["contradiction"]:
            signs.append(entry["contradiction"])
        shown.append(
            {
                "id": entry["id"],
                "what": ", ".join(signs).replace("_", " "),
                "question": item.prompt if item else "",
                "picture": _first_picture(item) if item else None,
                "tail": entry["tail"],
            }
        )
    return shown


def _first_picture(item: BenchmarkItem) -> Any:
    try:
        image: Image.Image = item.pictures(1)[0]
    except (WaywiserError, IndexError):
        return None
    image.thumbnail((480, 480))
    return picture(image, "the picture asked about")
