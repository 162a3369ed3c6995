"""The gates of one task: whether its answers are balanced and its words give nothing away."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from waywiser.audit.balance.category_prior import CATEGORY_TELLS
from waywiser.audit.balance.category_text import CategoryReader
from waywiser.audit.balance.gate import (
    Bounds,
    Gate,
    GateThresholds,
    TextOnlyScores,
    interval_gate,
    mean_gate,
    rounded,
)
from waywiser.audit.balance.intervals import clustered_interval
from waywiser.audit.balance.number_scores import best_constant_number
from waywiser.audit.balance.text_only import TextOnlyTask
from waywiser.sample import Sample

_MAX_CLASSES = 10


def balance_gates(
    task: str, samples: Sequence[Sample], thresholds: GateThresholds, *, whole: bool
) -> list[Gate]:
    """Gates on how evenly the answers of one task are spread.

    Args:
        task: The task's name.
        samples: Its audited samples.
        thresholds: Limits of the gates.
        whole: These are all samples of the task, so that shares are facts and need no bounds.

    Returns:
        One gate for counts; one or two for choices (option letters and, if there are few, answer
        classes); none for other kinds of answers.
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
    """The gate on the column with the highest mean.

    Args:
        name: What is measured.
        task: The task that it is measured on.
        columns: For each label one value per sample; NaN leaves a sample out of a column.
        scenes: The scene of each sample, to judge by bounds; None judges the mean as it is.
        limit: The largest mean that passes.
    """
    best: tuple[float, str] = (-np.inf, "")

    for label, values in columns.items():
        mean = float(np.nanmean(values)) if np.isfinite(values).any() else -np.inf
        best = max(best, (mean, label))

    values = columns[best[1]]
    finite = np.isfinite(values)
    note = f"most: {best[1]}"

    if scenes is None:
        return mean_gate(name, task, values[finite], limit, note)

    finite_scenes = [scene for scene, keep in zip(scenes, finite, strict=True) if keep]
    return interval_gate(name, task, values[finite], finite_scenes, limit, note)


def _answer_shares(samples: Sequence[Sample]) -> dict[str, NDArray[np.float64]]:
    values = [str(sample.answer.value) for sample in samples]
    return {value: np.array([float(v == value) for v in values]) for value in sorted(set(values))}


def _letter_excess(samples: Sequence[Sample]) -> dict[str, NDArray[np.float64]]:
    """For each option letter (N,): 1 if it is right, 0 if not, less the chance of an even draw."""
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
    """For each answer (N,): 1 if it is right, 0 if not, less the chance of an even draw.

    NaN if a sample does not offer the answer.
    """
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
    task: str,
    samples: Sequence[Sample],
    thresholds: GateThresholds,
    seed: int,
    reader: CategoryReader | None = None,
) -> tuple[list[Gate], TextOnlyScores | None]:
    """Gates on what a random forest earns from the words of the questions alone.

    Of tasks in `CATEGORY_TELLS`, the forest must not earn much more than the prior by category, or
    than chance or the best constant where that earns more; of others, than the latter. The former
    take the better of two forests, one of which is told what the prior answers.

    Args:
        task: The task's name.
        samples: Its audited samples.
        thresholds: Limits of the gates.
        seed: Seed of the forest, and of the folds of the prior.
        reader: Finds categories in questions; None knows those of our furniture.

    Returns:
        The gates on the forest and on the forest with shuffled answers, and the scores behind them;
        no gates and None if the answers are text.
    """
    text_only = TextOnlyTask(samples)
    if not (text_only.choice or text_only.numeric):
        return [], None

    chance = text_only.chance()
    forest = text_only.forest_scores(seed)
    shuffled = text_only.shuffled_scores(seed)
    prior = None
    reference = chance
    unit = "chance" if text_only.choice else "the best constant"

    if task in CATEGORY_TELLS:
        reader = reader or CategoryReader()
        hinted_forest = text_only.hinted_forest_scores(reader, seed)
        forest = max(forest, hinted_forest, key=np.mean)
        prior = text_only.prior_scores(reader, seed)
        if prior.mean() > chance.mean():
            reference = prior
            unit = "the prior by category"

    gates = [
        interval_gate(
            "blind forest",
            task,
            forest - reference,
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

    return gates, _summarize_scores(task, text_only, chance, prior, forest, shuffled)


def _summarize_scores(
    task: str,
    text_only: TextOnlyTask,
    chance: NDArray[np.float64],
    prior: NDArray[np.float64] | None,
    forest: NDArray[np.float64],
    shuffled: NDArray[np.float64],
) -> TextOnlyScores:
    """Means of scores (N,) with their bounds."""
    constant, constant_score = _best_constant(text_only)

    def bounds(scores: NDArray[np.float64] | None) -> Bounds:
        interval = None if scores is None else clustered_interval(scores, text_only.scenes)
        if interval is None or interval.low is None or interval.high is None:
            return None
        return rounded(interval.low), rounded(interval.high)

    gain = None if prior is None else prior - chance

    return TextOnlyScores(
        task=task,
        samples=len(text_only.items),
        metric="accuracy" if text_only.choice else "MRA",
        reference=rounded(float(chance.mean())),
        constant=constant,
        constant_score=rounded(constant_score),
        prior=None if prior is None else rounded(float(prior.mean())),
        forest=rounded(float(forest.mean())),
        shuffled=rounded(float(shuffled.mean())),
        prior_gain=None if gain is None else rounded(float(gain.mean())),
        reference_bounds=bounds(chance),
        prior_bounds=bounds(prior),
        prior_gain_bounds=bounds(gain),
        forest_bounds=bounds(forest),
    )


def _best_constant(text_only: TextOnlyTask) -> tuple[str, float]:
    """The best answer that is always the same, and its score."""
    if text_only.choice:
        letters = Counter(chr(65 + item.options.index(item.value)) for item in text_only.items)
        texts = Counter(str(item.value) for item in text_only.items)
        answer, right = max((*letters.items(), *texts.items()), key=lambda pair: pair[1])

        return answer, right / len(text_only.items)

    value = best_constant_number(np.array([float(item.value) for item in text_only.items]))
    return f"{value:g}", float(text_only.constant_scores(value).mean())
