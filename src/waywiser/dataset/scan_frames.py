"""The stored frames of scans: depth and ids as they were measured, enough to derive every answer.

`scans/*.parquet` has one row per frame. Depth is a 16-bit PNG in millimeters (0 if unknown), ids a
16-bit PNG of object ids (0 for none); `muted` lists objects that no question of this frame is
about.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image

from waywiser.errors import DatasetError

if TYPE_CHECKING:
    from waywiser.rendering.scan_visibility import LabeledFrame

FRAME_SCHEMA = pa.schema(
    [
        ("scene_id", pa.string()),
        ("frame", pa.int32()),
        ("name", pa.string()),
        ("depth", pa.binary()),
        ("ids", pa.binary()),
        ("labels", pa.string()),
        ("muted", pa.list_(pa.int32())),
    ]
)
"""`labels` is "instances" or "boxes": what the ids come from."""


class FrameRow(TypedDict):
    """A row of `FRAME_SCHEMA`."""

    scene_id: str
    frame: int
    name: str
    depth: bytes
    ids: bytes
    labels: str
    muted: list[int]


@dataclass(frozen=True)
class StoredFrame:
    """One frame as it is stored.

    Attributes:
        depth_mm: (H, W) depth in millimeters, 0 if unknown.
        ids: (H, W) object ids, 0 for none.
        muted: Ids of objects that no question of this frame is about.
    """

    depth_mm: NDArray[np.uint16]
    ids: NDArray[np.int32]
    muted: frozenset[int]


def frame_to_row(
    scene_id: str, number: int, name: str, scanned: "LabeledFrame", labels: str
) -> FrameRow:
    """A frame as a row of `FRAME_SCHEMA`.

    Args:
        scene_id: Id of the scan's scene.
        number: The frame's number in the scene.
        name: The frame's name in the scan.
        scanned: Its depth (meters), ids and muted objects.
        labels: What the ids come from: "instances" or "boxes".
    """
    depth = np.nan_to_num(scanned.frame.depth.astype(np.float64))
    depth_mm = np.rint(depth * 1000).astype(np.uint16)

    return {
        "scene_id": scene_id,
        "frame": number,
        "name": name,
        "depth": encode_png16(depth_mm),
        "ids": encode_png16(np.maximum(scanned.frame.ids, 0).astype(np.uint16)),
        "labels": labels,
        "muted": sorted(scanned.muted),
    }


def encode_png16(values_H_W: NDArray[np.uint16]) -> bytes:
    """A 16-bit grayscale PNG."""
    sink = io.BytesIO()
    Image.fromarray(values_H_W).save(sink, "PNG", compress_level=2)
    return sink.getvalue()


def read_stored_frames(folder: Path, scene_id: str) -> list[StoredFrame]:
    """The frames of one scene, in order. Raises DatasetError if they are missing or damaged."""
    rows = sorted(_rows(folder, scene_id), key=lambda row: row["frame"])
    if not rows or [row["frame"] for row in rows] != list(range(len(rows))):
        raise DatasetError(
            f"{folder / 'scans'} does not hold the frames of {scene_id}: make the dataset again"
        )

    try:
        return [
            StoredFrame(
                depth_mm=_decode_png16(row["depth"]),
                ids=_decode_png16(row["ids"]).astype(np.int32),
                muted=frozenset(row["muted"]),
            )
            for row in rows
        ]
    except (OSError, ValueError, TypeError, SyntaxError, Image.DecompressionBombError) as error:
        raise DatasetError(
            f"a stored frame of {scene_id} is damaged: make the dataset again"
        ) from error


def _rows(folder: Path, scene_id: str) -> Iterator[FrameRow]:
    for path in sorted((folder / "scans").glob("*.parquet")):
        try:
            yield from pq.read_table(path, filters=[("scene_id", "=", scene_id)]).to_pylist()
        except (OSError, pa.ArrowException, KeyError) as error:
            raise DatasetError(
                f"{path} is damaged or not a frames file: make the dataset again"
            ) from error


def _decode_png16(content: bytes) -> NDArray[np.uint16]:
    with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
        values = np.asarray(image)
    if values.ndim != 2 or values.dtype.kind not in "iu":
        raise ValueError("it is not a single-channel integer image: make the dataset again")
    return values.astype(np.uint16)
