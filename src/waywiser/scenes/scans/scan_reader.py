"""Read a scan's folder: its usable parts, and why the others were left out.

docs/guide/scans.md describes the layout of the folder.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.json_types import JsonObject
from waywiser.scenes.scans import safe_io
from waywiser.scenes.scans.coordinates import (
    Z_FROM_UP,
    Floats,
    parse_camera,
    parse_floor_outline,
)
from waywiser.scenes.scans.frame_list import FrameEntry, list_frames
from waywiser.scenes.scans.safe_io import ScanItemError
from waywiser.scenes.scans.scan_objects import parse_objects
from waywiser.scenes.scene import Camera, Object, Vec2

SCAN_FORMAT = "waywiser-scan/1"
SCAN_FILE = "scan.json"
MIN_DEPTH_COVERAGE = 0.1
"""Share of a frame's pixels that must have a depth."""
_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")
_SCAN_KEYS = {"format", "licence", "units", "up", "objects", "floor", "fps", "note"}


@dataclass(frozen=True)
class ScanFrame:
    """One registered frame."""

    name: str
    """Name of its files, without an ending."""
    rgb: NDArray[np.uint8]
    """(H, W, 3) uint8 sRGB."""
    depth_mm: NDArray[np.uint16]
    """(H, W) z-depth in millimeters, 0 if unmeasured."""
    ids: NDArray[np.int32] | None
    """(H, W) ids of objects, 0 for none; None if the scan has no instance ids."""
    camera: Camera
    """Its camera, in the frame of a `Scene`."""
    time: float | None
    """Seconds, None if unknown."""


@dataclass
class Scan:
    """The usable parts of a scan, in the frame of a `Scene`."""

    id: str
    """What the scan is called."""
    license: str
    """License of the recording."""
    is_up_known: bool
    """Whether the scan states its up axis."""
    floor: tuple[Vec2, ...] | None
    """Outline of the floor at z = 0, None if unknown."""
    has_instance_ids: bool
    """Whether its frames have instance ids."""
    objects: list[Object]
    """Its objects; those without a measured box have a stand-in (`NO_BOX`)."""
    frames: list[ScanFrame]
    """Its frames, in the order of the list."""
    left_out: dict[str, Counter[str]] = field(
        default_factory=lambda: {"frames": Counter(), "objects": Counter()}
    )
    """Frames and objects that were left out, counted by reason."""

    @property
    def is_video(self) -> bool:
        """Whether the frames are a video: at least two, each with its time."""
        return len(self.frames) > 1 and all(frame.time is not None for frame in self.frames)


def find_scan_folders(root: Path) -> list[Path]:
    """The scan at `root`, or the folders in it, sorted by name; they are only checked when read.

    Raises SceneError if there is no folder, or nothing in it.
    """
    if not root.is_dir():
        raise SceneError(f"no scans at {root}: there is no such folder")
    if (root / SCAN_FILE).is_file():
        return [root]

    try:
        folders = sorted(
            path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")
        )
    except OSError as error:
        raise SceneError(f"cannot read {root} ({error.strerror}): choose another folder") from error

    if not folders:
        raise SceneError(
            f"no scans in {root}: it holds neither {SCAN_FILE} nor folders (see"
            " docs/guide/scans.md)"
        )

    return folders


def read_scan(folder: Path, scan_id: str, max_frames: int = 32, width: int = 640) -> Scan:
    """Read a scan.

    Larger pictures are subsampled by an odd factor, so that the pixels left keep their centers. Bad
    frames and objects are left out and counted.

    Args:
        folder: Folder of the scan.
        scan_id: What to call it, also in messages.
        max_frames: Maximum number of frames to read, evenly spaced.
        width: Greatest width of the frames, in pixels.

    Returns:
        The usable parts of the scan, in the frame of a `Scene`.

    Raises:
        SceneError: Nothing of the scan can be used; one line says why.
    """
    try:
        values = safe_io.read_json_object(safe_io.resolve_member(folder, SCAN_FILE))
    except ScanItemError as error:
        raise SceneError(f"{scan_id}: its {SCAN_FILE} {error}") from error

    try:
        scan, z_from_world, floor = _parse_header(values, folder, scan_id)
        scan.objects = parse_objects(
            values.get("objects", []),
            z_from_world,
            floor,
            yaw_allowed=values["up"] in (None, "+z"),
            has_instance_ids=scan.has_instance_ids,
            dropped=scan.left_out["objects"],
        )

        for index, entry in list_frames(
            folder, values.get("fps"), max_frames, scan.left_out["frames"]
        ):
            try:
                scan.frames.append(_read_frame(folder, entry, scan, z_from_world, floor, width))
            except ScanItemError as error:
                scan.left_out["frames"][str(error)] += 1
            except MemoryError as error:
                raise SceneError(f"{scan_id}: frame {index} does not fit into memory") from error
    except ScanItemError as error:
        raise SceneError(f"{scan_id}: it {error}") from error

    if not scan.frames:
        reasons = "; ".join(scan.left_out["frames"]) or "it lists none"
        raise SceneError(f"{scan_id}: none of its frames can be used: {reasons}")

    return scan


def _parse_header(values: JsonObject, folder: Path, scan_id: str) -> tuple[Scan, Floats, float]:
    """The scan without objects and frames, the rotation of its world, and its floor's height."""
    if values.get("format") != SCAN_FORMAT:
        raise ScanItemError(f"is not of the format {SCAN_FORMAT!r}")

    if unknown := sorted(set(values) - _SCAN_KEYS):
        raise ScanItemError(
            f"has the unknown key {unknown[0][:40]!r} in {SCAN_FILE} (known:"
            f" {', '.join(sorted(_SCAN_KEYS))})"
        )

    if values.get("units") != "m":
        raise ScanItemError("does not state its units as 'm': convert it to metres")
    if not isinstance(values.get("licence"), str) or not values["licence"].strip():
        raise ScanItemError("does not state its licence")

    if "up" not in values or values["up"] not in (None, *Z_FROM_UP):
        raise ScanItemError(
            f"does not state its up axis: one of {', '.join(Z_FROM_UP)}, or null where it is"
            " unknown"
        )

    z_from_world = np.eye(3) if values["up"] is None else Z_FROM_UP[values["up"]]
    outline = None
    height = 0.0

    if values.get("floor") is not None:
        if values["up"] is None:
            raise ScanItemError("has a floor but no up axis")

        outline, height = parse_floor_outline(values["floor"], z_from_world)

    scan = Scan(
        id=scan_id,
        license=" ".join(values["licence"].split())[:500],
        is_up_known=values["up"] is not None,
        floor=outline,
        has_instance_ids=(folder / "instances").is_dir(),
        objects=[],
        frames=[],
    )

    return scan, z_from_world, height


def _read_frame(
    folder: Path, entry: FrameEntry, scan: Scan, z_from_world: Floats, floor: float, width: int
) -> ScanFrame:
    """Read the files of one frame. Raises ScanItemError with the reason if it is unusable."""
    rgb = _read_frame_file(
        folder, "frames", entry.name, _PICTURE_SUFFIXES, "picture", safe_io.read_rgb
    )
    size = (rgb.shape[1], rgb.shape[0])
    step = _subsampling_step(size[0], width)
    view = _prefix_errors(
        "",
        lambda: parse_camera(
            entry.pose, entry.intrinsics, size, entry.shift, z_from_world, floor, step
        ),
    )

    depth = _read_frame_file(
        folder, "depth", entry.name, (".png", ".npz"), "depth", safe_io.read_depth_mm
    )
    ids = None

    if scan.has_instance_ids:
        ids = _read_frame_file(
            folder,
            "instances",
            entry.name,
            (".png", ".npz"),
            "instance ids",
            safe_io.read_instance_ids,
        )

    for pixels, label in ((depth, "depth"), (ids, "instance ids")):
        if pixels is not None and pixels.shape != rgb.shape[:2]:
            raise ScanItemError(f"its {label} and its picture differ in size")

    subsample = np.s_[step // 2 :: step, step // 2 :: step]
    depth = np.ascontiguousarray(depth[subsample])
    if (depth > 0).mean() < MIN_DEPTH_COVERAGE:
        raise ScanItemError("its depth is nearly empty")

    is_known = np.zeros(65536, dtype=bool)
    is_known[[obj.id for obj in scan.objects]] = True

    return ScanFrame(
        name=entry.name,
        rgb=np.ascontiguousarray(_downsample(rgb, step)),
        depth_mm=depth,
        ids=(
            None
            if ids is None
            else np.where(is_known[ids[subsample]], ids[subsample], 0).astype(np.int32)
        ),
        camera=view,
        time=entry.time,
    )


def _subsampling_step(across: int, width: int) -> int:
    """The smallest odd number that divides `across` pixels into at most `width`."""
    step = -(-across // max(1, width))
    return step + (step % 2 == 0)


def _downsample(rgb: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """Means of blocks of `step` pixels per side; blocks at the border repeat the last pixels."""
    if step == 1:
        return rgb

    height, width = (len(range(step // 2, side, step)) for side in rgb.shape[:2])
    below, right = (
        max(0, subsample * step - side)
        for subsample, side in zip((height, width), rgb.shape[:2], strict=True)
    )

    padded = np.pad(rgb, ((0, below), (0, right), (0, 0)), mode="edge")
    blocks = padded[: height * step, : width * step].reshape(height, step, width, step, 3)
    return np.rint(blocks.mean(axis=(1, 3))).astype(np.uint8)


def _read_frame_file(
    folder: Path, kind: str, name: str, endings: tuple[str, ...], label: str, reader: Any
) -> NDArray[Any]:
    """One of a frame's files, by the first spelling of its name that exists."""
    paths = [
        folder / kind / f"{stem}{ending}"
        for stem in _file_stems(name)
        for ending in _suffix_spellings(endings)
    ]

    path = next((path for path in paths if path.exists() or path.is_symlink()), paths[0])
    return _prefix_errors(
        f"its {label} ", lambda: reader(safe_io.resolve_member(folder, kind, path.name))
    )


def _file_stems(name: str) -> list[str]:
    """Names of a frame's files without ending; lists often give the picture's file with it."""
    stem, dot, ending = name.rpartition(".")
    return [name, stem] if stem and dot + ending.lower() in _PICTURE_SUFFIXES else [name]


def _suffix_spellings(endings: tuple[str, ...]) -> list[str]:
    """Endings as cameras and systems write them: lower case, upper case, capitalized."""
    return [spelled for e in endings for spelled in (e, e.upper(), f".{e[1:].capitalize()}")]


def _prefix_errors(prefix: str, work: Any) -> Any:
    """The result of `work`; a ScanItemError gets `prefix` in front of its message."""
    try:
        return work()
    except ScanItemError as error:
        raise ScanItemError(f"{prefix or 'it '}{error}") from error
