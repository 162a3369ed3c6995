"""Draw the chosen questions' pictures with Blender's Cycles, between balancing and writing, scene by scene.

Questions, answers and all truth come from Embree; a staged picture is then a `Take`, and what it shows is drawn here.
Each scene's pictures are a file of their own, so an interrupted run goes on where it was.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.files import write_table
from waywiser.dataset.shard import PICTURES, STAGING, Staged, open_furniture, readable, write_video
from waywiser.dataset.shoot import encoded
from waywiser.dataset.takes import Take
from waywiser.rendering.blender import Blender
from waywiser.rendering.marks import draw_marks
from waywiser.scenes.scene import Camera, Object, Scene

Rgb = NDArray[np.uint8]


class Repainting(NamedTuple):
    """One scene's pictures to draw, by name; with `videos` every frame of its videos too."""

    shard: int
    scene_id: str
    names: tuple[str, ...]
    videos: bool


def repaintings(config: SynthesisConfig, chosen: list[list[int]]) -> list[Repainting]:
    """What is still to draw for the chosen drafts (row numbers of each shard)."""
    found: list[Repainting] = []
    videos = config.video == "mp4"
    for shard, rows in enumerate(chosen):
        parts = Staged.of(config, shard)
        names: dict[str, set[str]] = {}
        if videos:
            names = {key: set() for key in pq.read_table(parts.scenes, columns=["id"])["id"].to_pylist()}
        drafts = pq.read_table(parts.drafts, columns=["scene_id", "pictures"]).take(pa.array(rows, pa.int64()))
        for draft in drafts.to_pylist():
            names.setdefault(draft["scene_id"], set()).update(draft["pictures"])
        found += [Repainting(shard, key, tuple(sorted(names[key])), videos) for key in sorted(names)]
    return [job for job in found if not readable(Staged.of(config, job.shard).repainted(job.scene_id))]


def repaint(config: SynthesisConfig, job: Repainting, threads: int, furniture: str) -> int:
    """Draw one scene's pictures into a staged file, which comes last; returns their number.

    `furniture` as in `stage`. Raises RecipeError where Blender is missing, SceneError where it dies or cannot draw,
    AssetsError where this machine has other furniture.
    """
    parts = Staged.of(config, job.shard)
    scene = Scene.model_validate_json(
        pq.read_table(parts.scenes, columns=["scene"], filters=[("id", "=", job.scene_id)])["scene"][0].as_py()
    )
    staged = pq.read_table(parts.pictures, filters=[("name", "in", list(job.names))]).to_pylist()
    takes = {row["name"]: Take.read(row["bytes"]) for row in staged}
    film = _Film(config, scene, threads, furniture)
    pictures = [{"name": name, "bytes": encoded(name, film.marked(takes[name]))} for name in job.names]
    if job.videos:
        for number, clip in enumerate(scene.clips):
            if clip.kind == "video":
                frames = [film.rgb(Take(number, frame)) for frame in range(len(clip.cameras))]
                write_video(parts.videos, scene, number, frames)
    write_table(parts.repainted(job.scene_id), pa.Table.from_pylist(pictures, schema=PICTURES))
    return len(pictures)


class _Film:
    """A scene's pictures, each drawn once however many names it has."""

    def __init__(self, config: SynthesisConfig, scene: Scene, threads: int, furniture: str) -> None:
        self._config, self._scene, self._threads, self._furniture = config, scene, threads, furniture
        self._drawn: dict[tuple[Camera, tuple[Object, ...]], Rgb] = {}

    def rgb(self, shown: Take) -> Rgb:
        camera, moment = shown.moment(self._scene)
        key = (camera, moment.objects)
        if key not in self._drawn:
            self._drawn[key] = self._blender.picture(camera, moment, self._config.cycles, self._config.seed)
        return self._drawn[key]

    @cached_property
    def _blender(self) -> Blender:
        """This process's Blender, shown the scene."""
        blender = _running(self._config, self._threads)
        _, meshes = open_furniture(self._config, self._furniture)
        blender.gather(self._scene, meshes)
        return blender

    def marked(self, shown: Take) -> Rgb:
        rgb = self.rgb(shown)
        return draw_marks(rgb, shown.marks) if shown.marks else rgb


_blenders: list[Blender] = []
"""The one that this process runs, if any: starting it and its textures take seconds."""


def _running(config: SynthesisConfig, threads: int) -> Blender:
    if not _blenders:
        _blenders.append(Blender(threads, config.out / STAGING))
    return _blenders[0]


def stop_blender() -> None:
    """End the Blender that `repaint` left running in this process, if any."""
    while _blenders:
        _blenders.pop().close()
