"""Stages that are done once: a finished stage leaves its result behind, and a second run goes on
from there.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from waywiser.errors import RecipeError
from waywiser.io import write_atomically


class StageCache:
    """Results of named stages under `folder`, valid for one configuration only.

    Raises RecipeError if the folder holds the stages of another configuration or files that are not
    a demo's.
    """

    def __init__(self, folder: Path, config: dict[str, Any]) -> None:
        self.folder = folder
        key = hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode()).hexdigest()
        self._claim_folder(key, config)

    def _claim_folder(self, key: str, config: dict[str, Any]) -> None:
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

    def run(self, name: str, stage: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The stage's result: from its file if it has ended before, else by running it."""
        path = self.folder / "stages" / f"{name}.json"
        if path.exists():
            return json.loads(path.read_text())

        result = stage()
        write_json(path, result)
        return result


def write_json(path: Path, value: Any) -> None:
    """Write JSON, whole or not at all."""
    write_atomically(path, (json.dumps(value, indent=1, default=str) + "\n").encode())
