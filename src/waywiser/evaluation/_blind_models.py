"""Predictors that see only text: tables of constants with back-off, and additive models over the words."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from waywiser.audit.text import Item
from waywiser.rewards import ednm

ENOUGH = 20
"""A key seen less often is mixed with the whole task, as if the task's mean filled it up to this many."""
_MOST_ARMS = 256
_RIDGE = 3.0

Key = Callable[[Item], Hashable]
Array = NDArray[np.float64]


class Predictor(Protocol):
    """Fitted on one task's training items; predicts a value from an item's text."""

    def fit(self, items: Sequence[Item]) -> "Predictor": ...

    def predict(self, item: Item) -> Any: ...


def reward(value: Any, item: Item) -> float:
    """What a blind answer earns: EDNM with the paper's constants for numbers, else exact match."""
    if value is None:
        return 0.0
    return ednm(float(value), float(item.value)) if item.kind == "number" else float(value == item.value)


def ednm_table(values_A: Array, truths_N: Array) -> Array:
    """`ednm` of every value against every truth, (A, N)."""
    return np.exp(-2.0 * np.abs(values_A[:, None] - truths_N) / (np.abs(truths_N) + 1e-8))


def numeric_arms(values_N: Array) -> Array:
    """Constants worth trying. The mean EDNM peaks at a training value, being convex in between."""
    unique = np.unique(values_N)
    if len(unique) <= _MOST_ARMS:
        return unique
    return np.unique(np.quantile(values_N, np.linspace(0, 1, _MOST_ARMS), method="nearest"))


class Table:
    """The constant with the highest mean reward for each key; rare keys are mixed with the task."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def fit(self, items: Sequence[Item]) -> "Table":
        keys = [self._key(item) for item in items]
        self._column = {key: i for i, key in enumerate(dict.fromkeys(keys))}
        self._arms, rewards_A_N = _arms_and_rewards(items)
        self._index = {arm: i for i, arm in enumerate(self._arms)}
        offered_A = _times_offered(self._arms, items)
        self._task_A = rewards_A_N.sum(1) / np.maximum(offered_A, 1)
        member_N = np.array([self._column[key] for key in keys])
        groups_N_K = sparse.csr_matrix(
            (np.ones(len(items)), (np.arange(len(items)), member_N)), shape=(len(items), len(self._column))
        )
        sums_A_K = np.asarray(rewards_A_N @ groups_N_K)
        missing_K = np.maximum(0, ENOUGH - np.bincount(member_N, minlength=len(self._column)))
        self._scores_A_K = sums_A_K + self._task_A[:, None] * missing_K
        return self

    def predict(self, item: Item) -> Any:
        column = self._column.get(self._key(item))
        scores_A = self._task_A if column is None else self._scores_A_K[:, column]
        if item.kind == "choice" and item.options:
            known = [option for option in item.options if option in self._index]
            return max(known, key=lambda o: scores_A[self._index[o]]) if known else item.options[0]
        return self._arms[int(np.argmax(scores_A))]


def _arms_and_rewards(items: Sequence[Item]) -> tuple[list[Any], Array]:
    if items[0].kind == "number":
        values_N = np.array([float(item.value) for item in items])
        arms_A = numeric_arms(values_N)
        return arms_A.tolist(), ednm_table(arms_A, values_N)
    arms = list(dict.fromkeys(item.value for item in items))
    index = {arm: i for i, arm in enumerate(arms)}
    rewards = np.zeros((len(arms), len(items)))
    rewards[[index[item.value] for item in items], np.arange(len(items))] = 1.0
    return arms, rewards


def _times_offered(arms: list[Any], items: Sequence[Item]) -> Array:
    """How often each constant could have been right: the questions that offer it, or all of them."""
    if items[0].kind != "choice" or not items[0].options:
        return np.full(len(arms), float(len(items)))
    counts: dict[str, int] = {}
    for item in items:
        for option in item.options:
            counts[option] = counts.get(option, 0) + 1
    return np.array([float(counts.get(arm, 0)) for arm in arms])


class Place:
    """Always the option at the place that was right most often."""

    def fit(self, items: Sequence[Item]) -> "Place":
        places = [item.options.index(item.value) for item in items if item.value in item.options]
        self._place = int(np.bincount(places).argmax()) if places else 0
        return self

    def predict(self, item: Item) -> Any:
        return item.options[min(self._place, len(item.options) - 1)] if item.options else None


class Logit:
    """Conditional logistic regression over the options offered: additive log-odds, L2-regularised.

    An option's features are its words, its place, and its words with each subject at its place of mention, so
    every category has a strength of its own in any comparison, also between pairs never seen in training.
    """

    def fit(self, items: Sequence[Item]) -> "Logit":
        from scipy.optimize import minimize  # slow to import, needed here alone

        self._index: dict[Hashable, int] = {}
        items = [item for item in items if item.value in item.options]
        rows = [self._features(item, option, grow=True) for item in items for option in item.options]
        self._weights = np.zeros(len(self._index))
        if not items:
            return self
        X = _indicator(rows, len(self._index))
        starts = np.cumsum([0] + [len(item.options) for item in items])[:-1]
        right = starts + np.array([item.options.index(item.value) for item in items])
        sizes = np.diff(np.append(starts, len(rows)))

        def loss(weights: Array) -> tuple[float, Array]:
            utility = X @ weights
            top = np.maximum.reduceat(utility, starts)
            odds = np.exp(utility - np.repeat(top, sizes))
            norm = np.add.reduceat(odds, starts)
            slope = odds / np.repeat(norm, sizes)
            slope[right] -= 1.0
            value = np.sum(np.log(norm) + top - utility[right]) + 0.5 * _RIDGE * weights @ weights
            return float(value), X.T @ slope + _RIDGE * weights

        self._weights = minimize(loss, self._weights, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
        return self

    def predict(self, item: Item) -> Any:
        if not item.options:
            return None
        return max(item.options, key=lambda o: float(self._weights[self._features(item, o, grow=False)].sum()))

    def _features(self, item: Item, option: str, *, grow: bool) -> list[int]:
        names: list[Hashable] = [("option", option), ("place", item.options.index(option))]
        names += [(option, subject, place) for place, subject in enumerate(item.subjects[:4])]
        return _known(names, self._index, grow)


class LogRidge:
    """Ridge regression of log value on the words, then the factor with the highest mean EDNM. Values > 0."""

    def fit(self, items: Sequence[Item]) -> "LogRidge":
        self._index: dict[Hashable, int] = {}
        rows = [self._features(item, grow=True) for item in items]
        values_N = np.array([float(item.value) for item in items])
        logs_N = np.log(np.maximum(values_N, 1e-9))
        self._base = float(logs_N.mean())
        X = _indicator(rows, len(self._index))
        gram = (X.T @ X).toarray() + _RIDGE * np.eye(max(len(self._index), 1))
        self._weights = np.linalg.solve(gram, X.T @ (logs_N - self._base))
        ratios_N = values_N / np.exp(self._base + X @ self._weights)
        # EDNM depends on value / truth alone, so the best factor is the best constant for ratios.
        factors_A = numeric_arms(ratios_N)
        self._factor = float(factors_A[ednm_table(factors_A, ratios_N).mean(1).argmax()])
        return self

    def predict(self, item: Item) -> Any:
        log = self._base + float(self._weights[self._features(item, grow=False)].sum())
        return float(np.exp(log)) * self._factor

    def _features(self, item: Item, *, grow: bool) -> list[int]:
        names: list[Hashable] = [("subject", s, place) for place, s in enumerate(item.subjects[:4])]
        names += [("word", word) for word in sorted(item.words)] + [("option", o) for o in item.options]
        return _known(names, self._index, grow)


def _known(names: list[Hashable], index: dict[Hashable, int], grow: bool) -> list[int]:
    if grow:
        return [index.setdefault(name, len(index)) for name in names]
    return [index[name] for name in names if name in index]


def _indicator(rows: list[list[int]], width: int) -> sparse.csr_matrix:
    """(len(rows), width) with ones at each row's columns."""
    counts = np.cumsum([0] + [len(row) for row in rows])
    columns = np.array([column for row in rows for column in row], dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(columns)), columns, counts), shape=(len(rows), max(width, 1)))
