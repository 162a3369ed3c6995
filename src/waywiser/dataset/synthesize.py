"""Make a dataset: scenes, images and balanced questions; on any engine, parallel and resumable."""

import logging
import shutil
from pathlib import Path

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
from waywiser.json_types import JsonObject
from waywiser.rendering.blender import blender_version
from waywiser.scenes.furniture.library import PARAMETRIC_NAME, FurnitureLibrary, open_library
from waywiser.scenes.scans.scan_reader import find_scan_folders
from waywiser.scenes.scene import Scene

logger = logging.getLogger(__name__)
_RECIPE_FILE = "recipe.sha256"


def synthesize(config: SynthesisConfig, progress: bool = True) -> Manifest:
    """Make the dataset that `config` describes in `config.out`, or finish one that was interrupted.

    The same recipe gives the same bytes on any engine with any number of workers, interrupted or
    not. With `workers` > 1 processes are spawned, so a script must call this under
    `if __name__ == "__main__":`.

    Args:
        config: The dataset.
        progress: Show progress bars, on a terminal only.

    Returns:
        The dataset's manifest.

    Raises:
        RecipeError: The request cannot be met.
        AssetsError, SceneError: Furniture is missing, or no scene could be made.
        DatasetError: The folder holds another dataset or cannot be written.
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

    if config.assets is None and library is not None and library.name == PARAMETRIC_NAME:
        logger.warning(
            "no furniture is fetched, so simple shapes are used: run waywiser assets get for models,"
            " or say --assets parametric"
        )

    if library is not None:
        fingerprint = library_fingerprint(library)
    else:
        fingerprint = f"scans {fingerprint_scans(config.scans or Path())}"

    recipe = config.recipe(fingerprint)
    if config.realism == "cycles":
        recipe["blender"] = blender_version()

    finished = _claim_folder(config.out, recipe_hash(recipe))
    if finished is not None:
        return finished

    try:
        with open_engine(config.engine, config.workers) as run_jobs:
            _generate_shards(config, recipe["furniture"], run_jobs, progress)
            manifest = _write_dataset(config, recipe, library, run_jobs, progress)
    finally:
        remove_partial(config.out)

    shutil.rmtree(config.out / STAGING)
    return manifest


def _claim_folder(out: Path, recipe_sha256: str) -> Manifest | None:
    """Claim `out` for this dataset; returns its manifest if it is already complete."""
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
    """Whether a folder holds more than a run leaves that stops before its first complete file."""
    try:
        others = (path for path in folder.iterdir() if path.name != STAGING)
        staged = (path for path in folder.glob(f"{STAGING}/*") if PARTIAL_MARK not in path.name)
        return any(others) or any(staged)
    except OSError as error:
        raise DatasetError(
            f"cannot read {folder} ({error.strerror}): choose another folder"
        ) from error


def _is_intact(path: Path, file: DataFile) -> bool:
    return path.is_file() and path.stat().st_size == file.bytes and sha256(path) == file.sha256


def _generate_shards(
    config: SynthesisConfig, fingerprint: str, run_jobs: JobRunner, progress: bool
) -> None:
    """Run stage one for every shard that has not been generated yet."""
    missing = [shard for shard in range(config.shards) if not is_generated(config, shard)]
    rooms_done = config.rooms - sum(len(config.indices(shard)) for shard in missing)
    with tqdm(
        total=config.rooms, initial=rooms_done, unit="room", disable=None if progress else True
    ) as bar:
        if config.scans is not None:
            counts = run_jobs(generate_scan_shard, [(config, shard) for shard in missing])
        else:
            counts = run_jobs(generate_shard, [(config, shard, fingerprint) for shard in missing])

        for rooms in counts:
            bar.update(rooms)


def _write_dataset(
    config: SynthesisConfig,
    recipe: JsonObject,
    library: FurnitureLibrary | None,
    run_jobs: JobRunner,
    progress: bool,
) -> Manifest:
    """Balance over all shards and write them, then the card and the attribution.

    The manifest is written last: it marks the dataset as complete.
    """
    skipped = skipped_scenes(config)
    if len(skipped) == config.rooms:
        for name in ("scenes", "scans", "videos", STAGING):
            shutil.rmtree(config.out / name, ignore_errors=True)

        raise SceneError(
            f"none of the {config.rooms} scenes could be made: {next(iter(skipped.values()))}"
        )

    chosen = select_questions(config)
    if config.realism == "cycles":
        _render_chosen_with_cycles(config, recipe["furniture"], chosen.rows, run_jobs, progress)

    jobs = [(config, shard, rows) for shard, rows in enumerate(chosen.rows)]
    files: list[DataFile] = []

    with tqdm(total=len(jobs), unit="file", disable=None if progress else True) as bar:
        for shard_files in run_jobs(write_shard, jobs):
            files += shard_files
            bar.update(1)

    licenses: dict[str, str] = {}
    used_models: list[str] = []
    if library is None:
        licenses, left_out = read_scan_notes(config)
    else:
        left_out = _unusable_models(config, library)
        used_models = _used_models(config)

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
        lent=_lent_categories(library, used_models),
        files=sorted(files, key=lambda file: file.path),
    )

    if library is None:
        attribution = scan_attribution(licenses)
        card = scan_card(manifest)
    else:
        attribution = library.attribution(used_models)
        card = synthetic_dataset_card(manifest, library.name)

    write_atomically(config.out / "ATTRIBUTION.md", attribution.encode())
    write_atomically(config.out / "README.md", card.encode())
    write_atomically(config.out / MANIFEST, manifest.text().encode())

    return manifest


def _render_chosen_with_cycles(
    config: SynthesisConfig,
    fingerprint: str,
    chosen: list[list[int]],
    run_jobs: JobRunner,
    progress: bool,
) -> None:
    """Render the images of the chosen questions with Cycles, which is most of the work."""
    jobs = pending_render_jobs(config, chosen)
    threads = max(1, config.workers // max(1, len(jobs)))
    total = sum(len(job.names) for job in jobs)
    arguments = [(config, job, threads, fingerprint) for job in jobs]

    try:
        with tqdm(total=total, unit="picture", disable=None if progress else True) as bar:
            for rendered in run_jobs(render_with_cycles, arguments):
                bar.update(rendered)
    finally:
        stop_blender()


def _unusable_models(
    config: SynthesisConfig, library: FurnitureLibrary
) -> dict[str, dict[str, int]] | None:
    """The library's models that cannot be used, and why; None for rooms alone.

    Manifests of rooms alone never listed them, and their bytes must not change.
    """
    if not (config.home_count and library.skipped):
        return None

    return {"models": {f"{key}: {library.skipped[key]}": 1 for key in sorted(library.skipped)}}


def _lent_categories(library: FurnitureLibrary | None, keys: list[str]) -> list[str] | None:
    """Categories of the used models that the library has none of, sorted; None if it lends none."""
    if library is None or not library.lent_models:
        return None
    own = {model.category for model in library.models}
    return sorted({library.by_key[key].category for key in keys if key in library.by_key} - own)


def _used_models(config: SynthesisConfig) -> list[str]:
    """Keys of all furniture models that occur in the scenes, sorted."""
    keys: set[str] = set()

    for shard in range(config.shards):
        table = pq.read_table(ShardPaths.of(config, shard).scenes, columns=["scene"])
        for text in table["scene"].to_pylist():
            keys |= {obj.model for obj in Scene.model_validate_json(text).objects}

    return sorted(keys)
