"""Which field of a dataset's rows is what, and how its answers are written."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator


class AnswerMapping(BaseModel):
    """Where the answer is in a row, and how it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    """Dotted path of the field."""
    kind: Literal[
        "auto", "integer", "number", "choice", "expression", "text", "index", "index1"
    ] = "auto"
    """How to read it; "index" is the number of an option counted from 0, "index1" from 1."""
    pattern: str | None = None
    """Regular expression; the answer is the first group of its last match in the field."""
    unit: str | None = None
    """Unit of a number that is written without one."""

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None and _compile_pattern(value).groups < 1:
            raise ValueError("the pattern needs a group that holds the answer")
        return value


class FieldMapping(BaseModel):
    """Which field of a row is what (docs/guide/curate.md).

    Fields are given as dotted paths into a row, such as `conversations.0.value`.

    Example:
        >>> mapping = FieldMapping(question="problem", answer=AnswerMapping(field="solution"))
        >>> map_row({"problem": "1 + 1?", "solution": "2"}, mapping).text
        '1 + 1?'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    licence: str = "unstated"
    """License of the dataset."""
    question: str
    """Field of the question."""
    answer: AnswerMapping
    """Where the answer is."""
    task: str = "general"
    """Task of all samples, unless `task_field` is set."""
    task_field: str | None = None
    """Field of the task."""
    id: str | None = None
    """Field of the id; None: the row number."""
    images: str | None = None
    """Field of a path, data: address, base64 text, encoded bytes, {bytes, path} or a list of these;
    a row without it has no pictures.
    """
    videos: str | None = None
    """Field of a video's path or list of frames (for training; `curate` accepts no videos)."""
    images_folder: str = ""
    """Prefix of all paths of pictures."""
    picture_name: str | None = None
    """File name of the picture in the folder of the row's own file, instead of `images`."""
    options: str | None = None
    """Field of a list or mapping of options."""
    options_pattern: str | None = None
    """Regular expression that cuts options from the question: one match per option, last group."""
    question_pattern: str | None = None
    """Regular expression; the first group of its first match in the question, without the options,
    is kept.
    """
    reasoning: str | None = None
    """Field of a chain of thought to keep."""
    reasoning_pattern: str | None = None
    """Regular expression; the first group of its first match in the chain is kept."""
    reasoning_without: str | None = None
    """Regular expression of text to remove from the chain."""
    where: dict[str, str] = {}
    """Rows to keep: field -> the text that it must equal."""

    @field_validator("options_pattern", "question_pattern", "reasoning_pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None and _compile_pattern(value).groups < 1:
            raise ValueError("the pattern needs a group")
        return value

    @field_validator("reasoning_without")
    @classmethod
    def _is_a_pattern(cls, value: str | None) -> str | None:
        if value is not None:
            _compile_pattern(value)
        return value


def _compile_pattern(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
