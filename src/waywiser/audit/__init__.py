"""Checks of a dataset by means other than those that made it."""

from typing import TYPE_CHECKING

from waywiser.lazy import lazy_attributes

if TYPE_CHECKING:
    from waywiser.audit.audit_summary import summarize_dataset_audit as summarize_dataset_audit
    from waywiser.audit.dataset_audit import AuditConfig as AuditConfig
    from waywiser.audit.dataset_audit import DatasetAudit as DatasetAudit
    from waywiser.audit.dataset_audit import audit_dataset as audit_dataset
    from waywiser.audit.geometry.scene_raster import SceneRaster as SceneRaster

_ORIGINS = {
    "AuditConfig": "waywiser.audit.dataset_audit.AuditConfig",
    "DatasetAudit": "waywiser.audit.dataset_audit.DatasetAudit",
    "SceneRaster": "waywiser.audit.geometry.scene_raster.SceneRaster",
    "audit_dataset": "waywiser.audit.dataset_audit.audit_dataset",
    "summarize_dataset_audit": "waywiser.audit.audit_summary.summarize_dataset_audit",
}

__all__ = [
    "AuditConfig",
    "DatasetAudit",
    "SceneRaster",
    "audit_dataset",
    "summarize_dataset_audit",
]

if not TYPE_CHECKING:  # so that type checkers and editors know unknown names as such
    __getattr__, __dir__ = lazy_attributes(__name__, _ORIGINS)
