"""Predictors that see only text: tables of constants with back-off, and additive models over the
words.

Dimensions: N training items, A candidate answers, K keys.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from waywiser.audit.balance.question_text import TextItem
from waywiser.rewards import ednm

MIN_KEY_COUNT = 20
"""A key seen less often is mixed with the whole task, as if the task's mean filled it up to this
many.
"""
_MAX_CONSTANTS = 256
_RIDGE_STRENGTH = 3.0

Key = Callable[[TextItem], Hashable]
Array = NDArray[np.float64]


class Predictor(Protocol):
    """Fitted on one task's training items; predicts a value from an item's text."""

    def fit(self, items: Sequence[TextItem]) -> "Predictor": ...

    def predict(self, item: TextItem) -> Any: ...


def blind_reward(value: Any, item: TextItem) -> float:
    """What a blind answer earns: EDNM with the paper's constants for numbers, else exact match."""
    if value is None:
        return 0.0
    return (
        ednm(float(value), float(item.value))
        if item.kind == "number"
        else float(value == item.value)
    )


def ednm_table(values_A: Array, truths_N: Array) -> Array:
    """`ednm` of every value against every truth, (A, N)."""
    return np.exp(-2.0 * np.abs(values_A[:, None] - truths_N) / (np.abs(truths_N) + 1e-8))


def candidate_constants(values_N: Array) -> Array:
    """Constants worth trying. The mean EDNM peaks at a training value, being convex in between."""
    unique = np.unique(values_N)
    if len(unique) <= _MAX_CONSTANTS:
        return unique
    return np.unique(np.quantile(values_N, np.linspace(0, 1, _MAX_CONSTANTS), method="nearest"))


class ConstantByKey:
    """The constant with the highest mean reward for each key; rare keys are mixed with the task."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def fit(self, items: Sequence[TextItem]) -> "ConstantByKey":
        keys = [self._key(item) for item in items]
        self._column = {key: i for i, key in enumerate(dict.fromkeys(keys))}
        self._constants, rewards_A_N = _constants_and_rewards(items)
        self._index = {constant: i for i, constant in enumerate(self._constants)}
        offered_A = _times_offered(self._constants, items)
        self._task_A = rewards_A_N.sum(1) / np.maximum(offered_A, 1)
        member_N = np.array([self._column[key] for key in keys])
        groups_N_K = sparse.csr_matrix(
            (np.ones(len(items)), (np.arange(len(items)), member_N)),
            shape=(len(items), len(self._column)),
        )

        sums_A_K = np.asarray(rewards_A_N @ groups_N_K)
        missing_K = np.maximum(
            0, MIN_KEY_COUNT - np.bincount(member_N, minlength=len(self._column))
        )
        self._scores_A_K = sums_A_K + self._task_A[:, None] * missing_K

        return self

    def predict(self, item: TextItem) -> Any:
        column = self._column.get(self._key(item))
        scores_A = self._task_A if column is None else self._scores_A_K[:, column]
        if item.kind == "choice" and item.options:
            known = [option for option in item.options if option in self._index]
            return max(known, key=lambda o: scores_A[self._index[o]]) if known else item.options[0]
        return self._constants[int(np.argmax(scores_A))]


def _constants_and_rewards(items: Sequence[TextItem]) -> tuple[list[Any], Array]:
    if items[0].kind == "number":
        values_N = np.array([float(item.value) for item in items])
        constants_A = candidate_constants(values_N)
        return constants_A.tolist(), ednm_table(constants_A, values_N)

    constants = list(dict.fromkeys(item.value for item in items))
    index = {constant: i for i, constant in enumerate(constants)}
    rewards = np.zeros((len(constants), len(items)))
    rewards[[index[item.value] for item in items], np.arange(len(items))] = 1.0

    return constants, rewards


def _times_offered(constants: list[Any], items: Sequence[TextItem]) -> Array:
    """How often each constant could have been right: in the questions that offer it, or in all."""
    if items[0].kind != "choice" or not items[0].options:
        return np.full(len(constants), float(len(items)))

    counts: dict[str, int] = {}

    for item in items:
        for option in item.options:
            counts[option] = counts.get(option, 0) + 1

    return np.array([float(counts.get(constant, 0)) for constant in constants])


class ConstantPosition:
    """Always the option at the place that was right most often."""

    def fit(self, items: Sequence[TextItem]) -> "ConstantPosition":
        places = [item.options.index(item.value) for item in items if item.value in item.options]
        self._place = int(np.bincount(places).argmax()) if places else 0
        return self

    def predict(self, item: TextItem) -> Any:
        return item.options[min(self._place, len(item.options) - 1)] if item.options else None


class OptionLogit:
    """Conditional logistic regression over the options offered: additive log-odds, L2-regularised.

    An option's features are its words, its place, and its words with each subject at its place of
    mention, so every category has a strength of its own in any comparison, also between pairs never
    seen in training.
    """

    def fit(self, items: Sequence[TextItem]) -> "OptionLogit":
        from scipy.optimize import minimize  # slow to import, needed here alone

        self._index: dict[Hashable, int] = {}
        items = [item for item in items if item.value in item.options]
        rows = [
            self._features(item, option, add_new=True) for item in items for option in item.options
        ]
        self._weights = np.zeros(len(self._index))

        if not items:
            return self

        X = _indicator_matrix(rows, len(self._index))
        starts = np.cumsum([0] + [len(item.options) for item in items])[:-1]
        right = starts + np.array([item.options.index(item.value) for item in items])
        sizes = np.diff(np.append(starts, len(rows)))

        def loss(weights: Array) -> tuple[float, Array]:
            utility = X @ weights
            max_utility = np.maximum.reduceat(utility, starts)
            exp_utility = np.exp(utility - np.repeat(max_utility, sizes))
            norm = np.add.reduceat(exp_utility, starts)
            gradient = exp_utility / np.repeat(norm, sizes)
            gradient[right] -= 1.0
            value = (
                np.sum(np.log(norm) + max_utility - utility[right])
                + 0.5 * _RIDGE_STRENGTH * weights @ weights
            )

            return float(value), X.T @ gradient + _RIDGE_STRENGTH * weights

        self._weights = minimize(
            loss, self._weights, jac=True, method="L-BFGS-B", options={"maxiter": 200}
        ).x

        return self

    def predict(self, item: TextItem) -> Any:
        if not item.options:
            return None
        return max(
            item.options,
            key=lambda o: float(self._weights[self._features(item, o, add_new=False)].sum()),
        )

    def _features(self, item: TextItem, option: str, *, add_new: bool) -> list[int]:
        names: list[Hashable] = [("option", option), ("place", item.options.index(option))]
        names += [(option, subject, place) for place, subject in enumerate(item.subjects[:4])]
        return _feature_indices(names, self._index, add_new)


class LogRidge:
    """Ridge regression of log value on the words, then the factor with the highest mean EDNM.
    Values > 0.
    """

    def fit(self, items: Sequence[TextItem]) -> "LogRidge":
        self._index: dict[Hashable, int] = {}
        rows = [self._features(item, add_new=True) for item in items]
        values_N = np.array([float(item.value) for item in items])
        logs_N = np.log(np.maximum(values_N, 1e-9))
        self._base = float(logs_N.mean())
        X = _indicator_matrix(rows, len(self._index))
        gram = (X.T @ X).toarray() + _RIDGE_STRENGTH * np.eye(max(len(self._index), 1))
        self._weights = np.linalg.solve(gram, X.T @ (logs_N - self._base))
        ratios_N = values_N / np.exp(self._base + X @ self._weights)
        # EDNM depends on value / truth alone, so the best factor is the best constant for ratios.
        factors_A = candidate_constants(ratios_N)
        self._factor = float(factors_A[ednm_table(factors_A, ratios_N).mean(1).argmax()])

        return self

    def predict(self, item: TextItem) -> Any:
        log = self._base + float(self._weights[self._features(item, add_new=False)].sum())
        return float(np.exp(log)) * self._factor

    def _features(self, item: TextItem, *, add_new: bool) -> list[int]:
        names: list[Hashable] = [("subject", s, place) for place, s in enumerate(item.subjects[:4])]
        names += [("word", word) for word in sorted(item.words)] + [
            ("option", o) for o in item.options
        ]
        return _feature_indices(names, self._index, add_new)


def _feature_indices(names: list[Hashable], index: dict[Hashable, int], add_new: bool) -> list[int]:
    if add_new:
        return [index.setdefault(name, len(index)) for name in names]
    return [index[name] for name in names if name in index]


def _indicator_matrix(rows: list[list[int]], width: int) -> sparse.csr_matrix:
    """(len(rows), width) with ones at each row's columns."""
    counts = np.cumsum([0] + [len(row) for row in rows])
    columns = np.array([column for row in rows for column in row], dtype=np.int64)
    return sparse.csr_matrix(
        (np.ones(len(columns)), columns, counts), shape=(len(rows), max(width, 1))
    )
