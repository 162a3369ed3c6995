"""Scoring profiles: how a benchmark's authors, two public harnesses and waywiser score the same output.

Written by us from the described behaviour of pinned versions; every rule is a pure function of one row.
`tests/data/benchmark_scoring/examples.json` holds rows scored by the harnesses' own functions.
"""

from collections.abc import Mapping
from typing import Any

from waywiser.errors import DatasetError, RecipeError, WaywiserError
from waywiser.evaluation.profiles import (
    can_infer,
    cv_bench,
    dynamath,
    logic_vista,
    mathverse,
    mathvision,
    mathvista,
    spatial_matching,
    vsi_bench,
    wemath,
)
from waywiser.evaluation.profiles.own import score_own
from waywiser.evaluation.profiles.reasoning import score_reasoning
from waywiser.evaluation.profiles.row import Row, Score, Scorer, read_row

OWN, OFFICIAL = "waywiser", "official"
VLMEVALKIT, VLMEVALKIT_2025 = "vlmevalkit@e8e78f05", "vlmevalkit@2025-07"
LMMS_EVAL = "lmms-eval@75571cfe"

BENCHMARKS = (
    "mathvista",
    "mathvision",
    "mathverse",
    "dynamath",
    "wemath",
    "logicvista",
    "cv-bench",
    "vsi-bench",
)
"""The eight benchmarks, in the paper's order."""

_SCORERS: dict[str, dict[str, Scorer]] = {
    OWN: dict.fromkeys((*BENCHMARKS, "spatial", "multiple-choice"), score_own),
    OFFICIAL: {
        "mathvista": mathvista.score_official,
        "mathvision": mathvision.score_official,
        "mathverse": mathverse.score_exact,
        "dynamath": dynamath.score_official,
        "wemath": wemath.score_official,
        "logicvista": logic_vista.score_by_judge,
        "cv-bench": cv_bench.score_official,
        "vsi-bench": vsi_bench.score_official,
    },
    VLMEVALKIT: {
        "mathvista": mathvista.score_vlmevalkit,
        "mathvision": mathvision.score_vlmevalkit,
        "mathverse": mathverse.score_vlmevalkit,
        "dynamath": dynamath.score_vlmevalkit,
        "wemath": can_infer.score_choice,
        "logicvista": logic_vista.score_by_judge,
        "cv-bench": can_infer.score_choice,
        "vsi-bench": spatial_matching.score_vsi_bench,
        "multiple-choice": can_infer.score_choice,
    },
    VLMEVALKIT_2025: {"multiple-choice": can_infer.score_choice_2025_07},
    LMMS_EVAL: {
        "mathvista": mathvista.score_official,
        "mathvision": mathvision.score_lmms_eval,
        "mathverse": mathverse.score_exact,
        "cv-bench": cv_bench.score_lmms_eval,
        "vsi-bench": vsi_bench.score_lmms_eval,
        # The harness has no other task for these than its reasoning task.
        "dynamath": score_reasoning,
        "wemath": score_reasoning,
        "logicvista": score_reasoning,
    },
}

PROFILES = tuple(_SCORERS)
"""The names of all profiles."""

__all__ = ["BENCHMARKS", "LMMS_EVAL", "OFFICIAL", "OWN", "PROFILES", "VLMEVALKIT", "VLMEVALKIT_2025"]
__all__ += ["Row", "Score", "profiles_of", "read_row", "score", "scorer_of"]


def scorer_of(profile: str, benchmark: str) -> Scorer:
    """The rule of a profile for a benchmark. Raises RecipeError where there is none, naming what there is."""
    if profile not in _SCORERS:
        raise RecipeError(f"unknown profile {profile!r}; known: {', '.join(PROFILES)}")
    if benchmark not in _SCORERS[profile]:
        known = ", ".join(_SCORERS[profile])
        raise RecipeError(f"profile {profile} has no rule for {benchmark!r}; it has {known}")
    return _SCORERS[profile][benchmark]


def profiles_of(benchmark: str) -> list[str]:
    """The profiles that have a rule for a benchmark. Raises RecipeError for an unknown benchmark."""
    found = [profile for profile, rules in _SCORERS.items() if benchmark in rules]
    if not found:
        raise RecipeError(f"unknown benchmark {benchmark!r}; known: {', '.join(BENCHMARKS)}")
    return found


def score(row: Row | Mapping[str, Any], profile: str) -> Score:
    """Score one row under a profile.

    Raises DatasetError for a row that cannot be scored, also where the profile's own rule fails on it, so that one
    output never stops a run; RecipeError for an unknown profile; VerifierError if no worker can start.
    """
    if not isinstance(row, Row):
        row = read_row(row)
    rule = scorer_of(profile, row.benchmark)
    if profile == LMMS_EVAL and row.variant == "reasoning":
        rule = score_reasoning
    try:
        return rule(row)
    except WaywiserError:
        raise
    except Exception as error:  # whatever it was, it is this row's and must not end the run
        raise DatasetError(f"profile {profile} failed on this output: {type(error).__name__}: {error}") from error
