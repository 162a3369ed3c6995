"""`StoreBuilder`: rows in any known layout into a store, and why rows were left out."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from waywiser import __version__
from waywiser.dataset.schema import sample_to_row
from waywiser.dataset.store import ROW_FIELDS, StoreInfo, file_time
from waywiser.dataset.store_writer import StoreWriter
from waywiser.errors import DatasetError, MediaError
from waywiser.json_types import JsonObject
from waywiser.media import check_picture, check_video
from waywiser.prompting import strip_option_list
from waywiser.prompting.messages import IMAGE_PLACEHOLDER
from waywiser.sample import Sample
from waywiser.sources.field_mapping import FieldMapping
from waywiser.sources.mapping import map_row
from waywiser.sources.raw_question import RawQuestion
from waywiser.sources.row_media import resolve_media
from waywiser.sources.row_readers import Rows
from waywiser.sources.user_data.answers import infer_numbering, resolve_answer
from waywiser.sources.user_data.fields import normalize_placeholders
from waywiser.sources.user_data.row_layouts import (
    LAYOUTS,
    RowReader,
    canonical_layout,
    layout_of,
    read_row,
)
from waywiser.sources.user_data.user_data import UserData

MAX_INSPECTED_ROWS = 1000
"""Rows to inspect in order to detect the layout and how options are numbered."""
ROWS_PER_BATCH = 2048
_STORE_SCHEMA = pa.schema(
    [*ROW_FIELDS, pa.field("pictures", pa.list_(pa.int32())), pa.field("video", pa.int32())]
)
PLACEHOLDERS_DROPPED = (
    "the text names another number of places than there are pictures: they go before it"
)
MAX_WATCHED_FILES = 2000
"""Maximum number of missing or damaged files that are checked again before the cache is used."""


class StoreBuilder:
    """Reads all rows once: questions into the writer, reasons and guesses into counts."""

    def __init__(self, data: UserData, mapping: FieldMapping | None, writer: StoreWriter) -> None:
        self._data = data
        self._mapping = mapping
        self._writer = writer
        self._left_out_reasons: Counter[str] = Counter()
        self._examples: dict[str, str] = {}
        self._notes: Counter[str] = Counter()
        self._check_results: dict[Path, DatasetError | None] = {}
        self._ids: set[str] = set()
        self._pending: list[JsonObject] = []
        self._numbering: str | None = None
        self._watched: dict[str, int] = {}

    def read(self, rows: Rows) -> StoreInfo:
        reader, layout = self._reader(rows)
        self._numbering = self._infer_numbering(rows, reader)

        for number, row in enumerate(rows.read(0, len(rows))):
            where = f"row {number}"

            try:
                if isinstance(row, DatasetError):
                    raise row
                if self._is_of_another_split(row):
                    continue

                for raw in reader(row):
                    self._add(raw, row, number)
            except DatasetError as error:
                self._leave_out(error, where)

        self._flush()

        left_out = dict(self._left_out_reasons.most_common())
        info = StoreInfo(
            len(rows), layout, left_out, self._examples, dict(self._notes), self._watched
        )

        if not self._ids:
            raise DatasetError(
                f"no usable rows in {self._data.path}: {summarize_skipped_rows(info)}"
            )

        return info

    def _reader(self, rows: Rows) -> tuple[RowReader, str]:
        if self._mapping is not None:
            mapping = self._mapping
            return lambda row: [map_row(row, mapping)], "mapping"
        if self._data.layout == "auto":
            layout = layout_of(_readable_rows(rows, MAX_INSPECTED_ROWS))
            return lambda row: read_row(row, layout), layout

        layout = canonical_layout(self._data.layout)
        return LAYOUTS[layout], layout

    def _infer_numbering(self, rows: Rows, reader: RowReader) -> str | None:
        def questions() -> Iterator[RawQuestion]:
            for row in _readable_rows(rows, MAX_INSPECTED_ROWS):
                try:
                    yield from reader(row)
                except DatasetError:
                    continue

        return infer_numbering(questions())

    def _is_of_another_split(self, row: Mapping[str, Any]) -> bool:
        split = row.get("split")
        return self._data.split is not None and isinstance(split, str) and split != self._data.split

    def _add(self, raw: RawQuestion, row: Mapping[str, Any], number: int) -> None:
        file = Path(str(row.get("_file", self._data.path)))
        root = self._data.images or file.parent
        question = resolve_answer(raw, self._numbering)
        placed, values = normalize_placeholders(raw.text, raw.pictures)
        pictures = [self._picture(value, root) for value in values]
        video = self._video(raw.videos, root)

        text = strip_option_list(placed, question.options, question.answer.unit)
        if 0 < text.count(IMAGE_PLACEHOLDER) != len(pictures) > 0:
            self._notes[PLACEHOLDERS_DROPPED] += 1

        text = _with_placeholders(text, len(pictures), video is not None)
        if not text.replace(IMAGE_PLACEHOLDER, "").strip():
            raise DatasetError("the question is empty")

        sample = Sample(
            id=self._unique_id(raw, file, number),
            split=self._data.split or "train",
            domain="general",
            task=raw.task or "general",
            source=file.stem,
            question=text,
            options=question.options,
            answer=question.answer,
            reasoning=question.reasoning,
            version=__version__,
        )

        self._notes.update(question.notes)
        values = {**sample_to_row(sample)}
        del values["images"]
        self._pending.append({**values, "pictures": pictures, "video": video})

        if len(self._pending) >= ROWS_PER_BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._pending:
            self._writer.add_table(pa.Table.from_pylist(self._pending, schema=_STORE_SCHEMA))
        self._pending = []

    def _picture(self, value: Any, root: Path) -> int:
        source = self._resolve_media(value, root)
        if isinstance(source, bytes):
            _check_readable(lambda: check_picture(source, name="a picture"))
            return self._writer.add_picture(source)
        self._check_once(source, lambda: check_picture(source))
        return self._writer.add_file(source)

    def _video(self, videos: list[Any], root: Path) -> int | None:
        if not videos:
            return None
        if len(videos) > 1:
            raise DatasetError("several videos in one question: one can be shown")

        source = self._resolve_media(videos[0], root)
        sampling = self._data.frames.sampling

        if isinstance(source, bytes):
            _check_readable(lambda: check_video(source, sampling))
            return self._writer.add_picture(source)

        self._check_once(source, lambda: check_video(source, sampling))
        return self._writer.add_file(source)

    def _resolve_media(self, value: Any, root: Path) -> bytes | Path:
        try:
            return resolve_media(value, root)
        except DatasetError:
            if isinstance(value, str) and len(value) < 1000:
                self._watch(root / value)
            raise

    def _watch(self, path: Path) -> None:
        if len(self._watched) < MAX_WATCHED_FILES:
            self._watched[str(path)] = file_time(path)

    def _check_once(self, path: Path, check: Any) -> None:
        if path not in self._check_results:
            try:
                _check_readable(check)
                self._check_results[path] = None
            except DatasetError as error:
                self._check_results[path] = error
                self._watch(path)

        problem = self._check_results[path]
        if problem is not None:
            raise problem

    def _unique_id(self, raw: RawQuestion, file: Path, number: int) -> str:
        name = f"{file.stem}-{raw.id if raw.id is not None else number}"
        if raw.turn:
            name = f"{name}-turn{raw.turn}"
        if name in self._ids:
            name = f"{name}-row{number}"
        if name in self._ids:
            name = f"{name}-{len(self._ids)}"

        self._ids.add(name)
        return name

    def _leave_out(self, error: DatasetError, where: str) -> None:
        reason, _, detail = str(error).partition(":")
        reason = reason.strip() if len(reason) <= 100 else reason[:100].strip()
        self._left_out_reasons[reason] += 1
        self._examples.setdefault(
            reason, f"{where}{': ' + detail.strip() if detail.strip() else ''}"[:200]
        )


def summarize_skipped_rows(info: StoreInfo, most: int = 5) -> str:
    """Why rows were left out, in one line, most common reason first."""
    if not info.left_out:
        return f"{info.rows} rows were read"

    reason_lines = [
        f"{count} x {reason} ({info.examples.get(reason, '')})"
        for reason, count in itertools.islice(info.left_out.items(), most)
    ]

    return "; ".join(reason_lines)


def _readable_rows(rows: Rows, count: int) -> Iterator[Mapping[str, Any]]:
    """The first rows that can be read."""
    for row in rows.read(0, min(count, len(rows))):
        if not isinstance(row, DatasetError):
            yield row


def _check_readable(check: Any) -> None:
    """Raise DatasetError with the kind of problem first and the file last, so that reasons add
    up.
    """
    try:
        check()
    except MediaError as error:
        raise DatasetError(f"a picture or video cannot be read: {error}") from error


def _with_placeholders(text: str, pictures: int, video: bool) -> str:
    """The text with `<image>` for each picture if these are between its words, else without.

    Placeholders at the start carry no information: pictures go before the text anyway.
    """
    places = text.count(IMAGE_PLACEHOLDER)
    if not places:
        return text.strip()
    if places and not pictures and not video:
        raise DatasetError("the question places a picture, but the row has none")

    inner = text.strip()
    while inner.startswith(IMAGE_PLACEHOLDER):
        inner = inner.removeprefix(IMAGE_PLACEHOLDER).strip()

    if IMAGE_PLACEHOLDER not in inner or places != pictures:
        return " ".join(
            piece.strip(" ") for piece in text.split(IMAGE_PLACEHOLDER) if piece.strip()
        ).strip()

    return text.strip()
