"""Stopped at random moments: every reply that was read is kept, and only requests under way are
asked again.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from curation.test_curate import contents, play, recipe, run
from helpers.oracle_server import Oracle, oracle
from waywiser.clients.cache import ReplyCache
from waywiser.clients.chat import ChatClient
from waywiser.clients.requests import ReplyOrFailure, Request
from waywiser.curation.config import EndpointConfig
from waywiser.curation.shard_requests import ask_shards
from waywiser.curation.workspace import SourceShard
from waywiser.errors import DatasetError
from waywiser.sources.synthetic_figures import FigureSource

CONCURRENCY = 4
INTERRUPTED = "waywiser: interrupted; run the same command again to go on\n"


def replies_kept(cache: Path) -> int:
    """Replies in the cache, as the next run finds them."""
    with sqlite3.connect(cache) as database:
        return database.execute("SELECT COUNT(*) FROM replies").fetchone()[0]


def stop(process: subprocess.Popen[str], server: Oracle, replies: int, how: signal.Signals) -> str:
    """Send a signal once so many more requests came in and a while passed; returns what the run
    wrote to stderr.
    """
    started = sum(server.received.values())
    deadline = time.monotonic() + 200
    while sum(server.received.values()) < started + replies:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.002)
    time.sleep(random.Random(replies).uniform(0, 0.05))
    process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    while server.connections:  # all that was sent has been counted
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return errors


def test_only_what_was_under_way_is_asked_again(tmp_path: Path, problems: Path) -> None:
    draw = random.Random(0)
    out = tmp_path / "stopped"
    path = tmp_path / "recipe.yaml"
    command = [sys.executable, "-m", "waywiser", "curate", str(path)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with oracle(play, delay=0.02) as server:
        values = recipe(tmp_path / "whole", problems, server.url)
        run(values)
        once = dict(server.received)
        server.received.clear()
        path.write_text(yaml.safe_dump({**values, "out": str(out)}))
        lost = 0
        for how, code in ((signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, -15)):
            process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
            errors = stop(process, server, draw.randint(10, 40), how)
            assert process.returncode == code, errors
            assert errors == (INTERRUPTED if how is signal.SIGINT else "")
            under_way = len(server.received) - replies_kept(out / "cache.sqlite")
            assert 0 <= under_way <= CONCURRENCY
            lost += under_way
            if how is signal.SIGINT:
                spent = json.loads((out / "usage.json").read_text())["teacher"]
                assert spent["asked"] + spent["cached"] > 0
        finished = subprocess.run(
            command, capture_output=True, text=True, timeout=240, check=False, env=environment
        )
        assert finished.returncode == 0, finished.stderr
        assert set(server.received) == set(once)
        assert sum(server.received.values()) == len(once) + lost
    ours = contents(out)
    assert "<h2>Funnel</h2>" in ours.pop("report.html").decode()
    assert ours == contents(tmp_path / "whole")


def shards(count: int) -> list[SourceShard]:
    """Shards of eight tables."""
    source = FigureSource("table", 8 * count, 0)
    return [SourceShard(k, source, 8 * k, 8 * k + 8) for k in range(count)]


def asked(shard: SourceShard) -> list[Request]:
    return [Request("teacher", f"question {k}") for k in range(shard.start, shard.stop)]


def teacher(path: Path, url: str) -> tuple[ChatClient, ReplyCache]:
    cache = ReplyCache(path)
    return ChatClient(
        EndpointConfig(url=url, model="teacher", concurrency=CONCURRENCY), cache
    ), cache


def test_no_reply_waits_for_a_shard_that_is_being_written(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    finished = list[int]()

    def finish(shard: SourceShard, outcomes: list[ReplyOrFailure]) -> None:
        deadline = time.monotonic() + 60
        while shard.index == 0 and replies_kept(path) < 16:  # all of the next shard
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert len(outcomes) == 8
        finished.append(shard.index)

    with oracle(play, delay=0.01) as server:
        client, cache = teacher(path, server.url)
        ask_shards(client, cache, shards(3), asked, finish, "test")
    assert finished == [0, 1, 2]


@pytest.mark.parametrize("broken", ["requests", "finish"])
def test_a_shard_that_cannot_be_read_or_written_stops_the_asking(
    tmp_path: Path, broken: str
) -> None:
    def fail(shard: SourceShard, *_: object) -> Any:
        if shard.index == 1:
            raise DatasetError("the disk is full")
        return asked(shard)

    with oracle(play) as server:
        client, cache = teacher(tmp_path / "cache.sqlite", server.url)
        calls = {"requests": asked, "finish": lambda *_: None, broken: fail}
        with pytest.raises(DatasetError, match="disk is full"):
            ask_shards(client, cache, shards(3), calls["requests"], calls["finish"], "test")
