"""The end of a curation: its files, its result, its data card, and what asking cost."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from waywiser.clients.chat import ChatClient
from waywiser.curation.config import CurationRecipe
from waywiser.curation.data_card import render_data_card
from waywiser.curation.engine_jobs import write_output_file
from waywiser.curation.judge_agreement import JudgeAgreement
from waywiser.curation.rows import CurationCounts, CurationResult
from waywiser.curation.stages.difficulty import DIFFICULTY
from waywiser.curation.stages.generate import CHAINS
from waywiser.curation.stages.judge import JUDGE
from waywiser.curation.stages.write import (
    clear_results,
    list_result_files,
    plan_splits,
    write_rejected,
)
from waywiser.curation.workspace import RESULT_FILE, CurationWorkspace, SourceShard
from waywiser.engine import JobRunner
from waywiser.io import write_atomically

USAGE_FILE = "usage.json"
"""Requests, tokens and cost of this run and of all runs; not part of the result, which does not
depend on how it was made.
"""


@dataclass(frozen=True)
class CurationEngine:
    """The shards of a curation, and what runs its jobs.

    Endpoints are asked from this process, which owns the cache.
    """

    workspace: CurationWorkspace
    shards: list[SourceShard]
    run_jobs: JobRunner

    def stage(self, names: list[str], job: Callable[[CurationRecipe, int], None]) -> None:
        """Run `job`, which does the stages `names`, for every shard that lacks one of them."""
        missing = [
            s.index
            for s in self.shards
            if not all(self.workspace.has_stage(name, s.index) for name in names)
        ]

        self.run(names[0], job, [(self.workspace.recipe, index) for index in missing], "shard")

    def run(
        self, name: str, job: Callable[..., None], jobs: list[tuple[Any, ...]], unit: str
    ) -> None:
        """Run jobs with a progress bar.

        Args:
            name: title of the bar.
            job: function of a module, called with the values of each job.
            jobs: arguments of each call.
            unit: what the bar counts.
        """
        for _ in tqdm(
            self.run_jobs(job, jobs), total=len(jobs), desc=name, unit=unit, disable=None
        ):
            pass


def _write_splits(engine: CurationEngine) -> CurationCounts:
    """Write data/, chains/ and rejected/; returns counts of the funnel and of the splits."""
    workspace = engine.workspace
    shards = engine.shards
    recipe = engine.workspace.recipe
    clear_results(workspace)
    splits = plan_splits(workspace, shards)
    jobs: list[tuple[Any, ...]] = []

    for name, places in splits.places.items():
        parts = [
            places[start : start + recipe.shard_size]
            for start in range(0, len(places), recipe.shard_size)
        ]

        jobs += [(recipe, name, number, len(parts), part) for number, part in enumerate(parts)]

    jobs += [(recipe, None, shard.index, len(shards), []) for shard in shards]  # their chains
    engine.run("write", write_output_file, jobs, "file")
    write_rejected(workspace, shards)

    return splits.counts


def write_result(engine: CurationEngine, agreement: JudgeAgreement | None) -> CurationResult:
    """Write the splits, the card and, last, the result, which marks the curation as finished."""
    written = _write_splits(engine)
    workspace = engine.workspace
    shards = engine.shards
    recipe = engine.workspace.recipe
    result: CurationResult = {
        "format": "waywiser-curation/1",
        "recipe": json.loads(json.dumps(recipe.identity(), sort_keys=True)),
        "recipe_sha256": workspace.identity,
        "sources": [
            {"name": name, "licence": licence, "items": items}
            for (name, licence), items in _count_by_source(shards).items()
        ],
        **written,
        "judge": (
            None
            if agreement is None
            else {**agreement.model_dump(), "trustworthy": agreement.trustworthy}
        ),
        "files": list_result_files(recipe.out),
    }

    if failures := _count_unanswered(engine):
        result["unanswered"] = failures

    write_atomically(recipe.out / "README.md", render_data_card(result).encode())
    write_atomically(recipe.out / RESULT_FILE, (json.dumps(result, indent=1) + "\n").encode())
    return result


def _count_unanswered(engine: CurationEngine) -> dict[str, dict[str, int]]:
    """Requests of each role that failed in the end, by kind; the same command asks them again."""
    stages = {"teacher": CHAINS, "judge": JUDGE, "difficulty": DIFFICULTY}
    unanswered: dict[str, dict[str, int]] = {}

    for role, stage in stages.items():
        counts = sum(
            (engine.workspace.failures(stage, shard.index) for shard in engine.shards), Counter()
        )
        if counts:
            unanswered[role] = dict(sorted(counts.items()))

    return unanswered


def _count_by_source(shards: list[SourceShard]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for shard in shards:
        key = (shard.source.name, shard.source.licence)
        counts[key] = counts.get(key, 0) + len(shard)
    return counts


def write_usage(recipe: CurationRecipe, clients: dict[str, ChatClient]) -> None:
    if not clients:
        return

    usage = {
        role: {
            "model": t.config.model,
            "asked": t.asked,
            "cached": t.cached,
            "retries": t.retries,
            "failures": dict(t.failures),
            "replies_in_all": t.budget.replies,
            "tokens_in": t.budget.tokens_in,
            "tokens_out": t.budget.tokens_out,
            "cost": t.budget.cost,
        }
        for role, t in clients.items()
    }

    write_atomically(recipe.out / USAGE_FILE, (json.dumps(usage, indent=1) + "\n").encode())
