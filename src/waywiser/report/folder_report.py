"""Write the page of a folder by its content, or of an audit's JSON file."""

from pathlib import Path

from waywiser.dataset.manifest import MANIFEST
from waywiser.errors import DatasetError
from waywiser.evaluation.summary import SCORES_FILE
from waywiser.report.audit_page import read_audit, write_audit_page
from waywiser.report.curation_page import CURATION_FILE, write_curation_page
from waywiser.report.dataset_page import write_dataset_page
from waywiser.report.evaluation_overview import find_evaluation_runs, write_evaluation_overview
from waywiser.report.evaluation_page import write_evaluation_page
from waywiser.report.training_page import LOG_FILE, write_training_page


def write_report(folder: Path, out: Path | None = None, *, data: Path | str | None = None) -> Path:
    """Write the page of a dataset, a curation, a training run, an evaluation or an audit.

    Args:
        folder: The folder, or the JSON file of an audit; a folder of several evaluations gets one
            page for all.
        out: The page's file, by default `folder`/report.html; next to the file for an audit.
        data: The benchmark's data, if it is no longer where the evaluation read it.

    Raises:
        DatasetError: The folder holds none of these.
    """
    target = out or folder / "report.html"
    if (folder / MANIFEST).is_file():
        return write_dataset_page(folder, target)
    if (folder / CURATION_FILE).is_file():
        return write_curation_page(folder, target)
    if folder.is_file():
        return write_audit_page(read_audit(folder), out or folder.with_suffix(".html"))
    if (folder / LOG_FILE).is_file():
        return write_training_page(folder, target)
    if (folder / SCORES_FILE).is_file():
        return write_evaluation_page(folder, target, data=data)
    if find_evaluation_runs(folder):
        return write_evaluation_overview(folder, target)

    raise DatasetError(
        f"{folder} holds no dataset ({MANIFEST}), no curation ({CURATION_FILE}), no training run"
        f" ({LOG_FILE}) and no evaluation ({SCORES_FILE}): nothing to report"
    )
