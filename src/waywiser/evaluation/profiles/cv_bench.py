"""CV-Bench (arXiv 2406.16860): the authors' scoring (cambrian@539ffc3) and lmms-eval@75571cfe."""

import re

from waywiser.errors import DatasetError
from waywiser.evaluation.profiles.row import (
    OPTION_LETTERS,
    OutputRow,
    RowScore,
    binary_score,
    find_truth_letter,
)

_KEYWORDS = ("answer is", "answer is:", "answer:")
_LEADING_LETTER = re.compile(r"[(\s]*([A-Za-z])")


def score_cv_bench_official(row: OutputRow) -> RowScore:
    """The first character after the last "answer is" or "answer:", in lower case.

    The script for the 3D questions (variant "omni") also accepts an option of one character in
    words.
    """
    truth = _truth_letter_or_raise(row)
    text = row.output.lower().strip()

    for keyword in _KEYWORDS:
        text = text.rpartition(keyword)[2]

    omni = row.variant == "omni"
    text = text.strip().rstrip(".:," if omni else ".").lstrip("(").rstrip(")")[:1]
    index = OPTION_LETTERS.index(truth)
    in_words = omni and index < len(row.options) and text == row.options[index]

    return binary_score(text == truth.lower() or in_words, text or None)


def score_cv_bench_lmms_eval(row: OutputRow) -> RowScore:
    """The output's first letter, after brackets: "C. 1" is right for C, "Answer: C" reads A."""
    found = _LEADING_LETTER.match(row.output.strip())
    letter = found.group(1).upper() if found else None
    return binary_score(letter == _truth_letter_or_raise(row), letter)


def _truth_letter_or_raise(row: OutputRow) -> str:
    letter = find_truth_letter(row)
    if not letter:
        raise DatasetError(f"ground_truth {row.truth!r} is not an option's letter")
    return letter
