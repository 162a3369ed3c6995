"""Stage "unique": over all shards, set aside second ids, duplicates and what is in a benchmark."""

from collections import Counter
from typing import Any

import pyarrow as pa

from waywiser.curation.contamination import BenchmarkIndex, decontaminate
from waywiser.curation.duplicates import Fingerprint, Sign, find_duplicates, look_groups
from waywiser.curation.load import LOAD, rejected_row
from waywiser.curation.shingles import signatures
from waywiser.curation.workspace import REJECTED, Shard, Workspace

UNIQUE = "unique"
KEPT = pa.schema([("row", pa.int32()), ("id", pa.string()), ("domain", pa.string()), ("task", pa.string()),
                  ("keys", pa.list_(pa.string())), ("own_chain", pa.bool_())])  # fmt: skip


def unique(workspace: Workspace, shards: list[Shard], sign: Sign = signatures) -> None:
    """Write, for each shard, the rows that are kept with their splitting keys, and those set aside.

    `sign` makes MinHash signatures of texts, in this process or in others.
    """
    rows: list[tuple[int, int, dict[str, Any]]] = []
    for shard in shards:
        rows += [(shard.index, r, row) for r, row in enumerate(workspace.read(LOAD, shard.index, "prints"))]
    reasons = _reasons(workspace, rows, sign)
    looks = look_groups([row["looks"] for _, _, row in rows], workspace.recipe.duplicates.picture_bits)
    kept: dict[int, list[dict[str, Any]]] = {shard.index: [] for shard in shards}
    rejected: dict[int, list[dict[str, Any]]] = {shard.index: [] for shard in shards}
    for n, (shard, r, row) in enumerate(rows):
        if n in reasons:
            stage, reason = reasons[n]
            rejected[shard].append(rejected_row(row["id"], row["source"], stage, reason, row))
        else:
            kept[shard].append({**row, "row": r, "keys": splitting_keys(row, looks[n])})
    for shard in shards:
        workspace.write(UNIQUE, shard.index, rejected[shard.index], REJECTED, "rejected")
    for shard in shards:
        listed = [{name: row[name] for name in KEPT.names} for row in kept[shard.index]]
        workspace.write(UNIQUE, shard.index, listed, KEPT)


def splitting_keys(row: dict[str, Any], looks: str) -> list[str]:
    """What must not stand in two splits: the scene, each picture's look, else the question's text."""
    keys = [f"scene {row['scene_id']}"] if row["scene_id"] else []
    keys += [f"look {name}" for name in looks.split(",") if name]
    return keys or [f"text {row['text']}"]


def _reasons(
    workspace: Workspace, rows: list[tuple[int, int, dict[str, Any]]], sign: Sign
) -> dict[int, tuple[str, str]]:
    """Row number -> (stage, reason) of everything set aside: ids, then duplicates, then contamination."""
    recipe = workspace.recipe
    reasons: dict[int, tuple[str, str]] = {}
    ids: Counter[str] = Counter()
    for n, (_, _, row) in enumerate(rows):
        if ids[row["id"]]:
            reasons[n] = ("ids", f"same id: {row['id']} occurs before")
        ids[row["id"]] += 1
    rest = [n for n in range(len(rows)) if n not in reasons]
    prints = [
        Fingerprint(row["text"], row["answer"], tuple(row["pictures"]), row["looks"])
        for row in (rows[n][2] for n in rest)
    ]
    for found in find_duplicates(prints, recipe.duplicates, sign):
        first = rows[rest[found.of]][2]["id"]
        reasons[rest[found.index]] = ("duplicates", f"{found.kind} duplicate: of {first}")
    if recipe.decontaminate.benchmarks:
        index = BenchmarkIndex.load(recipe.decontaminate)
        for n, where in decontaminate(prints, index).items():
            reasons.setdefault(rest[n], ("contamination", f"in a benchmark: {where}"))
    return reasons
