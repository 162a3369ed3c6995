"""What a completion is paid for: pure functions over answers, routed by task."""

from waywiser.rewards.ednm import ednm
from waywiser.rewards.exact import exact_reward
from waywiser.rewards.format import format_reward
from waywiser.rewards.mra import mra
from waywiser.rewards.repetition import repetition_rate, repetition_reward
from waywiser.rewards.routing import (
    EdnmParameters,
    RewardConfig,
    accuracy_reward,
    completion_text,
    make_reward_functions,
    reward_weights,
    score,
    total,
)

__all__ = [
    "EdnmParameters",
    "RewardConfig",
    "accuracy_reward",
    "completion_text",
    "ednm",
    "exact_reward",
    "format_reward",
    "make_reward_functions",
    "mra",
    "repetition_rate",
    "repetition_reward",
    "reward_weights",
    "score",
    "total",
]
