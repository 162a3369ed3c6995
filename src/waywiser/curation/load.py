"""Stage "load": items of the sources as samples, with what de-duplication needs; bad items set aside."""

import hashlib
import json
from typing import Any

import pyarrow as pa

from waywiser.curation.duplicates import fingerprint_text
from waywiser.curation.pictures import look
from waywiser.curation.reasons import kind_and_detail
from waywiser.curation.workspace import REJECTED, Shard, Workspace
from waywiser.dataset.schema import SAMPLES, row_of
from waywiser.sample import Sample
from waywiser.sources import Bad
from waywiser.sources.pictures import MAX_BYTES

LOAD = "load"
PRINTS = pa.schema(
    [("id", pa.string()), ("source", pa.string()), ("domain", pa.string()), ("task", pa.string()),
     ("text", pa.string()), ("answer", pa.string()), ("pictures", pa.list_(pa.string())), ("looks", pa.binary()),
     ("scene_id", pa.string()), ("own_chain", pa.bool_())]
)  # fmt: skip


def load(workspace: Workspace, shard: Shard) -> None:
    """Read one shard's items. A source that raises in the middle costs the items that it did not give."""
    samples: list[dict[str, Any]] = []
    prints: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    items = shard.source.items(shard.start, shard.stop)
    for index in range(shard.start, shard.stop):
        try:
            item: Sample | Bad = next(items, Bad(f"{shard.source.name} {index}", "the source ended before its end"))
        except Exception as error:  # a source broke its promise not to raise
            item = Bad(f"{shard.source.name} {index}", f"the source raised {type(error).__name__}: {error}")
        if isinstance(item, Sample) and any(len(image) > MAX_BYTES for image in item.images):
            item = Bad(item.id, f"its picture has more than {MAX_BYTES // 2**20} MB")
        if isinstance(item, Sample):
            try:
                prints.append(print_row(item))
                samples.append(row_of(item))
                continue
            except Exception as error:  # what Pillow raises for a picture that is none
                item = Bad(item.id, f"its picture cannot be decoded ({type(error).__name__})")
        rejected.append(rejected_row(item.where, shard.source.name, LOAD, item.reason))
    workspace.write(LOAD, shard.index, rejected, REJECTED, "rejected")
    workspace.write(LOAD, shard.index, prints, PRINTS, "prints")
    workspace.write(LOAD, shard.index, samples, SAMPLES)


def print_row(sample: Sample) -> dict[str, Any]:
    """What de-duplication and splitting need of a sample."""
    return {
        "id": sample.id,
        "source": sample.source,
        "domain": sample.domain,
        "task": sample.task,
        "text": fingerprint_text(sample.question, sample.options),
        "answer": json.dumps([sample.answer.kind, sample.answer.value, sample.answer.unit]),
        "pictures": [hashlib.sha256(image).hexdigest() for image in sample.images],
        "looks": b"".join(look(image) for image in sample.images),
        "scene_id": sample.scene_id,
        "own_chain": bool(sample.reasoning),
    }


def rejected_row(
    where: str, source: str, stage: str, reason: str, sample: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A row of REJECTED. What stands before the first colon of `reason`, without names of files, is its kind."""
    kind, detail = kind_and_detail(reason)
    sample = sample or {}
    answer = sample.get("answer")
    return {
        "id": sample.get("id", where),
        "source": source,
        "domain": sample.get("domain"),
        "task": sample.get("task"),
        "stage": stage,
        "reason": kind,
        "detail": detail,
        "question": sample.get("question") or sample.get("text"),
        "answer": json.dumps(answer, default=str) if answer is not None else None,
    }
