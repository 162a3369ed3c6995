"""VSI-Bench (arXiv 2412.14171): the authors' scoring (thinking-in-space@51e089c) and
lmms-eval@75571cfe.

The authors read the first word; choices must equal the letter, numbers earn mean relative accuracy
(MRA).
"""

import math

from waywiser.errors import DatasetError
from waywiser.evaluation.profiles.harness_number_words import find_first_number
from waywiser.evaluation.profiles.row import OutputRow, RowScore, binary_score
from waywiser.rewards import mra

NUMERIC_TYPES = (
    "object_counting",
    "object_abs_distance",
    "object_size_estimation",
    "room_size_estimation",
)
CHOICE_TYPES = (
    "object_rel_distance",
    "object_rel_direction_easy",
    "object_rel_direction_medium",
    "object_rel_direction_hard",
    "route_planning",
    "obj_appearance_order",
)


def is_numeric(row: OutputRow) -> bool:
    """Whether the question asks for a number. Raises DatasetError for a question type that
    VSI-Bench has not.
    """
    if row.question_type in NUMERIC_TYPES:
        return True
    if row.question_type in CHOICE_TYPES or row.question_type == "object_rel_direction":
        return False
    raise DatasetError(f"{row.question_type!r} is not a question type of VSI-Bench")


def score_vsi_bench_official(row: OutputRow) -> RowScore:
    """First word of the output, without final periods. "(B)", "B: x" and any thinking score 0."""
    word = _first_word(row.output)
    return (
        score_mra(_parse_float(word), row)
        if is_numeric(row)
        else binary_score(word.lower() == row.truth.lower(), word)
    )


def score_vsi_bench_lmms_eval(row: OutputRow) -> RowScore:
    """Choices as the authors do; for a numeric answer the first number, in digits or words."""
    return (
        score_mra(find_first_number(row.output), row)
        if is_numeric(row)
        else score_vsi_bench_official(row)
    )


def score_mra(value: float | None, row: OutputRow) -> RowScore:
    """MRA of a value; 0 where there is none, or where it is not finite. A truth of 0 needs a value
    of 0.
    """
    truth = _parse_float(row.truth)
    if truth is None or not math.isfinite(truth):
        raise DatasetError(f"ground_truth {row.truth!r} of a numeric question is not a number")
    return RowScore(0.0 if value is None else mra(value, truth), value)


def _first_word(output: str) -> str:
    return output.split(" ")[0].rstrip(".").strip()


def _parse_float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
