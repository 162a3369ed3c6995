"""What to log about the prompt groups of a step: pure functions from rewards to named numbers."""

from collections.abc import Sequence

import numpy as np

from waywiser.training.weighting import dead_groups, effective_weight

_BINS = 5


def task_metrics(rewards_B_F: np.ndarray, components: Sequence[str], tasks: Sequence[str]) -> dict[str, float]:
    """Mean of each reward component over each task's completions, as tasks/TASK/COMPONENT.

    `rewards_B_F` holds B completions by F components, NaN where a component does not apply.
    """
    names = np.asarray(tasks)
    found: dict[str, float] = {}
    for task in sorted(set(tasks)):
        for column, component in enumerate(components):
            values = rewards_B_F[names == task, column]
            if not np.isnan(values).all():
                found[f"tasks/{task}/{component}"] = float(np.nanmean(values))
    return found


def group_metrics(total_P_G: np.ndarray, weight_P: np.ndarray, pass_rate_P: np.ndarray | None) -> dict[str, float]:
    """Share of dead groups (one reward for all), mean weight and, by pass rate, what a prompt really counts.

    `total_P_G` is the weighted sum of reward components. Without an accuracy reward `pass_rate_P` is None.
    """
    found = {"groups/dead": float(dead_groups(total_P_G).mean()), "groups/weight": float(weight_P.mean())}
    if pass_rate_P is None:
        return found
    effective_P = effective_weight(weight_P, pass_rate_P)
    found["groups/pass_rate"] = float(pass_rate_P.mean())
    found["groups/effective_weight"] = float(effective_P.mean())
    bins = np.clip((pass_rate_P * _BINS).astype(int), 0, _BINS - 1)
    for k in sorted(set(bins.tolist())):
        name = f"groups/effective_weight/{k / _BINS:.1f}-{(k + 1) / _BINS:.1f}"
        found[name] = float(effective_P[bins == k].mean())
    return found
