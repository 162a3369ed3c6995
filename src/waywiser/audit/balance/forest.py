"""A small random forest over Boolean features (Breiman 2001), without pruning.

We do not use scikit-learn, which would be a large dependency for this one use. A prediction is a
weight for every training sample, so that the caller can choose the answer with the highest expected
score.

Dimensions: N training samples, M predicted samples, F features.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class _Tree:
    """One tree, its nodes by number.

    Attributes:
        feature: The feature that a node splits on, -1 for a leaf.
        no: The child of samples without the feature.
        yes: The child of samples with the feature.
        members: The training samples at a node.
    """

    feature: list[int]
    left_child: list[int]
    right_child: list[int]
    members: list[NDArray[np.int64]]


class Forest:
    """A random forest for regression.

    Args:
        seed: Seed of the bootstrap samples and of the features at each split.
        trees: Number of trees.
        min_leaf: Minimum samples in a leaf.
        max_depth: Maximum depth of a tree.

    Example:
        >>> x = np.array([[True], [False]] * 20)
        >>> y = np.array([1.0, 0.0] * 20)
        >>> Forest(seed=0).fit(x, y).weights(x) @ y
    """

    def __init__(
        self, seed: int, *, trees: int = 30, min_leaf: int = 4, max_depth: int = 14
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._trees = trees
        self._min_leaf = min_leaf
        self._max_depth = max_depth
        self._fitted_trees: list[_Tree] = []
        self._size = 0

    def fit(self, x_N_F: BoolArray, y_N: Array) -> "Forest":
        """Grow the trees, each on a bootstrap sample."""
        self._size = len(y_N)
        self._fitted_trees = [
            self._fit_tree(x_N_F, y_N, self._rng.integers(len(y_N), size=len(y_N)))
            for _ in range(self._trees)
        ]

        return self

    def weights(self, x_M_F: BoolArray) -> Array:
        """(M, N): the weight of each training sample for each row; rows sum to 1."""
        total = np.zeros((len(x_M_F), self._size))

        for tree in self._fitted_trees:
            leaf_M = np.zeros(len(x_M_F), np.int64)
            feature = np.array(tree.feature)
            left_child = np.array(tree.left_child)
            right_child = np.array(tree.right_child)

            for _ in range(self._max_depth + 1):
                inner_M = feature[leaf_M] >= 0
                goes_yes_M = x_M_F[np.arange(len(x_M_F)), np.maximum(feature[leaf_M], 0)]
                leaf_M = np.where(
                    inner_M, np.where(goes_yes_M, right_child[leaf_M], left_child[leaf_M]), leaf_M
                )

            for leaf in np.unique(leaf_M):
                drawn = np.bincount(tree.members[leaf])
                members = np.flatnonzero(drawn)
                rows = np.flatnonzero(leaf_M == leaf)
                total[rows[:, None], members] += drawn[members] / len(tree.members[leaf])

        return total / self._trees

    def _fit_tree(self, x_N_F: BoolArray, y_N: Array, bootstrap: NDArray[np.int64]) -> _Tree:
        tree = _Tree([], [], [], [])

        def add(members: NDArray[np.int64], depth: int) -> int:
            node = len(tree.feature)
            tree.feature.append(-1)
            tree.left_child.append(node)
            tree.right_child.append(node)
            tree.members.append(members)
            feature = self._split(x_N_F, y_N, members) if depth < self._max_depth else -1

            if feature >= 0:
                goes_yes = x_N_F[members, feature]
                tree.feature[node] = feature
                tree.left_child[node] = add(members[~goes_yes], depth + 1)
                tree.right_child[node] = add(members[goes_yes], depth + 1)

            return node

        add(bootstrap, 0)
        return tree

    def _split(self, x_N_F: BoolArray, y_N: Array, members: NDArray[np.int64]) -> int:
        """The feature among a random third that lowers the variance most, -1 if none does."""
        y = y_N[members]
        if len(members) < 2 * self._min_leaf or (y == y[0]).all():
            return -1

        features = self._rng.choice(
            x_N_F.shape[1], size=max(1, -(-x_N_F.shape[1] // 3)), replace=False
        )
        x = x_N_F[members[:, None], features].astype(np.float64)
        count_yes = np.add.reduce(x, axis=0)
        sum_yes = y @ x
        count_no = len(y) - count_yes
        sum_no = y.sum() - sum_yes
        allowed = np.minimum(count_yes, count_no) >= self._min_leaf

        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.where(allowed, sum_yes**2 / count_yes + sum_no**2 / count_no, -np.inf)

        best = int(np.argmax(gain))
        return int(features[best]) if gain[best] > y.sum() ** 2 / len(y) + 1e-12 else -1
