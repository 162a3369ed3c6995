"""The prior by category: the best answer for whoever knows what things are, but does not look.

A fridge is 1.8 m tall, and a sofa is longer than a stool. Known size is a cue that people measure
by, so that such knowledge is no leak: it is measured, and scores are read above it.

Numbers, and choices among answers that name no category, get the best constant for the categories
named and the dimension asked for. Choices among categories, or orders of them, get the option whose
category most often came first against the others. Rare combinations lean on their categories, and
rare categories on the whole task.

Dimensions: N items, A candidate answers.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waywiser.audit.balance.category_text import CategoryItem
from waywiser.audit.balance.number_scores import candidate_numbers

CATEGORY_TELLS = frozenset(
    {
        "object_size",
        "camera_distance",
        "absolute_distance",
        "distance_difference",
        "size_comparison",
        "size_order",
        "room_size",
    }
)
"""Tasks about sizes and distances, in which the category may tell as much as it does in homes."""
BORROWED = 4
"""A combination, or a category, is filled up by this many answers of what it leans on."""
_MAX_CONSTANTS = 256
_FOLDS = 4

Array = NDArray[np.float64]
ScoreTable = Callable[[Array, Array], Array]
"""(A, N) score of every number (A,) for every true one (N,)."""


class CategoryPrior:
    """The best answer by categories and dimension: `CategoryPrior(score).fit(items).predict(item)`.

    Args:
        score: What a number earns for a true one.
    """

    def __init__(self, score: ScoreTable) -> None:
        self._score = score

    def fit(self, items: Sequence[CategoryItem]) -> "CategoryPrior":
        """Fit on one task's items, at least one."""
        self._orders = _Orders() if all(map(_offers_categories, items)) else None
        if self._orders is not None:
            self._orders.fit(items)
            return self

        self._constants, rewards_A_N = self._reward_constants(items)
        self._task_A = rewards_A_N.mean(axis=1)
        self._by_category = _sum_by_key(rewards_A_N, list(map(_single_keys, items)))
        self._by_combination = _sum_by_key(rewards_A_N, [[_combination(item)] for item in items])

        return self

    def predict(self, item: CategoryItem) -> Any:
        """The answer it gives to an item."""
        if self._orders is not None and item.options:
            return self._orders.predict(item)

        singles = [_fill_up(self._by_category.get(key), self._task_A) for key in _single_keys(item)]
        base_A = np.mean(singles, axis=0) if singles else self._task_A
        scores_A = _fill_up(self._by_combination.get(_combination(item)), base_A)
        if not item.options:
            return self._constants[int(np.argmax(scores_A))]

        score_of = dict(zip(self._constants, scores_A.tolist(), strict=True))
        return max(item.options, key=lambda option: score_of.get(option, 0.0))

    def _reward_constants(self, items: Sequence[CategoryItem]) -> tuple[list[Any], Array]:
        """Constants worth trying, and (A, N) what each earns on each item."""
        if all(item.kind in ("integer", "number") for item in items):
            values_N = np.array([float(item.value) for item in items])
            constants_A = candidate_numbers(values_N, _MAX_CONSTANTS)
            return constants_A.tolist(), self._score(constants_A, values_N)

        common = Counter(item.value for item in items).most_common(_MAX_CONSTANTS)
        constants = [value for value, _ in common]
        return constants, np.array(
            [[float(item.value == constant) for item in items] for constant in constants]
        )


class _Orders:
    """How often one category came before another where an answer says so.

    The answer "sofa" puts the sofa before the other options, and "chair, sofa, bed" puts the chair
    before the sofa and both before the bed.
    """

    def fit(self, items: Sequence[CategoryItem]) -> None:
        self._wins: Counter[tuple[str, str, str]] = Counter()
        self._first: Counter[tuple[str, str]] = Counter()
        self._seen: Counter[tuple[str, str]] = Counter()

        for item in items:
            if item.value not in item.options:
                continue

            for before, after in _ordered_pairs(item, item.options.index(item.value)):
                self._wins[item.dimension, before, after] += 1
                self._first[item.dimension, before] += 1
                self._seen[item.dimension, before] += 1
                self._seen[item.dimension, after] += 1

    def predict(self, item: CategoryItem) -> str:
        def log_likelihood(place: int) -> float:
            return sum(
                math.log(self._chance_first(item.dimension, *pair))
                for pair in _ordered_pairs(item, place)
            )

        return item.options[max(range(len(item.options)), key=log_likelihood)]

    def _chance_first(self, dimension: str, a: str, b: str) -> float:
        """Chance in (0, 1) that `a` comes before `b`."""
        strength_a, strength_b = (
            (self._first[dimension, name] + BORROWED / 2) / (self._seen[dimension, name] + BORROWED)
            for name in (a, b)
        )
        odds_a = strength_a * (1 - strength_b)
        odds_b = strength_b * (1 - strength_a)
        wins_a, wins_b = self._wins[dimension, a, b], self._wins[dimension, b, a]

        return (wins_a + BORROWED * odds_a / (odds_a + odds_b)) / (wins_a + wins_b + BORROWED)


def predict_on_other_scenes(
    items: Sequence[CategoryItem], score: ScoreTable, seed: int = 0
) -> list[Any]:
    """The prior's answer to each item, fitted on other scenes; None if there is a single scene.

    Args:
        items: Items of one task.
        score: What a number earns for a true one.
        seed: Seed of the folds.
    """
    folds_N = scene_folds([item.scene for item in items], _FOLDS, np.random.default_rng(seed))
    answers: list[Any] = [None] * len(items)

    for fold in range(_FOLDS):
        train = [item for item, other in zip(items, folds_N, strict=True) if other != fold]
        if not train:
            continue

        prior = CategoryPrior(score).fit(train)
        for i in np.flatnonzero(folds_N == fold).tolist():
            answers[i] = prior.predict(items[i])

    return answers


def score_prior_on_other_scenes(
    items: Sequence[CategoryItem], score: ScoreTable, seed: int = 0
) -> Array:
    """(N,) what `predict_on_other_scenes` earns: `score` for numbers, else 0 or 1."""
    answers = predict_on_other_scenes(items, score, seed)
    return np.array(
        [_score_answer(answer, item, score) for answer, item in zip(answers, items, strict=True)]
    )


def scene_folds(scenes_N: Sequence[str], folds: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """(N,) the fold of each sample; samples of one scene are in one fold."""
    names = sorted(set(scenes_N))
    fold_of = dict(zip(names, (rng.permutation(len(names)) % folds).tolist(), strict=True))
    return np.array([fold_of[scene] for scene in scenes_N], dtype=np.int64)


def _score_answer(value: Any, item: CategoryItem, score: ScoreTable) -> float:
    if value is None:
        return 0.0
    if item.kind in ("integer", "number"):
        return float(score(np.array([float(value)]), np.array([float(item.value)]))[0, 0])
    return float(value == item.value)


def _offers_categories(item: CategoryItem) -> bool:
    return len(item.options) > 1 and all(item.option_categories)


def _ordered_pairs(item: CategoryItem, place: int) -> list[tuple[str, str]]:
    """Pairs of categories of which the option at `place` puts the first one before the second."""
    named = item.option_categories[place]
    if len(named) > 1:
        return list(combinations(named, 2))

    others = {
        name for i, names in enumerate(item.option_categories) if i != place for name in names[:1]
    }
    return [(first, other) for first in named for other in sorted(others) if other != first]


def _single_keys(item: CategoryItem) -> list[Hashable]:
    return [(item.dimension, category) for category in item.categories]


def _combination(item: CategoryItem) -> Hashable:
    return item.dimension, item.categories


def _sum_by_key(
    rewards_A_N: Array, keys_N: Sequence[Sequence[Hashable]]
) -> dict[Hashable, tuple[Array, int]]:
    """For each key, what each constant earns (A,) on the items with this key, and their number."""
    members: dict[Hashable, list[int]] = defaultdict(list)
    for i, keys in enumerate(keys_N):
        for key in keys:
            members[key].append(i)
    return {key: (rewards_A_N[:, rows].sum(axis=1), len(rows)) for key, rows in members.items()}


def _fill_up(known: tuple[Array, int] | None, base_A: Array) -> Array:
    """Mean rewards (A,), mixed with `BORROWED` answers of `base_A`."""
    if known is None:
        return base_A

    sums_A, count = known
    return (sums_A + BORROWED * base_A) / (count + BORROWED)
