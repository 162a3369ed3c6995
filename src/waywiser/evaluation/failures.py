"""The paper's failure signatures (section 5), measured on every run, with the worst items by name.

Short chains where questions are hard, loops and where they begin, format breaks, truncation,
answers that contradict their reasoning, and, where the scene is known, objects that the reasoning
names and the scene lacks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NotRequired, TypedDict

import numpy as np

from waywiser.evaluation.benchmarks import BenchmarkItem
from waywiser.evaluation.contradictions import extract_reasoning, find_contradiction
from waywiser.evaluation.hallucinated_objects import find_absent_objects
from waywiser.evaluation.loops import Loop, find_loop
from waywiser.evaluation.signatures import MIN_LOOP_RATE, is_truncated
from waywiser.json_types import JsonObject
from waywiser.rewards import format_reward, repetition_rate

_NUM_WORST = 8


@dataclass(frozen=True, slots=True)
class ItemFailures:
    """The failures of one output.

    `words` counts the words of its reasoning; `absent` lists objects that its reasoning mentions
    and the scene lacks, None if the scene is unknown.
    """

    id: str
    words: int
    repetition: float
    loop: Loop | None
    format_break: bool
    truncated: bool
    contradiction: str | None
    absent: list[str] | None

    @property
    def num_failures(self) -> int:
        """How many kinds of failure it shows."""
        return sum(
            (
                self.loops,
                self.format_break,
                self.truncated,
                self.contradiction is not None,
                bool(self.absent),
            )
        )

    @property
    def loops(self) -> bool:
        """Whether it repeats itself pathologically."""
        return self.loop is not None or self.repetition > MIN_LOOP_RATE


class QuestionTypeLength(TypedDict):
    """Chain length of one question type; `difficulty` is 1 - its mean score."""

    question_type: str
    difficulty: float
    median_words: float
    items: int


class LengthAgainstDifficulty(TypedDict):
    """Question types from the easiest to the hardest, and the rank correlation over them."""

    types: list[QuestionTypeLength]
    spearman: float | None


class FailureReport(TypedDict):
    """Failures of a run as shares of its outputs; a run without outputs has only their count."""

    outputs: int
    median_words: NotRequired[float]
    loops: NotRequired[float]
    loop_start_words: NotRequired[float | None]
    format_breaks: NotRequired[float]
    truncated: NotRequired[float]
    contradictions: NotRequired[float]
    known_scenes: NotRequired[int]
    hallucinations: NotRequired[float | None]
    length_against_difficulty: NotRequired[LengthAgainstDifficulty]
    worst: NotRequired[list[JsonObject]]


def measure_item(item: BenchmarkItem, output: str, *, cut: bool = False) -> ItemFailures:
    """Measure one output; `cut` says that it was stopped at the limit of tokens."""
    reasoning = extract_reasoning(output)
    return ItemFailures(
        item.id,
        len(reasoning.split()),
        repetition_rate(output),
        find_loop(output),
        format_reward(output) < 1,
        cut or is_truncated(output),
        find_contradiction(output, item.options),
        None
        if item.scene_categories is None
        else find_absent_objects(reasoning, item.scene_categories, item.prompt),
    )


def measure_failures(
    items: Sequence[BenchmarkItem],
    outputs: Mapping[str, str],
    scores: Mapping[str, float],
    *,
    cut: Collection[str] = (),
) -> FailureReport:
    """Shares over a run's outputs, chain length against difficulty, and the worst items.

    Args:
        items: The answered items.
        outputs: The raw output for each item, by id.
        scores: The score of each item that has one, by id.
        cut: Ids of the outputs that were stopped at the token limit.

    Returns:
        The report; "hallucinations" is a share of the outputs whose scene is known, None if there
        are none.
    """
    found = [measure_item(item, outputs[item.id], cut=item.id in cut) for item in items]
    if not found:
        return {"outputs": 0}

    count = len(found)
    with_known_scene = [f for f in found if f.absent is not None]

    return {
        "outputs": count,
        "median_words": float(np.median([f.words for f in found])),
        "loops": sum(f.loops for f in found) / count,
        "loop_start_words": _median([f.loop.start for f in found if f.loop]),
        "format_breaks": sum(f.format_break for f in found) / count,
        "truncated": sum(f.truncated for f in found) / count,
        "contradictions": sum(f.contradiction is not None for f in found) / count,
        "known_scenes": len(with_known_scene),
        "hallucinations": (
            sum(bool(f.absent) for f in with_known_scene) / len(with_known_scene)
            if with_known_scene
            else None
        ),
        "length_against_difficulty": _length_against_difficulty(items, found, scores),
        "worst": _worst_items(found, outputs),
    }


def _length_against_difficulty(
    items: Sequence[BenchmarkItem], found: Sequence[ItemFailures], scores: Mapping[str, float]
) -> LengthAgainstDifficulty:
    """Median words by question type, from the easiest to the hardest.

    The difficulty of a type is 1 - its mean score. `spearman` is the rank correlation of length and
    difficulty, None with fewer than three types: a model that thinks longer about harder questions
    is above 0.
    """
    kinds: dict[str, list[tuple[int, float]]] = {}

    for item, signature in zip(items, found, strict=True):
        if item.id in scores:
            kinds.setdefault(item.question_type, []).append((signature.words, 1 - scores[item.id]))

    rows = [
        QuestionTypeLength(
            question_type=kind,
            difficulty=float(np.mean([d for _, d in pairs])),
            median_words=float(np.median([w for w, _ in pairs])),
            items=len(pairs),
        )
        for kind, pairs in kinds.items()
    ]
    rows.sort(key=lambda row: row["difficulty"])

    difficulty = [r["difficulty"] for r in rows]
    words = [r["median_words"] for r in rows]
    varied = len(rows) >= 3 and len(set(difficulty)) > 1 and len(set(words)) > 1

    return {"types": rows, "spearman": _spearman(difficulty, words) if varied else None}


def _spearman(x: Sequence[float], y: Sequence[float]) -> float:
    """Rank correlation, ties at their mean rank; scipy.stats takes longer to import than a small
    run to be scored.
    """
    return float(np.corrcoef(_ranks(x), _ranks(y))[0, 1])


def _ranks(values: Sequence[float]) -> np.ndarray:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


def _worst_items(found: Sequence[ItemFailures], outputs: Mapping[str, str]) -> list[JsonObject]:
    """Items with most signs, the most repetitive first; each with its signature and the end of its
    output.

    Of every kind the worst is there, so that a common one does not hide a rare one.
    """
    ranked = sorted(
        (f for f in found if f.num_failures), key=lambda f: (-f.num_failures, -f.repetition, f.id)
    )
    kinds = (
        [f for f in ranked if f.loops],
        [f for f in ranked if f.contradiction],
        [f for f in ranked if f.absent],
        [f for f in ranked if f.truncated],
        [f for f in ranked if f.format_break],
    )

    first = dict.fromkeys(kind[0].id for kind in kinds if kind)
    ordered_ids = {**first, **dict.fromkeys(f.id for f in ranked)}
    kept = set(list(ordered_ids)[:_NUM_WORST])

    return [{**asdict(f), "tail": outputs[f.id][-400:]} for f in ranked if f.id in kept]


def _median(values: Sequence[int]) -> float | None:
    return float(np.median(values)) if values else None
