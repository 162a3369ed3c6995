"""Choose the questions of a dataset among the staged rows of all shards, at about 0.2 kB a row."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypedDict

import numpy as np
import pyarrow.parquet as pq

from waywiser.dataset.balance import choose_balanced
from waywiser.dataset.candidates import Candidate, count_in_contrast_pairs
from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.manifest import count_answer_classes
from waywiser.dataset.scene_questions import StagedRow
from waywiser.dataset.shard import BALANCE_COLUMNS, ShardPaths
from waywiser.tasks.registry import TASKS

_COLUMNS = ["task", "scene_id", "question", "answer", *BALANCE_COLUMNS]


class _Wording(TypedDict, total=False):
    """Fields of a `Candidate` that are set for datasets with homes only."""

    scene: str
    text: str
    answer: str
    position: str | None
    options: int
    subtask: str


@dataclass(frozen=True)
class Selection:
    """The chosen questions of a dataset.

    Attributes:
        rows: The chosen row numbers of each shard.
        answers: By task, how often each answer class was chosen.
        proposed: By task, how many questions were proposed.
        twins: How many of the chosen are in a contrast pair; None for datasets of rooms alone.
    """

    rows: list[list[int]]
    answers: dict[str, dict[str, int]]
    proposed: dict[str, int]
    twins: int | None


def select_questions(config: SynthesisConfig) -> Selection:
    """Balance the staged questions of all shards (`waywiser.dataset.balance`)."""
    homes = config.home_count > 0
    candidates: list[Candidate] = []
    starts: list[int] = []
    interned: dict[Any, Any] = {}

    for shard in range(config.shards):
        starts.append(len(candidates))
        candidates += _candidates(config, shard, homes, interned)

    interned.clear()
    rng = np.random.default_rng(config.seed)
    chosen = choose_balanced(
        candidates, config.questions_per_view, rng, config.max_count_share, strict=homes
    )
    rows: list[list[int]] = [[] for _ in starts]

    for index in chosen:
        shard = bisect_right(starts, index) - 1
        rows[shard].append(index - starts[shard])

    picked = [candidates[index] for index in chosen]
    return Selection(
        rows=rows,
        answers=count_answer_classes((c.task, c.answer_class) for c in picked),
        proposed=dict(sorted(Counter(c.task for c in candidates).items())),
        twins=count_in_contrast_pairs(picked) if homes else None,
    )


def _candidates(
    config: SynthesisConfig, shard: int, homes: bool, interned: dict[Any, Any]
) -> Iterator[Candidate]:
    """The candidates of one shard; their wording is read for datasets with homes only."""

    def intern(value: Any) -> Any:
        """The first object that equals `value`, so that equal strings are held once."""
        return interned.setdefault(value, value)

    file = pq.ParquetFile(ShardPaths.of(config, shard).drafts)
    for batch in file.iter_batches(1024, columns=_COLUMNS):
        for row in batch.to_pylist():
            task = intern(row["task"])
            compared = None
            if row["winner"] is not None:
                compared = intern((row["winner"], row["loser"]))

            value = None
            if TASKS[task].category_tells and TASKS[task].kind == "number":
                value = intern(float(row["answer"]["value"]))

            wording: _Wording = _wording_fields(row, intern) if homes else {}
            yield Candidate(
                view=intern(row["view"]),
                task=task,
                kind=TASKS[task].kind,
                subject=intern(row["topic"]),
                answer_class=intern(row["bucket"]),
                compared=compared,
                value=value,
                **wording,
            )


def _wording_fields(row: StagedRow, intern: Any) -> _Wording:
    options = row["answer"]["options"]
    value = row["answer"]["value"]

    return {
        "scene": intern(row["scene_id"]),
        "text": blake2b(row["question"].encode(), digest_size=8).hexdigest(),
        "answer": intern(value),
        "position": intern(str(options.index(value))) if options and value in options else None,
        "options": len(options or ()),
        "subtask": intern(row["family"]),
    }
