"""Pages: a dataset, an audit, a curation, a training run, rollouts or scores as one HTML file."""

from typing import TYPE_CHECKING

from waywiser.lazy import lazy_attributes

if TYPE_CHECKING:
    from waywiser.report.evaluation_tables import text_summary as text_summary
    from waywiser.report.folder_report import write_report as write_report
    from waywiser.report.rollouts_page import write_rollouts_page as write_rollouts_page

_ORIGINS = {
    "text_summary": "waywiser.report.evaluation_tables.text_summary",
    "write_report": "waywiser.report.folder_report.write_report",
    "write_rollouts_page": "waywiser.report.rollouts_page.write_rollouts_page",
}

__all__ = [
    "text_summary",
    "write_report",
    "write_rollouts_page",
]

if not TYPE_CHECKING:  # so that type checkers and editors know unknown names as such
    __getattr__, __dir__ = lazy_attributes(__name__, _ORIGINS)
