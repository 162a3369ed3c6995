"""The whole curation against a real server: splits, funnel, resuming, caps and faults."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from curation.conftest import chain, judgement
from helpers.oracle_server import Oracle, oracle, text_of
from waywiser.answers import grade
from waywiser.curation.config import CurationRecipe
from waywiser.curation.judge_rubric import JUDGE_RUBRIC
from waywiser.curation.pipeline import curate
from waywiser.dataset.reader import read_samples
from waywiser.errors import ChatClientError, DatasetError
from waywiser.recipe import build
from waywiser.tasks.completion import gold_completion


def play(body: dict[str, Any], _: int) -> str:
    """Teacher (every fourth question and every third sample wrong), judge and solver in one."""
    text = text_of(body)
    system = body["messages"][0]["content"]
    if system == JUDGE_RUBRIC:
        return judgement(body)
    if "box" not in text:
        return "<think>I do not know this.</think><answer>none</answer>"
    question = int(text.split("box ")[1].split(" ")[0])
    return chain(text, wrong=question % 4 == 0 or body["seed"] % 3 == 2)


def recipe(out: Path, problems: Path, url: str, **changes: Any) -> dict[str, Any]:
    quick = {"url": url, "initial_wait": 0.01, "max_wait": 0.02, "concurrency": 4, "attempts": 3}
    values = {
        "out": str(out),
        "shard_size": 8,
        "sources": [
            {
                "kind": "mapped",
                "name": str(problems / "problems.yaml"),
                "path": str(problems / "problems.jsonl"),
            },
            {"kind": "drawn", "name": "table", "count": 6, "seed": 1},
        ],
        "teacher": {"model": "teacher", "samples": 3, **quick},
        "judge": {"model": "judge", "controls": 10, **quick},
        "difficulty": {"model": "solver", "samples": 4, **quick},
        "splits": {
            "sft": {"samples": 10, "tasks": {"table": 3}},
            "rlvr": {"samples": 8, "require_reasoning": False},
        },
    }
    return {**values, **changes}


def run(values: dict[str, Any]) -> dict[str, Any]:
    return curate(build(CurationRecipe, values))


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a result but the cache and what this run used."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.startswith(("cache.sqlite", "usage"))
    }


@pytest.fixture
def server():
    with oracle(play) as record:
        yield record


def test_splits_hold_graded_scored_and_disjoint_samples(
    tmp_path: Path, problems: Path, server: Oracle
) -> None:
    out = tmp_path / "out"
    result = run(recipe(out, problems, server.url))
    funnel = result["funnel"]
    assert funnel["items"] == 30
    assert funnel["adds_up"]
    assert (
        sum(funnel["rejected"]["check"].values()) == 6
    )  # every fourth problem has only wrong chains
    assert next(iter(funnel["rejected"]["check"])) == "no chain passed, most often wrong"
    assert funnel["splits"] == {"rlvr": 8, "sft": 10, "unused": 6}
    samples = list(read_samples(out))
    assert len(samples) == 24 == len({s.id for s in samples})
    for sample in samples:
        assert grade(gold_completion(sample), sample.answer).outcome == "right"
        assert sample.reasoning
        assert sample.quality is not None
        assert sample.quality.judge == "judge"
        assert sample.difficulty is not None
    chosen = [s for s in samples if s.task == "word_problem"]
    assert {s.difficulty for s in chosen} == {0.25}
    assert all("solver: 3/4 right" in str(s.difficulty_by) for s in chosen)
    tables = [s.difficulty for s in samples if s.task == "table"]
    assert set(tables) == {1.0}  # the solver knows nothing of tables: marked, kept
    assert sum(split["pass_rate_0"] for split in result["splits"].values()) == 6
    order = [(s.task, s.difficulty) for s in samples if s.split == "sft"]
    assert order == sorted(order)
    assert result["judge"]["trustworthy"], result["judge"]["faults"]
    chains = pq.read_table(out / "chains").to_pylist()
    assert len(chains) == 24 * 3 + 6  # every chain is kept with its verdict
    assert {c["reason"] for c in chains if not c["accepted"]} == {"wrong: not the answer"}
    assert not (out / ".work").exists()


def test_a_second_run_asks_nothing_and_gives_the_same_bytes(
    tmp_path: Path, problems: Path, server: Oracle
) -> None:
    cache = str(tmp_path / "cache.sqlite")
    run(recipe(tmp_path / "one", problems, server.url, cache=cache))
    asked = sum(server.received.values())
    assert asked == len(server.received)  # nothing twice
    run(recipe(tmp_path / "two", problems, server.url, cache=cache, seed=0))
    assert sum(server.received.values()) == asked
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    again = contents(tmp_path / "two")
    run(
        recipe(tmp_path / "two", problems, "http://127.0.0.1:9/v1", cache=cache)
    )  # finished: nothing is needed
    assert contents(tmp_path / "two") == again


def test_a_folder_of_another_recipe_is_refused(
    tmp_path: Path, problems: Path, server: Oracle
) -> None:
    run(recipe(tmp_path / "out", problems, server.url))
    with pytest.raises(DatasetError, match="another recipe"):
        run(recipe(tmp_path / "out", problems, server.url, seed=9))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    with pytest.raises(DatasetError, match="not empty"):
        run(recipe(tmp_path / "full", problems, server.url))


def test_an_endpoint_that_is_down_stops_with_one_line_and_resumes(
    tmp_path: Path, problems: Path
) -> None:
    values = recipe(tmp_path / "out", problems, "http://127.0.0.1:9/v1")
    values["teacher"]["give_up_after"] = 5
    with pytest.raises(ChatClientError, match="does not answer"):
        run(values)
    with oracle(play) as record:
        for role in ("teacher", "judge", "difficulty"):
            values[role]["url"] = record.url
        assert run(values)["funnel"]["adds_up"]


def test_few_requests_to_an_endpoint_that_is_down_are_no_result(
    tmp_path: Path, problems: Path
) -> None:
    with pytest.raises(ChatClientError, match="does not answer"):
        run(recipe(tmp_path / "out", problems, "http://127.0.0.1:9/v1", shard_size=100))
    assert not (tmp_path / "out" / "curation.json").exists()


def test_a_few_requests_that_fail_set_their_samples_aside_with_the_reason(
    tmp_path: Path, problems: Path
) -> None:
    def sick(body: dict[str, Any], number: int) -> str | int:
        text = text_of(body)
        return 500 if "box 3 " in text and body["model"] == "teacher" else play(body, number)

    with oracle(sick) as record:
        result = run(recipe(tmp_path / "out", problems, record.url))
    assert result["funnel"]["adds_up"]
    rejected = pq.read_table(tmp_path / "out" / "rejected").to_pylist()
    assert any("teacher" in r["reason"] and "http 500" in r["detail"] for r in rejected)


def test_a_cap_is_never_passed_and_can_be_raised(
    tmp_path: Path, problems: Path, server: Oracle
) -> None:
    values = recipe(tmp_path / "out", problems, server.url)
    values["teacher"] |= {"max_total_tokens": 8_000, "max_tokens": 200}
    with pytest.raises(ChatClientError, match="cap on teacher is reached"):
        run(values)
    spent = json.loads((tmp_path / "out" / "usage.json").read_text())["teacher"]
    assert 0 < spent["tokens_in"] + spent["tokens_out"] <= 8_000
    values["teacher"]["max_total_tokens"] = None
    asked = sum(server.received.values())
    run(values)
    assert sum(server.received.values()) == len(server.received) > asked


def test_batch_files_in_place_of_an_endpoint(tmp_path: Path, problems: Path) -> None:
    values = recipe(
        tmp_path / "out", problems, "http://127.0.0.1:9/v1", judge=None, difficulty=None
    )
    values["teacher"]["batch"] = str(tmp_path / "batch")
    with pytest.raises(ChatClientError, match="72 requests are in"):
        run(values)
    replies = []
    for line in (tmp_path / "batch" / "requests-chains.jsonl").read_text().splitlines():
        row = json.loads(line)
        body = {
            "choices": [{"message": {"content": play(row["body"], 0)}, "finish_reason": "stop"}]
        }
        replies.append(
            json.dumps(
                {"custom_id": row["custom_id"], "response": {"status_code": 200, "body": body}}
            )
        )
    half = len(replies) // 2
    (tmp_path / "batch" / "replies-1.jsonl").write_text(
        "\n".join([*replies[:half], '{"custom_id": "to'])
    )
    with pytest.raises(ChatClientError, match=f"{72 - half} requests are in .*1 lines held none"):
        run(values)
    (tmp_path / "batch" / "replies-2.jsonl").write_text("\n".join(replies[half:]))
    assert run(values)["funnel"]["accepted"] == 24
