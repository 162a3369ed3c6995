"""Write what was measured about samples (their difficulty) into a copy of a dataset."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from waywiser.dataset.files import write_atomically, write_table
from waywiser.dataset.manifest import MANIFEST, read_manifest
from waywiser.dataset.schema import SAMPLES
from waywiser.dataset.shard import describe
from waywiser.errors import DatasetError


def with_difficulty(source: Path, out: Path, difficulty: Mapping[str, float], measured_by: str) -> None:
    """Copy the dataset `source` to `out` with `difficulty` (sample id -> 1 - pass rate) filled in.

    Samples without an entry keep null. `measured_by` names the model and the number of completions. The manifest
    comes last, so a half-made copy is never taken for a dataset. Raises DatasetError if `source` is not finished.
    """
    manifest = read_manifest(source)
    if manifest is None:
        raise DatasetError(f"{source} is no finished dataset: run waywiser synthesize first")
    shutil.copytree(source / "scenes", out / "scenes", dirs_exist_ok=True)
    for name in ("README.md", "ATTRIBUTION.md"):
        write_atomically(out / name, (source / name).read_bytes())
    for path in sorted((source / "data").glob("*.parquet")):
        table = pq.read_table(path)
        known = [difficulty.get(key) for key in table["id"].to_pylist()]
        by = [None if value is None else measured_by for value in known]
        columns = {"difficulty": pa.array(known, pa.float64()), "difficulty_by": pa.array(by, pa.string())}
        filled = [columns[name] if name in columns else table[name] for name in SAMPLES.names]
        write_table(
            out / "data" / path.name, pa.Table.from_arrays(filled, schema=SAMPLES), row_group_size=256
        )
    files = [describe(out, out / file.path) for file in manifest.files]
    recipe = {**manifest.recipe, "difficulty_by": measured_by}
    write_atomically(
        out / MANIFEST, manifest.model_copy(update={"files": files, "recipe": recipe}).text().encode()
    )
