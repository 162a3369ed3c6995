"""Where general reasoning samples come from: procedural families, drawn figures, text
tasks, local and hub datasets.
"""

from waywiser.sources.base import InvalidItem, Source
from waywiser.sources.config import SourceConfig, open_source

__all__ = ["InvalidItem", "Source", "SourceConfig", "open_source"]
