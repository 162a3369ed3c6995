"""The eight benchmarks from a local copy in their own published layouts. None of them ever enters
training.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from waywiser.errors import DatasetError, RecipeError
from waywiser.evaluation.benchmarks.formats import (
    AUTHORS_COLUMNS,
    ROW_FORMATS,
    TABLE_COLUMNS,
    ExcludedRowError,
    RowFormat,
)
from waywiser.evaluation.benchmarks.hub_datasets import (
    HUB_PREFIX,
    load_hub_rows,
    resolve_hub_dataset,
)
from waywiser.evaluation.benchmarks.item import BenchmarkItem, LoadedBenchmark, hash_items
from waywiser.evaluation.benchmarks.spatial_benchmark import (
    SPATIAL_NAME,
    load_spatial,
    make_spatial,
    read_card,
)
from waywiser.evaluation.benchmarks.table_files import fill_shared_images, read_tables
from waywiser.evaluation.name_lookup import suggest_name

LICENSES = {
    "mathvista": "CC BY-SA 4.0, and no training on it",
    "mathvision": "MIT",
    "mathverse": "MIT",
    "dynamath": "see the benchmark's card",
    "wemath": "CC BY-NC",
    "logicvista": "Apache-2.0; images keep their sources' terms",
    "cv-bench": "Apache-2.0; images keep their sources' terms",
    "vsi-bench": "Apache-2.0; videos keep their sources' terms",
}
EXPECTED_ITEMS = {
    "mathvista": 1000,
    "mathvision": 3040,
    "mathverse": 3940,
    "dynamath": 5010,
    "wemath": 1740,
    "logicvista": 448,
    "cv-bench": 2638,
    "vsi-bench": 5130,
}
"""Items of each benchmark's test set, to say how much of it a local copy is."""

VSI_BENCH_SUBSETS = ("", "debiased", "pruned")
"""Of VSI-Bench: all items, those kept after removing what can be answered blind, and those removed.
"""

__all__ = [
    "EXPECTED_ITEMS",
    "LICENSES",
    "SPATIAL_NAME",
    "BenchmarkItem",
    "LoadedBenchmark",
    "load_benchmark",
    "make_spatial",
    "read_card",
]


def load_benchmark(benchmark: str, path: Path | str) -> LoadedBenchmark:
    """Read a benchmark from its file or folder, or by name from "hub:" or "hub:NAME" (see `hub`).

    Rows that are unreadable, without truth, options or pictures, or with an id seen before, are in
    `bad` with the reason; those of another kind than the benchmark's are counted in `left_out`.
    Raises RecipeError for an unknown benchmark, DatasetError where no row can be used.
    """
    if benchmark == SPATIAL_NAME:
        if _is_hub_name(path):
            raise DatasetError(
                "spatial is made, not published: waywiser benchmark data/spatial, then --data"
                " data/spatial"
            )

        return load_spatial(Path(path))

    base, _, subset = benchmark.partition(":")
    layout = ROW_FORMATS.get(base)
    if layout is None or subset not in VSI_BENCH_SUBSETS or (subset and base != "vsi-bench"):
        known = [
            SPATIAL_NAME,
            *ROW_FORMATS,
            *(f"vsi-bench:{name}" for name in VSI_BENCH_SUBSETS if name),
        ]

        raise RecipeError(f"unknown benchmark {benchmark!r}: {suggest_name(benchmark, known)}")

    rows, root = _read_subset(benchmark, path)
    rows = fill_shared_images(rows)
    items: dict[str, BenchmarkItem] = {}
    bad: dict[str, str] = {}
    left_out: Counter[str] = Counter()

    for where, row in rows:
        try:
            item = _parse_item(layout, row, root)
            if item.id in items:
                raise DatasetError(f"id {item.id} occurs twice")

            items[item.id] = item
        except ExcludedRowError as error:
            left_out[str(error)] += 1
        except DatasetError as error:
            bad[where] = str(error)

    if not items:
        raise DatasetError(
            f"no usable item of {benchmark} in {path}:"
            f" {_explain_no_items(base, rows, bad, left_out)}"
        )

    listed = list(items.values())
    return LoadedBenchmark(base, listed, bad, LICENSES[base], hash_items(listed), dict(left_out))


def _parse_item(layout: RowFormat, row: Any, root: Path) -> BenchmarkItem:
    if isinstance(row, Exception):
        raise row
    if not isinstance(row, dict):
        raise DatasetError("no row of named fields")
    return layout(row, root)


def _explain_no_items(
    base: str, rows: Sequence[tuple[str, Any]], bad: Mapping[str, str], left_out: Mapping[str, int]
) -> str:
    """The first reason, the columns that are there, and those that would be read."""
    if not rows:
        return "no rows"

    where, reason = next(iter(bad.items()), ("all rows", next(iter(left_out), "")))
    named = next((row for _, row in rows if isinstance(row, dict)), {})
    columns = (
        ", ".join(str(name) for name in list(named)[:16] if not str(name).startswith("_")) or "none"
    )

    return (
        f"{where}: {reason}; its columns: {columns}; read are the authors'"
        f" ({AUTHORS_COLUMNS[base]}) and VLMEvalKit's tables ({TABLE_COLUMNS})"
    )


def _is_hub_name(path: Path | str) -> bool:
    return isinstance(path, str) and path.startswith(HUB_PREFIX)


def _read_subset(benchmark: str, path: Path | str) -> tuple[list[tuple[str, Any]], Path]:
    """Rows of the benchmark's subset, and the folder that their pictures and videos lie in."""
    subset = benchmark.partition(":")[2]
    rows, root = (
        load_hub_rows(resolve_hub_dataset(benchmark, str(path)))
        if _is_hub_name(path)
        else read_tables(Path(path))
    )

    if subset or (not _is_hub_name(path) and Path(path).is_dir()):
        rows = [(where, row) for where, row in rows if _is_in_subset(row, subset)]

    return rows, root


def _is_in_subset(row: Any, subset: str) -> bool:
    """By the name of the row's file, else by its `pruned` column. What cannot be read belongs to
    every subset.
    """
    if not isinstance(row, dict):
        return True

    named = next((name for name in VSI_BENCH_SUBSETS[1:] if name in row.get("_file", "")), "")
    if named or not subset:
        return named == subset

    pruned = str(row.get("pruned", "")).lower()
    return pruned in ("true", "1") if subset == "pruned" else pruned in ("false", "0")
