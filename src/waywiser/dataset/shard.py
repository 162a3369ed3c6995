"""One shard of scenes: build, render and ask (stage one), then write chosen questions (stage two).

Between the stages, proposed questions and images wait in a staging folder, so that questions can be
balanced over all shards while any number of processes generate shards in any order.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from waywiser.dataset.config import SynthesisConfig, recipe_hash, shard_file_name
from waywiser.dataset.manifest import DataFile
from waywiser.dataset.scene_questions import RenderedScene, StagedRow, render_and_ask
from waywiser.dataset.schema import SAMPLE_SCHEMA, SCENE_SCHEMA, SceneRow, scene_to_row
from waywiser.dataset.video_encoding import encode_mp4
from waywiser.errors import AssetsError, SceneError
from waywiser.io import sha256, write_atomically, write_table, write_tables
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.scenes.furniture.library import FurnitureLibrary, open_library
from waywiser.scenes.procedural.home import build_home_scene
from waywiser.scenes.procedural.room import build_room_scene
from waywiser.scenes.scene import Scene

STAGING = ".staging"
_BALANCE_FIELDS = [
    ("view", pa.string()),
    ("topic", pa.string()),
    ("bucket", pa.string()),
    ("family", pa.string()),
    ("winner", pa.string()),
    ("loser", pa.string()),
    ("pictures", pa.list_(pa.string())),
]
BALANCE_COLUMNS = [name for name, _ in _BALANCE_FIELDS if name != "pictures"]
_QUESTION_SCHEMA = pa.schema(
    [
        *SAMPLE_SCHEMA.remove(SAMPLE_SCHEMA.get_field_index("images")),
        *(pa.field(n, t) for n, t in _BALANCE_FIELDS),
    ]
)
STAGED_PICTURE_SCHEMA = pa.schema([("name", pa.string()), ("bytes", pa.binary())])


class StagedPicture(TypedDict):
    """A row of `STAGED_PICTURE_SCHEMA`: an encoded image, or a `FrameRef`, by its file name."""

    name: str
    bytes: bytes


@dataclass(frozen=True)
class ShardPaths:
    """Paths of one shard's files.

    Attributes:
        drafts: Staged: the proposed questions.
        pictures: Staged: their images.
        skipped: Staged: why scenes were skipped; the last file of stage one.
        scenes: The scenes.
        data: The chosen questions with their images.
        videos: The folder of videos, which all shards share.
        scans: The stored frames of scans.
        scan_notes: Staged: licenses of scans, and what was left out of them.
    """

    drafts: Path
    pictures: Path
    skipped: Path
    scenes: Path
    data: Path
    videos: Path
    scans: Path
    scan_notes: Path

    def repainted(self, scene_id: str) -> Path:
        """The file of a scene's images that Cycles rendered."""
        return self.pictures.parent / "cycles" / f"{scene_id}.parquet"

    @classmethod
    def of(cls, config: SynthesisConfig, shard: int) -> "ShardPaths":
        staging = config.out / STAGING
        name = shard_file_name(config.split, shard, config.shards)

        return cls(
            drafts=staging / f"drafts-{shard:05d}.parquet",
            pictures=staging / f"pictures-{shard:05d}.parquet",
            skipped=staging / f"skipped-{shard:05d}.json",
            scenes=config.out / "scenes" / name,
            data=config.out / "data" / name,
            videos=config.out / "videos",
            scans=config.out / "scans" / name,
            scan_notes=staging / f"scans-{shard:05d}.json",
        )


def library_fingerprint(library: FurnitureLibrary) -> str:
    """The library's name and a hash of its content, which is the same on every machine."""
    # Stored fingerprints spell the field as it was named until 0.1.
    used = (*library.models, *library.lent_models)
    models = sorted(repr(model).replace(" license='", " licence='") for model in used)
    return f"{library.name} {recipe_hash({'models': models})[:16]}"


def open_furniture(config: SynthesisConfig, expected: str) -> tuple[FurnitureLibrary, MeshCache]:
    """The furniture library and its prepared meshes.

    Raises:
        AssetsError: The library's fingerprint differs from the expected one.
    """
    return _open_library(None if config.assets is None else str(config.assets), expected)


@lru_cache(maxsize=1)
def _open_library(assets: str | None, expected: str) -> tuple[FurnitureLibrary, MeshCache]:
    """The same, opened once per process."""
    library = open_library(assets)
    actual = library_fingerprint(library)
    if actual != expected:
        raise AssetsError(
            f"a worker finds furniture {actual}, the dataset needs {expected}: install it on every"
            " machine"
        )

    return library, MeshCache(library)


@dataclass(frozen=True)
class ShardBuffer:
    """The rows of one shard before they are written.

    Attributes:
        drafts: Proposed questions, in the order of scenes.
        pictures: Their images.
        scenes: The scenes.
        skipped: Why scenes were skipped, by scene.
    """

    drafts: list[StagedRow] = field(default_factory=list)
    pictures: list[StagedPicture] = field(default_factory=list)
    scenes: list[SceneRow] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def add(self, shard_paths: ShardPaths, scene: Scene, rendered: RenderedScene) -> None:
        """Add a scene; its videos are written at once."""
        self.scenes.append(scene_to_row(scene))
        self.drafts.extend(rendered.rows)
        self.pictures.extend(
            {"name": name, "bytes": content} for name, content in rendered.pictures.items()
        )

        for number, frames in rendered.videos.items():
            write_video(shard_paths.videos, scene, number, frames)

    def write(self, shard_paths: ShardPaths) -> None:
        """Write the staged files, then the scenes."""
        write_table(shard_paths.drafts, pa.Table.from_pylist(self.drafts, schema=_QUESTION_SCHEMA))
        write_table(
            shard_paths.pictures, pa.Table.from_pylist(self.pictures, schema=STAGED_PICTURE_SCHEMA)
        )
        write_atomically(shard_paths.skipped, json.dumps(self.skipped, sort_keys=True).encode())
        write_table(shard_paths.scenes, pa.Table.from_pylist(self.scenes, schema=SCENE_SCHEMA))


def generate_shard(config: SynthesisConfig, shard: int, fingerprint: str) -> int:
    """Stage one of a shard: build and render its scenes and ask questions about them.

    A scene that cannot be built or rendered (say, because of a damaged model) is skipped and noted.

    Args:
        config: The dataset.
        shard: The shard's number.
        furniture: Fingerprint of the dataset's furniture library.

    Returns:
        The number of scenes in the shard, skipped ones included.

    Raises:
        AssetsError: This machine has another furniture library.
    """
    config.load_plugins()
    library, cache = open_furniture(config, fingerprint)
    shard_paths = ShardPaths.of(config, shard)
    buffer = ShardBuffer()

    for index in config.indices(shard):
        try:
            scene = _build_scene(config, index, library)
            rendered = render_and_ask(scene, cache, config, index)
        except (AssetsError, SceneError) as error:
            buffer.skipped[f"{config.split}-{config.seed}-{index:06d}"] = str(error)
            continue

        buffer.add(shard_paths, scene, rendered)

    buffer.write(shard_paths)
    return len(config.indices(shard))


def _build_scene(config: SynthesisConfig, index: int, library: FurnitureLibrary) -> Scene:
    if index < config.home_count:
        return build_home_scene(index, config.seed, config.split, library, config.home)
    return build_room_scene(index, config.seed, config.split, library, config.room)


def write_video(folder: Path, scene: Scene, number: int, frames: list[NDArray[np.uint8]]) -> None:
    """Write a clip as a playable file.

    Args:
        folder: The folder of videos.
        scene: The clip's scene.
        number: The clip's number in the scene.
        frames: Its frames, (H, W, 3) each.
    """
    content = encode_mp4(frames, scene.clips[number].fps or 1.0)
    write_atomically(folder / f"{scene.id}-c{number}.mp4", content)


def is_generated(config: SynthesisConfig, shard: int) -> bool:
    """Whether stage one of the shard is done and its files can be read."""
    shard_paths = ShardPaths.of(config, shard)
    tables = (
        shard_paths.scenes,
        shard_paths.drafts,
        shard_paths.pictures,
        *([shard_paths.scans] if config.scans is not None else []),
    )

    return shard_paths.skipped.is_file() and all(is_readable_parquet(path) for path in tables)


def write_shard(config: SynthesisConfig, shard: int, chosen: list[int]) -> list[DataFile]:
    """Stage two of a shard: write the chosen questions with their images.

    Args:
        config: The dataset.
        shard: The shard's number.
        chosen: Row numbers of the chosen questions among the shard's staged rows.

    Returns:
        The shard's files.
    """
    shard_paths = ShardPaths.of(config, shard)
    table = pq.read_table(shard_paths.drafts).take(pa.array(chosen, pa.int64()))
    pictures = _encoded_pictures(config, shard_paths, table["scene_id"].unique().to_pylist())

    if config.home_count:
        write_tables(
            shard_paths.data,
            SAMPLE_SCHEMA,
            (_with_images(part, pictures) for part in _split_by_scene(table)),
        )
    else:
        write_table(shard_paths.data, _with_images(table, pictures), row_group_size=256)

    scene_ids = set(pq.read_table(shard_paths.scenes, columns=["id"])["id"].to_pylist())
    videos = [
        path
        for path in sorted(shard_paths.videos.glob("*.mp4"))
        if path.stem.rpartition("-")[0] in scene_ids
    ]

    scans = [shard_paths.scans] if config.scans is not None else []
    return [
        data_file_entry(config.out, path)
        for path in (shard_paths.data, shard_paths.scenes, *scans, *videos)
    ]


def _encoded_pictures(
    config: SynthesisConfig, shard_paths: ShardPaths, scene_ids: list[str]
) -> dict[str, bytes]:
    """Encoded images by file name: the staged ones, or those that Cycles rendered."""
    paths = (
        [shard_paths.pictures]
        if config.realism == "embree"
        else [shard_paths.repainted(key) for key in scene_ids]
    )

    return {row["name"]: row["bytes"] for path in paths for row in pq.read_table(path).to_pylist()}


def _split_by_scene(table: pa.Table) -> Iterator[pa.Table]:
    """The table in parts, one for each scene: an image is stored once in each part."""
    start = 0
    for _, group in groupby(table["scene_id"].to_pylist()):
        length = len(list(group))
        yield table.slice(start, length)
        start += length


def _with_images(table: pa.Table, pictures: dict[str, bytes]) -> pa.Table:
    images = [
        [{"bytes": pictures[name], "path": name} for name in names]
        for names in table["pictures"].to_pylist()
    ]

    columns = [
        pa.array(images, f.type) if f.name == "images" else table[f.name] for f in SAMPLE_SCHEMA
    ]

    return pa.Table.from_arrays(columns, schema=SAMPLE_SCHEMA)


def skipped_scenes(config: SynthesisConfig) -> dict[str, str]:
    """Why scenes were skipped, by scene."""
    skipped: dict[str, str] = {}
    for shard in range(config.shards):
        skipped |= json.loads(ShardPaths.of(config, shard).skipped.read_text())
    return skipped


def data_file_entry(folder: Path, path: Path) -> DataFile:
    """The manifest's entry of a file; a video has no rows."""
    rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else 0
    name = path.relative_to(folder).as_posix()
    return DataFile(path=name, sha256=sha256(path), bytes=path.stat().st_size, rows=rows)


def is_readable_parquet(path: Path) -> bool:
    """Whether `path` is a whole Parquet file."""
    try:
        pq.read_metadata(path)
    except (OSError, pa.ArrowInvalid):
        return False
    return True
