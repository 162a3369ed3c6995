"""The list of a scan's frames: names, poses, lenses and times, from cameras.json or cameras.npz."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from waywiser.scenes.scans import bounded
from waywiser.scenes.scans.bounded import ScanItemError

MOST_LISTED = 100_000
LATEST, SHORTEST = 1e11, 1e-3
"""Seconds: the largest time there may be (the year 5138 of a Unix clock), and the least between two frames."""
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Entry:
    """One listed frame, not yet read; `shift` brings the principal point to pixel centres at 0.5."""

    name: str
    pose: Any
    lens: Any
    time: float | None
    shift: float


def listed(folder: Path, fps: Any, most: int, lost: Counter[str]) -> list[tuple[int, Entry]]:
    """The frames of cameras.json or cameras.npz, thinned to `most`."""
    try:
        entries = _from_json(folder) if (folder / "cameras.json").exists() else _from_npz(folder)
    except ScanItemError as error:
        raise ScanItemError(f"has cameras of which the file {error}") from error
    rate = _positive(fps)
    kept: list[tuple[int, Entry]] = []
    seen: set[str] = set()
    last = -np.inf
    for index, entry in enumerate(entries):
        reason = ""
        time = entry.time if entry.time is not None or rate is None else index / rate
        if not isinstance(entry.name, str) or not _NAME.fullmatch(entry.name) or ".." in entry.name:
            reason = "its name is not letters, digits, '.', '_' and '-'"
        elif entry.name in seen:
            reason = "its name is used twice"
        elif time is not None and not (abs(time) <= LATEST and time - last >= SHORTEST):
            reason = "its time does not come after the one before it"
        if reason:
            lost[reason] += 1
            continue
        seen.add(entry.name)
        last = last if time is None else time
        kept.append((index, Entry(entry.name, entry.pose, entry.lens, time, entry.shift)))
    if len(kept) > most:
        kept = [kept[i * (len(kept) - 1) // (most - 1)] for i in range(most)] if most > 1 else kept[:1]
    return kept


def _from_json(folder: Path) -> list[Entry]:
    values = bounded.json_object(bounded.member(folder, "cameras.json"))
    frames, shared = values.get("frames"), values.get("intrinsics")
    if not set(values) <= {"frames", "intrinsics", "pixel_centre"} or not isinstance(frames, list):
        raise ScanItemError("is no {frames, intrinsics, pixel_centre}")
    if len(frames) > MOST_LISTED:
        raise ScanItemError(f"lists more than {MOST_LISTED:,} frames")
    shift = _shift(values.get("pixel_centre", 0))
    return [
        Entry(f.get("name"), f.get("pose"), f.get("intrinsics", shared), _time(f.get("time")), shift)  # type: ignore[arg-type]
        if isinstance(f, dict) and set(f) <= {"name", "pose", "intrinsics", "time"}
        else Entry("/", None, None, None, shift)
        for f in frames
    ]


def _from_npz(folder: Path) -> list[Entry]:
    arrays = bounded.npz_arrays(
        bounded.member(folder, "cameras.npz"),
        {"names": "U", "poses": "f", "intrinsics": "f", "times": "f", "pixel_centre": "fiu"},
    )
    names, poses, lenses = (arrays.get(name) for name in ("names", "poses", "intrinsics"))
    if names is None or poses is None or lenses is None or names.ndim != 1 or len(names) > MOST_LISTED:
        raise ScanItemError("has no arrays names, poses and intrinsics")
    count, times = len(names), arrays.get("times")
    if lenses.ndim == 2:
        lenses = np.broadcast_to(lenses, (count, *lenses.shape))
    if len(poses) != count or len(lenses) != count or (times is not None and times.shape != (count,)):
        raise ScanItemError("has arrays of different lengths")
    shift = _shift(
        arrays["pixel_centre"].item() if "pixel_centre" in arrays and arrays["pixel_centre"].size == 1 else 0
    )
    return [
        Entry(str(names[i]), poses[i], lenses[i], None if times is None else _time(float(times[i])), shift)
        for i in range(count)
    ]


def _shift(first_centre: Any) -> float:
    """What to add to a principal point of a calibration in which the first pixel's centre is at 0 or at 0.5."""
    if isinstance(first_centre, bool) or first_centre not in (0, 0.5):
        raise ScanItemError("has a pixel_centre that is neither 0 nor 0.5")
    return 0.5 - float(first_centre)


def _time(value: Any) -> float | None:
    """Seconds; NaN, which no frame may have, for what is no number."""
    if value is None:
        return None
    try:
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:
        return math.nan


def _positive(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1000:
        raise ScanItemError("has an fps that is no number from 0 to 1000")
    return float(value)
