"""`curate`: sources to splits, stage by stage, shard by shard; a killed run goes on where it was.

load -> unique (ids, duplicates, contamination) -> chains (teacher) -> check (grader, faults) ->
judge -> difficulty -> write. Every stage of every shard is a file that is whole or absent, every
reply is in the cache the moment it arrives, and nothing depends on the order in which replies come:
the same recipe and the same replies give the same bytes, interrupted or not.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tqdm import tqdm

from waywiser.clients.cache import ReplyCache
from waywiser.clients.chat import ChatClient
from waywiser.clients.config import EndpointConfig
from waywiser.clients.fix_suggestions import recipe_setting_names
from waywiser.clients.requests import Failure, Outcome, Request, sample_seeds
from waywiser.curation.config import CurationRecipe
from waywiser.curation.data_card import render_data_card
from waywiser.curation.engine_jobs import (
    close_sources,
    finishing_stages,
    minhash_all,
    open_shards,
    run_finishing_stages,
    run_load_stage,
    write_output_file,
)
from waywiser.curation.judge_agreement import JudgeAgreement
from waywiser.curation.shard_requests import ask_shards
from waywiser.curation.stages.deduplicate import UNIQUE, deduplicate
from waywiser.curation.stages.difficulty import (
    DIFFICULTY,
    difficulty_requests,
    read_difficulty_tables,
    read_remaining_samples,
    write_difficulties,
)
from waywiser.curation.stages.generate import (
    CHAINS,
    CHECK,
    make_chain_requests,
    read_kept_samples,
    write_replies,
)
from waywiser.curation.stages.judge import (
    JUDGE,
    choose_chains,
    make_judge_requests,
    report_judge_agreement,
)
from waywiser.curation.stages.load import LOAD
from waywiser.curation.stages.write import (
    clear_results,
    list_result_files,
    plan_splits,
    write_rejected,
)
from waywiser.curation.workspace import RESULT_FILE, CurationWorkspace, SourceShard
from waywiser.engine import JobRunner, check_engine, open_engine
from waywiser.io import remove_partial, write_atomically

CACHE_FILE = "cache.sqlite"
USAGE_FILE = "usage.json"
"""Requests, tokens and cost of this run and of all; not part of the result, which is the same
however it was made.
"""


def curate(recipe: CurationRecipe) -> dict[str, Any]:
    """Make the splits that `recipe` describes in `recipe.out`, or finish what was interrupted;
    returns the result.

    Raises RecipeError, DatasetError or ChatClientError, in one line, for a request that cannot be
    met.
    """
    check_engine(recipe.engine)
    tables = read_difficulty_tables(recipe.difficulty_tables)
    workspace = CurationWorkspace(recipe)
    done = workspace.find_finished_result(recipe.cache or recipe.out / CACHE_FILE)

    if done is not None:
        return done

    close_sources()  # of an earlier curation in this process: the files may be others now
    shards = open_shards(recipe)
    workspace.claim()
    cache = ReplyCache(recipe.cache or recipe.out / CACHE_FILE)
    clients: dict[str, ChatClient] = {}

    try:
        with open_engine(recipe.engine, recipe.workers) as run_jobs:
            engine = _CurationEngine(workspace, shards, run_jobs)
            engine.stage([LOAD], run_load_stage)

            if not all(workspace.has_stage(UNIQUE, shard.index) for shard in shards):
                deduplicate(workspace, shards, partial(minhash_all, run_jobs))

            if recipe.teacher is not None:
                _generate_chains(
                    workspace,
                    shards,
                    _open_client(clients, "teacher", recipe.teacher, cache),
                    cache,
                )

            engine.stage(finishing_stages(recipe), run_finishing_stages)
            found = _judge_chains(workspace, shards, clients, cache)
            _measure_difficulties(workspace, shards, clients, cache, tables)
            result = _write_result(engine, found)
    finally:
        _write_usage(recipe, clients)
        cache.close()
        close_sources()
        remove_partial(recipe.out)

    workspace.clear()
    return result


@dataclass(frozen=True)
class _CurationEngine:
    """A curation's shards and what runs its jobs. Asking endpoints stays in this process, with the
    cache.
    """

    workspace: CurationWorkspace
    shards: list[SourceShard]
    run_jobs: JobRunner

    def stage(self, names: list[str], job: Callable[[CurationRecipe, int], None]) -> None:
        """Stages of every shard that lacks one of them."""
        missing = [
            s.index
            for s in self.shards
            if not all(self.workspace.has_stage(name, s.index) for name in names)
        ]

        self.run(names[0], job, [(self.workspace.recipe, index) for index in missing], "shard")

    def run(
        self, name: str, job: Callable[..., None], jobs: list[tuple[Any, ...]], unit: str
    ) -> None:
        """All jobs, behind a bar."""
        for _ in tqdm(
            self.run_jobs(job, jobs), total=len(jobs), desc=name, unit=unit, disable=None
        ):
            pass


def _open_client(
    clients: dict[str, ChatClient], role: str, config: EndpointConfig, cache: ReplyCache
) -> ChatClient:
    clients[role] = ChatClient(config, cache, recipe_setting_names(role))
    return clients[role]


def _generate_chains(
    workspace: CurationWorkspace, shards: list[SourceShard], teacher: ChatClient, cache: ReplyCache
) -> None:
    """Chains for every shard. A shard with failed requests is done again: what was answered is in
    the cache.
    """
    config = workspace.recipe.teacher
    assert config is not None
    missing = [shard for shard in shards if not workspace.is_complete(CHAINS, shard.index)]
    places: dict[int, list[tuple[int, int]]] = {}

    for (
        shard
    ) in missing:  # chains that were checked before must be checked again with the new replies
        for stage in (CHECK, JUDGE, DIFFICULTY):
            workspace.delete_stage(stage, shard.index)

    def requests(shard: SourceShard) -> list[Request]:
        samples = read_kept_samples(workspace, shard)
        places[shard.index] = [
            (r, n) for r, s in samples if not s.reasoning for n in sample_seeds(config.samples)
        ]
        return make_chain_requests(samples, config)

    def finish(shard: SourceShard, outcomes: list[Outcome]) -> None:
        workspace.record_failures(CHAINS, shard.index, _count_failures(outcomes))
        write_replies(workspace, shard, places.pop(shard.index), outcomes)
        if (
            workspace.recipe.workers == 1
        ):  # while replies to other shards are waited for; else workers do it after
            run_finishing_stages(workspace.recipe, shard.index)

    ask_shards(teacher, cache, missing, requests, finish, CHAINS)


def _count_failures(outcomes: list[Outcome]) -> Counter[str]:
    return Counter(outcome.kind for outcome in outcomes if isinstance(outcome, Failure))


def _judge_chains(
    workspace: CurationWorkspace,
    shards: list[SourceShard],
    clients: dict[str, ChatClient],
    cache: ReplyCache,
) -> JudgeAgreement | None:
    config = workspace.recipe.judge
    if config is None:
        return None

    judge = _open_client(clients, "judge", config, cache)
    missing = [shard for shard in shards if not workspace.is_complete(JUDGE, shard.index)]

    def finish(shard: SourceShard, outcomes: list[Outcome]) -> None:
        workspace.record_failures(JUDGE, shard.index, _count_failures(outcomes))
        choose_chains(workspace, shard, outcomes)

    ask_shards(
        judge,
        cache,
        missing,
        lambda shard: make_judge_requests(workspace, shard, config),
        finish,
        JUDGE,
    )

    return report_judge_agreement(workspace, shards, judge, cache)


def _measure_difficulties(
    workspace: CurationWorkspace,
    shards: list[SourceShard],
    clients: dict[str, ChatClient],
    cache: ReplyCache,
    tables: dict[str, float],
) -> None:
    config = workspace.recipe.difficulty
    if config is None:
        return

    model = _open_client(clients, "difficulty", config, cache)
    missing = [shard for shard in shards if not workspace.is_complete(DIFFICULTY, shard.index)]

    def finish(shard: SourceShard, outcomes: list[Outcome]) -> None:
        workspace.record_failures(DIFFICULTY, shard.index, _count_failures(outcomes))
        write_difficulties(
            workspace, shard, read_remaining_samples(workspace, shard), outcomes, tables
        )

    def requests(shard: SourceShard) -> list[Request]:
        return difficulty_requests(read_remaining_samples(workspace, shard), config)

    ask_shards(model, cache, missing, requests, finish, DIFFICULTY)


def _write_splits(engine: _CurationEngine) -> dict[str, Any]:
    """Write data/, chains/ and rejected/; returns the counts of the funnel and what the splits
    hold.
    """
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


def _write_result(engine: _CurationEngine, found: JudgeAgreement | None) -> dict[str, Any]:
    """Write the splits, then the card; the result comes last and marks the end."""
    written = _write_splits(engine)
    workspace = engine.workspace
    shards = engine.shards
    recipe = engine.workspace.recipe
    result: dict[str, Any] = {
        "format": "waywiser-curation/1",
        "recipe": json.loads(json.dumps(recipe.identity(), sort_keys=True)),
        "recipe_sha256": workspace.identity,
        "sources": [
            {"name": name, "licence": licence, "items": items}
            for (name, licence), items in _count_by_source(shards).items()
        ],
        **written,
        "judge": (
            None if found is None else {**found.model_dump(), "trustworthy": found.trustworthy}
        ),
        "files": list_result_files(recipe.out),
    }

    if failures := _count_unanswered(engine):
        result["unanswered"] = failures

    write_atomically(recipe.out / "README.md", render_data_card(result).encode())
    write_atomically(recipe.out / RESULT_FILE, (json.dumps(result, indent=1) + "\n").encode())
    return result


def _count_unanswered(engine: _CurationEngine) -> dict[str, dict[str, int]]:
    """How many requests of each role failed in the end, by kind: the same command asks them again."""
    stages = {"teacher": CHAINS, "judge": JUDGE, "difficulty": DIFFICULTY}
    found: dict[str, dict[str, int]] = {}

    for role, stage in stages.items():
        counts = sum(
            (engine.workspace.failures(stage, shard.index) for shard in engine.shards), Counter()
        )
        if counts:
            found[role] = dict(sorted(counts.items()))

    return found


def _count_by_source(shards: list[SourceShard]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for shard in shards:
        key = (shard.source.name, shard.source.licence)
        counts[key] = counts.get(key, 0) + len(shard)
    return counts


def _write_usage(recipe: CurationRecipe, clients: dict[str, ChatClient]) -> None:
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
