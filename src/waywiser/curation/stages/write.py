"""Stage "write": the files of splits, rejected items and chains, and the counts of the funnel."""

import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from waywiser.curation.rows import CurationCounts, FunnelCounts, ResultFile, SplitSummary
from waywiser.curation.split_assignment import SplitCandidate, assign_splits, curriculum_key
from waywiser.curation.stages.deduplicate import UNIQUE
from waywiser.curation.stages.difficulty import DIFFICULTY
from waywiser.curation.stages.generate import CHECK, CHECKED_SCHEMA
from waywiser.curation.stages.judge import JUDGE
from waywiser.curation.stages.load import LOAD
from waywiser.curation.workspace import REJECTED_SCHEMA, RESULT_FILE, CurationWorkspace, SourceShard
from waywiser.dataset.config import shard_file_name
from waywiser.dataset.schema import SAMPLE_SCHEMA
from waywiser.io import sha256, write_table
from waywiser.json_types import JsonObject

UNUSED_SPLIT = "unused"
"""Name of the split of accepted samples that no other split had room for."""
OUTPUT_FOLDERS = ("data", "rejected", "chains")
RowIndex = tuple[int, int]
"""(shard, row in the shard)."""


def read_candidates(
    workspace: CurationWorkspace, shards: list[SourceShard]
) -> dict[RowIndex, SplitCandidate]:
    """Every accepted sample by its (shard, row)."""
    candidates: dict[RowIndex, SplitCandidate] = {}

    for shard in shards:
        out = {row["id"] for row in workspace.read(CHECK, shard.index, "rejected", columns=["id"])}
        chosen = {row["row"]: row for row in workspace.read(JUDGE, shard.index)}
        difficulty = {
            row["row"]: row["difficulty"] for row in workspace.read(DIFFICULTY, shard.index)
        }

        for row in workspace.read(UNIQUE, shard.index):
            if row["id"] in out:
                continue

            chain = chosen.get(row["row"])
            quality = None

            if chain is not None:
                quality = (chain["structure"] + chain["cognitive_load"] + chain["verification"]) / 3

            candidates[(shard.index, row["row"])] = SplitCandidate(
                row["id"],
                row["domain"],
                row["task"],
                tuple(row["keys"]),
                chain is not None,
                quality,
                difficulty.get(row["row"]),
            )

    return candidates


def clear_results(workspace: CurationWorkspace) -> None:
    """Remove the results of an earlier run that was stopped while writing or that lacked replies.

    The result file goes first, since it marks a curation as finished.
    """
    (workspace.out / RESULT_FILE).unlink(missing_ok=True)
    for kind in OUTPUT_FOLDERS:
        shutil.rmtree(workspace.out / kind, ignore_errors=True)


@dataclass(frozen=True)
class SplitPlan:
    """The samples of each split as (shard, row), in order, and the counts of funnel and splits."""

    places: dict[str, list[RowIndex]]
    counts: CurationCounts


def plan_splits(workspace: CurationWorkspace, shards: list[SourceShard]) -> SplitPlan:
    """Assign the accepted samples of all shards to splits."""
    recipe = workspace.recipe
    accepted = read_candidates(workspace, shards)
    chosen = assign_splits(list(accepted.values()), recipe.splits, recipe.seed)
    by_split: dict[str, list[tuple[SplitCandidate, RowIndex]]] = defaultdict(list)

    for place, sample in accepted.items():
        by_split[chosen[sample.id] or UNUSED_SPLIT].append((sample, place))

    for members in by_split.values():
        members.sort(key=lambda member: curriculum_key(member[0]))

    counts: CurationCounts = {
        "funnel": count_funnel(
            workspace, shards, Counter(chosen[s.id] or UNUSED_SPLIT for s in accepted.values())
        ),
        "splits": {
            name: _summarize_split(workspace, name, [m[0] for m in by_split.get(name, [])])
            for name in (*sorted(recipe.splits), UNUSED_SPLIT)
        },
    }

    return SplitPlan(
        {name: [place for _, place in members] for name, members in by_split.items()}, counts
    )


def count_funnel(
    workspace: CurationWorkspace, shards: list[SourceShard], splits: Counter[str]
) -> FunnelCounts:
    """Count the items that came in, and where each one ended."""
    items = sum(len(shard) for shard in shards)
    rejected: dict[str, Counter[str]] = defaultdict(Counter)

    for shard in shards:
        for stage in (LOAD, UNIQUE, CHECK):
            for row in workspace.read(stage, shard.index, "rejected", columns=["stage", "reason"]):
                rejected[row["stage"]][row["reason"]] += 1

    out = sum(sum(reasons.values()) for reasons in rejected.values())
    order = ("load", "ids", "duplicates", "contamination", "check")

    return {
        "items": items,
        "rejected": {
            stage: dict(sorted(rejected[stage].items())) for stage in order if stage in rejected
        },
        "accepted": sum(splits.values()),
        "splits": dict(sorted(splits.items())),
        "adds_up": items == out + sum(splits.values()),
    }


def write_split_file(
    workspace: CurationWorkspace, split: str, number: int, files: int, places: list[RowIndex]
) -> None:
    """Write one file of a split.

    Args:
        workspace: where to write.
        split: name of the split.
        number: number of the file.
        files: number of files of the split.
        places: (shard, row) of the samples of the file, in order.
    """
    rows = _read_full_rows(workspace, split, places)
    path = workspace.out / "data" / shard_file_name(split, number, files)
    write_table(
        path,
        pa.Table.from_pylist([rows[place] for place in places], schema=SAMPLE_SCHEMA),
        row_group_size=256,
    )


def _read_full_rows(
    workspace: CurationWorkspace, split: str, places: list[RowIndex]
) -> dict[RowIndex, JsonObject]:
    """Columns of accepted samples, with their chain, scores and difficulty."""
    rows_by_shard: dict[int, list[int]] = defaultdict(list)
    for shard, row in places:
        rows_by_shard[shard].append(row)

    full_rows: dict[RowIndex, JsonObject] = {}

    for shard, numbers in sorted(rows_by_shard.items()):
        loaded = workspace.read(LOAD, shard)
        chosen = {row["row"]: row for row in workspace.read(JUDGE, shard)}
        difficulty = {row["row"]: row for row in workspace.read(DIFFICULTY, shard)}

        for n in numbers:
            row = {**loaded[n], "split": split}
            chain = chosen.get(n)
            difficulty_row = difficulty.get(n)
            row["reasoning"] = chain["thinking"] if chain else None
            names = ("structure", "cognitive_load", "verification", "judge")
            row["quality"] = {name: chain[name] for name in names} if chain else None
            row["difficulty"] = difficulty_row["difficulty"] if difficulty_row else None
            row["difficulty_by"] = difficulty_row["by"] if difficulty_row else None
            full_rows[(shard, n)] = row

    return full_rows


def write_rejected(workspace: CurationWorkspace, shards: list[SourceShard]) -> None:
    """Write all rejected items, with stage and reason."""
    rows = [
        row
        for shard in shards
        for stage in (LOAD, UNIQUE, CHECK)
        for row in workspace.read(stage, shard.index, "rejected")
    ]

    write_table(
        workspace.out / "rejected" / "rejected.parquet",
        pa.Table.from_pylist(rows, schema=REJECTED_SCHEMA),
    )


def write_chains(workspace: CurationWorkspace, shard: int, shards: int) -> None:
    """Write all chains of shard number `shard` of `shards`, with their verdicts."""
    path = workspace.out / "chains" / shard_file_name("chains", shard, shards)
    write_table(path, pa.Table.from_pylist(workspace.read(CHECK, shard), schema=CHECKED_SCHEMA))


def _summarize_split(
    workspace: CurationWorkspace, name: str, members: list[SplitCandidate]
) -> SplitSummary:
    config = workspace.recipe.splits.get(name)
    return {
        "wanted": config.samples if config else None,
        "samples": len(members),
        "domains": dict(sorted(Counter(m.domain for m in members).items())),
        "tasks": dict(sorted(Counter(m.task for m in members).items())),
        "missing": max(0, config.samples - len(members)) if config else 0,
        "pass_rate_0": sum(m.difficulty == 1 for m in members),
        "pass_rate_1": sum(m.difficulty == 0 for m in members),
    }


def list_result_files(folder: Path) -> list[ResultFile]:
    """Path, SHA-256 and size of every file of the result."""
    paths = sorted(p for kind in OUTPUT_FOLDERS for p in (folder / kind).glob("*.parquet"))
    return [
        {"path": p.relative_to(folder).as_posix(), "sha256": sha256(p), "bytes": p.stat().st_size}
        for p in paths
    ]
