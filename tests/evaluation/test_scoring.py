"""No output stops a run; what a number covers, and what a profile lacks, stands beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from helpers.chat_server import chat_server
from helpers.layout_files import WRITERS, cv_bench, dynamath, mathvista, wemath
from waywiser.cli import main
from waywiser.errors import RecipeError
from waywiser.evaluation import scoring, summary
from waywiser.evaluation.backends import ItemReply
from waywiser.evaluation.benchmark_run import run_benchmark
from waywiser.evaluation.benchmarks import load_benchmark
from waywiser.evaluation.name_lookup import resolve_benchmark, resolve_profile
from waywiser.evaluation.official_prompts import to_official_form
from waywiser.evaluation.profiles import PROFILES, OutputRow, profiles_of
from waywiser.evaluation.scoring import NEEDS_JUDGE, NEEDS_PROMPT, missing_requirement, try_score
from waywiser.report.evaluation_tables import convention_table, text_summary


def command(benchmark: str, folder: Path, url: str, *more: str) -> list[str]:
    data = str(folder / "data")
    out = str(folder / "run")
    return [
        "evaluate",
        "m",
        "--benchmark",
        benchmark,
        "--data",
        data,
        "--out",
        out,
        "--endpoint",
        url,
        *more,
    ]


@pytest.mark.parametrize(
    "output", ["²", "①②", "\ud800", "\x00", "9" * 5000, "{" * 3000, "", "1e999", "<answer>" * 99]
)
def test_any_output_is_scored_or_has_a_reason(output: str) -> None:
    kinds = {"dynamath": "float", "mathvista": "free_form/integer", "vsi-bench": "object_counting"}
    for benchmark in WRITERS:
        for profile in profiles_of(benchmark):
            options = ("red", "green") if benchmark in ("wemath", "cv-bench") else ()
            truth = "A" if options else "3"
            found = try_score(
                OutputRow(benchmark, kinds.get(benchmark, "free"), options, truth, output, 1.0),
                profile,
            )
            assert isinstance(found, str) or 0 <= found.value <= 1


def test_a_fault_of_a_rule_is_a_reason_and_a_bad_request_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("could not convert string\nto float")

    row = OutputRow("dynamath", "float", (), "3", "3")
    with pytest.raises(RecipeError):
        try_score(row, "none such")
    monkeypatch.setattr(scoring, "score_row", fail)
    assert (
        try_score(row, "official")
        == "ValueError in the profile's rule: could not convert string to float"
    )


def test_a_run_with_outputs_that_a_rule_fails_at_is_summed_up_and_reported(
    tmp_path: Path, capsys, monkeypatch
) -> None:
    whole = scoring.score_row

    def faulty(row: OutputRow, profile: str) -> Any:
        if profile == "vlmevalkit@e8e78f05" and row.output == "²":
            raise ValueError("could not convert string to float: '²'")
        return whole(row, profile)

    monkeypatch.setattr(scoring, "score_row", faulty)
    dynamath(tmp_path / "data")
    replies = iter(["²", "\ud83d", "1.5"])
    with chat_server(lambda *_: next(replies, "B")) as (url, _):
        assert main(command("dynamath", tmp_path, url, "--prompts", "official")) == 0
        assert (
            main(command("dynamath", tmp_path, url, "--prompts", "official")) == 0
        )  # resumed: nothing to ask
    shown = capsys.readouterr().out
    assert (
        "vlmevalkit@e8e78f05: 1 answers could not be scored and are not in it: ValueError in the profile's rule"
        in shown
    )
    assert "(5 of 6 items)" in shown
    assert main(["report", str(tmp_path / "run")]) == 0
    assert "(5 of 6 items)" in (tmp_path / "run" / "tables.md").read_text()


def test_data_without_the_columns_that_averages_need_is_scored_by_its_mean(tmp_path: Path) -> None:
    cv_bench(tmp_path)
    loaded = load_benchmark("cv-bench", tmp_path)
    bare = [
        type(item)(item.benchmark, item.id, item.prompt, "x", item.truth, item.options)
        for item in loaded.items
    ]
    found = summary.score_profile(bare, [ItemReply(item.id, "(B)") for item in bare], "waywiser")
    (mean,) = found.aggregates
    assert mean.value == 1
    assert "has no source" in mean.note


@pytest.mark.parametrize(
    ("benchmark", "profile", "needs"),
    [
        ("wemath", "official", NEEDS_PROMPT),
        ("dynamath", "official", NEEDS_PROMPT),
        ("dynamath", "vlmevalkit@e8e78f05", NEEDS_PROMPT),
        ("mathvista", "lmms-eval@75571cfe", NEEDS_PROMPT),
        ("mathverse", "official", NEEDS_JUDGE),
        ("logicvista", "vlmevalkit@e8e78f05", NEEDS_JUDGE),
        ("wemath", "waywiser", ""),
        ("wemath", "vlmevalkit@e8e78f05", ""),
        ("vsi-bench", "official", ""),
    ],
)
def test_what_a_profile_lacks(benchmark: str, profile: str, needs: str) -> None:
    assert missing_requirement(profile, benchmark, official_prompts=False) == needs
    assert missing_requirement(profile, benchmark, official_prompts=True) == (
        needs if needs == NEEDS_JUDGE else ""
    )


def test_a_column_without_its_prompt_says_so_and_with_it_has_a_score(tmp_path: Path) -> None:
    wemath(tmp_path / "data")

    def reply(text: str, _: int) -> str:
        return "Answer: B" if "Answer: <letter>" in text else "<answer>B</answer>"

    with chat_server(reply) as (url, asked):
        plain = run_benchmark("m", "wemath", tmp_path / "data", tmp_path / "plain", endpoint=url)
        asked.clear()
        settings = {"endpoint": url, "prompts": "official"}
        formed = run_benchmark("m", "wemath", tmp_path / "data", tmp_path / "official", **settings)
        with pytest.raises(RecipeError, match="another prompts"):
            run_benchmark("m", "wemath", tmp_path / "data", tmp_path / "plain", **settings)
    column = convention_table(plain).columns.index("official")
    assert {row[column] for row in convention_table(plain).rows} == {NEEDS_PROMPT}
    assert "ask with --prompts official" in text_summary(plain)
    assert convention_table(formed).rows[0][column].startswith("100.0")
    assert plain["sha256"] == formed["sha256"]


def test_forms_of_official_prompts(tmp_path: Path) -> None:
    mathvista(tmp_path / "vista")
    dynamath(tmp_path / "dyna")
    choice, integer, number = map(
        to_official_form, load_benchmark("mathvista", tmp_path / "vista").items
    )
    assert "text of the right option alone" in choice.prompt
    assert "whole number alone" in integer.prompt
    assert "rounded to 1 decimal." in number.prompt
    loaded = load_benchmark("dynamath", tmp_path / "dyna").items
    assert all('"short answer"' in to_official_form(item).prompt for item in loaded)
    vsi = load_benchmark("mathvista", tmp_path / "vista").items[0]
    other = type(vsi)("vsi-bench", "1", "x?", "room_size_estimation", "3")
    assert to_official_form(other) is other


def test_prompts_are_a_benchmarks_alone_and_one_of_two(tmp_path: Path, capsys) -> None:
    assert main(["evaluate", "m", "--data", str(tmp_path), "--prompts", "official"]) == 2
    assert main(command("wemath", tmp_path, "http://127.0.0.1:9/v1", "--prompts", "theirs")) == 2
    assert "give waywiser or official" in capsys.readouterr().err


def test_short_names_of_profiles() -> None:
    assert resolve_profile("vlmevalkit") == resolve_profile("VLMEvalKit") == "vlmevalkit@e8e78f05"
    assert resolve_profile("lmms-eval") == resolve_profile("lmms_eval") == "lmms-eval@75571cfe"
    assert resolve_profile("vlmevalkit@2025") == "vlmevalkit@2025-07"
    assert [resolve_profile(name) for name in PROFILES] == list(PROFILES)
    for unknown in ("", "oficial", "vlmevalkit@9"):
        with pytest.raises(RecipeError, match="unknown profile"):
            resolve_profile(unknown)


def test_names_of_benchmarks() -> None:
    assert resolve_benchmark("vsi-bench:debiased") == "vsi-bench"
    with pytest.raises(RecipeError, match="unknown benchmark 'cvbench': did you mean cv-bench"):
        resolve_benchmark("cvbench")
    with pytest.raises(RecipeError, match="unknown benchmark 'mmlu': known"):
        resolve_benchmark("mmlu")
    with pytest.raises(RecipeError, match="did you mean wemath"):
        load_benchmark("we-math", Path())


def test_grade_takes_options_as_text_and_short_names_and_says_why_rows_have_no_score(
    tmp_path: Path, capsys
) -> None:
    row = {"model_output": "(B)", "ground_truth": "B", "options": "['1', '2']"}
    long = row | {"options": "x" * 9000}
    rows = [
        row,
        row | {"options": "['1' '2']"},
        long,
        long,
        long,
        long,
        row | {"ground_truth": "9" * 5000},
    ]
    source = tmp_path / "rows.jsonl"
    source.write_text("\n".join(map(json.dumps, [*rows, row | {"model_output": "\ud800"}])) + "\n")
    out = tmp_path / "graded.jsonl"
    grade = [
        "grade",
        str(source),
        "--benchmark",
        "cv-bench",
        "--profile",
        "lmms-eval",
        "--out",
        str(out),
    ]
    assert main(grade) == 1
    shown = capsys.readouterr().out
    assert "cv-bench by lmms-eval@75571cfe: mean 0.6667, 3 of 8 rows scored" in shown
    assert "4 not scored (line 3, 4, 5, ...): its options are not a list" in shown
    assert max(map(len, shown.splitlines())) < 200
    assert len(out.read_text().splitlines()) == 8
    source.write_text(json.dumps(row) + "\n")
    assert main(grade) == 0
    assert main(["grade", str(source), "--benchmark", "cvbench", "--profile", "official"]) == 2
    assert "unknown benchmark 'cvbench': did you mean cv-bench" in capsys.readouterr().err


def test_grade_says_what_a_profile_needs(tmp_path: Path, capsys) -> None:
    source = tmp_path / "rows.jsonl"
    source.write_text('{"model_output": "B", "ground_truth": "B", "options": ["A. x", "B. y"]}\n')
    assert main(["grade", str(source), "--benchmark", "wemath", "--profile", "official"]) == 0
    assert "official needs its own prompt" in capsys.readouterr().out
