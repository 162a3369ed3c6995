"""Stage "judge": score accepted chains, choose one per sample, and test whether the judge can be
trusted.
"""

import json

import pyarrow as pa

from waywiser.clients.cache import ReplyCache
from waywiser.clients.chat import ChatClient
from waywiser.clients.requests import Reply, ReplyOrFailure, Request
from waywiser.curation.chain_measures import MEASURES_JUDGE
from waywiser.curation.chains import Chain
from waywiser.curation.config import JudgeConfig
from waywiser.curation.judge_agreement import JudgeAgreement, corrupt_chain, measure_agreement
from waywiser.curation.judge_rubric import JudgeScores, make_judge_request, parse_judge_scores
from waywiser.curation.rows import AcceptedChain, ChosenRow, ScoredRow
from waywiser.curation.stages.deduplicate import UNIQUE
from waywiser.curation.stages.generate import CHECK
from waywiser.curation.workspace import CurationWorkspace, SourceShard
from waywiser.sample import Quality

JUDGE = "judge"
CHOSEN_SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("id", pa.string()),
        ("n", pa.int32()),
        ("origin", pa.string()),
        ("thinking", pa.string()),
        ("structure", pa.float64()),
        ("cognitive_load", pa.float64()),
        ("verification", pa.float64()),
        ("judge", pa.string()),
    ]
)
"""Columns of `ChosenRow`."""
SCORED_SCHEMA = pa.schema(
    [("row", pa.int32()), ("n", pa.int32()), ("reply", pa.string()), ("judgment", pa.string())]
)


def read_accepted_chains(workspace: CurationWorkspace, shard: SourceShard) -> list[AcceptedChain]:
    """Accepted chains of a shard, including the sources' own chains of thought."""
    return [row for row in workspace.read(CHECK, shard.index) if row["accepted"]]


def read_shard_questions(workspace: CurationWorkspace, shard: SourceShard) -> dict[int, str]:
    """Row -> question, for the unique rows of a shard."""
    from waywiser.curation.stages.load import LOAD

    rows = workspace.read(LOAD, shard.index, columns=["question"])
    return {
        k["row"]: rows[k["row"]]["question"]
        for k in workspace.read(UNIQUE, shard.index, columns=["row"])
    }


def make_judge_requests(
    workspace: CurationWorkspace, shard: SourceShard, config: JudgeConfig
) -> list[Request]:
    """One request for each accepted chain."""
    questions = read_shard_questions(workspace, shard)
    return [
        make_judge_request(config, questions[row["row"]], row["thinking"], row["answer"])
        for row in read_accepted_chains(workspace, shard)
    ]


def choose_chains(
    workspace: CurationWorkspace, shard: SourceShard, outcomes: list[ReplyOrFailure] | None
) -> None:
    """Write the best chain of each sample.

    Chains with valid scores of the judge come first, then those with a higher mean score (of the
    judge, else of the measures), then shorter ones. `outcomes` is None if there is no judge.
    """
    chains = read_accepted_chains(workspace, shard)
    replies = (
        [o.text if isinstance(o, Reply) else None for o in outcomes]
        if outcomes is not None
        else None
    )

    judge = workspace.recipe.judge
    best: dict[int, tuple[tuple[bool, float, int, int], ChosenRow]] = {}
    scored: list[ScoredRow] = []

    for k, row in enumerate(chains):
        judgment = parse_judge_scores(replies[k] or "") if replies is not None else None
        quality = judgment.quality(judge.model) if judgment and judge else measured_quality(row)
        mean = (quality.structure + quality.cognitive_load + quality.verification) / 3
        rank = (judgment is None, -mean, len(row["thinking"]), row["n"])

        if row["row"] not in best or rank < best[row["row"]][0]:
            best[row["row"]] = (rank, _chosen_row(row, quality))

        if replies is not None:
            scores_json = judgment.model_dump_json() if judgment else None
            scored.append(
                {"row": row["row"], "n": row["n"], "reply": replies[k], "judgment": scores_json}
            )

    chosen = [best[row][1] for row in sorted(best)]
    workspace.write(JUDGE, shard.index, scored, SCORED_SCHEMA, "scored")
    workspace.write(JUDGE, shard.index, chosen, CHOSEN_SCHEMA)


def _chosen_row(chain: AcceptedChain, quality: Quality) -> ChosenRow:
    return {
        "row": chain["row"],
        "id": chain["id"],
        "n": chain["n"],
        "origin": chain["origin"],
        "thinking": chain["thinking"],
        "structure": quality.structure,
        "cognitive_load": quality.cognitive_load,
        "verification": quality.verification,
        "judge": quality.judge,
    }


def measured_quality(row: AcceptedChain) -> Quality:
    """The deterministic measures of an accepted chain."""
    return Quality(
        structure=row["structure"],
        cognitive_load=row["cognitive_load"],
        verification=row["verification"],
        judge=MEASURES_JUDGE,
    )


def report_judge_agreement(
    workspace: CurationWorkspace, shards: list[SourceShard], client: ChatClient, cache: ReplyCache
) -> JudgeAgreement:
    """Compare the judge with the measures, and have it judge some chains again.

    The first `controls` chains are judged a second time, and once more with corrupted steps.

    Args:
        workspace: the curation, with a judge in its recipe.
        shards: all shards, judged.
        client: the judge.
        cache: replies of the judge, used in batch-file mode.
    """
    config = workspace.recipe.judge
    assert config is not None
    judgments: list[tuple[JudgeScores | None, Quality]] = []
    controls: list[tuple[JudgeScores | None, str, AcceptedChain]] = []

    for shard in shards:
        scored = {
            (s["row"], s["n"]): s["judgment"] for s in workspace.read(JUDGE, shard.index, "scored")
        }
        questions = (
            read_shard_questions(workspace, shard) if len(controls) < config.controls else {}
        )

        for row in read_accepted_chains(workspace, shard):
            text = scored[(row["row"], row["n"])]
            judgment = JudgeScores.model_validate(json.loads(text)) if text else None
            judgments.append((judgment, measured_quality(row)))

            if len(controls) < config.controls:
                controls.append((judgment, questions[row["row"]], row))

    repeat_judgments: list[JudgeScores | None] = [None] * len(controls)
    corrupted_judgments: list[JudgeScores | None] = [None] * len(controls)

    def done(tag: tuple[list[JudgeScores | None], int], outcome: ReplyOrFailure) -> None:
        tag[0][tag[1]] = parse_judge_scores(outcome.text) if isinstance(outcome, Reply) else None

    requests = []

    for k, (_, question, row) in enumerate(controls):
        corrupted = corrupt_chain(Chain(row["thinking"], row["answer"]), workspace.recipe.seed)
        requests.append(
            (
                (repeat_judgments, k),
                make_judge_request(config, question, row["thinking"], row["answer"], seed=1),
            )
        )

        requests.append(
            (
                (corrupted_judgments, k),
                make_judge_request(config, question, corrupted.thinking, corrupted.answer),
            )
        )

    if config.batch is None:
        client.ask_all(requests, done)
    else:  # no second batch for the controls: missing replies are not counted
        for tag, request in requests:
            reply = cache.get(request.key())
            if reply is not None:
                done(tag, reply)

    first_judgments = [judgment for judgment, _, _ in controls]
    return measure_agreement(
        config.model,
        judgments,
        list(zip(first_judgments, repeat_judgments, strict=True)),
        list(zip(first_judgments, corrupted_judgments, strict=True)),
    )
