"""Cards (README.md) for datasets and models without one: content, origin and license."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from waywiser import __version__
from waywiser.dataset.manifest import content_label, read_manifest
from waywiser.dataset.reader import read_samples
from waywiser.dataset.schema import SAMPLE_SCHEMA
from waywiser.hub.folder_contents import CARD, FolderContents
from waywiser.hub.repo_id import existing_path, is_path, parse_repo_id
from waywiser.io import sha256
from waywiser.json_types import JsonObject

_MAX_BASE_MODELS = 5
"""Runs that a model is followed back through: each started from the model of the one before."""


def dataset_card(contents: FolderContents, name: str, license_id: str | None = None) -> str:
    """Counts by task and split, features, license, how to load. Raises DatasetError for a damaged
    dataset.
    """
    samples = list(read_samples(contents.folder, columns=[]))
    splits = sorted({sample.split for sample in samples})
    counts = Counter((sample.task, sample.split) for sample in samples)
    attributed = "ATTRIBUTION.md" in contents.files
    terms = ("see-attribution", "ATTRIBUTION.md") if attributed else ("unknown", None)

    header = {
        **_license_header(license_id, *terms),
        "task_categories": ["visual-question-answering"],
        "tags": ["spatial-reasoning", "waywiser"],
        "size_categories": [_size_category(len(samples))],
        "configs": _configs(contents),
    }

    about = (
        f"{len(samples):,} questions with typed answers, for training with waywiser {__version__}."
    )
    if attributed:
        about += (
            " Who made the furniture and scans in the pictures, and their licenses, are in"
            " ATTRIBUTION.md."
        )

    tasks = sorted({task for task, _ in counts})
    rows = [[task, *(f"{counts[task, split]:,}" for split in splits)] for task in tasks]
    first = next(iter(_files_by_split(contents, "data")), "train")
    load = f'questions = load_dataset("{name}", split="{first}")'
    parts = [
        _front_matter(header),
        f"# {name.rpartition('/')[2]}",
        about,
        _table(["task", *splits], rows),
        f"```python\nfrom datasets import load_dataset\n\n{load}\n```",
        "`answer.value` is text: read it by `answer.kind`. What was not measured is null.",
        _table(["column", "type"], [[field.name, f"`{field.type}`"] for field in SAMPLE_SCHEMA]),
    ]

    return "\n\n".join(parts) + "\n"


def model_card(contents: FolderContents, name: str, license_id: str | None = None) -> str:
    """Base model, recipe, data, rewards, license and how to load, from the folder of the run that
    trained it.
    """
    recipe = _read_run_recipe(contents.folder)
    result = _read_run_result(contents.folder)
    start = str(recipe.get("model") or "")
    base = _base_model(recipe)

    license_name = (
        license_id
        or _read_card_license(existing_path(start))
        or _read_card_license(contents.folder)
    )

    header = {
        **_license_header(
            license_name, "see-base-model" if start and start != "starter" else "unknown"
        ),
        "library_name": "transformers",
        "pipeline_tag": "image-text-to-text",
        **({"base_model": base} if base else {}),
        "tags": [
            "spatial-reasoning",
            "waywiser",
            *([str(recipe["stage"])] if recipe.get("stage") else []),
        ],
    }

    parts = [
        _front_matter(header),
        f"# {name.rpartition('/')[2]}",
        _training_section(recipe, result, base or _shorten_path(start)),
    ]

    parts.append(
        f'```sh\nwaywiser ask {name} "How far is the chair from the camera, in metres?" --image'
        " room.png\n```\n\n```python\nfrom waywiser.models import load\n\nmodel, processor ="
        f' load("{name}")\n```'
    )

    if recipe:
        recipe_yaml = yaml.safe_dump(_shorten_paths(recipe), sort_keys=False).rstrip()
        parts.append(f"## Recipe\n\n```yaml\n{recipe_yaml}\n```")

    return "\n\n".join(parts) + "\n"


def _training_section(recipe: JsonObject, result: JsonObject, base: str) -> str:
    """A paragraph; a folder without a run says only what its configuration does."""
    if not recipe:
        return f"A vision-language model for waywiser {__version__}."

    stage = {
        "sft": "supervised fine-tuning",
        "rlvr": "reinforcement learning with verifiable rewards",
    }

    lines = [
        f"Trained with waywiser {__version__} by {stage.get(recipe.get('stage', ''), 'a recipe')}."
    ]
    lines += (
        [f"- base model: {base}"]
        if base
        else ["- base model: none, its weights were random at the start"]
    )

    if result:
        lines.append(
            f"- {result.get('steps')} steps on {result.get('samples')} samples,"
            f" {result.get('seconds')} s"
        )

    data = recipe.get("data") or {}
    paths = data.get("path") or []
    names = [_shorten_path(str(path)) for path in (paths if isinstance(paths, list) else [paths])]
    lines.append(f"- data: {', '.join(names) or 'drawn while training'}")

    rewards = recipe.get("rewards") or {}
    if weights := rewards.get("weights"):
        weight_text = ", ".join(f"{reward} {weight:g}" for reward, weight in weights.items())
        lines.append(f"- rewards: {weight_text}; numbers by {rewards.get('numeric', 'ednm')}")

    if recipe.get("lora"):
        packed = " on weights in 4 bits" if recipe.get("load_4bit") else ""
        lines.append(
            f"- adapters of rank {recipe['lora'].get('rank')}{packed}, merged into these weights"
        )

    return "\n".join([lines[0], "", *lines[1:]])


def _read_run_recipe(folder: Path) -> JsonObject:
    """The recipe of the run that a model folder belongs to, or that lies in it; {} for none."""
    for file in (folder.parent / "recipe.yaml", folder / "recipe.yaml"):
        if file.is_file() and (file.parent == folder or folder.name == "model"):
            try:
                values = yaml.safe_load(file.read_text(encoding="utf-8"))
            except (OSError, ValueError, yaml.YAMLError):
                continue

            if isinstance(values, dict) and "stage" in values:
                return values

    return {}


def _read_run_result(folder: Path) -> JsonObject:
    try:
        return dict(json.loads((folder.parent / "result.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _base_model(recipe: JsonObject) -> str | None:
    """The name on the hub that training began with, through the runs between; None for one of
    ours.
    """
    for _ in range(_MAX_BASE_MODELS):
        start = recipe.get("model")
        if not isinstance(start, str):
            return None

        folder = existing_path(start)
        if folder is not None:
            recipe = _read_run_recipe(folder)
            continue

        repo = parse_repo_id(start)
        return repo.id if repo is not None and not is_path(start) else None

    return None


def _shorten_paths(value: Any) -> Any:
    """A recipe's values with paths cut to their last part: where things lay is nobody's
    business.
    """
    if isinstance(value, dict):
        return {key: _shorten_paths(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_shorten_paths(inner) for inner in value]
    return _shorten_path(value) if isinstance(value, str) else value


def _shorten_path(text: str) -> str:
    """The last part of a path, ".../model" with the run before it; other texts as they are."""
    if "/" not in text or (
        parse_repo_id(text) and not is_path(text) and existing_path(text) is None
    ):
        return text

    parts = Path(text).parts
    return "/".join(parts[-2:] if parts[-1] == "model" else parts[-1:])


def _license_header(
    license_id: str | None, fallback: str, link: str | None = None
) -> dict[str, str]:
    if license_id:
        return {"license": license_id}
    return {
        "license": "other",
        "license_name": fallback,
        **({"license_link": link} if link else {}),
    }


def _read_card_license(folder: Path | None) -> str | None:
    """What the card of a model folder says its license is."""
    if folder is None:
        return None

    try:
        text = (folder / CARD).read_text(encoding="utf-8")
        header = yaml.safe_load(text.split("---")[1]) if text.startswith("---") else None
    except (OSError, ValueError, IndexError, yaml.YAMLError):
        return None

    value = header.get("license") if isinstance(header, dict) else None
    return value if isinstance(value, str) else None


def _configs(contents: FolderContents) -> list[JsonObject]:
    """Where `datasets` finds each split: questions by default, scenes and frames under names of
    their own.
    """
    label = _content_label(contents)
    configs = []

    for folder, config in (("data", "default"), ("scenes", "scenes"), ("scans", "frames")):
        files = [
            {"split": split, "path": paths}
            for split, paths in _files_by_split(contents, folder).items()
        ]
        if files:
            main = {"default": True} if folder == "data" else {}
            configs.append(
                {"config_name": config, **main, "description": label, "data_files": files}
            )

    return configs


def _content_label(contents: FolderContents) -> str:
    """What the files hold, by the manifest where there is one, else by reading them."""
    manifest = read_manifest(contents.folder)
    if manifest is not None:
        return content_label(file.sha256 for file in manifest.files)

    rows = [file for file in contents.files if file.endswith(".parquet")]
    return content_label(sha256(contents.folder / file) for file in rows)


def _files_by_split(contents: FolderContents, folder: str) -> dict[str, list[str]]:
    """Files by split, which their names begin with."""
    splits: dict[str, list[str]] = {}
    for file in contents.files:
        if file.startswith(f"{folder}/"):
            splits.setdefault(Path(file).stem.split("-")[0], []).append(file)
    return splits


def _size_category(count: int) -> str:
    """The hub's word for a number of rows."""
    words = {10**3: "n<1K", 10**4: "1K<n<10K", 10**5: "10K<n<100K", 10**6: "100K<n<1M"}
    return next((word for limit, word in words.items() if count < limit), "1M<n<10M")


def _front_matter(values: JsonObject) -> str:
    return f"---\n{yaml.safe_dump(values, sort_keys=False).rstrip()}\n---"


def _table(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
