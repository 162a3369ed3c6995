"""What to log about the prompt groups of a step: pure functions from rewards to named numbers."""

from collections.abc import Sequence

import numpy as np

from waywiser.rewards.functions import repetition_rate
from waywiser.training.grpo.weighting import effective_weight, zero_std_groups

_NUM_BINS = 5


def task_metrics(
    rewards_B_F: np.ndarray, components: Sequence[str], tasks: Sequence[str]
) -> dict[str, float]:
    """Mean of each reward component over each task's completions, as tasks/TASK/COMPONENT.

    `rewards_B_F` holds B completions by F components, NaN where a component does not apply.
    """
    names = np.asarray(tasks)
    metrics: dict[str, float] = {}

    for task in sorted(set(tasks)):
        for column, component in enumerate(components):
            values = rewards_B_F[names == task, column]
            if not np.isnan(values).all():
                metrics[f"tasks/{task}/{component}"] = float(np.nanmean(values))

    return metrics


def group_metrics(
    total_P_G: np.ndarray, weight_P: np.ndarray, pass_rate_P: np.ndarray | None
) -> dict[str, float]:
    """Share of zero-std groups (one reward for all), mean weight and, by pass rate, what a prompt
    really counts.

    `total_P_G` is the weighted sum of reward components. Without an accuracy reward `pass_rate_P`
    is None.
    """
    metrics = {
        "groups/dead": float(zero_std_groups(total_P_G).mean()),
        "groups/weight": float(weight_P.mean()),
    }
    if pass_rate_P is None:
        return metrics

    effective_P = effective_weight(weight_P, pass_rate_P)
    metrics["groups/pass_rate"] = float(pass_rate_P.mean())
    metrics["groups/effective_weight"] = float(effective_P.mean())
    bins = np.clip((pass_rate_P * _NUM_BINS).astype(int), 0, _NUM_BINS - 1)

    for k in sorted(set(bins.tolist())):
        name = f"groups/effective_weight/{k / _NUM_BINS:.1f}-{(k + 1) / _NUM_BINS:.1f}"
        metrics[name] = float(effective_P[bins == k].mean())

    return metrics


def reward_metrics(
    rewards_B_F: np.ndarray, components: Sequence[str], total_P_G: np.ndarray
) -> dict[str, float]:
    """The metrics of rewards that TRL logs, by its names: means and sample standard deviations, NaN
    left out.

    For a batch whose zero-std groups TRL never sees, so that the log still tells about all that
    were drawn.
    """
    metrics: dict[str, float] = {}

    for column, component in enumerate(components):
        values = rewards_B_F[:, column]
        values = values[~np.isnan(values)]
        metrics[f"rewards/{component}/mean"] = float(values.mean()) if len(values) else float("nan")
        metrics[f"rewards/{component}/std"] = (
            float(values.std(ddof=1)) if len(values) > 1 else float("nan")
        )

    metrics["reward"], metrics["reward_std"] = float(total_P_G.mean()), float(total_P_G.std(ddof=1))
    metrics["frac_reward_zero_std"] = float(zero_std_groups(total_P_G).mean())
    return metrics


def text_metrics(completions: Sequence[str]) -> dict[str, float]:
    """Mean share of repeated word 4-grams in the completions, in [0, 1]."""
    return {
        "completions/repetition": float(np.mean([repetition_rate(text) for text in completions]))
    }
