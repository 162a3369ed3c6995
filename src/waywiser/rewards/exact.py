"""Exact reward: what the grader says."""

from waywiser.answers import Verdict


def exact_reward(verdict: Verdict) -> float:
    """The verdict's score in [0, 1]: 1 for a right answer (numbers within their tolerance)."""
    return verdict.score
