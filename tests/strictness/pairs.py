"""Pairs of a completion and a true answer, labelled by the oracle: near misses (wrong) and
paraphrases (right).

    for pair in pairs("number", near_misses=100, paraphrases=25, seed="0:7"): ...

The structures decide the label: a mutation makes another structure, the oracle compares it with the
truth in exact arithmetic, and a mutation that says the same, or may be read so, is drawn again.
Nothing here shares code with the grader.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from strictness import (
    expression_pairs,
    option_sets,
    options,
    phrases,
    quantities,
    quantity_mutations,
    quantity_paraphrases,
)
from strictness.frames import SPOILT, draw_frame, frames_for
from strictness.oracle import same_options, same_quantity
from strictness.quantities import DEFAULT_TOLERANCE, statement_text
from strictness.structures import Measure, Number

KINDS = ("integer", "number", "choice", "choices", "expression", "text")
SPOILT_SHARE = 0.08
"""How many near misses are spoilt around the answer instead of in it."""


@dataclass(frozen=True)
class Pair:
    """`form` names the mutation or paraphrase, `frame` what stands around it."""

    kind: str
    completion: str
    answer: dict[str, Any]
    right: bool
    form: str
    frame: str


@dataclass(frozen=True)
class Draft:
    """The text of one answer; `whole` where it is a completion already."""

    answer: dict[str, Any]
    form: str
    text: str
    whole: bool = False


def pairs(kind: str, near_misses: int, paraphrases: int, seed: str) -> Iterator[Pair]:
    """So many near misses and paraphrases of one kind; the seed decides all of them."""
    rng = Random(f"{seed}:{kind}")
    draw_wrong, draw_right = _DRAWN[kind]
    for _ in range(near_misses):
        if kind != "expression" and rng.random() < SPOILT_SHARE:
            yield _spoilt(kind, rng)
        else:
            yield _framed(kind, rng, _until_drawn(rng, draw_wrong), right=False)
    for _ in range(paraphrases):
        yield _framed(kind, rng, draw_right(rng), right=True)


def _until_drawn(rng: Random, draw: Callable[[Random], Draft | None]) -> Draft:
    while True:
        draft = draw(rng)
        if draft is not None:
            return draft


def _framed(kind: str, rng: Random, draft: Draft, right: bool) -> Pair:
    if draft.whole:
        return Pair(kind, draft.text, draft.answer, right, draft.form, "whole")
    name, frame = draw_frame(rng, frames_for(draft.text))
    return Pair(kind, frame(draft.text), draft.answer, right, draft.form, name)


def _spoilt(kind: str, rng: Random) -> Pair:
    answer, right, other = _PLAIN[kind](rng)
    name = rng.choice(tuple(SPOILT))
    return Pair(kind, SPOILT[name](right, other), answer, False, f"spoilt: {name}", "whole")


# Integers and numbers
# -----------------------------------------------------------------------------------


def _integer_answer(value: Fraction) -> dict[str, Any]:
    return {"kind": "integer", "value": int(value)}


def _number_answer(truth: Measure, tolerance: Fraction | None) -> dict[str, Any]:
    assert isinstance(truth.amount, Number)
    answer: dict[str, Any] = {"kind": "number", "value": float(truth.amount.value)}
    if truth.unit:
        answer["unit"] = truth.unit.name
    if tolerance is not None:
        answer["tolerance"] = float(tolerance)
    return answer


def _wrong_integer(rng: Random) -> Draft | None:
    truth = Measure(Number(quantities.draw_integer(rng)))
    name = rng.choice(tuple(quantity_mutations.INTEGER_MUTATIONS))
    said = quantity_mutations.INTEGER_MUTATIONS[name](rng, truth)
    if said is None or same_quantity(truth, Fraction(0), said) is not False:
        return None
    assert isinstance(truth.amount, Number)
    return Draft(_integer_answer(truth.amount.value), name, statement_text(rng, said))


def _right_integer(rng: Random) -> Draft:
    value = quantities.draw_integer(rng)
    form, text = quantity_paraphrases.of_integer(rng, value)
    return Draft(_integer_answer(value), form, text)


def _plain_integer(rng: Random) -> tuple[dict[str, Any], str, str]:
    value = quantities.draw_integer(rng)
    return _integer_answer(value), str(value), str(value + rng.choice((-3, -1, 1, 2, 10)))


def _wrong_number(rng: Random) -> Draft | None:
    truth, tolerance = quantities.draw_number(rng)
    name = rng.choice(tuple(quantity_mutations.MUTATIONS))
    said = quantity_mutations.MUTATIONS[name](rng, truth)
    if said is None:
        return None
    allowed = DEFAULT_TOLERANCE if tolerance is None else tolerance
    if same_quantity(truth, allowed, said) is not False:
        return None
    return Draft(_number_answer(truth, tolerance), name, statement_text(rng, said))


def _right_number(rng: Random) -> Draft:
    truth, tolerance = quantities.draw_number(rng)
    allowed = DEFAULT_TOLERANCE if tolerance is None else tolerance
    form, text = quantity_paraphrases.of_number(rng, truth, allowed)
    return Draft(_number_answer(truth, tolerance), form, text)


def _plain_number(rng: Random) -> tuple[dict[str, Any], str, str]:
    truth, tolerance = quantities.draw_number(rng)
    assert isinstance(truth.amount, Number)
    other = Measure(Number(truth.amount.value * rng.choice((2, 3, 5))), truth.unit)
    answer = _number_answer(truth, tolerance)
    return answer, statement_text(rng, truth), statement_text(rng, other)


# Choices
# ------------------------------------------------------------------------------------------------


def _choice_answer(question: options.Question) -> dict[str, Any]:
    return {"kind": "choice", "value": question.text, "options": list(question.options)}


def _wrong_choice(rng: Random) -> Draft | None:
    question = options.draw_question(rng)
    name = rng.choice(tuple(options.MUTATIONS_OF_CHOICES))
    mutated = options.MUTATIONS_OF_CHOICES[name](rng, question)
    if mutated is None or same_options(frozenset({question.truth}), mutated[1]):
        return None
    return Draft(_choice_answer(question), name, mutated[0])


def _right_choice(rng: Random) -> Draft:
    question = options.draw_question(rng)
    form, text, whole = options.paraphrase(rng, question)
    return Draft(_choice_answer(question), form, text, whole)


def _plain_choice(rng: Random) -> tuple[dict[str, Any], str, str]:
    question = options.draw_question(rng)
    other = rng.choice([n for n in range(len(question.options)) if n != question.truth])
    if rng.random() < 0.5:
        return _choice_answer(question), question.letter, options.LETTERS[other]
    return _choice_answer(question), question.text, question.options[other]


def _set_answer(question: option_sets.SetQuestion) -> dict[str, Any]:
    values = [question.options[n] for n in sorted(question.truth)]
    return {"kind": "choices", "value": values, "options": list(question.options)}


def _wrong_set(rng: Random) -> Draft | None:
    question = option_sets.draw_set_question(rng)
    name = rng.choice(tuple(option_sets.MUTATIONS_OF_SETS))
    mutated = option_sets.MUTATIONS_OF_SETS[name](rng, question)
    if mutated is None or same_options(question.truth, mutated[1]):
        return None
    return Draft(_set_answer(question), name, mutated[0])


def _right_set(rng: Random) -> Draft:
    question = option_sets.draw_set_question(rng)
    return Draft(_set_answer(question), *option_sets.paraphrase(rng, question))


def _plain_set(rng: Random) -> tuple[dict[str, Any], str, str]:
    question = option_sets.draw_set_question(rng)
    right = ", ".join(options.LETTERS[n] for n in sorted(question.truth))
    outside = [n for n in range(len(question.options)) if n not in question.truth]
    other = ", ".join(options.LETTERS[n] for n in (*outside, min(question.truth)))
    return _set_answer(question), right, other


# Text
# ---------------------------------------------------------------------------------------------------


def _text_answer(phrase: phrases.Phrase) -> dict[str, Any]:
    return {"kind": "text", "value": str(phrase)}


def _wrong_text(rng: Random) -> Draft | None:
    phrase = phrases.draw_phrase(rng)
    name = rng.choice(tuple(phrases.MUTATIONS_OF_PHRASES))
    text = phrases.MUTATIONS_OF_PHRASES[name](rng, phrase)
    if text is None or phrases.same_phrase(phrase, text):
        return None
    return Draft(_text_answer(phrase), name, text)


def _right_text(rng: Random) -> Draft:
    phrase = phrases.draw_phrase(rng)
    return Draft(_text_answer(phrase), *phrases.paraphrase(rng, phrase))


def _plain_text(rng: Random) -> tuple[dict[str, Any], str, str]:
    phrase = phrases.draw_phrase(rng)
    other = phrases.draw_phrase(rng)
    while other == phrase:
        other = phrases.draw_phrase(rng)
    return _text_answer(phrase), str(phrase), str(other)


# Expressions
# --------------------------------------------------------------------------------------------


def _wrong_expression(rng: Random) -> Draft | None:
    drawn = expression_pairs.near_miss(rng)
    return (
        Draft({"kind": "expression", "value": drawn.truth}, drawn.form, drawn.text)
        if drawn
        else None
    )


def _right_expression(rng: Random) -> Draft:
    drawn = expression_pairs.paraphrase(rng)
    return Draft({"kind": "expression", "value": drawn.truth}, drawn.form, drawn.text)


_DRAWN: dict[str, tuple[Callable[[Random], Draft | None], Callable[[Random], Draft]]] = {
    "integer": (_wrong_integer, _right_integer),
    "number": (_wrong_number, _right_number),
    "choice": (_wrong_choice, _right_choice),
    "choices": (_wrong_set, _right_set),
    "expression": (_wrong_expression, _right_expression),
    "text": (_wrong_text, _right_text),
}
_PLAIN: dict[str, Callable[[Random], tuple[dict[str, Any], str, str]]] = {
    "integer": _plain_integer,
    "number": _plain_number,
    "choice": _plain_choice,
    "choices": _plain_set,
    "text": _plain_text,
}
