"""The tiny starter of the training tests."""

from training.conftest import dataset, model_folder, samples, write_dataset

__all__ = ["dataset", "model_folder", "samples", "write_dataset"]
