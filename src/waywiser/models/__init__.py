"""Models: loading a folder strictly, asking a question about pictures or a video, and the models
that are ours.

M2-Reasoning and the starter; importing this registers them with transformers' Auto classes. It
imports torch and transformers.
"""

from waywiser.models.chat import ChatReply, ask

from .loading import load, load_config, load_processor
from .pictures import read_image
from .starter import build_starter, default_starter_path
from .videos import FrameSampling, Video, read_video

__all__ = [
    "ChatReply",
    "FrameSampling",
    "Video",
    "ask",
    "build_starter",
    "default_starter_path",
    "load",
    "load_config",
    "load_processor",
    "read_image",
    "read_video",
]
