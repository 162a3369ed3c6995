"""One shard of scenes: build, draw and ask (stage one), then write the chosen questions (stage two).

Between the stages, drafts and pictures lie in a staging folder, so that questions can be balanced over all
shards while shards are made by any number of processes in any order.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from waywiser.dataset.config import SynthesisConfig, file_name, recipe_hash
from waywiser.dataset.files import sha256, write_atomically, write_table, write_tables
from waywiser.dataset.manifest import DataFile
from waywiser.dataset.schema import SAMPLES, SCENES, scene_row
from waywiser.dataset.shoot import Shot, shoot
from waywiser.dataset.video import mp4
from waywiser.errors import AssetsError, SceneError
from waywiser.rendering.meshes import MeshCache
from waywiser.scenes.home import build_home_scene
from waywiser.scenes.layout import build_room_scene
from waywiser.scenes.library import FurnitureLibrary, open_library
from waywiser.scenes.scene import Scene

STAGING = ".staging"
_BALANCE = [("view", pa.string()), ("topic", pa.string()), ("bucket", pa.string()), ("family", pa.string()),
            ("winner", pa.string()), ("loser", pa.string()), ("pictures", pa.list_(pa.string()))]  # fmt: skip
BALANCE_COLUMNS = [name for name, _ in _BALANCE if name != "pictures"]
_DRAFTS = pa.schema([*SAMPLES.remove(SAMPLES.get_field_index("images")), *(pa.field(n, t) for n, t in _BALANCE)])
PICTURES = pa.schema([("name", pa.string()), ("bytes", pa.binary())])


@dataclass(frozen=True)
class Staged:
    """Where one shard's parts lie."""

    drafts: Path
    pictures: Path
    skipped: Path
    scenes: Path
    data: Path
    videos: Path
    scans: Path
    scan_notes: Path

    def repainted(self, scene_id: str) -> Path:
        """Where a scene's pictures lie that Cycles drew."""
        return self.pictures.parent / "cycles" / f"{scene_id}.parquet"

    @classmethod
    def of(cls, config: SynthesisConfig, shard: int) -> "Staged":
        staging, name = config.out / STAGING, file_name(config.split, shard, config.shards)
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


def fingerprint(library: FurnitureLibrary) -> str:
    """The library's name and a hash of what it holds; the same furniture gives the same text anywhere."""
    models = sorted(repr(model) for model in library.models)
    return f"{library.name} {recipe_hash({'models': models})[:16]}"


def open_furniture(config: SynthesisConfig, expected: str) -> tuple[FurnitureLibrary, MeshCache]:
    """The library and its prepared models. Raises AssetsError where its fingerprint is not the `expected` one."""
    return _opened(None if config.assets is None else str(config.assets), expected)


@lru_cache(maxsize=1)
def _opened(assets: str | None, expected: str) -> tuple[FurnitureLibrary, MeshCache]:
    """Opened once per process."""
    library = open_library(assets)
    if (found := fingerprint(library)) != expected:
        raise AssetsError(
            f"a worker finds furniture {found}, the dataset needs {expected}: install it on every machine"
        )
    return library, MeshCache(library)


@dataclass(frozen=True)
class Gathered:
    """What came of one shard's scenes, in their order; `skipped` says why scenes were left out."""

    drafts: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[dict[str, Any]] = field(default_factory=list)
    scenes: list[dict[str, Any]] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def add(self, parts: Staged, scene: Scene, shot: Shot) -> None:
        """Take in a scene; its videos are written at once."""
        self.scenes.append(scene_row(scene))
        self.drafts.extend(shot.rows)
        self.pictures.extend({"name": name, "bytes": content} for name, content in shot.pictures.items())
        for number, frames in shot.videos.items():
            write_video(parts.videos, scene, number, frames)

    def write(self, parts: Staged) -> None:
        """All of it as files; the scenes file comes last."""
        write_table(parts.drafts, pa.Table.from_pylist(self.drafts, schema=_DRAFTS))
        write_table(parts.pictures, pa.Table.from_pylist(self.pictures, schema=PICTURES))
        write_atomically(parts.skipped, json.dumps(self.skipped, sort_keys=True).encode())
        write_table(parts.scenes, pa.Table.from_pylist(self.scenes, schema=SCENES))


def stage(config: SynthesisConfig, shard: int, furniture: str) -> int:
    """Build, draw and ask one shard's scenes; returns their number.

    A scene that cannot be built or drawn (a damaged model, say) is left out and noted. `furniture` is the
    fingerprint of the dataset's library; raises AssetsError where this machine has another.
    """
    library, cache = open_furniture(config, furniture)
    parts, gathered = Staged.of(config, shard), Gathered()
    for index in config.indices(shard):
        try:
            scene = _build(config, index, library)
            shot = shoot(scene, cache, config, index)
        except (AssetsError, SceneError) as error:
            gathered.skipped[f"{config.split}-{config.seed}-{index:06d}"] = str(error)
            continue
        gathered.add(parts, scene, shot)
    gathered.write(parts)
    return len(config.indices(shard))


def _build(config: SynthesisConfig, index: int, library: FurnitureLibrary) -> Scene:
    if index < config.home_count:
        return build_home_scene(index, config.seed, config.split, library, config.home)
    return build_room_scene(index, config.seed, config.split, library, config.room)


def write_video(folder: Path, scene: Scene, number: int, frames: list[NDArray[np.uint8]]) -> None:
    """Clip `number` of a scene as a playable file."""
    write_atomically(folder / f"{scene.id}-c{number}.mp4", mp4(frames, scene.clips[number].fps or 1.0))


def staged(config: SynthesisConfig, shard: int) -> bool:
    """Whether the shard's first stage is done and its files can be read."""
    parts = Staged.of(config, shard)
    tables = (parts.scenes, parts.drafts, parts.pictures, *([parts.scans] if config.scans is not None else []))
    return parts.skipped.is_file() and all(readable(path) for path in tables)


def finish(config: SynthesisConfig, shard: int, chosen: list[int]) -> list[DataFile]:
    """Write the chosen drafts (row numbers of the shard) with their pictures; returns its files."""
    parts = Staged.of(config, shard)
    table = pq.read_table(parts.drafts).take(pa.array(chosen, pa.int64()))
    pictures = _pictures(config, parts, table["scene_id"].unique().to_pylist())
    if config.home_count:
        write_tables(parts.data, SAMPLES, (_illustrated(part, pictures) for part in _by_scene(table)))
    else:
        write_table(parts.data, _illustrated(table, pictures), row_group_size=256)
    scene_ids = set(pq.read_table(parts.scenes, columns=["id"])["id"].to_pylist())
    videos = [path for path in sorted(parts.videos.glob("*.mp4")) if path.stem.rpartition("-")[0] in scene_ids]
    scans = [parts.scans] if config.scans is not None else []
    return [describe(config.out, path) for path in (parts.data, parts.scenes, *scans, *videos)]


def _pictures(config: SynthesisConfig, parts: Staged, scene_ids: list[str]) -> dict[str, bytes]:
    """Encoded pictures by name: the staged ones, or those that Cycles drew."""
    paths = [parts.pictures] if config.realism == "embree" else [parts.repainted(key) for key in scene_ids]
    return {row["name"]: row["bytes"] for path in paths for row in pq.read_table(path).to_pylist()}


def _by_scene(table: pa.Table) -> Iterator[pa.Table]:
    """The table in parts, one a scene: a picture is stored once in each part."""
    start = 0
    for _, group in groupby(table["scene_id"].to_pylist()):
        length = len(list(group))
        yield table.slice(start, length)
        start += length


def _illustrated(table: pa.Table, pictures: dict[str, bytes]) -> pa.Table:
    images = [[{"bytes": pictures[name], "path": name} for name in names] for names in table["pictures"].to_pylist()]
    columns = [pa.array(images, f.type) if f.name == "images" else table[f.name] for f in SAMPLES]
    return pa.Table.from_arrays(columns, schema=SAMPLES)


def skipped_scenes(config: SynthesisConfig) -> dict[str, str]:
    """Why scenes were left out, by scene."""
    found: dict[str, str] = {}
    for shard in range(config.shards):
        found |= json.loads(Staged.of(config, shard).skipped.read_text())
    return found


def describe(folder: Path, path: Path) -> DataFile:
    """The manifest's entry of a file; a video has no rows."""
    rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else 0
    name = path.relative_to(folder).as_posix()
    return DataFile(path=name, sha256=sha256(path), bytes=path.stat().st_size, rows=rows)


def readable(path: Path) -> bool:
    """Whether `path` is a whole Parquet file."""
    try:
        pq.read_metadata(path)
    except (OSError, pa.ArrowInvalid):
        return False
    return True
