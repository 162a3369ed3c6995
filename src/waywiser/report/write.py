"""Choose the page for a folder by what lies in it. A file is the JSON of an audit; its page goes beside it."""

from pathlib import Path

from waywiser.dataset.manifest import MANIFEST
from waywiser.errors import DatasetError
from waywiser.evaluation.summary import SCORES
from waywiser.report.audit_page import read_audit, write_audit_page
from waywiser.report.dataset_page import write_dataset_page
from waywiser.report.evaluation_page import write_evaluation_page
from waywiser.report.training_page import LOG, write_training_page


def write_report(folder: Path, out: Path | None = None, *, data: Path | None = None) -> Path:
    """Write the page of a dataset, a training run or an evaluation, by default to `folder`/report.html.

    `data` is the benchmark's folder, to show an evaluation's worst items with their pictures. Raises DatasetError for
    a folder that is none of these.
    """
    target = out or folder / "report.html"
    if (folder / MANIFEST).is_file():
        return write_dataset_page(folder, target)
    if folder.is_file():
        return write_audit_page(read_audit(folder), out or folder.with_suffix(".html"))
    if (folder / LOG).is_file():
        return write_training_page(folder, target)
    if (folder / SCORES).is_file():
        return write_evaluation_page(folder, target, data=data)
    raise DatasetError(
        f"{folder} holds no dataset ({MANIFEST}), no training run ({LOG}) and no evaluation ({SCORES}): "
        "nothing to report"
    )
