"""`CurationWorkspace`: the output folder of a curation, with the files of its stages while it
runs.
"""

import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from waywiser import __version__
from waywiser.curation.config import CurationRecipe
from waywiser.curation.rows import CurationResult
from waywiser.dataset.config import recipe_hash
from waywiser.errors import DatasetError
from waywiser.io import remove_partial, write_atomically, write_table
from waywiser.json_types import JsonObject
from waywiser.sources import Source

RESULT_FILE = "curation.json"
"""Marks a finished curation; written last."""
_WORK_FOLDER = ".work"
_RECIPE_FILE = "recipe.sha256"
_OWN_FILES = ("cache.sqlite", "usage.json", _WORK_FOLDER)

REJECTED_SCHEMA = pa.schema(
    [
        (name, pa.string())
        for name in (
            "id",
            "source",
            "domain",
            "task",
            "stage",
            "reason",
            "detail",
            "question",
            "answer",
        )
    ]
)
"""Columns of `RejectedRow`."""


class SourceShard:
    """A range of items of a source.

    Args:
        index: number among all shards.
        source: where the items come from.
        start: first item.
        stop: end of the range, exclusive.
    """

    def __init__(self, index: int, source: Source, start: int, stop: int) -> None:
        self.index = index
        self.source = source
        self.start = start
        self.stop = stop

    def __len__(self) -> int:
        return self.stop - self.start


class CurationWorkspace:
    """The output folder of a curation.

    Files of stages are `.work/STAGE-00007.PART.parquet`; each is complete or absent.
    """

    def __init__(self, recipe: CurationRecipe) -> None:
        self.recipe = recipe
        self.out = recipe.out
        self.identity = recipe_hash({**recipe.identity(), "waywiser": __version__})
        self._unfinished_identity = recipe_hash(
            {**recipe.identity(parameters=False), "waywiser": __version__}
        )
        self._work = recipe.out / _WORK_FOLDER

    def find_finished_result(self, cache: Path) -> CurationResult | None:
        """The result if this curation is finished, else None.

        A result with unanswered requests does not count while the cache exists: these are asked
        again. Raises DatasetError if the folder holds another curation.
        """
        if self.out.exists() and not self.out.is_dir():
            raise DatasetError(f"{self.out} is a file: choose a folder")
        if not (self.out / RESULT_FILE).is_file():
            return None

        result = read_result(self.out)
        if result["recipe_sha256"] != self.identity:
            raise DatasetError(self._other_recipe_message())

        if result.get("unanswered") and cache.is_file():
            return None

        return cast("CurationResult", result)

    def reserve_folder(self) -> None:
        """Mark the folder as ours. Raises DatasetError if it holds something else."""
        marker = self._work / _RECIPE_FILE
        if marker.is_file():
            if marker.read_text() != self._unfinished_identity:
                raise DatasetError(self._other_recipe_message())
        elif not (self.out / RESULT_FILE).is_file() and self._has_foreign_files():
            raise DatasetError(
                f"{self.out} is not empty and holds no curation: choose another folder"
            )

        write_atomically(marker, self._unfinished_identity.encode())
        remove_partial(self.out)

    def _has_foreign_files(self) -> bool:
        return self.out.is_dir() and any(
            not p.name.startswith(_OWN_FILES) for p in self.out.iterdir()
        )

    def _other_recipe_message(self) -> str:
        return (
            f"{self.out} holds a curation by another recipe: choose another folder, or delete"
            " this one"
        )

    def path(self, stage: str, shard: int, part: str = "rows") -> Path:
        return self._work / f"{stage}-{shard:05d}.{part}.parquet"

    def has_stage(self, stage: str, shard: int) -> bool:
        """Whether a stage of a shard is done; its part "rows" is written last."""
        path = self.path(stage, shard)
        try:
            pq.read_metadata(path)
        except (OSError, pa.ArrowException):
            return False

        return True

    def write(
        self,
        stage: str,
        shard: int,
        rows: Sequence[Mapping[str, object]],
        schema: pa.Schema,
        part: str = "rows",
    ) -> None:
        """Write a part of a stage.

        Args:
            stage: name of the stage.
            shard: index of the shard.
            rows: rows of `waywiser.curation.rows`.
            schema: columns to write.
            part: name of the part.
        """
        write_table(
            self.path(stage, shard, part),
            pa.Table.from_pylist(rows, schema=schema),
            row_group_size=256,
        )

    def read(
        self, stage: str, shard: int, part: str = "rows", columns: list[str] | None = None
    ) -> list[Any]:
        """The rows of a part, of the type in `waywiser.curation.rows` that its stage wrote.

        Args:
            stage: name of the stage.
            shard: index of the shard.
            part: name of the part.
            columns: columns to read; None reads all.
        """
        return pq.read_table(self.path(stage, shard, part), columns=columns).to_pylist()

    def delete_stage(self, stage: str, shard: int) -> None:
        """Delete a stage of a shard, so that it is done again."""
        self.path(stage, shard).unlink(missing_ok=True)

    def record_failures(self, stage: str, shard: int, failures: Counter[str]) -> None:
        """Record how requests of a shard failed, so that a resumed run asks them again.

        Call this before the rows are written.
        """
        marker = self.path(stage, shard, "failed")
        if failures:
            write_atomically(marker, json.dumps(failures).encode())
        else:
            marker.unlink(missing_ok=True)

    def failures(self, stage: str, shard: int) -> Counter[str]:
        """The number of failed requests of a shard, by kind."""
        marker = self.path(stage, shard, "failed")
        return Counter(json.loads(marker.read_text() or "{}")) if marker.exists() else Counter()

    def is_complete(self, stage: str, shard: int) -> bool:
        """Whether a stage of a shard is done and none of its requests failed."""
        return self.has_stage(stage, shard) and not self.path(stage, shard, "failed").exists()

    def clear(self) -> None:
        """Remove the files of stages."""
        shutil.rmtree(self._work, ignore_errors=True)


def read_result(folder: Path) -> JsonObject:
    """The result of a finished curation. Raises DatasetError if it is missing or broken."""
    try:
        result = json.loads((folder / RESULT_FILE).read_text(encoding="utf-8"))
        if result["format"] != "waywiser-curation/1":
            raise ValueError(result["format"])
    except FileNotFoundError:
        raise DatasetError(
            f"{folder} holds no finished curation: run waywiser curate first"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{folder / RESULT_FILE} is broken or of another version: curate again"
        ) from error

    return result


def split_into_shards(sources: list[Source], size: int) -> list[SourceShard]:
    """All shards of all sources, in order."""
    shards: list[SourceShard] = []
    for source in sources:
        for start in range(0, len(source), size):
            shards.append(SourceShard(len(shards), source, start, min(len(source), start + size)))
    return shards
