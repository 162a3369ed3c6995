"""Other people's data as it is published: layouts found by looking, rows as questions with typed answers."""

from .open import OwnData, open_own_data
from .row_layouts import LAYOUTS, layout_of

__all__ = ["LAYOUTS", "OwnData", "layout_of", "open_own_data"]
