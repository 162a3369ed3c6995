"""Choose the files of a folder to push: those of the dataset or model, and nothing else."""

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from safetensors import safe_open

from waywiser.dataset.manifest import MANIFEST
from waywiser.errors import DatasetError, HubError, ModelError
from waywiser.hub.repo_id import existing_path

Kind = Literal["dataset", "model"]
CARD = "README.md"

_COMMON = (CARD, "LICENSE*", "NOTICE*")
_PATTERNS: dict[Kind, tuple[str, ...]] = {
    "dataset": (
        *_COMMON,
        "ATTRIBUTION.md",
        MANIFEST,
        "benchmark.json",
        "data/*.parquet",
        "scenes/*.parquet",
        "scans/*.parquet",
        "videos/*.mp4",
    ),
    "model": (
        *_COMMON,
        "*.safetensors",
        "*.json",
        "*.jinja",
        "*.model",
        "merges.txt",
        "vocab.txt",
        "tokenizer*.txt",
        "recipe.yaml",
    ),
}
_EXCLUDED_FILES = ("trainer_state.json", "run_state.json", "clock.json", "result.json")
"""Files of a checkpoint or a run that are not part of the model."""
_PICKLE_SUFFIXES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_TOKEN = re.compile(rb"\bhf_[A-Za-z0-9]{30,}\b")
_TEXT_SUFFIXES = (".json", ".md", ".jinja", ".yaml", ".txt")


@dataclass(frozen=True, slots=True)
class FolderContents:
    """A dataset or a model in a folder, and its files as paths below it, sorted."""

    kind: Kind
    folder: Path
    files: tuple[str, ...]

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each file."""
        return {name: (self.folder / name).stat().st_size for name in self.files}


def find_contents(path: str | Path) -> FolderContents:
    """What would be pushed of a dataset folder, a model folder, or the folder of a training run
    (its model).

    Raises HubError for a folder that is none of these or holds a token; DatasetError and
    ModelError for one that is damaged or not finished.
    """
    folder = existing_path(str(path))
    if folder is None or not folder.is_dir():
        raise HubError(f"no folder at {path}: give a dataset or a model folder")
    if not (folder / "config.json").is_file() and (folder / "model" / "config.json").is_file():
        folder = folder / "model"

    if (folder / "config.json").is_file():
        contents = FolderContents("model", folder, _matching_files(folder, "model"))
        _check_model(contents)
    elif any((folder / "data").glob("*.parquet")):
        contents = FolderContents("dataset", folder, _matching_files(folder, "dataset"))
        _check_dataset(contents)
    else:
        raise HubError(
            f"{folder} is neither a dataset (data/*.parquet) nor a model (config.json and"
            " *.safetensors)"
        )

    _check_secrets(contents)
    return contents


def is_pushed_file(name: str, kind: Kind) -> bool:
    """True if a file of this path is part of what is pushed of a dataset or a model."""
    folder, _, _ = name.rpartition("/")
    patterns = [pattern for pattern in _PATTERNS[kind] if pattern.rpartition("/")[0] == folder]
    hidden = name.rpartition("/")[2].startswith(".")

    return (
        not hidden
        and name not in _EXCLUDED_FILES
        and any(fnmatch(name, pattern) for pattern in patterns)
    )


def _matching_files(folder: Path, kind: Kind) -> tuple[str, ...]:
    files = (path for pattern in _PATTERNS[kind] for path in folder.glob(pattern) if path.is_file())
    names = {path.relative_to(folder).as_posix() for path in files}
    return tuple(sorted(name for name in names if is_pushed_file(name, kind)))


def _check_model(contents: FolderContents) -> None:
    """Raises ModelError for weights that are missing, pickled or damaged."""
    folder = contents.folder
    weights = [name for name in contents.files if name.endswith(".safetensors")]
    if not weights:
        pickled = any(path.suffix in _PICKLE_SUFFIXES for path in folder.iterdir())
        what = (
            "pickled weights only, which are never pushed"
            if pickled
            else "no weights (*.safetensors)"
        )

        raise ModelError(f"{folder} holds {what}: train to the end, or convert them to safetensors")

    for name in weights:
        try:
            with safe_open(folder / name, framework="np"):
                pass
        except Exception as error:  # safetensors has kinds of its own
            raise ModelError(f"{folder / name} is damaged or truncated: copy it again") from error

    index = folder / "model.safetensors.index.json"
    if index.is_file() and "model.safetensors" not in weights:
        try:
            listed_files = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                f"{index} is not a readable index: copy the model folder again"
            ) from error

        if missing := sorted(map(str, listed_files - set(weights))):
            raise ModelError(
                f"{len(missing)} of {len(listed_files)} weight files are missing in {folder}, first"
                f" {missing[0]}"
            )


def _check_dataset(contents: FolderContents) -> None:
    """Raises DatasetError for a dataset that lacks files which its manifest names."""
    if MANIFEST not in contents.files:
        return

    file = contents.folder / MANIFEST
    try:
        listed_files = {
            entry["path"]: entry["bytes"]
            for entry in json.loads(file.read_text(encoding="utf-8"))["files"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{file} is broken: make the dataset again") from error

    sizes = contents.sizes
    wrong = sorted(path for path, size in listed_files.items() if sizes.get(path) != size)
    if wrong:
        raise DatasetError(
            f"{len(wrong)} files differ from {file}, first {wrong[0]}: make the dataset again"
        )


def _check_secrets(contents: FolderContents) -> None:
    """Raises HubError for a text that holds what looks like a token of the hub."""
    for name in contents.files:
        if name.endswith(_TEXT_SUFFIXES) and _TOKEN.search((contents.folder / name).read_bytes()):
            raise HubError(
                f"{contents.folder / name} holds what looks like an access token (hf_...): take"
                " it out"
            )
