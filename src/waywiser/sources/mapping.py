"""Read any local or hub dataset by a mapping in YAML: which field is what, and how answers are
written.

Shipped mappings: geometry3k, geometry3k-hub, mathv360k, mmk12, gsm8k
(`waywiser/sources/mappings/*.yaml`).
"""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from waywiser import __version__
from waywiser.errors import DatasetError, RecipeError
from waywiser.recipe import load_config_file, nearest_name
from waywiser.sample import Sample
from waywiser.sources.answer_parsing import parse_answer
from waywiser.sources.base import InvalidItem, verify_gold
from waywiser.sources.field_mapping import FieldMapping
from waywiser.sources.picture_bytes import MAX_PICTURE_BYTES, read_picture_bytes
from waywiser.sources.raw_question import RawQuestion
from waywiser.sources.row_readers import Rows
from waywiser.sources.rows import open_rows

_IMAGE_PLACEHOLDER = re.compile(r"\s*<image>\s*")


def load_mapping(name: str) -> FieldMapping:
    """A shipped mapping by name, or a mapping file by path. Raises RecipeError."""
    folder = Path(str(files("waywiser.sources") / "mappings"))
    shipped = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    if name in shipped:
        return load_config_file(shipped[name], FieldMapping)

    if not name.endswith((".yaml", ".yml")):
        near = nearest_name(name, shipped)
        raise RecipeError(
            f"unknown mapping {name!r}: choose {', '.join(shipped)}, or name a YAML file"
            + (f"; did you mean {near!r}?" if near else "")
        )

    return load_config_file(name, FieldMapping)


class MappedSource:
    """Rows of a file, folder or hub dataset as samples.

    Args:
        name: name of the source.
        path: a file, folder, glob or hub:NAME.
        mapping: which field of a row is what.
        count: maximum number of items; None takes all.
        split: split to read.
        images: folder that relative paths of pictures start from; None: the folder of the data.
    """

    def __init__(
        self,
        name: str,
        path: str,
        mapping: FieldMapping,
        *,
        count: int | None = None,
        split: str = "train",
        images: Path | None = None,
    ) -> None:
        self.name = name
        self.licence = mapping.licence
        self._mapping = mapping
        self._images = images
        self._rows: Rows = open_rows(path, split)
        self._count = len(self._rows) if count is None else min(count, len(self._rows))

    def __len__(self) -> int:
        return self._count

    def items(self, start: int, stop: int) -> Iterator[Sample | InvalidItem]:
        for index, row in zip(range(start, stop), self._rows.read(start, stop), strict=True):
            where = f"{self.name} {index}"

            if isinstance(row, Exception):
                yield InvalidItem(where, str(row))
                continue

            try:
                yield verify_gold(self._sample(row, index), where)
            except DatasetError as error:
                yield InvalidItem(where, str(error))

    def _sample(self, row: Mapping[str, Any], index: int) -> Sample:
        raw = map_row(row, self._mapping)
        if raw.videos:
            raise DatasetError("a question about a video: give frames as images")

        root = self._images or self._rows.root
        question = _IMAGE_PLACEHOLDER.sub(" ", raw.text).strip()
        if not question:
            raise DatasetError("the question is empty")

        return Sample(
            id=f"{self.name}-{raw.id if raw.id is not None else index}",
            split="",
            domain="general",
            task=raw.task or "general",
            source=self.name,
            question=question,
            options=raw.options,
            answer=parse_answer(str(raw.answer), raw.kind, raw.options, raw.unit),
            images=[read_picture_bytes(value, root, MAX_PICTURE_BYTES) for value in raw.pictures],
            reasoning=raw.reasoning,
            version=__version__,
        )


def map_row(row: Mapping[str, Any], mapping: FieldMapping) -> RawQuestion:
    """The question of a row, by a mapping. Raises DatasetError for a row that does not fit it."""
    for name, expected in mapping.where.items():
        if str(value_at(row, name)) != expected:
            raise DatasetError(f"row filtered by where: {name} is not {expected}")

    question = text_at(row, mapping.question)
    options = _options(row, mapping, question)
    if mapping.options_pattern and options:
        question = question[: next(re.finditer(mapping.options_pattern, question, re.M)).start()]
    if mapping.question_pattern:
        question = _extract_group(mapping.question_pattern, question, "the question", last=False)

    answer = text_at(row, mapping.answer.field)
    if mapping.answer.pattern:
        answer = _extract_group(mapping.answer.pattern, answer, "the answer")

    return RawQuestion(
        text=question,
        answer=answer,
        options=options,
        pictures=_pictures(row, mapping),
        videos=_videos(row, mapping),
        reasoning=_reasoning(row, mapping),
        kind=mapping.answer.kind,
        unit=mapping.answer.unit,
        task=str(value_at(row, mapping.task_field)) if mapping.task_field else mapping.task,
        id=str(value_at(row, mapping.id)) if mapping.id else None,
    )


def value_at(row: Any, path: str) -> Any:
    """The value at a dotted path. Raises DatasetError if the row has none."""
    value = row

    for part in path.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            raise DatasetError(f"the row has no field {path!r}") from None

    return value


def text_at(row: Any, path: str) -> str:
    """The text at a dotted path. Raises DatasetError unless it is a number or a text with words."""
    value = value_at(row, path)
    if (
        isinstance(value, bool)
        or not isinstance(value, str | int | float)
        or not str(value).strip()
    ):
        raise DatasetError(f"field {path!r} holds no text")

    return str(value)


def _extract_group(pattern: str, text: str, what: str, *, last: bool = True) -> str:
    matches = list(re.finditer(pattern, text, re.S | re.M))
    if not matches:
        raise DatasetError(f"{what} does not have the form {pattern}")
    return (matches[-1] if last else matches[0]).group(1).strip()


def _reasoning(row: Mapping[str, Any], mapping: FieldMapping) -> str | None:
    if not mapping.reasoning:
        return None

    reasoning = text_at(row, mapping.reasoning)

    if mapping.reasoning_pattern:
        reasoning = _extract_group(
            mapping.reasoning_pattern, reasoning, "the reasoning", last=False
        )

    if mapping.reasoning_without:
        reasoning = re.sub(mapping.reasoning_without, "", reasoning).strip()

    return reasoning


def _options(row: Any, m: FieldMapping, question: str) -> list[str] | None:
    if m.options_pattern:
        matches = [
            match.group(match.re.groups).strip()
            for match in re.finditer(m.options_pattern, question, re.M)
        ]
    elif m.options:
        value = _value_or_none(row, m.options)
        value = list(value.values()) if isinstance(value, Mapping) else value
        if value is None:
            return None
        if not isinstance(value, list):
            raise DatasetError(f"field {m.options!r} is not a list of options")

        matches = [str(option).strip() for option in value]
    else:
        return None

    if matches and len(set(matches)) != len(matches):
        raise DatasetError("two options are the same")

    return matches or None


def _pictures(row: Any, mapping: FieldMapping) -> list[Any]:
    if mapping.picture_name:  # a picture of this name lies beside the row's own file
        return [Path(str(row["_file"])).absolute().parent / mapping.picture_name]
    return [
        _prepend_folder(value, mapping.images_folder)
        for value in _field_values(row, mapping.images)
    ]


def _videos(row: Any, mapping: FieldMapping) -> list[Any]:
    """The video of a row: a path, or a list of frames, which is one video."""
    values = _field_values(row, mapping.videos)
    values = [_prepend_folder(value, mapping.images_folder) for value in values]
    return [values] if len(values) > 1 else values


def _field_values(row: Any, path: str | None) -> list[Any]:
    """The values of a field, none where the row does not have it."""
    value = _value_or_none(row, path) if path else None
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _value_or_none(row: Any, path: str) -> Any:
    """The value at a dotted path; None where the row lacks the field, as where it is null."""
    try:
        return value_at(row, path)
    except DatasetError:
        return None


def _prepend_folder(value: Any, folder: str) -> Any:
    return f"{folder}{value}" if isinstance(value, str) else value
