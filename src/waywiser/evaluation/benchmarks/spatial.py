"""A spatial benchmark of our own: rooms and furniture that no model has read, from `synthesize` with a fixed seed.

A copy is made on the machine that needs it and named by the hash of its items; the same seed, version and furniture
give the same hash.
"""

from pathlib import Path

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.read import read_samples
from waywiser.dataset.synthesize import synthesize
from waywiser.evaluation.benchmarks.item import BenchmarkItem, Loaded, digest
from waywiser.recipe import build

NAME = "spatial"
SEED, ROOMS = 20_250_711, 200
"""The seed is the day of the paper's first version, and no recipe trains on it; held-out furniture in any case."""


def make_spatial(out: Path, *, rooms: int = ROOMS, assets: str | None = None, workers: int = 1) -> Loaded:
    """Make the benchmark in `out` (all tasks, held-out split) and load it. Raises what `synthesize` raises."""
    synthesize(
        build(
            SynthesisConfig,
            {"out": out, "rooms": rooms, "seed": SEED, "split": "heldout", "assets": assets, "workers": workers},
        )
    )
    return load_spatial(out)


def load_spatial(path: Path) -> Loaded:
    """A dataset folder of waywiser as a benchmark; answers keep their types. Raises DatasetError for no dataset."""
    items = [
        BenchmarkItem(
            NAME,
            sample.id,
            sample.question,
            sample.task,
            sample.answer.model_dump_json(exclude_none=True),
            tuple(sample.options or ()),
            images=tuple(sample.images),
            cluster=sample.scene_id or sample.id,
            group={"task": sample.task},
        )
        for sample in read_samples(path)
    ]
    return Loaded(NAME, items, {}, "Apache-2.0; made by waywiser", digest(items))
