"""Encode frames as H.264 in MP4 (PyAV, extra `video`); the same frames give the same bytes."""

import io
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import RecipeError

CRF = 20
"""x264's constant rate factor: smaller values give better and larger videos."""


def check_video_encoder() -> None:
    """Raise RecipeError if videos cannot be written."""
    try:
        import av  # noqa: F401
    except ModuleNotFoundError as error:
        raise RecipeError(
            "--video mp4 needs PyAV: pip install 'waywiser[video]', or write frames alone"
        ) from error


def encode_mp4(frames: Sequence[NDArray[np.uint8]], fps: float) -> bytes:
    """Frames (H, W, 3) of one size as an MP4; an odd last row or column is dropped for H.264."""
    import av

    sink = io.BytesIO()
    height, width = (side // 2 * 2 for side in frames[0].shape[:2])

    with av.open(sink, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        # x264's macroblock tree and weighted prediction give other bytes from run to run, and so
        # may more threads.
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000))
        stream.width = width
        stream.height = height
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(CRF), "threads": "1", "x264-params": "mbtree=0:weightp=0"}

        for rgb in frames:
            frame = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(rgb[:height, :width]), format="rgb24"
            )
            container.mux(stream.encode(frame))

        container.mux(stream.encode())

    return sink.getvalue()
