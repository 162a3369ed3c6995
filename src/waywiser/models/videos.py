"""Videos from files: which frames a model looks at, and those frames alone.

Video files are decoded by PyAV (`pip install 'waywiser[video]'`); animated GIF, WebP and PNG, and folders of
frames, need Pillow only.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from waywiser.errors import ModelError

from .pictures import FORMATS, read_image, to_rgb

_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".ppm")
Fit = Callable[[int, int, int], tuple[int, int]]
"""(frames, height, width) -> the (height, width) that frames are brought to."""


@dataclass(frozen=True)
class FrameSampling:
    """Evenly spaced frames, about `fps` a second, `least` to `most` of them, an even number.

    `exact` is the M2-Reasoning release's rule: the number is rounded to an even one, a short video repeats frames,
    and places are cut off to whole frames. Otherwise the rule of Qwen2.5-VL's utilities: never more frames than
    there are, and places rounded.
    """

    fps: float = 2.0
    least: int = 4
    most: int = 120
    exact: bool = True

    def indices(self, total: int, source_fps: float) -> list[int]:
        """Which of `total` frames at `source_fps` a second. Errors: ModelError for fewer than two frames."""
        if total < 2:
            raise ModelError(f"a video of {total} frame is none: give at least 2 frames, or the frame as an image")
        wanted = total / source_fps * self.fps
        if self.exact:
            count = round(max(min(int(wanted), self.most), self.least) / 2) * 2
            return np.linspace(0, total - 1, count, dtype=int).tolist()
        count = int(min(max(wanted, self.least), self.most, total)) // 2 * 2
        return np.linspace(0, total - 1, count).round().astype(int).tolist()


@dataclass(frozen=True)
class Video:
    """Sampled frames of a video: `frames` (T, H, W, 3) uint8, and which frames of the source they are."""

    frames: NDArray[np.uint8]
    indices: list[int] = field(default_factory=list)
    fps: float = 2.0
    total: int = 0

    @property
    def metadata(self) -> dict[str, Any]:
        """What transformers' processors call a video's metadata."""
        height, width = self.frames.shape[1:3]
        return {
            "total_num_frames": self.total,
            "fps": self.fps,
            "duration": self.total / self.fps,
            "frames_indices": list(self.indices),
            "height": height,
            "width": width,
        }


def read_video(path: str | Path, sampling: FrameSampling | None = None, fit: Fit | None = None) -> Video:
    """The frames that `sampling` chooses from a video file, an animated picture or a folder of frames.

    A folder's frames, in the order of their names, count as `sampling.fps` a second. `fit` brings frames to their
    final size while they are read, which bounds memory. Errors: ModelError for what is missing, empty, damaged,
    of one frame, or needs PyAV where it is not installed.
    """
    file, sampling = Path(path), sampling or FrameSampling()
    if not file.exists():
        raise ModelError(f"no video at {file}")
    try:
        if file.is_dir():
            return _from_folder(file, sampling, fit)
        if file.stat().st_size == 0:
            raise ModelError(f"{file} is empty (0 bytes): copy or export the video again")
        return _from_animation(file, sampling, fit) or _from_stream(file, sampling, fit)
    except ModelError as error:
        if str(file) in str(error):
            raise
        raise ModelError(f"{file}: {error}") from error
    except Exception as error:  # decoders raise OSError, ValueError, EOFError, av.error.*, ...
        raise ModelError(f"{file} is truncated, damaged or no video ({' '.join(str(error).split())[:120]})") from error


def _from_folder(folder: Path, sampling: FrameSampling, fit: Fit | None) -> Video:
    files = sorted(f for f in folder.iterdir() if f.suffix.lower() in _SUFFIXES)
    if not files:
        raise ModelError(f"{folder} holds no frames ({', '.join(_SUFFIXES)})")
    chosen = sampling.indices(len(files), sampling.fps)
    return _collect((read_image(files[i]) for i in chosen), chosen, sampling.fps, len(files), fit)


def _from_animation(file: Path, sampling: FrameSampling, fit: Fit | None) -> Video | None:
    """None where Pillow does not know the file."""
    try:
        image = Image.open(file, formats=FORMATS)
    except Image.UnidentifiedImageError:
        return None
    with image:
        durations = [float(frame.info.get("duration", 0)) or 100.0 for frame in ImageSequence.Iterator(image)]
        fps = 1000.0 * len(durations) / sum(durations)
        chosen = sampling.indices(len(durations), fps)
        frames: dict[int, Image.Image] = {}
        for i, frame in enumerate(ImageSequence.Iterator(image)):
            if i in chosen:
                frames[i] = to_rgb(frame.copy())
        return _collect((frames[i] for i in chosen), chosen, fps, len(durations), fit)


def _from_stream(file: Path, sampling: FrameSampling, fit: Fit | None) -> Video:
    try:
        import av  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise ModelError(
            f"{file} needs PyAV to be decoded: pip install 'waywiser[video]', or give a folder of frames"
        ) from error
    with av.open(str(file)) as container:
        if not container.streams.video:
            raise ModelError(f"{file} has no video stream")
        stream = container.streams.video[0]
        total = sum(1 for packet in container.demux(stream) if packet.size)
        fps = float(stream.average_rate or stream.guessed_rate or sampling.fps)
    chosen = sampling.indices(total, fps)
    with av.open(str(file)) as container:
        decoded = _pick(container.decode(video=0), chosen)
        return _collect(decoded, chosen, fps, total, fit, damaged=f"{file} ends before its last frame: copy it again")


def _pick(frames: Any, chosen: Sequence[int]) -> Iterator[Image.Image]:
    """The frames at ascending places, one that is chosen several times as often."""
    wanted = iter(chosen)
    place = next(wanted, None)
    for i, frame in enumerate(frames):
        while place == i:
            yield frame.to_image()
            place = next(wanted, None)
        if place is None:
            return


def _collect(
    frames: Iterator[Image.Image], chosen: list[int], fps: float, total: int, fit: Fit | None, damaged: str = ""
) -> Video:
    arrays: list[NDArray[np.uint8]] = []
    shape = size = (0, 0)
    for frame in frames:
        if not arrays:
            shape = size = frame.size
            if fit is not None:
                height, width = fit(len(chosen), frame.height, frame.width)
                size = (width, height)
        elif frame.size != shape:
            raise ModelError(f"frames differ in size ({shape[0]} x {shape[1]} and {frame.width} x {frame.height})")
        resized = frame if frame.size == size else frame.resize(size, Image.Resampling.BICUBIC)
        arrays.append(np.asarray(resized, dtype=np.uint8))
    if len(arrays) < len(chosen):
        raise ModelError(damaged or "the video ends before its last frame")
    return Video(np.stack(arrays), list(chosen), fps, total)
