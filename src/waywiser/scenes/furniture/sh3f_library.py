"""`Sh3fLibrary`: the usable models of Sweet Home 3D furniture libraries (`.sh3f`)."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from waywiser.errors import AssetsError
from waywiser.scenes.categories import CATEGORIES, NO_SURFACE_KEYS, categorize, explain_no_category
from waywiser.scenes.furniture import disk_cache
from waywiser.scenes.furniture.furniture_library import (
    PARAMETRIC_PREFIX,
    FurnitureLibrary,
    ModelInfo,
)
from waywiser.scenes.furniture.parametric_library import (
    build_parametric_mesh,
    list_parametric_models,
)
from waywiser.scenes.furniture.sh3f import CatalogEntry, Sh3fCatalog, summarize_reasons
from waywiser.scenes.mesh import Mesh

LENT_CATEGORIES = frozenset({"ceiling lamp", "wall lamp"})
"""What lights a room looks lit only if its shade shines, which catalogs do not say."""


class Sh3fLibrary(FurnitureLibrary):
    """The models of one or several `.sh3f` libraries that have a category and sound geometry.

    Opening a library for the first time reads every OBJ to find unsound ones, and caches the
    result.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        super().__init__()
        self.sources = [Sh3fCatalog(path) for path in paths]
        digest = hashlib.sha256(
            "".join(source.fingerprint for source in self.sources).encode()
        ).hexdigest()
        self.name = f"sh3f-{digest[:12]}"
        self._source_by_key: dict[str, tuple[Sh3fCatalog, CatalogEntry]] = {}
        self._models = self._survey()

        if not self._models:
            key, reason = next(iter(self.skipped.items()))
            where = ", ".join(str(source.path) for source in self.sources)

            raise AssetsError(
                f"no usable indoor furniture in {where}: give another library; {key}, for one:"
                f" {reason} (in all: {summarize_reasons(self.skipped)})"
            )

    @property
    def models(self) -> list[ModelInfo]:
        return self._models

    @property
    def lent_models(self) -> list[ModelInfo]:
        own_categories = {model.category for model in self._models}
        return [model for model in list_parametric_models() if model.category not in own_categories]

    def _load(self, key: str) -> Mesh:
        if key.startswith(PARAMETRIC_PREFIX):
            return build_parametric_mesh(key)

        source, entry = self._source_by_key[key]
        path = disk_cache.mesh_path(source.fingerprint, key)
        mesh = disk_cache.load_mesh(path)
        if mesh is None:
            mesh = source.mesh(entry)
            disk_cache.save_mesh(path, mesh)

        return mesh

    def _survey(self) -> list[ModelInfo]:
        models = []

        for source in self.sources:
            self.skipped |= source.skipped
            word_by_key = {key: _entry_category(entry) for key, entry in source.entries.items()}
            self.skipped |= {
                key: _explain_no_category(source.entries[key])
                for key, word in word_by_key.items()
                if word is None
            }

            words_by_key = {key: word for key, word in word_by_key.items() if word is not None}
            problems = _find_problems(source, list(words_by_key))
            self.skipped |= {key: reason for key, reason in problems.items() if reason}

            for key, word in words_by_key.items():
                if not problems[key] and key not in self._source_by_key:
                    self._source_by_key[key] = (source, source.entries[key])
                    models.append(_model_info(source, source.entries[key], word))

        counts = Counter(model.category for model in models)
        self.skipped |= {
            model.key: f"the only usable model of its kind, and two are needed: a {model.category}"
            for model in models
            if counts[model.category] == 1
        }

        used_keys = {model.key: model for model in models if counts[model.category] >= 2}
        self.skipped = {key: reason for key, reason in self.skipped.items() if key not in used_keys}
        return [used_keys[key] for key in sorted(used_keys)]


def _entry_category(entry: CatalogEntry) -> str | None:
    if entry.door_or_window:
        return None
    word = categorize(entry.key, entry.name, entry.size, entry.group, entry.elevation)
    return None if word in LENT_CATEGORIES else word


def _explain_no_category(entry: CatalogEntry) -> str:
    if entry.door_or_window:
        return "a door or window"
    word = categorize(entry.key, entry.name, entry.size, entry.group, entry.elevation)
    if word in LENT_CATEGORIES:
        return f"of a kind that has to shine: a {word}"
    return explain_no_category(entry.key, entry.name, entry.size, entry.group, entry.elevation)


def _find_problems(source: Sh3fCatalog, keys: list[str]) -> dict[str, str]:
    """The problem of each model, "" if it has none, from the cache or by reading it."""
    name = f"survey-{source.fingerprint[:32]}-{disk_cache.VERSION}.json"
    known = disk_cache.load_json(name) or {}
    missing = [key for key in keys if key not in known]
    if missing:
        known |= {key: source.find_problem(source.entries[key]) or "" for key in missing}
        disk_cache.save_json(name, known)

    return {key: known[key] for key in keys}


def _model_info(source: Sh3fCatalog, entry: CatalogEntry, category: str) -> ModelInfo:
    surface = None

    if (
        CATEGORIES[category].supports_objects
        and entry.supports_objects
        and entry.key not in NO_SURFACE_KEYS
    ):
        drop = entry.drop_elevation
        surface = 1.0 if drop is None or drop == 0 else min(drop / entry.size[2], 1.0)

    return ModelInfo(
        entry.key, category, entry.size, surface, entry.license, entry.creator, source.name
    )
