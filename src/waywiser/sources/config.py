"""`SourceConfig`: one source of a recipe, and `open_source`, which builds it."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from waywiser.errors import RecipeError
from waywiser.json_types import JsonObject
from waywiser.sources.base import Source


class SourceConfig(BaseModel):
    """A source of samples: a procedural family, a drawn or text task, a mapped dataset or ours.

    Example:
        >>> len(open_source(SourceConfig(kind="drawn", name="bar_chart", count=100)))
        100
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["reasoning-gym", "reasoning-core", "drawn", "text", "mapped", "spatial"]
    """`reasoning-gym`, `reasoning-core`: a procedural family. `drawn`: a synthetic figure task.
    `text`: a synthetic text task. `mapped`: any dataset by a field mapping. `spatial`: a dataset
    that `waywiser synthesize` wrote.
    """
    name: str = ""
    """The family, the figure or text task, or the mapping (a shipped name or a YAML file)."""
    path: str | None = None
    """Data of `mapped` (a file, folder, glob or hub:NAME) and `spatial` (a dataset folder)."""
    images: Path | None = None
    """Folder that relative paths of pictures start from; None: the folder of the data."""
    count: int | None = Field(default=None, ge=1)
    """Number of items; None takes all, which endless sources do not support."""
    seed: int = Field(default=0, ge=0)
    """Seed of procedural families, figure and text tasks."""
    split: str = "train"
    """Split to read of `mapped` and `spatial` data."""
    options: JsonObject = {}
    """Options of the procedural family; of a text task, `levels: [low, high]` within [0, 1]."""


def open_source(config: SourceConfig) -> Source:
    """The source that `config` describes.

    Raises RecipeError or DatasetError if it cannot be opened.
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

    if config.kind == "text":
        from waywiser.sources.synthetic_text import TextSource

        return TextSource(config.name, config.count, config.seed, dict(config.options))

    from waywiser.sources.reasoning_families import CoreSource, GymSource

    kind = GymSource if config.kind == "reasoning-gym" else CoreSource
    return kind(config.name, config.count, config.seed, dict(config.options))
