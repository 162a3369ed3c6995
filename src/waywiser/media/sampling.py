"""Choose frames of a video, evenly spaced in time, for constant and variable frame rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from waywiser.errors import MediaError

_RATE_TOLERANCE = 0.02
"""Relative difference up to which a container's stated rate is preferred to the measured one, whose
timestamps are rounded.
"""


def spread_indices(total: int, most: int) -> list[int]:
    """At most `most` (at least 1) ascending indices among `total`, evenly spaced, the first and
    the last among them.

    Example:
        >>> spread_indices(9, 3)
        [0, 4, 8]
    """
    return np.linspace(0, total - 1, min(total, most)).round().astype(int).tolist()


class Sampler(Protocol):
    """Chooses frames; `fps` is the assumed frame rate of a folder of frames."""

    @property
    def fps(self) -> float: ...

    def indices(self, total: int, source_fps: float) -> list[int]:
        """Ascending places among `total` frames that are evenly spaced in time."""
        ...


@dataclass(frozen=True)
class FrameSampling:
    """Evenly spaced frames, an even number of them unless `even` is off.

    Attributes:
        fps: frames per second to choose.
        least: minimum number of frames.
        most: maximum number of frames.
        exact: True is the rule of the M2-Reasoning release: the number is rounded to an even one, a
            short video repeats frames, and indices are truncated. False is the rule of Qwen2.5-VL's
            utilities: no frame is repeated, and indices are rounded.
        even: whether one frame less is taken where their number would be odd; always if `exact`.

    Example:
        >>> FrameSampling(fps=2.0, least=4, most=8).indices(total=30, source_fps=10.0)
        [0, 5, 11, 17, 23, 29]
    """

    fps: float = 2.0
    least: int = 4
    most: int = 120
    exact: bool = True
    even: bool = True

    def indices(self, total: int, source_fps: float) -> list[int]:
        """Indices of the chosen frames among `total` frames at `source_fps` frames per second.

        Raises MediaError for fewer than two frames.
        """
        if total < 2:
            raise MediaError(
                f"a video needs at least 2 frames, got {total}; pass a single frame as an image"
            )

        wanted = total / source_fps * self.fps

        if self.exact:
            count = round(max(min(int(wanted), self.most), self.least) / 2) * 2
            return np.linspace(0, total - 1, count, dtype=int).tolist()

        count = int(min(max(wanted, self.least), self.most, total))
        return spread_indices(total, count // 2 * 2 if self.even else count)


@dataclass(frozen=True)
class Timeline:
    """When each frame of a video is shown.

    `times` are in seconds, ascending from 0; `fps` is the frame rate.
    """

    times: tuple[float, ...]
    fps: float

    @classmethod
    def of_rate(cls, total: int, fps: float) -> "Timeline":
        """`total` frames at a constant rate."""
        return cls(tuple(i / fps for i in range(total)), fps)

    @classmethod
    def of_times(cls, seconds: Sequence[float], stated_fps: float | None) -> "Timeline":
        """Frames at known times; `stated_fps` is the rate in the container, if any.

        If times do not ascend, frames are assumed to follow each other at the stated rate.
        """
        total = len(seconds)
        if total < 2 or (np.diff(seconds) <= 0).any():
            return cls.of_rate(total, stated_fps or 1.0)

        measured = (total - 1) / (seconds[-1] - seconds[0])
        agrees = stated_fps is not None and abs(stated_fps / measured - 1) <= _RATE_TOLERANCE

        return cls(
            tuple(time - seconds[0] for time in seconds),
            stated_fps if agrees and stated_fps else measured,
        )

    @property
    def steady(self) -> bool:
        """Whether every frame is shown within half a frame of where a constant rate would show
        it.
        """
        ideal = np.linspace(0.0, self.times[-1], len(self.times)) if self.times else np.zeros(0)
        return bool((np.abs(np.array(self.times) - ideal) <= 0.5 / self.fps).all())

    def choose(self, sampler: Sampler) -> list[int]:
        """Indices of the frames that `sampler` chooses; at a variable rate the nearest in time."""
        total = len(self.times)
        places = sampler.indices(total, self.fps)

        if self.steady:
            return places

        times = np.array(self.times)
        wanted = np.linspace(0.0, times[-1], total)[places]
        return np.searchsorted((times[1:] + times[:-1]) / 2, wanted).tolist()
