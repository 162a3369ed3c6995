"""Scoring profiles: how a benchmark's authors, two public harnesses and waywiser score the same
output.

Written by us from the described behaviour of pinned versions; every rule is a pure function of one
row. `tests/data/benchmark_scoring/examples.json` holds rows scored by the harnesses' own functions.
"""

from collections.abc import Mapping
from typing import Any

from waywiser.errors import DatasetError, RecipeError, WaywiserError
from waywiser.evaluation.profiles import (
    cv_bench,
    dynamath,
    logicvista,
    mathverse,
    mathvision,
    mathvista,
    vlmevalkit_choice,
    vlmevalkit_spatial,
    vsi_bench,
    wemath,
)
from waywiser.evaluation.profiles.lmms_eval_reasoning import score_lmms_eval_reasoning
from waywiser.evaluation.profiles.row import OutputRow, RowScore, RowScorer, parse_row
from waywiser.evaluation.profiles.waywiser_grader import score_waywiser

WAYWISER_PROFILE = "waywiser"
OFFICIAL = "official"
VLMEVALKIT = "vlmevalkit@e8e78f05"
VLMEVALKIT_2025 = "vlmevalkit@2025-07"
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

_RULES: dict[str, dict[str, RowScorer]] = {
    WAYWISER_PROFILE: dict.fromkeys((*BENCHMARKS, "spatial", "multiple-choice"), score_waywiser),
    OFFICIAL: {
        "mathvista": mathvista.score_mathvista_official,
        "mathvision": mathvision.score_mathvision_official,
        "mathverse": mathverse.score_mathverse_exact,
        "dynamath": dynamath.score_dynamath_official,
        "wemath": wemath.score_wemath_official,
        "logicvista": logicvista.score_logicvista_by_judge,
        "cv-bench": cv_bench.score_cv_bench_official,
        "vsi-bench": vsi_bench.score_vsi_bench_official,
    },
    VLMEVALKIT: {
        "mathvista": mathvista.score_mathvista_vlmevalkit,
        "mathvision": mathvision.score_mathvision_vlmevalkit,
        "mathverse": mathverse.score_mathverse_vlmevalkit,
        "dynamath": dynamath.score_dynamath_vlmevalkit,
        "wemath": vlmevalkit_choice.score_vlmevalkit_choice,
        "logicvista": logicvista.score_logicvista_by_judge,
        "cv-bench": vlmevalkit_choice.score_vlmevalkit_choice,
        "vsi-bench": vlmevalkit_spatial.score_vsi_bench_vlmevalkit,
        "multiple-choice": vlmevalkit_choice.score_vlmevalkit_choice,
    },
    VLMEVALKIT_2025: {"multiple-choice": vlmevalkit_choice.score_vlmevalkit_choice_2025_07},
    LMMS_EVAL: {
        "mathvista": mathvista.score_mathvista_official,
        "mathvision": mathvision.score_mathvision_lmms_eval,
        "mathverse": mathverse.score_mathverse_exact,
        "cv-bench": cv_bench.score_cv_bench_lmms_eval,
        "vsi-bench": vsi_bench.score_vsi_bench_lmms_eval,
        # The harness has no other task for these than its reasoning task.
        "dynamath": score_lmms_eval_reasoning,
        "wemath": score_lmms_eval_reasoning,
        "logicvista": score_lmms_eval_reasoning,
    },
}

PROFILES = tuple(_RULES)
"""The names of all profiles."""

__all__ = [
    "BENCHMARKS",
    "LMMS_EVAL",
    "OFFICIAL",
    "PROFILES",
    "VLMEVALKIT",
    "VLMEVALKIT_2025",
    "WAYWISER_PROFILE",
    "OutputRow",
    "RowScore",
    "parse_row",
    "profiles_of",
    "score_row",
    "scorer_of",
]


def scorer_of(profile: str, benchmark: str) -> RowScorer:
    """The rule of a profile for a benchmark. Raises RecipeError where there is none, naming what
    there is.
    """
    if profile not in _RULES:
        raise RecipeError(f"unknown profile {profile!r}; known: {', '.join(PROFILES)}")
    if benchmark not in _RULES[profile]:
        known = ", ".join(_RULES[profile])
        raise RecipeError(f"profile {profile} has no rule for {benchmark!r}; it has {known}")

    return _RULES[profile][benchmark]


def profiles_of(benchmark: str) -> list[str]:
    """The profiles that have a rule for a benchmark; raises RecipeError if it is unknown."""
    found = [profile for profile, rules in _RULES.items() if benchmark in rules]
    if not found:
        raise RecipeError(f"unknown benchmark {benchmark!r}; known: {', '.join(BENCHMARKS)}")
    return found


def score_row(row: OutputRow | Mapping[str, Any], profile: str) -> RowScore:
    """Score one row under a profile.

    Raises DatasetError for a row that cannot be scored, also where the profile's own rule fails on
    it, so that one output never stops a run; RecipeError for an unknown profile; VerifierError if
    no worker can start.
    """
    if not isinstance(row, OutputRow):
        row = parse_row(row)

    rule = scorer_of(profile, row.benchmark)
    if profile == LMMS_EVAL and row.variant == "reasoning":
        rule = score_lmms_eval_reasoning

    try:
        return rule(row)
    except WaywiserError:
        raise
    except Exception as error:  # whatever it was, it is this row's and must not end the run
        raise DatasetError(
            f"profile {profile} failed on this output: {type(error).__name__}: {error}"
        ) from error
