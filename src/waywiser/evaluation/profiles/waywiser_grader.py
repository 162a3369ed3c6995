"""Our profile: thinking stripped, then the answer block, then the last balanced box, read by
waywiser's typed grader.

The truth of each benchmark becomes a typed answer. Numbers of VSI-Bench earn mean relative
accuracy; other numbers are right at the benchmark's own precision, never within the grader's 5 %.
"""

import re
from collections.abc import Callable

from waywiser.answers import Verdict, as_answer, grade, unit_factor
from waywiser.answers.expression import stated_unit
from waywiser.answers.parse import FinalAnswer, find_final
from waywiser.answers.text import comparison_key
from waywiser.errors import DatasetError
from waywiser.evaluation.profiles import dynamath, mathvista
from waywiser.evaluation.profiles.option_parsing import OPTION_LETTERS, shorten_value
from waywiser.evaluation.profiles.row import (
    OutputRow,
    RowScore,
    add_labels,
    binary_score,
    find_truth_letter,
    is_option_letter,
    strip_labels,
)
from waywiser.evaluation.profiles.text_equality import (
    are_same_numbers,
    is_same_text,
    parse_multiple_of_pi,
)
from waywiser.evaluation.profiles.vsi_bench import is_numeric, score_mra
from waywiser.rewards import mra
from waywiser.sample import Answer

_BARE_LETTERS = list("ABCDEFGH")
_VSI_UNITS = {
    "object_abs_distance": "m",
    "object_size_estimation": "cm",
    "room_size_estimation": "m^2",
}
_LETTER_LIST = re.compile(r"[A-H](?:\s*,\s*[A-H])+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def score_waywiser(row: OutputRow) -> RowScore:
    """Score with the typed grader. Raises DatasetError for a truth that is not an answer of its
    question.
    """
    if row.benchmark == "spatial":
        return _score_typed(row)
    if row.benchmark == "vsi-bench" and is_numeric(row):
        return _score_vsi_number(row)
    if row.benchmark == "mathvista" and not mathvista.is_choice(row):
        return _score_mathvista_free(row)
    if row.benchmark == "dynamath" and row.question_type == "float":
        return _score_near(row, dynamath.TOLERANCE)
    if row.options:
        return _score_choice(row)

    answer = _typed_answer(row)
    if row.benchmark == "dynamath" and answer.kind == "expression":
        return _score_text(row, dynamath.TOLERANCE)

    return _score_graded(row.output, answer)


def _score_graded(output: str, answer: Answer) -> RowScore:
    verdict = _grade_in_stated_unit(output, answer)
    return RowScore(verdict.score, verdict.extracted, note=_verdict_note(verdict))


def _grade_in_stated_unit(output: str, answer: Answer) -> Verdict:
    """Grade an answer to a published question. Where neither truth nor question name a unit, the
    output may.

    Authors publish 70 for 70°, 19 for 19 % and 24 for 24 cm^2: the number is compared as the output
    wrote it.
    """
    verdict = grade(output, answer)
    if verdict.outcome != "wrong_unit" or answer.unit is not None or verdict.extracted is None:
        return verdict

    unit = stated_unit(verdict.extracted)
    return verdict if unit is None else grade(output, answer.model_copy(update={"unit": unit}))


def _score_choice(row: OutputRow) -> RowScore:
    """A question with options, right by the truth's letter or by its words.

    Options that are bare labels are their letters. Equal wrong options do no harm: they are wrong
    either way.
    """
    letter = _truth_letter(row)
    if not letter:
        raise DatasetError(f"ground_truth {shorten_value(row.truth)!r} is not one of the options")

    options = strip_labels(row.options)
    index = OPTION_LETTERS.index(letter)

    if _are_options_letters(options) and not _is_label(row):
        return _score_shuffled_letters(row, options, index)
    if _are_options_letters(options) or options.count(options[index]) > 1:
        return _score_by_label(row, options, index)

    return _score_graded(
        row.output, Answer(kind="choice", value=options[index], options=list(options))
    )


def _score_by_label(row: OutputRow, options: tuple[str, ...], index: int) -> RowScore:
    """Options that only their labels tell apart: some option's words are a letter, or the right one
    stands there twice.

    A letter of the answer is a label, and the options are compared with their labels in front, as
    the question showed them. Words are those of the option that has them.
    """
    words = comparison_key(_single_answer(row.output))
    if len(words) > 1 and words in map(comparison_key, options):
        return binary_score(words == comparison_key(options[index]), words)

    shown_options = list(add_labels(options))
    same = [i for i, option in enumerate(options) if option == options[index]]
    right = [index] if _is_label(row) else same
    answers = [Answer(kind="choice", value=shown_options[i], options=shown_options) for i in right]

    return max(
        (_score_graded(row.output, answer) for answer in answers), key=lambda score: score.value
    )


def _single_answer(output: str) -> str:
    """The final answer of an output that states no other answer, else ""."""
    final = find_final(output)
    return final.text if isinstance(final, FinalAnswer) and not final.others else ""


def _truth_letter(row: OutputRow) -> str:
    """The truth's letter."""
    return (
        find_truth_letter(row)
        if _is_label(row) or not _is_option_text(row)
        else OPTION_LETTERS[row.options.index(row.truth)]
    )


def _is_label(row: OutputRow) -> bool:
    """Whether the truth is an option's label: MathVista's are an option's words, also where these
    are a letter.
    """
    return is_option_letter(row.truth, len(row.options)) and not (
        row.benchmark == "mathvista" and _is_option_text(row)
    )


def _is_option_text(row: OutputRow) -> bool:
    return row.options.count(row.truth) == 1


def _are_options_letters(options: tuple[str, ...]) -> bool:
    """Whether an option's own words are a letter that is another option's label."""
    letters = [comparison_key(option) for option in options]
    return any(
        len(letter) == 1
        and letter.upper() in OPTION_LETTERS[: len(options)]
        and letter.upper() != OPTION_LETTERS[i]
        for i, letter in enumerate(letters)
    )


def _score_shuffled_letters(row: OutputRow, options: tuple[str, ...], index: int) -> RowScore:
    """Options such as "(c)", "(a)", "(b)", of which the truth is one, in words.

    The option as it is written, case and brackets included, is that option; a capital letter is a
    label. An answer that is both, of different options, is ambiguous.
    """
    text = _single_answer(row.output).strip(" .*$")
    bare = text.strip("()")
    by_words = options.index(text) if options.count(text) == 1 else None
    by_label = (
        OPTION_LETTERS.index(bare)
        if len(bare) == 1 and bare in OPTION_LETTERS[: len(options)]
        else None
    )

    if by_words is None and by_label is None:
        return _score_graded(
            row.output, Answer(kind="choice", value=options[index], options=list(options))
        )

    if by_words is not None and by_label is not None and by_words != by_label:
        return RowScore(
            0.0, text, note=f"ambiguous: {text} is an option's label and another option's words"
        )

    return binary_score(index in (by_words, by_label), text)


def _score_text(row: OutputRow, tolerance: float = 0.0) -> RowScore:
    """A text, right in any spacing; lists of numbers also in other digits."""
    text = _single_answer(row.output)
    truth = row.truth.strip()
    if text and (is_same_text(text, truth) or are_same_numbers(text, truth, tolerance)):
        return binary_score(True, text)
    return _score_graded(row.output, Answer(kind="text", value=truth))


def _typed_answer(row: OutputRow) -> Answer:
    """The typed answer of a question without options: a letter, letters or an expression."""
    truth = row.truth.strip()
    bare = truth.strip("()")
    if bare in _BARE_LETTERS:
        return Answer(kind="choice", value=bare, options=_BARE_LETTERS)
    if _LETTER_LIST.fullmatch(truth):
        letters = sorted({part.strip() for part in truth.split(",")})
        return Answer(kind="choices", value=letters, options=_BARE_LETTERS)

    return Answer(kind="expression", value=truth, unit=row.unit)


def _score_typed(row: OutputRow) -> RowScore:
    """waywiser's own benchmark: the truth is a typed answer as JSON; numbers earn mean relative
    accuracy.
    """
    answer = as_answer(row.truth)
    verdict = grade(row.output, answer)

    if answer.kind != "number":
        return RowScore(verdict.score, verdict.extracted, note=_verdict_note(verdict))

    value = None if verdict.value is None else float(verdict.value)
    truth = float(answer.value)  # type: ignore[arg-type] - the kind says so
    score = 0.0 if value is None else mra(value, truth)
    return RowScore(score, value, note=_verdict_note(verdict))


def _score_vsi_number(row: OutputRow) -> RowScore:
    truth = score_mra(None, row)  # a truth that is not a number is refused before anything is read
    kind = (
        "integer"
        if row.question_type == "object_counting" and float(row.truth).is_integer()
        else "number"
    )

    answer = Answer(kind=kind, value=float(row.truth), unit=_VSI_UNITS.get(row.question_type))
    verdict = grade(row.output, answer)
    if verdict.value is None:
        return RowScore(truth.value, verdict.extracted, note=_verdict_note(verdict))

    return RowScore(score_mra(float(verdict.value), row).value, float(verdict.value))


def _score_mathvista_free(row: OutputRow) -> RowScore:
    kind = mathvista.answer_type(row)
    if kind == "list":
        return _score_text(row)
    decimals = 0 if kind == "integer" else int(row.precision or len(row.truth.partition(".")[2]))
    return _score_rounded(row, decimals)


def _score_rounded(row: OutputRow, decimals: int) -> RowScore:
    """Right where value and truth are the same number at `decimals` decimals."""
    return _score_numeric(
        row, lambda value, truth: round(value, decimals) == round(truth, decimals)
    )


def _score_near(row: OutputRow, tolerance: float) -> RowScore:
    """Right within an absolute tolerance."""
    return _score_numeric(row, lambda value, truth: abs(value - truth) <= tolerance)


def _score_numeric(row: OutputRow, right: Callable[[float, float], bool]) -> RowScore:
    if not _NUMBER.fullmatch(row.truth.strip()):
        raise DatasetError(
            f"ground_truth {shorten_value(row.truth)!r} of a numeric question is not a number"
        )

    truth = float(row.truth)
    verdict = _grade_in_stated_unit(
        _strip_question_unit(row), Answer(kind="number", value=truth, unit=row.unit)
    )
    value = (
        parse_multiple_of_pi(_single_answer(row.output))
        if verdict.value is None
        else float(verdict.value)
    )
    if value is None:
        return RowScore(0.0, verdict.extracted, note=_verdict_note(verdict))

    return RowScore(float(right(value, truth)), value)


def _strip_question_unit(row: OutputRow) -> str:
    """The output; a sole answer in a unit that only the question knows ("3 pieces of pepperoni")
    without it.
    """
    text = _single_answer(row.output)
    unit = (row.unit or "").casefold()
    if unit and unit_factor(unit) is None and text.casefold().endswith(f" {unit}"):
        return text[: -len(unit)].strip()
    return row.output


def _verdict_note(verdict: Verdict) -> str:
    return "" if verdict.outcome in ("right", "wrong") else f"{verdict.outcome}: {verdict.reason}"
