"""What can be answered without looking: the best constant, and a random forest on the words of a question.

After arXiv 2511.04655: a forest on text features, folds of whole scenes, and the same measurement with the answers
shuffled among the samples of a task (label invariance), where it must find nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waywiser.audit.forest import Forest
from waywiser.audit.intervals import FEWEST_SAMPLES
from waywiser.audit.text import Item, Vocabulary
from waywiser.sample import Sample

MOST_SAMPLES = 1200
"""Samples of a task that the forest is given, drawn evenly."""
ENOUGH, MOST_DEALS = 400, 4
"""Answers are dealt out anew once where there are ENOUGH samples, else oftener: one deal of thirty says little."""
_FOLDS = 4
_MOST_ARMS = 80
_RAREST = 4  # a feature of fewer rows is left out

Array = NDArray[np.float64]


class Blind:
    """The text-only view of one task's samples, thinned to `MOST_SAMPLES`; all have one kind of answer."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        step = -(-len(samples) // MOST_SAMPLES)
        vocabulary = Vocabulary(samples)
        self.items = [vocabulary.item(sample) for sample in samples[:: max(1, step)]]
        self.scenes = [item.scene for item in self.items]
        self.choice = all(item.kind == "choice" and item.value in item.options for item in self.items)
        self.numeric = all(item.kind in ("integer", "number") for item in self.items)

    def chance(self) -> Array:
        """(N,) what a guess earns on each sample: one in its options; for numbers the best constant's score."""
        if self.choice:
            return np.array([1 / len(item.options) for item in self.items])
        return self.constant_scores(best_constant(self._values))

    def constant_scores(self, value: float) -> Array:
        """(N,) mean relative accuracy of one number for every sample."""
        return earned(np.array([value]), self._values)[0]

    @property
    def _values(self) -> Array:
        return np.array([float(item.value) for item in self.items])

    def forest_scores(self, seed: int = 0, *, shuffled: bool = False) -> Array:
        """(N,) what a forest fitted on other scenes earns on each sample: 0 or 1, or mean relative accuracy.

        With `shuffled` the answers are dealt out anew among the samples before anything is fitted.
        """
        rng = np.random.default_rng([seed, shuffled])
        items = _shuffled(self.items, rng) if shuffled else self.items
        names = sorted(set(self.scenes))
        fold_of = dict(zip(names, (rng.permutation(len(names)) % _FOLDS).tolist(), strict=True))
        folds = np.array([fold_of[scene] for scene in self.scenes])
        answer: Callable[..., Array] = _choose if self.choice else _estimate
        scores = np.zeros(len(items))
        for fold in range(_FOLDS):
            train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            if len(train) and len(test):
                scores[test] = answer([items[i] for i in train], [items[i] for i in test], seed + fold)
        return scores

    def shuffled_scores(self, seed: int = 0) -> Array:
        """(N,) what forests earn on each sample when its answers were dealt out anew, the mean of all deals."""
        few = len(self.items) < FEWEST_SAMPLES  # then no gate is decided
        deals = 1 if few else min(MOST_DEALS, -(-ENOUGH // len(self.items)))
        return np.mean([self.forest_scores(seed + 1000 * deal, shuffled=True) for deal in range(deals)], axis=0)


def earned(values_A: Array, truths_N: Array) -> Array:
    """(A, N) mean relative accuracy of every value for every truth, as `waywiser.rewards.mra` gives it for one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        off_A_N = np.abs(values_A[:, None] - truths_N) / np.abs(truths_N)
    off_A_N[:, truths_N == 0] = np.where(values_A[:, None] == 0, 0.0, np.inf)
    return (off_A_N[..., None] <= 1 - np.linspace(0.5, 0.95, 10)).mean(axis=-1)


def best_constant(values_N: Array) -> float:
    """The number that earns the highest mean relative accuracy on all `values`."""
    arms = _arms(values_N)
    return float(arms[earned(arms, values_N).mean(axis=1).argmax()])


def _arms(values_N: Array) -> Array:
    unique = np.unique(values_N)
    if len(unique) <= _MOST_ARMS:
        return unique
    return np.unique(np.quantile(values_N, np.linspace(0, 1, _MOST_ARMS), method="nearest"))


def _choose(train: list[Item], test: list[Item], seed: int) -> Array:
    """1 where the forest's likeliest option is right."""
    rows = [(item, place) for item in train for place in range(len(item.options))]
    asked = [(item, place) for item in test for place in range(len(item.options))]
    x, z = _table([_option_words(*row) for row in rows], [_option_words(*row) for row in asked])
    right = np.array([float(item.options[place] == item.value) for item, place in rows])
    odds = Forest(seed).fit(x, right).weights(z) @ right
    scores, start = [], 0
    for item in test:
        best = int(np.argmax(odds[start : start + len(item.options)]))
        scores.append(float(item.options[best] == item.value))
        start += len(item.options)
    return np.array(scores)


def _estimate(train: list[Item], test: list[Item], seed: int) -> Array:
    """Mean relative accuracy of the number with the highest expected one under the forest's weights."""
    values = np.array([float(item.value) for item in train])
    x, z = _table([_question_words(item) for item in train], [_question_words(item) for item in test])
    weights = Forest(seed).fit(x, np.log(np.maximum(values, 1e-3))).weights(z)
    arms = _arms(values)
    guesses = arms[np.argmax(weights @ earned(arms, values).T, axis=1)]
    truths = np.array([float(item.value) for item in test])
    return np.diagonal(earned(guesses, truths)).copy()


def _question_words(item: Item) -> set[Any]:
    subjects = {("subject", place, name) for place, name in enumerate(item.subjects[:5])}
    return {*item.words, *subjects, *(("any", name) for name in item.subjects), ("subjects", len(item.subjects))}


def _option_words(item: Item, place: int) -> set[Any]:
    option = item.options[place]
    rank = sorted(item.options, key=_as_number).index(option)
    own = {("option", option), ("place", place), ("rank", rank), ("of", len(item.options))}
    own |= {("word", word) for word in option.lower().split()}
    pairs = {("against", option, other) for other in item.options if other != option}
    pairs |= {("with", option, name) for name in item.subjects[:3]}
    return own | pairs | _question_words(item)


def _as_number(text: str) -> tuple[float, str]:
    try:
        return float(text.split()[0]), text
    except (ValueError, IndexError):
        return 0.0, text


def _table(train: list[set[Any]], test: list[set[Any]]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Yes/no features of the training rows that are neither rare nor nearly everywhere, and of the test rows."""
    counts: dict[Any, int] = {}
    for row in train:
        for name in row:
            counts[name] = counts.get(name, 0) + 1
    kept = sorted((n for n, c in counts.items() if _RAREST <= c <= len(train) - _RAREST), key=repr)
    column = {name: i for i, name in enumerate(kept)}
    tables = []
    for rows in (train, test):
        table = np.zeros((len(rows), max(1, len(kept))), bool)
        for i, row in enumerate(rows):
            table[i, [column[name] for name in row if name in column]] = True
        tables.append(table)
    return tables[0], tables[1]


def _shuffled(items: list[Item], rng: np.random.Generator) -> list[Item]:
    """The same questions with answers that have nothing to do with them."""
    if all(item.kind == "choice" for item in items):
        return [replace(item, value=item.options[int(rng.integers(len(item.options)))]) for item in items]
    order = rng.permutation(len(items))
    return [replace(item, value=items[i].value) for item, i in zip(items, order, strict=True)]
