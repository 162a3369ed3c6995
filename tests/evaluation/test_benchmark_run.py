"""Runs over an endpoint: all layouts, kills, faults, shards, judges. Every fault is counted, none
is fatal.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from helpers.chat_server import chat_server
from helpers.layout_files import COUNTS, WRITERS, cv_bench, mathvision, vsi_bench
from waywiser.cli import main
from waywiser.errors import ModelError, RecipeError
from waywiser.evaluation.answer_judge import AnswerJudge
from waywiser.evaluation.benchmark_answers import read_replies
from waywiser.evaluation.benchmark_run import run_benchmark
from waywiser.evaluation.benchmarks import load_benchmark
from waywiser.evaluation.endpoint_client import EndpointClient


def run(
    data: Path, out: Path, url: str, benchmark: str = "cv-bench", **more: Any
) -> dict[str, Any]:
    return run_benchmark("m", benchmark, data, out, endpoint=url, **{"batch_size": 2, **more})


def value(summary: dict[str, Any], profile: str = "waywiser", index: int = 0) -> float:
    return summary["profiles"][profile]["aggregates"][index]["value"]


@pytest.mark.parametrize("benchmark", WRITERS)
def test_each_layout_is_asked_scored_and_reported(benchmark: str, tmp_path: Path) -> None:
    WRITERS[benchmark](tmp_path / "data")
    with chat_server(lambda *_: "<think>x</think><answer>B</answer>") as (url, asked):
        summary = run(tmp_path / "data", tmp_path / "run", url, benchmark)
    assert len(asked) == summary["answered"] == COUNTS[benchmark]
    assert "waywiser" in summary["profiles"]
    assert summary["signatures"]["outputs"] == COUNTS[benchmark]
    assert json.loads((tmp_path / "run" / "scores.json").read_text())["sha256"] == summary["sha256"]


def test_a_killed_run_goes_on_where_it_was_and_ends_with_the_same_score(tmp_path: Path) -> None:
    cv_bench(tmp_path / "data")
    with chat_server(lambda text, _: "(B)" if "test" not in text else "") as (url, asked):
        whole = run(tmp_path / "data", tmp_path / "whole", url)
        run(tmp_path / "data", tmp_path / "killed", url)
        answers = tmp_path / "killed" / "answers.jsonl"
        lines = answers.read_text().splitlines()
        answers.write_text(
            "\n".join(lines[:3]) + "\n" + lines[3][:20]
        )  # killed while it wrote the fourth
        asked.clear()
        resumed = run(tmp_path / "data", tmp_path / "killed", url)
    assert resumed == whole
    assert len(asked) == 4  # the batch that was cut short is asked again whole
    assert [r.id for r in read_replies(tmp_path / "killed")][:3] == [
        json.loads(line)["id"] for line in lines[:3]
    ]


def test_errors_of_the_server_are_counted_and_asked_again(tmp_path: Path) -> None:
    cv_bench(tmp_path / "data")
    with chat_server(lambda _, n: 500 if n <= 3 else "(B)") as (url, _):
        first = run_benchmark(
            "m", "cv-bench", tmp_path / "data", tmp_path / "run", endpoint=url, batch_size=1
        )
        assert (first["answered"], first["errors"]["count"]) == (5, 1)
        assert "http 500" in first["errors"]["commonest"]
        again = run_benchmark(
            "m", "cv-bench", tmp_path / "data", tmp_path / "run", endpoint=url, batch_size=1
        )
    assert (again["answered"], again["errors"]["count"]) == (6, 0)


def test_a_picture_that_vanishes_is_an_error_of_its_item(tmp_path: Path) -> None:
    vsi_bench(tmp_path / "data")
    for frame in (tmp_path / "data" / "scannet" / "scene0").iterdir():
        frame.write_bytes(b"no picture")
    with chat_server(lambda *_: "4") as (url, _):
        summary = run(tmp_path / "data", tmp_path / "run", url, "vsi-bench")
    assert (summary["answered"], summary["errors"]["count"]) == (2, 2)


def test_shards_are_disjoint_and_whole(tmp_path: Path) -> None:
    cv_bench(tmp_path / "data")
    ids: list[str] = []
    with chat_server(lambda *_: "(B)") as (url, _):
        for shard in ("1/3", "2/3", "3/3"):
            run(tmp_path / "data", tmp_path / shard[0], url, shard=shard, limit=5)
            ids += [r.id for r in read_replies(tmp_path / shard[0])]
    expected = [item.id for item in load_benchmark("cv-bench", tmp_path / "data").items[:5]]
    assert sorted(ids) == sorted(expected)


def test_another_setting_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    cv_bench(tmp_path / "data")
    with chat_server(lambda *_: "(B)") as (url, _):
        run(tmp_path / "data", tmp_path / "run", url)
        with pytest.raises(RecipeError, match="another limit"):
            run(tmp_path / "data", tmp_path / "run", url, limit=2)
        for wrong in (
            {"shard": "0/2"},
            {"shard": "x"},
            {"judge": "nothing"},
            {"profiles": ["best"]},
        ):
            with pytest.raises(RecipeError):
                run(tmp_path / "data", tmp_path / "other", url, **wrong)
    assert not (tmp_path / "other").exists()


def test_the_judge_settles_what_rules_cannot_and_its_share_is_said(tmp_path: Path) -> None:
    mathvision(tmp_path / "data")
    outputs = {
        "Pick": "It is hard to say,\nbut the red one I suppose.",
        "Length": "<answer>4\\sqrt{2}</answer>",
    }
    with (
        chat_server(lambda text, _: next(v for k, v in outputs.items() if k in text)) as (url, _),
        chat_server(lambda *_: "1") as (judge_url, asked),
    ):
        summary = run(
            tmp_path / "data", tmp_path / "run", url, "mathvision", judge=f"{judge_url}=j"
        )
        assert summary["judge"] | {"aggregates": None} == {
            "model": "j",
            "by_rule": 1,
            "by_judge": 1,
            "share_of_judge": 0.5,
            "failed": 0,
            "failures": {},
            "aggregates": None,
        }
        assert value(summary) == 0.5
        assert summary["judge"]["aggregates"][0]["value"] == 1
        asked.clear()
        run(tmp_path / "data", tmp_path / "run", url, "mathvision", judge=f"{judge_url}=j")
        assert asked == []  # verdicts are cached


@pytest.mark.parametrize(
    ("reply", "kind"),
    [("maybe", "nonsense"), (None, "nonsense"), (500, "http 500"), ("sleep", "timeout")],
)
def test_a_judge_that_fails_is_counted_and_the_rules_score_stands(
    reply: Any, kind: str, tmp_path: Path
) -> None:
    mathvision(tmp_path)
    item = load_benchmark("mathvision", tmp_path).items[0]
    with chat_server(lambda *_: reply) as (url, _):
        judge = AnswerJudge(
            EndpointClient(url, "j", timeout=0.3, attempts=1), tmp_path / "judge.jsonl"
        )
        judged = judge.judge([item], ["no answer here\nat all"])
    assert (judged.scores, judged.rule, judged.failed, judged.by_judge) == ([0.0], [0.0], 1, 0)
    assert judged.failures == {kind: 1}
    assert not (tmp_path / "judge.jsonl").exists()


def test_an_address_that_nobody_listens_at() -> None:
    for url in ("http://127.0.0.1:9/v1", "file:///etc", "nonsense"):
        with pytest.raises(ModelError, match="unreachable"):
            EndpointClient(url, "m", attempts=1, timeout=1).complete("x")


def test_the_command_and_its_report(tmp_path: Path, capsys) -> None:
    cv_bench(tmp_path / "data")
    out = tmp_path / "run"
    with chat_server(lambda *_: "<script>alert(1)</script>(B)") as (url, _):
        command = [
            "evaluate",
            "m",
            "--benchmark",
            "cv-bench",
            "--data",
            str(tmp_path / "data"),
            "--endpoint",
            url,
        ]
        assert main([*command, "--out", str(out)]) == 0
    shown = capsys.readouterr()
    assert "licence Apache-2.0" in shown.err
    assert "6 of the benchmark's 2638 items" in shown.out
    assert main(["report", str(out)]) == 0
    page = (out / "report.html").read_text()
    assert "<script>" not in page
    assert "MathVista" not in page, "the general table is not of this run"
    assert "several formulas" in page
    assert (out / "tables.md").read_text().count("| M2-Reasoning-7B |") == 1
    assert r"\begin{tabular}" in (out / "tables.tex").read_text()
