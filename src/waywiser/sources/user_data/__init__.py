"""Other people's data as it is published: layouts found by looking, rows as questions with typed
answers.
"""

from .open import open_own_data
from .own_data import FrameConfig, OwnData
from .row_layouts import LAYOUTS, layout_of
from .store_builder import reasons

__all__ = ["LAYOUTS", "FrameConfig", "OwnData", "layout_of", "open_own_data", "reasons"]
