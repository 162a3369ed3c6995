"""Other people's data as it is published: layouts found by looking, rows as questions with typed
answers.
"""

from .open import FrameConfig, OwnData, open_own_data, reasons
from .row_layouts import LAYOUTS, layout_of

__all__ = ["LAYOUTS", "FrameConfig", "OwnData", "layout_of", "open_own_data", "reasons"]
