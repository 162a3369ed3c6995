"""Score outputs under a profile: what fails at an output is a reason, not an exception that ends
the run.
"""

from waywiser.errors import DatasetError, WaywiserError
from waywiser.evaluation.profiles import OutputRow, RowScore, score_row

JUDGE_REQUIRED = {
    "mathverse": ("official", "vlmevalkit", "lmms-eval"),
    "logicvista": ("official", "vlmevalkit"),
}
"""Benchmarks whose answers these harnesses read by a judge alone: without one their rule scores
nothing.
"""
PROMPT_REQUIRED = {
    "mathvista": ("official", "vlmevalkit", "lmms-eval"),
    "dynamath": ("official", "vlmevalkit"),
    "wemath": ("official",),
}
"""Benchmarks whose answers these harnesses read in the form that their own prompt asks for."""
_MAX_REASON_CHARACTERS = 160
NEEDS_PROMPT = "needs its own prompt"
NEEDS_JUDGE = "needs its judge"


def try_score(row: OutputRow, profile: str) -> RowScore | str:
    """The score, or the reason why there is none.

    A harness's rule may fail at a text that nobody thought of, as its own code does: that is this
    row's reason too. Raises what is not the fault of the row: an unknown profile, workers that
    cannot run.
    """
    try:
        return score_row(row, profile)
    except DatasetError as error:
        return _shorten(str(error))
    except WaywiserError:
        raise
    except Exception as error:  # whatever a rule does to a text that it was not written for
        return _shorten(f"{type(error).__name__} in the profile's rule: {error}")


def _shorten(reason: str) -> str:
    """On one line, without the end of a long one: rules quote cells, which may be of any length."""
    line = " ".join(reason.split())
    return (
        line if len(line) <= _MAX_REASON_CHARACTERS else f"{line[: _MAX_REASON_CHARACTERS - 3]}..."
    )


def missing_requirement(profile: str, benchmark: str, *, official_prompts: bool) -> str:
    """What a profile lacks to give a score that means something: its own prompt, its judge; "" for
    nothing.
    """
    harness = profile.partition("@")[0]
    if harness in JUDGE_REQUIRED.get(benchmark, ()):
        return NEEDS_JUDGE
    if harness in PROMPT_REQUIRED.get(benchmark, ()) and not official_prompts:
        return NEEDS_PROMPT

    return ""
