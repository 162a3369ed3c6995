"""Which frames of a video are looked at: evenly spaced in time, for constant and for variable frame
rates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from waywiser.errors import MediaError

_RATE_TOLERANCE = 0.02
"""A rate that a container states is kept where the frames' own times differ from it by no more:
they are rounded.
"""


class Sampler(Protocol):
    """What chooses frames: `fps` is what a folder's frames count as a second."""

    @property
    def fps(self) -> float: ...

    def indices(self, total: int, source_fps: float) -> list[int]:
        """Ascending places among `total` frames that are evenly spaced in time."""
        ...


@dataclass(frozen=True)
class FrameSampling:
    """Evenly spaced frames, about `fps` a second, `least` to `most` of them, an even number.

    `exact` is the M2-Reasoning release's rule: the number is rounded to an even one, a short video
    repeats frames, and places are cut off to whole frames. Otherwise the rule of Qwen2.5-VL's
    utilities: never more frames than there are, and places rounded.
    """

    fps: float = 2.0
    least: int = 4
    most: int = 120
    exact: bool = True

    def indices(self, total: int, source_fps: float) -> list[int]:
        """Which of `total` frames at `source_fps` a second. Errors: MediaError for fewer than two
        frames.
        """
        if total < 2:
            raise MediaError(
                f"a video of {total} frame is none: give at least 2 frames, or the frame as an"
                " image"
            )

        wanted = total / source_fps * self.fps

        if self.exact:
            count = round(max(min(int(wanted), self.most), self.least) / 2) * 2
            return np.linspace(0, total - 1, count, dtype=int).tolist()

        count = int(min(max(wanted, self.least), self.most, total)) // 2 * 2
        return np.linspace(0, total - 1, count).round().astype(int).tolist()


@dataclass(frozen=True)
class Timeline:
    """When each frame of a video is shown: `times` in seconds, ascending, the first 0; `fps` frames
    a second.
    """

    times: tuple[float, ...]
    fps: float

    @classmethod
    def of_rate(cls, total: int, fps: float) -> "Timeline":
        """`total` frames at a constant rate."""
        return cls(tuple(i / fps for i in range(total)), fps)

    @classmethod
    def of_times(cls, seconds: Sequence[float], stated_fps: float | None) -> "Timeline":
        """Frames at known times; `stated_fps` is a container's own word on its rate.

        Times that do not ascend are no use: the frames then follow each other at the stated rate.
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
        """The frames that `sampler` chooses; at a variable rate those nearest in time to where it
        would look.
        """
        total = len(self.times)
        places = sampler.indices(total, self.fps)

        if self.steady:
            return places

        times = np.array(self.times)
        wanted = np.linspace(0.0, times[-1], total)[places]
        return np.searchsorted((times[1:] + times[:-1]) / 2, wanted).tolist()
