"""Models: strict loading of folders, questions about images or a video, and our own architectures.

Importing this package registers M2-Reasoning and the starter with transformers' Auto classes. It
imports torch and transformers.
"""

from waywiser.media import FrameSampling, Video, read_video

from .chat import ChatReply, ask, read_image
from .loading import load, load_config, load_processor
from .starter import build_starter, default_starter_path

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
