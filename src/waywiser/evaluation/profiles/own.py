"""Our profile: thinking stripped, then the answer block, then the last balanced box, read by waywiser's typed grader.

The truth of each benchmark becomes a typed answer. Numbers of VSI-Bench earn mean relative accuracy; other numbers
are right at the benchmark's own precision, never within the grader's 5 %.
"""

import re
from collections.abc import Callable

from waywiser.answers import Verdict, as_answer, grade, unit_size
from waywiser.answers.expression import stated_unit
from waywiser.answers.parse import Final, find_final
from waywiser.answers.text import key
from waywiser.errors import DatasetError
from waywiser.evaluation.profiles import dynamath, mathvista
from waywiser.evaluation.profiles.loose_texts import multiple_of_pi, same_numbers, same_text
from waywiser.evaluation.profiles.option_lists import LETTERS, shown
from waywiser.evaluation.profiles.row import Row, Score, is_letter, labelled, right_if, truth_letter, unlabelled
from waywiser.evaluation.profiles.vsi_bench import is_numeric, mra_score
from waywiser.rewards import mra
from waywiser.sample import Answer

_BARE_LETTERS = list("ABCDEFGH")
_UNITS = {"object_abs_distance": "m", "object_size_estimation": "cm", "room_size_estimation": "m^2"}
_LETTER_LIST = re.compile(r"[A-H](?:\s*,\s*[A-H])+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def score_own(row: Row) -> Score:
    """Score with the typed grader. Raises DatasetError for a truth that is no answer of its question."""
    if row.benchmark == "spatial":
        return _typed(row)
    if row.benchmark == "vsi-bench" and is_numeric(row):
        return _vsi_number(row)
    if row.benchmark == "mathvista" and not mathvista.is_choice(row):
        return _mathvista_free(row)
    if row.benchmark == "dynamath" and row.question_type == "float":
        return _near(row, dynamath.TOLERANCE)
    if row.options:
        return _choice(row)
    answer = _answer(row)
    if row.benchmark == "dynamath" and answer.kind == "expression":
        return _text(row, dynamath.TOLERANCE)
    return _graded(row.output, answer)


def _graded(output: str, answer: Answer) -> Score:
    verdict = _grade_in_own_unit(output, answer)
    return Score(verdict.score, verdict.extracted, note=_note(verdict))


def _grade_in_own_unit(output: str, answer: Answer) -> Verdict:
    """Grade an answer to a published question. Where neither truth nor question name a unit, the output may.

    Authors publish 70 for 70°, 19 for 19 % and 24 for 24 cm^2: the number is compared as the output wrote it.
    """
    verdict = grade(output, answer)
    if verdict.outcome != "wrong_unit" or answer.unit is not None or verdict.extracted is None:
        return verdict

    unit = stated_unit(verdict.extracted)
    return verdict if unit is None else grade(output, answer.model_copy(update={"unit": unit}))


def _choice(row: Row) -> Score:
    """A question with options, right by the truth's letter or by its words.

    Options that are bare labels are their letters. Equal wrong options do no harm: they are wrong either way.
    """
    letter = _letter_of(row)
    if not letter:
        raise DatasetError(f"ground_truth {shown(row.truth)!r} is none of the options")

    options = unlabelled(row.options)
    index = LETTERS.index(letter)
    if _hold_letters(options) and not _is_label(row):
        return _shuffled_letters(row, options, index)
    if _hold_letters(options) or options.count(options[index]) > 1:
        return _by_label(row, options, index)
    return _graded(row.output, Answer(kind="choice", value=options[index], options=list(options)))


def _by_label(row: Row, options: tuple[str, ...], index: int) -> Score:
    """Options that only their labels tell apart: some option's words are a letter, or the right one stands there twice.

    A letter of the answer is a label, and the options are compared with their labels in front, as the question showed
    them. Words are those of the option that has them.
    """
    words = key(_sole_answer(row.output))
    if len(words) > 1 and words in map(key, options):
        return right_if(words == key(options[index]), words)

    shown_options = list(labelled(options))
    same = [i for i, option in enumerate(options) if option == options[index]]
    right = [index] if _is_label(row) else same
    answers = [Answer(kind="choice", value=shown_options[i], options=shown_options) for i in right]
    return max((_graded(row.output, answer) for answer in answers), key=lambda score: score.value)


def _sole_answer(output: str) -> str:
    """The final answer of an output that states no other beside it, else ""."""
    final = find_final(output)
    return final.text if isinstance(final, Final) and not final.others else ""


def _letter_of(row: Row) -> str:
    """The truth's letter."""
    return truth_letter(row) if _is_label(row) or not _is_words(row) else LETTERS[row.options.index(row.truth)]


def _is_label(row: Row) -> bool:
    """Whether the truth is an option's label: MathVista's are an option's words, also where these are a letter."""
    return is_letter(row.truth, len(row.options)) and not (row.benchmark == "mathvista" and _is_words(row))


def _is_words(row: Row) -> bool:
    return row.options.count(row.truth) == 1


def _hold_letters(options: tuple[str, ...]) -> bool:
    """Whether an option's own words are a letter that is another option's label."""
    letters = [key(option) for option in options]
    return any(
        len(letter) == 1 and letter.upper() in LETTERS[: len(options)] and letter.upper() != LETTERS[i]
        for i, letter in enumerate(letters)
    )


def _shuffled_letters(row: Row, options: tuple[str, ...], index: int) -> Score:
    """Options such as "(c)", "(a)", "(b)", of which the truth is one, in words.

    The option as it is written, case and brackets included, is that option; a capital letter is a label. An answer
    that is both, of different options, is ambiguous.
    """
    text = _sole_answer(row.output).strip(" .*$")
    bare = text.strip("()")
    by_words = options.index(text) if options.count(text) == 1 else None
    by_label = LETTERS.index(bare) if len(bare) == 1 and bare in LETTERS[: len(options)] else None
    if by_words is None and by_label is None:
        return _graded(row.output, Answer(kind="choice", value=options[index], options=list(options)))
    if by_words is not None and by_label is not None and by_words != by_label:
        return Score(0.0, text, note=f"ambiguous: {text} is an option's label and another option's words")
    return right_if(index in (by_words, by_label), text)


def _text(row: Row, tolerance: float = 0.0) -> Score:
    """A text, right in any spacing; lists of numbers also in other digits."""
    text, truth = _sole_answer(row.output), row.truth.strip()
    if text and (same_text(text, truth) or same_numbers(text, truth, tolerance)):
        return right_if(True, text)
    return _graded(row.output, Answer(kind="text", value=truth))


def _answer(row: Row) -> Answer:
    """The typed answer of a question without options: a letter, letters or an expression."""
    truth = row.truth.strip()
    bare = truth.strip("()")
    if bare in _BARE_LETTERS:
        return Answer(kind="choice", value=bare, options=_BARE_LETTERS)
    if _LETTER_LIST.fullmatch(truth):
        letters = sorted({part.strip() for part in truth.split(",")})
        return Answer(kind="choices", value=letters, options=_BARE_LETTERS)
    return Answer(kind="expression", value=truth, unit=row.unit)


def _typed(row: Row) -> Score:
    """waywiser's own benchmark: the truth is a typed answer as JSON; numbers earn mean relative accuracy."""
    answer = as_answer(row.truth)
    verdict = grade(row.output, answer)
    if answer.kind != "number":
        return Score(verdict.score, verdict.extracted, note=_note(verdict))
    value = None if verdict.value is None else float(verdict.value)
    return Score(0.0 if value is None else mra(value, float(answer.value)), value, note=_note(verdict))  # type: ignore[arg-type]


def _vsi_number(row: Row) -> Score:
    truth = mra_score(None, row)  # a truth that is no number is refused before anything is read
    kind = "integer" if row.question_type == "object_counting" and float(row.truth).is_integer() else "number"
    answer = Answer(kind=kind, value=float(row.truth), unit=_UNITS.get(row.question_type))
    verdict = grade(row.output, answer)
    if verdict.value is None:
        return Score(truth.value, verdict.extracted, note=_note(verdict))
    return Score(mra_score(float(verdict.value), row).value, float(verdict.value))


def _mathvista_free(row: Row) -> Score:
    kind = mathvista.answer_type(row)
    if kind == "list":
        return _text(row)
    decimals = 0 if kind == "integer" else int(row.precision or len(row.truth.partition(".")[2]))
    return _rounded(row, decimals)


def _rounded(row: Row, decimals: int) -> Score:
    """Right where value and truth are the same number at `decimals` decimals."""
    return _numeric(row, lambda value, truth: round(value, decimals) == round(truth, decimals))


def _near(row: Row, tolerance: float) -> Score:
    """Right within an absolute tolerance."""
    return _numeric(row, lambda value, truth: abs(value - truth) <= tolerance)


def _numeric(row: Row, right: Callable[[float, float], bool]) -> Score:
    if not _NUMBER.fullmatch(row.truth.strip()):
        raise DatasetError(f"ground_truth {shown(row.truth)!r} of a numeric question is not a number")
    truth = float(row.truth)
    verdict = _grade_in_own_unit(_without_stated_unit(row), Answer(kind="number", value=truth, unit=row.unit))
    value = multiple_of_pi(_sole_answer(row.output)) if verdict.value is None else float(verdict.value)
    if value is None:
        return Score(0.0, verdict.extracted, note=_note(verdict))
    return Score(float(right(value, truth)), value)


def _without_stated_unit(row: Row) -> str:
    """The output; a sole answer in a unit that only the question knows ("3 pieces of pepperoni") without it."""
    text, unit = _sole_answer(row.output), (row.unit or "").casefold()
    if unit and unit_size(unit) is None and text.casefold().endswith(f" {unit}"):
        return text[: -len(unit)].strip()
    return row.output


def _note(verdict: Verdict) -> str:
    return "" if verdict.outcome in ("right", "wrong") else f"{verdict.outcome}: {verdict.reason}"
