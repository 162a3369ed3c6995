"""Jobs that workers of an engine run for a curation: a stage of one shard, or one file of the
result.

A job needs only the recipe and a number. It writes files that are complete or absent, so it may run
anywhere, in any order, and more than once.
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
    """Run the stage "load" of a shard."""
    load_samples(CurationWorkspace(recipe), open_shards(recipe)[shard])


def run_finishing_stages(recipe: CurationRecipe, shard: int) -> None:
    """Run the stage "check" of a shard, and "judge" and "difficulty" if they need no model.

    Finished stages are skipped.
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
    """The stages that `run_finishing_stages` runs."""
    return [
        CHECK,
        *([JUDGE] if recipe.judge is None else []),
        *([DIFFICULTY] if recipe.difficulty is None else []),
    ]


def write_output_file(
    recipe: CurationRecipe, split: str | None, number: int, files: int, places: list[RowIndex]
) -> None:
    """Write one file of the result.

    Args:
        recipe: the recipe.
        split: name of a split; None writes the chains of shard `number`.
        number: number of the file, or of the shard.
        files: number of files of the split, or of shards.
        places: (shard, row) of the samples of the file, in order; unused for chains.
    """
    if split is None:
        write_chains(CurationWorkspace(recipe), number, files)
    else:
        write_split_file(CurationWorkspace(recipe), split, number, files, places)


def sign_texts(start: int, texts: list[str]) -> tuple[int, NDArray[np.uint32]]:
    """MinHash signatures of texts, with the index of the first text."""
    return start, minhash_signatures(texts)


def minhash_all(
    run_jobs: JobRunner, texts: Sequence[str], texts_a_job: int = 8192
) -> NDArray[np.uint32]:
    """MinHash signatures of all texts in order, (N, 128).

    Texts that fit into one job are signed in this process: starting workers would take longer.
    """
    parts = [
        (start, list(texts[start : start + texts_a_job]))
        for start in range(0, len(texts), texts_a_job)
    ]
    if len(parts) <= 1:
        return minhash_signatures(texts)

    rows = np.empty((len(texts), NUM_PERMUTATIONS), np.uint32)
    for start, signatures in run_jobs(sign_texts, parts):
        rows[start : start + len(signatures)] = signatures

    return rows


def open_shards(recipe: CurationRecipe) -> list[SourceShard]:
    """All shards of a recipe; its sources are opened once per process."""
    return _cached_shards(recipe.model_dump_json())


def close_sources() -> None:
    """Close the sources that this process opened."""
    _cached_shards.cache_clear()


@lru_cache(maxsize=1)
def _cached_shards(recipe_json: str) -> list[SourceShard]:
    recipe = CurationRecipe.model_validate_json(recipe_json)
    return split_into_shards([open_source(config) for config in recipe.sources], recipe.shard_size)
