"""Stage "difficulty": 1 - pass rate of a model, with a 95 % interval."""

import json
import math
from pathlib import Path

import pyarrow as pa

from waywiser.answers import grade_all
from waywiser.clients.requests import Reply, ReplyOrFailure, Request, sample_seeds
from waywiser.curation.config import DifficultyConfig
from waywiser.curation.rows import DifficultyEstimate, DifficultyRow
from waywiser.curation.stages.generate import CHECK, read_kept_samples
from waywiser.curation.workspace import CurationWorkspace, SourceShard
from waywiser.errors import RecipeError
from waywiser.prompting import question_text
from waywiser.rewards.wilson import wilson_interval
from waywiser.sample import Sample

DIFFICULTY = "difficulty"
DIFFICULTY_SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("id", pa.string()),
        ("difficulty", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("samples", pa.int32()),
        ("mark", pa.string()),
        ("by", pa.string()),
    ]
)
SYSTEM_PROMPT = (
    "Answer the question. Write your reasoning in <think>...</think> and the answer alone in"
    " <answer>...</answer>."
)


def read_remaining_samples(
    workspace: CurationWorkspace, shard: SourceShard
) -> list[tuple[int, Sample]]:
    """Samples of a shard that the stage "check" did not reject."""
    rejected_ids = {
        row["id"] for row in workspace.read(CHECK, shard.index, "rejected", columns=["id"])
    }

    return [
        (row, sample)
        for row, sample in read_kept_samples(workspace, shard)
        if sample.id not in rejected_ids
    ]


def difficulty_requests(
    samples: list[tuple[int, Sample]], config: DifficultyConfig
) -> list[Request]:
    """`config.samples` requests for each sample that has no difficulty yet."""
    return [
        Request(
            config.model,
            question_text(sample),
            SYSTEM_PROMPT,
            tuple(sample.images),
            config.temperature,
            config.top_p,
            config.max_tokens,
            seed,
            parameters=config.parameters,
        )
        for _, sample in samples
        if sample.difficulty is None
        for seed in sample_seeds(config.samples)
    ]


def estimate_difficulty(passes: int, samples: int, model: str) -> DifficultyEstimate:
    """The difficulty by `passes` right answers of `samples`, with its 95 % interval."""
    low, high = wilson_interval(passes, samples)
    mark = {0: "never", samples: "always"}.get(passes, "")
    by = f"{model}: {passes}/{samples} right, difficulty 95 % in [{1 - high:.2f}, {1 - low:.2f}]"

    return {
        "difficulty": 1 - passes / samples,
        "low": 1 - high,
        "high": 1 - low,
        "samples": samples,
        "mark": mark,
        "by": by,
    }


def write_difficulties(
    workspace: CurationWorkspace,
    shard: SourceShard,
    samples: list[tuple[int, Sample]],
    outcomes: list[ReplyOrFailure],
    tables: dict[str, float],
) -> None:
    """Grade the replies about a shard and write difficulties.

    Failed requests do not count; a sample without any reply gets no difficulty.

    Args:
        workspace: where to write.
        shard: the shard.
        samples: (row, sample) of the shard.
        outcomes: outcomes of `difficulty_requests` for `samples`; empty if no model is asked.
        tables: difficulties by sample id, used if no model is asked.
    """
    config = workspace.recipe.difficulty
    rows: list[DifficultyRow] = []
    outcome_iterator = iter(outcomes)

    for row, sample in samples:
        if sample.difficulty is not None:
            rows.append(
                {
                    "row": row,
                    "id": sample.id,
                    "difficulty": sample.difficulty,
                    "by": sample.difficulty_by,
                }
            )
        elif config is not None:
            replies = [next(outcome_iterator) for _ in sample_seeds(config.samples)]
            texts = [reply.text for reply in replies if isinstance(reply, Reply)]
            if texts:
                passes = sum(
                    v.outcome == "right" for v in grade_all(texts, [sample.answer] * len(texts))
                )
                rows.append(
                    {
                        "row": row,
                        "id": sample.id,
                        **estimate_difficulty(passes, len(texts), config.model),
                    }
                )
        elif sample.id in tables:
            rows.append(
                {
                    "row": row,
                    "id": sample.id,
                    "difficulty": tables[sample.id],
                    "by": "a table of the recipe",
                }
            )

    workspace.write(DIFFICULTY, shard.index, rows, DIFFICULTY_SCHEMA)


def read_difficulty_tables(paths: list[Path]) -> dict[str, float]:
    """Difficulties by sample id from files of `waywiser difficulty`.

    Raises RecipeError if a file cannot be read or holds a value outside [0, 1].
    """
    table: dict[str, float] = {}

    for path in paths:
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            table |= {str(key): float(value) for key, value in values.items()}
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise RecipeError(
                f"{path} is not a table of difficulties: make one with waywiser difficulty"
            ) from error

    bad = next(
        (key for key, value in table.items() if not (math.isfinite(value) and 0 <= value <= 1)),
        None,
    )
    if bad is not None:
        raise RecipeError(f"the difficulty of {bad!r} is {table[bad]}: it must lie in [0, 1]")

    return table
