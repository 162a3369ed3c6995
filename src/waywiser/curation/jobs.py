"""What an engine's workers do for a curation: a stage of one shard, or one file, by the recipe and a number alone.

Each writes files that are whole or absent and returns nothing, so jobs may run anywhere, in any order, and again.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from waywiser.curation.config import CurationRecipe
from waywiser.curation.difficulty import DIFFICULTY, read_tables, still_in, write_difficulties
from waywiser.curation.judging import JUDGE, choose
from waywiser.curation.load import load
from waywiser.curation.shingles import PERMUTATIONS, signatures
from waywiser.curation.teaching import CHECK, check
from waywiser.curation.workspace import Shard, Workspace, plan_shards
from waywiser.curation.writing import Place, write_chains, write_split_file
from waywiser.engine import Each
from waywiser.sources import open_source


def load_shard(recipe: CurationRecipe, shard: int) -> None:
    """Stage "load"."""
    load(Workspace(recipe), shards_of(recipe)[shard])


def settle_shard(recipe: CurationRecipe, shard: int) -> None:
    """Stage "check", and "judge" and "difficulty" where no model is asked for them; what is there is left alone."""
    workspace, part = Workspace(recipe), shards_of(recipe)[shard]
    missing = [stage for stage in settled(recipe) if not workspace.has(stage, shard)]
    if CHECK in missing:
        check(workspace, part)
    if JUDGE in missing:
        choose(workspace, part, None)
    if DIFFICULTY in missing:
        write_difficulties(workspace, part, still_in(workspace, part), [], read_tables(recipe.difficulty_tables))


def settled(recipe: CurationRecipe) -> list[str]:
    """The stages that `settle_shard` does."""
    return [CHECK, *([JUDGE] if recipe.judge is None else []), *([DIFFICULTY] if recipe.difficulty is None else [])]


def write_file(recipe: CurationRecipe, split: str | None, number: int, files: int, places: list[Place]) -> None:
    """File `number` of a split, or all chains of shard `number` where `split` is None."""
    if split is None:
        write_chains(Workspace(recipe), number, files)
    else:
        write_split_file(Workspace(recipe), split, number, files, places)


def signed(start: int, texts: list[str]) -> tuple[int, NDArray[np.uint32]]:
    """MinHash signatures of texts, and where they belong."""
    return start, signatures(texts)


def sign_all(each: Each, texts: Sequence[str], texts_a_job: int = 8192) -> NDArray[np.uint32]:
    """MinHash signatures of all texts, in their order, (N, 128); what makes one job is not worth starting workers."""
    parts = [(start, list(texts[start : start + texts_a_job])) for start in range(0, len(texts), texts_a_job)]
    if len(parts) <= 1:
        return signatures(texts)
    rows = np.empty((len(texts), PERMUTATIONS), np.uint32)
    for start, found in each(signed, parts):
        rows[start : start + len(found)] = found
    return rows


def shards_of(recipe: CurationRecipe) -> list[Shard]:
    """All shards of the recipe, whose sources are opened once in each process."""
    return _shards(recipe.model_dump_json())


def forget_sources() -> None:
    """Let go of the sources that this process opened."""
    _shards.cache_clear()


@lru_cache(maxsize=1)
def _shards(recipe: str) -> list[Shard]:
    found = CurationRecipe.model_validate_json(recipe)
    return plan_shards([open_source(config) for config in found.sources], found.shard_size)
