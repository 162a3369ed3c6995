"""A hub of our own for each test, and an environment that knows no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.hub_server import TOKEN, Hub, serve_hub
from helpers.qwen_tiny import tiny_qwen


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own; no token, no network allowed beyond this machine."""
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "home" / "token"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serve_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        yield hub


@pytest.fixture
def logged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)


@pytest.fixture(scope="session")
def qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Qwen2.5-VL folder; read it, never write to it."""
    folder = tmp_path_factory.mktemp("hub") / "tiny"
    tiny_qwen(folder, "qwen2_5_vl")
    return folder


@pytest.fixture(scope="session")
def qwen_files(qwen: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in qwen.iterdir()}
