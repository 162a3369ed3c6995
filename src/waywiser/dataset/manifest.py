"""The manifest of a dataset, its summary and its card."""

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from waywiser import __version__
from waywiser.errors import DatasetError
from waywiser.json_types import JsonObject

MANIFEST = "manifest.json"
MAX_LENT_SHOWN = 6
MIN_KEPT_SHARE = 0.5
"""Where balancing keeps less of a task's questions than this, the summary says so."""
_PACKAGES = ("numpy", "embreex", "pillow", "pyarrow")


class DataFile(BaseModel):
    """One file of a dataset."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    """Path within the dataset's folder."""
    sha256: str
    """Hash of its content."""
    bytes: int
    """Its size."""
    rows: int
    """Its number of rows, 0 for a video."""


class Manifest(BaseModel):
    """A finished dataset: what it holds and how to make it again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = "waywiser-dataset/1"
    """Version of this layout."""
    split: str
    """The dataset's split."""
    recipe: JsonObject
    """The settings that determine its content."""
    recipe_sha256: str
    """Hash of the recipe."""
    versions: dict[str, str]
    """Versions of the packages that its content depends on."""
    rooms: int
    """Number of scenes (rooms, homes or scans), skipped ones included."""
    samples: int
    """Number of questions."""
    tasks: dict[str, int]
    """Questions by task."""
    answers: dict[str, dict[str, int]]
    """By task, how often each answer class occurs."""
    proposed: dict[str, int]
    """Proposed questions by task, from which the dataset's were chosen."""
    files: list[DataFile]
    """Its files, sorted by path."""
    skipped: dict[str, str] = Field(default_factory=dict)
    """Why scenes were skipped, by scene."""
    twins: int | None = None
    """Questions in a contrast pair; None if they were not counted."""
    left_out: dict[str, dict[str, int]] | None = None
    """What else was left out, by kind and reason: "frames", "objects" and "tasks" of scans, or the
    furniture library's "models" (each with its key) for homes; None for rooms alone.
    """
    lent: list[str] | None = None
    """Categories that the furniture library has no models of, so that parametric ones stand there;
    None with parametric furniture, and for scans.
    """

    def text(self) -> str:
        """The manifest as JSON, without optional fields that are empty."""
        absent = {
            name
            for name in ("skipped", "twins", "left_out", "lent")
            if not getattr(self, name) and getattr(self, name) != 0
        }
        return json.dumps(self.model_dump(exclude=absent), indent=1) + "\n"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a finished dataset, None if there is none; raises DatasetError if broken."""
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
    """Versions of the packages that a dataset's content depends on."""
    # The running code's own version: what is installed beside a source tree may be another.
    versions = {"python": platform.python_version(), "waywiser": __version__}

    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # a source tree that is on the path but not installed
            continue

    return versions


def count_answer_classes(answers: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """By task, how often each answer class occurs, sorted; `answers` are (task, class) pairs."""
    counts: dict[str, Counter[str]] = {}
    for task, answer_class in answers:
        counts.setdefault(task, Counter())[answer_class] += 1
    return {task: dict(sorted(counts[task].items())) for task in sorted(counts)}


def dataset_summary(manifest: Manifest, out: Path, scene: str) -> str:
    """A few lines for the terminal: what was made, then what was left out.

    Args:
        manifest: The dataset's manifest.
        out: The dataset's folder.
        scene: What a scene is called: "room", "home" or "scan".
    """
    used = manifest.rooms - len(manifest.skipped)
    lines = [f"{manifest.samples} questions about {used} {scene}s in {out}"]
    left_out = {scene: Counter(manifest.skipped.values()), **(manifest.left_out or {})}
    models = left_out.pop("models", {})

    for kind, reasons in left_out.items():
        lines += [
            f"  {count} x {kind.removesuffix('s')} left out: {reason}"
            for reason, count in reasons.items()
        ]

    lines += [
        f"  {task}: {manifest.tasks.get(task, 0)} of {count} questions kept, so that answers balance"
        for task, count in manifest.proposed.items()
        if manifest.tasks.get(task, 0) < MIN_KEPT_SHARE * count
    ]

    if manifest.lent:
        lines.append(f"  {_describe_lent(manifest.lent)}")
    if models:
        lines.append(f"  {len(models)} x furniture model left out: {MANIFEST} says why")

    return "\n".join(lines)


def _describe_lent(categories: list[str]) -> str:
    shown = ", ".join(categories[:MAX_LENT_SHOWN])
    more = len(categories) - MAX_LENT_SHOWN
    rest = f" and {more} more, which {MANIFEST} lists" if more > 0 else ""
    return f"simple shapes stand in for what the furniture library lacks: {shown}{rest}"


def content_label(hashes: Iterable[str]) -> str:
    """What a card's configurations say about their content, from the hashes of the files.

    `datasets` caches a local folder under the folder's name and its configurations, not under its
    rows: with nothing in them that depends on the rows, any two folders called "rooms" would share
    one cache, and the second would be read as the first.
    """
    digest = hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()
    return f"sha256 {digest[:16]}"


def dataset_card_header(manifest: Manifest, origin_tag: str, *, frames: bool = False) -> str:
    """The card's YAML header, which tells `datasets` where splits, scenes and frames are.

    Args:
        manifest: The dataset's manifest.
        origin_tag: Tag for where the scenes come from.
        frames: Whether the dataset has stored frames of scans.
    """
    label = content_label(file.sha256 for file in manifest.files)
    more = f"""
- config_name: frames
  description: {label}
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
  description: {label}
  data_files:
  - split: {manifest.split}
    path: data/{manifest.split}-*
- config_name: scenes
  description: {label}
  data_files:
  - split: {manifest.split}
    path: scenes/{manifest.split}-*{more if frames else ""}
---"""


def synthetic_dataset_card(manifest: Manifest, furniture: str) -> str:
    """The dataset card, README.md, of built scenes."""
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
