"""How much each prompt group's advantages count (M2-Reasoning, arXiv 2507.08306, eq. 6).

GRPO's normalization by the group's standard deviation already weights a prompt with pass rate p by
sum|A| = 2 G sqrt(p (1 - p)). A factor sigma p (1 - p) on top makes that (p (1 - p))^1.5: beside a
prompt at p = 0.5 one at p = 0.1 counts 22 %, not 60 %. `effective_weight` gives that number, and
training logs it.
"""

from typing import Literal

import numpy as np

WeightKind = Literal["none", "p(1-p)", "variance"]

SIGMA = 4.0
"""Makes the weight 1 at its peak, a pass rate of one half."""


def group_weights(
    kind: WeightKind, acc_P_G: np.ndarray, sigma: float = SIGMA, floor: float = 0.0
) -> np.ndarray:
    """Weights of P prompts from the accuracies of their G completions.

    "p(1-p)" is sigma * mean * (1 - mean). Accuracy may be continuous (EDNM), but mean * (1 - mean)
    is then not a variance: {.45, .55} gets nearly full weight on noise. "variance" is sigma * the
    population variance, which equals "p(1-p)" for accuracies of 0 and 1 and tells the two cases
    apart otherwise. NaN accuracies (not gradable) are left out; a group of them weighs `floor`.

    Args:
        kind: "none" (all weights 1), "p(1-p)" or "variance".
        acc_P_G: Accuracies in [0, 1], shape (P, G).
        sigma: Factor; `SIGMA` makes the peak 1.
        floor: Minimum weight, so that groups without a hit keep some signal of format and partial
            credit.

    Returns:
        Weights, shape (P,).
    """
    acc_P_G = np.asarray(acc_P_G, dtype=np.float64)
    if kind == "none":
        return np.ones(len(acc_P_G))

    mean_P = mean_accuracy(acc_P_G)

    if kind == "variance":
        known_P_G = ~np.isnan(acc_P_G)
        deviation_P_G = np.where(known_P_G, np.clip(acc_P_G, 0.0, 1.0) - mean_P[:, None], 0.0)
        spread_P = (deviation_P_G**2).sum(axis=1) / np.maximum(known_P_G.sum(axis=1), 1)
    else:
        spread_P = mean_P * (1.0 - mean_P)

    return np.maximum(sigma * spread_P, floor)


def mean_accuracy(acc_P_G: np.ndarray) -> np.ndarray:
    """Mean accuracy of each prompt, shape (P,): clipped to [0, 1], NaN left out, 0 where all are
    NaN.
    """
    known_P_G = ~np.isnan(acc_P_G)
    clipped_P_G = np.where(known_P_G, np.clip(acc_P_G, 0.0, 1.0), 0.0)
    return clipped_P_G.sum(axis=1) / np.maximum(known_P_G.sum(axis=1), 1)


def effective_weight(weight_P: np.ndarray, pass_rate_P: np.ndarray) -> np.ndarray:
    """What a prompt counts after GRPO's own normalization, 1 for weight 1 at pass rate 1/2; shape
    (P,).

    That is weight * 2 sqrt(p (1 - p)), exact for accuracies of 0 and 1 with no other reward.
    """
    pass_rate_P = np.clip(pass_rate_P, 0.0, 1.0)
    return weight_P * 2.0 * np.sqrt(pass_rate_P * (1.0 - pass_rate_P))


def zero_std_groups(rewards_P_G: np.ndarray) -> np.ndarray:
    """Which groups have one reward for all completions, hence no gradient but KL's; booleans, shape
    (P,).
    """
    rewards_P_G = np.nan_to_num(np.asarray(rewards_P_G, dtype=np.float64))
    return np.ptp(rewards_P_G, axis=1) < 1e-6
