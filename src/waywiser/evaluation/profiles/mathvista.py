"""MathVista (arXiv 2310.02255): the authors' scoring (MathVista@53d5258), VLMEvalKit@e8e78f05 and
lmms-eval.

`question_type` is "multi_choice/text" or "free_form/integer", ".../float", ".../list". An answer is
extracted by a judge where rules do not suffice; `stage` says whether `output` is that extraction.
"""

import re

from waywiser.errors import DatasetError
from waywiser.evaluation.profiles.edit_distance import nearest_option
from waywiser.evaluation.profiles.row import (
    OPTION_LETTERS,
    OutputRow,
    RowScore,
    binary_score,
    find_truth_letter,
)
from waywiser.evaluation.profiles.vlmevalkit_choice import infer_option

_IN_BRACKETS = re.compile(r"\(([a-zA-Z])\)")


def score_mathvista_official(row: OutputRow) -> RowScore:
    """Integers are cut to whole numbers, floats rounded to `precision`, choices are the nearest
    option's words.
    """
    extracted = row.output if row.stage != "response" else _extract_by_rule(row)
    value = _normalize_answer(extracted, row)
    note = "" if extracted else "the answer is extracted by a judge, and there was none"
    return binary_score(value == row.truth, value, note)


def score_mathvista_vlmevalkit(row: OutputRow) -> RowScore:
    """Integers by `int()`, floats exactly, lists never right. A response that rules cannot read
    goes to the judge; an integer or a float counts as read only where it is right, and 0 never
    does.
    """
    if row.stage == "response":
        return _score_final(_read_without_judge(row), row)
    return _score_final(row.output, row)


def _extract_by_rule(row: OutputRow) -> str:
    """What the authors' script extracts without a judge."""
    if is_choice(row):
        return row.output if row.output in row.options else ""
    try:
        if answer_type(row) == "integer":
            return str(int(row.output))
        return str(float(row.output)) if answer_type(row) == "float" else ""
    except ValueError:
        return ""


def _normalize_answer(text: str, row: OutputRow) -> str | None:
    if is_choice(row):
        if not row.options:
            raise DatasetError("a choice without options")

        text = text.strip()
        if lettered := _IN_BRACKETS.findall(text):
            text = lettered[0].upper()

        index = OPTION_LETTERS.find(text) if len(text) == 1 else -1
        return (
            row.options[index]
            if 0 <= index < len(row.options)
            else nearest_option(text, row.options)
        )

    try:
        if answer_type(row) == "integer":
            return str(int(float(text)))
        if answer_type(row) == "float":
            return None if row.precision is None else str(round(float(text), int(row.precision)))
    except (ValueError, OverflowError):
        return None

    return text


def _read_without_judge(row: OutputRow) -> str:
    """What is kept without a judge, "" for nothing."""
    if is_choice(row):
        return infer_option(row.output, row.options) or ""

    read = int if answer_type(row) == "integer" else float if answer_type(row) == "float" else None
    try:
        value = read(row.output) if read else None
        return row.output if value and read and value == read(row.truth) else ""
    except ValueError:
        return ""


def _score_final(text: str, row: OutputRow) -> RowScore:
    if is_choice(row):
        letter = infer_option(text, row.options)
        return binary_score(letter is not None and letter == find_truth_letter(row), letter)

    read = int if answer_type(row) == "integer" else float if answer_type(row) == "float" else None
    try:
        return binary_score(read is not None and read(text) == read(row.truth), text)
    except ValueError:
        return RowScore(0.0, text or None)


def is_choice(row: OutputRow) -> bool:
    """Whether the question offers options."""
    return row.question_type.split("/")[0] == "multi_choice"


def answer_type(row: OutputRow) -> str:
    """ "text", "integer", "float" or "list"."""
    return row.question_type.rpartition("/")[2]
