"""Stage "unique": reject repeated ids, duplicates and benchmark questions, over all shards."""

from collections import Counter

import pyarrow as pa

from waywiser.curation.contamination import BenchmarkIndex, find_contaminated
from waywiser.curation.duplicates import (
    Fingerprint,
    SignatureFunction,
    find_duplicates,
    group_by_image_hash,
)
from waywiser.curation.minhash import minhash_signatures
from waywiser.curation.rows import FingerprintRow, RejectedRow, UniqueRow
from waywiser.curation.stages.load import LOAD, make_rejected_row
from waywiser.curation.workspace import REJECTED_SCHEMA, CurationWorkspace, SourceShard

UNIQUE = "unique"
KEPT_SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("id", pa.string()),
        ("domain", pa.string()),
        ("task", pa.string()),
        ("keys", pa.list_(pa.string())),
        ("has_source_chain", pa.bool_()),
    ]
)


def deduplicate(
    workspace: CurationWorkspace,
    shards: list[SourceShard],
    sign: SignatureFunction = minhash_signatures,
) -> None:
    """Write the unique rows of each shard with their splitting keys, and the rejected ones.

    `sign` computes MinHash signatures of texts, in this process or in workers.
    """
    rows: list[tuple[int, int, FingerprintRow]] = []

    for shard in shards:
        rows += [
            (shard.index, r, row)
            for r, row in enumerate(workspace.read(LOAD, shard.index, "prints"))
        ]

    reasons = _find_rejections(workspace, rows, sign)
    image_hashes = group_by_image_hash(
        [row["image_hashes"] for _, _, row in rows], workspace.recipe.duplicates.picture_bits
    )
    kept: dict[int, list[UniqueRow]] = {shard.index: [] for shard in shards}
    rejected: dict[int, list[RejectedRow]] = {shard.index: [] for shard in shards}

    for n, (shard, r, row) in enumerate(rows):
        if n in reasons:
            stage, reason = reasons[n]
            rejected[shard].append(make_rejected_row(row["id"], row["source"], stage, reason, row))
        else:
            kept[shard].append(
                {
                    "row": r,
                    "id": row["id"],
                    "domain": row["domain"],
                    "task": row["task"],
                    "keys": splitting_keys(row, image_hashes[n]),
                    "has_source_chain": row["has_source_chain"],
                }
            )

    for shard in shards:
        workspace.write(UNIQUE, shard.index, rejected[shard.index], REJECTED_SCHEMA, "rejected")

    for shard in shards:
        workspace.write(UNIQUE, shard.index, kept[shard.index], KEPT_SCHEMA)


def splitting_keys(row: FingerprintRow, image_hashes: str) -> list[str]:
    """Keys that two splits must not share: the scene and each picture's look, else the text."""
    keys = [f"scene {row['scene_id']}"] if row["scene_id"] else []
    keys += [f"look {name}" for name in image_hashes.split(",") if name]
    return keys or [f"text {row['text']}"]


def _find_rejections(
    workspace: CurationWorkspace,
    rows: list[tuple[int, int, FingerprintRow]],
    sign: SignatureFunction,
) -> dict[int, tuple[str, str]]:
    """Row number -> (stage, reason) of rejected rows: by id, then duplicates, then
    contamination.
    """
    recipe = workspace.recipe
    reasons: dict[int, tuple[str, str]] = {}
    ids: Counter[str] = Counter()

    for n, (_, _, row) in enumerate(rows):
        if ids[row["id"]]:
            reasons[n] = ("ids", f"same id: {row['id']} occurs before")

        ids[row["id"]] += 1

    rest = [n for n in range(len(rows)) if n not in reasons]
    fingerprints = [
        Fingerprint(row["text"], row["answer"], tuple(row["pictures"]), row["image_hashes"])
        for row in (rows[n][2] for n in rest)
    ]
    for duplicate in find_duplicates(fingerprints, recipe.duplicates, sign):
        first = rows[rest[duplicate.of]][2]["id"]
        reasons[rest[duplicate.index]] = ("duplicates", f"{duplicate.kind} duplicate: of {first}")

    if recipe.decontaminate.benchmarks:
        index = BenchmarkIndex.load(recipe.decontaminate)
        for n, where in find_contaminated(fingerprints, index).items():
            reasons.setdefault(rest[n], ("contamination", f"in a benchmark: {where}"))

    return reasons
