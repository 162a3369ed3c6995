"""Stages "chains" and "check": ask the teacher for chains of thought, grade them and find
faults.
"""

from collections import Counter

import pyarrow as pa

from waywiser.answers import grade_all
from waywiser.clients.requests import Failure, ReplyOrFailure, Request, sample_seeds
from waywiser.curation.chain_format import (
    add_worked_example,
    chain_response_format,
    is_reply_incomplete,
    parse_chain_reply,
    system_instruction,
)
from waywiser.curation.chain_measures import measure_chain
from waywiser.curation.chains import Chain, find_fault
from waywiser.curation.config import ChainConfig, TeacherConfig
from waywiser.curation.rows import CheckedRow, RejectedRow, ReplyRow
from waywiser.curation.stages.deduplicate import UNIQUE
from waywiser.curation.stages.load import LOAD, make_rejected_row
from waywiser.curation.workspace import REJECTED_SCHEMA, CurationWorkspace, SourceShard
from waywiser.dataset.schema import row_to_sample
from waywiser.prompting import question_text
from waywiser.sample import Quality, Sample
from waywiser.tasks.completion import format_answer

CHAINS = "chains"
CHECK = "check"
REPLY_SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("n", pa.int32()),
        ("text", pa.string()),
        ("finish", pa.string()),
        ("failure", pa.string()),
    ]
)
CHECKED_SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("id", pa.string()),
        ("n", pa.int32()),
        ("origin", pa.string()),
        ("accepted", pa.bool_()),
        ("reason", pa.string()),
        ("thinking", pa.string()),
        ("answer", pa.string()),
        ("structure", pa.float64()),
        ("cognitive_load", pa.float64()),
        ("verification", pa.float64()),
    ]
)
"""Columns of `CheckedRow`."""


def read_kept_samples(workspace: CurationWorkspace, shard: SourceShard) -> list[tuple[int, Sample]]:
    """Unique samples of a shard with their row numbers."""
    unique_rows = {row["row"] for row in workspace.read(UNIQUE, shard.index, columns=["row"])}
    rows = workspace.read(LOAD, shard.index)
    return [(n, row_to_sample(row)) for n, row in enumerate(rows) if n in unique_rows]


def make_chain_requests(samples: list[tuple[int, Sample]], config: TeacherConfig) -> list[Request]:
    """`config.samples` requests for each sample without a chain of thought of its own."""
    return [
        Request(
            model=config.model,
            text=add_worked_example(question_text(sample), config),
            system=system_instruction(config),
            images=tuple(sample.images),
            temperature=config.temperature,
            top_p=config.top_p,
            max_tokens=config.max_tokens,
            seed=seed,
            response_format=chain_response_format(config),
            parameters=config.parameters,
        )
        for _, sample in samples
        if not sample.reasoning
        for seed in sample_seeds(config.samples)
    ]


def write_replies(
    workspace: CurationWorkspace,
    shard: SourceShard,
    places: list[tuple[int, int]],
    outcomes: list[ReplyOrFailure],
) -> None:
    """Write the replies about a shard.

    Args:
        workspace: where to write.
        shard: the shard.
        places: (row, number of the sample) of each outcome.
        outcomes: outcomes of `make_chain_requests`.
    """
    rows: list[ReplyRow] = []

    for (row, n), outcome in zip(places, outcomes, strict=True):
        failed = isinstance(outcome, Failure)
        rows.append(
            {
                "row": row,
                "n": n,
                "text": None if failed else outcome.text,
                "finish": None if failed else outcome.finish,
                "failure": outcome.reason if failed else None,
            }
        )

    workspace.write(CHAINS, shard.index, rows, REPLY_SCHEMA)


def check_chains(workspace: CurationWorkspace, shard: SourceShard) -> None:
    """Grade and inspect every chain of a shard; samples without an accepted chain are rejected."""
    recipe = workspace.recipe
    samples = dict(read_kept_samples(workspace, shard))
    checked = [
        _check_source_trace(row, sample, recipe.chains)
        for row, sample in samples.items()
        if sample.reasoning
    ]

    if recipe.teacher is not None:
        checked += _check_replies(
            samples, workspace.read(CHAINS, shard.index), recipe.teacher, recipe.chains
        )

    passed = {row["row"] for row in checked if row["accepted"]}
    rejected: list[RejectedRow] = []

    for row, sample in samples.items():
        attempts = [c for c in checked if c["row"] == row] if row not in passed else []
        if row not in passed and (attempts or recipe.teacher is not None):
            rejected.append(_rejected_sample_row(sample, attempts))

    workspace.write(CHECK, shard.index, rejected, REJECTED_SCHEMA, "rejected")
    workspace.write(CHECK, shard.index, checked, CHECKED_SCHEMA)


def _check_replies(
    samples: dict[int, Sample],
    replies: list[ReplyRow],
    teacher: TeacherConfig,
    config: ChainConfig,
) -> list[CheckedRow]:
    chains = [
        parse_chain_reply(r["text"], teacher) if r["text"] is not None else None for r in replies
    ]
    graded = [
        k
        for k, chain in enumerate(chains)
        if chain is not None and replies[k]["finish"] != "length"
    ]

    verdicts = dict(
        zip(
            graded,
            grade_all(
                [chains[k].text() for k in graded],  # type: ignore[union-attr]
                [samples[replies[k]["row"]].answer for k in graded],
            ),
            strict=True,
        )
    )

    rows: list[CheckedRow] = []

    for k, (reply, chain) in enumerate(zip(replies, chains, strict=True)):
        sample = samples[reply["row"]]
        text = reply["text"]
        finish = reply["finish"]

        if text is None or finish is None:
            reason: str | None = f"teacher: {reply['failure']}"
        elif is_reply_incomplete(text, finish, teacher):
            reason = "truncated: it stops before its end"
        elif chain is None:
            reason = "format: not one chain and one answer in the form asked for"
        elif verdicts[k].outcome != "right":
            reason = f"{verdicts[k].outcome}: {verdicts[k].reason}"
        else:
            reason = find_fault(chain, sample.question, sample.answer, config)

        rows.append(_checked_row(reply["row"], reply["n"], "teacher", sample, chain, text, reason))

    return rows


def _check_source_trace(row: int, sample: Sample, config: ChainConfig) -> CheckedRow:
    """Check a source's own chain of thought, which may be short or repetitive."""
    chain = Chain(sample.reasoning or "", format_answer(sample.answer))
    lenient = config.model_copy(update={"min_words": 0, "max_repetition": 1.0})

    return _checked_row(
        row,
        -1,
        "own",
        sample,
        chain,
        None,
        find_fault(chain, sample.question, sample.answer, lenient),
    )


def _checked_row(
    row: int,
    n: int,
    origin: str,
    sample: Sample,
    chain: Chain | None,
    text: str | None,
    reason: str | None,
) -> CheckedRow:
    quality: Quality | None = (
        measure_chain(chain, sample.question) if chain is not None and reason is None else None
    )

    return {
        "row": row,
        "id": sample.id,
        "n": n,
        "origin": origin,
        "accepted": reason is None,
        "reason": reason,
        "thinking": chain.thinking if chain else text,
        "answer": chain.answer if chain else None,
        "structure": quality.structure if quality else None,
        "cognitive_load": quality.cognitive_load if quality else None,
        "verification": quality.verification if quality else None,
    }


def _rejected_sample_row(sample: Sample, attempts: list[CheckedRow]) -> RejectedRow:
    kinds = Counter(str(c["reason"]).partition(":")[0] for c in attempts)
    kind = kinds.most_common(1)[0][0] if kinds else "not asked"
    listed = ", ".join(f"{k} {n}" for k, n in sorted(kinds.items()))
    detail = next((str(c["reason"]) for c in attempts if str(c["reason"]).startswith(kind)), "")
    reason = f"no chain passed, most often {kind}: {listed}; {detail}"

    row = {
        **sample.model_dump(include={"id", "domain", "task", "question"}),
        "answer": sample.answer.model_dump(),
    }

    return make_rejected_row(sample.id, sample.source, CHECK, reason, row)
