"""The frames of scans beside a dataset's scenes: depth and ids as they were measured, enough to
derive every answer.

`scans/*.parquet` has one row a frame. Depth is a 16-bit PNG in millimetres (0 where none was
measured), ids a 16-bit PNG of the objects' ids (0 for none), `muted` lists objects that nothing is
asked about in this frame.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
"""`labels` is "instances" or "boxes": where the ids come from."""


@dataclass(frozen=True)
class StoredFrame:
    """One frame as it is stored: (H, W) depth in millimetres and ids, and who is muted."""

    depth_mm: NDArray[np.uint16]
    ids: NDArray[np.int32]
    muted: frozenset[int]


def frame_to_row(
    scene_id: str, number: int, name: str, scanned: "LabeledFrame", labels: str
) -> dict[str, Any]:
    """A frame as a row of FRAMES."""
    depth_mm = np.rint(np.nan_to_num(scanned.frame.depth.astype(np.float64)) * 1000).astype(
        np.uint16
    )

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
    """A 16-bit grey PNG."""
    sink = io.BytesIO()
    Image.fromarray(values_H_W).save(sink, "PNG", compress_level=2)
    return sink.getvalue()


def read_stored_frames(folder: Path, scene_id: str) -> list[StoredFrame]:
    """The frames of one scene, in order. Raises DatasetError where there are none or they are
    damaged.
    """
    rows = sorted(_rows(folder, scene_id), key=lambda row: row["frame"])
    if not rows or [row["frame"] for row in rows] != list(range(len(rows))):
        raise DatasetError(
            f"{folder / 'scans'} does not hold the frames of {scene_id}: make the dataset again"
        )

    try:
        return [
            StoredFrame(
                _decode_png16(r["depth"]),
                _decode_png16(r["ids"]).astype(np.int32),
                frozenset(r["muted"]),
            )
            for r in rows
        ]
    except (OSError, ValueError, TypeError, SyntaxError, Image.DecompressionBombError) as error:
        raise DatasetError(
            f"a stored frame of {scene_id} is damaged: make the dataset again"
        ) from error


def _rows(folder: Path, scene_id: str) -> Iterator[dict[str, Any]]:
    for path in sorted((folder / "scans").glob("*.parquet")):
        try:
            yield from pq.read_table(path, filters=[("scene_id", "=", scene_id)]).to_pylist()
        except (OSError, pa.ArrowException, KeyError) as error:
            raise DatasetError(
                f"{path} is damaged or no file of frames: make the dataset again"
            ) from error


def _decode_png16(content: bytes) -> NDArray[np.uint16]:
    with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
        values = np.asarray(image)
    if values.ndim != 2 or values.dtype.kind not in "iu":
        raise ValueError("no map")
    return values.astype(np.uint16)
