"""Videos from files, as `waywiser.media.videos` reads them."""

from waywiser.media.sampling import FrameSampling
from waywiser.media.videos import Fit, Video, read_video

__all__ = ["Fit", "FrameSampling", "Video", "read_video"]
