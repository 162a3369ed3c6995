"""`export_dataset`: samples in the layouts that other trainers read; `open_data` reads each of them
back as it was.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
from tqdm import tqdm

from waywiser.errors import DatasetError, RecipeError
from waywiser.io import write_atomically, write_table
from waywiser.json_types import JsonObject
from waywiser.media import portable_picture
from waywiser.prompting import content_parts, question_text
from waywiser.recipe import nearest_name
from waywiser.sample import Sample
from waywiser.tasks.completion import format_sample_answer, gold_completion
from waywiser.training.config import DataConfig
from waywiser.training.data.dataset_conversion import encode_images_and_frames, image_suffix
from waywiser.training.data.training_set import TrainingSet, read_training_set
from waywiser.training.for_verl import write_verl_dataset

_IMAGES = pa.list_(pa.struct({"bytes": pa.binary(), "path": pa.string()}))
_CONTENT_PARTS = pa.list_(pa.struct({"type": pa.string(), "text": pa.string()}))
_MESSAGES = pa.list_(pa.struct({"role": pa.string(), "content": _CONTENT_PARTS}))
_ANSWER = pa.string()
EASYR1 = pa.schema(
    {
        "id": pa.string(),
        "problem": pa.string(),
        "images": _IMAGES,
        "answer": pa.string(),
        "task": pa.string(),
    }
)
TRL = pa.schema(
    {
        "id": pa.string(),
        "prompt": _MESSAGES,
        "completion": _MESSAGES,
        "images": _IMAGES,
        "answer": _ANSWER,
        "task": pa.string(),
    }
)


def export_dataset(config: DataConfig, to: str, out: Path, seed: int = 0) -> int:
    """Write the samples of `config` for another trainer; returns their number.

    Args:
        config: Which samples to write.
        to: One of FORMATS.
        out: File to write: Parquet for verl, easyr1 and trl; JSONL for messages and JSON for
            llava, both with their pictures in a folder beside it (`OUT_images`).
        seed: Seed of the draw if the data has a `limit`.

    Raises:
        RecipeError: The format is unknown.
        DatasetError: The samples cannot be read.
    """
    if to not in FORMATS:
        near = nearest_name(to, FORMATS)
        raise RecipeError(
            f"unknown format {to!r}: "
            + (f"did you mean {near!r}?" if near else f"use {', '.join(FORMATS)}")
        )

    if config.online is not None:
        raise RecipeError(
            "data.online is drawn while training: synthesize a dataset, or export a run's samples"
            " folder"
        )

    if to == "verl":
        return write_verl_dataset(config, out, seed)

    data = read_training_set(config, seed)
    _WRITERS[to](data, out)
    return len(data)


def _write_easyr1(data: TrainingSet, out: Path) -> None:
    rows: list[JsonObject] = []

    for index in _indices_with_progress(data):
        sample, images = _with_images(data, index)
        rows.append(
            {
                "id": sample.id,
                "problem": _text_with_image_tags(sample, len(images)),
                "images": _image_structs(sample, images),
                "answer": format_sample_answer(sample),
                "task": sample.task,
            }
        )

    write_table(out, pa.Table.from_pylist(rows, schema=EASYR1), row_group_size=500)


def _write_trl(data: TrainingSet, out: Path) -> None:
    rows: list[JsonObject] = []

    for index in _indices_with_progress(data):
        sample, images = _with_images(data, index)
        parts = content_parts(question_text(sample), [None] * len(images))
        user = {
            "role": "user",
            "content": [{"type": part["type"], "text": part.get("text")} for part in parts],
        }

        gold = {"type": "text", "text": gold_completion(sample)}
        rows.append(
            {
                "id": sample.id,
                "prompt": [user],
                "completion": [{"role": "assistant", "content": [gold]}],
                "images": _image_structs(sample, images),
                "answer": _answer_json(sample),
                "task": sample.task,
            }
        )

    write_table(out, pa.Table.from_pylist(rows, schema=TRL), row_group_size=500)


def _write_messages(data: TrainingSet, out: Path) -> None:
    lines: list[str] = []

    for index in _indices_with_progress(data):
        sample, images = _with_images(data, index)
        row = {
            "id": sample.id,
            "messages": [
                {"role": "user", "content": _text_with_image_tags(sample, len(images))},
                {"role": "assistant", "content": gold_completion(sample)},
            ],
            "images": _write_images(sample, images, out),
            "solution": f"<answer>{format_sample_answer(sample)}</answer>",
            "answer": json.loads(_answer_json(sample)),
            "task": sample.task,
        }

        lines.append(json.dumps(row, ensure_ascii=False) + "\n")

    write_atomically(out, "".join(lines).encode())


def _write_llava(data: TrainingSet, out: Path) -> None:
    rows: list[JsonObject] = []

    for index in _indices_with_progress(data):
        sample, images = _with_images(data, index)
        row: JsonObject = {
            "id": sample.id,
            "conversations": [
                {"from": "human", "value": _text_with_image_tags(sample, len(images))},
                {"from": "gpt", "value": gold_completion(sample)},
            ],
            "answer": json.loads(_answer_json(sample)),
            "task": sample.task,
        }

        paths = _write_images(sample, images, out)
        if paths:
            row["image"] = paths[0] if len(paths) == 1 else paths

        rows.append(row)

    write_atomically(out, (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode())


_WRITERS: dict[str, Callable[[TrainingSet, Path], None]] = {
    "easyr1": _write_easyr1,
    "trl": _write_trl,
    "messages": _write_messages,
    "llava": _write_llava,
}
FORMATS = ("verl", *_WRITERS)


def _indices_with_progress(data: TrainingSet) -> Any:
    return tqdm(range(len(data)), desc="export", disable=None)


def _with_images(data: TrainingSet, index: int) -> tuple[Sample, list[bytes]]:
    """A sample and its encoded pictures, as any trainer shows them; frames of its video are
    pictures too.
    """
    return data.samples[index], [
        portable_picture(content) for content in encode_images_and_frames(data, index)
    ]


def _text_with_image_tags(sample: Sample, images: int) -> str:
    """The text of the question with `<image>` for each picture."""
    parts = content_parts(question_text(sample), [None] * images)
    images_first = sum(part["type"] == "image" for part in parts[:images]) == images
    text = "".join("<image>" if part["type"] == "image" else part["text"] for part in parts)

    return (
        text.replace("<image>" * images, "<image>" * images + "\n", 1)
        if images_first and images
        else text
    )


def _answer_json(sample: Sample) -> str:
    return json.dumps(sample.answer.model_dump(mode="json", exclude_none=True), ensure_ascii=False)


def _image_structs(sample: Sample, images: list[bytes]) -> list[JsonObject]:
    return [
        {"bytes": content, "path": f"{sample.id}-{n}{image_suffix(content)}"}
        for n, content in enumerate(images)
    ]


def _write_images(sample: Sample, images: list[bytes], out: Path) -> list[str]:
    """Write pictures beside the file; returns their paths as the file names them."""
    folder = out.with_name(f"{out.stem}_images")
    names: list[str] = []

    for number, content in enumerate(images):
        name = f"{_file_name(sample.id)}-{number}{image_suffix(content)}"
        write_atomically(folder / name, content)
        names.append(f"{folder.name}/{name}")

    return names


def _file_name(identifier: str) -> str:
    """An id as part of a file's name."""
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in identifier)
    if not safe.strip("."):
        raise DatasetError(f"sample {identifier!r} has no id that a file could be named after")
    return safe[:150]
