"""`SynthesisConfig`: what a synthetic dataset is made from, and the hash that tells two recipes apart."""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from waywiser import __version__
from waywiser.dataset.balance import COUNT_SHARE
from waywiser.errors import RecipeError
from waywiser.scenes.room_config import RoomConfig
from waywiser.tasks.registry import choose_tasks


class SynthesisConfig(BaseModel):
    """Rooms to build and questions to ask of them.

    `tasks` is "all", "a,b" or a list of names. `assets` is a folder or `.sh3f` file of furniture,
    "parametric" or None for whatever is installed. `questions_per_view` caps each task in each picture,
    `count_share` the share of one answer among counts (see balance).
    `split` is "train" or "heldout" and also chooses the furniture models. `workers` and `assets`' place do
    not change a byte of the result; everything else does. `shard_rooms` rooms go into one file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    out: Path
    rooms: int
    tasks: str | tuple[str, ...] = "all"
    seed: int = 0
    split: str = "train"
    assets: Path | str | None = None
    questions_per_view: int = 2
    count_share: float = COUNT_SHARE
    shard_rooms: int = 32
    workers: int = 1
    room: RoomConfig = Field(default_factory=RoomConfig)

    @property
    def shards(self) -> int:
        """Number of files that the rooms are spread over."""
        return -(-self.rooms // self.shard_rooms)

    def indices(self, shard: int) -> range:
        """Room indices of one shard."""
        return range(shard * self.shard_rooms, min(self.rooms, (shard + 1) * self.shard_rooms))

    def check(self) -> None:
        """Raises RecipeError for a request that cannot be met."""
        for name in ("rooms", "questions_per_view", "shard_rooms", "workers"):
            if getattr(self, name) < 1:
                raise RecipeError(f"{name} must be at least 1, not {getattr(self, name)}")
        if not 0 < self.count_share <= 1:
            raise RecipeError(f"count_share must lie in (0, 1], not {self.count_share}")
        if self.seed < 0:
            raise RecipeError(f"seed must not be negative, not {self.seed}")
        if self.split not in ("train", "heldout"):
            raise RecipeError(f"unknown split {self.split!r}: choose train or heldout")
        choose_tasks(self.tasks)

    def recipe(self, furniture: str) -> dict[str, Any]:
        """All that decides the bytes of the dataset, as plain data; `furniture` fingerprints the library."""
        recipe = self.model_dump(mode="json", exclude={"out", "workers", "assets"})
        return {
            **recipe,
            "tasks": list(choose_tasks(self.tasks)),
            "furniture": furniture,
            "waywiser": __version__,
        }


def recipe_hash(recipe: dict[str, Any]) -> str:
    """SHA-256 of a recipe as canonical JSON."""
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def available_workers() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def file_name(split: str, shard: int, shards: int) -> str:
    """`{split}-00003-of-00012.parquet`, as dataset hubs write it."""
    return f"{re.sub(r'[^a-z0-9_]', '_', split)}-{shard:05d}-of-{shards:05d}.parquet"
