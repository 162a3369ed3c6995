"""Our profile: thinking stripped, then the answer block, then the last balanced box, read by waywiser's typed grader.

The truth of each benchmark becomes a typed answer. Numbers of VSI-Bench earn mean relative accuracy; other numbers
are right at the benchmark's own precision, never within the grader's 5 %.
"""

import re
from collections.abc import Callable

from waywiser.answers import Verdict, as_answer, extract, grade
from waywiser.answers.text import key
from waywiser.errors import DatasetError
from waywiser.evaluation.profiles import dynamath, mathvista
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
    return _graded(row.output, _answer(row))


def _graded(output: str, answer: Answer) -> Score:
    verdict = grade(output, answer)
    return Score(verdict.score, verdict.extracted, note=_note(verdict))


def _choice(row: Row) -> Score:
    """A question with options, right by the truth's letter or by its words.

    Options that are bare labels are their letters. Where the truth is a letter, a letter of the answer is one too,
    also where some option's own words are letters: the options are then compared with their labels in front, as the
    question showed them. Equal wrong options do no harm: their words are wrong either way.
    """
    letter = _letter_of(row)
    if not letter:
        raise DatasetError(f"ground_truth {shown(row.truth)!r} is none of the options")

    options = unlabelled(row.options)
    index = LETTERS.index(letter)
    if _hold_letters(options):
        if not is_letter(row.truth, len(options)):
            return _shuffled_letters(row, options, index)
        options = labelled(options)
    elif options.count(options[index]) > 1:
        options = labelled(options)
    return _graded(row.output, Answer(kind="choice", value=options[index], options=list(options)))


def _letter_of(row: Row) -> str:
    """The truth's letter. MathVista's truths are an option's words, also where these are a letter."""
    by_words = row.options.count(row.truth) == 1
    if row.benchmark == "mathvista" and by_words:
        return LETTERS[row.options.index(row.truth)]
    return truth_letter(row)


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
    text = (extract(row.output) or "").strip(" .*$")
    bare = text.strip("()")
    by_words = options.index(text) if options.count(text) == 1 else None
    by_label = LETTERS.index(bare) if len(bare) == 1 and bare in LETTERS[: len(options)] else None
    if by_words is None and by_label is None:
        return _graded(row.output, Answer(kind="choice", value=options[index], options=list(options)))
    if by_words is not None and by_label is not None and by_words != by_label:
        return Score(0.0, text, note=f"ambiguous: {text} is an option's label and another option's words")
    return right_if(index in (by_words, by_label), text)


def _answer(row: Row) -> Answer:
    """The typed answer of a question without options: a letter or letters, an expression or a text."""
    truth = row.truth.strip()
    bare = truth.strip("()")
    if bare in _BARE_LETTERS:
        return Answer(kind="choice", value=bare, options=_BARE_LETTERS)
    if _LETTER_LIST.fullmatch(truth):
        letters = sorted({part.strip() for part in truth.split(",")})
        return Answer(kind="choices", value=letters, options=_BARE_LETTERS)
    if row.benchmark in ("dynamath", "mathvista"):
        return Answer(kind="text", value=truth)
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
        verdict = grade(row.output, Answer(kind="text", value=row.truth))
        return Score(verdict.score, verdict.extracted, note=_note(verdict))
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
    verdict = grade(row.output, Answer(kind="number", value=truth, unit=row.unit))
    if verdict.value is None:
        return Score(0.0, verdict.extracted, note=_note(verdict))
    return Score(float(right(float(verdict.value), truth)), float(verdict.value))


def _note(verdict: Verdict) -> str:
    return "" if verdict.outcome in ("right", "wrong") else f"{verdict.outcome}: {verdict.reason}"
