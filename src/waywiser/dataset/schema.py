"""The columns of a dataset file, and the conversion between a `Sample` and a row.

Types are fixed, so an all-null column keeps its type. An answer's value is text in the file (an
answer may be a number, an option or a list) and is parsed on reading; program inputs are JSON text.
"""

import json
from collections.abc import Mapping
from typing import Any, TypedDict, cast

import pyarrow as pa

from waywiser.json_types import JsonObject
from waywiser.sample import Answer, Sample
from waywiser.scenes.scene import Scene

_STRINGS = pa.list_(pa.string())
_FIELDS: dict[str, pa.DataType] = {
    "id": pa.string(),
    "split": pa.string(),
    "domain": pa.string(),
    "task": pa.string(),
    "source": pa.string(),
    "question": pa.string(),
    "options": _STRINGS,
    "answer": pa.struct(
        {
            "kind": pa.string(),
            "value": pa.string(),
            "unit": pa.string(),
            "options": _STRINGS,
            "tolerance": pa.float64(),
        }
    ),
    "images": pa.list_(pa.struct({"bytes": pa.binary(), "path": pa.string()})),
    "fps": pa.float64(),
    "timestamps": pa.list_(pa.float64()),
    "horizontal_fov_deg": pa.float64(),
    "reasoning": pa.string(),
    "difficulty": pa.float64(),
    "difficulty_by": pa.string(),
    "quality": pa.struct(
        {
            "structure": pa.float64(),
            "cognitive_load": pa.float64(),
            "verification": pa.float64(),
            "judge": pa.string(),
        }
    ),
    "scene_id": pa.string(),
    "program": pa.struct({"name": pa.string(), "inputs": pa.string()}),
    "margin": pa.float64(),
    "seed": pa.int64(),
    "version": pa.string(),
}


class ImageCell(TypedDict):
    """One image of a row."""

    bytes: bytes
    path: str


class AnswerCell(TypedDict):
    """The answer of a row; `value` is text whatever the kind."""

    kind: str
    value: str
    unit: str | None
    options: list[str] | None
    tolerance: float | None


class SampleRow(TypedDict):
    """A row of `data/*.parquet`: the fields of a `Sample` as they are stored."""

    id: str
    split: str
    domain: str
    task: str
    source: str
    question: str
    options: list[str] | None
    answer: AnswerCell
    images: list[ImageCell]
    fps: float | None
    timestamps: list[float] | None
    horizontal_fov_deg: float | None
    reasoning: str | None
    difficulty: float | None
    difficulty_by: str | None
    quality: JsonObject | None
    scene_id: str | None
    program: JsonObject | None
    margin: float | None
    seed: int | None
    version: str | None


class SceneRow(TypedDict):
    """A row of `scenes/*.parquet`; `scene` is the whole `Scene` as JSON."""

    id: str
    split: str
    seed: int
    furniture: str
    categories: list[str]
    scene: str


def _feature(name: str, kind: pa.DataType) -> JsonObject:
    """The `datasets` feature of an Arrow type (the format of datasets >= 4)."""
    if name == "images":
        return {"feature": {"_type": "Image"}, "_type": "List"}
    if pa.types.is_list(kind):
        return {"feature": _feature("", kind.value_type), "_type": "List"}
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.name, field.type) for field in kind}

    return {"dtype": {"double": "float64"}.get(str(kind), str(kind)), "_type": "Value"}


def _schema(fields: dict[str, pa.DataType]) -> pa.Schema:
    features = {name: _feature(name, kind) for name, kind in fields.items()}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return pa.schema([pa.field(name, kind) for name, kind in fields.items()], metadata=metadata)


SAMPLE_SCHEMA = _schema(_FIELDS)
"""One row per sample. `images` is a list of {bytes, path}, which `datasets` decodes as pictures."""

SCENE_SCHEMA = _schema(
    {
        "id": pa.string(),
        "split": pa.string(),
        "seed": pa.int64(),
        "furniture": pa.string(),
        "categories": _STRINGS,
        "scene": pa.string(),
    }
)
"""One row per scene; `scene` is the whole `Scene` as JSON."""


def sample_to_row(sample: Sample, names: list[str] | None = None) -> SampleRow:
    """A sample as a row of `SAMPLE_SCHEMA`; `names` are the file names of its images."""
    row = sample.model_dump(exclude={"images"})
    row["images"] = [
        {"bytes": content, "path": names[i] if names else f"{sample.id}-{i}.png"}
        for i, content in enumerate(sample.images)
    ]

    row["answer"]["value"] = _answer_text(sample.answer)
    if sample.program:
        row["program"]["inputs"] = json.dumps(sample.program.inputs, sort_keys=True)

    return cast(SampleRow, row)


def row_to_sample(row: Mapping[str, Any]) -> Sample:
    """A row of `SAMPLE_SCHEMA` as a sample; columns that are absent or null take their defaults.

    Raises:
        ValueError, TypeError, KeyError: The row is not a sample.
    """
    fields = {key: value for key, value in row.items() if value is not None}
    fields["answer"] = _typed_answer(fields["answer"])
    if "program" in fields:
        fields["program"] = {**fields["program"], "inputs": json.loads(fields["program"]["inputs"])}

    fields["images"] = [image["bytes"] for image in fields.get("images", ())]
    return Sample.model_validate(fields)


def scene_to_row(scene: Scene) -> SceneRow:
    """A scene as a row of `SCENE_SCHEMA`."""
    return {
        "id": scene.id,
        "split": scene.split,
        "seed": scene.seed,
        "furniture": scene.furniture,
        "categories": sorted({obj.category for obj in scene.objects}),
        "scene": scene.model_dump_json(),
    }


def _answer_text(answer: Answer) -> str:
    return json.dumps(answer.value) if isinstance(answer.value, list) else str(answer.value)


def _typed_answer(stored: JsonObject) -> JsonObject:
    """The stored answer with its value parsed by its kind."""
    kind = stored["kind"]
    text = stored["value"]
    value: Any = text

    if kind == "integer":
        value = int(text)
    elif kind == "number":
        value = float(text)
    elif kind == "choices":
        value = json.loads(text)

    return {**stored, "value": value}
