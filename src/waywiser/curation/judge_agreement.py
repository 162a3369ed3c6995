"""Can this judge be trusted? Its scores against the deterministic measures, against itself, and on
spoilt chains.
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
    """What was found about a judge. `faults` is empty for one that may be used.

    `rank` is Spearman's correlation with the measures by dimension (None: no spread to rank).
    `repeat_error` is the mean difference in points between two judgements of one chain. `auc` is
    the share of (chain, spoilt chain) pairs in which the spoilt one got less, ties counting half.
    """

    model_config = ConfigDict(frozen=True)

    judge: str
    replies: int
    valid: float
    inconsistent: float
    spread: dict[str, float]
    rank: dict[str, float | None]
    mean: dict[str, float]
    measured_mean: dict[str, float]
    repeats: int
    repeat_error: float | None
    spoilt: int
    auc: float | None
    faults: list[str]

    @property
    def trustworthy(self) -> bool:
        return not self.faults


def corrupt_chain(chain: Chain, seed: int = 0) -> Chain:
    """The chain with its steps in another order, its checks gone and every second step left out."""
    steps = split_steps(chain.thinking)
    kept = [step for step in steps if "check" not in step.lower()][::2] or steps
    random.Random(f"{seed} {chain.thinking}").shuffle(kept)
    return Chain("Hmm so anyway maybe, " + " and also ".join(kept), chain.answer)


def measure_agreement(
    judge: str,
    judgments: Sequence[tuple[JudgeScores | None, Quality]],
    repeats: Sequence[tuple[JudgeScores | None, JudgeScores | None]] = (),
    spoilt: Sequence[tuple[JudgeScores | None, JudgeScores | None]] = (),
) -> JudgeAgreement:
    """Judgements beside the same chains' measures; the same chain judged twice; a chain and its
    spoilt copy.
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


def _list_faults(found: dict, valid: int) -> list[str]:
    faults: list[str] = []
    if found["valid"] < MIN_VALID_SHARE:
        faults.append(f"only {found['valid']:.0%} of its replies are the JSON asked for")
    if found["replies"] < MIN_CHAINS:
        faults.append(f"it judged {found['replies']} chains: too few to say")
    if valid >= MIN_CHAINS and max(found["spread"].values()) < MIN_SCORE_SPREAD:
        faults.append("it gives every chain the same scores")

    if found["inconsistent"] > MAX_INCONSISTENT_SHARE:
        faults.append(
            f"its verdict speaks against its own scores in {found['inconsistent']:.0%} of replies"
        )

    if found["repeat_error"] is not None and found["repeat_error"] > MAX_REPEAT_ERROR:
        faults.append(
            f"asked twice about one chain it differs by {found['repeat_error']:.1f} points of 10"
        )

    if found["auc"] is not None and found["spoilt"] >= MIN_CHAINS and found["auc"] < MIN_AUC:
        faults.append(
            f"it tells spoilt chains from good ones no better than {found['auc']:.2f} (chance"
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
