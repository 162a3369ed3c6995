"""A spatial benchmark of our own: homes and furniture that no model has read, from `synthesize`
with a fixed seed.

A copy is made on the machine that needs it and named by the hash of its items; the same seed,
version and furniture give the same hash. `benchmark.json` beside it says the hash, so that a
changed copy is refused.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

import pyarrow as pa
import pyarrow.parquet as pq

from waywiser import __version__
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.manifest import read_manifest
from waywiser.dataset.reader import read_samples
from waywiser.dataset.synthesize import synthesize
from waywiser.errors import DatasetError
from waywiser.evaluation.benchmarks.item import BenchmarkItem, LoadedBenchmark, hash_items
from waywiser.io import write_atomically
from waywiser.json_types import JsonObject
from waywiser.recipe import build

SPATIAL_NAME = "spatial"
CARD_FILE = "benchmark.json"
SPATIAL_SEED = 20_250_711
NUM_HOMES = 200
"""The seed is the day of the paper's first version, and no recipe trains on it; held-out furniture
in any case.
"""


class SpatialCard(TypedDict):
    """The content of the benchmark's card; `sha256` is its version."""

    benchmark: str
    sha256: str
    seed: int
    rooms: int | None
    furniture: str | None
    waywiser: str
    items: dict[str, int]
    licence: str


def make_spatial(
    out: Path,
    *,
    rooms: int = NUM_HOMES,
    assets: str | None = None,
    workers: int = 1,
    **options: Any,
) -> LoadedBenchmark:
    """Make the benchmark (every task, held-out split) with its card, and load it.

    Args:
        out: The folder for it; a finished copy there is loaded, not made again.
        rooms: The number of homes; another number makes another benchmark.
        assets: The folder of furniture models, None for the built-in furniture.
        workers: Processes; the result does not depend on them.
        **options: Further options of `SynthesisConfig`; they make another benchmark, too.

    Returns:
        The benchmark with its hash.

    Raises:
        DatasetError: A finished copy in `out` does not match its card. Errors of `synthesize` pass
            through.
    """
    fixed_options = {
        "out": out,
        "rooms": rooms,
        "seed": SPATIAL_SEED,
        "split": "heldout",
        "assets": assets,
        "workers": workers,
    }

    synthesize(build(SynthesisConfig, {"tasks": "all", **options, **fixed_options}))
    loaded = load_spatial(out)

    if not (out / CARD_FILE).exists():
        write_atomically(
            out / CARD_FILE, (json.dumps(_make_card(out, loaded), indent=1) + "\n").encode()
        )

    return loaded


def load_spatial(path: Path) -> LoadedBenchmark:
    """A dataset folder of waywiser as a benchmark; answers keep their types.

    Raises DatasetError for no dataset, and where a card says another hash.
    """
    scene_categories = dict(_scene_categories(path))
    items = [
        BenchmarkItem(
            SPATIAL_NAME,
            sample.id,
            sample.question,
            sample.task,
            sample.answer.model_dump_json(exclude_none=True),
            tuple(sample.options or ()),
            images=tuple(sample.images),
            cluster=sample.scene_id or sample.id,
            group={"task": sample.task},
            scene_categories=scene_categories.get(sample.scene_id or ""),
        )
        for sample in read_samples(path)
    ]

    loaded = LoadedBenchmark(
        SPATIAL_NAME, items, {}, "Apache-2.0; made by waywiser", hash_items(items, pictures=True)
    )
    _check_hash(path, loaded)
    return loaded


def read_card(path: Path) -> JsonObject | None:
    """The card of the benchmark in `path`, None for a dataset without one.

    Raises:
        DatasetError: The card is broken.
    """
    if not (path / CARD_FILE).is_file():
        return None
    try:
        card = json.loads((path / CARD_FILE).read_text(encoding="utf-8"))
        return card if isinstance(card["sha256"], str) else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path / CARD_FILE} is broken: make the benchmark again") from error


def _check_hash(path: Path, loaded: LoadedBenchmark) -> None:
    card = read_card(path)
    if card is not None and card["sha256"] != loaded.sha256:
        raise DatasetError(
            f"{path} is not the benchmark that its {CARD_FILE} names (sha256 {loaded.sha256[:16]},"
            f" not {card['sha256'][:16]}): it was changed; make it again"
        )


def _make_card(path: Path, loaded: LoadedBenchmark) -> SpatialCard:
    manifest = read_manifest(path)
    recipe = manifest.recipe if manifest else {}

    return {
        "benchmark": SPATIAL_NAME,
        "sha256": loaded.sha256,
        "seed": SPATIAL_SEED,
        "rooms": recipe.get("rooms"),
        "furniture": recipe.get("furniture"),
        "waywiser": __version__,
        "items": dict(sorted(Counter(item.question_type for item in loaded.items).items())),
        "licence": loaded.license,
    }


def _scene_categories(path: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """Scene -> the kinds of things in it; nothing for a dataset without its scenes."""
    for file in sorted((path / "scenes").glob("*.parquet")):
        try:
            table = pq.read_table(file, columns=["id", "categories"])
        except (OSError, pa.ArrowException) as error:
            raise DatasetError(
                f"{file} is damaged or not a scenes file: make the dataset again"
            ) from error

        for scene, categories in zip(
            table["id"].to_pylist(), table["categories"].to_pylist(), strict=True
        ):
            yield scene, frozenset(categories)
