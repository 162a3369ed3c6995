"""Text-only baselines: the best constant answer, and a random forest on the words of a question.

After arXiv 2511.04655: a forest on text features, cross-validated over whole scenes, and the same
measurement with shuffled answers (label invariance), which must find nothing.

Dimensions: N samples.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waywiser.audit.balance.category_prior import (
    CategoryPrior,
    predict_on_other_scenes,
    scene_folds,
    score_prior_on_other_scenes,
)
from waywiser.audit.balance.category_text import CategoryItem, CategoryReader
from waywiser.audit.balance.forest import Forest
from waywiser.audit.balance.number_scores import (
    best_constant_number,
    candidate_numbers,
    mra_matrix,
)
from waywiser.audit.balance.question_text import TextItem, Vocabulary
from waywiser.sample import Sample

MAX_FOREST_SAMPLES = 1200
"""Maximum samples of a task for the forest; larger tasks are thinned evenly."""
_FOLDS = 4
_MIN_SHUFFLED_SAMPLES = 2400
_MAX_SHUFFLES = 10
_MIN_FEATURE_ROWS = 4
"""Minimum rows with a feature, and without it; rarer features are left out."""

Array = NDArray[np.float64]


class TextOnlyTask:
    """The text-only view of one task's samples, thinned to `MAX_FOREST_SAMPLES`.

    All answers must have one kind.

    Example:
        >>> task = TextOnlyTask(samples)
        >>> (task.forest_scores(seed=0) - task.chance()).mean()  # near 0 if balanced
    """

    def __init__(self, samples: Sequence[Sample]) -> None:
        step = -(-len(samples) // MAX_FOREST_SAMPLES)
        vocabulary = Vocabulary(samples)
        self._samples = samples[:: max(1, step)]
        self.items = [vocabulary.item(sample) for sample in self._samples]
        self.scenes = [item.scene for item in self.items]
        self.choice = all(
            item.kind == "choice" and item.value in item.options for item in self.items
        )
        self.numeric = all(item.kind in ("integer", "number") for item in self.items)

    def chance(self) -> Array:
        """(N,) chance on each sample: an even guess among options, or the best constant number."""
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
        """(N,) score of a forest fitted on other scenes: 0 or 1, or mean relative accuracy."""
        return self._scores(self.items, seed, np.random.default_rng([seed, 0]))

    def prior_scores(self, reader: CategoryReader, seed: int = 0) -> Array:
        """(N,) score of what the categories and the dimension asked for tell, from other scenes."""
        return score_prior_on_other_scenes(self._category_items(reader), mra_matrix, seed)

    def hinted_forest_scores(self, reader: CategoryReader, seed: int = 0) -> Array:
        """(N,) score of a forest that is told what the prior by category answers.

        It learns what the words tell beyond the categories, also from too few samples to learn the
        categories as well.
        """
        rng = np.random.default_rng([seed, 0])
        return self._scores(self.items, seed, rng, self._category_items(reader))

    def _category_items(self, reader: CategoryReader) -> list[CategoryItem]:
        return [reader.item(sample) for sample in self._samples]

    def shuffled_scores(self, seed: int = 0) -> Array:
        """(N,) the same with shuffled answers; the mean over more shuffles if there are few
        samples.
        """
        num_shuffles = min(_MAX_SHUFFLES, -(-_MIN_SHUFFLED_SAMPLES // len(self.items)))
        total = np.zeros(len(self.items))

        for shuffle in range(1, num_shuffles + 1):
            rng = np.random.default_rng([seed, shuffle])
            total += self._scores(_shuffle_answers(self.items, rng), seed, rng)

        return total / num_shuffles

    def _scores(
        self,
        items: list[TextItem],
        seed: int,
        rng: np.random.Generator,
        category_items: Sequence[CategoryItem] | None = None,
    ) -> Array:
        folds = scene_folds(self.scenes, _FOLDS, rng)
        score_fold: Callable[..., Array] = _score_choices if self.choice else _score_numbers
        scores = np.zeros(len(items))

        for fold in range(_FOLDS):
            train = np.flatnonzero(folds != fold).tolist()
            test = np.flatnonzero(folds == fold).tolist()
            if not train or not test:
                continue

            train_items, test_items = ([items[i] for i in rows] for rows in (train, test))
            if category_items is not None:
                train_prior, test_prior = (
                    [category_items[i] for i in rows] for rows in (train, test)
                )

                # The hints of training items too are from other scenes, or they would be too good.
                train_hints = predict_on_other_scenes(train_prior, mra_matrix, seed)
                prior = CategoryPrior(mra_matrix).fit(train_prior)
                train_items = _add_hints(train_items, train_hints)
                test_items = _add_hints(test_items, list(map(prior.predict, test_prior)))

            scores[test] = score_fold(train_items, test_items, seed + fold)

        return scores


def _add_hints(items: list[TextItem], hints: list[Any]) -> list[TextItem]:
    return [replace(item, hint=hint) for item, hint in zip(items, hints, strict=True)]


def _score_choices(train: list[TextItem], test: list[TextItem], seed: int) -> Array:
    """(test items,) 1 if the forest's likeliest option is right, else 0."""
    rows = [(item, position) for item in train for position in range(len(item.options))]
    test_rows = [(item, position) for item in test for position in range(len(item.options))]
    x, z = _feature_tables(
        [_option_features(*row) for row in rows], [_option_features(*row) for row in test_rows]
    )
    right = np.array([float(item.options[position] == item.value) for item, position in rows])
    option_scores = Forest(seed).fit(x, right).weights(z) @ right
    scores = []
    start = 0

    for item in test:
        best = int(np.argmax(option_scores[start : start + len(item.options)]))
        scores.append(float(item.options[best] == item.value))
        start += len(item.options)

    return np.array(scores)


def _score_numbers(train: list[TextItem], test: list[TextItem], seed: int) -> Array:
    """(test items,) mean relative accuracy of the best number under the forest's weights.

    With hints, the forest learns by what factor the truth differs from them.
    """
    ratios = np.array([float(item.value) for item in train]) / _hinted_numbers(train)
    x, z = _feature_tables(
        [_question_features(item) for item in train], [_question_features(item) for item in test]
    )
    weights = Forest(seed).fit(x, np.log(np.maximum(ratios, 1e-3))).weights(z)
    candidates = candidate_numbers(ratios)
    guesses = candidates[np.argmax(weights @ mra_matrix(candidates, ratios).T, axis=1)]
    truths = np.array([float(item.value) for item in test])

    return np.diagonal(mra_matrix(guesses * _hinted_numbers(test), truths)).copy()


def _hinted_numbers(items: list[TextItem]) -> Array:
    """The hints (N,), 1 where there is none, or where it is not a number > 0."""
    return np.array([float(item.hint) if item.hint else 1.0 for item in items])


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

    if item.hint is not None:
        option_features.add(("hint", item.hint == option))

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
    """Boolean features (rows, features) of the training rows and of the test rows.

    Features that are rare, or present in nearly all training rows, are left out.
    """
    counts: dict[Any, int] = {}

    for row in train:
        for name in row:
            counts[name] = counts.get(name, 0) + 1

    max_rows = len(train) - _MIN_FEATURE_ROWS
    feature_names = sorted(
        (name for name, count in counts.items() if _MIN_FEATURE_ROWS <= count <= max_rows),
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
    """The same questions with answers that are independent of them."""
    if all(item.kind == "choice" for item in items):
        return [
            replace(item, value=item.options[int(rng.integers(len(item.options)))])
            for item in items
        ]

    order = rng.permutation(len(items))
    return [replace(item, value=items[i].value) for item, i in zip(items, order, strict=True)]
