"""Exponential Decay Numeric Matching, the smooth numeric reward of M2-Reasoning (arXiv 2507.08306,
eq. 9).
"""

import math


def ednm(
    value: float,
    truth: float,
    *,
    gamma: float = 1.0,
    lambda_: float = 2.0,
    eps: float = 1e-8,
    zero_floor: bool = False,
) -> float:
    """gamma * exp(-lambda * |value - truth| / (|truth| + eps)), in [0, gamma]; 0 for inputs not
    finite.

    The constant answer 0 earns gamma * exp(-lambda) (0.135 by default); `zero_floor` subtracts that
    and rescales, so that relative errors of 1 and more earn nothing and the truth still earns
    gamma.
    """
    if not (math.isfinite(value) and math.isfinite(truth)):
        return 0.0

    decay = math.exp(-lambda_ * abs(value - truth) / (abs(truth) + eps))

    if zero_floor:
        floor = math.exp(-lambda_)
        decay = max(0.0, (decay - floor) / (1.0 - floor))

    return gamma * decay
