"""The gates of a dataset: what may not be true of its labels, its balance and its words.

A share or a score is compared with its limit by a one-sided 95 % bound over whole scenes: a gate fails where even
the favourable bound is beyond the limit, passes where the unfavourable one is within it, and is undecided
in between or where there are too few samples. Undecided gates do not fail an audit; they are shown.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from waywiser.audit.intervals import interval
from waywiser.audit.shortcuts import Blind, best_constant
from waywiser.sample import Sample

State = Literal["passed", "failed", "undecided"]
_MOST_CLASSES = 10


class Thresholds(BaseModel):
    """Limits of the gates, as shares and scores in [0, 1].

    `count_share` bounds the share of one answer among counts; `imbalance` by how much an option's letter, or an
    answer where there are at most ten different ones, may be right more often than an even draw; `blind_gain` what
    a text-only forest may earn beyond chance (choices) or beyond the best constant (numbers).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    count_share: float = Field(default=0.2, gt=0, le=1)
    imbalance: float = Field(default=0.05, ge=0, le=1)
    blind_gain: float = Field(default=0.05, ge=0, le=1)


class Gate(BaseModel):
    """One gate: `value` against `limit`, with one-sided 95 % bounds `low` and `high` where there are any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    task: str | None
    state: State
    value: float
    limit: float
    low: float | None = None
    high: float | None = None
    samples: int
    note: str = ""


class Baseline(BaseModel):
    """What is earned without looking on a task: by chance or the best constant, and by the forest.

    Accuracy for choices, mean relative accuracy for numbers. `shuffled` is the forest's score after the answers were
    dealt out anew; it must not beat `reference` either.
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


def exact_gate(name: str, count: int, samples: int, note: str) -> Gate:
    """A gate on something that may not happen once."""
    state: State = "failed" if count else "passed"
    return Gate(name=name, task=None, state=state, value=count, limit=0, samples=samples, note=note if count else "")


def balance_gates(task: str, samples: Sequence[Sample], limits: Thresholds) -> list[Gate]:
    """Counts, option letters and answer classes of one task."""
    scenes = [sample.scene_id or sample.id for sample in samples]
    kinds = {sample.answer.kind for sample in samples}
    if kinds == {"integer"}:
        return [_worst("count share", task, _shares(samples), scenes, limits.count_share)]
    if kinds != {"choice"}:
        return []
    gates = [_worst("option letters", task, _letters(samples), scenes, limits.imbalance)]
    offered = {option for sample in samples for option in sample.answer.options or ()}
    if len(offered) <= _MOST_CLASSES:
        gates.append(_worst("answer classes", task, _classes(samples, offered), scenes, limits.imbalance))
    return gates


def _worst(
    name: str, task: str, columns: Mapping[str, NDArray[np.float64]], scenes: Sequence[str], limit: float
) -> Gate:
    """The gate on the column whose mean is highest; NaN leaves a sample out of a column."""
    best: tuple[float, str] = (-np.inf, "")
    for label, values in columns.items():
        mean = float(np.nanmean(values)) if np.isfinite(values).any() else -np.inf
        best = max(best, (mean, label))
    values = columns[best[1]]
    kept = np.isfinite(values)
    note = f"most: {best[1]}"
    return bounded(name, task, values[kept], [s for s, k in zip(scenes, kept, strict=True) if k], limit, note)


def bounded(
    name: str, task: str, values_N: NDArray[np.float64], scenes: Sequence[str], limit: float, note: str
) -> Gate:
    """A gate on the mean of `values`, by its bounds over whole scenes."""
    found = interval(values_N, scenes)
    state: State = "undecided"
    if found.low is None or found.high is None:
        note = f"{note}; too few samples to tell"
    elif found.low > limit:
        state = "failed"
    elif found.high <= limit:
        state = "passed"
    return Gate(
        name=name, task=task, state=state, value=_short(found.mean), limit=limit, low=_short(found.low),
        high=_short(found.high), samples=len(values_N), note=note,
    )  # fmt: skip


def _short(value: float | None) -> float:
    return None if value is None else round(value, 4)  # type: ignore[return-value] - None stays None


def _shares(samples: Sequence[Sample]) -> dict[str, NDArray[np.float64]]:
    values = [str(sample.answer.value) for sample in samples]
    return {value: np.array([float(v == value) for v in values]) for value in sorted(set(values))}


def _letters(samples: Sequence[Sample]) -> dict[str, NDArray[np.float64]]:
    """For each place how much more often than in an even draw it is right."""
    options = [sample.answer.options or [] for sample in samples]
    right = [o.index(str(s.answer.value)) if s.answer.value in o else -1 for o, s in zip(options, samples, strict=True)]
    return {
        chr(65 + place): np.array(
            [float(r == place) - 1 / len(o) if place < len(o) else np.nan for o, r in zip(options, right, strict=True)]
        )
        for place in range(max(map(len, options)))
    }


def _classes(samples: Sequence[Sample], offered: set[str]) -> dict[str, NDArray[np.float64]]:
    """For each answer how much more often than in an even draw it is right where it is offered."""
    return {
        word: np.array([
            float(s.answer.value == word) - 1 / len(s.answer.options or ()) if word in (s.answer.options or ())
            else np.nan for s in samples
        ])
        for word in sorted(offered)
    }  # fmt: skip


def blind_gates(
    task: str, samples: Sequence[Sample], limits: Thresholds, seed: int
) -> tuple[list[Gate], Baseline | None]:
    """Whether a forest on the words beats chance, or the best constant; nothing for answers that are text."""
    blind = Blind(samples)
    if not (blind.choice or blind.numeric):
        return [], None
    chance, forest = blind.chance(), blind.forest_scores(seed)
    shuffled = blind.shuffled_scores(seed)
    constant, constant_score = _constant(blind)
    unit = "chance" if blind.choice else "the best constant"
    gates = [
        bounded("blind forest", task, forest - chance, blind.scenes, limits.blind_gain, f"beyond {unit}"),
        bounded(
            "blind forest, answers shuffled", task, shuffled - chance, blind.scenes, limits.blind_gain,
            "the measurement itself; if this fails, distrust the row above",
        ),
    ]  # fmt: skip
    baseline = Baseline(
        task=task, samples=len(blind.items), metric="accuracy" if blind.choice else "MRA",
        reference=_short(float(chance.mean())), constant=constant, constant_score=_short(constant_score),
        forest=_short(float(forest.mean())), shuffled=_short(float(shuffled.mean())),
    )  # fmt: skip
    return gates, baseline


def _constant(blind: Blind) -> tuple[str, float]:
    """The best answer that is always the same, and what it earns."""
    if blind.choice:
        letters = Counter(chr(65 + item.options.index(item.value)) for item in blind.items)
        texts = Counter(str(item.value) for item in blind.items)
        answer, right = max((*letters.items(), *texts.items()), key=lambda pair: pair[1])
        return answer, right / len(blind.items)
    value = best_constant(np.array([float(item.value) for item in blind.items]))
    return f"{value:g}", float(blind.constant_scores(value).mean())


def contradictions(samples: Sequence[Sample], pictures: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pairs of sample ids that show the same pictures and ask the same, with different answers."""
    first: dict[tuple[str, str, tuple[str, ...]], Sample] = {}
    found: list[tuple[str, str]] = []
    for sample in samples:
        key = (pictures[sample.id], sample.question, tuple(sorted(sample.answer.options or ())))
        other = first.setdefault(key, sample)
        if other.answer.value != sample.answer.value:
            found.append((other.id, sample.id))
    return found


def twins(samples: Sequence[Sample]) -> float:
    """Share of the questions whose very words are asked of another scene with another answer, in [0, 1]."""
    answers: dict[tuple[str, str], set[tuple[str | None, str]]] = defaultdict(set)
    for sample in samples:
        answers[sample.task, sample.question].add((sample.scene_id, str(sample.answer.value)))
    twin = sum(
        any(scene != s.scene_id and value != str(s.answer.value) for scene, value in answers[s.task, s.question])
        for s in samples
    )
    return twin / max(1, len(samples))
