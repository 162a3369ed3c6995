"""Furniture libraries: models with a word, a natural size, a licence and a mesh, in two halves held
apart.
"""

import hashlib
from abc import ABC, abstractmethod
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from waywiser.errors import AssetsError
from waywiser.scenes.categories import CATEGORIES, NO_SURFACE_KEYS, categorize, explain_no_category
from waywiser.scenes.furniture import disk_cache, dynamic_models
from waywiser.scenes.furniture.assets import assets_dir
from waywiser.scenes.furniture.sh3f import (
    CATALOG_FILE,
    CatalogEntry,
    Sh3fCatalog,
    summarize_reasons,
)
from waywiser.scenes.mesh import Mesh

PARAMETRIC_NAME = "parametric"
HELD_OUT_SHARE = 0.25
MAX_CACHED_MESHES = 512


@dataclass(frozen=True)
class ModelInfo:
    """A furniture model without its mesh.

    `size` is its natural (width, depth, height) in metres; `surface_height` the height of the
    surface that carries things as a fraction of the model's height, None where nothing stands on
    it.
    """

    key: str
    category: str
    size: tuple[float, float, float]
    surface_height: float | None
    license: str
    creator: str
    source: str


class FurnitureLibrary(ABC):
    """Models to furnish rooms with. `name` is stored in every Scene and opens the same library
    again.
    """

    name: str
    skipped: dict[str, str]
    """Entries that are not used, and why: the kind of reason, then after a colon what it is."""

    def __init__(self) -> None:
        self._meshes: OrderedDict[str, Mesh] = OrderedDict()
        self.skipped = {}

    @property
    def left_out(self) -> str:
        """One line on the entries that are not used, counted by reason; empty where all are."""
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
        """All models, sorted by key; every category has at least two."""

    @abstractmethod
    def _load(self, key: str) -> Mesh:
        """Make or read the mesh of a known key."""

    @cached_property
    def by_key(self) -> dict[str, ModelInfo]:
        """The models by their key."""
        return {model.key: model for model in self.models}

    def mesh(self, key: str) -> Mesh:
        """The shape of a model or mover, read on first use. Raises AssetsError for an unknown key
        or damaged model.
        """
        if (
            key.startswith(dynamic_models.KEY_PREFIX)
            and key in dynamic_models.build_dynamic_models()
        ):
            return dynamic_models.build_dynamic_models()[key][2]

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

        About a quarter of each category is held out, at least one model, chosen by a hash of the
        keys.
        """
        if split not in ("train", "heldout"):
            raise AssetsError(f"unknown split {split!r}: use 'train' or 'heldout'")
        return self._models_by_split[split]

    def attribution(self, keys: Iterable[str]) -> str:
        """One line per source and creator for the models used, as their licences ask."""
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
        held_out = held_out_keys(self.models)
        return {
            "train": [model for model in self.models if model.key not in held_out],
            "heldout": [model for model in self.models if model.key in held_out],
        }


def held_out_keys(models: Iterable[ModelInfo]) -> set[str]:
    """Keys held out: per category those whose hash is in the lowest quarter, at least one and never
    all.
    """
    groups: dict[str, list[tuple[float, str]]] = {}

    for model in models:
        share = int.from_bytes(hashlib.sha256(model.key.encode()).digest()[:8]) / 2**64
        groups.setdefault(model.category, []).append((share, model.key))

    held_out: set[str] = set()

    for group in groups.values():
        group.sort()
        count = sum(share < HELD_OUT_SHARE for share, _ in group)
        held_out.update(key for _, key in group[: max(1, min(count, len(group) - 1))])

    return held_out


class ParametricLibrary(FurnitureLibrary):
    """Furniture built from simple shapes; needs no files."""

    name = PARAMETRIC_NAME

    @property
    def models(self) -> list[ModelInfo]:
        return self._models

    @cached_property
    def _models(self) -> list[ModelInfo]:
        from waywiser.scenes.furniture import parametric

        return [
            ModelInfo(
                design.key,
                design.category,
                design.size,
                1.0 if CATEGORIES[design.category].supports_objects else None,
                "Apache-2.0",
                "The waywiser authors",
                "waywiser parametric furniture",
            )
            for design in sorted(
                parametric.build_parametric_models().values(), key=lambda design: design.key
            )
        ]

    def _load(self, key: str) -> Mesh:
        from waywiser.scenes.furniture import parametric

        return parametric.build_parametric_models()[key].mesh


class Sh3fLibrary(FurnitureLibrary):
    """The models of one or several `.sh3f` libraries that have a category word and sound geometry.

    The first opening of a library reads every OBJ once to leave unsound ones out, and notes the
    result in the cache.
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

    def _load(self, key: str) -> Mesh:
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
    return categorize(entry.key, entry.name, entry.size, entry.group, entry.elevation)


def _explain_no_category(entry: CatalogEntry) -> str:
    if entry.door_or_window:
        return "a door or window"
    return explain_no_category(entry.key, entry.name, entry.size, entry.group, entry.elevation)


def _find_problems(source: Sh3fCatalog, keys: list[str]) -> dict[str, str]:
    """What is wrong with each model ("" where nothing is), from the cache or by looking."""
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


def open_library(assets: str | Path | None = None) -> FurnitureLibrary:
    """Open the furniture at `assets`.

    "parametric", a `.sh3f` file, an unpacked one, or a folder of either; None takes what `waywiser
    assets get` left in the data folder, else parametric furniture. The `furniture` name of a Scene
    is understood too: it opens the library in the data folder and raises AssetsError where that is
    another one.
    """
    if assets is None:
        return (
            Sh3fLibrary(_find_libraries(assets_dir()))
            if _find_libraries(assets_dir())
            else ParametricLibrary()
        )

    if str(assets) == PARAMETRIC_NAME:
        return ParametricLibrary()
    if str(assets).startswith("sh3f-") and not Path(assets).exists():
        return reopen_library(str(assets), None)

    path = Path(assets).expanduser()
    if path.is_dir() and not (path / CATALOG_FILE).is_file():
        found = _find_libraries(path)
        if not found:
            raise AssetsError(
                f"no .sh3f library in {path}: give a folder that has some, or run `waywiser assets"
                " get`"
            )

        return Sh3fLibrary(found)

    return Sh3fLibrary([path])


def reopen_library(name: str, assets: str | Path | None) -> FurnitureLibrary:
    """The library a Scene's `furniture` names, from the same assets; raises AssetsError where they
    differ.
    """
    library = ParametricLibrary() if name == PARAMETRIC_NAME else open_library(assets)
    if library.name != name:
        raise AssetsError(
            f"the scene was made with furniture {name}, but the assets hold {library.name}: "
            "give --assets the libraries it was made with"
        )

    return library


def _find_libraries(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        p for p in folder.iterdir() if p.suffix.lower() == ".sh3f" or (p / CATALOG_FILE).is_file()
    )
