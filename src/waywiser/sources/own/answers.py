"""Answers of other people's rows as typed answers, and how options are numbered in a dataset."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from waywiser.answers import as_answer, grade
from waywiser.errors import DatasetError
from waywiser.prompting import LETTERS
from waywiser.sample import Answer
from waywiser.sources.own.fields import text_list
from waywiser.sources.own.options import Options, option_of_number, options_in, read_options
from waywiser.sources.own.responses import split_response
from waywiser.sources.raw_question import RawQuestion
from waywiser.sources.typing_answers import bare_choice, short_unit, typed
from waywiser.tasks.completion import format_answer

FROM_QUESTION = "options were found in the question's text"
FROM_ZERO = "answers are options by number, counted from 0"
FROM_ONE = "answers are options by number, counted from 1"
_COUNTED = ("index", "index1")
MAX_ANSWER = 4000
"""Characters of an answer that is text."""


@dataclass(frozen=True, slots=True)
class TypedQuestion:
    """A question's answer, its options, the chain before it, and the guesses that were made."""

    answer: Answer
    options: list[str] | None
    reasoning: str | None
    notes: list[str]


def type_answer(raw: RawQuestion, numbering: str | None) -> TypedQuestion:
    """The typed answer of a question.

    `numbering` says what a number means where there are options: "index" (from 0), "index1", or None for the
    option's own text. Raises DatasetError for an answer that is missing, or that its own grader refuses.
    """
    notes = list(raw.notes)
    reasoning = raw.reasoning
    value = raw.answer
    if isinstance(value, str):
        value = text_list(value) or value
    if isinstance(value, list | tuple):
        value = _only(value)
    if value is None and raw.response is not None:
        response = split_response(raw.response)
        value, reasoning = response.answer, reasoning or response.reasoning
        if response.note:
            notes.append(response.note)
    if value is None or not str(value).strip():
        raise DatasetError("the row has no answer")

    given = read_options(raw.options)
    options = given.texts if given else None
    if (known := _typed_already(value)) is not None:
        return TypedQuestion(known, known.options or options, _without_tags(reasoning), notes)

    text = _whole_number(value)
    kind = raw.kind
    if given is None and _may_choose(text) and (listed := options_in(raw.text)) and _names(text, listed):
        text = Options(listed, list(LETTERS[: len(listed)])).named(text) or text
        options, kind = listed, "auto"
        notes.append(FROM_QUESTION)
    elif given is not None:
        text, note = _choice(text, raw.kind, given, numbering)
        options, kind = _as_listed(raw.text, given.texts), "auto"
        notes += [note] if note else []

    unit = short_unit(raw.unit) or raw.unit if raw.unit else None
    answer = typed(text, kind, options, unit)
    if answer.kind == "text" and len(text) > MAX_ANSWER:
        raise DatasetError(f"the answer has more than {MAX_ANSWER} characters")
    _check(answer)
    return TypedQuestion(answer, options, _without_tags(reasoning), notes)


def numbering_of(questions: Iterable[RawQuestion]) -> str | None:
    """What a number as answer means in a dataset whose questions have options, by looking at many of them.

    Written as a number, it is the option's number unless that cannot be; written as text, it is the option's own
    text unless that cannot be. Counted from 0 unless a number is as large as there are options.
    """
    seen: list[tuple[int, int]] = []
    as_text = True
    as_numbers = False
    for raw in questions:
        try:
            given = read_options(raw.options)
        except DatasetError:
            continue
        if given is None or isinstance(raw.answer, bool) or not isinstance(raw.answer, int | float | str):
            continue

        text = _counted(_whole_number(raw.answer), given)
        if raw.kind in _COUNTED or not text.isdigit() or given.named(text) is not None:
            continue
        seen.append((int(text), len(given.texts)))
        as_text = as_text and (text in given.texts or option_of_number(text, given.texts) is not None)
        as_numbers = as_numbers or isinstance(raw.answer, int)

    if not seen or (as_text and not as_numbers):
        return None
    if all(number < count for number, count in seen):
        return "index"
    if all(1 <= number <= count for number, count in seen):
        return "index1"
    return None


def _choice(text: str, kind: str, given: Options, numbering: str | None) -> tuple[str, str | None]:
    """The words or the letter of the option that an answer means, and how its number was read if that was guessed."""
    text = _counted(text, given)
    if kind in _COUNTED:
        return str(typed(text, kind, given.texts).value), None
    if (named := given.named(text)) is not None:
        return named, None
    if numbering and text.isdigit():
        return str(typed(text, numbering, given.texts).value), FROM_ZERO if numbering == "index" else FROM_ONE
    if text in given.texts:
        return text, None
    return option_of_number(text, given.texts) or text, None


def _counted(text: str, given: Options) -> str:
    """The number of an option as a table with gaps writes it: 1 for "1.0", which is no option's text."""
    whole, _, rest = text.partition(".")
    return whole if whole.isdigit() and rest == "0" and text not in given.texts else text


def _as_listed(question: str, options: list[str]) -> list[str]:
    """The options in the order of the question's own letters, where it lists the same ones."""
    listed = options_in(question)
    return listed if listed and sorted(listed) == sorted(options) else options


def _typed_already(value: Any) -> Answer | None:
    """A typed answer, as a mapping or its JSON text; None for plain ones. Raises DatasetError for a broken one."""
    if isinstance(value, str) and value.lstrip().startswith('{"'):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if not isinstance(value, Mapping):
        return None
    if not {"kind", "value"} <= value.keys():
        raise DatasetError("the answer is a mapping without kind and value")
    return as_answer({name: field for name, field in value.items() if field is not None})


def _only(values: Any) -> Any:
    """The answer of a list of one, or of annotators who all say the same."""
    said = [value["answer"] if isinstance(value, Mapping) and "answer" in value else value for value in values]
    distinct = list(dict.fromkeys(str(value) for value in said))
    if len(distinct) != 1:
        raise DatasetError("the row has several answers: name one by a mapping")
    return said[0]


def _whole_number(value: Any) -> str:
    """As text; 3.0, as a table with gaps holds an integer, is 3."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _may_choose(text: str) -> bool:
    return len(text) <= 200 and "\n" not in text


def _names(text: str, options: list[str]) -> bool:
    """Whether an answer is a letter of, or one of, some options that were found by looking."""
    letter = text.strip("()[]. ").upper()
    if len(letter) == 1 and letter.isascii() and letter.isalpha():
        return ord(letter) - ord("A") < len(options)
    return bare_choice(text.strip(" ."), options) in options


def _check(answer: Answer) -> None:
    """Raise DatasetError where the answer, written out, is not right by its own grader."""
    if answer.kind == "text":
        return
    verdict = grade(f"<answer>{format_answer(answer)}</answer>", answer)
    if verdict.outcome == "ambiguous" and answer.kind == "choice" and answer.options:
        # Options that are letters of others: alone they may mean two things, behind their own letter they do not.
        letter = chr(ord("A") + answer.options.index(str(answer.value)))
        verdict = grade(f"<answer>{letter}. {answer.value}</answer>", answer)
    if verdict.outcome != "right":
        raise DatasetError(f"the answer is not right by its own grader ({verdict.outcome})")


def _without_tags(reasoning: str | None) -> str | None:
    if reasoning is None:
        return None
    text = reasoning
    for tag in ("<think>", "</think>", "<answer>", "</answer>"):
        text = text.replace(tag, "")
    return text.strip() or None
