"""Any local or hub dataset by a mapping in YAML: which field is what, and how its answer is written.

Shipped mappings: geometry3k, geometry3k-hub, mathv360k, mmk12, gsm8k (`waywiser/sources/mappings/*.yaml`).
"""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from waywiser import __version__
from waywiser.errors import DatasetError, RecipeError
from waywiser.recipe import load_recipe, nearest
from waywiser.sample import Sample
from waywiser.sources.base import Bad, checked
from waywiser.sources.pictures import MAX_BYTES, picture_bytes
from waywiser.sources.tables import Rows, open_rows
from waywiser.sources.typing_answers import typed

_PLACE = re.compile(r"\s*<image>\s*")


class AnswerMapping(BaseModel):
    """Where the answer stands: a field (dotted path) and, with `pattern`, the first group of its last match in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    kind: Literal["auto", "integer", "number", "choice", "expression", "text"] = "auto"
    pattern: str | None = None
    unit: str | None = None

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None and _compiled(value).groups < 1:
            raise ValueError("the pattern needs a group that holds the answer")
        return value


class FieldMapping(BaseModel):
    """Fields are dotted paths into a row: `conversations.0.value`. See docs/curation.md.

    `options` names a list of options or a mapping of them; `options_pattern` cuts them from the question instead
    (one match an option, its last group). `question_pattern` keeps the first group of its match in the question,
    after the options were cut. `images` names a path, encoded bytes, a {bytes, path} or a list of these.
    `images_folder` is put before paths of pictures. `reasoning` names a chain to keep; `reasoning_pattern` keeps its
    first group, without what matches `reasoning_without`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    licence: str
    question: str
    answer: AnswerMapping
    task: str = "general"
    task_field: str | None = None
    id: str | None = None
    images: str | None = None
    images_folder: str = ""
    picture_name: str | None = None
    options: str | None = None
    options_pattern: str | None = None
    question_pattern: str | None = None
    reasoning: str | None = None
    reasoning_pattern: str | None = None
    reasoning_without: str | None = None
    where: dict[str, str] = {}
    """Rows kept: field -> the text that it must equal."""

    @field_validator("options_pattern", "question_pattern", "reasoning_pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None and _compiled(value).groups < 1:
            raise ValueError("the pattern needs a group")
        return value

    @field_validator("reasoning_without")
    @classmethod
    def _is_a_pattern(cls, value: str | None) -> str | None:
        if value is not None:
            _compiled(value)
        return value


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None


def load_mapping(name: str) -> FieldMapping:
    """A shipped mapping by name, or a mapping file by path. Raises RecipeError."""
    folder = Path(str(files("waywiser.sources") / "mappings"))
    shipped = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    if name in shipped:
        return load_recipe(shipped[name], FieldMapping)
    if not name.endswith((".yaml", ".yml")):
        near = nearest(name, shipped)
        raise RecipeError(
            f"unknown mapping {name!r}: choose {', '.join(shipped)}, or name a YAML file"
            + (f"; did you mean {near!r}?" if near else "")
        )
    return load_recipe(name, FieldMapping)


class MappedSource:
    """Rows of a file, folder or hub dataset as samples."""

    def __init__(self, name: str, path: str, mapping: FieldMapping, *, count: int | None = None, split: str = "train"):
        self.name, self.licence, self._mapping = name, mapping.licence, mapping
        self._rows: Rows = open_rows(path, split)
        self._count = len(self._rows) if count is None else min(count, len(self._rows))

    def __len__(self) -> int:
        return self._count

    def items(self, start: int, stop: int) -> Iterator[Sample | Bad]:
        for index, row in zip(range(start, stop), self._rows.read(start, stop), strict=True):
            where = f"{self.name} {index}"
            if isinstance(row, Exception):
                yield Bad(where, str(row))
                continue
            try:
                yield checked(self._sample(row, index), where)
            except DatasetError as error:
                yield Bad(where, str(error))

    def _sample(self, row: Mapping[str, Any], index: int) -> Sample:
        m = self._mapping
        for name, wanted in m.where.items():
            if str(value_at(row, name)) != wanted:
                raise DatasetError(f"not wanted: {name} is not {wanted}")
        question = text_at(row, m.question)
        options = _options(row, m, question)
        if m.options_pattern and options:
            question = question[: next(re.finditer(m.options_pattern, question, re.M)).start()]
        if m.question_pattern:
            question = _cut(m.question_pattern, question, "the question", last=False)
        answer_text = text_at(row, m.answer.field)
        if m.answer.pattern:
            answer_text = _cut(m.answer.pattern, answer_text, "the answer")
        answer = typed(answer_text, m.answer.kind, options, m.answer.unit)
        reasoning = text_at(row, m.reasoning) if m.reasoning else None
        if reasoning and m.reasoning_pattern:
            reasoning = _cut(m.reasoning_pattern, reasoning, "the reasoning", last=False)
        if reasoning and m.reasoning_without:
            reasoning = re.sub(m.reasoning_without, "", reasoning).strip()
        identifier = str(value_at(row, m.id)) if m.id else str(index)
        question = _PLACE.sub(" ", question).strip()
        if not question:
            raise DatasetError("the question is empty")
        return Sample(
            id=f"{self.name}-{identifier}",
            split="",
            domain="general",
            task=str(value_at(row, m.task_field)) if m.task_field else m.task,
            source=self.name,
            question=question,
            options=options,
            answer=answer,
            images=_images(row, m, self._rows.root),
            reasoning=reasoning,
            version=__version__,
        )


def value_at(row: Any, path: str) -> Any:
    """The value at a dotted path; raises DatasetError where there is none."""
    value = row
    for part in path.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            raise DatasetError(f"the row has no field {path!r}") from None
    return value


def text_at(row: Any, path: str) -> str:
    """The text at a dotted path. Raises DatasetError for nothing, and for something that is neither text nor number."""
    value = value_at(row, path)
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
        raise DatasetError(f"field {path!r} holds no text")
    return str(value)


def _cut(pattern: str, text: str, what: str, *, last: bool = True) -> str:
    found = list(re.finditer(pattern, text, re.S | re.M))
    if not found:
        raise DatasetError(f"{what} does not have the form {pattern}")
    return (found[-1] if last else found[0]).group(1).strip()


def _options(row: Any, m: FieldMapping, question: str) -> list[str] | None:
    if m.options_pattern:
        found = [match.group(match.re.groups).strip() for match in re.finditer(m.options_pattern, question, re.M)]
    elif m.options:
        value = value_at(row, m.options)
        value = list(value.values()) if isinstance(value, Mapping) else value
        if value is None:
            return None
        if not isinstance(value, list):
            raise DatasetError(f"field {m.options!r} is no list of options")
        found = [str(option).strip() for option in value]
    else:
        return None
    if found and len(set(found)) != len(found):
        raise DatasetError("two options are the same")
    return found or None


def _images(row: Any, m: FieldMapping, root: Path) -> list[bytes]:
    if m.images is None and m.picture_name is None:
        return []
    if m.picture_name:  # a picture of this name lies beside the row's own file
        folder = Path(str(row["_file"])).parent
        return [picture_bytes(m.picture_name, folder, MAX_BYTES)]
    value = value_at(row, m.images or "")
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    return [picture_bytes(f"{m.images_folder}{v}" if isinstance(v, str) else v, root, MAX_BYTES) for v in values]
