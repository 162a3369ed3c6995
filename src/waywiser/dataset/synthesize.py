"""Make a dataset: scenes to pictures to balanced questions, on any engine with any number of
workers, resumable.
"""

import logging
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from tqdm import tqdm

from waywiser.dataset.config import SynthesisConfig, recipe_hash
from waywiser.dataset.cycles_pass import pending_render_jobs, render_with_cycles, stop_blender
from waywiser.dataset.manifest import (
    MANIFEST,
    DataFile,
    Manifest,
    package_versions,
    read_manifest,
    synthetic_dataset_card,
)
from waywiser.dataset.scan_card import scan_attribution, scan_card
from waywiser.dataset.scan_questions import fingerprint_scans
from waywiser.dataset.scan_shard import generate_scan_shard, read_scan_notes
from waywiser.dataset.selection import select_questions
from waywiser.dataset.shard import (
    STAGING,
    ShardPaths,
    generate_shard,
    is_generated,
    library_fingerprint,
    skipped_scenes,
    write_shard,
)
from waywiser.dataset.video_encoding import check_video_encoder
from waywiser.engine import JobRunner, open_engine
from waywiser.errors import DatasetError, SceneError
from waywiser.io import PARTIAL_MARK, remove_partial, sha256, write_atomically
from waywiser.rendering.blender import blender_version
from waywiser.scenes.furniture.library import FurnitureLibrary, open_library
from waywiser.scenes.scans.scan_reader import find_scan_folders
from waywiser.scenes.scene import Scene

logger = logging.getLogger(__name__)
_RECIPE_FILE = "recipe.sha256"


def synthesize(config: SynthesisConfig, progress: bool = True) -> Manifest:
    """Make the dataset that `config` describes in `config.out`, or finish one that was interrupted.

    The same recipe gives the same bytes on any engine with any number of workers, interrupted or
    not. Progress is shown on a terminal only. With `workers` > 1 processes are spawned, so a script
    must call this under `if __name__ == "__main__":`. Raises RecipeError for a request that cannot
    be met, AssetsError or SceneError for furniture, DatasetError for a folder that holds another
    dataset or cannot be written.
    """
    config.load_plugins()
    if config.scans is not None:
        config = config.model_copy(update={"rooms": len(find_scan_folders(config.scans))})

    config.check()
    if config.video == "mp4":
        check_video_encoder()

    library = open_library(config.assets) if config.scans is None else None
    if library is not None and library.left_out:
        logger.warning(library.left_out)

    recipe = config.recipe(
        library_fingerprint(library)
        if library
        else f"scans {fingerprint_scans(config.scans or Path())}"
    )
    if config.realism == "cycles":
        recipe["blender"] = blender_version()

    done = _claim_folder(config.out, recipe_hash(recipe))
    if done is not None:
        return done

    try:
        with open_engine(config.engine, config.workers) as run_jobs:
            _generate_shards(config, recipe["furniture"], run_jobs, progress)
            manifest = _write_dataset(config, recipe, library, run_jobs, progress)
    finally:
        remove_partial(config.out)

    shutil.rmtree(config.out / STAGING)
    return manifest


def _claim_folder(out: Path, recipe_sha256: str) -> Manifest | None:
    """Make `out` ours. Returns the manifest where this very dataset is already there, whole."""
    marker = out / STAGING / _RECIPE_FILE
    other = f"{out} holds a dataset of another recipe: choose another folder, or delete this one"

    if out.exists() and not out.is_dir():
        raise DatasetError(f"{out} is a file: choose a folder")

    manifest = read_manifest(out)
    if manifest is not None:
        if manifest.recipe_sha256 != recipe_sha256:
            raise DatasetError(other)
        if all(_is_intact(out / file.path, file) for file in manifest.files):
            shutil.rmtree(out / STAGING, ignore_errors=True)
            return manifest

        (out / MANIFEST).unlink()
    elif marker.is_file():
        if marker.read_text() != recipe_sha256:
            raise DatasetError(other)
    elif out.is_dir() and _holds_anything(out):
        raise DatasetError(f"{out} is not empty and holds no dataset: choose another folder")

    write_atomically(marker, recipe_sha256.encode())
    remove_partial(out)
    return None


def _holds_anything(folder: Path) -> bool:
    """Whether anything lies there but what a run leaves that ends before its first file is whole."""
    try:
        others = (path for path in folder.iterdir() if path.name != STAGING)
        begun = (path for path in folder.glob(f"{STAGING}/*") if PARTIAL_MARK not in path.name)
        return any(others) or any(begun)
    except OSError as error:
        raise DatasetError(
            f"cannot read {folder} ({error.strerror}): choose another folder"
        ) from error


def _is_intact(path: Path, file: DataFile) -> bool:
    return path.is_file() and path.stat().st_size == file.bytes and sha256(path) == file.sha256


def _generate_shards(
    config: SynthesisConfig, furniture: str, run_jobs: JobRunner, progress: bool
) -> None:
    """Stage one for every shard that is not there yet."""
    missing = [shard for shard in range(config.shards) if not is_generated(config, shard)]
    rooms_done = config.rooms - sum(len(config.indices(shard)) for shard in missing)
    with tqdm(
        total=config.rooms, initial=rooms_done, unit="room", disable=None if progress else True
    ) as bar:
        if config.scans is not None:
            done = run_jobs(generate_scan_shard, [(config, shard) for shard in missing])
        else:
            done = run_jobs(generate_shard, [(config, shard, furniture) for shard in missing])

        for rooms in done:
            bar.update(rooms)


def _write_dataset(
    config: SynthesisConfig,
    recipe: dict[str, Any],
    library: FurnitureLibrary | None,
    run_jobs: JobRunner,
    progress: bool,
) -> Manifest:
    """Balance over all shards, write them, then the papers; the manifest comes last and marks the
    end.
    """
    skipped = skipped_scenes(config)
    if len(skipped) == config.rooms:
        for made in ("scenes", "scans", "videos", STAGING):
            shutil.rmtree(config.out / made, ignore_errors=True)

        raise SceneError(
            f"none of the {config.rooms} scenes could be made: {next(iter(skipped.values()))}"
        )

    chosen = select_questions(config)
    if config.realism == "cycles":
        _render_chosen_with_cycles(config, recipe["furniture"], chosen.rows, run_jobs, progress)

    jobs = [(config, shard, rows) for shard, rows in enumerate(chosen.rows)]
    files: list[DataFile] = []

    with tqdm(total=len(jobs), unit="file", disable=None if progress else True) as bar:
        for pair in run_jobs(write_shard, jobs):
            files += pair
            bar.update(1)

    licenses, left_out = (
        read_scan_notes(config) if library is None else ({}, _unusable_models(config, library))
    )
    manifest = Manifest(
        split=config.split,
        recipe=recipe,
        recipe_sha256=recipe_hash(recipe),
        versions=package_versions(),
        rooms=config.rooms,
        samples=sum(sum(answers.values()) for answers in chosen.answers.values()),
        tasks={task: sum(answers.values()) for task, answers in chosen.answers.items()},
        answers=chosen.answers,
        proposed=chosen.proposed,
        skipped=skipped,
        twins=chosen.twins,
        left_out=left_out,
        files=sorted(files, key=lambda file: file.path),
    )

    attribution = (
        library.attribution(_used_models(config)) if library else scan_attribution(licenses)
    )
    write_atomically(config.out / "ATTRIBUTION.md", attribution.encode())
    text = synthetic_dataset_card(manifest, library.name) if library else scan_card(manifest)
    write_atomically(config.out / "README.md", text.encode())
    write_atomically(config.out / MANIFEST, manifest.text().encode())

    return manifest


def _render_chosen_with_cycles(
    config: SynthesisConfig,
    furniture: str,
    chosen: list[list[int]],
    run_jobs: JobRunner,
    progress: bool,
) -> None:
    """The chosen questions' pictures by Cycles, which are most of the work."""
    jobs = pending_render_jobs(config, chosen)
    threads = max(1, config.workers // max(1, len(jobs)))
    try:
        with tqdm(
            total=sum(len(job.names) for job in jobs),
            unit="picture",
            disable=None if progress else True,
        ) as bar:
            for drawn in run_jobs(
                render_with_cycles, [(config, job, threads, furniture) for job in jobs]
            ):
                bar.update(drawn)
    finally:
        stop_blender()


def _unusable_models(
    config: SynthesisConfig, library: FurnitureLibrary
) -> dict[str, dict[str, int]] | None:
    """The library's models that cannot be used, and why; None for rooms alone, whose manifests
    never said so.
    """
    if not (config.home_count and library.skipped):
        return None
    return {"models": {f"{key}: {library.skipped[key]}": 1 for key in sorted(library.skipped)}}


def _used_models(config: SynthesisConfig) -> list[str]:
    """Keys of all furniture models that occur in the scenes, sorted."""
    keys: set[str] = set()

    for shard in range(config.shards):
        for text in pq.read_table(ShardPaths.of(config, shard).scenes, columns=["scene"])[
            "scene"
        ].to_pylist():
            keys |= {obj.model for obj in Scene.model_validate_json(text).objects}

    return sorted(keys)
