"""Checks of procedural task families: which are excluded and why, and whether a scorer rejects
garbage.

The families come from reasoning-gym (Apache-2.0) and reasoning-core (MIT); both are optional
packages.
"""

import math
from collections.abc import Callable
from typing import Any

GYM_EXCLUDED = {
    "game_of_life_halting": "its scorer gives a garbage answer full marks",
    "boxnet": "it gives its own answer no marks",
    "graph_color": "it gives its own answer no marks",
    "propositional_logic": "it gives its own answer no marks",
    "rubiks_cube": "it gives its own answer no marks",
    "rush_hour": "it gives its own answer no marks",
    "simple_geometry": "its convex polygons can have an angle of more than 180 degrees",
    "composite": "it needs a configuration of other families",
}
"""Families of reasoning-gym 0.1.25 that make no usable samples."""

_UNSEEDED_REASON = (
    "it draws from the operating system's randomness: no item of it can be made again"
)
CORE_EXCLUDED = {
    "metamath_entailment": "it fetches its theorems from the network",
    "metamath_core_select": "it fetches its theorems from the network",
    "game_best_move": "it needs pyggp, which is not on the package index",
    "game_forced_win": "it needs pyggp, which is not on the package index",
    "code_runnability": _UNSEEDED_REASON,
    "constrained_continuation": "its items differ from run to run",
    "lambda_reduction": _UNSEEDED_REASON,
    "qualitative_causal_reasoning": _UNSEEDED_REASON,
    "rewrite_system": _UNSEEDED_REASON,
    "table_equivalence": _UNSEEDED_REASON,
    "unification_entailment": _UNSEEDED_REASON,
}
"""Tasks of reasoning-core 0.5.0 that do not run offline, or never the same twice."""

GARBAGE_ANSWERS = (
    "",
    " ",
    "garbage",
    "I do not know.",
    "-987654321",
    "[[[",
    "{}",
    "\x00",
    "None",
    "yes or no, A or B or C",
)
"""Answers that are right for no question of any family."""
MAX_GARBAGE_SCORE = 0.5
"""Items whose scorer gives garbage at least this score are rejected."""


def safe_score(score: Callable[[Any], Any], answer: object) -> float:
    """The family's score of an answer, clipped to [0, 1]; 0 if the scorer raises or returns no
    number.
    """
    try:
        value = float(score(answer))
    except Exception:
        return 0.0
    return min(1.0, max(0.0, value)) if math.isfinite(value) else 0.0


def find_scorer_fault(score: Callable[[Any], Any], gold: object) -> str | None:
    """Why the scorer of an item cannot be trusted, or None.

    The gold answer must score 1, and garbage less than `MAX_GARBAGE_SCORE`.
    """
    if safe_score(score, gold) < 1.0:
        return "the family gives its own answer less than full marks"

    gold_text = str(gold).strip().lower()

    for text in GARBAGE_ANSWERS:
        if (
            text.strip().lower() != gold_text
            and (garbage_score := safe_score(score, text)) >= MAX_GARBAGE_SCORE
        ):
            return f"the family gives the garbage {text!r} {garbage_score:.2f}"

    return None
