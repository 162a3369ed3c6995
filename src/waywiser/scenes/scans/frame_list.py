"""The list of a scan's frames: names, poses, intrinsics and times, from cameras.json or .npz."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from waywiser.scenes.scans import safe_io
from waywiser.scenes.scans.safe_io import ScanItemError

MAX_LISTED_FRAMES = 100_000
MAX_TIME = 1e11
"""Largest time of a frame, in seconds: the year 5138 of a Unix clock."""
MIN_FRAME_INTERVAL = 1e-3
"""Least time between two frames, in seconds."""
_FRAME_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class FrameEntry:
    """One listed frame, not yet read; `shift` moves the first pixel's center to 0.5."""

    name: str
    pose: Any
    intrinsics: Any
    time: float | None
    shift: float


def list_frames(
    folder: Path, fps: Any, max_frames: int, dropped: Counter[str]
) -> list[tuple[int, FrameEntry]]:
    """The usable frames of cameras.json or cameras.npz, evenly thinned.

    Args:
        folder: Folder of the scan.
        fps: Frames per second as the scan states it, not yet checked; None if unknown.
        max_frames: Maximum number of frames to return.
        dropped: Counts the unusable frames by reason; updated in place.

    Returns:
        (index in the list, frame) pairs, in the order of the list.

    Raises:
        ScanItemError: The list cannot be read.
    """
    try:
        entries = _read_json(folder) if (folder / "cameras.json").exists() else _read_npz(folder)
    except ScanItemError as error:
        raise ScanItemError(f"has cameras of which the file {error}") from error

    rate = _parse_fps(fps)
    selected: list[tuple[int, FrameEntry]] = []
    seen_names: set[str] = set()
    last = -np.inf

    for index, entry in enumerate(entries):
        reason = ""
        time = entry.time if entry.time is not None or rate is None else index / rate

        if (
            not isinstance(entry.name, str)
            or not _FRAME_NAME.fullmatch(entry.name)
            or ".." in entry.name
        ):
            reason = "its name is not letters, digits, '.', '_' and '-'"
        elif entry.name in seen_names:
            reason = "its name is used twice"
        elif time is not None and not (abs(time) <= MAX_TIME and time - last >= MIN_FRAME_INTERVAL):
            reason = "its time does not come after the one before it"

        if reason:
            dropped[reason] += 1
            continue

        seen_names.add(entry.name)
        last = last if time is None else time
        selected.append(
            (index, FrameEntry(entry.name, entry.pose, entry.intrinsics, time, entry.shift))
        )

    if len(selected) > max_frames:
        selected = (
            [selected[i * (len(selected) - 1) // (max_frames - 1)] for i in range(max_frames)]
            if max_frames > 1
            else selected[:1]
        )

    return selected


def _read_json(folder: Path) -> list[FrameEntry]:
    values = safe_io.read_json_object(safe_io.resolve_member(folder, "cameras.json"))
    frames = values.get("frames")
    shared_intrinsics = values.get("intrinsics")

    if not set(values) <= {"frames", "intrinsics", "pixel_centre"} or not isinstance(frames, list):
        raise ScanItemError("is not a mapping of frames, intrinsics and pixel_centre")
    if len(frames) > MAX_LISTED_FRAMES:
        raise ScanItemError(f"lists more than {MAX_LISTED_FRAMES:,} frames")

    shift = _pixel_center_shift(values.get("pixel_centre", 0))
    return [
        (
            FrameEntry(
                f.get("name"),  # type: ignore[arg-type] - FrameEntry checks it
                f.get("pose"),
                f.get("intrinsics", shared_intrinsics),
                _parse_time(f.get("time")),
                shift,
            )
            if isinstance(f, dict) and set(f) <= {"name", "pose", "intrinsics", "time"}
            else FrameEntry("/", None, None, None, shift)
        )
        for f in frames
    ]


def _read_npz(folder: Path) -> list[FrameEntry]:
    arrays = safe_io.read_npz_arrays(
        safe_io.resolve_member(folder, "cameras.npz"),
        {"names": "U", "poses": "f", "intrinsics": "f", "times": "f", "pixel_centre": "fiu"},
    )

    names, poses, intrinsics_N_3_3 = (arrays.get(name) for name in ("names", "poses", "intrinsics"))
    if (
        names is None
        or poses is None
        or intrinsics_N_3_3 is None
        or names.ndim != 1
        or len(names) > MAX_LISTED_FRAMES
    ):
        raise ScanItemError("has no arrays names, poses and intrinsics")

    count = len(names)
    times = arrays.get("times")

    if intrinsics_N_3_3.ndim == 2:
        intrinsics_N_3_3 = np.broadcast_to(intrinsics_N_3_3, (count, *intrinsics_N_3_3.shape))

    if (
        len(poses) != count
        or len(intrinsics_N_3_3) != count
        or (times is not None and times.shape != (count,))
    ):
        raise ScanItemError("has arrays of different lengths")

    shift = _pixel_center_shift(
        arrays["pixel_centre"].item()
        if "pixel_centre" in arrays and arrays["pixel_centre"].size == 1
        else 0
    )

    return [
        FrameEntry(
            str(names[i]),
            poses[i],
            intrinsics_N_3_3[i],
            None if times is None else _parse_time(float(times[i])),
            shift,
        )
        for i in range(count)
    ]


def _pixel_center_shift(first_center: Any) -> float:
    """What to add to a principal point, given the calibration's center of the first pixel."""
    if isinstance(first_center, bool) or first_center not in (0, 0.5):
        raise ScanItemError("has a pixel_centre that is neither 0 nor 0.5")
    return 0.5 - float(first_center)


def _parse_time(value: Any) -> float | None:
    """Seconds, None for none; NaN, which no frame may have, for what is not a number."""
    if value is None:
        return None

    try:
        return (
            float(value)
            if isinstance(value, int | float) and not isinstance(value, bool)
            else math.nan
        )
    except OverflowError:
        return math.nan


def _parse_fps(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1000:
        raise ScanItemError("has an fps that is not a number from 0 to 1000")
    return float(value)
