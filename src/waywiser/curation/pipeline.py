"""`curate`: sources to splits, stage by stage, shard by shard; a killed run goes on where it was.

load -> unique (ids, duplicates, contamination) -> chains (teacher) -> check (grader, faults) -> judge -> difficulty
-> write. Every stage of every shard is a file that is whole or absent, every reply is in the cache the moment it
arrives, and nothing depends on the order in which replies come: the same recipe and the same replies give the same
bytes, interrupted or not.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tqdm import tqdm

from waywiser.clients.advice import recipe_keys
from waywiser.clients.cache import ReplyCache
from waywiser.clients.chat import ChatClient
from waywiser.clients.config import EndpointConfig
from waywiser.clients.requests import Failure, Outcome, Request, seeds
from waywiser.curation.agreement import Agreement
from waywiser.curation.asking import ask_shards
from waywiser.curation.card import card
from waywiser.curation.config import CurationRecipe
from waywiser.curation.difficulty import (
    DIFFICULTY,
    difficulty_requests,
    read_tables,
    still_in,
    write_difficulties,
)
from waywiser.curation.jobs import forget_sources, load_shard, settle_shard, settled, shards_of, sign_all, write_file
from waywiser.curation.judging import JUDGE, choose, judge_report, judge_requests
from waywiser.curation.load import LOAD
from waywiser.curation.teaching import CHAINS, CHECK, chain_requests, kept_samples, write_replies
from waywiser.curation.unique import UNIQUE, unique
from waywiser.curation.workspace import RESULT, Shard, Workspace
from waywiser.curation.writing import clear_results, files_of, plan_splits, write_rejected
from waywiser.dataset.files import remove_partial, write_atomically
from waywiser.engine import Each, check_engine, open_engine

CACHE = "cache.sqlite"
USAGE = "usage.json"
"""Requests, tokens and cost of this run and of all; not part of the result, which is the same however it was made."""


def curate(recipe: CurationRecipe) -> dict[str, Any]:
    """Make the splits that `recipe` describes in `recipe.out`, or finish what was interrupted; returns the result.

    Raises RecipeError, DatasetError or ChatClientError, in one line, for a request that cannot be met.
    """
    check_engine(recipe.engine)
    tables = read_tables(recipe.difficulty_tables)
    workspace = Workspace(recipe)
    done = workspace.finished(recipe.cache or recipe.out / CACHE)
    if done is not None:
        return done
    forget_sources()  # of an earlier curation in this process: the files may be others now
    shards = shards_of(recipe)
    workspace.claim()
    cache = ReplyCache(recipe.cache or recipe.out / CACHE)
    clients: dict[str, ChatClient] = {}
    try:
        with open_engine(recipe.engine, recipe.workers) as each:
            engine = _Engine(workspace, shards, each)
            engine.stage([LOAD], load_shard)
            if not all(workspace.has(UNIQUE, shard.index) for shard in shards):
                unique(workspace, shards, partial(sign_all, each))
            if recipe.teacher is not None:
                _teach(workspace, shards, _client(clients, "teacher", recipe.teacher, cache), cache)
            engine.stage(settled(recipe), settle_shard)
            found = _judge(workspace, shards, clients, cache)
            _difficulties(workspace, shards, clients, cache, tables)
            result = _conclude(engine, found)
    finally:
        _write_usage(recipe, clients)
        cache.close()
        forget_sources()
        remove_partial(recipe.out)
    workspace.clear()
    return result


@dataclass(frozen=True)
class _Engine:
    """A curation's shards and what runs its jobs. Asking endpoints stays in this process, with the cache."""

    workspace: Workspace
    shards: list[Shard]
    each: Each

    def stage(self, names: list[str], job: Callable[[CurationRecipe, int], None]) -> None:
        """Stages of every shard that lacks one of them."""
        missing = [s.index for s in self.shards if not all(self.workspace.has(name, s.index) for name in names)]
        self.run(names[0], job, [(self.workspace.recipe, index) for index in missing], "shard")

    def run(self, name: str, job: Callable[..., None], jobs: list[tuple[Any, ...]], unit: str) -> None:
        """All jobs, behind a bar."""
        for _ in tqdm(self.each(job, jobs), total=len(jobs), desc=name, unit=unit, disable=None):
            pass


def _client(clients: dict[str, ChatClient], role: str, config: EndpointConfig, cache: ReplyCache) -> ChatClient:
    clients[role] = ChatClient(config, cache, recipe_keys(role))
    return clients[role]


def _teach(workspace: Workspace, shards: list[Shard], teacher: ChatClient, cache: ReplyCache) -> None:
    """Chains for every shard. A shard with failed requests is done again: what was answered is in the cache."""
    config = workspace.recipe.teacher
    assert config is not None
    missing = [shard for shard in shards if not workspace.answered(CHAINS, shard.index)]
    places: dict[int, list[tuple[int, int]]] = {}
    for shard in missing:  # chains that were checked before must be checked again with the new replies
        for stage in (CHECK, JUDGE, DIFFICULTY):
            workspace.forget(stage, shard.index)

    def requests(shard: Shard) -> list[Request]:
        samples = kept_samples(workspace, shard)
        places[shard.index] = [(r, n) for r, s in samples if not s.reasoning for n in seeds(config.samples)]
        return chain_requests(samples, config)

    def finish(shard: Shard, outcomes: list[Outcome]) -> None:
        workspace.mark(CHAINS, shard.index, _failures(outcomes))
        write_replies(workspace, shard, places.pop(shard.index), outcomes)
        if workspace.recipe.workers == 1:  # while replies to other shards are waited for; else workers do it after
            settle_shard(workspace.recipe, shard.index)

    ask_shards(teacher, cache, missing, requests, finish, CHAINS)


def _failures(outcomes: list[Outcome]) -> Counter[str]:
    return Counter(outcome.kind for outcome in outcomes if isinstance(outcome, Failure))


def _judge(
    workspace: Workspace, shards: list[Shard], clients: dict[str, ChatClient], cache: ReplyCache
) -> Agreement | None:
    config = workspace.recipe.judge
    if config is None:
        return None
    judge = _client(clients, "judge", config, cache)
    missing = [shard for shard in shards if not workspace.answered(JUDGE, shard.index)]

    def finish(shard: Shard, outcomes: list[Outcome]) -> None:
        workspace.mark(JUDGE, shard.index, _failures(outcomes))
        choose(workspace, shard, outcomes)

    ask_shards(judge, cache, missing, lambda shard: judge_requests(workspace, shard, config), finish, JUDGE)
    return judge_report(workspace, shards, judge, cache)


def _difficulties(
    workspace: Workspace, shards: list[Shard], clients: dict[str, ChatClient], cache: ReplyCache,
    tables: dict[str, float],
) -> None:  # fmt: skip
    config = workspace.recipe.difficulty
    if config is None:
        return
    model = _client(clients, "difficulty", config, cache)
    missing = [shard for shard in shards if not workspace.answered(DIFFICULTY, shard.index)]

    def finish(shard: Shard, outcomes: list[Outcome]) -> None:
        workspace.mark(DIFFICULTY, shard.index, _failures(outcomes))
        write_difficulties(workspace, shard, still_in(workspace, shard), outcomes, tables)

    def requests(shard: Shard) -> list[Request]:
        return difficulty_requests(still_in(workspace, shard), config)

    ask_shards(model, cache, missing, requests, finish, DIFFICULTY)


def _write_splits(engine: _Engine) -> dict[str, Any]:
    """Write data/, chains/ and rejected/; returns the counts of the funnel and what the splits hold."""
    workspace, shards, recipe = engine.workspace, engine.shards, engine.workspace.recipe
    clear_results(workspace)
    splits = plan_splits(workspace, shards)
    jobs: list[tuple[Any, ...]] = []
    for name, places in splits.places.items():
        parts = [places[start : start + recipe.shard_size] for start in range(0, len(places), recipe.shard_size)]
        jobs += [(recipe, name, number, len(parts), part) for number, part in enumerate(parts)]
    jobs += [(recipe, None, shard.index, len(shards), []) for shard in shards]  # their chains
    engine.run("write", write_file, jobs, "file")
    write_rejected(workspace, shards)
    return splits.counts


def _conclude(engine: _Engine, found: Agreement | None) -> dict[str, Any]:
    """Write the splits, then the card; the result comes last and marks the end."""
    written = _write_splits(engine)
    workspace, shards, recipe = engine.workspace, engine.shards, engine.workspace.recipe
    result: dict[str, Any] = {
        "format": "waywiser-curation/1",
        "recipe": json.loads(json.dumps(recipe.identity(), sort_keys=True)),
        "recipe_sha256": workspace.identity,
        "sources": [
            {"name": name, "licence": licence, "items": items}
            for (name, licence), items in _by_source(shards).items()
        ],
        **written,
        "judge": None if found is None else {**found.model_dump(), "trustworthy": found.trustworthy},
        "files": files_of(recipe.out),
    }  # fmt: skip
    if failures := _unanswered(engine):
        result["unanswered"] = failures
    write_atomically(recipe.out / "README.md", card(result).encode())
    write_atomically(recipe.out / RESULT, (json.dumps(result, indent=1) + "\n").encode())
    return result


def _unanswered(engine: _Engine) -> dict[str, dict[str, int]]:
    """How many requests of each role failed in the end, by kind: the same command asks them again."""
    stages = {"teacher": CHAINS, "judge": JUDGE, "difficulty": DIFFICULTY}
    found: dict[str, dict[str, int]] = {}
    for role, stage in stages.items():
        counts = sum((engine.workspace.failures(stage, shard.index) for shard in engine.shards), Counter())
        if counts:
            found[role] = dict(sorted(counts.items()))
    return found


def _by_source(shards: list[Shard]) -> dict[tuple[str, str], int]:
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
            "model": t.config.model, "asked": t.asked, "cached": t.cached, "retries": t.retries,
            "failures": dict(t.failures), "replies_in_all": t.budget.replies, "tokens_in": t.budget.tokens_in,
            "tokens_out": t.budget.tokens_out, "cost": t.budget.cost,
        }
        for role, t in clients.items()
    }  # fmt: skip
    write_atomically(recipe.out / USAGE, (json.dumps(usage, indent=1) + "\n").encode())
