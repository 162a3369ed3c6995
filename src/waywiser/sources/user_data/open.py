"""`open_user_data`: files in any known layout as a `SampleStore`, built once and memory-mapped
later.
"""

import os

from waywiser.dataset.store import SampleStore, StoreInfo
from waywiser.dataset.store_cache import open_cached
from waywiser.dataset.store_writer import StoreWriter
from waywiser.sources.mapping import load_mapping
from waywiser.sources.rows import HUB_PREFIX, open_rows, row_files
from waywiser.sources.user_data.row_layouts import canonical_layout
from waywiser.sources.user_data.store_builder import StoreBuilder
from waywiser.sources.user_data.user_data import FrameReader, UserData


def open_user_data(data: UserData) -> SampleStore:
    """Read rows as samples with typed answers; unusable rows are counted by reason (`store.about`).

    Raises:
        DatasetError: there are no files, no layout fits, or no row is usable.
        RecipeError: the mapping is not valid.

    Example:
        >>> store = open_user_data(UserData("questions.jsonl"))
    """
    mapping = load_mapping(data.mapping) if data.mapping else None
    if mapping is None and data.layout != "auto":
        canonical_layout(data.layout)

    rows = open_rows(data.path, data.split)
    is_on_hub = data.path.startswith(HUB_PREFIX)
    settings = {
        "own": data.path if is_on_hub else os.path.abspath(data.path),  # noqa: PTH100
        "layout": data.layout,
        "mapping": mapping.model_dump() if mapping else None,
        "images": str(data.images),
        "split": data.split,
        "frames": data.frames.model_dump(),
        "version": rows.version,
    }

    def build(writer: StoreWriter) -> StoreInfo:
        return StoreBuilder(data, mapping, writer).read(rows)

    return open_cached(settings, row_files(data.path), build, FrameReader(data.frames))
