"""`waywiser grade`: score a JSONL file of model outputs under one profile, row by row."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waywiser.errors import DatasetError
from waywiser.evaluation.jsonl import replace_surrogates
from waywiser.evaluation.name_lookup import resolve_benchmark, resolve_profile
from waywiser.evaluation.profiles import parse_row, scorer_of
from waywiser.evaluation.scoring import missing_requirement, try_score
from waywiser.json_types import JsonObject

_MAX_LINE_CHARACTERS = 64 * 1024 * 1024


@dataclass
class GradeSummary:
    """`rows` were read, of which `scored` have a score with mean `mean` (None without any).

    `bad` maps the number of a line that could not be scored to the reason; `expected` counts scores
    that are expected values of a draw; `needs` says what the profile's rule relies on beyond the
    outputs (its own prompt, its judge).
    """

    profile: str
    benchmark: str
    rows: int = 0
    scored: int = 0
    mean: float | None = None
    expected: int = 0
    needs: str = ""
    bad: dict[int, str] = field(default_factory=dict)


def grade_file(source: Path, benchmark: str, profile: str) -> tuple[list[JsonObject], GradeSummary]:
    """Every row with "score" and "extracted" added; a row that cannot be scored has score None and
    "error".

    `profile` may be a harness's name alone, `benchmark` a subset's. Raises RecipeError for an
    unknown benchmark or profile, DatasetError for a file that is missing or no text.
    """
    benchmark = resolve_benchmark(benchmark)
    profile = resolve_profile(profile)
    scorer_of(profile, benchmark)
    needs = missing_requirement(profile, benchmark, official_prompts=False)
    summary = GradeSummary(profile, benchmark, needs=needs)
    graded = [_grade_line(number, line, summary) for number, line in _read_lines(source)]

    if not graded:
        raise DatasetError(f"{source} holds no rows: nothing to grade")

    scores = [row["score"] for row in graded if row["score"] is not None]
    summary.rows, summary.scored = len(graded), len(scores)
    summary.mean = sum(scores) / len(scores) if scores else None

    return graded, summary


def _grade_line(number: int, line: str, summary: GradeSummary) -> JsonObject:
    fields: Any = None
    try:
        fields = replace_surrogates(json.loads(line))
        if not isinstance(fields, dict):
            raise DatasetError("no JSON object")

        row = parse_row(fields, summary.benchmark)
    except (
        ValueError,
        RecursionError,
    ) as error:  # DatasetError is a ValueError, as JSON's own errors are
        reason = (
            "no JSON" if isinstance(error, json.JSONDecodeError | RecursionError) else str(error)
        )

        return _unscored_row(number, fields, reason, summary)

    result = try_score(row, summary.profile)
    if isinstance(result, str):
        return _unscored_row(number, fields, result, summary)

    summary.expected += result.expected
    added: JsonObject = {
        "score": result.value,
        "extracted": result.extracted,
        "profile": summary.profile,
    }

    if result.expected:
        added["expected"] = True
    if result.note:
        added["score_note"] = result.note

    return fields | added


def _unscored_row(number: int, fields: Any, reason: str, summary: GradeSummary) -> JsonObject:
    summary.bad[number] = reason
    blank = {"score": None, "extracted": None, "error": reason}
    return (fields if isinstance(fields, dict) else {"line": number}) | blank


def _read_lines(source: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, blank ones left out."""
    try:
        with source.open(encoding="utf-8", errors="replace") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield number, line if len(line) <= _MAX_LINE_CHARACTERS else ""
    except OSError as error:
        raise DatasetError(f"cannot read {source}: {error.strerror or error}") from error
