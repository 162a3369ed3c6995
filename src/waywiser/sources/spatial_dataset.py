"""This project's own spatial datasets as a source: scenes, reasoning and difficulty stay with their
samples.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from waywiser.dataset.manifest import read_manifest
from waywiser.dataset.reader import parquet_files
from waywiser.dataset.schema import row_to_sample
from waywiser.errors import DatasetError
from waywiser.json_types import JsonObject
from waywiser.sample import Sample
from waywiser.sources.base import InvalidItem, verify_gold
from waywiser.sources.rows import open_rows


class SpatialSource:
    """Samples of a dataset folder that `waywiser synthesize` wrote, in file order."""

    licence = "furniture as named in the dataset's ATTRIBUTION.md"

    def __init__(self, folder: Path, *, split: str | None = None, count: int | None = None) -> None:
        self.name = f"waywiser:{folder.resolve().name}"
        if read_manifest(folder) is None:
            raise DatasetError(f"{folder} is not a finished dataset: run waywiser synthesize first")
        self._files = parquet_files(folder, "data", split)
        total = sum(pq.read_metadata(path).num_rows for path in self._files)
        self._count = total if count is None else min(count, total)

    def __len__(self) -> int:
        return self._count

    def items(self, start: int, stop: int) -> Iterator[Sample | InvalidItem]:
        first = 0
        index = start

        for path in self._files:
            rows = open_rows(str(path))
            low = max(start, first)
            high = min(stop, first + len(rows))
            for row in rows.read(low - first, high - first) if low < high else ():
                where = f"{self.name} {index}"
                index = index + 1

                try:
                    values: JsonObject = dict(row)  # type: ignore[arg-type] - Parquet rows are mappings
                    values.pop("_file", None)
                    sample = row_to_sample(values)
                    yield verify_gold(sample, where)
                except (ValueError, TypeError, KeyError) as error:
                    yield InvalidItem(where, f"no sample: {' '.join(str(error).split())[:160]}")

            first += len(rows)
