"""Bad input in one run: counted, shown, never fatal, never silently scored."""

import json
from pathlib import Path
from typing import Any

import pytest

from helpers.chat_server import chat_server
from helpers.layout_files import cv_bench, mathvision, parquet, png, vsi_bench
from waywiser.cli import main
from waywiser.evaluation.benchmark_run import run_benchmark
from waywiser.evaluation.benchmarks import load_benchmark
from waywiser.report.evaluation_tables import text_summary
from waywiser.report.folder_report import write_report


def test_a_run_over_bad_rows_says_what_it_left_out(tmp_path: Path) -> None:
    mathvision(tmp_path / "data")
    table = tmp_path / "data" / "test.jsonl"
    good = [json.loads(line) for line in table.read_text().splitlines()]
    (tmp_path / "data" / "broken.jpg").write_bytes(b"no picture")
    bad = [
        good[0],
        good[0] | {"id": "3", "image": "none.jpg"},
        good[0] | {"id": "4", "options": ["", ""]},
        good[0] | {"id": "5", "answer": ""},
    ]
    shown_later = good[0] | {"id": "6", "image": "broken.jpg"}
    zero = good[1] | {"id": "7", "answer": "0"}
    unscorable = good[0] | {"id": "8", "answer": "Q"}
    rows = [*good, *bad, shown_later, zero, unscorable]
    table.write_text("\n".join(map(json.dumps, rows)) + "\n{cut of")
    with chat_server(
        lambda text, _: "<answer>0</answer>" if "Length" in text else "<answer>A</answer>"
    ) as (url, _):
        summary = run_benchmark(
            "m", "mathvision", tmp_path / "data", tmp_path / "run", endpoint=url
        )
    assert (summary["items"], summary["answered"], summary["bad_rows"]["count"]) == (5, 4, 5)
    assert summary["errors"]["count"] == 1, "a picture that cannot be decoded"
    own = summary["profiles"]["waywiser"]
    assert (own["scored"], own["unscorable"]["count"]) == (3, 1)
    assert own["aggregates"][0]["value"] == pytest.approx(2 / 3), (
        "neither bad nor unscorable rows are in the mean"
    )
    told = text_summary(summary)
    page = write_report(tmp_path / "run").read_text()
    for words in (
        "5 rows of the data left out",
        "1 items without an answer",
        "1 answers could not be scored",
    ):
        assert words in told
        assert words in page


def test_a_truth_of_0_is_a_truth(tmp_path: Path) -> None:
    vsi_bench(tmp_path / "data")
    row = json.loads((tmp_path / "data" / "test.jsonl").read_text().splitlines()[0])
    (tmp_path / "data" / "test.jsonl").write_text(
        "\n".join(
            json.dumps(row | {"id": i, "ground_truth": truth})
            for i, truth in enumerate((0, "0", 0.0))
        )
    )
    with chat_server(lambda *_: "0") as (url, _):
        summary = run_benchmark("m", "vsi-bench", tmp_path / "data", tmp_path / "run", endpoint=url)
    for name, profile in summary["profiles"].items():
        assert profile["scored"] == 3, name
        assert {a["name"]: a["value"] for a in profile["aggregates"]}["object_counting"] == 1, name


@pytest.mark.parametrize("choices", [[], None, ["red", " "], "no list"])
def test_a_choice_without_options_is_left_out(choices: Any, tmp_path: Path) -> None:
    row = {
        "idx": "1",
        "type": "2D",
        "task": "Count",
        "question": "x?",
        "answer": "(B)",
        "source": "COCO",
    }
    row |= {"prompt": "x?", "filename": "1.png", "image": {"bytes": png(), "path": None}}
    whole = [row | {"idx": "0", "choices": ["red", "green"]}]
    parquet(tmp_path / "a.parquet", whole)
    (tmp_path / "b").mkdir()
    parquet(tmp_path / "b" / "b.parquet", [row | {"choices": choices}])
    loaded = load_benchmark("cv-bench", tmp_path)
    assert [item.id for item in loaded.items] == ["0"]
    assert "option" in next(iter(loaded.bad.values()))


@pytest.mark.parametrize("keep", [0, 4, 0.5, 0.99])
def test_parquet_cut_anywhere_is_one_bad_row_or_one_line(
    keep: float, tmp_path: Path, capsys
) -> None:
    cv_bench(tmp_path / "data")
    for file in (tmp_path / "data").glob("*.parquet"):
        whole = file.read_bytes()
        file.write_bytes(whole[: int(keep if keep >= 1 else keep * len(whole))])
    command = [
        "evaluate",
        "m",
        "--benchmark",
        "cv-bench",
        "--data",
        str(tmp_path / "data"),
        "--endpoint",
        "http://x/v1",
    ]
    assert main([*command, "--out", str(tmp_path / "run")]) == 2
    assert "no usable item" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("reply", "kind"), [("maybe", "nonsense"), (500, "http 500"), (None, "nonsense")]
)
def test_a_judge_that_fails_in_a_run_is_counted_and_shown(
    reply: Any, kind: str, tmp_path: Path
) -> None:
    mathvision(tmp_path / "data")
    with (
        chat_server(lambda *_: "I cannot say\nanything") as (url, _),
        chat_server(lambda *_: reply) as (judge_url, _),
    ):
        summary = run_benchmark(
            "m",
            "mathvision",
            tmp_path / "data",
            tmp_path / "run",
            endpoint=url,
            judge=f"{judge_url}=j",
        )
    judge = summary["judge"]
    assert judge["failed"] == 2
    assert judge["failures"] == {kind: 2}
    assert (
        judge["aggregates"][0]["value"] == summary["profiles"]["waywiser"]["aggregates"][0]["value"]
    )
    assert f"2 failed ({kind} 2)" in text_summary(summary)
