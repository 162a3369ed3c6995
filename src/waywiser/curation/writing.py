"""Stage "write": splits, the rejected, the chains and the funnel."""

import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from waywiser.curation.difficulty import DIFFICULTY
from waywiser.curation.judging import JUDGE
from waywiser.curation.load import LOAD
from waywiser.curation.splits import Candidate, assign, order_key
from waywiser.curation.teaching import CHECK, CHECKED
from waywiser.curation.unique import UNIQUE
from waywiser.curation.workspace import REJECTED, RESULT, Shard, Workspace
from waywiser.dataset.config import file_name
from waywiser.dataset.files import sha256, write_table
from waywiser.dataset.schema import SAMPLES

UNUSED_SPLIT = "unused"
"""Accepted samples that no split had room for are written as a split of their own."""
KINDS = ("data", "rejected", "chains")
Place = tuple[int, int]
"""(shard, row)."""


def candidates(workspace: Workspace, shards: list[Shard]) -> dict[Place, Candidate]:
    """Every accepted sample by its place."""
    found: dict[Place, Candidate] = {}
    for shard in shards:
        out = {row["id"] for row in workspace.read(CHECK, shard.index, "rejected", columns=["id"])}
        chosen = {row["row"]: row for row in workspace.read(JUDGE, shard.index)}
        difficulty = {row["row"]: row["difficulty"] for row in workspace.read(DIFFICULTY, shard.index)}
        for row in workspace.read(UNIQUE, shard.index):
            if row["id"] in out:
                continue
            chain = chosen.get(row["row"])
            quality = None
            if chain is not None:
                quality = (chain["structure"] + chain["cognitive_load"] + chain["verification"]) / 3
            found[(shard.index, row["row"])] = Candidate(
                row["id"], row["domain"], row["task"], tuple(row["keys"]), chain is not None, quality,
                difficulty.get(row["row"]),
            )  # fmt: skip
    return found


def clear_results(workspace: Workspace) -> None:
    """Remove what a run that was stopped while writing, or that lacked replies, left; its mark of an end first."""
    (workspace.out / RESULT).unlink(missing_ok=True)
    for kind in KINDS:
        shutil.rmtree(workspace.out / kind, ignore_errors=True)


@dataclass(frozen=True)
class Splits:
    """What goes where: places of each split in their order, and the counts of the funnel and of the splits."""

    places: dict[str, list[Place]]
    counts: dict[str, Any]


def plan_splits(workspace: Workspace, shards: list[Shard]) -> Splits:
    """Which accepted sample goes into which split, over all shards."""
    recipe = workspace.recipe
    accepted = candidates(workspace, shards)
    chosen = assign(list(accepted.values()), recipe.splits, recipe.seed)
    by_split: dict[str, list[tuple[Candidate, Place]]] = defaultdict(list)
    for place, sample in accepted.items():
        by_split[chosen[sample.id] or UNUSED_SPLIT].append((sample, place))
    for members in by_split.values():
        members.sort(key=lambda member: order_key(member[0]))
    counts = {
        "funnel": funnel(workspace, shards, Counter(chosen[s.id] or UNUSED_SPLIT for s in accepted.values())),
        "splits": {name: _summary(workspace, name, [m[0] for m in by_split.get(name, [])])
                   for name in (*sorted(recipe.splits), UNUSED_SPLIT)},
    }  # fmt: skip
    return Splits({name: [place for _, place in members] for name, members in by_split.items()}, counts)


def funnel(workspace: Workspace, shards: list[Shard], splits: Counter[str]) -> dict[str, Any]:
    """How many items came in, and where each one ended; `adds_up` says that none was lost."""
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
        "rejected": {stage: dict(sorted(rejected[stage].items())) for stage in order if stage in rejected},
        "accepted": sum(splits.values()),
        "splits": dict(sorted(splits.items())),
        "adds_up": items == out + sum(splits.values()),
    }


def write_split_file(workspace: Workspace, split: str, number: int, files: int, places: list[Place]) -> None:
    """Write file `number` of a split's `files`: the samples at `places`."""
    rows = _rows(workspace, split, places)
    path = workspace.out / "data" / file_name(split, number, files)
    write_table(path, pa.Table.from_pylist([rows[place] for place in places], schema=SAMPLES), row_group_size=256)


def _rows(workspace: Workspace, split: str, places: list[Place]) -> dict[Place, dict[str, Any]]:
    """Full rows of some accepted samples, with their chain, scores and difficulty."""
    wanted: dict[int, list[int]] = defaultdict(list)
    for shard, row in places:
        wanted[shard].append(row)
    found: dict[Place, dict[str, Any]] = {}
    for shard, numbers in sorted(wanted.items()):
        loaded = workspace.read(LOAD, shard)
        chosen = {row["row"]: row for row in workspace.read(JUDGE, shard)}
        difficulty = {row["row"]: row for row in workspace.read(DIFFICULTY, shard)}
        for n in numbers:
            row = {**loaded[n], "split": split}
            chain, hard = chosen.get(n), difficulty.get(n)
            row["reasoning"] = chain["thinking"] if chain else None
            names = ("structure", "cognitive_load", "verification", "judge")
            row["quality"] = {name: chain[name] for name in names} if chain else None
            row["difficulty"] = hard["difficulty"] if hard else None
            row["difficulty_by"] = hard["by"] if hard else None
            found[(shard, n)] = row
    return found


def write_rejected(workspace: Workspace, shards: list[Shard]) -> None:
    """Write all that was set aside, with stage and reason."""
    rows = [row for shard in shards for stage in (LOAD, UNIQUE, CHECK)
            for row in workspace.read(stage, shard.index, "rejected")]  # fmt: skip
    write_table(workspace.out / "rejected" / "rejected.parquet", pa.Table.from_pylist(rows, schema=REJECTED))


def write_chains(workspace: Workspace, shard: int, shards: int) -> None:
    """Write all chains of shard number `shard` with their verdicts."""
    path = workspace.out / "chains" / file_name("chains", shard, shards)
    write_table(path, pa.Table.from_pylist(workspace.read(CHECK, shard), schema=CHECKED))


def _summary(workspace: Workspace, name: str, members: list[Candidate]) -> dict[str, Any]:
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


def files_of(folder: Path) -> list[dict[str, Any]]:
    """Path, hash and size of every file of the result."""
    paths = sorted(p for kind in KINDS for p in (folder / kind).glob("*.parquet"))
    return [{"path": p.relative_to(folder).as_posix(), "sha256": sha256(p), "bytes": p.stat().st_size} for p in paths]
