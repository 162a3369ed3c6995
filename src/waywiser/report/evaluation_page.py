"""The page of an evaluation run: every convention, the paper's tables, failures and worst items."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from PIL import Image

from waywiser.errors import WaywiserError
from waywiser.evaluation.benchmark_answers import RunConfig, read_config
from waywiser.evaluation.benchmarks import BenchmarkItem, load_benchmark
from waywiser.evaluation.summary import read_summary
from waywiser.io import write_atomically
from waywiser.json_types import JsonObject
from waywiser.report.charts import plot_grouped_bars
from waywiser.report.embedded_images import EmbeddedImage, embed_image
from waywiser.report.evaluation_tables import (
    ReportTable,
    convention_table,
    format_latex,
    format_markdown,
    model_name,
)
from waywiser.report.html_page import mark_svg_safe, write_page
from waywiser.report.paper_comparison import paper_chart, paper_table, paper_table_name

_FAILURE_LABELS = {
    "outputs": "outputs",
    "median_words": "median words of thinking",
    "loops": "loops",
    "loop_start_words": "median word where a loop begins",
    "format_breaks": "format breaks",
    "truncated": "truncated",
    "contradictions": "answers that contradict their reasoning",
    "hallucinations": "name things in their reasoning that the scene lacks",
}
_INTERVAL_ENDS = ("low", "high")
_SHARE_KEYS = ("loops", "format_breaks", "truncated", "contradictions", "hallucinations")


@dataclass(frozen=True)
class PaperComparison:
    """One of the paper's tables with our rows, and its chart."""

    table: ReportTable
    chart: Any


class _WorstItem(TypedDict):
    """An item that went wrong in several ways, for the template."""

    id: str
    what: str
    question: str
    picture: EmbeddedImage | None
    tail: str


def write_evaluation_page(folder: Path, target: Path, *, data: Path | str | None = None) -> Path:
    """Write the page of a run, with `tables.md` and `tables.tex` next to it.

    Args:
        folder: The run's folder.
        target: The page's file.
        data: The benchmark's data if it has moved since, to show worst items with their images.

    Raises:
        DatasetError: The folder has no scores.
    """
    summary = read_summary(folder)
    name = paper_table_name(summary["benchmark"])
    conventions = convention_table(summary)
    compared = paper_table(name, [summary]) if name else None
    tables = [conventions, compared] if compared else [conventions]
    write_table_files(target, tables)
    comparison_chart = paper_chart(name, [summary]) if name else None

    return write_page(
        target,
        "evaluation.html",
        title=f"{summary['benchmark']}: {model_name(summary)}",
        lead=(
            f"{summary['answered']} of {summary['items']} items answered. Each column is one way to"
            " score them."
        ),
        conventions=conventions,
        chart=_chart(summary),
        compared=(
            [
                PaperComparison(
                    compared, mark_svg_safe(comparison_chart) if comparison_chart else None
                )
            ]
            if compared
            else []
        ),
        signs=_failure_rows(summary["signatures"]),
        worst=_worst_items(summary["signatures"].get("worst", []), _items(folder, data, summary)),
        facts=_facts(summary, read_config(folder)),
    )


def write_table_files(target: Path, tables: list[ReportTable]) -> None:
    """Write `tables.md` and `tables.tex` next to a page."""
    write_atomically(
        target.with_name("tables.md"), "\n".join(map(format_markdown, tables)).encode()
    )
    write_atomically(target.with_name("tables.tex"), "\n".join(map(format_latex, tables)).encode())


def _facts(summary: Mapping[str, Any], config: RunConfig) -> list[tuple[str, str]]:
    """How the run was made, so that it can be made again."""
    shard = "" if config.shard == (1, 1) else f", part {config.shard[0]} of {config.shard[1]}"
    limited = f", the first {config.limit}" if config.limit else ""

    return [
        ("model", config.model),
        ("run by", config.backend),
        ("benchmark", f"{config.benchmark}{limited}{shard}"),
        ("data", summary.get("data", "")),
        ("licence", summary["licence"]),
        ("sha256 of the items", summary["sha256"]),
        (
            "decoding",
            f"greedy, at most {config.max_new_tokens} new tokens, batches of {config.batch_size}",
        ),
        ("frames of a video", str(config.frames)),
    ]


def _chart(summary: Mapping[str, Any]) -> Any:
    """Bars of the first conventions by profile, None if nothing was scored."""
    scored = {n: p for n, p in summary["profiles"].items() if not p.get("needs")}
    profiles = {n: p["aggregates"] for n, p in scored.items() if p["aggregates"]}
    everywhere = [{a["name"] for a in aggregates} for aggregates in profiles.values()]
    names = [a["name"] for a in next(iter(profiles.values()), []) if a["value"] is not None]
    names = [name for name in names if all(name in names_there for names_there in everywhere)][:5]

    if not names:
        return None

    picked = {n: {a["name"]: a for a in aggregates} for n, aggregates in profiles.items()}
    values = {
        n: [100 * (found[name]["value"] or 0.0) for name in names] for n, found in picked.items()
    }

    errors = {
        n: [[_error_bar_percent(found[name], end) for name in names] for end in _INTERVAL_ENDS]
        for n, found in picked.items()
    }

    return mark_svg_safe(
        plot_grouped_bars(
            [_label(name) for name in names], values, y_label="per cent", errors=errors
        )
    )


def _error_bar_percent(aggregate: Mapping[str, Any], end: str) -> float:
    """Distance of the interval's "low" or "high" end from the value in percent, 0 if there is
    none.
    """
    return 0.0 if aggregate[end] is None else 100 * abs(aggregate[end] - aggregate["value"])


def _label(convention: str) -> str:
    """The convention's name without its remarks, in short lines."""
    short = convention.split(":")[0].split(" (")[0].replace("_", " ")
    return "\n".join(textwrap.wrap(short, 16))


def _failure_rows(signatures: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []

    for key, label in _FAILURE_LABELS.items():
        value = signatures.get(key)
        if value is not None:
            rows.append((label, f"{100 * value:.1f} %" if key in _SHARE_KEYS else f"{value:g}"))

    lengths = signatures.get("length_against_difficulty") or {"types": [], "spearman": None}
    for row in lengths["types"]:
        label = f"{row['question_type']} (difficulty {row['difficulty']:.2f})"
        rows.append((label, f"{row['median_words']:g} words"))

    if lengths["spearman"] is not None:
        rows.append(("rank correlation of length and difficulty", f"{lengths['spearman']:.2f}"))

    return rows


def _items(
    folder: Path, data: Path | str | None, summary: Mapping[str, Any]
) -> dict[str, BenchmarkItem]:
    """The run's items by id, from `data` or where the run read them; none if that is gone."""
    source = data or Path(summary.get("data", ""))
    if data is None and not (summary.get("data") and Path(source).exists()):
        return {}

    return {item.id: item for item in load_benchmark(read_config(folder).benchmark, source).items}


def _worst_items(worst: list[JsonObject], items: Mapping[str, BenchmarkItem]) -> list[_WorstItem]:
    contexts: list[_WorstItem] = []

    for entry in worst:
        item = items.get(entry["id"])
        signs = [name for name in ("format_break", "truncated") if entry[name]]

        if entry["loop"]:
            signs.append(
                f"a loop of {entry['loop']['period']} words from word {entry['loop']['start']}"
            )

        if entry["contradiction"]:
            signs.append(entry["contradiction"])
        if entry["absent"]:
            signs.append(f"names {', '.join(entry['absent'])}, which the scene lacks")

        contexts.append(
            {
                "id": entry["id"],
                "what": ", ".join(signs).replace("_", " "),
                "question": item.prompt if item else "",
                "picture": _first_picture(item) if item else None,
                "tail": entry["tail"],
            }
        )

    return contexts


def _first_picture(item: BenchmarkItem) -> EmbeddedImage | None:
    try:
        image: Image.Image = item.pictures(1)[0]
    except (WaywiserError, IndexError):
        return None
    image.thumbnail((480, 480))
    return embed_image(image, "the picture asked about")
