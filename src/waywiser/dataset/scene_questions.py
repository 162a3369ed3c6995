"""Pictures of one scene and the questions that they can ask: from a `Scene` to rows and encoded
pictures.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.frame_refs import FrameRef
from waywiser.dataset.schema import sample_to_row
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.marks import draw_marks
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.scenes.scans.box_kinds import is_scan
from waywiser.scenes.scene import Camera, Clip, Scene
from waywiser.tasks.base import Question, View
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.registry import TASKS, choose_tasks
from waywiser.tasks.views import render_clip, render_view

JPEG_QUALITY = 92
_CLIP_STREAMS = 1000  # keeps the random streams of clips apart from those of single cameras


@dataclass
class RenderedScene:
    """What came of a scene: candidate rows, encoded pictures by file name, and videos to write by
    clip number.

    With `realism` other than "embree" there are no videos, and `FrameRef`s in the place of
    pictures.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    videos: dict[int, list[NDArray[np.uint8]]] = field(default_factory=dict)


def render_and_ask(
    scene: Scene, cache: MeshCache, config: SynthesisConfig, index: int
) -> RenderedScene:
    """Draw scene number `index` from all its cameras and clips, and ask. Raises AssetsError or
    SceneError.
    """
    rendered = RenderedScene()
    renderer = RoomRenderer(scene, cache)
    names: dict[Camera, str] = {}
    view_cache: dict[Camera, View] = {}
    needed = {TASKS[name].needs for name in choose_tasks(config.tasks)}
    options = RenderOptions(rgb=config.realism == "embree")

    if "image" in needed:
        for camera in range(len(scene.cameras)):
            propose_for_image(
                rendered, render_view(renderer, scene, camera, options), config, index
            )

    for number, clip in enumerate(scene.clips):
        playable = config.video == "mp4" and clip.kind == "video" and options.rgb
        if playable or needs_met(clip) & needed:
            clip_view = render_clip(renderer, scene, number, options, view_cache)
            propose_for_clip(rendered, clip_view, config, index, names)

            if playable:
                rendered.videos[number] = [view.frame.rgb for view in clip_view.views]

    return rendered


def needs_met(clip: Clip) -> set[str]:
    """The `needs` that a clip meets."""
    if clip.kind == "views":
        return {"views"}
    return {"motion"} if clip.motions else {"views", "video", "motion"}


def encode_png(rgb_H_W_3: NDArray[np.uint8]) -> bytes:
    """The picture as PNG: exact, and quick to write rather than smallest."""
    sink = io.BytesIO()
    Image.fromarray(rgb_H_W_3).save(sink, "PNG", compress_level=2)
    return sink.getvalue()


def encode_jpeg(rgb_H_W_3: NDArray[np.uint8]) -> bytes:
    """The picture as JPEG, for the many frames of a video."""
    sink = io.BytesIO()
    Image.fromarray(rgb_H_W_3).save(sink, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return sink.getvalue()


def encode_image(name: str, rgb_H_W_3: NDArray[np.uint8]) -> bytes:
    """The picture in the format that its file's name ends with."""
    return encode_jpeg(rgb_H_W_3) if name.endswith(".jpg") else encode_png(rgb_H_W_3)


def propose_for_image(
    rendered: RenderedScene, view: View, config: SynthesisConfig, index: int
) -> None:
    """Ask about a picture of scene number `index`."""
    key = f"{view.scene.id}-{view.camera_index}"
    rows = []

    for name, number in _chosen_tasks(config, {"image"}):
        rng = np.random.default_rng(
            [config.seed, config.split == "heldout", index, view.camera_index, number]
        )
        for position, question in enumerate(TASKS[name].questions(view, rng)):
            rows.append(
                _staged_row(
                    question, view.scene, f"{key}-{name}-{position}", key, [f"{key}.png"], config
                )
            )

    if rows:
        rendered.rows += rows
        seen = (
            encode_png(view.frame.rgb)
            if config.realism == "embree"
            else FrameRef(None, view.camera_index).text()
        )

        rendered.pictures[f"{key}.png"] = seen


def propose_for_clip(
    rendered: RenderedScene,
    clip_view: ClipView,
    config: SynthesisConfig,
    index: int,
    shared: dict[Camera, str] | None,
) -> None:
    """Ask about a clip. `shared` names the drawn pictures of clips without motions, which may have
    frames in common.
    """
    key = f"{clip_view.scene.id}-c{clip_view.clip_index}"
    clip = clip_view.clip
    ending = ".jpg" if clip.kind == "video" else ".png"
    files = [f"{key}-{frame:03d}{ending}" for frame in range(len(clip.cameras))]

    if shared is not None and not clip.motions:
        files = [
            shared.setdefault(camera, name)
            for camera, name in zip(clip.cameras, files, strict=True)
        ]

    stream = [config.seed, config.split == "heldout", index, _CLIP_STREAMS + clip_view.clip_index]

    for name, number in _chosen_tasks(config, needs_met(clip)):
        for position, question in enumerate(
            TASKS[name].questions(clip_view, np.random.default_rng([*stream, number]))
        ):
            sample_id = f"{key}-{name}-{position}"
            frames = range(len(clip.cameras)) if question.frames is None else question.frames
            names = [files[frame] for frame in frames]

            for i, frame in enumerate(frames):
                marks = (question.annotate or {}).get(frame)
                if marks:
                    names[i] = f"{sample_id}-{frame:03d}{ending}"
                if names[i] in rendered.pictures:
                    continue

                if config.realism == "embree":
                    rgb = clip_view.views[frame].frame.rgb
                    rendered.pictures[names[i]] = encode_image(
                        names[i], draw_marks(rgb, marks) if marks else rgb
                    )
                else:
                    rendered.pictures[names[i]] = FrameRef(
                        clip_view.clip_index, frame, tuple(marks or ())
                    ).text()

            times = [clip.times[frame] for frame in frames] if clip.kind == "video" else None
            rendered.rows.append(
                _staged_row(
                    question, clip_view.scene, sample_id, key, names, config, clip.fps, times
                )
            )


def _chosen_tasks(config: SynthesisConfig, needs: set[str]) -> Iterable[tuple[str, int]]:
    """(name, seed) of the chosen tasks that look at this."""
    return [
        (name, TASKS[name].seed)
        for name in choose_tasks(config.tasks)
        if TASKS[name].needs in needs
    ]


def _staged_row(
    question: Question,
    scene: Scene,
    sample_id: str,
    key: str,
    pictures: list[str],
    config: SynthesisConfig,
    fps: float | None = None,
    times: list[float] | None = None,
) -> dict[str, Any]:
    sample = question.to_sample(
        sample_id,
        split=config.split,
        source=(
            "waywiser-scans"
            if is_scan(scene)
            else "waywiser-homes"
            if scene.clips
            else "waywiser-rooms"
        ),
        fps=fps,
        timestamps=times,
        scene_id=scene.id,
        seed=config.seed,
    )

    winner, loser = question.compared or (None, None)
    balance = {
        "view": key,
        "topic": question.subject,
        "bucket": question.answer_class,
        "family": question.subtask,
        "winner": winner,
        "loser": loser,
    }

    return {**sample_to_row(sample), **balance, "pictures": pictures}
