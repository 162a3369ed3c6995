"""What an engine's workers do for a curation: a stage of one shard, or one file, by the recipe and
a number alone.

Each writes files that are whole or absent and returns nothing, so jobs may run anywhere, in any
order, and again.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from waywiser.curation.config import CurationRecipe
from waywiser.curation.minhash import NUM_PERMUTATIONS, minhash_signatures
from waywiser.curation.stages.difficulty import (
    DIFFICULTY,
    read_difficulty_tables,
    read_remaining_samples,
    write_difficulties,
)
from waywiser.curation.stages.generate import CHECK, check_chains
from waywiser.curation.stages.judge import JUDGE, choose_chains
from waywiser.curation.stages.load import load_samples
from waywiser.curation.stages.write import RowIndex, write_chains, write_split_file
from waywiser.curation.workspace import CurationWorkspace, SourceShard, split_into_shards
from waywiser.engine import JobRunner
from waywiser.sources import open_source


def run_load_stage(recipe: CurationRecipe, shard: int) -> None:
    """Stage "load"."""
    load_samples(CurationWorkspace(recipe), open_shards(recipe)[shard])


def run_finishing_stages(recipe: CurationRecipe, shard: int) -> None:
    """Stage "check", and "judge" and "difficulty" where no model is asked for them; what is there
    is left alone.
    """
    workspace = CurationWorkspace(recipe)
    part = open_shards(recipe)[shard]
    missing = [stage for stage in finishing_stages(recipe) if not workspace.has_stage(stage, shard)]
    if CHECK in missing:
        check_chains(workspace, part)
    if JUDGE in missing:
        choose_chains(workspace, part, None)

    if DIFFICULTY in missing:
        write_difficulties(
            workspace,
            part,
            read_remaining_samples(workspace, part),
            [],
            read_difficulty_tables(recipe.difficulty_tables),
        )


def finishing_stages(recipe: CurationRecipe) -> list[str]:
    """The stages that `run_finishing_stages` does."""
    return [
        CHECK,
        *([JUDGE] if recipe.judge is None else []),
        *([DIFFICULTY] if recipe.difficulty is None else []),
    ]


def write_output_file(
    recipe: CurationRecipe, split: str | None, number: int, files: int, places: list[RowIndex]
) -> None:
    """File `number` of a split, or all chains of shard `number` where `split` is None."""
    if split is None:
        write_chains(CurationWorkspace(recipe), number, files)
    else:
        write_split_file(CurationWorkspace(recipe), split, number, files, places)


def sign_texts(start: int, texts: list[str]) -> tuple[int, NDArray[np.uint32]]:
    """MinHash signatures of texts, and where they belong."""
    return start, minhash_signatures(texts)


def minhash_all(
    run_jobs: JobRunner, texts: Sequence[str], texts_a_job: int = 8192
) -> NDArray[np.uint32]:
    """MinHash signatures of all texts, in their order, (N, 128); what makes one job is not worth
    starting workers.
    """
    parts = [
        (start, list(texts[start : start + texts_a_job]))
        for start in range(0, len(texts), texts_a_job)
    ]
    if len(parts) <= 1:
        return minhash_signatures(texts)

    rows = np.empty((len(texts), NUM_PERMUTATIONS), np.uint32)
    for start, found in run_jobs(sign_texts, parts):
        rows[start : start + len(found)] = found

    return rows


def open_shards(recipe: CurationRecipe) -> list[SourceShard]:
    """All shards of the recipe, whose sources are opened once in each process."""
    return _cached_shards(recipe.model_dump_json())


def close_sources() -> None:
    """Let go of the sources that this process opened."""
    _cached_shards.cache_clear()


@lru_cache(maxsize=1)
def _cached_shards(recipe: str) -> list[SourceShard]:
    found = CurationRecipe.model_validate_json(recipe)
    return split_into_shards([open_source(config) for config in found.sources], found.shard_size)
