"""Read a dataset that may be damaged: what can be read, and a line for everything that cannot."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from waywiser.dataset.schema import SAMPLES, sample_of
from waywiser.errors import DatasetError
from waywiser.sample import Sample
from waywiser.scenes.scene import Scene

_MOST_LINES = 200


@dataclass
class Stored:
    """A dataset as far as it can be read.

    `samples` are without their pictures, `pictures` holds a hash of those by sample id. `broken` says in one line
    each what could not be read (at most 200 lines; `broken_count` counts all).
    """

    samples: list[Sample] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)
    scenes: dict[str, Scene] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    broken_count: int = 0

    def lose(self, line: str) -> None:
        """Count something that cannot be read."""
        self.broken_count += 1
        if len(self.broken) < _MOST_LINES:
            self.broken.append(line)


def read_stored(folder: Path, split: str | None = None) -> Stored:
    """Read what can be read of the dataset in `folder`. Raises DatasetError where there is no dataset at all."""
    if not folder.is_dir():
        raise DatasetError(f"no dataset at {folder}: there is no such folder")
    found = Stored()
    if not list((folder / "data").glob("*.parquet")):
        raise DatasetError(f"no dataset in {folder}: it has no data/*.parquet (make one with waywiser synthesize)")
    for where, row in _rows(folder, "scenes", ["scene"], None, found):
        try:
            scene = Scene.model_validate_json(row["scene"])
            found.scenes[scene.id] = scene
        except (ValueError, TypeError, KeyError) as error:
            found.lose(f"{where} is no scene: {_short(error)}")
    for where, row in _rows(folder, "data", None, split, found):
        images = row.pop("images", None) or []
        try:
            sample = sample_of(row)
        except (ValueError, TypeError, KeyError) as error:
            found.lose(f"{where} ({row.get('id')}) is no sample: {_short(error)}")
            continue
        if split is None or sample.split == split:
            found.samples.append(sample)
            found.pictures[sample.id] = _digest(images)
    if not found.samples and not found.broken_count:
        raise DatasetError(f"{folder} holds no samples to audit: choose another folder or split")
    return found


def _rows(
    folder: Path, kind: str, columns: list[str] | None, split: str | None, found: Stored
) -> Iterator[tuple[str, dict[str, Any]]]:
    paths = sorted((folder / kind).glob("*.parquet"))
    if not paths:
        found.lose(f"{folder / kind} has no Parquet file")
    for path in paths:
        if split is not None and not path.name.startswith(f"{split}-"):
            continue
        try:
            file = pq.ParquetFile(path)
            names = columns or [name for name in SAMPLES.names if name in file.schema_arrow.names]
            number = 0
            for batch in file.iter_batches(batch_size=32, columns=names):
                for row in batch.to_pylist():
                    yield f"{path.name}, row {number},", row
                    number += 1
        except (OSError, pa.ArrowException) as error:
            found.lose(f"{path} is damaged or no Parquet file: {_short(error)}")


def _digest(images: list[dict[str, Any]]) -> str:
    digest = hashlib.sha256()
    for image in images:
        digest.update(hashlib.sha256(image["bytes"] or b"").digest())
    return digest.hexdigest()


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160]


def pictures_of(folder: Path, ids: set[str]) -> dict[str, list[bytes]]:
    """The pictures of these samples, as far as they can be read."""
    found: dict[str, list[bytes]] = {}
    for _, row in _rows(folder, "data", ["id", "images"], None, Stored()):
        if row["id"] in ids:
            found[row["id"]] = [image["bytes"] for image in row["images"] or []]
        if len(found) == len(ids):
            break
    return found
