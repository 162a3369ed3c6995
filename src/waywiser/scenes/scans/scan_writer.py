"""Write a scan's folder (the layout: docs/guide/scans.md), whole or not at all."""

import io
import json
import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NotRequired, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from waywiser.errors import SceneError
from waywiser.scenes.scans.safe_io import MAX_DEPTH
from waywiser.scenes.scans.scan_reader import SCAN_FILE, SCAN_FORMAT

Up = Literal["+x", "-x", "+y", "-y", "+z", "-z"]


class ScanHeader(TypedDict):
    """The keys of a scan's file that do not list objects."""

    format: str
    licence: str
    units: str
    up: Up | None
    floor: NotRequired[list[list[float]]]


class FrameRecord(TypedDict):
    """One frame as cameras.json lists it: `pose` (4, 4), `intrinsics` (3, 3), `time` in seconds."""

    name: str
    pose: list[list[float]]
    intrinsics: list[list[float]]
    time: NotRequired[float]


class BoxRecord(TypedDict):
    """The box of an object: `center` (3,) and `size` (3,) in meters, `rotation` (3, 3)."""

    center: list[float]
    size: list[float]
    rotation: list[list[float]]


class ObjectRecord(TypedDict):
    """One object as a scan's file lists it."""

    id: int
    category: str
    box: NotRequired[BoxRecord]


class ScanWriter:
    """Writes a scan frame by frame; the folder appears only if the block ends without an error.

    Example:
        with ScanWriter(folder, license="CC BY 4.0", up="+z") as scan:
            scan.add("0000", rgb, depth, pose, intrinsics)
    """

    def __init__(
        self,
        folder: Path,
        *,
        license: str,
        up: Up | None,
        floor: ArrayLike | None = None,
        pixel_center: float = 0.0,
    ) -> None:
        """Start a scan; nothing is written before the `with` block begins.

        Args:
            folder: Folder of the scan, which must not exist yet.
            license: License of the recording.
            up: Axis of the scan's world that points up, None if unknown.
            floor: (E, 3) outline of the floor in the scan's world, in meters.
            pixel_center: Where the calibration has the center of the first pixel: 0 or 0.5.

        Raises:
            SceneError: The folder exists.
        """
        if folder.exists():
            raise SceneError(
                f"{folder} is there already: choose another folder, or delete this one"
            )

        self.folder = folder
        self._partial_folder = folder.with_name(f".{folder.name}.partial")
        self._header: ScanHeader = {
            "format": SCAN_FORMAT,
            "licence": license,
            "units": "m",
            "up": up,
        }

        if floor is not None:
            self._header["floor"] = np.asarray(floor, dtype=float).tolist()

        self._pixel_center = pixel_center
        self._frames: list[FrameRecord] = []
        self.objects: list[ObjectRecord] = []

    def __enter__(self) -> "ScanWriter":
        shutil.rmtree(self._partial_folder, ignore_errors=True)
        self._partial_folder.mkdir(parents=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            shutil.rmtree(self._partial_folder, ignore_errors=True)

    def add(
        self,
        name: str,
        rgb: NDArray[np.uint8],
        depth: NDArray[np.floating],
        pose: ArrayLike,
        intrinsics: ArrayLike,
        *,
        ids: NDArray[np.integer] | None = None,
        time: float | None = None,
        jpeg: bool = False,
    ) -> None:
        """Add a frame and write its files.

        Args:
            name: Name of the frame's files, without an ending.
            rgb: (H, W, 3) uint8 sRGB.
            depth: (H, W) z-depth in meters; 0 or NaN for none.
            pose: (4, 4) camera-to-world pose, OpenCV axes, in meters.
            intrinsics: (3, 3) intrinsics in pixels.
            ids: (H, W) ids of objects, 0 for none.
            time: Seconds since the start of the recording.
            jpeg: Whether to store the picture as JPEG; it is a PNG otherwise.
        """
        with np.errstate(invalid="ignore"):
            usable = np.isfinite(depth) & (depth > 0) & (depth <= MAX_DEPTH)

        depth_mm = np.rint(np.where(usable, depth, 0) * 1000).astype(np.uint16)
        options = {"quality": 95, "subsampling": 0} if jpeg else {"compress_level": 2}
        self._write_picture(f"frames/{name}.{'jpg' if jpeg else 'png'}", rgb, **options)
        self._write_picture(f"depth/{name}.png", depth_mm, compress_level=2)

        if ids is not None:
            self._write_picture(f"instances/{name}.png", ids.astype(np.uint16), compress_level=2)

        frame: FrameRecord = {
            "name": name,
            "pose": np.asarray(pose, float).tolist(),
            "intrinsics": np.asarray(intrinsics, float).tolist(),
        }

        if time is not None:
            frame["time"] = time

        self._frames.append(frame)

    def add_object(
        self,
        number: int,
        category: str,
        *,
        center: Sequence[float] | None = None,
        size: Sequence[float] = (),
        rotation: ArrayLike | None = None,
    ) -> None:
        """Add an object.

        Args:
            number: Id of the object in the frames' instance ids, 1 or more.
            category: What people call it.
            center: Center of its box in the scan's world, in meters; None for an object without a
            box.
            size: Sides of its box along the columns of `rotation`, in meters.
            rotation: (3, 3) axes of its box in the scan's world; by default the world's own.
        """
        record: ObjectRecord = {"id": int(number), "category": category}

        if center is not None:
            axes = np.eye(3) if rotation is None else np.asarray(rotation, dtype=float)
            record["box"] = {
                "center": [float(x) for x in center],
                "size": [float(x) for x in size],
                "rotation": axes.tolist(),
            }

        self.objects.append(record)

    def _write_picture(self, file_name: str, pixels: NDArray[Any], **options: Any) -> None:
        path = self._partial_folder / file_name
        path.parent.mkdir(exist_ok=True)
        sink = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(pixels)).save(
            sink, "JPEG" if path.suffix == ".jpg" else "PNG", **options
        )
        path.write_bytes(sink.getvalue())

    def _finish(self) -> None:
        cameras = {"pixel_centre": self._pixel_center, "frames": self._frames}
        for file_name, value in (
            ("cameras.json", cameras),
            (SCAN_FILE, {**self._header, "objects": self.objects}),
        ):
            (self._partial_folder / file_name).write_text(json.dumps(_json_safe(value)) + "\n")

        self._partial_folder.rename(self.folder)


def _json_safe(value: Any) -> Any:
    """The same with null for numbers that JSON does not have, which the reader then reports."""
    if isinstance(value, Mapping):
        return {key: _json_safe(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_json_safe(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
