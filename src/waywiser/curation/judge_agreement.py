"""Whether a judge can be trusted, by the deterministic measures, repeated judgments and corrupted
chains.
"""

import math
import random
from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from waywiser.curation.chain_measures import split_steps
from waywiser.curation.chains import Chain
from waywiser.curation.judge_rubric import JudgeScores
from waywiser.sample import Quality

DIMENSIONS: tuple[Literal["structure", "cognitive_load", "verification"], ...] = (
    "structure",
    "cognitive_load",
    "verification",
)
MIN_VALID_SHARE = 0.9
MIN_SCORE_SPREAD = 0.3
MAX_INCONSISTENT_SHARE = 0.1
MAX_REPEAT_ERROR = 1.0
MIN_AUC = 0.7
MIN_CHAINS = 8


class JudgeAgreement(BaseModel):
    """Statistics of a judge's replies, and why it cannot be trusted."""

    model_config = ConfigDict(frozen=True)

    judge: str
    """Name of the model."""
    replies: int
    """Number of chains judged."""
    valid: float
    """Share of replies that are the JSON asked for."""
    inconsistent: float
    """Share of valid replies whose verdict contradicts their own scores."""
    spread: dict[str, float]
    """Dimension -> standard deviation of scores."""
    rank: dict[str, float | None]
    """Dimension -> Spearman's correlation with the measures; None if there is nothing to rank."""
    mean: dict[str, float]
    """Dimension -> mean score, in points of 10."""
    measured_mean: dict[str, float]
    """Dimension -> mean of the measures, in [0, 1]."""
    repeats: int
    """Number of chains that were judged twice."""
    repeat_error: float | None
    """Mean difference in points between two judgments of a chain."""
    spoilt: int
    """Number of pairs of a chain and its corrupted copy."""
    auc: float | None
    """Share of these pairs in which the copy scored less, ties counting half."""
    faults: list[str]
    """Why the judge cannot be trusted; empty if it can."""

    @property
    def trustworthy(self) -> bool:
        return not self.faults


def corrupt_chain(chain: Chain, seed: int = 0) -> Chain:
    """The chain with its checks and every second step removed and the other steps shuffled."""
    steps = split_steps(chain.thinking)
    remaining = [step for step in steps if "check" not in step.lower()][::2] or steps
    random.Random(f"{seed} {chain.thinking}").shuffle(remaining)
    return Chain("Hmm so anyway maybe, " + " and also ".join(remaining), chain.answer)


def measure_agreement(
    judge: str,
    judgments: Sequence[tuple[JudgeScores | None, Quality]],
    repeats: Sequence[tuple[JudgeScores | None, JudgeScores | None]] = (),
    spoilt: Sequence[tuple[JudgeScores | None, JudgeScores | None]] = (),
) -> JudgeAgreement:
    """Compare a judge with the measures and with itself. None stands for an invalid reply.

    Args:
        judge: name of the judge.
        judgments: (scores, measures) of each chain.
        repeats: (first, second) scores of chains that were judged twice.
        spoilt: scores of (chain, corrupted chain).
    """
    valid = [(j, q) for j, q in judgments if j is not None]
    scores = {name: np.array([getattr(j, name) for j, _ in valid], float) for name in DIMENSIONS}
    measured = {name: np.array([getattr(q, name) for _, q in valid], float) for name in DIMENSIONS}
    repeat_pairs = [(a, b) for a, b in repeats if a is not None and b is not None]
    pairs = [(a.mean, b.mean) for a, b in spoilt if a is not None and b is not None]
    values = {
        "judge": judge,
        "replies": len(judgments),
        "valid": len(valid) / len(judgments) if judgments else 0.0,
        "inconsistent": sum(j.contradicts_itself for j, _ in valid) / len(valid) if valid else 0.0,
        "spread": {name: float(v.std()) if len(v) else 0.0 for name, v in scores.items()},
        "rank": {name: _rank_correlation(scores[name], measured[name]) for name in DIMENSIONS},
        "mean": {name: float(v.mean()) if len(v) else 0.0 for name, v in scores.items()},
        "measured_mean": {name: float(v.mean()) if len(v) else 0.0 for name, v in measured.items()},
        "repeats": len(repeat_pairs),
        "repeat_error": _mean_repeat_error(repeat_pairs),
        "spoilt": len(pairs),
        "auc": sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs) if pairs else None,
    }

    return JudgeAgreement(**values, faults=_list_faults(values, len(valid)))


def _list_faults(values: dict, num_valid: int) -> list[str]:
    faults: list[str] = []
    if values["valid"] < MIN_VALID_SHARE:
        faults.append(f"only {values['valid']:.0%} of its replies are the JSON asked for")
    if values["replies"] < MIN_CHAINS:
        faults.append(f"it judged {values['replies']} chains: too few to say")
    if num_valid >= MIN_CHAINS and max(values["spread"].values()) < MIN_SCORE_SPREAD:
        faults.append("it gives every chain the same scores")

    if values["inconsistent"] > MAX_INCONSISTENT_SHARE:
        faults.append(
            f"its verdict speaks against its own scores in {values['inconsistent']:.0%} of replies"
        )

    if values["repeat_error"] is not None and values["repeat_error"] > MAX_REPEAT_ERROR:
        faults.append(
            f"asked twice about one chain it differs by {values['repeat_error']:.1f} points of 10"
        )

    if values["auc"] is not None and values["spoilt"] >= MIN_CHAINS and values["auc"] < MIN_AUC:
        faults.append(
            f"it tells spoilt chains from good ones no better than {values['auc']:.2f} (chance"
            " is .5)"
        )

    return faults


def _rank_correlation(a: np.ndarray, b: np.ndarray) -> float | None:
    if len(a) < 3 or a.std() == 0 or b.std() == 0:
        return None
    from scipy.stats import spearmanr  # a third of the program's start, and only a judge needs it

    value = float(spearmanr(a, b).statistic)  # type: ignore[attr-defined]
    return value if math.isfinite(value) else None


def _mean_repeat_error(pairs: Sequence[tuple[JudgeScores, JudgeScores]]) -> float | None:
    if not pairs:
        return None
    return float(
        np.mean([abs(getattr(a, name) - getattr(b, name)) for a, b in pairs for name in DIMENSIONS])
    )
