"""Everything bad at once: nothing is lost, everything is counted, retried or set aside with its
reason.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from curation.conftest import chain, problem
from helpers.oracle_server import oracle, text_of
from waywiser.curation.config import CurationRecipe
from waywiser.curation.pipeline import curate
from waywiser.curation.stages.load import LOAD, load_samples
from waywiser.curation.workspace import CurationWorkspace, SourceShard
from waywiser.dataset.reader import read_samples
from waywiser.errors import ChatClientError
from waywiser.recipe import build
from waywiser.sample import Sample
from waywiser.sources import InvalidItem
from waywiser.sources.synthetic_figures import FigureSource

MAPPING = "licence: none\nid: id\nquestion: q\nimages: i\nanswer: {field: a, kind: integer}\n"


def bad_rows(folder: Path) -> dict[str, Any]:
    """A source of eight good rows, one with the id of the first, one with a picture of 200 MB, and
    half a JSON.
    """
    folder.mkdir()
    with (folder / "huge.png").open("wb") as file:
        file.truncate(200 * 2**20)  # a hole: no disk is used
    rows: list[dict[str, Any]] = [
        {"id": k, "q": problem(k)[0], "a": problem(k)[3], "i": None} for k in range(8)
    ]
    rows += [{**rows[1], "id": 0}, {"id": 9, "q": problem(9)[0], "a": 1, "i": "huge.png"}]
    lines = [json.dumps(row) for row in rows] + ['{"id": 10, "q": "How ma']
    (folder / "rows.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "rows.yaml").write_text(MAPPING)
    return {"kind": "mapped", "name": str(folder / "rows.yaml"), "path": str(folder / "rows.jsonl")}


def values(tmp_path: Path, url: str, **teacher: Any) -> dict[str, Any]:
    quick = {"url": url, "initial_wait": 0.01, "max_wait": 0.02, "concurrency": 4}
    return {
        "out": str(tmp_path / "out"),
        "shard_size": 4,
        "sources": [bad_rows(tmp_path / "data")],
        "teacher": {"model": "teacher", "samples": 1, **quick, **teacher},
        "splits": {"sft": {"samples": 20}},
    }


def test_a_storm_half_replies_and_bad_rows_in_one_run(tmp_path: Path) -> None:
    def sick(body: dict[str, Any], number: int) -> str | int | bytes:
        text = text_of(body)
        if "box 5 " in text:
            return b'{"choices": [{"message": {"content": "<think>'  # always half a JSON
        if number <= 12:
            return 429
        if number <= 15:
            return b'{"choices": [{"mess'
        return chain(text)

    with oracle(sick, retry_after="0.01") as server:
        result = curate(build(CurationRecipe, values(tmp_path, server.url, attempts=20)))
    assert result["funnel"] == {
        "items": 11,
        "adds_up": True,
        "accepted": 7,
        "splits": {"sft": 7},
        "rejected": {
            "load": {"its picture has 200 MB, more than 20": 1, "the line is not valid JSON": 1},
            "ids": {"same id": 1},
            "check": {"no chain passed, most often teacher": 1},
        },
    }
    rejected = pq.read_table(tmp_path / "out" / "rejected").to_pylist()
    assert any("nonsense" in row["detail"] for row in rejected)
    accepted = {sample.id for sample in read_samples(tmp_path / "out")}
    assert accepted | {row["id"] for row in rejected} >= {f"rows-{k}" for k in range(8)}
    usage = json.loads((tmp_path / "out" / "usage.json").read_text())["teacher"]
    assert (usage["asked"], usage["failures"]) == (7, {"nonsense": 1})
    assert usage["retries"] == sum(server.received.values()) - 8


def test_an_endpoint_that_goes_down_half_way_loses_nothing(tmp_path: Path) -> None:
    def dies(body: dict[str, Any], number: int) -> str | None:
        return chain(text_of(body)) if number <= 3 else None

    with oracle(dies) as server:
        recipe = values(tmp_path, server.url, attempts=2, give_up_after=3, concurrency=1)
        with pytest.raises(ChatClientError, match="does not answer"):
            curate(build(CurationRecipe, recipe))
    with oracle(lambda body, _: chain(text_of(body))) as server:
        recipe["teacher"]["url"] = server.url
        result = curate(build(CurationRecipe, recipe))
        assert (
            sum(server.received.values()) == len(server.received) == 5
        )  # the other three were answered before
    assert result["funnel"]["accepted"] == 8
    assert result["funnel"]["adds_up"]


class _Raising:
    """Two good items, then it raises."""

    name = "sick"
    licence = "none"

    def __len__(self) -> int:
        return 4

    def items(self, start: int, stop: int) -> Iterator[Sample | InvalidItem]:
        yield from FigureSource("table", 4, 0).items(start, 2)
        raise ZeroDivisionError(f"in item 2 of {stop}")


def test_a_source_that_raises_costs_its_own_items(tmp_path: Path) -> None:
    sources = [{"kind": "drawn", "name": "table", "count": 4}]
    workspace = CurationWorkspace(
        build(CurationRecipe, {"out": str(tmp_path / "out"), "sources": sources})
    )
    workspace.reserve_folder()
    load_samples(workspace, SourceShard(0, _Raising(), 0, 4))
    assert len(workspace.read(LOAD, 0)) == 2
    rejected = workspace.read(LOAD, 0, "rejected")
    assert [row["reason"] for row in rejected] == [
        "the source raised ZeroDivisionError",
        "the source ended before its end",
    ]
    assert rejected[0]["detail"] == "in item 2 of 4"
