"""One shard of rooms: build, draw and ask (stage one), then write the chosen questions (stage two).

Between the stages, drafts and pictures lie in a staging folder, so that questions can be balanced over all
shards while shards are made by any number of processes in any order.
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from waywiser import __version__
from waywiser.dataset.config import SynthesisConfig, file_name
from waywiser.dataset.files import sha256, write_table
from waywiser.dataset.manifest import DataFile
from waywiser.dataset.schema import SAMPLES, SCENES, row_of, scene_row
from waywiser.rendering.embree import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.meshes import MeshCache
from waywiser.sample import Sample
from waywiser.scenes.layout import build_room_scene
from waywiser.scenes.library import FurnitureLibrary, open_library
from waywiser.scenes.scene import Scene
from waywiser.tasks._base import Draft, ImageTask, View
from waywiser.tasks.derive import look
from waywiser.tasks.registry import TASKS, choose_tasks

STAGING = ".staging"
_BALANCE = [("view", pa.string()), ("topic", pa.string()), ("bucket", pa.string()),
            ("winner", pa.string()), ("loser", pa.string())]  # fmt: skip
BALANCE_COLUMNS = [name for name, _ in _BALANCE]
_DRAFTS = pa.schema([*SAMPLES.remove(SAMPLES.get_field_index("images")), *(pa.field(n, t) for n, t in _BALANCE)])
_VIEWS = pa.schema([("view", pa.string()), ("png", pa.binary())])


@dataclass(frozen=True)
class Staged:
    """Where one shard's parts lie."""

    drafts: Path
    views: Path
    scenes: Path
    data: Path

    @classmethod
    def of(cls, config: SynthesisConfig, shard: int) -> "Staged":
        staging, name = config.out / STAGING, file_name(config.split, shard, config.shards)
        return cls(
            drafts=staging / f"drafts-{shard:05d}.parquet",
            views=staging / f"views-{shard:05d}.parquet",
            scenes=config.out / "scenes" / name,
            data=config.out / "data" / name,
        )


@lru_cache(maxsize=1)
def _furniture(assets: str | None) -> tuple[FurnitureLibrary, MeshCache]:
    """The library and its prepared models, opened once per process."""
    library = open_library(assets)
    return library, MeshCache(library)


def stage(config: SynthesisConfig, shard: int) -> int:
    """Build, draw and ask one shard's rooms; returns their number. The scenes file comes last."""
    library, cache = _furniture(None if config.assets is None else str(config.assets))
    scenes: list[Scene] = []
    drafts: list[dict[str, Any]] = []
    views: list[dict[str, Any]] = []
    for index in config.indices(shard):
        scene = build_room_scene(index, config.seed, config.split, library, config.room)
        renderer = RoomRenderer(scene, cache)
        for camera in range(len(scene.cameras)):
            view = look(renderer, scene, camera, RenderOptions())
            rows = _ask(view, config, index)
            drafts += rows
            if rows:
                views.append({"view": rows[0]["view"], "png": png(view.frame.rgb)})
        scenes.append(scene)
    parts = Staged.of(config, shard)
    write_table(parts.drafts, pa.Table.from_pylist(drafts, schema=_DRAFTS))
    write_table(parts.views, pa.Table.from_pylist(views, schema=_VIEWS))
    write_table(parts.scenes, pa.Table.from_pylist([scene_row(s) for s in scenes], schema=SCENES))
    return len(scenes)


def staged(config: SynthesisConfig, shard: int) -> bool:
    """Whether the shard's first stage is done and its files can be read."""
    parts = Staged.of(config, shard)
    return all(readable(path) for path in (parts.scenes, parts.drafts, parts.views))


def finish(config: SynthesisConfig, shard: int, chosen: list[int]) -> list[DataFile]:
    """Write the chosen drafts (row numbers of the shard) with their pictures; returns its two files."""
    parts = Staged.of(config, shard)
    table = pq.read_table(parts.drafts).take(pa.array(chosen, pa.int64()))
    pngs = {row["view"]: row["png"] for row in pq.read_table(parts.views).to_pylist()}
    images = [[{"bytes": pngs[view], "path": f"{view}.png"}] for view in table["view"].to_pylist()]
    columns = [pa.array(images, f.type) if f.name == "images" else table[f.name] for f in SAMPLES]
    write_table(parts.data, pa.Table.from_arrays(columns, schema=SAMPLES), row_group_size=256)
    return [describe(config.out, path) for path in (parts.data, parts.scenes)]


def describe(folder: Path, path: Path) -> DataFile:
    """The manifest's entry of a file."""
    rows = pq.read_metadata(path).num_rows
    name = path.relative_to(folder).as_posix()
    return DataFile(path=name, sha256=sha256(path), bytes=path.stat().st_size, rows=rows)


def readable(path: Path) -> bool:
    """Whether `path` is a whole Parquet file."""
    try:
        pq.read_metadata(path)
    except (OSError, pa.ArrowInvalid):
        return False
    return True


def png(rgb_H_W_3: np.ndarray) -> bytes:
    """The picture as PNG: exact, and quick to write rather than smallest."""
    sink = io.BytesIO()
    Image.fromarray(rgb_H_W_3).save(sink, "PNG", compress_level=2)
    return sink.getvalue()


def _ask(view: View, config: SynthesisConfig, index: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    key = f"{view.scene.id}-{view.camera_index}"
    for name in choose_tasks(config.tasks):
        number, task = list(TASKS).index(name), TASKS[name]
        if task.needs != "image":
            continue
        rng = np.random.default_rng([config.seed, config.split == "heldout", index, view.camera_index, number])
        for place, draft in enumerate(cast(ImageTask, task).questions(view, rng)):
            rows.append(_row(draft, view, f"{key}-{name}-{place}", key, config))
    return rows


def _row(draft: Draft, view: View, sample_id: str, key: str, config: SynthesisConfig) -> dict[str, Any]:
    sample = Sample(
        id=sample_id,
        split=config.split,
        domain="spatial",
        task=draft.task,
        source="waywiser-rooms",
        question=draft.question,
        options=draft.answer.options,
        answer=draft.answer,
        reasoning=draft.reasoning,
        scene_id=view.scene.id,
        program=draft.program,
        margin=draft.margin,
        seed=config.seed,
        version=__version__,
    )
    winner, loser = draft.rivals or (None, None)
    balance = {"view": key, "topic": draft.topic, "bucket": draft.bucket, "winner": winner, "loser": loser}
    return {**row_of(sample), **balance}
