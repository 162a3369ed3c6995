"""Parse answers of foreign rows as typed answers, and infer how a dataset numbers its options."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from waywiser.answers import as_answer, grade
from waywiser.errors import DatasetError
from waywiser.prompting import OPTION_LETTERS
from waywiser.sample import Answer
from waywiser.sources.answer_parsing import parse_answer, short_unit, strip_option_label
from waywiser.sources.raw_question import RawQuestion
from waywiser.sources.user_data.fields import parse_text_list
from waywiser.sources.user_data.options import (
    LabeledOptions,
    find_listed_options,
    find_option_by_number,
    read_options,
)
from waywiser.sources.user_data.responses import split_response
from waywiser.tasks.completion import format_answer

OPTIONS_FROM_QUESTION = "options were found in the question's text"
COUNTED_FROM_ZERO = "answers are options by number, counted from 0"
COUNTED_FROM_ONE = "answers are options by number, counted from 1"
_INDEX_KINDS = ("index", "index1")
MAX_ANSWER_CHARACTERS = 4000
"""Maximum length of a text answer."""


@dataclass(frozen=True, slots=True)
class TypedQuestion:
    """The typed answer of a question, its options, its chain of thought, and guesses made."""

    answer: Answer
    options: list[str] | None
    reasoning: str | None
    notes: list[str]


def resolve_answer(raw: RawQuestion, numbering: str | None) -> TypedQuestion:
    """The typed answer of a question.

    `numbering` says what a number means if there are options: "index" (counted from 0), "index1"
    (from 1), or None for the text of an option. Raises DatasetError for an answer that is missing
    or that its own grader rejects.
    """
    notes = list(raw.notes)
    reasoning = raw.reasoning
    value = raw.answer
    if isinstance(value, str):
        value = parse_text_list(value) or value
    if isinstance(value, list | tuple):
        value = _single_answer(value)

    if value is None and raw.response is not None:
        response = split_response(raw.response)
        value = response.answer
        reasoning = reasoning or response.reasoning

        if response.note:
            notes.append(response.note)

    if value is None or not str(value).strip():
        raise DatasetError("the row has no answer")

    parsed_options = read_options(raw.options)
    options = parsed_options.texts if parsed_options else None

    if (existing := _existing_answer(value)) is not None:
        return TypedQuestion(existing, existing.options or options, _without_tags(reasoning), notes)

    text = _answer_text(value)
    kind = raw.kind

    if (
        parsed_options is None
        and _could_be_choice(text)
        and (question_options := find_listed_options(raw.text))
        and _names_an_option(text, question_options)
    ):
        text = (
            LabeledOptions(
                question_options, list(OPTION_LETTERS[: len(question_options)])
            ).option_labeled(text)
            or text
        )

        options = question_options
        kind = "auto"
        notes.append(OPTIONS_FROM_QUESTION)
    elif parsed_options is not None:
        text, note = _resolve_choice(text, raw.kind, parsed_options, numbering)
        options = _in_question_order(raw.text, parsed_options.texts)
        kind = "auto"
        notes += [note] if note else []

    unit = short_unit(raw.unit) or raw.unit if raw.unit else None
    answer = parse_answer(text, kind, options, unit)
    if answer.kind == "text" and len(text) > MAX_ANSWER_CHARACTERS:
        raise DatasetError(f"the answer has more than {MAX_ANSWER_CHARACTERS} characters")

    _check_gold(answer)
    return TypedQuestion(answer, options, _without_tags(reasoning), notes)


def infer_numbering(questions: Iterable[RawQuestion]) -> str | None:
    """What a number as answer means in a dataset whose questions have options.

    A JSON number is taken as the number of an option if that is possible, a number in a text as the
    text of an option. Numbers count from 0 unless one of them equals the number of options.
    """
    numbers: list[tuple[int, int]] = []
    as_text = True
    as_numbers = False

    for raw in questions:
        try:
            parsed_options = read_options(raw.options)
        except DatasetError:
            continue

        if (
            parsed_options is None
            or isinstance(raw.answer, bool)
            or not isinstance(raw.answer, int | float | str)
        ):
            continue

        text = _option_number(_answer_text(raw.answer), parsed_options)
        if (
            raw.kind in _INDEX_KINDS
            or not text.isdigit()
            or parsed_options.option_labeled(text) is not None
        ):
            continue

        numbers.append((int(text), len(parsed_options.texts)))
        as_text = as_text and (
            text in parsed_options.texts
            or find_option_by_number(text, parsed_options.texts) is not None
        )

        as_numbers = as_numbers or isinstance(raw.answer, int)

    if not numbers or (as_text and not as_numbers):
        return None
    if all(number < count for number, count in numbers):
        return "index"
    if all(1 <= number <= count for number, count in numbers):
        return "index1"

    return None


def _resolve_choice(
    text: str, kind: str, parsed_options: LabeledOptions, numbering: str | None
) -> tuple[str, str | None]:
    """The words or the letter of the option that an answer means, and how its number was read if
    that was guessed.
    """
    text = _option_number(text, parsed_options)
    if kind in _INDEX_KINDS:
        return str(parse_answer(text, kind, parsed_options.texts).value), None
    if (option_labeled := parsed_options.option_labeled(text)) is not None:
        return option_labeled, None

    if numbering and text.isdigit():
        return str(parse_answer(text, numbering, parsed_options.texts).value), (
            COUNTED_FROM_ZERO if numbering == "index" else COUNTED_FROM_ONE
        )

    if text in parsed_options.texts:
        return text, None

    return find_option_by_number(text, parsed_options.texts) or text, None


def _option_number(text: str, parsed_options: LabeledOptions) -> str:
    """The number of an option as a table with gaps writes it: 1 for "1.0", which is not an option's
    text.
    """
    whole, _, rest = text.partition(".")
    return whole if whole.isdigit() and rest == "0" and text not in parsed_options.texts else text


def _in_question_order(question: str, options: list[str]) -> list[str]:
    """The options in the order in which the question lists them, if it lists the same ones."""
    question_options = find_listed_options(question)
    return (
        question_options
        if question_options and sorted(question_options) == sorted(options)
        else options
    )


def _existing_answer(value: Any) -> Answer | None:
    """A typed answer, as a mapping or its JSON text; None for plain ones. Raises DatasetError for a
    broken one.
    """
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


def _single_answer(values: Any) -> Any:
    """The answer of a list whose items all agree."""
    texts = [
        value["answer"] if isinstance(value, Mapping) and "answer" in value else value
        for value in values
    ]

    distinct = list(dict.fromkeys(str(value) for value in texts))
    if len(distinct) != 1:
        raise DatasetError("the row has several answers: name one by a mapping")

    return texts[0]


def _answer_text(value: Any) -> str:
    """As text; 3.0, as a table with gaps holds an integer, is 3."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _could_be_choice(text: str) -> bool:
    return len(text) <= 200 and "\n" not in text


def _names_an_option(text: str, options: list[str]) -> bool:
    """Whether an answer is a letter of, or one of, some options that were found by looking."""
    letter = text.strip("()[]. ").upper()
    if len(letter) == 1 and letter.isascii() and letter.isalpha():
        return ord(letter) - ord("A") < len(options)
    return strip_option_label(text.strip(" ."), options) in options


def _check_gold(answer: Answer) -> None:
    """Raise DatasetError if the answer, written out, is not right by its own grader."""
    if answer.kind == "text":
        return

    verdict = grade(f"<answer>{format_answer(answer)}</answer>", answer)
    if verdict.outcome == "ambiguous" and answer.kind == "choice" and answer.options:
        # Options that are letters of others: alone they may mean two things, behind their own
        # letter they do not.
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
