"""The command that scores stored outputs: grade."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from waywiser.cli._app import EXIT_CHECK_FAILED, JsonFlag, app, print_result
from waywiser.cli._evaluation_options import GradedBenchmarkOption, GradeProfileOption

if TYPE_CHECKING:
    from waywiser.evaluation.grade_file import GradeSummary

_MAX_REASONS = 8


@app.command("grade")
def grade_command(
    file: Annotated[Path, typer.Argument(help="JSONL of model outputs with their questions.")],
    benchmark: GradedBenchmarkOption,
    profile: GradeProfileOption,
    out: Annotated[
        Path | None, typer.Option(help="JSONL with score and extracted added to each row.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Score model outputs under one profile.

    A profile scores as a benchmark's authors, a public harness or waywiser score. Rows that cannot
    be scored keep their place, with score null and the reason; they are counted, never scored 0,
    and the exit code is then 1.

    \b
    Example:
      waywiser grade outputs.jsonl --benchmark vsi-bench --profile official
    """
    from dataclasses import asdict

    from waywiser.evaluation.grade_file import grade_file
    from waywiser.evaluation.jsonl import write_jsonl

    rows, summary = grade_file(file, benchmark, profile)
    if out is not None:
        write_jsonl(out, rows)

    print_result(asdict(summary), "\n".join(_format_grade_summary(summary)), as_json)
    if summary.bad:
        raise typer.Exit(EXIT_CHECK_FAILED)


def _format_grade_summary(summary: "GradeSummary") -> list[str]:
    """What was scored, and of what was not the commonest reasons, each with the first lines that it
    holds for.
    """
    mean = "no row could be scored" if summary.mean is None else f"mean {summary.mean:.4f}"
    scored = f"{mean}, {summary.scored} of {summary.rows} rows scored"
    lines = [f"{summary.benchmark} by {summary.profile}: {scored}"]

    if summary.needs:
        lines.append(
            f"{summary.profile} {summary.needs}: outputs that were asked in another form score 0 by"
            " its rule"
        )

    if summary.expected:
        lines.append(
            f"{summary.expected} scores are expected values: the harness draws at random there"
        )

    numbers: dict[str, list[int]] = {}
    for number, reason in summary.bad.items():
        numbers.setdefault(reason, []).append(number)

    for reason, places in sorted(numbers.items(), key=lambda entry: -len(entry[1]))[:_MAX_REASONS]:
        line_numbers = ", ".join(map(str, places[:3])) + (", ..." if len(places) > 3 else "")
        lines.append(f"{len(places)} not scored (line {line_numbers}): {reason}")

    if len(numbers) > _MAX_REASONS:
        lines.append(
            f"and {len(numbers) - _MAX_REASONS} more reasons, in the rows that --out writes"
        )

    return lines
