"""Small films, encoded on the spot: frame i is of the shade 4 i, with a white mark in its upper
left corner.
"""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

MARK = 16


def frame(number: int, size: tuple[int, int] = (96, 64)) -> np.ndarray:
    """(H, W, 3): a flat shade that tells the number, and the mark."""
    pixels = np.full((size[1], size[0], 3), 4 * number % 256, np.uint8)
    pixels[:MARK, :MARK] = 255
    return pixels


def numbers(frames: np.ndarray) -> list[float]:
    """Which frames these are, by the shade in their middle."""
    height, width = frames.shape[1:3]
    return (frames[:, height // 2, width // 2].mean(-1) / 4).tolist()


def encode(
    path: Path,
    count: int = 60,
    *,
    codec: str = "libx264",
    size: tuple[int, int] = (96, 64),
    rate: int = 30,
    aspect: Fraction | None = None,
    rotation: int = 0,
    times: Sequence[int] | None = None,
    options: dict[str, str] | None = None,
    pixels: str = "yuv420p",
) -> Path:
    """A film of `count` frames at `rate`, or at `times` in milliseconds; key frames every twelve."""
    av: Any = pytest.importorskip("av", reason="PyAV (extra: video) is not installed")
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = pixels
        stream.gop_size = 12
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if rotation:
            stream.set_display_rotation(rotation)
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for i in range(count):
            picture = av.VideoFrame.from_ndarray(frame(i, size), "rgb24")
            if times is not None:
                picture.pts, picture.time_base = times[i], Fraction(1, 1000)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def without_first_packets(path: Path, source: Path, left_out: int) -> Path:
    """The film without the packets that it starts with, so that it starts between key frames."""
    av: Any = pytest.importorskip("av", reason="PyAV (extra: video) is not installed")
    with av.open(str(source)) as given, av.open(str(path), "w") as cut:
        stream = given.streams.video[0]
        copy = cut.add_stream_from_template(stream)
        packets = [packet for packet in given.demux(stream) if packet.size]
        for packet in packets[left_out:]:
            packet.stream = copy
            cut.mux(packet)
    return path
