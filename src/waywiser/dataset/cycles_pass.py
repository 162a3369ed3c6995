"""Render the images of the chosen questions with Blender's Cycles, between balancing and writing.

Questions, answers and all ground truth come from Embree; a staged image is then a `FrameRef`, which
is rendered here. The images of each scene are one file, so that an interrupted run can resume.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.frame_refs import FrameRef
from waywiser.dataset.scene_questions import encode_image
from waywiser.dataset.shard import (
    STAGED_PICTURE_SCHEMA,
    STAGING,
    ShardPaths,
    is_readable_parquet,
    open_furniture,
    write_video,
)
from waywiser.io import write_table
from waywiser.rendering.blender import Blender
from waywiser.rendering.marks import draw_marks
from waywiser.scenes.scene import Camera, Object, Scene

Rgb = NDArray[np.uint8]


class RenderJob(NamedTuple):
    """The images of one scene that are to be rendered.

    Attributes:
        shard: Number of the scene's shard.
        scene_id: Id of the scene.
        names: File names of its images.
        videos: Whether every frame of its videos is rendered too.
    """

    shard: int
    scene_id: str
    names: tuple[str, ...]
    videos: bool


def pending_render_jobs(config: SynthesisConfig, chosen: list[list[int]]) -> list[RenderJob]:
    """The scenes still to render for the chosen questions (row numbers of each shard)."""
    jobs: list[RenderJob] = []
    videos = config.video == "mp4"

    for shard, rows in enumerate(chosen):
        shard_paths = ShardPaths.of(config, shard)
        names: dict[str, set[str]] = {}

        if videos:
            names = {
                key: set()
                for key in pq.read_table(shard_paths.scenes, columns=["id"])["id"].to_pylist()
            }

        drafts = pq.read_table(shard_paths.drafts, columns=["scene_id", "pictures"]).take(
            pa.array(rows, pa.int64())
        )
        for question in drafts.to_pylist():
            names.setdefault(question["scene_id"], set()).update(question["pictures"])

        jobs += [RenderJob(shard, key, tuple(sorted(names[key])), videos) for key in sorted(names)]

    return [
        job
        for job in jobs
        if not is_readable_parquet(ShardPaths.of(config, job.shard).repainted(job.scene_id))
    ]


def render_with_cycles(
    config: SynthesisConfig, job: RenderJob, threads: int, fingerprint: str
) -> int:
    """Render the images of one scene into a staged file.

    Args:
        config: The dataset.
        job: What to render.
        threads: Threads of Blender.
        furniture: Fingerprint of the dataset's furniture library.

    Returns:
        The number of images.

    Raises:
        RecipeError: Blender is missing.
        SceneError: Blender failed.
        AssetsError: This machine has another furniture library.
    """
    shard_paths = ShardPaths.of(config, job.shard)
    scene = Scene.model_validate_json(
        pq.read_table(shard_paths.scenes, columns=["scene"], filters=[("id", "=", job.scene_id)])[
            "scene"
        ][0].as_py()
    )

    staged = pq.read_table(
        shard_paths.pictures, filters=[("name", "in", list(job.names))]
    ).to_pylist()
    frame_refs = {row["name"]: FrameRef.read(row["bytes"]) for row in staged}
    cycles_scene = _CyclesScene(config, scene, threads, fingerprint)
    pictures = [
        {"name": name, "bytes": encode_image(name, cycles_scene.marked_picture(frame_refs[name]))}
        for name in job.names
    ]

    if job.videos:
        for number, clip in enumerate(scene.clips):
            if clip.kind == "video":
                frames = [
                    cycles_scene.rgb(FrameRef(number, frame)) for frame in range(len(clip.cameras))
                ]
                write_video(shard_paths.videos, scene, number, frames)

    write_table(
        shard_paths.repainted(job.scene_id),
        pa.Table.from_pylist(pictures, schema=STAGED_PICTURE_SCHEMA),
    )

    return len(pictures)


class _CyclesScene:
    """The images of a scene, each rendered once even if it has several names."""

    def __init__(
        self, config: SynthesisConfig, scene: Scene, threads: int, fingerprint: str
    ) -> None:
        self._config = config
        self._scene = scene
        self._threads = threads
        self._fingerprint = fingerprint
        self._cache: dict[tuple[Camera, tuple[Object, ...]], Rgb] = {}

    def rgb(self, frame_ref: FrameRef) -> Rgb:
        camera, posed_scene = frame_ref.posed_scene(self._scene)
        key = (camera, posed_scene.objects)
        if key not in self._cache:
            self._cache[key] = self._blender.render(
                camera, posed_scene, self._config.cycles, self._config.seed
            )

        return self._cache[key]

    @cached_property
    def _blender(self) -> Blender:
        """This process's Blender, with the scene loaded."""
        blender = _get_blender(self._config, self._threads)
        _, meshes = open_furniture(self._config, self._fingerprint)
        blender.load_scene(self._scene, meshes)
        return blender

    def marked_picture(self, frame_ref: FrameRef) -> Rgb:
        rgb = self.rgb(frame_ref)
        return draw_marks(rgb, frame_ref.marks) if frame_ref.marks else rgb


_running_blenders: list[Blender] = []
"""This process's Blender, if it runs: starting it and loading textures takes seconds."""


def _get_blender(config: SynthesisConfig, threads: int) -> Blender:
    if not _running_blenders:
        _running_blenders.append(Blender(threads, config.out / STAGING))
    return _running_blenders[0]


def stop_blender() -> None:
    """Stop this process's Blender, which `render_with_cycles` leaves running."""
    while _running_blenders:
        _running_blenders.pop().close()
