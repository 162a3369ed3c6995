"""What lies in a dataset folder: the manifest, the dataset card and the furniture's attribution."""

import json
import platform
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from waywiser.errors import DatasetError

MANIFEST = "manifest.json"
_PACKAGES = ("waywiser", "numpy", "embreex", "pillow", "pyarrow")


class DataFile(BaseModel):
    """One Parquet file: its path within the folder, its hash, size and number of rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    sha256: str
    bytes: int
    rows: int


class Manifest(BaseModel):
    """A finished dataset. `answers` counts, for each task, how often each answer class occurs.

    `skipped` says why scenes were left out. `twins` counts the questions whose very words are asked
    about another scene too, with another answer; None where that was not looked for. `left_out`
    counts, by reason, what else was: of scans "frames", "objects" and "tasks", for homes the
    library's "models" (each with its key); None for rooms alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = "waywiser-dataset/1"
    split: str
    recipe: dict[str, Any]
    recipe_sha256: str
    versions: dict[str, str]
    rooms: int
    samples: int
    tasks: dict[str, int]
    answers: dict[str, dict[str, int]]
    proposed: dict[str, int]
    files: list[DataFile]
    skipped: dict[str, str] = Field(default_factory=dict)
    twins: int | None = None
    left_out: dict[str, dict[str, int]] | None = None

    def text(self) -> str:
        absent = {
            name
            for name in ("skipped", "twins", "left_out")
            if not getattr(self, name) and getattr(self, name) != 0
        }
        return json.dumps(self.model_dump(exclude=absent), indent=1) + "\n"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a finished dataset, None where there is none; raises DatasetError for a
    broken one.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return None

    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, ValueError, OSError) as error:
        raise DatasetError(
            f"{path} is broken or of another version: make the dataset again"
        ) from error


def package_versions() -> dict[str, str]:
    """Versions of what the bytes depend on."""
    versions = {"python": platform.python_version()}

    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # a source tree that is on the path but not installed
            continue

    return versions


def count_answer_classes(answers: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """How often each answer class occurs in each task, in a fixed order; `answers` are (task,
    class).
    """
    counts: dict[str, Counter[str]] = {}
    for task, answer_class in answers:
        counts.setdefault(task, Counter())[answer_class] += 1
    return {task: dict(sorted(counts[task].items())) for task in sorted(counts)}


def dataset_summary(manifest: Manifest, out: Path, scene: str) -> str:
    """What was made, then what was left out; `scene` is the word for one: "room", "home" or "scan"."""
    used = manifest.rooms - len(manifest.skipped)
    lines = [f"{manifest.samples} questions about {used} {scene}s in {out}"]
    left_out = {scene: Counter(manifest.skipped.values()), **(manifest.left_out or {})}
    models = left_out.pop("models", {})

    for kind, reasons in left_out.items():
        lines += [
            f"  {count} x {kind.removesuffix('s')} left out: {reason}"
            for reason, count in reasons.items()
        ]

    if models:
        lines.append(f"  {len(models)} x furniture model left out: {MANIFEST} says why")

    return "\n".join(lines)


def dataset_card_header(manifest: Manifest, origin_tag: str, *, frames: bool = False) -> str:
    """The YAML that tells `datasets` where splits, scenes and, for scans, frames lie; `origin_tag`
    is a tag.
    """
    more = f"""
- config_name: frames
  data_files:
  - split: {manifest.split}
    path: scans/{manifest.split}-*"""

    return f"""---
license: other
license_name: see-attribution
license_link: ATTRIBUTION.md
task_categories:
- visual-question-answering
tags:
- spatial-reasoning
- {origin_tag}
configs:
- config_name: default
  default: true
  data_files:
  - split: {manifest.split}
    path: data/{manifest.split}-*
- config_name: scenes
  data_files:
  - split: {manifest.split}
    path: scenes/{manifest.split}-*{more if frames else ""}
---"""


def synthetic_dataset_card(manifest: Manifest, furniture: str) -> str:
    """The dataset card, README.md; its YAML header tells `datasets` where splits and scenes lie."""
    rows = "\n".join(f"| {task} | {count:,} |" for task, count in manifest.tasks.items())
    scenes = "homes" if manifest.recipe.get("homes") == manifest.rooms else "rooms"

    return f"""{dataset_card_header(manifest, "synthetic")}

# Spatial questions about {manifest.rooms - len(manifest.skipped):,} rendered {scenes}

Made by `waywiser synthesize`, version {manifest.versions.get("waywiser", "?")}, with furniture from
{furniture}. Every answer follows from the geometry of a stored scene (the `scenes` configuration) by its
`program`.

| task | questions |
|---|---|
{rows}

```python
from datasets import load_dataset
questions = load_dataset("path/to/this/folder", split="{manifest.split}")
scenes = load_dataset("path/to/this/folder", "scenes", split="{manifest.split}")
```

Distances are in metres, rounded to 0.1 m; sizes in centimetres, rounded to 1 cm; the exact values are in
`program`. `answer.value` is text: read it by `answer.kind`. The furniture's authors and licences are in
ATTRIBUTION.md; the recipe and the hash of every file in {MANIFEST}.
"""
