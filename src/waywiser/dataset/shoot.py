"""Pictures of one scene and the questions that they can ask: from a `Scene` to rows and encoded pictures."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from waywiser import __version__
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.schema import row_of
from waywiser.dataset.takes import Take
from waywiser.rendering.embree import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.marks import draw_marks
from waywiser.rendering.meshes import MeshCache
from waywiser.sample import Sample
from waywiser.scenes.scans.kinds import is_scan
from waywiser.scenes.scene import Camera, Clip, Scene
from waywiser.tasks._base import ClipTask, Draft, ImageTask, View
from waywiser.tasks._footage import Footage
from waywiser.tasks.derive import film, look
from waywiser.tasks.registry import TASKS, choose_tasks

JPEG_QUALITY = 92
_CLIPS = 1000  # keeps the random streams of clips apart from those of single cameras


@dataclass
class Shot:
    """What came of a scene: candidate rows, encoded pictures by file name, and videos to write by clip number.

    With `realism` other than "embree" there are no videos, and `Take`s in the place of pictures.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    videos: dict[int, list[NDArray[np.uint8]]] = field(default_factory=dict)


def shoot(scene: Scene, cache: MeshCache, config: SynthesisConfig, index: int) -> Shot:
    """Draw scene number `index` from all its cameras and clips, and ask. Raises AssetsError or SceneError."""
    shot, renderer = Shot(), RoomRenderer(scene, cache)
    names: dict[Camera, str] = {}
    known: dict[Camera, View] = {}
    needed = {TASKS[name].needs for name in choose_tasks(config.tasks)}
    options = RenderOptions(rgb=config.realism == "embree")
    if "image" in needed:
        for camera in range(len(scene.cameras)):
            ask_photo(shot, look(renderer, scene, camera, options), config, index)
    for number, clip in enumerate(scene.clips):
        playable = config.video == "mp4" and clip.kind == "video" and options.rgb
        if playable or suits(clip) & needed:
            footage = film(renderer, scene, number, options, known)
            ask_clip(shot, footage, config, index, names)
            if playable:
                shot.videos[number] = [view.frame.rgb for view in footage.views]
    return shot


def suits(clip: Clip) -> set[str]:
    """The `needs` that a clip meets."""
    if clip.kind == "views":
        return {"views"}
    return {"motion"} if clip.motions else {"views", "video", "motion"}


def png(rgb_H_W_3: NDArray[np.uint8]) -> bytes:
    """The picture as PNG: exact, and quick to write rather than smallest."""
    sink = io.BytesIO()
    Image.fromarray(rgb_H_W_3).save(sink, "PNG", compress_level=2)
    return sink.getvalue()


def jpeg(rgb_H_W_3: NDArray[np.uint8]) -> bytes:
    """The picture as JPEG, for the many frames of a video."""
    sink = io.BytesIO()
    Image.fromarray(rgb_H_W_3).save(sink, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return sink.getvalue()


def encoded(name: str, rgb_H_W_3: NDArray[np.uint8]) -> bytes:
    """The picture in the format that its file's name ends with."""
    return jpeg(rgb_H_W_3) if name.endswith(".jpg") else png(rgb_H_W_3)


def ask_photo(shot: Shot, view: View, config: SynthesisConfig, index: int) -> None:
    """Ask about a picture of scene number `index`."""
    key = f"{view.scene.id}-{view.camera_index}"
    rows = []
    for name, number in _wanted(config, {"image"}):
        rng = np.random.default_rng([config.seed, config.split == "heldout", index, view.camera_index, number])
        for place, draft in enumerate(cast(ImageTask, TASKS[name]).questions(view, rng)):
            rows.append(_row(draft, view.scene, f"{key}-{name}-{place}", key, [f"{key}.png"], config))
    if rows:
        shot.rows += rows
        seen = png(view.frame.rgb) if config.realism == "embree" else Take(None, view.camera_index).text()
        shot.pictures[f"{key}.png"] = seen


def ask_clip(
    shot: Shot, footage: Footage, config: SynthesisConfig, index: int, shared: dict[Camera, str] | None
) -> None:
    """Ask about a clip. `shared` names the drawn pictures of clips without motions, which may have frames in common."""
    key, clip = f"{footage.scene.id}-c{footage.clip_index}", footage.clip
    ending = ".jpg" if clip.kind == "video" else ".png"
    files = [f"{key}-{frame:03d}{ending}" for frame in range(len(clip.cameras))]
    if shared is not None and not clip.motions:
        files = [shared.setdefault(camera, name) for camera, name in zip(clip.cameras, files, strict=True)]
    stream = [config.seed, config.split == "heldout", index, _CLIPS + footage.clip_index]
    for name, number in _wanted(config, suits(clip)):
        task = cast(ClipTask, TASKS[name])
        for place, draft in enumerate(task.questions(footage, np.random.default_rng([*stream, number]))):
            sample_id = f"{key}-{name}-{place}"
            frames = range(len(clip.cameras)) if draft.frames is None else draft.frames
            names = [files[frame] for frame in frames]
            for i, frame in enumerate(frames):
                marks = (draft.annotate or {}).get(frame)
                if marks:
                    names[i] = f"{sample_id}-{frame:03d}{ending}"
                if names[i] in shot.pictures:
                    continue
                if config.realism == "embree":
                    rgb = footage.views[frame].frame.rgb
                    shot.pictures[names[i]] = encoded(names[i], draw_marks(rgb, marks) if marks else rgb)
                else:
                    shot.pictures[names[i]] = Take(footage.clip_index, frame, tuple(marks or ())).text()
            times = [clip.times[frame] for frame in frames] if clip.kind == "video" else None
            shot.rows.append(_row(draft, footage.scene, sample_id, key, names, config, clip.fps, times))


def _wanted(config: SynthesisConfig, needs: set[str]) -> Iterable[tuple[str, int]]:
    """(name, place in the registry) of the chosen tasks that look at this."""
    order = list(TASKS)
    return [(name, order.index(name)) for name in choose_tasks(config.tasks) if TASKS[name].needs in needs]


def _row(
    draft: Draft,
    scene: Scene,
    sample_id: str,
    key: str,
    pictures: list[str],
    config: SynthesisConfig,
    fps: float | None = None,
    times: list[float] | None = None,
) -> dict[str, Any]:
    sample = Sample(
        id=sample_id,
        split=config.split,
        domain="spatial",
        task=draft.task,
        source="waywiser-scans" if is_scan(scene) else "waywiser-homes" if scene.clips else "waywiser-rooms",
        question=draft.question,
        options=draft.answer.options,
        answer=draft.answer,
        fps=fps,
        timestamps=times,
        reasoning=draft.reasoning,
        scene_id=scene.id,
        program=draft.program,
        margin=draft.margin,
        seed=config.seed,
        version=__version__,
    )
    winner, loser = draft.rivals or (None, None)
    balance = {
        "view": key, "topic": draft.topic, "bucket": draft.bucket, "family": draft.family,
        "winner": winner, "loser": loser,
    }  # fmt: skip
    return {**row_of(sample), **balance, "pictures": pictures}
