from pathlib import Path

import pytest

from helpers.furniture_files import sample_library, write_sh3f


@pytest.fixture
def library_file(tmp_path: Path) -> Path:
    catalogue, members = sample_library()
    return write_sh3f(tmp_path / "test.sh3f", catalogue, members)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's cache or assets."""
    monkeypatch.setenv("WAYWISER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("WAYWISER_HOME", str(tmp_path / "home"))
