"""`BenchmarkItem`: a benchmark's question with what scoring and averaging it needs, and
`LoadedBenchmark`, a whole benchmark.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from waywiser.errors import DatasetError, MediaError
from waywiser.evaluation.profiles import OutputRow
from waywiser.media import decode_picture, frame_files, read_video

DEFAULT_FRAMES = 16
"""Frames taken from a video unless asked otherwise, evenly spaced."""


@dataclass(frozen=True, slots=True)
class BenchmarkItem:
    """One question.

    `prompt` is what a model is asked. `images` are encoded pictures or paths to them, in order;
    `video` is a file, or a folder of frames. `cluster` is the scene or image that items share;
    `group` is what the conventions average by (see `aggregates.Scored`). `scene_categories` names the kinds
    of things in the scene, None where that is not known. `unit` is what the data or the question
    asks for, None where neither says.
    """

    benchmark: str
    id: str
    prompt: str
    question_type: str
    truth: str
    options: tuple[str, ...] = ()
    precision: float | None = None
    images: tuple[bytes | Path, ...] = field(default=(), repr=False)
    video: Path | None = None
    cluster: str = ""
    group: Mapping[str, str] = field(default_factory=dict)
    scene_categories: frozenset[str] | None = None
    unit: str | None = None

    def row(self, output: str) -> OutputRow:
        """The row that a profile scores."""
        return OutputRow(
            self.benchmark,
            self.question_type,
            self.options,
            self.truth,
            output,
            self.precision,
            unit=self.unit,
        )

    def pictures(self, frames: int = DEFAULT_FRAMES) -> list[Image.Image]:
        """All pictures as RGB, a video as evenly spaced frames. Raises DatasetError for one that
        cannot be read.
        """
        found = [_decode_image(content, self.id) for content in self.images]
        return (
            found + _read_frames(self.video, frames, self.id) if self.video is not None else found
        )

    def fingerprint(self) -> str:
        """Hash of all that is asked, apart from the pictures' content."""
        asked = [
            self.benchmark,
            self.id,
            self.prompt,
            self.question_type,
            self.truth,
            *self.options,
        ]

        return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LoadedBenchmark:
    """A benchmark's items, and what is none of them.

    `bad` maps where a row stands that could not become an item to the reason; `left_out` counts
    sound rows that are not asked, by reason. `sha256` is of the items.
    """

    benchmark: str
    items: list[BenchmarkItem]
    bad: dict[str, str]
    license: str
    sha256: str
    left_out: Mapping[str, int] = field(default_factory=dict)


def hash_items(items: list[BenchmarkItem], *, pictures: bool = False) -> str:
    """One hash of a list of items, in order; with `pictures` also of images held as bytes."""
    whole = hashlib.sha256()

    for item in items:
        whole.update(item.fingerprint().encode())
        for picture in item.images if pictures else ():
            whole.update(hashlib.sha256(picture if isinstance(picture, bytes) else b"").digest())

    return whole.hexdigest()


def _decode_image(content: bytes | Path, item: str) -> Image.Image:
    if isinstance(content, Path) and not content.is_file():
        raise DatasetError(f"item {item}: its picture {content} is missing")
    try:
        return decode_picture(content)
    except MediaError as error:
        raise DatasetError(f"item {item}: a picture cannot be decoded: {error}") from error


def _read_frames(video: Path, count: int, item: str) -> list[Image.Image]:
    """At most `count` frames, those in the middle of as many equal parts, of a folder of frames or
    a video file.
    """
    try:
        if video.is_dir():
            paths = frame_files(video)
            return [_decode_image(paths[i], item) for i in MiddleFrames(count).indices(len(paths))]
        if not video.is_file():
            raise DatasetError(f"item {item}: its video {video} is missing")
        return [Image.fromarray(frame) for frame in read_video(video, MiddleFrames(count)).frames]
    except MediaError as error:
        raise DatasetError(f"item {item}: {error}") from error


@dataclass(frozen=True, slots=True)
class MiddleFrames:
    """Which frames of a video are shown: those in the middle of `count` equal parts, each at most
    once.
    """

    count: int
    fps: float = 1.0
    """What a folder's frames count as a second, where nothing else says."""

    def indices(self, total: int, source_fps: float = 1.0) -> list[int]:  # noqa: ARG002 - as `FrameSampling` is asked
        """Places among `total` frames, ascending."""
        count = min(self.count, total)
        return [(2 * i + 1) * total // (2 * count) for i in range(count)]
