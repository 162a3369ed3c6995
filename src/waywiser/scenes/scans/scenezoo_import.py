"""Research scans to the folder format: ScanNet, ScanNet++, ARKitScenes and 3RScan.

They are read by scenezoo (extra `scans`), which gives world-to-camera poses (OpenCV), depth in
meters, and intrinsics with the first pixel's center at (0, 0). It is never allowed to download
anything.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import RecipeError, SceneError, error_text
from waywiser.scenes.scans.dataset_layouts import DATASET_ALIASES, DATASET_LAYOUTS, DatasetLayout
from waywiser.scenes.scans.registration import reproject_depth, resample_depth
from waywiser.scenes.scans.scan_writer import ScanWriter

MAX_WIDTH = 640
"""Greatest width of converted pictures, in pixels; they also have at most twice the depth's."""


class SourceOptions(TypedDict, total=False):
    """What scenezoo is asked for besides the scan: the camera, for datasets that have several."""

    source: str


@dataclass
class ConversionResult:
    """The scans that were written, and why others were not."""

    written: list[str] = field(default_factory=list)
    """Names of the converted scans."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Why each other scan was not converted."""
    frames: dict[str, int] = field(default_factory=dict)
    """Frames of each converted scan that could not be read."""


def convert_scans(
    name: str, root: Path, out: Path, scans: Sequence[str] = (), max_frames: int = 32
) -> ConversionResult:
    """Convert the scans of a dataset to the folder format, one folder each.

    A scan that cannot be read is left out.

    Args:
        name: Dataset: a key of `DATASET_LAYOUTS` or an alias.
        root: Folder of the dataset.
        out: Folder that the converted scans are written to.
        scans: Names of the scans to convert; by default all.
        max_frames: Maximum frames per scan, evenly spaced.

    Returns:
        The scans that were written and those that were not.

    Raises:
        RecipeError: The dataset is unknown, or scenezoo is not installed.
        SceneError: Nothing could be converted.
    """
    layout_name = DATASET_ALIASES.get(name, name)
    layout = DATASET_LAYOUTS.get(layout_name)
    if layout is None:
        raise RecipeError(
            f"unknown dataset {name!r}: choose from"
            f" {', '.join([*DATASET_LAYOUTS, *DATASET_ALIASES])}"
        )

    if max_frames < 1:
        raise RecipeError(f"frames must be at least 1, not {max_frames}")
    if not root.is_dir():
        raise SceneError(f"no scans at {root}: there is no such folder")

    result = ConversionResult()
    dataset = _open_dataset(layout_name, root)
    names = list(scans) or _find_scans(root, layout)
    for scan in names:
        folder = out / re.sub(r"[^A-Za-z0-9_-]+", "-", scan)
        try:
            result.frames[scan] = _convert_scan(dataset, layout, scan, folder, max_frames)
            result.written.append(scan)
        # Another project's reader fails in many ways; one scan must not stop the others.
        except Exception as error:
            result.skipped[scan] = error_text(error, 300)

    if not result.written:
        why = next(
            iter(result.skipped.values()), f"it has no {' or '.join(sum(layout.folders, ()))}"
        )

        raise SceneError(f"none of the {len(names)} scans in {root} could be converted: {why}")

    return result


def _open_dataset(name: str, root: Path) -> Any:
    try:
        import scenezoo  # type: ignore[import-not-found]
    except ImportError as error:
        raise RecipeError(
            "converting scans needs scenezoo: pip install 'waywiser[scans]'"
        ) from error

    return scenezoo.get_dataset(name, root, offline=True)


def _find_scans(root: Path, layout: DatasetLayout) -> list[str]:
    """Names of the scans whose folders exist, sorted."""
    for patterns in layout.folders:
        if result := sorted(
            {path.name for pattern in patterns for path in root.glob(pattern) if path.is_dir()}
        ):
            return result

    return []


def _convert_scan(
    dataset: Any, layout: DatasetLayout, scan: str, folder: Path, max_frames: int
) -> int:
    """Convert one scan; returns how many of the chosen frames could not be read."""
    boxes, names = dataset.get_boxes(scan, box_type=layout.boxes)
    options, frame_indices = _choose_frames(dataset, layout, scan, max_frames)
    target = _TargetCamera.of(dataset, scan, options, frame_indices)
    has_instance_ids = layout.has_instance_ids and _has_instance_ids(
        dataset, scan, options, frame_indices[0]
    )
    num_unreadable = 0

    with ScanWriter(folder, license=layout.license, up=layout.up) as writer:
        frames = list(
            _read_frames(dataset, layout, scan, options, frame_indices, target, has_instance_ids)
        )
        if not frames:
            raise SceneError("none of its frames could be read")

        times = [frame.time for frame in frames]
        has_times = all(a is not None and b is not None and a < b for a, b in pairwise(times))

        for number, frame in enumerate(frames):
            ids = None if frame.ids is None else np.where(frame.ids >= 0, frame.ids + 1, 0)
            writer.add(
                f"{number:04d}",
                frame.rgb,
                frame.depth,
                frame.pose,
                frame.intrinsics,
                ids=ids,
                time=frame.time if has_times else None,
                jpeg=True,
            )

        num_unreadable = len(frame_indices) - len(frames)

        for number, box in boxes.items():
            writer.add_object(
                number + 1,
                str(names[number]),
                center=box.center,
                size=box.extent,
                rotation=_as_rotation(box.R),
            )

    return num_unreadable


def _as_rotation(axes_3_3: Any) -> NDArray[np.float64]:
    """Box axes as a rotation: a box is its own mirror image."""
    axes = np.array(axes_3_3, dtype=np.float64)
    return axes if np.linalg.det(axes) > 0 else axes * (1.0, 1.0, -1.0)


def _choose_frames(
    dataset: Any, layout: DatasetLayout, scan: str, max_frames: int
) -> tuple[SourceOptions, list[int]]:
    """The camera to read, as options, and up to `max_frames` of its posed frames, evenly spaced."""
    last_error: Exception | None = None

    for source in layout.sources:
        options = SourceOptions() if source is None else SourceOptions(source=source)
        try:
            indices = dataset.get_frames(
                scan, items=("world_to_camera",), **options
            ).indices.tolist()
        except (OSError, ValueError) as error:
            last_error = error
            continue

        if indices:
            count = min(max_frames, len(indices))
            positions = [i * (len(indices) - 1) // max(1, count - 1) for i in range(count)]
            return options, [indices[position] for position in positions]

    raise SceneError(str(last_error or "it has no frame with a pose"))


@dataclass(frozen=True)
class _TargetCamera:
    """Size (width, height) of the converted pictures, and the color camera's place."""

    size: tuple[int, int]
    color_from_depth: NDArray[np.float64] | None

    @classmethod
    def of(
        cls, dataset: Any, scan: str, options: SourceOptions, frame_indices: list[int]
    ) -> "_TargetCamera":
        batch = _read_first(dataset, scan, options, frame_indices, ("rgb", "depth"))
        (_, height, width, _), depth_width = batch.rgb.shape, batch.depth.shape[2]
        color_from_depth = None

        if hasattr(dataset, "get_calibration"):
            matrix = dataset.get_calibration(scan).get("depth_to_rgb")
            if matrix is not None and np.abs(matrix - np.eye(4)).max() > 1e-4:
                color_from_depth = np.asarray(matrix, dtype=np.float64)

        # Moved points leave gaps between pixels finer than their own.
        finest = depth_width if color_from_depth is not None else 2 * depth_width
        target_width = min(width, finest, MAX_WIDTH)
        return cls((target_width, round(height * target_width / width)), color_from_depth)


def _read_first(
    dataset: Any,
    scan: str,
    options: SourceOptions,
    frame_indices: list[int],
    items: tuple[str, ...],
) -> Any:
    """The first of these frames that can be read. Raises the last frame's error if none can."""
    last_error: Exception = SceneError("it has no frames")

    for index in frame_indices:
        try:
            return dataset.get_frames(scan, indices=[index], items=items, **options)
        except Exception as error:
            last_error = error

    raise last_error


def _has_instance_ids(dataset: Any, scan: str, options: SourceOptions, index: int) -> bool:
    try:
        dataset.get_frames(scan, indices=[index], items=("instance_maps",), **options)
    except Exception:  # not downloaded, or damaged: boxes do, too
        return False
    return True


@dataclass(frozen=True)
class _RegisteredFrame:
    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32]
    ids: NDArray[np.int32] | None
    pose: NDArray[np.float64]
    intrinsics: NDArray[np.float64]
    time: float | None


def _read_frames(
    dataset: Any,
    layout: DatasetLayout,
    scan: str,
    options: SourceOptions,
    frame_indices: list[int],
    target: _TargetCamera,
    has_instance_ids: bool,
) -> Iterator[_RegisteredFrame]:
    """The readable ones of these frames, one by one."""
    items = ["rgb", "depth", "rgb_intrinsics", "depth_intrinsics", "world_to_camera"]
    items += ["instance_maps"] if has_instance_ids else []

    for index in frame_indices:
        try:
            batch = dataset.get_frames(
                scan, indices=[index], items=items, output_size=target.size, **options
            )
        except Exception:  # damaged, or not there: one frame must not stop the others
            continue

        yield _register(batch, target, _frame_time(dataset, scan, options, index, layout.time_unit))


def _register(batch: Any, target: _TargetCamera, time: float | None) -> _RegisteredFrame:
    intrinsics = batch.rgb_intrinsics[0].astype(np.float64)
    depth_intrinsics = batch.depth_intrinsics[0].astype(np.float64)
    pose = np.linalg.inv(batch.world_to_camera[0].astype(np.float64))

    if target.color_from_depth is None:
        depth = resample_depth(batch.depth[0], depth_intrinsics, intrinsics, target.size)
    else:  # poses are those of the depth camera
        depth = reproject_depth(
            batch.depth[0], depth_intrinsics, target.color_from_depth, intrinsics, target.size
        )
        pose = pose @ np.linalg.inv(target.color_from_depth)

    ids = None if batch.instance_maps is None else batch.instance_maps[0].astype(np.int32)
    return _RegisteredFrame(batch.rgb[0], depth, ids, pose, intrinsics, time)


def _frame_time(
    dataset: Any, scan: str, options: SourceOptions, index: int, time_unit: float
) -> float | None:
    """Seconds of a frame by its first valid time stamp, None if it has none."""
    try:
        stamps = np.ravel(
            dataset.get_frames(scan, indices=[index], items=("timestamps",), **options).timestamps
        )
    except Exception:  # it has none
        return None

    unset = (0, np.iinfo(np.uint64).max)
    return next(
        (
            float(stamp) * time_unit
            for stamp in stamps.tolist()
            if np.isfinite(stamp) and stamp not in unset
        ),
        None,
    )
