"""Cache the results of stages, so that a second run resumes after the last finished stage."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from waywiser.errors import RecipeError
from waywiser.io import write_atomically
from waywiser.json_types import JsonObject


class StageCache:
    """Results of named stages, valid for one configuration only.

    Args:
        folder: The demo's folder.
        config: The settings that the results depend on.

    Raises:
        RecipeError: The folder holds a demo with other settings, or other files.
    """

    def __init__(self, folder: Path, config: JsonObject) -> None:
        self.folder = folder
        key = hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode()).hexdigest()
        self._claim_folder(key, config)

    def _claim_folder(self, key: str, config: JsonObject) -> None:
        marker = self.folder / "demo-config.json"
        if marker.exists():
            try:
                stored_key = json.loads(marker.read_text()).get("key")
            except (json.JSONDecodeError, AttributeError):
                stored_key = None

            if stored_key != key:
                raise RecipeError(
                    f"{self.folder} holds a demo with other settings; choose another --out or"
                    " remove that folder"
                )

            return

        if self.folder.is_dir() and any(self.folder.iterdir()):
            raise RecipeError(f"{self.folder} is not empty and holds no demo; choose another --out")

        (self.folder / "stages").mkdir(parents=True, exist_ok=True)
        write_json(marker, {"key": key, "config": config})

    def run(self, name: str, stage: Callable[[], JsonObject]) -> JsonObject:
        """The stage's result: from its file if it has finished before, else by running it."""
        path = self.folder / "stages" / f"{name}.json"
        if path.exists():
            return json.loads(path.read_text())

        result = stage()
        write_json(path, result)
        return result


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically."""
    write_atomically(path, (json.dumps(value, indent=1, default=str) + "\n").encode())
