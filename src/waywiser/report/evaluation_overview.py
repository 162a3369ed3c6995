"""One page for several evaluation runs: scores of each, and the paper's tables with all of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from waywiser.evaluation.profiles import WAYWISER_PROFILE
from waywiser.evaluation.summary import SCORES_FILE, read_summary
from waywiser.report.evaluation_page import PaperComparison, write_table_files
from waywiser.report.evaluation_tables import (
    ReportTable,
    format_scored_cell,
    model_name,
    needs_and_coverage,
)
from waywiser.report.html_page import mark_svg_safe, write_page
from waywiser.report.paper_comparison import paper_chart, paper_table, paper_table_name


def find_evaluation_runs(folder: Path) -> list[Path]:
    """The folders directly below `folder` that hold scores, by name."""
    return sorted(path.parent for path in folder.glob(f"*/{SCORES_FILE}"))


def write_evaluation_overview(folder: Path, target: Path) -> Path:
    """Write the page of all runs below `folder`, with `tables.md` and `tables.tex` next to it.

    Raises:
        DatasetError: Scores are damaged.
    """
    summaries = [read_summary(run) for run in find_evaluation_runs(folder)]
    names = [
        name
        for name in ("general", "cv-bench", "vsi-bench")
        if any(_is_in_table(name, s) for s in summaries)
    ]

    runs = _runs_table(summaries)
    compared = [(paper_table(name, summaries), paper_chart(name, summaries)) for name in names]
    write_table_files(target, [runs, *(table for table, _ in compared)])

    return write_page(
        target,
        "evaluation.html",
        title=f"{len(summaries)} evaluations",
        lead=(
            "Each benchmark by its leaderboard's convention and every profile, then the paper's"
            " tables with these."
        ),
        conventions=runs,
        chart=None,
        compared=[
            PaperComparison(table, mark_svg_safe(chart) if chart else None)
            for table, chart in compared
        ],
        signs=[],
        worst=[],
        facts=[],
    )


def _is_in_table(name: str, summary: Mapping[str, Any]) -> bool:
    return paper_table_name(summary["benchmark"]) == name


def _runs_table(summaries: Sequence[Mapping[str, Any]]) -> ReportTable:
    profiles = list(
        dict.fromkeys(
            [WAYWISER_PROFILE, *(profile for s in summaries for profile in s["profiles"])]
        )
    )
    rows: list[list[str]] = []

    for summary in summaries:
        first = {
            profile: (scored["aggregates"] or [None])[0]
            for profile, scored in summary["profiles"].items()
        }

        convention = next((a["name"] for a in first.values() if a), "-")
        answered = f"{summary['answered']} of {summary['of'] or summary['items']}"
        rows.append(
            [
                summary["benchmark"],
                model_name(summary),
                answered,
                convention,
                *(_cell(summary, p, first) for p in profiles),
            ]
        )

    return ReportTable(
        "all runs", ["benchmark", "model", "items", "convention", *profiles], rows, []
    )


def _cell(summary: Mapping[str, Any], profile: str, first: Mapping[str, Any]) -> str:
    if profile not in summary["profiles"]:
        return "-"
    return format_scored_cell(first.get(profile), *needs_and_coverage(summary, profile))
