"""`read_video`: the one reader of videos, which decodes the frames that a model looks at.

Video files are decoded by PyAV (`pip install 'waywiser[video]'`); animated GIF, WebP and PNG, and
folders of frames, need Pillow only.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from waywiser.errors import MediaError, error_text
from waywiser.media.frame_folder import frame_files
from waywiser.media.pictures import (
    Source,
    decode_picture,
    is_web_address,
    source_label,
    to_rgb,
    with_open_picture,
)
from waywiser.media.sampling import FrameSampling, Sampler, Timeline

Fit = Callable[[int, int, int], tuple[int, int]]
"""(frames, height, width) -> the (height, width) to resize frames to."""

_DEFAULT_DURATION = 100.0
"""Milliseconds that a frame of an animation without a stated duration is shown, as in browsers."""

_Item = TypeVar("_Item")


class VideoMetadata(TypedDict):
    """The keys that transformers' video processors read."""

    total_num_frames: int
    fps: float
    duration: float
    frames_indices: list[int]
    height: int
    width: int


@dataclass(frozen=True)
class Video:
    """Sampled frames of a video.

    Attributes:
        frames: (T, H, W, 3) uint8, RGB.
        indices: index of each frame in the source.
        fps: frame rate of the source.
        total: number of frames of the source.
        timestamps: seconds after the first frame of the source at which each frame is shown.
    """

    frames: NDArray[np.uint8]
    indices: list[int] = field(default_factory=list)
    fps: float = 2.0
    total: int = 0
    timestamps: list[float] = field(default_factory=list)

    @property
    def metadata(self) -> VideoMetadata:
        """The metadata of a video for transformers' processors.

        They compute the time of a frame as its index over `fps`. If that is wrong (at a variable
        frame rate), `fps`, `frames_indices` and `total_num_frames` count milliseconds.
        """
        height, width = self.frames.shape[1:3]
        fps = self.fps
        total = self.total
        indices = list(self.indices)
        shown = zip(indices, self.timestamps, strict=False)

        if any(abs(time - index / fps) > 0.5 / fps for index, time in shown):
            total = round(1000 * total / fps)
            indices = [round(1000 * time) for time in self.timestamps]
            fps = 1000.0

        return {
            "total_num_frames": total,
            "fps": fps,
            "duration": total / fps,
            "frames_indices": indices,
            "height": height,
            "width": width,
        }


@dataclass(frozen=True)
class DecodedFrame:
    """An upright frame and the (width, height) at which to show it: pixels may not be square."""

    image: Image.Image
    size: tuple[int, int]


def read_video(
    source: Source | Sequence[Source],
    sampling: Sampler | None = None,
    fit: Fit | None = None,
    *,
    name: str = "",
) -> Video:
    """Read frames of a video.

    Frames are upright, with square pixels. Frames that an edit list hides or that precede the first
    key frame do not count, and cover pictures are ignored.

    Args:
        source: a video file, an animated picture, a folder of frames (in the natural order of their
            names), or a list of frames. Folders and lists have a frame rate of `sampling.fps`.
        sampling: which frames to read; None: `FrameSampling()`.
        fit: (frames, height, width) -> the (height, width) to resize frames to while they are read,
            which bounds memory.
        name: how errors name the video; default: the path.

    Raises:
        MediaError: the video is missing, empty, damaged, has fewer than two frames, or needs PyAV.

    Example:
        >>> read_video("walk.mp4", FrameSampling(fps=1.0)).frames.shape
    """
    sampling = sampling or FrameSampling()

    if isinstance(source, Sequence) and not isinstance(source, str | bytes):
        return _name_errors(
            name or "the video", lambda: _from_pictures(list(source), sampling, fit)
        )

    label = source_label(source, name, "the video")
    if isinstance(source, bytes):
        return _name_errors(label, lambda: _from_file(source, label, sampling, fit))

    path = _require_video_path(os.fspath(source), label)
    if path.is_dir():
        return _name_errors(label, lambda: _from_pictures(frame_files(path), sampling, fit))

    return _name_errors(label, lambda: _from_file(path, label, sampling, fit))


def check_video(source: Source, sampling: Sampler | None = None) -> None:
    """Raise MediaError for what `read_video` would refuse without decoding: missing, empty, no
    video, too few frames.

    A film's packets are counted, nothing is decoded: one whose pictures are damaged may pass.
    """
    sampling = sampling or FrameSampling()
    label = source_label(source, "", "the video")
    path = source if isinstance(source, bytes) else _require_video_path(os.fspath(source), label)

    def survey() -> None:
        if isinstance(path, Path) and path.is_dir():
            Timeline.of_rate(len(frame_files(path)), sampling.fps).choose(sampling)
        elif not (path if isinstance(path, bytes) else path.stat().st_size):
            raise MediaError("is empty (0 bytes): copy or export the video again")
        elif not _is_animation(path):
            _survey_file(path, label).timeline.choose(sampling)

    _name_errors(label, survey)


def _name_errors(label: str, read: Callable[[], _Item]) -> _Item:
    """The result of `read`; any error becomes a MediaError that names the video."""
    try:
        return read()
    except MediaError as error:
        named = label in str(error)
        raise error if named else MediaError(f"{label}: {error}") from error
    except Exception as error:  # decoders raise OSError, ValueError, EOFError, av.error.*, ...
        reason = error_text(error, 120)
        raise MediaError(f"{label} is truncated, damaged or not a video ({reason})") from error


def _require_video_path(given: str, label: str) -> Path:
    path = Path(given)
    try:
        exists = path.exists()
    except (OSError, ValueError):  # a name too long, a null byte
        exists = False

    if not exists and is_web_address(given):
        raise MediaError(
            f"no video at {label}, which is an address: download the video and give its path"
        )

    if not exists:
        raise MediaError(f"no video at {label}: give the path of a file or of a folder of frames")

    return path


def _from_pictures(sources: Sequence[Source], sampling: Sampler, fit: Fit | None) -> Video:
    if not sources:
        raise MediaError("has no frames: give at least 2")

    timeline = Timeline.of_rate(len(sources), sampling.fps)
    chosen = timeline.choose(sampling)
    names = {i: f"frame {i}" if isinstance(sources[i], bytes) else "" for i in chosen}
    decoded = (decode_picture(sources[i], name=names[i]) for i in chosen)

    return _collect_frames(
        (DecodedFrame(image, image.size) for image in decoded), chosen, timeline, fit
    )


def _from_file(source: Path | bytes, label: str, sampling: Sampler, fit: Fit | None) -> Video:
    empty = not source if isinstance(source, bytes) else source.stat().st_size == 0
    if empty:
        raise MediaError("is empty (0 bytes): copy or export the video again")
    try:
        return with_open_picture(source, lambda image: _from_animation(image, sampling, fit))
    except Image.UnidentifiedImageError:
        return _from_video_file(source, label, sampling, fit)


def _from_animation(image: Image.Image, sampling: Sampler, fit: Fit | None) -> Video:
    starts = []
    end = 0.0

    for frame in ImageSequence.Iterator(image):
        frame.load()  # some formats tell a frame's duration with its pixels
        starts.append(end / 1000)
        end += float(frame.info.get("duration", 0)) or _DEFAULT_DURATION

    timeline = Timeline.of_times(starts, 1000 * len(starts) / end)
    chosen = timeline.choose(sampling)
    image.seek(0)
    pictures = pick_items(ImageSequence.Iterator(image), chosen)
    shown = (to_rgb(picture.copy()) for picture in pictures)

    return _collect_frames(
        (DecodedFrame(picture, picture.size) for picture in shown), chosen, timeline, fit
    )


def _is_animation(source: Path | bytes) -> bool:
    try:
        with_open_picture(source, lambda image: image.size)
    except Image.UnidentifiedImageError:
        return False
    return True


def _survey_file(source: Path | bytes, label: str) -> Any:
    try:
        import_module("av")
    except ImportError as error:
        raise MediaError(
            f"{label} needs PyAV to be decoded: pip install 'waywiser[video]', or give a folder of"
            " frames"
        ) from error

    from waywiser.media.video_files import VideoFile

    return VideoFile.scan(source)


def _from_video_file(source: Path | bytes, label: str, sampling: Sampler, fit: Fit | None) -> Video:
    video_file = _survey_file(source, label)
    from waywiser.media.video_files import FrameMismatchError

    try:
        return _from_frames(video_file, sampling, fit)
    except FrameMismatchError:
        return _from_frames(video_file.with_counted_frames(), sampling, fit)


def _from_frames(video_file: Any, sampling: Sampler, fit: Fit | None) -> Video:
    chosen = video_file.timeline.choose(sampling)
    shown = (
        DecodedFrame(frame.image(), frame.size) for frame in pick_items(video_file.frames(), chosen)
    )
    return _collect_frames(shown, chosen, video_file.timeline, fit)


def pick_items(items: Iterable[_Item], chosen: Sequence[int]) -> Iterator[_Item]:
    """The items at ascending indices; an index that occurs several times gives its item as
    often.
    """
    wanted = iter(chosen)
    place = next(wanted, None)

    for i, item in enumerate(items):
        while place == i:
            yield item
            place = next(wanted, None)

        if place is None:
            return


def _collect_frames(
    frames: Iterator[DecodedFrame], chosen: list[int], timeline: Timeline, fit: Fit | None
) -> Video:
    arrays: list[NDArray[np.uint8]] = []
    shown = size = (0, 0)

    for frame in frames:
        if not arrays:
            shown = size = frame.size

            if fit is not None:
                height, width = fit(len(chosen), shown[1], shown[0])
                size = (width, height)
        elif frame.size != shown:
            raise MediaError(
                f"frames differ in size ({shown[0]} x {shown[1]} and {frame.size[0]} x"
                f" {frame.size[1]}): bring them to one size first"
            )

        image = frame.image
        resized = image if image.size == size else image.resize(size, Image.Resampling.BICUBIC)
        arrays.append(np.asarray(resized, dtype=np.uint8))

    if len(arrays) < len(chosen):
        raise MediaError("the video ends before its last frame: copy it again")

    times = [timeline.times[i] for i in chosen]
    return Video(np.stack(arrays), list(chosen), timeline.fps, len(timeline.times), times)
