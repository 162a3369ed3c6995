"""Stage "load": read items of the sources as samples, fingerprint them, and reject bad items."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from waywiser.curation.duplicates import make_fingerprint_text
from waywiser.curation.image_hashes import perceptual_hash
from waywiser.curation.rejection_reasons import split_reason
from waywiser.curation.rows import FingerprintRow, RejectedRow
from waywiser.curation.workspace import REJECTED_SCHEMA, CurationWorkspace, SourceShard
from waywiser.dataset.schema import SAMPLE_SCHEMA, sample_to_row
from waywiser.json_types import JsonObject
from waywiser.sample import Sample
from waywiser.sources import InvalidItem
from waywiser.sources.picture_bytes import MAX_PICTURE_BYTES

LOAD = "load"
FINGERPRINT_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("domain", pa.string()),
        ("task", pa.string()),
        ("text", pa.string()),
        ("answer", pa.string()),
        ("pictures", pa.list_(pa.string())),
        ("image_hashes", pa.binary()),
        ("scene_id", pa.string()),
        ("has_source_chain", pa.bool_()),
    ]
)


def load_samples(workspace: CurationWorkspace, shard: SourceShard) -> None:
    """Read the items of a shard; if its source raises, the items that it did not give are
    rejected.
    """
    samples: list[JsonObject] = []
    fingerprints: list[FingerprintRow] = []
    rejected: list[RejectedRow] = []
    items = shard.source.items(shard.start, shard.stop)

    for index in range(shard.start, shard.stop):
        try:
            item: Sample | InvalidItem = next(
                items,
                InvalidItem(f"{shard.source.name} {index}", "the source ended before its end"),
            )
        except Exception as error:  # a source broke its promise not to raise
            item = InvalidItem(
                f"{shard.source.name} {index}", f"the source raised {type(error).__name__}: {error}"
            )

        if isinstance(item, Sample) and any(
            len(image) > MAX_PICTURE_BYTES for image in item.images
        ):
            item = InvalidItem(
                item.id, f"its picture has more than {MAX_PICTURE_BYTES // 2**20} MB"
            )

        if isinstance(item, Sample):
            try:
                fingerprints.append(make_fingerprint_row(item))
                samples.append({**sample_to_row(item)})
                continue
            except Exception as error:  # Pillow raises anything for bytes that are not a picture
                item = InvalidItem(
                    item.id, f"its picture cannot be decoded ({type(error).__name__})"
                )

        rejected.append(make_rejected_row(item.where, shard.source.name, LOAD, item.reason))

    workspace.write(LOAD, shard.index, rejected, REJECTED_SCHEMA, "rejected")
    workspace.write(LOAD, shard.index, fingerprints, FINGERPRINT_SCHEMA, "prints")
    workspace.write(LOAD, shard.index, samples, SAMPLE_SCHEMA)


def make_fingerprint_row(sample: Sample) -> FingerprintRow:
    """The fingerprint of a sample."""
    return {
        "id": sample.id,
        "source": sample.source,
        "domain": sample.domain,
        "task": sample.task,
        "text": make_fingerprint_text(sample.question, sample.options),
        "answer": json.dumps([sample.answer.kind, sample.answer.value, sample.answer.unit]),
        "pictures": [hashlib.sha256(image).hexdigest() for image in sample.images],
        "image_hashes": b"".join(perceptual_hash(image) for image in sample.images),
        "scene_id": sample.scene_id,
        "has_source_chain": bool(sample.reasoning),
    }


def make_rejected_row(
    where: str, source: str, stage: str, reason: str, sample: Mapping[str, Any] | None = None
) -> RejectedRow:
    """A row for an item that did not pass.

    Args:
        where: name of the item, used if there is no sample.
        source: name of the source.
        stage: stage that rejects the item.
        reason: "kind: detail"; file names are removed from the kind.
        sample: columns of the sample or of its fingerprint, if there is one.
    """
    kind, detail = split_reason(reason)
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
