"""A small dataset of parametric rooms, made once for all tests that only read it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.synthesize import synthesize


@pytest.fixture(scope="session")
def config() -> Callable[..., SynthesisConfig]:
    """`config(out, **changes)`: six parametric rooms in three shards."""

    def make(out: Path, **changes: object) -> SynthesisConfig:
        return SynthesisConfig.model_validate(
            {"out": out, "rooms": 6, "shard_rooms": 2, "seed": 5, "assets": "parametric", **changes}
        )

    return make


@pytest.fixture(scope="session")
def dataset(
    tmp_path_factory: pytest.TempPathFactory, config: Callable[..., SynthesisConfig]
) -> Path:
    """A finished dataset; do not change it."""
    out = tmp_path_factory.mktemp("dataset") / "rooms"
    synthesize(config(out), progress=False)
    return out


@pytest.fixture(scope="session")
def contents() -> Callable[[Path], dict[str, bytes]]:
    """`contents(folder)`: every file's bytes by relative path, hidden ones included."""

    def read(folder: Path) -> dict[str, bytes]:
        return {
            p.relative_to(folder).as_posix(): p.read_bytes()
            for p in sorted(folder.rglob("*"))
            if p.is_file()
        }

    return read
