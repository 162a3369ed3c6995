"""Rewards: pure functions of a completion and its answer, routed by task, for TRL and for verl."""

from waywiser.rewards.config import (
    CustomRewardConfig,
    EdnmParameters,
    LengthParameters,
    RepetitionParameters,
    RewardConfig,
    TaskRewards,
)
from waywiser.rewards.custom_rewards import CustomReward
from waywiser.rewards.for_verl import compute_score, compute_score_batched
from waywiser.rewards.functions import (
    ednm,
    exact_reward,
    format_reward,
    length_reward,
    mra,
    repetition_rate,
    repetition_reward,
)
from waywiser.rewards.routing import accuracy_of, accuracy_reward, component_scores, weighted_total
from waywiser.rewards.trl import BuiltinReward, make_reward_functions, reward_weights
from waywiser.rewards.turns import completion_text, messages_text, model_turns

score = component_scores
total = weighted_total
"""The names until 0.1."""

__all__ = [
    "BuiltinReward",
    "CustomReward",
    "CustomRewardConfig",
    "EdnmParameters",
    "LengthParameters",
    "RepetitionParameters",
    "RewardConfig",
    "TaskRewards",
    "accuracy_of",
    "accuracy_reward",
    "completion_text",
    "component_scores",
    "compute_score",
    "compute_score_batched",
    "ednm",
    "exact_reward",
    "format_reward",
    "length_reward",
    "make_reward_functions",
    "messages_text",
    "model_turns",
    "mra",
    "repetition_rate",
    "repetition_reward",
    "reward_weights",
    "score",
    "total",
    "weighted_total",
]
