"""Render one scene and ask questions about it: from a `Scene` to staged rows and encoded images."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.frame_refs import FrameRef
from waywiser.dataset.schema import SampleRow, sample_to_row
from waywiser.rendering.embree.renderer import RoomRenderer
from waywiser.rendering.frame import RenderOptions
from waywiser.rendering.marks import Mark, draw_marks
from waywiser.rendering.mesh_cache import MeshCache
from waywiser.scenes.scans.box_kinds import is_scan
from waywiser.scenes.scene import Camera, Clip, Scene
from waywiser.tasks.base import Question, View
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.registry import TASKS, choose_tasks
from waywiser.tasks.views import render_clip, render_view
from waywiser.tasks.wording import apply_states_fov

JPEG_QUALITY = 92
_CLIP_STREAMS = 1000
"""First random stream of clips, which keeps them apart from those of single cameras."""


class StagedRow(SampleRow):
    """A proposed question between the two stages: its row and the columns that balancing reads."""

    view: str
    topic: str
    bucket: str
    family: str
    winner: str | None
    loser: str | None
    pictures: list[str]


@dataclass
class RenderedScene:
    """The images of a scene and the questions about them.

    With another renderer than Embree there are no videos, and `FrameRef`s instead of images.

    Attributes:
        rows: Proposed questions.
        pictures: Encoded images by file name.
        videos: Frames of the videos to write, by clip number.
    """

    rows: list[StagedRow] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    videos: dict[int, list[NDArray[np.uint8]]] = field(default_factory=dict)


def render_and_ask(
    scene: Scene, cache: MeshCache, config: SynthesisConfig, index: int
) -> RenderedScene:
    """Render a scene from all its cameras and clips, and ask questions about it.

    Args:
        scene: The scene.
        cache: Prepared furniture meshes.
        config: The dataset.
        index: The scene's number in the dataset, which seeds its questions.

    Returns:
        Proposed questions, their images and videos.

    Raises:
        AssetsError: A furniture model is missing or damaged.
        SceneError: The scene cannot be rendered.
    """
    rendered = RenderedScene()
    renderer = RoomRenderer(scene, cache)
    names: dict[Camera, str] = {}
    view_cache: dict[Camera, View] = {}
    needed = {TASKS[name].needs for name in choose_tasks(config.tasks)}
    options = RenderOptions(rgb=config.realism == "embree", camera_effects=config.camera_effects)

    if "image" in needed:
        for camera in range(len(scene.cameras)):
            view = render_view(renderer, scene, camera, options)
            propose_for_image(rendered, view, config, index)

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
    """The image as PNG: lossless, and fast to write rather than smallest."""
    sink = io.BytesIO()
    Image.fromarray(rgb_H_W_3).save(sink, "PNG", compress_level=2)
    return sink.getvalue()


def encode_jpeg(rgb_H_W_3: NDArray[np.uint8]) -> bytes:
    """The image as JPEG, for the many frames of a video."""
    sink = io.BytesIO()
    Image.fromarray(rgb_H_W_3).save(sink, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return sink.getvalue()


def encode_image(name: str, rgb_H_W_3: NDArray[np.uint8]) -> bytes:
    """The image in the format of its file name's ending."""
    return encode_jpeg(rgb_H_W_3) if name.endswith(".jpg") else encode_png(rgb_H_W_3)


def propose_for_image(
    rendered: RenderedScene, view: View, config: SynthesisConfig, index: int
) -> None:
    """Ask questions about an image; it is stored if there are any.

    Args:
        rendered: The scene's questions and images, which are added to.
        view: The image.
        config: The dataset.
        index: The scene's number in the dataset, which seeds the questions.
    """
    key = f"{view.scene.id}-{view.camera_index}"
    file_name = f"{key}.png"
    stream = [config.seed, config.split == "heldout", index, view.camera_index]
    rows: list[StagedRow] = []

    for name, number in _chosen_tasks(config, {"image"}):
        task = TASKS[name]
        rng = np.random.default_rng([*stream, number])

        for position, question in enumerate(task.questions(view, rng)):
            sample_id = f"{key}-{name}-{position}"
            rows.append(
                _staged_row(
                    question, view.scene, sample_id, key, [file_name], config, [view.camera]
                )
            )

    if not rows:
        return

    rendered.rows += rows
    if config.realism == "embree":
        rendered.pictures[file_name] = encode_png(view.frame.rgb)
    else:
        rendered.pictures[file_name] = FrameRef(None, view.camera_index).text()


def propose_for_clip(
    rendered: RenderedScene,
    clip_view: ClipView,
    config: SynthesisConfig,
    index: int,
    shared: dict[Camera, str] | None,
) -> None:
    """Ask questions about a clip; the frames that they show are stored.

    Args:
        rendered: The scene's questions and images, which are added to.
        clip_view: The clip.
        config: The dataset.
        index: The scene's number in the dataset, which seeds the questions.
        shared: File names by camera of the images of static clips, which may have frames in common;
            None names the frames of each clip on their own.
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
        task = TASKS[name]
        rng = np.random.default_rng([*stream, number])

        for position, question in enumerate(task.questions(clip_view, rng)):
            sample_id = f"{key}-{name}-{position}"
            frames = range(len(clip.cameras)) if question.frames is None else question.frames
            names = [files[frame] for frame in frames]

            for i, frame in enumerate(frames):
                marks = tuple((question.annotate or {}).get(frame) or ())
                if marks:
                    names[i] = f"{sample_id}-{frame:03d}{ending}"
                if names[i] not in rendered.pictures:
                    rendered.pictures[names[i]] = _frame_content(
                        clip_view, frame, marks, names[i], config
                    )

            times = [clip.times[frame] for frame in frames] if clip.kind == "video" else None
            cameras = [clip.cameras[frame] for frame in frames]
            rendered.rows.append(
                _staged_row(
                    question,
                    clip_view.scene,
                    sample_id,
                    key,
                    names,
                    config,
                    cameras,
                    fps=clip.fps,
                    times=times,
                )
            )


def _frame_content(
    clip_view: ClipView, frame: int, marks: tuple[Mark, ...], name: str, config: SynthesisConfig
) -> bytes:
    """A frame of a clip with its marks: encoded, or for another renderer as a `FrameRef`."""
    if config.realism != "embree":
        return FrameRef(clip_view.clip_index, frame, marks).text()

    rgb = clip_view.views[frame].frame.rgb
    return encode_image(name, draw_marks(rgb, marks) if marks else rgb)


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
    cameras: Sequence[Camera],
    *,
    fps: float | None = None,
    times: list[float] | None = None,
) -> StagedRow:
    source = "waywiser-rooms"
    if is_scan(scene):
        source = "waywiser-scans"
    elif scene.clips:
        source = "waywiser-homes"

    text = apply_states_fov(question.question, cameras[0], config.states_fov)
    sample = replace(question, question=text).to_sample(
        sample_id,
        split=config.split,
        source=source,
        fps=fps,
        timestamps=times,
        scene_id=scene.id,
        seed=config.seed,
        cameras=cameras,
    )

    if not _keeps_trace(sample_id, config):
        sample = sample.model_copy(update={"reasoning": None})

    winner, loser = question.compared or (None, None)
    return {
        **sample_to_row(sample),
        "view": key,
        "topic": question.subject,
        "bucket": question.answer_class,
        "family": question.subtask,
        "winner": winner,
        "loser": loser,
        "pictures": pictures,
    }


def _keeps_trace(sample_id: str, config: SynthesisConfig) -> bool:
    """Whether a question is among the `trace_share` that keep their reasoning, by its id alone."""
    digest = blake2b(f"{config.seed} {sample_id}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little") < config.trace_share * 2**32
