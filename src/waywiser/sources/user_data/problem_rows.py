"""Rows of a question and its answer in fields of their own."""

import re
from collections.abc import Mapping
from typing import Any

from waywiser.errors import DatasetError
from waywiser.sources.raw_question import RawQuestion
from waywiser.sources.user_data.chat_rows import VIDEO_PLACEHOLDER, questions_from_messages
from waywiser.sources.user_data.fields import (
    as_list,
    extract_tagged_media,
    find_id,
    find_pictures,
    find_task,
    find_videos,
    is_missing,
    is_quality_label,
)

QUESTION_KEYS = ("problem", "question", "query", "instruction", "prompt", "input")
ANSWER_KEYS = (
    *(
        "answer",
        "ground_truth",
        "gt_answer",
        "correct_answer",
        "final_answer",
        "gold",
        "label",
        "target",
    ),
    *("correct_choice_idx", "answer_idx", "multiple_choice_answer", "answers"),
)
RESPONSE_KEYS = ("solution", "response", "output", "completion", "chosen", "rationale")
CONTEXT_KEYS = ("context", "hint", "passage")
OPTION_KEYS = ("options", "choices", "candidates", "multi-choice options")
REASONING_KEYS = (
    "process",
    "reasoning",
    "think",
    "thinking",
    "reasoning_content",
    "cot",
    "chain_of_thought",
)
_KINDS = {"regression": "number", "free-form": "text", "ocr": "text"}
_LETTER_COLUMNS = "ABCDEFGH"
_OPTION_COLUMN = re.compile(r"(?:option|choice)[ _]?([a-h]|\d)", re.I)
_REPLY_MARKS = ("<answer>", "<CONCLUSION>", "<|begin_of_box|>", "</think>", "\\boxed", "\n####")
CONTEXT_ADDED = "a hint or a context stands before the question"


def questions_from_problem(row: Mapping[str, Any]) -> list[RawQuestion]:
    """The question of a row. Raises DatasetError for a row without a question or an answer."""
    if not is_missing(row.get("history")):
        return _questions_from_history(row)

    text = _first_text(row, QUESTION_KEYS)
    if text is None:
        raise DatasetError("the row has no question (problem, question, query or instruction)")

    if (
        not is_missing(row.get("instruction"))
        and isinstance(row.get("input"), str)
        and row["input"].strip()
    ):
        text = f"{row['instruction']}\n{row['input']}"

    answer, response, reasoning = _find_answer(row)
    if answer is None and response is None:
        raise DatasetError("the row has no answer (answer, solution, ground_truth or response)")

    text, own_pictures, own_videos = extract_tagged_media(text)
    pictures, videos = (
        (own_pictures, own_videos) if own_pictures or own_videos else _find_media(row)
    )
    context = _find_context(row, text)
    task = find_task(row)

    return [
        RawQuestion(
            text=f"{context}{text.replace(VIDEO_PLACEHOLDER, '').strip()}",
            answer=answer,
            response=response,
            options=_find_options(row),
            pictures=pictures,
            videos=videos,
            reasoning=reasoning,
            kind=_KINDS.get(task or "", "auto"),
            unit=row["unit"] if isinstance(row.get("unit"), str) and row["unit"].strip() else None,
            task=task,
            id=find_id(row),
            notes=[CONTEXT_ADDED] if context else [],
        )
    ]


def _questions_from_history(row: Mapping[str, Any]) -> list[RawQuestion]:
    """Questions of a row whose earlier turns stand in `history`, as pairs of what was asked and
    replied.
    """
    pairs = [*as_list(row["history"]), [row.get("query"), row.get("response")]]
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        raise DatasetError("a history is not a list of [question, reply] pairs")
    turns = [{"user": question, "assistant": reply} for question, reply in pairs]
    return questions_from_messages({**row, "messages": turns})


def _find_context(row: Mapping[str, Any], question: str) -> str:
    """What is to be read before the question, with the end of its line; nothing where the question
    has it already.
    """
    context = (_first_text(row, CONTEXT_KEYS) or "").strip()
    return f"{context}\n" if context and context not in question else ""


def _find_answer(row: Mapping[str, Any]) -> tuple[Any, str | None, str | None]:
    """The answer by itself, or a reply that ends in it; and a chain of thought."""
    answer = _first_value(row, ANSWER_KEYS)
    response = _first_text(row, RESPONSE_KEYS)
    reasoning = _first_text(row, REASONING_KEYS)

    if response is not None and "<answer>" in response.lower():
        return (
            None,
            response,
            reasoning,
        )  # a solution in tags says what the answer is, whatever else the row has

    if isinstance(answer, str) and _is_reply(answer):
        return None, answer, reasoning
    if answer is None:
        return None, response, reasoning

    return answer, None, reasoning or response


def _is_reply(answer: str) -> bool:
    return any(mark in answer for mark in _REPLY_MARKS)


def _find_options(row: Mapping[str, Any]) -> Any:
    options = _first_value(row, OPTION_KEYS)
    if options is not None:
        return options

    columns = {letter: row[letter] for letter in _LETTER_COLUMNS if not is_missing(row.get(letter))}
    if len(columns) >= 2 and "A" in columns and "B" in columns:
        return columns

    named = {
        match[1].upper(): row[key] for key in row if (match := _OPTION_COLUMN.fullmatch(str(key)))
    }

    return named if len(named) >= 2 else None


def _find_media(row: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """Pictures and videos; a `path` is what `data_type` says it is (Video-R1, SpaceR)."""
    kind = row.get("data_type")
    path = row.get("path")
    if kind in ("image", "video") and not is_missing(path):
        return ([path], []) if kind == "image" else ([], [path])
    return find_pictures(row), find_videos(row)


def _first_value(row: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next(
        (
            row[key]
            for key in keys
            if not is_missing(row.get(key)) and not is_quality_label(key, row[key])
        ),
        None,
    )


def _first_text(row: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next(
        (row[key] for key in keys if isinstance(row.get(key), str) and row[key].strip()), None
    )
