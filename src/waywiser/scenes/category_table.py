"""The table of furniture categories: sizes, catalog names and the places each one stands in.

The rows are in the modules of `category_rows`, one for each kind of thing.
"""

from waywiser.scenes.category import Category as Category
from waywiser.scenes.category_rows import (
    bathroom,
    decor,
    devices,
    kitchen,
    leisure,
    seating,
    storage,
    tables,
    tableware,
)

ALL_CATEGORIES: tuple[Category, ...] = (
    *seating.SEATING,
    *tables.TABLES,
    *storage.STORAGE,
    *kitchen.KITCHEN,
    *tableware.TABLEWARE,
    *bathroom.BATHROOM,
    *devices.DEVICES,
    *decor.DECOR,
    *leisure.LEISURE,
)
"""Every category; of those whose pattern and size fit a catalog entry, the first one is its word."""
