"""Choose the page for a folder by what lies in it."""

from pathlib import Path

from waywiser.dataset.manifest import MANIFEST
from waywiser.errors import DatasetError
from waywiser.report.dataset_page import write_dataset_page
from waywiser.report.training_page import LOG, write_training_page


def write_report(folder: Path, out: Path | None = None) -> Path:
    """Write the page of a dataset or a training run, by default to `folder`/report.html.

    Raises DatasetError for a folder that is neither.
    """
    target = out or folder / "report.html"
    if (folder / MANIFEST).is_file():
        return write_dataset_page(folder, target)
    if (folder / LOG).is_file():
        return write_training_page(folder, target)
    raise DatasetError(f"{folder} holds neither a dataset ({MANIFEST}) nor a training run ({LOG}): nothing to report")
