"""Video files by PyAV: the frames that a player would show, upright, with the times at which it
shows them.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av  # pyright: ignore[reportMissingImports]
import numpy as np
from av.error import FFmpegError  # pyright: ignore[reportMissingImports]
from av.sidedata.sidedata import Type  # pyright: ignore[reportMissingImports]
from av.stream import Disposition  # pyright: ignore[reportMissingImports]
from PIL import Image

from waywiser.errors import MediaError
from waywiser.media.pictures import to_rgb
from waywiser.media.sampling import Timeline

_COVER_PICTURES = Disposition.attached_pic | Disposition.timed_thumbnails
_PIXEL_ASPECT_RANGE = (Fraction(1, 10), Fraction(10))
"""Pixels that are stated to be flatter or taller are a fault of the file."""


class FrameMismatchError(Exception):
    """The decoded frames are not those that the container promised: they have to be counted by
    decoding them.
    """


class _PacketInfo(NamedTuple):
    """What a container tells about one frame before it is decoded; `pts` is in the stream's time
    base.
    """

    pts: int
    seconds: float
    timed: bool
    key: bool
    hidden: bool
    damaged: bool


class PlayedFrame(NamedTuple):
    """A frame as it was decoded; `size` is the (width, height) at which it is shown."""

    decoded: Any
    pixel_aspect: Fraction

    @property
    def size(self) -> tuple[int, int]:
        width = round(self.decoded.width * self.pixel_aspect)
        height = self.decoded.height
        return (height, max(width, 1)) if self._matrix()[0] else (max(width, 1), height)

    def image(self) -> Image.Image:
        """Upright RGB of the coded pixels, which may not be square."""
        frame = self.decoded
        if any(component.is_alpha for component in frame.format.components):
            image = to_rgb(Image.fromarray(frame.to_ndarray(format="rgba")))
        else:
            image = frame.to_image()

        turned, mirrored, upside_down = self._matrix()
        for needed, method in (
            (turned, Image.Transpose.TRANSPOSE),
            (mirrored, Image.Transpose.FLIP_LEFT_RIGHT),
            (upside_down, Image.Transpose.FLIP_TOP_BOTTOM),
        ):
            image = image.transpose(method) if needed else image

        return image

    def _matrix(self) -> tuple[bool, bool, bool]:
        """Whether the display matrix swaps the axes, and then turns x and y round; odd angles go to
        the nearest.
        """
        data = self.decoded.side_data.get(Type.DISPLAYMATRIX)
        if data is None:
            return False, False, False

        a, b, _, c, d = np.frombuffer(bytes(data), np.int32)[:5].tolist()
        turned = abs(b) + abs(c) > abs(a) + abs(d)
        return (True, c < 0, b < 0) if turned else (False, a < 0, d < 0)


@dataclass(frozen=True)
class VideoFile:
    """The film in a video file: `stream` by index, and when its frames are shown.

    `expected_pts` are the presentation times, ascending, that the container gives to the frames; None
    where it gives none or they were found wrong, so that `timeline` is of decoded frames.
    `has_keyframes` says that it marks key frames.
    """

    source: Path | bytes
    stream: int
    timeline: Timeline
    expected_pts: tuple[int, ...] | None
    has_keyframes: bool

    @classmethod
    def scan(cls, source: Path | bytes) -> "VideoFile":
        """What the container says, without decoding where that is enough.

        Raises MediaError for no film, none that can be shown, or half a file.
        """
        with _open_container(source) as container:
            video_streams = [
                s for s in container.streams.video if not s.disposition & _COVER_PICTURES
            ]
            if not video_streams:
                only = "only a cover picture" if container.streams.video else "no video stream"
                raise MediaError(f"has {only}: give a video")

            packets: dict[int, list[_PacketInfo]] = {stream.index: [] for stream in video_streams}

            for packet in container.demux(video_streams):
                if packet.size:
                    packets[packet.stream.index].append(_packet_info(packet))

            # A cover that is not marked as one is a film of a single frame.
            stream = next((s for s in video_streams if len(packets[s.index]) > 1), video_streams[0])
            if (
                "mov" in container.format.name
                and packets[stream.index]
                and packets[stream.index][-1].damaged
            ):
                raise MediaError("the video ends before its last frame: copy it again")

            # Asked while the file is open: afterwards PyAV's streams point to memory that is freed.
            index = stream.index
            rate = float(stream.average_rate or stream.guessed_rate or 0) or None

        return cls._promised(source, index, packets[index], rate)

    @classmethod
    def _promised(
        cls, source: Path | bytes, stream: int, packets: list[_PacketInfo], rate: float | None
    ) -> "VideoFile":
        first = next((place for place, packet in enumerate(packets) if packet.key), None)
        shown = sorted(
            (p for p in packets[first or 0 :] if not p.hidden), key=lambda packet: packet.seconds
        )
        video = cls(
            source=source,
            stream=stream,
            timeline=Timeline.of_times([packet.seconds for packet in shown], rate),
            expected_pts=tuple(packet.pts for packet in shown),
            has_keyframes=first is not None,
        )

        return (
            video
            if shown and all(packet.timed for packet in shown)
            else video.with_counted_frames()
        )

    def with_counted_frames(self) -> "VideoFile":
        """The same film by the frames that are really shown. Raises MediaError where there are
        none.
        """
        seconds = [shown.decoded.time for shown in replace(self, expected_pts=None).frames()]
        if not seconds:
            raise MediaError("has a video stream but no frame that can be decoded: export it again")

        rate = self.timeline.fps
        timeline = (
            Timeline.of_rate(len(seconds), rate)
            if None in seconds
            else Timeline.of_times(seconds, rate)
        )

        return replace(self, timeline=timeline, expected_pts=None)

    def frames(self) -> Iterator[PlayedFrame]:
        """The frames in the order in which they are shown. Raises FrameMismatchError where one is
        not as promised.
        """
        place = 0

        with _open_container(self.source) as container:
            stream = next(s for s in container.streams.video if s.index == self.stream)
            aspect = _pixel_aspect(stream)

            for place, frame in enumerate(
                _decode_frames(container, stream, self.has_keyframes), start=1
            ):
                if self.expected_pts is not None and self.expected_pts[place - 1 : place] != (
                    frame.pts,
                ):
                    raise FrameMismatchError

                yield PlayedFrame(frame, aspect)

        if self.expected_pts is not None and place < len(self.expected_pts):
            raise FrameMismatchError


def _open_container(source: Path | bytes) -> Any:
    # A file that lists others, as a playlist does, must not send FFmpeg to the network.
    given = io.BytesIO(source) if isinstance(source, bytes) else str(source.absolute())
    return av.open(given, options={"protocol_whitelist": "file"})


def _packet_info(packet: Any) -> _PacketInfo:
    timed = packet.pts is not None
    pts = packet.pts if timed else 0
    seconds = float(pts * packet.time_base) if timed else 0.0
    return _PacketInfo(
        pts, seconds, timed, packet.is_keyframe, packet.is_discard, packet.is_corrupt
    )


def _decode_frames(container: Any, stream: Any, has_keyframes: bool) -> Iterator[Any]:
    """The frames of a stream that can be shown: a recording or a cut may start anywhere between key
    frames.
    """
    started = shown = False

    for packet in container.demux(stream):
        started = started or not has_keyframes or packet.is_keyframe
        if not started:
            continue

        try:
            frames = packet.decode()
        except FFmpegError:
            if shown:
                raise

            continue

        for frame in frames:
            shown = True
            yield frame


def _pixel_aspect(stream: Any) -> Fraction:
    """Width over height of a pixel."""
    stated = stream.sample_aspect_ratio
    low, high = _PIXEL_ASPECT_RANGE
    return Fraction(stated) if stated and low <= stated <= high else Fraction(1)
