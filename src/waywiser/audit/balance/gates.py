"""The gates of a dataset: what may not be true of its labels, its balance and its words.

A share is a fact about a dataset that was audited whole: it is compared with its limit as it is,
give or take one question. What a forest earns, and a share in a draw of scenes, is compared by a
one-sided 95 % bound over whole scenes: a gate fails where even the favourable bound is beyond the
limit, passes where the unfavourable one is within it, and is undecided in between. Either is
undecided where samples are too few. Undecided gates fail no audit; they are shown.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from waywiser.audit.balance.intervals import MIN_SAMPLES, clustered_interval
from waywiser.audit.balance.text_only import TextOnlyTask, best_constant_number
from waywiser.sample import Sample

GateState = Literal["passed", "failed", "undecided"]
_MAX_CLASSES = 10
_TOO_FEW = "too few samples to tell"


class GateThresholds(BaseModel):
    """Limits of the gates, as shares and scores in [0, 1].

    `count_share` bounds the share of one answer among counts; `imbalance` by how much an option's
    letter, or an answer where there are at most ten different ones, may be right more often than an
    even draw; `blind_gain` what a text-only forest may earn beyond chance (choices) or beyond the
    best constant (numbers).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    count_share: float = Field(default=0.2, gt=0, le=1)
    imbalance: float = Field(default=0.05, ge=0, le=1)
    blind_gain: float = Field(default=0.05, ge=0, le=1)


class Gate(BaseModel):
    """One gate: `value` against `limit`, with one-sided 95 % bounds `low` and `high` where it was
    judged by them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    task: str | None
    state: GateState
    value: float
    limit: float
    low: float | None = None
    high: float | None = None
    samples: int
    note: str = ""


class Baseline(BaseModel):
    """What is earned without looking on a task: by chance or the best constant, and by the forest.

    Accuracy for choices, mean relative accuracy for numbers. `shuffled` is the forest's score after
    the answers were dealt out anew; it must not beat `reference` either.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    samples: int
    metric: Literal["accuracy", "MRA"]
    reference: float
    constant: str
    constant_score: float
    forest: float
    shuffled: float


def zero_count_gate(name: str, count: int, samples: int, note: str) -> Gate:
    """A gate on something that may not happen once."""
    state: GateState = "failed" if count else "passed"
    return Gate(
        name=name,
        task=None,
        state=state,
        value=count,
        limit=0,
        samples=samples,
        note=note if count else "",
    )


def balance_gates(
    task: str, samples: Sequence[Sample], thresholds: GateThresholds, *, whole: bool
) -> list[Gate]:
    """Counts, option letters and answer classes of one task; `whole` where these are all its
    samples.
    """
    scenes = None if whole else [sample.scene_id or sample.id for sample in samples]
    kinds = {sample.answer.kind for sample in samples}
    if kinds == {"integer"}:
        return [
            _worst_column_gate(
                "count share", task, _answer_shares(samples), scenes, thresholds.count_share
            )
        ]

    if kinds != {"choice"}:
        return []

    gates = [
        _worst_column_gate(
            "option letters", task, _letter_excess(samples), scenes, thresholds.imbalance
        )
    ]

    offered = {option for sample in samples for option in sample.answer.options or ()}
    if len(offered) <= _MAX_CLASSES:
        gates.append(
            _worst_column_gate(
                "answer classes",
                task,
                _class_excess(samples, offered),
                scenes,
                thresholds.imbalance,
            )
        )

    return gates


def _worst_column_gate(
    name: str,
    task: str,
    columns: Mapping[str, NDArray[np.float64]],
    scenes: Sequence[str] | None,
    limit: float,
) -> Gate:
    """The gate on the column whose mean is highest, by bounds where `scenes` are given; NaN leaves
    a sample out of a column.
    """
    best: tuple[float, str] = (-np.inf, "")

    for label, values in columns.items():
        mean = float(np.nanmean(values)) if np.isfinite(values).any() else -np.inf
        best = max(best, (mean, label))

    values = columns[best[1]]
    kept = np.isfinite(values)
    note = f"most: {best[1]}"

    if scenes is None:
        return _mean_gate(name, task, values[kept], limit, note)

    return interval_gate(
        name, task, values[kept], [s for s, k in zip(scenes, kept, strict=True) if k], limit, note
    )


def _mean_gate(
    name: str, task: str, values_N: NDArray[np.float64], limit: float, note: str
) -> Gate:
    """A gate on the mean of `values` as it is, give or take one question."""
    mean = float(values_N.mean())
    state = "passed"

    if len(values_N) < MIN_SAMPLES:
        state = "undecided"
        note = f"{note}; {_TOO_FEW}"
    elif (mean - limit) * len(values_N) > 1 + 1e-9:
        state = "failed"

    return Gate(
        name=name,
        task=task,
        state=state,
        value=_rounded(mean),
        limit=limit,
        samples=len(values_N),
        note=note,
    )


def interval_gate(
    name: str,
    task: str,
    values_N: NDArray[np.float64],
    scenes: Sequence[str],
    limit: float,
    note: str,
) -> Gate:
    """A gate on the mean of `values`, by its bounds over whole scenes."""
    found = clustered_interval(values_N, scenes)
    state: GateState = "undecided"

    if found.low is None or found.high is None:
        note = f"{note}; {_TOO_FEW}"
    elif found.low > limit:
        state = "failed"
    elif found.high <= limit:
        state = "passed"

    return Gate(
        name=name,
        task=task,
        state=state,
        value=_rounded(found.mean),
        limit=limit,
        low=_rounded(found.low),
        high=_rounded(found.high),
        samples=len(values_N),
        note=note,
    )


def _rounded(value: float | None) -> float:
    return None if value is None else round(value, 4)  # type: ignore[return-value] - None stays None


def _answer_shares(samples: Sequence[Sample]) -> dict[str, NDArray[np.float64]]:
    values = [str(sample.answer.value) for sample in samples]
    return {value: np.array([float(v == value) for v in values]) for value in sorted(set(values))}


def _letter_excess(samples: Sequence[Sample]) -> dict[str, NDArray[np.float64]]:
    """For each place how much more often than in an even draw it is right."""
    options = [sample.answer.options or [] for sample in samples]
    right = [
        o.index(str(s.answer.value)) if s.answer.value in o else -1
        for o, s in zip(options, samples, strict=True)
    ]

    return {
        chr(65 + place): np.array(
            [
                float(r == place) - 1 / len(o) if place < len(o) else np.nan
                for o, r in zip(options, right, strict=True)
            ]
        )
        for place in range(max(map(len, options)))
    }


def _class_excess(samples: Sequence[Sample], offered: set[str]) -> dict[str, NDArray[np.float64]]:
    """For each answer how much more often than in an even draw it is right where it is offered."""
    return {
        word: np.array(
            [
                (
                    float(s.answer.value == word) - 1 / len(s.answer.options or ())
                    if word in (s.answer.options or ())
                    else np.nan
                )
                for s in samples
            ]
        )
        for word in sorted(offered)
    }


def blind_gates(
    task: str, samples: Sequence[Sample], thresholds: GateThresholds, seed: int
) -> tuple[list[Gate], Baseline | None]:
    """Whether a forest on the words beats chance, or the best constant; nothing for answers that
    are text.
    """
    text_only = TextOnlyTask(samples)
    if not (text_only.choice or text_only.numeric):
        return [], None

    chance = text_only.chance()
    forest = text_only.forest_scores(seed)
    shuffled = text_only.shuffled_scores(seed)
    constant, constant_score = _best_constant(text_only)
    unit = "chance" if text_only.choice else "the best constant"
    gates = [
        interval_gate(
            "blind forest",
            task,
            forest - chance,
            text_only.scenes,
            thresholds.blind_gain,
            f"beyond {unit}",
        ),
        interval_gate(
            "blind forest, answers shuffled",
            task,
            shuffled - chance,
            text_only.scenes,
            thresholds.blind_gain,
            "the measurement itself; if this fails, distrust the row above",
        ),
    ]

    baseline = Baseline(
        task=task,
        samples=len(text_only.items),
        metric="accuracy" if text_only.choice else "MRA",
        reference=_rounded(float(chance.mean())),
        constant=constant,
        constant_score=_rounded(constant_score),
        forest=_rounded(float(forest.mean())),
        shuffled=_rounded(float(shuffled.mean())),
    )

    return gates, baseline


def _best_constant(text_only: TextOnlyTask) -> tuple[str, float]:
    """The best answer that is always the same, and what it earns."""
    if text_only.choice:
        letters = Counter(chr(65 + item.options.index(item.value)) for item in text_only.items)
        texts = Counter(str(item.value) for item in text_only.items)
        answer, right = max((*letters.items(), *texts.items()), key=lambda pair: pair[1])

        return answer, right / len(text_only.items)

    value = best_constant_number(np.array([float(item.value) for item in text_only.items]))
    return f"{value:g}", float(text_only.constant_scores(value).mean())


def find_contradictions(
    samples: Sequence[Sample], image_digests: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Pairs of sample ids that show the same pictures and ask the same, with different answers."""
    first: dict[tuple[str, str, tuple[str, ...]], Sample] = {}
    found: list[tuple[str, str]] = []

    for sample in samples:
        key = (
            image_digests[sample.id],
            sample.question,
            tuple(sorted(sample.answer.options or ())),
        )

        other = first.setdefault(key, sample)
        if other.answer.value != sample.answer.value:
            found.append((other.id, sample.id))

    return found


def contrast_pair_share(samples: Sequence[Sample]) -> float:
    """Share of the questions whose very words are asked of another scene with another answer, in
    [0, 1].
    """
    answers: dict[tuple[str, str], set[tuple[str | None, str]]] = defaultdict(set)
    for sample in samples:
        answers[sample.task, sample.question].add((sample.scene_id, str(sample.answer.value)))

    paired = sum(
        any(
            scene != s.scene_id and value != str(s.answer.value)
            for scene, value in answers[s.task, s.question]
        )
        for s in samples
    )

    return paired / max(1, len(samples))
