"""Write a scan's folder (the layout: docs/guide/scans.md), whole or not at all."""

import io
import json
import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from waywiser.errors import SceneError
from waywiser.scenes.scans.safe_io import MAX_DEPTH
from waywiser.scenes.scans.scan_reader import SCAN_FILE, SCAN_FORMAT

Up = Literal["+x", "-x", "+y", "-y", "+z", "-z"]


class ScanWriter:
    """Write frames one by one, then close: `with ScanWriter(folder, licence=..., up="+z") as scan:
    scan.add(...)`.

    The folder appears when the block ends well, and not at all when it does not. `floor` is the
    outline of the floor, (E, 3) points in metres; `pixel_center` is where the calibration has the
    centre of the first pixel, 0 or 0.5. Raises SceneError where the folder is there already, or
    cannot be written.
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
        if folder.exists():
            raise SceneError(
                f"{folder} is there already: choose another folder, or delete this one"
            )

        self.folder, self._partial_folder = folder, folder.with_name(f".{folder.name}.partial")
        self._header: dict[str, Any] = {
            "format": SCAN_FORMAT,
            "licence": license,
            "units": "m",
            "up": up,
        }

        if floor is not None:
            self._header["floor"] = np.asarray(floor, dtype=float).tolist()

        self._pixel_center, self._frames = pixel_center, list[dict[str, Any]]()
        self.objects: list[dict[str, Any]] = []

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
        """A frame: `rgb` (H, W, 3), z-`depth` (H, W) in metres (0 or NaN: none), camera-to-world
        `pose` (4, 4), OpenCV, `intrinsics` (3, 3) in pixels, `ids` (H, W) of objects, `time` in
        seconds.
        """
        with np.errstate(invalid="ignore"):
            usable = np.isfinite(depth) & (depth > 0) & (depth <= MAX_DEPTH)

        depth_mm = np.rint(np.where(usable, depth, 0) * 1000).astype(np.uint16)
        options: dict[str, Any] = (
            {"quality": 95, "subsampling": 0} if jpeg else {"compress_level": 2}
        )
        self._write_picture(f"frames/{name}.{'jpg' if jpeg else 'png'}", rgb, **options)
        self._write_picture(f"depth/{name}.png", depth_mm, compress_level=2)

        if ids is not None:
            self._write_picture(f"instances/{name}.png", ids.astype(np.uint16), compress_level=2)

        frame = {
            "name": name,
            "pose": np.asarray(pose, float).tolist(),
            "intrinsics": np.asarray(intrinsics, float).tolist(),
        }

        self._frames.append(frame if time is None else {**frame, "time": time})

    def add_object(
        self,
        number: int,
        category: str,
        *,
        center: Sequence[float] | None = None,
        size: Sequence[float] = (),
        rotation: ArrayLike | None = None,
    ) -> None:
        """An object; with `center`, its box: `size` along the columns of `rotation` (3, 3), metres."""
        record: dict[str, Any] = {"id": int(number), "category": category}

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
