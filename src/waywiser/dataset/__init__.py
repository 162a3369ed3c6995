"""Datasets on disk: Parquet that `datasets.load_dataset` opens, scenes and a manifest beside it."""

from typing import TYPE_CHECKING

from waywiser.lazy import lazy_attributes

if TYPE_CHECKING:
    from waywiser.dataset.config import SynthesisConfig as SynthesisConfig
    from waywiser.dataset.manifest import dataset_summary as dataset_summary
    from waywiser.dataset.manifest import read_manifest as read_manifest
    from waywiser.dataset.question_generator import QuestionGenerator as QuestionGenerator
    from waywiser.dataset.reader import read_samples as read_samples
    from waywiser.dataset.reader import read_scenes as read_scenes
    from waywiser.dataset.schema import SAMPLE_SCHEMA as SAMPLE_SCHEMA
    from waywiser.dataset.schema import row_to_sample as row_to_sample
    from waywiser.dataset.schema import sample_to_row as sample_to_row
    from waywiser.dataset.store import SampleStore as SampleStore
    from waywiser.dataset.store import StoreInfo as StoreInfo
    from waywiser.dataset.store_writer import StoreWriter as StoreWriter

_ORIGINS = {
    "QuestionGenerator": "waywiser.dataset.question_generator.QuestionGenerator",
    "SAMPLE_SCHEMA": "waywiser.dataset.schema.SAMPLE_SCHEMA",
    "SampleStore": "waywiser.dataset.store.SampleStore",
    "StoreInfo": "waywiser.dataset.store.StoreInfo",
    "StoreWriter": "waywiser.dataset.store_writer.StoreWriter",
    "SynthesisConfig": "waywiser.dataset.config.SynthesisConfig",
    "dataset_summary": "waywiser.dataset.manifest.dataset_summary",
    "read_manifest": "waywiser.dataset.manifest.read_manifest",
    "read_samples": "waywiser.dataset.reader.read_samples",
    "read_scenes": "waywiser.dataset.reader.read_scenes",
    "row_to_sample": "waywiser.dataset.schema.row_to_sample",
    "sample_to_row": "waywiser.dataset.schema.sample_to_row",
}

__all__ = [
    "SAMPLE_SCHEMA",
    "QuestionGenerator",
    "SampleStore",
    "StoreInfo",
    "StoreWriter",
    "SynthesisConfig",
    "dataset_summary",
    "read_manifest",
    "read_samples",
    "read_scenes",
    "row_to_sample",
    "sample_to_row",
]

if not TYPE_CHECKING:  # so that type checkers and editors know unknown names as such
    __getattr__, __dir__ = lazy_attributes(__name__, _ORIGINS)
