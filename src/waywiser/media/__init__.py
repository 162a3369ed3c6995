"""Decode pictures and videos from any source, in one place for every reader; independent of
torch.
"""

from .frame_folder import frame_files, natural_key
from .pictures import FORMATS, check_picture, decode_picture, portable_picture, to_rgb
from .sampling import FrameSampling
from .videos import Video, check_video, read_video

__all__ = [
    "FORMATS",
    "FrameSampling",
    "Video",
    "check_picture",
    "check_video",
    "decode_picture",
    "frame_files",
    "natural_key",
    "portable_picture",
    "read_video",
    "to_rgb",
]
