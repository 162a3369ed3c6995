"""Which furniture a model has been trained on, so that "never seen" can be checked and not only
said.

furniture.json in a model folder: the sorted keys of the furniture models in the scenes of its
training data, and of the model that training started from.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from waywiser.dataset.reader import read_scenes
from waywiser.errors import ModelError
from waywiser.io import write_atomically
from waywiser.models.model_paths import resolve_model_folder

RECORD_FILE = "furniture.json"


def read_furniture_record(model: Path) -> set[str]:
    """Keys of the furniture models that `model` was trained on, by its own record; empty without a
    record.

    Raises ModelError for a damaged record.
    """
    record = model / RECORD_FILE
    if not record.is_file():
        return set()

    try:
        keys = json.loads(record.read_text())
    except ValueError as error:
        raise ModelError(
            f"{record} is damaged ({error}): delete it or copy the model folder again"
        ) from error

    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ModelError(
            f"{record} is damaged (not a list of names): delete it or copy the model folder again"
        )

    return set(keys)


def furniture_in_datasets(folders: Iterable[Path]) -> set[str]:
    """Keys of the furniture models in the rooms of dataset folders; a dataset without scenes adds
    none.

    Raises DatasetError as `read_scenes` does.
    """
    with_scenes = [folder for folder in folders if any((folder / "scenes").glob("*.parquet"))]
    return {
        obj.model for f in with_scenes for scene in read_scenes(f).values() for obj in scene.objects
    }


def furniture_seen_in_training(folders: Iterable[Path], start: str | None) -> set[str]:
    """What a model will have seen that starts from the model `start` and trains on the dataset
    `folders`.

    Raises DatasetError and ModelError for damaged scenes and records.
    """
    return furniture_in_datasets(folders) | (
        set()
        if start is None
        else read_furniture_record(resolve_model_folder(start, weights=False))
    )


def write_furniture_record(model: Path, furniture_keys: Iterable[str]) -> None:
    """Write furniture.json into the folder `model`."""
    write_atomically(
        model / RECORD_FILE, (json.dumps(sorted(furniture_keys), indent=0) + "\n").encode()
    )
