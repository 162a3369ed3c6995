"""What changes over a run, as pure functions of its progress in [0, 1]."""

import math
from typing import Literal

KlSchedule = Literal["none", "constant", "cosine"]


def cosine_anneal(progress: float, start: float, end: float) -> float:
    """Half a cosine from `start` at progress 0 to `end` at progress 1; progress is clipped to [0,
    1].
    """
    progress = min(1.0, max(0.0, progress))
    return end + 0.5 * (start - end) * (1.0 + math.cos(math.pi * progress))


def kl_coefficient(kind: KlSchedule, progress: float, beta: float, beta_min: float = 0.0) -> float:
    """Weight of the KL penalty.

    The cosine is eq. 7 of M2-Reasoning (arXiv 2507.08306): a strong penalty first, a weak one
    later.

    Args:
        kind: "none" (0), "constant" (`beta`) or "cosine" (annealed from `beta` to `beta_min`).
        progress: Share of training that is done, in [0, 1].
        beta: Weight at the start.
        beta_min: Weight at the end, for "cosine".
    """
    if kind == "none":
        return 0.0
    if kind == "constant":
        return beta

    return cosine_anneal(progress, beta, beta_min)


def learning_rate_factor(step: int, progress: float, warmup_steps: int, final: float) -> float:
    """Factor on the peak learning rate: a linear warmup times a cosine from 1 to `final`.

    Args:
        step: Finished optimizer steps.
        progress: Share of training that is done, in [0, 1], by steps or by the clock.
        warmup_steps: Optimizer steps of the warmup.
        final: Factor at the end.
    """
    warmup = min(1.0, (step + 1) / (warmup_steps + 1))
    return warmup * cosine_anneal(progress, 1.0, final)
