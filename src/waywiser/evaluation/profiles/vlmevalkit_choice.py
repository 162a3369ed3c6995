"""How VLMEvalKit reads an option's letter from free text, as it was in 2025-07 and at e8e78f05
(2026-08).

The reading changed between the two: a unique letter first counted anywhere, later only among the
last words; since 2026-06 the first "answer is X" decides otherwise, also inside thinking and also
where X begins a word.
"""

import re
from collections.abc import Sequence

from waywiser.errors import DatasetError
from waywiser.evaluation.profiles.row import (
    OPTION_LETTERS,
    OutputRow,
    RowScore,
    binary_score,
    find_truth_letter,
    strip_labels,
)

REFUSAL_LETTER = "Z"
"""The letter that VLMEvalKit gives to a refusal."""

_API_FAILED = "Failed to obtain answer via API"
_REFUSALS = (
    "Sorry, I can't help with images of people yet.",
    "I can't process this file.",
    "I'm sorry, but without the image provided",
    "Cannot determine the answer",
)
_PUNCTUATION_TO_SPACE = str.maketrans(dict.fromkeys(".()[],:;!*#{}", " "))
_NUM_LAST_WORDS = 4
_STATED_ANSWER = re.compile(r"answer\s+is\s+\**([A-D])", re.IGNORECASE)


def infer_option(text: str, options: Sequence[str], *, version: str = "e8e78f05") -> str | None:
    """The letter that the text picks among `options` (A, B, ... in order), "Z" for a refusal, None
    for neither.
    """
    letters = OPTION_LETTERS[: len(options)]
    strict = version != "2025-07"
    return _by_letter(text, letters, strict=strict) or _by_words(text, options, strict=strict)


def _by_letter(text: str, letters: str, *, strict: bool) -> str | None:
    if _API_FAILED in text:
        return None
    if any(refusal in text for refusal in _REFUSALS):
        return REFUSAL_LETTER

    words = text.translate(_PUNCTUATION_TO_SPACE).split()
    named_letters = [letter for letter in letters if letter in words]
    if len(named_letters) == 1 and (
        not strict or words.index(named_letters[0]) >= len(words) - _NUM_LAST_WORDS
    ):
        return named_letters[0]

    if not named_letters and REFUSAL_LETTER in words:
        return REFUSAL_LETTER

    stated = _STATED_ANSWER.search(text) if strict else None
    return stated.group(1).upper() if stated and stated.group(1).upper() in letters else None


def _by_words(text: str, options: Sequence[str], *, strict: bool) -> str | None:
    """The one option whose words occur in the text; since 2025-08 only in texts not much longer
    than the options.
    """
    lowered = text.lower()
    if strict and len(lowered) > 2 * sum(map(len, options)):
        return None
    matching_letters = [
        OPTION_LETTERS[i] for i, option in enumerate(options) if option.lower() in lowered
    ]
    return matching_letters[0] if len(matching_letters) == 1 else None


def score_vlmevalkit_choice(row: OutputRow) -> RowScore:
    """A choice of VLMEvalKit at e8e78f05 without a judge (CV-Bench, WeMath): what cannot be read is
    wrong.

    With a judge that answers and still names no option, the harness draws one at random: then the
    score is the expected value, and flagged.
    """
    options = _offered_options(row)
    letter = infer_option(row.output, options)
    if letter is None and row.stage == "judge_output":
        return RowScore(
            1 / (len(options) + 1),
            None,
            expected=True,
            note="the harness draws an option at random",
        )

    return binary_score(
        letter == find_truth_letter(row), letter, "" if letter else "no option was read"
    )


def score_vlmevalkit_choice_2025_07(row: OutputRow) -> RowScore:
    """The generic extractor as it was in 2025-07."""
    letter = infer_option(row.output, _offered_options(row), version="2025-07")
    return binary_score(letter == find_truth_letter(row), letter)


def _offered_options(row: OutputRow) -> tuple[str, ...]:
    if not row.options:
        raise DatasetError("a choice without options")
    return strip_labels(row.options)
