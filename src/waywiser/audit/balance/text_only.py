"""What can be answered without looking: the best constant, and a random forest on the words of a
question.

After arXiv 2511.04655: a forest on text features, folds of whole scenes, and the same measurement
with the answers shuffled among the samples of a task (label invariance), where it must find
nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waywiser.audit.balance.forest import Forest
from waywiser.audit.balance.question_text import TextItem, Vocabulary
from waywiser.sample import Sample

MAX_FOREST_SAMPLES = 1200
"""Samples of a task that the forest is given, drawn evenly."""
_FOLDS = 4
_MIN_SHUFFLED_SAMPLES = 2400
_MAX_SHUFFLES = 10
_MAX_CANDIDATE_NUMBERS = 80
_MIN_FEATURE_ROWS = 4  # a feature of fewer rows is left out

Array = NDArray[np.float64]


class TextOnlyTask:
    """The text-only view of one task's samples, thinned to `MAX_FOREST_SAMPLES`; all have one kind
    of answer.
    """

    def __init__(self, samples: Sequence[Sample]) -> None:
        step = -(-len(samples) // MAX_FOREST_SAMPLES)
        vocabulary = Vocabulary(samples)
        self.items = [vocabulary.item(sample) for sample in samples[:: max(1, step)]]
        self.scenes = [item.scene for item in self.items]
        self.choice = all(
            item.kind == "choice" and item.value in item.options for item in self.items
        )
        self.numeric = all(item.kind in ("integer", "number") for item in self.items)

    def chance(self) -> Array:
        """(N,) what a guess earns on each sample: one in its options; for numbers the best
        constant's score.
        """
        if self.choice:
            return np.array([1 / len(item.options) for item in self.items])
        return self.constant_scores(best_constant_number(self._values))

    def constant_scores(self, value: float) -> Array:
        """(N,) mean relative accuracy of one number for every sample."""
        return mra_matrix(np.array([value]), self._values)[0]

    @property
    def _values(self) -> Array:
        return np.array([float(item.value) for item in self.items])

    def forest_scores(self, seed: int = 0) -> Array:
        """(N,) what a forest fitted on other scenes earns on each sample: 0 or 1, or mean relative
        accuracy.
        """
        return self._scores(self.items, seed, np.random.default_rng([seed, 0]))

    def shuffled_scores(self, seed: int = 0) -> Array:
        """(N,) the same after the answers were dealt out anew: the mean over more deals where
        samples are fewer.
        """
        num_shuffles = min(_MAX_SHUFFLES, -(-_MIN_SHUFFLED_SAMPLES // len(self.items)))
        total = np.zeros(len(self.items))

        for shuffle in range(1, num_shuffles + 1):
            rng = np.random.default_rng([seed, shuffle])
            total += self._scores(_shuffle_answers(self.items, rng), seed, rng)

        return total / num_shuffles

    def _scores(self, items: list[TextItem], seed: int, rng: np.random.Generator) -> Array:
        names = sorted(set(self.scenes))
        fold_of = dict(zip(names, (rng.permutation(len(names)) % _FOLDS).tolist(), strict=True))
        folds = np.array([fold_of[scene] for scene in self.scenes])
        answer: Callable[..., Array] = _score_choices if self.choice else _score_numbers
        scores = np.zeros(len(items))

        for fold in range(_FOLDS):
            train = np.flatnonzero(folds != fold)
            test = np.flatnonzero(folds == fold)
            if len(train) and len(test):
                scores[test] = answer(
                    [items[i] for i in train], [items[i] for i in test], seed + fold
                )

        return scores


def mra_matrix(values_A: Array, truths_N: Array) -> Array:
    """(A, N) mean relative accuracy of every value for every truth, as `waywiser.rewards.mra` gives
    it for one.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        relative_error_A_N = np.abs(values_A[:, None] - truths_N) / np.abs(truths_N)
    relative_error_A_N[:, truths_N == 0] = np.where(values_A[:, None] == 0, 0.0, np.inf)
    return (relative_error_A_N[..., None] <= 1 - np.linspace(0.5, 0.95, 10)).mean(axis=-1)


def best_constant_number(values_N: Array) -> float:
    """The number that earns the highest mean relative accuracy on all `values`."""
    candidates = _candidate_numbers(values_N)
    return float(candidates[mra_matrix(candidates, values_N).mean(axis=1).argmax()])


def _candidate_numbers(values_N: Array) -> Array:
    unique = np.unique(values_N)
    if len(unique) <= _MAX_CANDIDATE_NUMBERS:
        return unique
    return np.unique(
        np.quantile(values_N, np.linspace(0, 1, _MAX_CANDIDATE_NUMBERS), method="nearest")
    )


def _score_choices(train: list[TextItem], test: list[TextItem], seed: int) -> Array:
    """1 where the forest's likeliest option is right."""
    rows = [(item, place) for item in train for place in range(len(item.options))]
    test_rows = [(item, place) for item in test for place in range(len(item.options))]
    x, z = _feature_tables(
        [_option_features(*row) for row in rows], [_option_features(*row) for row in test_rows]
    )
    right = np.array([float(item.options[place] == item.value) for item, place in rows])
    option_scores = Forest(seed).fit(x, right).weights(z) @ right
    scores = []
    start = 0

    for item in test:
        best = int(np.argmax(option_scores[start : start + len(item.options)]))
        scores.append(float(item.options[best] == item.value))
        start += len(item.options)

    return np.array(scores)


def _score_numbers(train: list[TextItem], test: list[TextItem], seed: int) -> Array:
    """Mean relative accuracy of the number with the highest expected one under the forest's
    weights.
    """
    values = np.array([float(item.value) for item in train])
    x, z = _feature_tables(
        [_question_features(item) for item in train], [_question_features(item) for item in test]
    )
    weights = Forest(seed).fit(x, np.log(np.maximum(values, 1e-3))).weights(z)
    candidates = _candidate_numbers(values)
    guesses = candidates[np.argmax(weights @ mra_matrix(candidates, values).T, axis=1)]
    truths = np.array([float(item.value) for item in test])

    return np.diagonal(mra_matrix(guesses, truths)).copy()


def _question_features(item: TextItem) -> set[Any]:
    subjects = {("subject", place, name) for place, name in enumerate(item.subjects[:5])}
    return {
        *item.words,
        *subjects,
        *(("any", name) for name in item.subjects),
        ("subjects", len(item.subjects)),
    }


def _option_features(item: TextItem, place: int) -> set[Any]:
    option = item.options[place]
    rank = sorted(item.options, key=_number_sort_key).index(option)
    option_features = {
        ("option", option),
        ("place", place),
        ("rank", rank),
        ("of", len(item.options)),
    }

    option_features |= {("word", word) for word in option.lower().split()}
    pairs = {("against", option, other) for other in item.options if other != option}
    pairs |= {("with", option, name) for name in item.subjects[:3]}

    return option_features | pairs | _question_features(item)


def _number_sort_key(text: str) -> tuple[float, str]:
    try:
        return float(text.split()[0]), text
    except (ValueError, IndexError):
        return 0.0, text


def _feature_tables(
    train: list[set[Any]], test: list[set[Any]]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Yes/no features of the training rows that are neither rare nor nearly everywhere, and of the
    test rows.
    """
    counts: dict[Any, int] = {}

    for row in train:
        for name in row:
            counts[name] = counts.get(name, 0) + 1

    feature_names = sorted(
        (n for n, c in counts.items() if _MIN_FEATURE_ROWS <= c <= len(train) - _MIN_FEATURE_ROWS),
        key=repr,
    )

    column = {name: i for i, name in enumerate(feature_names)}
    tables = []

    for rows in (train, test):
        table = np.zeros((len(rows), max(1, len(feature_names))), bool)
        for i, row in enumerate(rows):
            table[i, [column[name] for name in row if name in column]] = True

        tables.append(table)

    return tables[0], tables[1]


def _shuffle_answers(items: list[TextItem], rng: np.random.Generator) -> list[TextItem]:
    """The same questions with answers that have nothing to do with them."""
    if all(item.kind == "choice" for item in items):
        return [
            replace(item, value=item.options[int(rng.integers(len(item.options)))])
            for item in items
        ]

    order = rng.permutation(len(items))
    return [replace(item, value=items[i].value) for item, i in zip(items, order, strict=True)]
