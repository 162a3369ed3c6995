"""`curate`: from sources to splits, stage by stage and shard by shard, resumable at any point.

load -> unique (ids, duplicates, contamination) -> chains (teacher) -> check (grader, faults) ->
judge -> difficulty -> write. Every stage of every shard is a file that is complete or absent, every
reply is cached as soon as it arrives, and nothing depends on the order in which replies arrive: the
same recipe and the same replies give the same bytes, interrupted or not.
"""

from collections import Counter
from functools import partial

from waywiser.clients.cache import ReplyCache
from waywiser.clients.chat import ChatClient
from waywiser.clients.config import EndpointConfig
from waywiser.clients.fix_suggestions import recipe_setting_names
from waywiser.clients.requests import Failure, ReplyOrFailure, Request, sample_seeds
from waywiser.curation.config import CurationRecipe
from waywiser.curation.engine_jobs import (
    close_sources,
    finishing_stages,
    minhash_all,
    open_shards,
    run_finishing_stages,
    run_load_stage,
)
from waywiser.curation.judge_agreement import JudgeAgreement
from waywiser.curation.results import CurationEngine, write_result, write_usage
from waywiser.curation.rows import CurationResult
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
from waywiser.curation.workspace import CurationWorkspace, SourceShard
from waywiser.engine import check_engine, open_engine
from waywiser.io import remove_partial

CACHE_FILE = "cache.sqlite"


def curate(recipe: CurationRecipe) -> CurationResult:
    """Make the splits that `recipe` describes in `recipe.out`, or resume an interrupted run.

    Returns:
        The result, as `curation.json` holds it.

    Raises:
        RecipeError, DatasetError, ChatClientError: the recipe cannot be fulfilled.

    Example:
        >>> curate(load_recipe("recipes/curate_small.yaml", CurationRecipe))["funnel"]["accepted"]
    """
    check_engine(recipe.engine)
    tables = read_difficulty_tables(recipe.difficulty_tables)
    workspace = CurationWorkspace(recipe)
    done = workspace.find_finished_result(recipe.cache or recipe.out / CACHE_FILE)

    if done is not None:
        return done

    close_sources()  # of an earlier curation in this process: their files may have changed
    shards = open_shards(recipe)
    workspace.reserve_folder()
    cache = ReplyCache(recipe.cache or recipe.out / CACHE_FILE)
    clients: dict[str, ChatClient] = {}

    try:
        with open_engine(recipe.engine, recipe.workers) as run_jobs:
            engine = CurationEngine(workspace, shards, run_jobs)
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
            agreement = _judge_chains(workspace, shards, clients, cache)
            _measure_difficulties(workspace, shards, clients, cache, tables)
            result = write_result(engine, agreement)
    finally:
        write_usage(recipe, clients)
        cache.close()
        close_sources()
        remove_partial(recipe.out)

    workspace.clear()
    return result


def _open_client(
    clients: dict[str, ChatClient], role: str, config: EndpointConfig, cache: ReplyCache
) -> ChatClient:
    clients[role] = ChatClient(config, cache, recipe_setting_names(role))
    return clients[role]


def _generate_chains(
    workspace: CurationWorkspace, shards: list[SourceShard], teacher: ChatClient, cache: ReplyCache
) -> None:
    """Ask for the chains of every shard; a shard with failed requests is done again from the
    cache.
    """
    config = workspace.recipe.teacher
    assert config is not None
    missing = [shard for shard in shards if not workspace.is_complete(CHAINS, shard.index)]
    places: dict[int, list[tuple[int, int]]] = {}

    # Chains that were checked before must be checked again with the new replies.
    for shard in missing:
        for stage in (CHECK, JUDGE, DIFFICULTY):
            workspace.delete_stage(stage, shard.index)

    def requests(shard: SourceShard) -> list[Request]:
        samples = read_kept_samples(workspace, shard)
        places[shard.index] = [
            (r, n) for r, s in samples if not s.reasoning for n in sample_seeds(config.samples)
        ]
        return make_chain_requests(samples, config)

    def finish(shard: SourceShard, outcomes: list[ReplyOrFailure]) -> None:
        workspace.record_failures(CHAINS, shard.index, _count_failures(outcomes))
        write_replies(workspace, shard, places.pop(shard.index), outcomes)

        # With one worker this fills the time until other replies arrive; else workers do it later.
        if workspace.recipe.workers == 1:
            run_finishing_stages(workspace.recipe, shard.index)

    ask_shards(teacher, cache, missing, requests, finish, CHAINS)


def _count_failures(outcomes: list[ReplyOrFailure]) -> Counter[str]:
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

    def finish(shard: SourceShard, outcomes: list[ReplyOrFailure]) -> None:
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

    def finish(shard: SourceShard, outcomes: list[ReplyOrFailure]) -> None:
        workspace.record_failures(DIFFICULTY, shard.index, _count_failures(outcomes))
        write_difficulties(
            workspace, shard, read_remaining_samples(workspace, shard), outcomes, tables
        )

    def requests(shard: SourceShard) -> list[Request]:
        return difficulty_requests(read_remaining_samples(workspace, shard), config)

    ask_shards(model, cache, missing, requests, finish, DIFFICULTY)
