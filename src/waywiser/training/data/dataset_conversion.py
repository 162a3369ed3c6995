"""`convert_dataset`: any data that `open_data` reads as a dataset of ours, with its pictures in the
files.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from PIL import Image
from tqdm import tqdm

from waywiser.dataset.manifest import content_label
from waywiser.dataset.schema import SAMPLE_SCHEMA, SampleRow, sample_to_row
from waywiser.errors import DatasetError
from waywiser.io import sha256, write_atomically, write_table
from waywiser.training.data.training_set import TrainingSet

ROWS_PER_FILE = 2000
FRAME_JPEG_QUALITY = 92
"""Of the JPEG files that frames of videos become."""


def convert_dataset(data: TrainingSet, out: Path) -> int:
    """Write the samples as `out/data/*.parquet`, one file set a split, and a card; returns their
    number.

    Raises DatasetError where `out` holds something already, or a picture cannot be read any more.
    """
    if out.exists() and any(out.iterdir()):
        raise DatasetError(f"{out} is not empty: choose another folder, or delete it")

    by_split: dict[str, list[int]] = {}
    for index, split in enumerate(data.column("split")):
        by_split.setdefault(split or "train", []).append(index)

    with tqdm(total=len(data), desc="convert", disable=None) as bar:
        for split, indices in by_split.items():
            files = -(-len(indices) // ROWS_PER_FILE)
            for number in range(files):
                chosen = indices[number * ROWS_PER_FILE : (number + 1) * ROWS_PER_FILE]
                path = out / "data" / f"{split}-{number:05d}-of-{files:05d}.parquet"
                write_table(
                    path,
                    pa.Table.from_pylist(list(_rows(data, chosen)), schema=SAMPLE_SCHEMA),
                    row_group_size=500,
                )

                bar.update(len(chosen))

    write_atomically(out / "README.md", _dataset_card(data, list(by_split), out).encode())
    return len(data)


def _rows(data: TrainingSet, indices: list[int]) -> Iterator[SampleRow]:
    for index in indices:
        images = encode_images_and_frames(data, index)
        sample = data.samples[index].model_copy(update={"images": images})
        yield sample_to_row(
            sample, [f"{sample.id}-{n}{image_suffix(content)}" for n, content in enumerate(images)]
        )


def encode_images_and_frames(data: TrainingSet, index: int) -> list[bytes]:
    """All that sample `index` shows, encoded: its pictures as they were given, then the frames of
    its video.
    """
    return [*data.encoded_images(index), *map(_encode_frame, data.frames(index))]


def _encode_frame(image: Image.Image) -> bytes:
    """A frame of a video as a JPEG file."""
    sink = io.BytesIO()
    image.save(sink, "JPEG", quality=FRAME_JPEG_QUALITY)
    return sink.getvalue()


def image_suffix(content: bytes) -> str:
    """How the name of an encoded picture ends."""
    kinds = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif", b"RIFF": ".webp"}
    return next((ending for magic, ending in kinds.items() if content.startswith(magic)), ".img")


def _dataset_card(data: TrainingSet, splits: list[str], out: Path) -> str:
    label = content_label(sha256(path) for path in sorted((out / "data").glob("*.parquet")))
    files = "\n".join(f"  - split: {split}\n    path: data/{split}-*.parquet" for split in splits)
    sources = ", ".join(sorted(set(data.column("source"))))
    return (
        f"---\nconfigs:\n- config_name: default\n  description: {label}\n  data_files:\n{files}\n"
        f"---\n# {len(data)} questions\n\nConverted by waywiser from: {sources}. Their license is that of the"
        " source.\n"
    )
