"""Tables of an evaluation as text, Markdown and LaTeX: every convention of every profile."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ReportTable:
    """A table ready to print.

    Attributes:
        title: Its title.
        columns: Names of its columns.
        rows: The cells of each row as text.
        notes: Remarks below the table.

    Example:
        >>> table = ReportTable("scores", ["model", "mean"], [["base", "41.2"]], [])
        >>> print(format_markdown(table))
    """

    title: str
    columns: list[str]
    rows: list[list[str]]
    notes: list[str]


def model_name(summary: Mapping[str, Any]) -> str:
    """A model's short name: the last descriptive part of its path, or a server's name for it."""
    parts = [part for part in summary["model"].split("/") if part]
    descriptive_parts = [part for part in parts if part not in ("model", "checkpoint")]
    return (descriptive_parts or parts or [""])[-1]


def convention_table(summary: Mapping[str, Any]) -> ReportTable:
    """Every profile's score by every convention, in percent with its 95 % interval."""
    scores_by_profile = {
        name: {a["name"]: a for a in p["aggregates"]} for name, p in summary["profiles"].items()
    }
    remarks = {name: needs_and_coverage(summary, name) for name in scores_by_profile}

    if summary.get("judge"):
        scores_by_profile |= {
            "waywiser + judge": {a["name"]: a for a in summary["judge"]["aggregates"]}
        }

    conventions = list(
        dict.fromkeys(name for table in scores_by_profile.values() for name in table)
    )
    rows = [
        [
            c,
            *(
                format_scored_cell(table.get(c), *remarks.get(name, ("", "")))
                for name, table in scores_by_profile.items()
            ),
        ]
        for c in conventions
    ]

    return ReportTable(
        f"{summary['benchmark']}: {model_name(summary)}",
        ["convention", *scores_by_profile],
        rows,
        _notes(summary),
    )


def format_scored_cell(aggregate: Mapping[str, Any] | None, needs: str, coverage: str) -> str:
    """A profile's cell: its number with its coverage, or what it needs to be meaningful.

    Args:
        aggregate: The score; None if there is none.
        needs: What the profile lacks to be meaningful; "" if nothing.
        coverage: How many items were scored, if not all.
    """
    if needs:
        return needs

    cell_text = format_cell(aggregate)
    return f"{cell_text} {coverage}" if coverage and cell_text != "-" else cell_text


def needs_and_coverage(summary: Mapping[str, Any], name: str) -> tuple[str, str]:
    """What a profile lacks ("" if nothing), and "(2,963 of 3,000 items)" if it did not score
    all.
    """
    profile = summary["profiles"][name]
    scored = profile["scored"]
    answered = summary["answered"]

    return profile.get("needs", ""), (
        f"({scored:,} of {answered:,} items)" if scored < answered else ""
    )


def text_summary(summary: Mapping[str, Any]) -> str:
    """A few lines for the terminal."""
    table = convention_table(summary)
    lines = [f"{summary['answered']} of {summary['items']} items answered", *table.notes]

    for row in table.rows:
        lines.append(
            f"{row[0]}: "
            + "  ".join(f"{n} {v}" for n, v in zip(table.columns[1:], row[1:], strict=True))
        )

    return "\n".join(lines)


def format_markdown(table: ReportTable) -> str:
    """The table in Markdown; vertical bars in cells are escaped."""
    cells = [table.columns, ["---"] * len(table.columns), *table.rows]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]

    return (
        "\n".join([f"**{table.title}**", "", *lines, "", *(f"- {note}" for note in table.notes)])
        + "\n"
    )


def format_latex(table: ReportTable) -> str:
    """The table as a LaTeX tabular with booktabs rules."""
    body = [" & ".join(map(_escape_latex, row)) + r" \\" for row in table.rows]
    head = " & ".join(map(_escape_latex, table.columns)) + r" \\"
    spec = "l" + "r" * (len(table.columns) - 1)
    notes = [f"% {note}" for note in table.notes]

    lines = [
        rf"\begin{{tabular}}{{{spec}}}",
        r"\toprule",
        head,
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
    ]

    return "\n".join([f"% {table.title}", *notes, *lines]) + "\n"


def format_cell(aggregate: Mapping[str, Any] | None, *, interval: bool = True) -> str:
    """A score in percent, by default with its interval; "-" if there is none."""
    if aggregate is None or aggregate["value"] is None:
        return "-"

    value = f"{100 * aggregate['value']:.1f}"
    if aggregate["low"] is None or not interval:
        return value

    return f"{value} [{100 * aggregate['low']:.1f}, {100 * aggregate['high']:.1f}]"


_REMEDIES = {
    "needs its own prompt": "ask with --prompts official",
    "needs its judge": "its rule reads what a judge extracted, and nothing else",
}


def _notes(summary: Mapping[str, Any]) -> list[str]:
    """Remarks on the numbers: coverage, items left out, random draws, the judge's share."""
    notes = [f"licence {summary['licence']}; sha256 {summary['sha256'][:16]}"]
    if summary["of"] and summary["items"] < summary["of"]:
        notes.append(f"{summary['items']} of the benchmark's {summary['of']} items")

    for key, label in (
        ("errors", "items without an answer"),
        ("bad_rows", "rows of the data left out"),
    ):
        if summary[key]["count"]:
            kinds = ", ".join(f"{kind} ({n})" for kind, n in summary[key]["commonest"].items())
            notes.append(f"{summary[key]['count']} {label}: {kinds}")

    notes += [
        f"{count} rows are not items: {reason}"
        for reason, count in summary.get("left_out", {}).items()
    ]

    for name, profile in summary["profiles"].items():
        if profile["unscorable"]["count"]:
            kinds = ", ".join(
                f"{kind} ({n})" for kind, n in profile["unscorable"]["commonest"].items()
            )
            notes.append(
                f"{name}: {profile['unscorable']['count']} answers could not be scored and are not"
                f" in it: {kinds}"
            )

        if needs := profile.get("needs"):
            notes.append(f"{name} {needs}: {_REMEDIES.get(needs, '')}")

        if profile["expected_values"]:
            notes.append(
                f"{name}: {profile['expected_values']} scores are expected values of a random draw"
            )

    if judge := summary.get("judge"):
        notes.append(
            f"judge {judge['model']}: {100 * judge['share_of_judge']:.1f} % of verdicts,"
            f" {judge['failed']} failed"
            f" ({', '.join(f'{k} {v}' for k, v in judge['failures'].items()) or 'none'})"
        )

    return notes


_LATEX_ESCAPES = {
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
}
_LATEX_ESCAPES |= {"^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}


def _escape_latex(text: str) -> str:
    return "".join(_LATEX_ESCAPES.get(character, character) for character in text)
