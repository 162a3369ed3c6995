"""Other people's data as it is published: layouts found by looking, rows as questions with typed
answers.
"""

from waywiser.sources.user_data.open import open_user_data
from waywiser.sources.user_data.store_builder import summarize_skipped_rows
from waywiser.sources.user_data.user_data import FrameConfig, UserData

from .row_layouts import LAYOUTS, layout_of

__all__ = [
    "LAYOUTS",
    "FrameConfig",
    "UserData",
    "layout_of",
    "open_user_data",
    "summarize_skipped_rows",
]
