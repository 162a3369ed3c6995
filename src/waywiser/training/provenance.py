"""Which furniture a model has been trained on, so that "never seen" can be checked and not only said.

furniture.json in a model folder: the sorted keys of the furniture models in the scenes of its training data, and of
the model that training started from.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from waywiser.dataset.files import write_atomically
from waywiser.dataset.read import read_scenes
from waywiser.training.loading import model_path

RECORD = "furniture.json"


def furniture_of(model: Path) -> set[str]:
    """Keys of the furniture models that `model` was trained on, by its own record; empty without a record."""
    record = model / RECORD
    return set(json.loads(record.read_text())) if record.is_file() else set()


def furniture_in(folders: Iterable[Path]) -> set[str]:
    """Keys of the furniture models in the rooms of dataset folders; a dataset without scenes adds none.

    Raises DatasetError as `read_scenes` does.
    """
    with_scenes = [folder for folder in folders if any((folder / "scenes").glob("*.parquet"))]
    return {thing.model for f in with_scenes for scene in read_scenes(f).values() for thing in scene.objects}


def write_record(model: Path, folders: Iterable[Path], start: str | None) -> None:
    """Write furniture.json into the folder `model`, trained on the dataset `folders` from the model `start`."""
    seen = furniture_in(folders)
    if start is not None:
        seen |= furniture_of(Path(model_path(start)))
    write_atomically(model / RECORD, (json.dumps(sorted(seen), indent=0) + "\n").encode())
