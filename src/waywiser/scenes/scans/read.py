"""Read a scan's folder: what can be used of it, and why the rest was left out (the layout: docs/scans.md)."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.scenes.categories import confusable
from waywiser.scenes.scans import bounded
from waywiser.scenes.scans.bounded import ScanItemError
from waywiser.scenes.scans.cameras import Entry, listed
from waywiser.scenes.scans.kinds import BOXED, SEEN, UNSURE
from waywiser.scenes.scans.words import plain_word
from waywiser.scenes.scans.world import Z_FROM_UP, Floats, camera, floor_outline, upright_box
from waywiser.scenes.scene import Box, Camera, Object, Vec2

FORMAT = "waywiser-scan/1"
SCAN_FILE = "scan.json"
MOST_OBJECTS = 5_000
LEAST_MEASURED = 0.1
"""Share of a frame's pixels that must have a depth."""
_PICTURES = (".png", ".jpg", ".jpeg")
_KEYS = {"format", "licence", "units", "up", "objects", "floor", "fps", "note"}
NO_BOX = Box(center=(0.0, 0.0, 0.0), size=(0.0, 0.0, 0.0))
"""Stands for the box of an object that was scanned without one."""


@dataclass(frozen=True)
class ScanFrame:
    """One registered frame: `rgb` (H, W, 3) uint8; `depth_mm` (H, W) z-depth in millimetres, 0 where unmeasured;
    `ids` (H, W) of objects, 0 for none, or None where the scan has no instance ids; `time` in seconds or None."""

    name: str
    rgb: NDArray[np.uint8]
    depth_mm: NDArray[np.uint16]
    ids: NDArray[np.int32] | None
    camera: Camera
    time: float | None


@dataclass
class Scan:
    """What could be read of a scan, in the frame of a `Scene`.

    `level` says whether the up axis is known, `floor` is the floor's outline at z = 0, `instances` whether frames have
    instance ids. `objects` without a box of their own (`SEEN`, or `UNSURE`) have a stand-in. `left_out` counts by
    reason the frames and objects that were left out.
    """

    id: str
    licence: str
    level: bool
    floor: tuple[Vec2, ...] | None
    instances: bool
    objects: list[Object]
    frames: list[ScanFrame]
    left_out: dict[str, Counter[str]] = field(default_factory=lambda: {"frames": Counter(), "objects": Counter()})

    @property
    def timed(self) -> bool:
        """Whether the frames are a video: at least two, each with its time."""
        return len(self.frames) > 1 and all(frame.time is not None for frame in self.frames)


def scan_folders(root: Path) -> list[Path]:
    """The scan at `root`, or the folders in it, sorted by name; what is no scan is found out on reading.

    Raises SceneError where there is no folder, or nothing in it.
    """
    if not root.is_dir():
        raise SceneError(f"no scans at {root}: there is no such folder")
    if (root / SCAN_FILE).is_file():
        return [root]
    try:
        found = sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        raise SceneError(f"cannot read {root} ({error.strerror}): choose another folder") from error
    if not found:
        raise SceneError(f"no scans in {root}: it holds neither {SCAN_FILE} nor folders (see docs/scans.md)")
    return found


def read_scan(folder: Path, scan_id: str, most_frames: int = 32, width: int = 640) -> Scan:
    """Read a scan, at most `most_frames` of its frames (evenly drawn) and at most `width` pixels across.

    Larger pictures are thinned by an odd factor, so that kept pixels keep their centres. Raises SceneError, in one
    line, for a scan of which nothing can be used; bad frames and objects are left out and counted.
    """
    try:
        values = bounded.json_object(bounded.member(folder, SCAN_FILE))
    except ScanItemError as error:
        raise SceneError(f"{scan_id}: its {SCAN_FILE} {error}") from error
    try:
        scan, z_from_world, floor = _head(values, folder, scan_id)
        scan.objects = list(
            _objects(values.get("objects", []), scan, z_from_world, floor, values["up"] in (None, "+z"))
        )
        for index, entry in listed(folder, values.get("fps"), most_frames, scan.left_out["frames"]):
            try:
                scan.frames.append(_frame(folder, entry, scan, z_from_world, floor, width))
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


def _head(values: dict[str, Any], folder: Path, scan_id: str) -> tuple[Scan, Floats, float]:
    """The scan without objects and frames, the rotation of its world and its floor's height."""
    if values.get("format") != FORMAT:
        raise ScanItemError(f"is not of the format {FORMAT!r}")
    if unknown := sorted(set(values) - _KEYS):
        raise ScanItemError(
            f"has the unknown key {unknown[0][:40]!r} in {SCAN_FILE} (known: {', '.join(sorted(_KEYS))})"
        )
    if values.get("units") != "m":
        raise ScanItemError("does not state its units as 'm': convert it to metres")
    if not isinstance(values.get("licence"), str) or not values["licence"].strip():
        raise ScanItemError("does not state its licence")
    if "up" not in values or values["up"] not in (None, *Z_FROM_UP):
        raise ScanItemError(f"does not state its up axis: one of {', '.join(Z_FROM_UP)}, or null where it is unknown")
    z_from_world = np.eye(3) if values["up"] is None else Z_FROM_UP[values["up"]]
    outline, height = None, 0.0
    if values.get("floor") is not None:
        if values["up"] is None:
            raise ScanItemError("has a floor but no up axis")
        outline, height = floor_outline(values["floor"], z_from_world)
    scan = Scan(
        id=scan_id, licence=" ".join(values["licence"].split())[:500], level=values["up"] is not None, floor=outline,
        instances=(folder / "instances").is_dir(), objects=[], frames=[],
    )  # fmt: skip
    return scan, z_from_world, height


def _objects(records: Any, scan: Scan, z_from_world: Floats, floor: float, yaw_allowed: bool) -> list[Object]:
    """The objects that can be used; a word that something unusable bears makes all others that bear it unsure."""
    if not isinstance(records, list) or len(records) > MOST_OBJECTS:
        raise ScanItemError(f"has objects that are no list of at most {MOST_OBJECTS}")
    lost, unsure = scan.left_out["objects"], set[str]()
    ids = Counter(r["id"] for r in records if isinstance(r, dict) and type(r.get("id")) is int)
    found: list[Object] = []
    for record in records:
        try:
            word, number = _labelled(record)
        except ScanItemError as error:
            lost[str(error)] += 1
            continue
        box, where = None, "has neither a box nor instance ids"
        try:
            if not 1 <= number <= 65535 or ids[number] > 1:
                raise ScanItemError("has an id that is used twice, or no integer from 1 to 65535")
            if record.get("box") is not None:
                where = ""
                box = upright_box(record["box"], z_from_world, floor, yaw_allowed)
        except ScanItemError as error:
            lost[where := str(error)] += 1
            placed = scan.instances and "box" in where
        else:
            placed = box is not None or scan.instances
            if not placed:
                lost[where] += 1
        if placed:
            found.append(Object(id=number, category=word, model=BOXED if box else SEEN, box=box or NO_BOX))
        else:
            unsure.add(word)
    return [
        o.model_copy(update={"model": UNSURE}) if any(confusable(o.category, word) for word in unsure) else o
        for o in found
    ]


def _labelled(record: Any) -> tuple[str, int]:
    """The word and the number of an object. Raises ScanItemError for what has none."""
    if not isinstance(record, dict) or not {"id", "category"} <= set(record) <= {"id", "category", "box"}:
        raise ScanItemError("is no {id, category, box}")
    return plain_word(record["category"]), record["id"] if type(record["id"]) is int else -1


def _frame(folder: Path, entry: Entry, scan: Scan, z_from_world: Floats, floor: float, width: int) -> ScanFrame:
    """Read the files of one frame. Raises ScanItemError with the reason why it cannot be used."""
    rgb = _part(folder, "frames", entry.name, _PICTURES, "picture", bounded.rgb_picture)
    size = (rgb.shape[1], rgb.shape[0])
    every = _thinning(size[0], width)
    view = _told("", lambda: camera(entry.pose, entry.lens, size, entry.shift, z_from_world, floor, every))
    depth = _part(folder, "depth", entry.name, (".png", ".npz"), "depth", bounded.depth_millimetres)
    ids = None
    if scan.instances:
        ids = _part(folder, "instances", entry.name, (".png", ".npz"), "instance ids", bounded.instance_ids)
    for pixels, what in ((depth, "depth"), (ids, "instance ids")):
        if pixels is not None and pixels.shape != rgb.shape[:2]:
            raise ScanItemError(f"its {what} and its picture differ in size")
    kept = np.s_[every // 2 :: every, every // 2 :: every]
    depth = np.ascontiguousarray(depth[kept])
    if (depth > 0).mean() < LEAST_MEASURED:
        raise ScanItemError("its depth is nearly empty")
    known = np.zeros(65536, dtype=bool)
    known[[thing.id for thing in scan.objects]] = True
    return ScanFrame(
        name=entry.name,
        rgb=np.ascontiguousarray(_thinned(rgb, every)),
        depth_mm=depth,
        ids=None if ids is None else np.where(known[ids[kept]], ids[kept], 0).astype(np.int32),
        camera=view,
        time=entry.time,
    )


def _thinning(across: int, width: int) -> int:
    """The smallest odd number that divides `across` pixels into at most `width`."""
    every = -(-across // max(1, width))
    return every + (every % 2 == 0)


def _thinned(rgb: NDArray[np.uint8], every: int) -> NDArray[np.uint8]:
    """Means of blocks of `every` pixels a side round the kept ones; what fills no block is left out of the mean."""
    if every == 1:
        return rgb
    height, width = (len(range(every // 2, side, every)) for side in rgb.shape[:2])
    below, beside = (max(0, kept * every - side) for kept, side in zip((height, width), rgb.shape[:2], strict=True))
    padded = np.pad(rgb, ((0, below), (0, beside), (0, 0)), mode="edge")
    blocks = padded[: height * every, : width * every].reshape(height, every, width, every, 3)
    return np.rint(blocks.mean(axis=(1, 3))).astype(np.uint8)


def _part(folder: Path, kind: str, name: str, endings: tuple[str, ...], what: str, reader: Any) -> NDArray[Any]:
    """One of a frame's files, by the first spelling of its name that is there."""
    paths = [folder / kind / f"{stem}{ending}" for stem in _stems(name) for ending in _spelled(endings)]
    path = next((path for path in paths if path.exists() or path.is_symlink()), paths[0])
    return _told(f"its {what} ", lambda: reader(bounded.member(folder, kind, path.name)))


def _stems(name: str) -> list[str]:
    """What a frame's files are called before their ending: lists often name the picture's file, ending and all."""
    stem, dot, ending = name.rpartition(".")
    return [name, stem] if stem and dot + ending.lower() in _PICTURES else [name]


def _spelled(endings: tuple[str, ...]) -> list[str]:
    """Endings as cameras and systems write them: small letters, capitals, one capital."""
    return [spelled for e in endings for spelled in (e, e.upper(), f".{e[1:].capitalize()}")]


def _told(before: str, work: Any) -> Any:
    """The result of `work`; its ScanItemError is told with `before` in front of it."""
    try:
        return work()
    except ScanItemError as error:
        raise ScanItemError(f"{before or 'it '}{error}") from error
