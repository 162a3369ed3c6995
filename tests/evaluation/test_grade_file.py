"""`waywiser grade` adds a score to every row and hides none that it could not score."""

import json
from pathlib import Path

import pytest

from waywiser.cli import main
from waywiser.errors import DatasetError, RecipeError
from waywiser.evaluation.grade_file import grade_file

RECORDED = json.loads(
    (Path(__file__).parents[1] / "data" / "benchmark_scoring" / "examples.json").read_text()
)
BAD = ["not json", "[1]", '{"model_output": "3"}', '{"model_output": "3", "ground_truth": ""}']


def rows_of(benchmark: str, profile: str) -> list[dict]:
    return [r for r in RECORDED if (r["benchmark"], r["profile"]) == (benchmark, profile)]


def test_the_command_scores_recorded_rows_and_counts_bad_ones(tmp_path: Path, capsys) -> None:
    rows = rows_of("vsi-bench", "official")
    source = tmp_path / "rows.jsonl"
    out = tmp_path / "out.jsonl"
    lines = [json.dumps({k: v for k, v in r.items() if k != "score"}) for r in rows]
    source.write_text("\n".join([*lines, "", *BAD]) + "\n")
    command = [
        "grade",
        str(source),
        "--benchmark",
        "vsi-bench",
        "--profile",
        "official",
        "--out",
        str(out),
        "--json",
    ]
    assert main(command) == 1  # four rows were not scored
    summary = json.loads(capsys.readouterr().out)
    assert (summary["rows"], summary["scored"], len(summary["bad"])) == (
        len(rows) + 4,
        len(rows),
        4,
    )
    graded = [json.loads(line) for line in out.read_text().splitlines()]
    assert [r["score"] for r in graded[: len(rows)]] == pytest.approx([r["score"] for r in rows])
    assert all(r["score"] is None and r["error"] for r in graded[len(rows) :])
    assert all("extracted" in r for r in graded)


def test_a_row_of_another_benchmark_is_not_scored(tmp_path: Path) -> None:
    source = tmp_path / "rows.jsonl"
    source.write_text(json.dumps(rows_of("wemath", "official")[0]) + "\n")
    rows, summary = grade_file(source, "vsi-bench", "official")
    assert rows[0]["score"] is None
    assert summary.mean is None


def test_nothing_scored_is_found_wanting_and_bad_requests_are_one_line(
    tmp_path: Path, capsys
) -> None:
    source = tmp_path / "rows.jsonl"
    source.write_text("not json\n")
    assert main(["grade", str(source), "--benchmark", "vsi-bench", "--profile", "official"]) == 1
    capsys.readouterr()
    for benchmark, profile, file in (
        ("mmlu", "official", source),
        ("wemath", "x", source),
        ("wemath", "official", tmp_path),
    ):
        assert main(["grade", str(file), "--benchmark", benchmark, "--profile", profile]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_an_empty_file_and_an_unknown_profile_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n")
    with pytest.raises(DatasetError, match="no rows"):
        grade_file(empty, "wemath", "official")
    with pytest.raises(RecipeError):
        grade_file(empty, "wemath", "unknown")
