"""Stage "judge": score the accepted chains, choose one for each sample, and see whether the judge can be trusted."""

import json
from typing import Any

import pyarrow as pa

from waywiser.clients.cache import ReplyCache
from waywiser.clients.chat import ChatClient
from waywiser.clients.requests import Outcome, Reply, Request
from waywiser.curation.agreement import Agreement, agreement, spoil
from waywiser.curation.chains import Chain
from waywiser.curation.config import JudgeConfig
from waywiser.curation.judge import Judgement, judge_request, read_judgement
from waywiser.curation.measures import MEASURES
from waywiser.curation.teaching import CHECK
from waywiser.curation.unique import UNIQUE
from waywiser.curation.workspace import Shard, Workspace
from waywiser.sample import Quality

JUDGE = "judge"
CHOSEN = pa.schema(
    [("row", pa.int32()), ("id", pa.string()), ("n", pa.int32()), ("origin", pa.string()), ("thinking", pa.string()),
     ("structure", pa.float64()), ("cognitive_load", pa.float64()), ("verification", pa.float64()),
     ("judge", pa.string())]
)  # fmt: skip
"""The chain chosen for each sample that has one."""
SCORED = pa.schema([("row", pa.int32()), ("n", pa.int32()), ("reply", pa.string()), ("judgement", pa.string())])


def accepted_chains(workspace: Workspace, shard: Shard) -> list[dict[str, Any]]:
    """Accepted chains of a shard, own traces included."""
    return [row for row in workspace.read(CHECK, shard.index) if row["accepted"]]


def questions_of(workspace: Workspace, shard: Shard) -> dict[int, str]:
    """Row -> question, for the rows that are still in."""
    from waywiser.curation.load import LOAD

    rows = workspace.read(LOAD, shard.index, columns=["question"])
    return {k["row"]: rows[k["row"]]["question"] for k in workspace.read(UNIQUE, shard.index, columns=["row"])}


def judge_requests(workspace: Workspace, shard: Shard, config: JudgeConfig) -> list[Request]:
    """One request for each accepted chain."""
    questions = questions_of(workspace, shard)
    return [
        judge_request(config, questions[row["row"]], row["thinking"], row["answer"])
        for row in accepted_chains(workspace, shard)
    ]


def choose(workspace: Workspace, shard: Shard, outcomes: list[Outcome] | None) -> None:
    """Write the best chain of each sample: by the judge's mean where it is valid, else by the measures.

    A chain that the judge scored goes before one that it did not; then the higher mean, then the shorter chain.
    """
    chains = accepted_chains(workspace, shard)
    replies = [o.text if isinstance(o, Reply) else None for o in outcomes] if outcomes is not None else None
    judge = workspace.recipe.judge
    best: dict[int, tuple[tuple[Any, ...], dict[str, Any]]] = {}
    scored: list[dict[str, Any]] = []
    for k, row in enumerate(chains):
        judgement = read_judgement(replies[k] or "") if replies is not None else None
        quality = judgement.quality(judge.model) if judgement and judge else measured(row)
        mean = (quality.structure + quality.cognitive_load + quality.verification) / 3
        rank = (judgement is None, -mean, len(row["thinking"]), row["n"])
        if row["row"] not in best or rank < best[row["row"]][0]:
            best[row["row"]] = (rank, {**row, **quality.model_dump()})
        if replies is not None:
            shown = judgement.model_dump_json() if judgement else None
            scored.append({"row": row["row"], "n": row["n"], "reply": replies[k], "judgement": shown})
    chosen = [{name: row[name] for name in CHOSEN.names} for _, (_, row) in sorted(best.items())]
    workspace.write(JUDGE, shard.index, scored, SCORED, "scored")
    workspace.write(JUDGE, shard.index, chosen, CHOSEN)


def measured(row: dict[str, Any]) -> Quality:
    """The deterministic measures of a checked chain."""
    return Quality(structure=row["structure"], cognitive_load=row["cognitive_load"],
                   verification=row["verification"], judge=MEASURES)  # fmt: skip


def judge_report(workspace: Workspace, shards: list[Shard], client: ChatClient, cache: ReplyCache) -> Agreement:
    """All judgements beside the measures; the first `controls` chains judged again, and spoilt."""
    config = workspace.recipe.judge
    assert config is not None
    judged: list[tuple[Judgement | None, Quality]] = []
    controls: list[tuple[Judgement | None, str, dict[str, Any]]] = []
    for shard in shards:
        scored = {(s["row"], s["n"]): s["judgement"] for s in workspace.read(JUDGE, shard.index, "scored")}
        questions = questions_of(workspace, shard) if len(controls) < config.controls else {}
        for row in accepted_chains(workspace, shard):
            text = scored[(row["row"], row["n"])]
            judgement = Judgement.model_validate(json.loads(text)) if text else None
            judged.append((judgement, measured(row)))
            if len(controls) < config.controls:
                controls.append((judgement, questions[row["row"]], row))
    again: list[Judgement | None] = [None] * len(controls)
    spoilt: list[Judgement | None] = [None] * len(controls)

    def done(tag: tuple[list[Judgement | None], int], outcome: Outcome) -> None:
        tag[0][tag[1]] = read_judgement(outcome.text) if isinstance(outcome, Reply) else None

    requests = []
    for k, (_, question, row) in enumerate(controls):
        bad = spoil(Chain(row["thinking"], row["answer"]), workspace.recipe.seed)
        requests.append(((again, k), judge_request(config, question, row["thinking"], row["answer"], seed=1)))
        requests.append(((spoilt, k), judge_request(config, question, bad.thinking, bad.answer)))
    if config.batch is None:
        client.ask_all(requests, done)
    else:  # controls wait for no second batch: what is not there is not counted
        for tag, request in requests:
            reply = cache.get(request.key())
            if reply is not None:
                done(tag, reply)
    first = [judgement for judgement, _, _ in controls]
    return agreement(config.model, judged, list(zip(first, again, strict=True)), list(zip(first, spoilt, strict=True)))
