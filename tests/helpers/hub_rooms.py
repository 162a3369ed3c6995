"""Tiny datasets with real pictures."""

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from waywiser.dataset.schema import SAMPLE_SCHEMA, sample_to_row
from waywiser.sample import Answer, Sample


def write_split(folder: Path, split: str, tasks: list[str]) -> None:
    """One question for each of `tasks`, in the file of a split."""
    stream = io.BytesIO()
    Image.new("RGB", (56, 56), "red").save(stream, "PNG")
    rows = [
        sample_to_row(
            Sample(
                id=f"{split}-{i}",
                split=split,
                domain="spatial",
                task=task,
                source="test",
                question="How many?",
                answer=Answer(kind="integer", value=i),
                reasoning="I see.",
                images=[stream.getvalue()],
            )
        )
        for i, task in enumerate(tasks)
    ]
    (folder / "data").mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows, schema=SAMPLE_SCHEMA)
    pq.write_table(table, folder / "data" / f"{split}-00000-of-00001.parquet")
