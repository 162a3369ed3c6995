"""The blind baseline: the best that can be answered without looking.

For each task several predictors that see only the question's text are fitted on the training
samples, and the one that does best in cross-validation *on those samples* answers. A score means
something only beside it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from waywiser.audit.balance.question_text import CONSTANT_KEYS, TextItem, Vocabulary
from waywiser.errors import DatasetError
from waywiser.evaluation._blind_models import (
    ConstantByKey,
    ConstantPosition,
    LogRidge,
    OptionLogit,
    Predictor,
    blind_reward,
)
from waywiser.evaluation.evaluate import ItemResult, score_completions
from waywiser.sample import Sample

_FOLDS = 5


class BlindBaseline:
    """`BlindBaseline.fit(train)`, then `predict(sample)`, `completion(sample)` or
    `evaluate(samples)`.

    `chosen` maps a task to the predictor that answers it, `validation` to every predictor's
    cross-validated mean reward on the training samples.
    """

    def __init__(self, vocabulary: Vocabulary, predictors: dict[str, Predictor]) -> None:
        self._vocabulary = vocabulary
        self._predictors = predictors
        self.chosen: dict[str, str] = {}
        self.validation: dict[str, dict[str, float]] = {}

    @classmethod
    def fit(cls, train_samples: Sequence[Sample], *, seed: int = 0) -> "BlindBaseline":
        """Fit on training samples; `seed` draws the folds. Raises DatasetError where there are
        none.
        """
        if not train_samples:
            raise DatasetError(
                "the blind baseline has no training samples: give a dataset with a train split"
            )

        vocabulary = Vocabulary(train_samples)
        by_task: dict[str, list[TextItem]] = {}

        for sample in train_samples:
            by_task.setdefault(sample.task, []).append(vocabulary.item(sample))

        baseline = cls(vocabulary, {})

        for task, items in sorted(by_task.items()):
            scores = _cross_validate(items, seed)
            best = max(scores, key=lambda name: scores[name])  # the first, simplest one wins a tie
            baseline.chosen[task], baseline.validation[task] = best, scores
            baseline._predictors[task] = _candidates(items)[best].fit(items)

        return baseline

    def predict(self, sample: Sample) -> Any:
        """The value it answers; for a task never seen in training the first option, or None."""
        predictor = self._predictors.get(sample.task)
        if predictor is None:
            return sample.answer.options[0] if sample.answer.options else None
        return predictor.predict(self._vocabulary.item(sample))

    def completion(self, sample: Sample) -> str:
        """The prediction written as a completion, so that the one grader scores it like any
        model's.
        """
        return format_guess(self.predict(sample), sample)

    def evaluate(self, samples: Sequence[Sample]) -> list[ItemResult]:
        """Score the baseline on samples, in their order, by the code that scores models."""
        return score_completions(samples, [[self.completion(sample)] for sample in samples])


def format_guess(value: Any, sample: Sample) -> str:
    """A guess at the answer of a sample, written as a completion; None answers nothing."""
    if value is None:
        return "<think></think><answer></answer>"

    if sample.answer.kind == "number":
        text = f"{value:.6g} {sample.answer.unit or ''}".strip()
    elif sample.answer.kind == "integer":
        text = str(round(value))
    else:
        text = ", ".join(value) if isinstance(value, list | tuple) else str(value)

    return f"<think></think><answer>{text}</answer>"


def _candidates(items: Sequence[TextItem]) -> dict[str, Predictor]:
    """Predictors that make sense for a task's kind, the simplest first."""
    predictors: dict[str, Predictor] = {
        f"constant by {name}": ConstantByKey(key) for name, key in CONSTANT_KEYS.items()
    }
    if all(item.kind == "choice" and item.options for item in items):
        predictors |= {"place": ConstantPosition(), "logit": OptionLogit()}
    if all(item.kind == "number" and item.value > 0 for item in items):
        predictors["log-linear"] = LogRidge()

    return predictors


def _cross_validate(items: Sequence[TextItem], seed: int) -> dict[str, float]:
    """Mean held-out reward of each predictor, over folds of whole scenes."""
    scenes = sorted({item.scene for item in items})
    folds = np.random.default_rng(seed).permutation(len(scenes)) % min(_FOLDS, len(scenes))
    fold_of = dict(zip(scenes, folds.tolist(), strict=True))
    totals = dict.fromkeys(_candidates(items), 0.0)

    for fold in range(int(folds.max()) + 1):
        train = [item for item in items if fold_of[item.scene] != fold]
        test = [item for item in items if fold_of[item.scene] == fold]

        if not train:  # a single scene: nothing to hold out, the simplest predictor stands
            break

        for name, predictor in _candidates(items).items():
            fitted = predictor.fit(train)
            totals[name] += sum(blind_reward(fitted.predict(item), item) for item in test)

    return {name: total / len(items) for name, total in totals.items()}
