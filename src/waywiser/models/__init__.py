"""Models: loading a folder strictly, asking a question about pictures, and the starter model.

Importing this registers the starter with transformers' Auto classes. It imports torch and transformers.
"""

from .asking import Reply, ask, read_image
from .loading import load
from .starter import build_starter, default_starter_path

__all__ = ["Reply", "ask", "build_starter", "default_starter_path", "load", "read_image"]
