"""`SampleStore`: the samples of a dataset as memory-mapped Arrow files, each distinct picture once.

A process that opens a store keeps indices only; rows and pictures are pages of files, which the
operating system shares between processes and reclaims when memory is short. Pictures are decoded on
demand.

A store is a folder: `rows.arrow` (the columns of a sample, and the numbers of its pictures),
`pictures.arrow` (encoded pictures, or the paths of pictures and videos outside the store) and
`store.json` (counts, and what was left out).
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import pyarrow as pa
from PIL import Image

from waywiser.dataset.schema import SAMPLE_SCHEMA, row_to_sample
from waywiser.errors import DatasetError, MediaError
from waywiser.media import decode_picture
from waywiser.sample import Sample

ROWS_FILE = "rows.arrow"
PICTURES_FILE = "pictures.arrow"
INFO_FILE = "store.json"
ROWS_PER_BATCH = 4096
"""Rows in every batch but the last, so that a row is found by division."""
PICTURES_PER_BATCH = 256
"""Pictures in every batch but the last, so that a picture is found by division."""

ROW_FIELDS = [SAMPLE_SCHEMA.field(name) for name in SAMPLE_SCHEMA.names if name != "images"]
ROW_SCHEMA = pa.schema(
    [
        *ROW_FIELDS,
        pa.field("pictures", pa.list_(pa.int32())),
        pa.field("video", pa.int32()),
        pa.field("key", pa.binary(16)),
    ]
)
"""`pictures` and `video` are numbers in the pictures' file; `key` is a hash of a row's content and
its pictures.
"""
PICTURE_SCHEMA = pa.schema(
    [("bytes", pa.large_binary()), ("path", pa.string()), ("key", pa.binary(16))]
)

MAX_DECODED_PICTURES = 512
MAX_DECODED_VIDEOS = 32


class PictureEntry(TypedDict):
    """A row of `PICTURE_SCHEMA`: either `bytes` or `path` is set."""

    key: bytes
    path: str | None
    bytes: bytes | None


@dataclass(frozen=True)
class StoreInfo:
    """What a store was made from.

    Attributes:
        rows: Rows that were read.
        layout: How the data was laid out.
        left_out: Rows that were left out, by reason.
        examples: One example for each reason.
        notes: Guesses about the data, with counts.
        watched: Files that could not be used, with their times (see `file_time`); the store is
            outdated once one of them changes.
    """

    rows: int = 0
    layout: str = "waywiser"
    left_out: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    watched: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "StoreInfo":
        """The info of the store in `folder`. Raises OSError, ValueError or TypeError."""
        return cls(**json.loads((folder / INFO_FILE).read_text(encoding="utf-8")))

    @property
    def outdated(self) -> bool:
        """Whether a file that could not be used has changed since."""
        return any(file_time(Path(path)) != time for path, time in self.watched.items())


def file_time(path: Path) -> int:
    """When a file was last changed, in nanoseconds; -1 if there is none."""
    try:
        return path.stat().st_mtime_ns
    except (OSError, ValueError):
        return -1


FrameReader = Callable[[Path | bytes], list[Image.Image]]


class SampleStore:
    """Samples by number, without their pictures' bytes; pictures by number, decoded on demand.

    Args:
        folder: A store that a `StoreWriter` wrote.
        read_frames: Reads the frames of a video file; needed only if samples have videos.

    Raises:
        DatasetError: The store is damaged.

    Example:
        >>> store = SampleStore(folder)
        >>> sample = store.sample(0)
        >>> images = store.images(0)
    """

    def __init__(self, folder: Path, read_frames: FrameReader | None = None) -> None:
        self.folder = folder
        self._read_frames = read_frames
        try:
            self.info = StoreInfo.read(folder)
            self._table = pa.ipc.open_file(pa.memory_map(str(folder / ROWS_FILE))).read_all()
            pictures = pa.ipc.open_file(pa.memory_map(str(folder / PICTURES_FILE))).read_all()
        except (OSError, ValueError, TypeError, pa.ArrowException) as error:
            raise DatasetError(
                f"the cached copy of the data in {folder} is damaged: delete that folder"
            ) from error

        # Batches are laid out once here, not on each access; their pages stay in the file.
        self._rows = self._table.to_batches()
        self._pictures = pictures.to_batches()
        self.num_pictures: int = pictures.num_rows
        """Distinct pictures and videos."""
        self.clear_cache()

    def __len__(self) -> int:
        return self._table.num_rows

    def __reduce__(self) -> Any:
        # `datasets` names a table by a hash of its transform: the folder's name represents its
        # content.
        return (SampleStore, (self.folder, self._read_frames))

    def column(self, name: str) -> pa.ChunkedArray:
        """A column of all rows, memory-mapped."""
        return self._table.column(name)

    def sample(self, index: int) -> Sample:
        """Sample `index`, without its pictures' bytes."""
        batch, offset = divmod(index, ROWS_PER_BATCH)
        row = self._rows[batch].slice(offset, 1).to_pylist()[0]
        for name in ("pictures", "video", "key"):
            del row[name]
        return row_to_sample(row)

    def places(self, index: int) -> tuple[int, ...]:
        """The numbers of a sample's pictures, in order; a video is not one of them."""
        batch, offset = divmod(index, ROWS_PER_BATCH)
        return tuple(self._rows[batch].column("pictures")[offset].as_py() or ())

    def video(self, index: int) -> int | None:
        """The number of a sample's video, None if it has none."""
        batch, offset = divmod(index, ROWS_PER_BATCH)
        return self._rows[batch].column("video")[offset].as_py()

    def encoded(self, place: int) -> bytes:
        """The bytes of a picture. Raises DatasetError if its file can no longer be read."""
        source = _source(self._entry(place))
        if isinstance(source, bytes):
            return source

        try:
            return source.read_bytes()
        except OSError as error:
            raise DatasetError(f"the picture {source} cannot be read: {error.strerror}") from error

    def file(self, place: int) -> Path | None:
        """The path of a picture outside the store; None for one inside it."""
        path = self._entry(place)["path"]
        return Path(path) if path else None

    def key(self, place: int) -> bytes:
        """A hash of a picture's content (or, for a file, of its path, size and time)."""
        return self._entry(place)["key"]

    def picture(self, place: int) -> Image.Image:
        """A decoded picture; the last ones are cached. Raises DatasetError if it is damaged."""

        def decode() -> Image.Image:
            source = _source(self._entry(place))
            return decode_picture(source if isinstance(source, bytes) else str(source))

        return self._decoded.get(place, decode)

    def frames(self, place: int) -> list[Image.Image]:
        """Sampled frames of a video. Raises DatasetError if it cannot be read."""

        def read() -> list[Image.Image]:
            entry = self._entry(place)
            if self._read_frames is None:
                raise DatasetError(f"{entry['path']} is a video, and nothing here reads videos")
            return self._read_frames(_source(entry))

        return self._videos.get(place, read)

    def images(self, index: int, places: Sequence[int] | None = None) -> list[Image.Image]:
        """All images of sample `index`: its pictures, then the frames of its video.

        Args:
            index: Number of the sample.
            places: Numbers of the pictures to decode; None for all of the sample's.

        Raises:
            DatasetError: A picture or the video cannot be read.
        """
        try:
            shown = self.places(index) if places is None else places
            images = [self.picture(place) for place in shown]
            video = self.video(index)
            return images if video is None else [*images, *self.frames(video)]
        except MediaError as error:
            identifier = self.column("id")[index].as_py()
            raise DatasetError(
                f"a picture of sample {identifier} cannot be decoded: {error}"
            ) from error

    def clear_cache(self) -> None:
        """Drop the cached pictures and videos."""
        self._decoded = _LRUCache(MAX_DECODED_PICTURES)
        self._videos = _LRUCache(MAX_DECODED_VIDEOS)

    def keys(self, indices: Sequence[int] | np.ndarray) -> bytes:
        """The concatenated keys of rows."""
        column = self._table.column("key").take(pa.array(indices, pa.int64()))
        return b"".join(column.to_pylist())

    def _entry(self, place: int) -> PictureEntry:
        batch, offset = divmod(place, PICTURES_PER_BATCH)
        return self._pictures[batch].slice(offset, 1).to_pylist()[0]


def _source(entry: PictureEntry) -> Path | bytes:
    """The bytes of a picture, or the path of one that is not in the store."""
    if entry["bytes"] is not None:
        return entry["bytes"]

    return Path(entry["path"] or "")


class _LRUCache:
    """The least recently used values are dropped beyond `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Any, Any] = OrderedDict()

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        if key not in self._values:
            self._values[key] = make()
            if len(self._values) > self._size:
                self._values.popitem(last=False)

        self._values.move_to_end(key)
        return self._values[key]


def content_key(*parts: bytes) -> bytes:
    """A hash of content, 16 bytes."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.digest()
