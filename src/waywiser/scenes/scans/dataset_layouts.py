"""How the research datasets that scenezoo reads are laid out."""

from dataclasses import dataclass

from waywiser.scenes.scans.scan_writer import Up


@dataclass(frozen=True)
class DatasetLayout:
    """How a dataset is read."""

    folders: tuple[tuple[str, ...], ...]
    """Patterns of the scans' folders, for each place where they may be."""
    license: str
    """License of the dataset."""
    sources: tuple[str | None, ...] = (None,)
    """Cameras to try in turn; None for the only one."""
    boxes: str = "mobb_gravity"
    """Kind of boxes that scenezoo is asked for."""
    has_instance_ids: bool = False
    """Whether frames may have instance ids."""
    time_unit: float = 1.0
    """Seconds of one unit of its time stamps."""
    up: Up = "+z"
    """Axis of its world that points up."""


DATASET_LAYOUTS: dict[str, DatasetLayout] = {
    "scannetv2": DatasetLayout(
        (("scans/*",),),
        "ScanNet Terms of Use (non-commercial research)",
        has_instance_ids=True,
        time_unit=1e-6,
    ),
    "scannetppv2": DatasetLayout(
        (("data/*",),), "ScanNet++ Terms of Use (non-commercial research)", sources=("iphone",)
    ),
    "arkitscenes": DatasetLayout(
        (("raw/Training/*", "raw/Validation/*"), ("Training/*", "Validation/*")),
        "CC BY-NC-SA 4.0 (Apple, ARKitScenes)",
        sources=("lowres_wide", "mov"),
        boxes="obb_gt",
    ),
    "3rscan": DatasetLayout(
        (("download/*",), ("*",)), "3RScan Terms of Use (non-commercial research)", boxes="obb_gt"
    ),
}
DATASET_ALIASES = {"scannet": "scannetv2", "scannet++": "scannetppv2", "scannetpp": "scannetppv2"}
