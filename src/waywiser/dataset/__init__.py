"""Datasets on disk: Parquet that `datasets.load_dataset` opens, scenes and a manifest beside it."""
