"""Read a dataset that may be damaged: what can be read, and a line for everything that cannot."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import pyarrow as pa
import pyarrow.parquet as pq

from waywiser.dataset.schema import SAMPLE_SCHEMA, row_to_sample
from waywiser.errors import DatasetError, error_text
from waywiser.json_types import JsonObject
from waywiser.sample import Sample
from waywiser.scenes.scene import Scene

_MAX_BROKEN_LINES = 200


class _ImageCell(TypedDict):
    """One entry of the column `images`."""

    bytes: bytes | None
    path: str | None


@dataclass
class StoredDataset:
    """A dataset as far as it can be read.

    Attributes:
        samples: Samples without their images.
        image_digests: A hash of each sample's images, by sample id.
        scenes: Scenes by id.
        broken: One line for each file, row or scene that cannot be read, at most 200.
        broken_count: How many cannot be read.
    """

    samples: list[Sample] = field(default_factory=list)
    image_digests: dict[str, str] = field(default_factory=dict)
    scenes: dict[str, Scene] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    broken_count: int = 0

    def record_broken(self, line: str) -> None:
        """Count something that cannot be read."""
        self.broken_count += 1
        if len(self.broken) < _MAX_BROKEN_LINES:
            self.broken.append(line)


def read_stored_dataset(folder: Path, split: str | None = None) -> StoredDataset:
    """Read what can be read of the dataset in `folder`; None reads all splits.

    Raises:
        DatasetError: There is no dataset in the folder, or no sample of this split.
    """
    if not folder.is_dir():
        raise DatasetError(f"no dataset at {folder}: there is no such folder")

    stored = StoredDataset()

    if not list((folder / "data").glob("*.parquet")):
        raise DatasetError(
            f"no dataset in {folder}: it has no data/*.parquet (make one with waywiser synthesize)"
        )

    for label, row in _iterate_rows(folder, "scenes", ["scene"], None, stored):
        try:
            scene = Scene.model_validate_json(row["scene"])
            stored.scenes[scene.id] = scene
        except (ValueError, TypeError, KeyError) as error:
            stored.record_broken(f"{label} is not a scene: {error_text(error, 160)}")

    for label, row in _iterate_rows(folder, "data", None, split, stored):
        images = row.pop("images", None) or []

        try:
            sample = row_to_sample(row)
        except (ValueError, TypeError, KeyError) as error:
            stored.record_broken(
                f"{label} ({row.get('id')}) is not a sample: {error_text(error, 160)}"
            )
            continue

        if split is None or sample.split == split:
            stored.samples.append(sample)
            stored.image_digests[sample.id] = _hash_images(images)

    if not stored.samples and not stored.broken_count:
        raise DatasetError(f"{folder} holds no samples to audit: choose another folder or split")

    return stored


def _iterate_rows(
    folder: Path, kind: str, columns: list[str] | None, split: str | None, stored: StoredDataset
) -> Iterator[tuple[str, JsonObject]]:
    """(label, row) of each row of a kind of file; whatever cannot be read is recorded in `stored`.

    Rows are as they are stored, which may be anything: their readers check them.
    """
    paths = sorted((folder / kind).glob("*.parquet"))
    if not paths:
        stored.record_broken(f"{folder / kind} has no Parquet file")

    for path in paths:
        if split is not None and not path.name.startswith(f"{split}-"):
            continue

        try:
            file = pq.ParquetFile(path)
            names = columns or [
                name for name in SAMPLE_SCHEMA.names if name in file.schema_arrow.names
            ]
            number = 0

            for batch in file.iter_batches(batch_size=32, columns=names):
                for row in batch.to_pylist():
                    yield f"{path.name}, row {number},", row
                    number += 1
        except (OSError, pa.ArrowException) as error:
            stored.record_broken(
                f"{path} is damaged or not a Parquet file: {error_text(error, 160)}"
            )


def _hash_images(images: list[_ImageCell]) -> str:
    digest = hashlib.sha256()
    for image in images:
        digest.update(hashlib.sha256(image["bytes"] or b"").digest())
    return digest.hexdigest()


def read_sample_images(folder: Path, ids: set[str]) -> dict[str, list[bytes]]:
    """The encoded images of these samples by sample id, as far as they can be read."""
    stored: dict[str, list[bytes]] = {}

    for _, row in _iterate_rows(folder, "data", ["id", "images"], None, StoredDataset()):
        if row["id"] in ids:
            stored[row["id"]] = [image["bytes"] for image in row["images"] or []]
        if len(stored) == len(ids):
            break

    return stored
