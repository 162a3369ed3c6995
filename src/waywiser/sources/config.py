"""`SourceConfig`: one source of a recipe, and `open_source`, which builds it."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from waywiser.errors import RecipeError
from waywiser.json_types import JsonObject
from waywiser.sources.base import Source


class SourceConfig(BaseModel):
    """`kind` says what it is; `name` is the family, the drawn task or the mapping; `path` where
    data lies.

    kinds: `reasoning-gym` and `reasoning-core` (name: a family), `drawn` (name: a figure task),
    `mapped` (name: a mapping; path: a file, folder, glob or hub:NAME; images: where paths of
    pictures start, default: that folder), `spatial` (path: a dataset folder). `count` is the number
    of items; None takes all there are (not for endless sources). `options` go to a family's own
    configuration.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["reasoning-gym", "reasoning-core", "drawn", "mapped", "spatial"]
    name: str = ""
    path: str | None = None
    images: Path | None = None
    count: int | None = Field(default=None, ge=1)
    seed: int = Field(default=0, ge=0)
    split: str = "train"
    options: JsonObject = {}


def open_source(config: SourceConfig) -> Source:
    """The source that `config` describes. Raises RecipeError or DatasetError for one that cannot be
    opened.
    """
    if config.kind in ("mapped", "spatial"):
        if config.path is None:
            raise RecipeError(f"a {config.kind} source needs a path")

        if config.kind == "spatial":
            from waywiser.sources.spatial_dataset import SpatialSource

            return SpatialSource(Path(config.path), split=config.split, count=config.count)

        from waywiser.sources.mapping import MappedSource, load_mapping

        stem = Path(config.name).stem
        mapping = load_mapping(config.name)
        return MappedSource(
            stem, config.path, mapping, count=config.count, split=config.split, images=config.images
        )

    if config.count is None:
        raise RecipeError(f"the source {config.kind} {config.name!r} has no end: give it a count")

    if config.kind == "drawn":
        from waywiser.sources.synthetic_figures import FigureSource

        return FigureSource(config.name, config.count, config.seed)

    from waywiser.sources.reasoning_families import CoreSource, GymSource

    kind = GymSource if config.kind == "reasoning-gym" else CoreSource
    return kind(config.name, config.count, config.seed, dict(config.options))
