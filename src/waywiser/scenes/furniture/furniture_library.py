"""The interface of furniture libraries: models with a category, a size, a license and a mesh.

Each library is split into two halves that never share a model.
"""

import hashlib
import re
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from waywiser.errors import AssetsError
from waywiser.scenes.furniture import dynamic_models
from waywiser.scenes.furniture.rolling import roll_mesh
from waywiser.scenes.furniture.sh3f import summarize_reasons
from waywiser.scenes.gait_phase import NUM_GAIT_PHASES
from waywiser.scenes.mesh import Mesh

PARAMETRIC_PREFIX = "parametric#"
"""How the keys of parametric models start."""
TRAIN_VARIANTS = 4
"""Parametric models of a higher number are held out, so that each half has every form of a kind."""
MIN_UNIT_DEPTH = 0.55
MIN_UNIT_HEIGHT = 0.82
"""Depth and height (m) of what stands in a row with kitchen cabinets."""
HELD_OUT_SHARE = 0.25
"""Share of each category's models that the "train" split never uses."""
MAX_CACHED_MESHES = 512
"""Meshes that a library keeps in memory."""


@dataclass(frozen=True)
class ModelInfo:
    """A furniture model without its mesh."""

    key: str
    """Unique in the library."""
    category: str
    """Its category word."""
    size: tuple[float, float, float]
    """Natural width, depth and height in meters."""
    surface_height: float | None
    """Height of its top surface as a fraction of its own; None if nothing may stand on it."""
    license: str
    """License of the model."""
    creator: str
    """Who made it."""
    source: str
    """Name of the library or file it comes from."""

    @property
    def is_kitchen_unit(self) -> bool:
        """Whether it fits into a row of kitchen units, as a sink for bathrooms does not."""
        return self.size[1] >= MIN_UNIT_DEPTH and self.size[2] >= MIN_UNIT_HEIGHT


class FurnitureLibrary(ABC):
    """Models to furnish rooms with.

    `name` is stored in every Scene and opens the same library again.

    Example:
        library = open_library("parametric")
        chairs = [model for model in library.models_for("train") if model.category == "chair"]
        mesh = library.mesh(chairs[0].key)
    """

    name: str
    skipped: dict[str, str]
    """Why each unused entry is left out: the kind of reason and, after a colon, the detail."""

    def __init__(self) -> None:
        self._meshes: OrderedDict[str, Mesh] = OrderedDict()
        self.skipped = {}

    @property
    def left_out(self) -> str:
        """One line on the unused entries, counted by reason; empty if all are used."""
        if not self.skipped:
            return ""
        total = len(self.models) + len(self.skipped)
        return (
            f"{len(self.skipped)} of {total} furniture entries are not used:"
            f" {summarize_reasons(self.skipped)}"
        )

    @property
    @abstractmethod
    def models(self) -> list[ModelInfo]:
        """The library's own models, sorted by key; every category has at least two."""

    @property
    def lent_models(self) -> list[ModelInfo]:
        """Parametric models of the categories that the library itself has no models of."""
        return []

    @abstractmethod
    def _load(self, key: str) -> Mesh:
        """Make or read the mesh of a known key."""

    @cached_property
    def by_key(self) -> dict[str, ModelInfo]:
        """The models by their key, lent ones included."""
        return {model.key: model for model in (*self.models, *self.lent_models)}

    def mesh(self, key: str) -> Mesh:
        """The shape of a model or walker, read on first use.

        Keys of `posed_model_key` give a walker in that pose, and anything else rolled forward.
        Raises AssetsError for an unknown key or a damaged model.
        """
        walkers = dynamic_models.build_dynamic_models()
        if key in walkers:
            return walkers[key].mesh

        posed = re.fullmatch(r"(.*)@(\d\d)", key)
        if posed and key not in self.by_key and int(posed[2]) < NUM_GAIT_PHASES:
            model, phase = posed[1], int(posed[2])
            if model not in walkers:
                return roll_mesh(self.mesh(model), phase / NUM_GAIT_PHASES)
            if walkers[model].stride is not None:
                return dynamic_models.build_gait_pose(model, phase)

        if key in self._meshes:
            self._meshes.move_to_end(key)
            return self._meshes[key]

        if key not in self.by_key:
            raise AssetsError(
                f"library {self.name} has no model {key!r}: open the library the scene was made"
                " with"
            )

        mesh = self._meshes[key] = self._load(key)
        if len(self._meshes) > MAX_CACHED_MESHES:
            self._meshes.popitem(last=False)

        return mesh

    def models_for(self, split: str) -> list[ModelInfo]:
        """The models for `split` "train" or "heldout", sorted by key. The two never share a model.

        Kinds that the library lacks (windows, rugs, cups) are lent by the parametric one. See
        `held_out_keys` for the split.
        """
        if split not in ("train", "heldout"):
            raise AssetsError(f"unknown split {split!r}: use 'train' or 'heldout'")
        return self._models_by_split[split]

    def attribution(self, keys: Iterable[str]) -> str:
        """One line per source and creator of the models used, as their licenses require."""
        credits: dict[tuple[str, str, str], list[str]] = {}

        for key in sorted(set(keys)):
            model = self.by_key.get(key)
            if model is not None:
                credits.setdefault((model.source, model.creator, model.license), []).append(key)

        lines = [
            f"{source}: {creator} ({license}): {', '.join(used_keys)}"
            for (source, creator, license), used_keys in sorted(credits.items())
        ]

        return "\n".join(["Furniture models used:", *lines]) + "\n"

    @cached_property
    def _models_by_split(self) -> dict[str, list[ModelInfo]]:
        models = list(self.by_key.values())
        held_out = held_out_keys(models)
        return {
            "train": [model for model in models if model.key not in held_out],
            "heldout": [model for model in models if model.key in held_out],
        }


def held_out_keys(models: Iterable[ModelInfo]) -> set[str]:
    """Keys held out: the lowest quarter of hashes in each category, at least one, never all.

    Of parametric models, those with a number above `TRAIN_VARIANTS`.
    """
    groups: dict[str, list[tuple[float, str]]] = {}
    held_out: set[str] = set()

    for model in models:
        if model.key.startswith(PARAMETRIC_PREFIX):
            if int(model.key.rpartition("-")[2]) > TRAIN_VARIANTS:
                held_out.add(model.key)
            continue

        share = int.from_bytes(hashlib.sha256(model.key.encode()).digest()[:8]) / 2**64
        groups.setdefault(model.category, []).append((share, model.key))

    for group in groups.values():
        group.sort()
        count = sum(share < HELD_OUT_SHARE for share, _ in group)
        held_out.update(key for _, key in group[: max(1, min(count, len(group) - 1))])

    return held_out
