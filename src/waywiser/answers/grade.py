"""One grader for rewards, evaluation and curation: a completion against a typed answer.

Kinds: an integer is exact; a number is right within its tolerance (5 % relative by default) after
conversion to the question's unit; a choice is a letter or its option's words, choices a set of
them; text is compared as normalized words. An expression is read whole and compared exactly; what
this process may not spend goes to a bounded worker process: the only kind whose grading can time
out.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from waywiser.answers.choice import read_choice, read_choices
from waywiser.answers.choice_words import OptionError
from waywiser.answers.expression import (
    ExpressionRefusal,
    decide,
    equal_expressions,
    read_expression,
)
from waywiser.answers.gold import AnswerLike, GoldAnswer, as_gold
from waywiser.answers.numbers import read_number
from waywiser.answers.parse import FinalAnswer, NoFinalAnswer, find_final
from waywiser.answers.text import bare_words, comparison_key, to_plain_text
from waywiser.answers.verifier import Comparison, ComparisonResult, Verifier, default_verifier
from waywiser.answers.wrong import describe_wrong

Outcome = Literal[
    "right", "wrong", "no_answer", "ambiguous", "wrong_unit", "malformed", "timed_out"
]

_ADVERB = re.compile(
    r"^[\s*_]*(?:clearly|definitely|obviously|certainly|surely|simply|"
    r"then|indeed|therefore|thus|hence|apparently)\b[ ,]*",
    re.I,
)
_PLAIN_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)")
_MAX_SHORT_CHARACTERS = 60
_MAX_REMEMBERED = 256
_MAX_SIDES = 6
_WORDS = re.compile(r"[a-zA-Z]{3}|[a-zA-Z] [a-zA-Z]")
_NAMED_SUM = re.compile(r"(?=.*[a-zA-Z])[a-zA-Z0-9+\- *()^_{}]+")
_ANNOUNCED = re.compile(
    r"[\s*_`]*(?:(?:the|my) )?(?:(?:final|correct) )?answer(?: is\b|:)[\s:*_`]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a completion is worth and why.

    `score` is in [0, 1]; `extracted` is the answer text that was read, None where there is none;
    `value` is its reading for numeric kinds, in the question's unit, also when it is wrong (rewards
    grade it smoothly).
    """

    score: float
    extracted: str | None
    outcome: Outcome
    reason: str
    value: int | float | None = None


@dataclass(frozen=True, slots=True)
class _ReadAnswer:
    """A candidate as its kind reads it: comparable `value`, or why there is none."""

    value: Any
    outcome: Outcome | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Pending:
    """A verdict that waits for a worker."""

    comparison: Comparison
    extracted: str


def grade(completion: str, answer: AnswerLike, *, verifier: Verifier | None = None) -> Verdict:
    """Grade a completion. Any text gets a verdict; a malformed *answer* raises DatasetError.

    `verifier` compares expressions (None: the default pool); VerifierError where it cannot run.
    """
    verdict = _grade(completion, as_gold(answer))
    if isinstance(verdict, _Pending):
        compared = (verifier or default_verifier()).compare(verdict.comparison)
        return _verdict_of(verdict.extracted, compared)

    return verdict


def grade_all(
    completions: Sequence[str], answers: Sequence[AnswerLike], *, verifier: Verifier | None = None
) -> list[Verdict]:
    """`grade` for pairs, in order; expressions are compared on all workers at once."""
    verdicts = [
        _grade(text, as_gold(answer)) for text, answer in zip(completions, answers, strict=True)
    ]
    pending = [verdict for verdict in verdicts if isinstance(verdict, _Pending)]
    if pending:
        compared = iter(
            (verifier or default_verifier()).compare_all([p.comparison for p in pending])
        )

        return [
            _verdict_of(v.extracted, next(compared)) if isinstance(v, _Pending) else v
            for v in verdicts
        ]

    return verdicts  # type: ignore[return-value] - nothing is pending


async def agrade(
    completion: str, answer: AnswerLike, *, verifier: Verifier | None = None
) -> Verdict:
    """`grade` for asyncio: the event loop keeps running while a worker compares."""
    gold = as_gold(answer)
    verdict = _grade(completion, gold, by_value=False)  # arithmetic would hold up the event loop
    if isinstance(verdict, _Pending):
        compared = await (verifier or default_verifier()).acompare(verdict.comparison)
        return _verdict_of(verdict.extracted, compared)

    return verdict


def _grade(completion: str, gold: GoldAnswer, *, by_value: bool = True) -> Verdict | _Pending:
    final = find_final(completion)
    if isinstance(final, NoFinalAnswer):
        return Verdict(0.0, None, final.outcome, final.reason)
    if gold.kind == "expression":
        return _grade_expression(final, gold, by_value=by_value)
    if final.others or final.same or final.instead:
        return _grade_final(final, gold)

    verdict = gold.seen.get(final.text)
    if verdict is None:
        verdict = _grade_final(final, gold)
        if len(gold.seen) >= _MAX_REMEMBERED:
            gold.seen.clear()

        gold.seen[final.text] = verdict

    return verdict


def _grade_final(final: FinalAnswer, gold: GoldAnswer) -> Verdict:
    read = _READERS[gold.kind]
    reading = read(final.text, gold)
    if reading.outcome == "malformed" and final.instead:
        # A box in the working, and an answer line after it: the line is the answer.
        final = FinalAnswer(final.instead)
        reading = read(final.text, gold)

    if reading.outcome is not None:
        return Verdict(0.0, final.text, reading.outcome, reading.reason)
    if any(read(text, gold).value != reading.value for text in final.same):
        return Verdict(0.0, final.text, "ambiguous", "two answers, joined by 'or'")
    if final.others and _is_contradicted(reading, final, gold, read):
        return Verdict(0.0, final.text, "ambiguous", "two different answers")

    number = reading.value if gold.kind in ("integer", "number") else None
    if _is_right(reading.value, gold):
        return Verdict(1.0, final.text, "right", "", number)

    return Verdict(0.0, final.text, "wrong", describe_wrong(reading.value, gold), number)


def _is_contradicted(
    reading: _ReadAnswer,
    final: FinalAnswer,
    gold: GoldAnswer,
    read: Callable[[str, GoldAnswer], _ReadAnswer],
) -> bool:
    """Whether another statement of an answer reads differently; unreadable text is none."""
    for other in final.others:
        second = read(_ADVERB.sub("", other), gold) if other else None
        if second is None or second.outcome in ("malformed", "no_answer"):
            if second is not None and _names_another_number(other, reading):
                return True

            continue

        if second.outcome is not None or not _same(reading.value, second.value, gold):
            return True

    return False


def _names_another_number(other: str, reading: _ReadAnswer) -> bool:
    """Whether a short statement that is not understood holds numbers, none of them the one that was
    read.
    """
    numbers = (
        _PLAIN_NUMBER.findall(other)
        if len(other) <= _MAX_SHORT_CHARACTERS and isinstance(reading.value, int | float)
        else []
    )

    return bool(numbers) and all(float(number) != reading.value for number in numbers)


def _same(a: Any, b: Any, gold: GoldAnswer) -> bool:
    """Whether two statements agree: measures may be said once rounded and once not."""
    return (
        math.isclose(a, b, rel_tol=min(0.01, gold.tolerance)) if gold.kind == "number" else a == b
    )


def _read_numeric(text: str, gold: GoldAnswer) -> _ReadAnswer:
    counting = gold.kind == "integer"
    reading = read_number(text, gold.unit, counting=counting)
    if reading.value is None and counting and (last := _end_of_sum(text)) is not None:
        reading = read_number(last, gold.unit, counting=counting)
    return _ReadAnswer(reading.value, reading.outcome, reading.reason)


def _end_of_sum(text: str) -> str | None:
    """The last side of "m + n = 256 + 37 = 293", where every side of numbers is worth the same;
    else None.
    """
    sides = [side.strip(" $.") for side in text.split("=")]
    if not 2 <= len(sides) <= _MAX_SIDES or not all(sides):
        return None

    named = _NAMED_SUM.fullmatch(sides[0]) and not _WORDS.search(sides[0])
    first = 1 if named else 0
    if all(equal_expressions(side, sides[-1]) for side in sides[first:-1]):
        return sides[-1]

    return None


def _read_choice(text: str, gold: GoldAnswer) -> _ReadAnswer:
    if gold.options is None:
        return _read_text(text, gold)
    try:
        return _ReadAnswer(gold.options.keys[read_choice(text, gold.options)])
    except OptionError as refusal:
        return _refusal(refusal)


def _read_choices(text: str, gold: GoldAnswer) -> _ReadAnswer:
    if gold.options is None:
        return _ReadAnswer(
            frozenset(comparison_key(part) for part in to_plain_text(text).split(","))
        )

    try:
        return _ReadAnswer(
            frozenset(gold.options.keys[i] for i in read_choices(text, gold.options))
        )
    except OptionError as refusal:
        return _refusal(refusal)


def _refusal(refusal: OptionError) -> _ReadAnswer:
    return _ReadAnswer(None, "ambiguous" if refusal.ambiguous else "malformed", str(refusal))


def _read_text(text: str, gold: GoldAnswer) -> _ReadAnswer:
    said = bare_words(text)
    if said != gold.truth and (lead := _ANNOUNCED.match(text)):
        said = bare_words(text[lead.end() :])
    return _ReadAnswer(said) if said else _ReadAnswer(None, "no_answer", "nothing but punctuation")


_READERS: dict[str, Callable[[str, GoldAnswer], _ReadAnswer]] = {
    "integer": _read_numeric,
    "number": _read_numeric,
    "choice": _read_choice,
    "choices": _read_choices,
    "text": _read_text,
}


def _is_right(value: Any, gold: GoldAnswer) -> bool:
    if gold.kind in ("integer", "number"):
        return is_close(value, gold.truth, gold.tolerance)
    return value == gold.truth


_LAST_DIGIT = 1e-13
"""What a conversion of units may cost an exact number: 3.00000001 is not 3."""


def is_close(value: int | float, truth: int | float, tolerance: float) -> bool:
    """|value - truth| <= tolerance * |truth|, with room for the last digits of floats."""
    if isinstance(value, int) and isinstance(truth, int) and tolerance == 0:
        return value == truth
    slack = 1e-9 if tolerance else _LAST_DIGIT
    return abs(value - truth) <= (tolerance + slack) * abs(truth)


def _grade_expression(
    final: FinalAnswer, gold: GoldAnswer, *, by_value: bool
) -> Verdict | _Pending:
    """Other statements of an answer become further parts of the comparison: all must equal the gold
    one.
    """
    truth = gold.expression
    assert truth is not None
    comparison = read_expression(final.text, truth)
    if isinstance(comparison, ExpressionRefusal):
        return Verdict(0.0, final.text, comparison.outcome, comparison.reason)
    if any(isinstance(read_expression(text, truth), ExpressionRefusal) for text in final.same):
        return Verdict(0.0, final.text, "ambiguous", "two answers, joined by 'or'")

    right = decide(comparison, truth, by_value=by_value)

    for other in final.others + final.same:
        second = read_expression(other, truth)
        if isinstance(second, ExpressionRefusal):
            continue

        also = decide(second, truth, by_value=by_value)
        if also is None or right is None:
            comparison = Comparison(comparison.gold, comparison.parts + second.parts)
            right = None
        elif also != right:
            return Verdict(0.0, final.text, "ambiguous", "two different answers")

    if right is None:
        return _Pending(comparison, final.text)

    return (
        Verdict(1.0, final.text, "right", "")
        if right
        else Verdict(0.0, final.text, "wrong", "not the answer")
    )


def _verdict_of(extracted: str, compared: ComparisonResult) -> Verdict:
    match compared.status:
        case "equal":
            return Verdict(1.0, extracted, "right", "")
        case "different":
            return Verdict(0.0, extracted, "wrong", "not the answer")
        case "mixed":
            return Verdict(0.0, extracted, "ambiguous", "two different answers")
        case "unreadable":
            return Verdict(
                0.0, extracted, "malformed", compared.reason or "no expression that can be read"
            )
        case "timed_out":
            return Verdict(0.0, extracted, "timed_out", compared.reason)
