"""Asks many questions from a JSONL file, one reply per row; a row that fails is recorded, not
raised.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm
from transformers import PreTrainedModel, ProcessorMixin

from waywiser.errors import ModelError, WaywiserError, error_text
from waywiser.json_types import JsonObject
from waywiser.media.videos import read_video
from waywiser.models.chat import ask, read_image
from waywiser.models.model_families import frame_sampling
from waywiser.prompting import SYSTEM_PROMPTS, PromptFormat, preset_text


def read_questions(path: Path) -> list[JsonObject | str]:
    """The rows of a JSONL file; for a line that is not a JSON object, a text that says what is
    wrong.

    Only a line feed ends a line: JSON may hold other line separators (U+2028, U+0085) unescaped. A
    byte order mark, which spreadsheets and PowerShell write, is not part of the first row.

    Raises:
        ModelError: The file is missing or empty.
    """
    if not path.is_file():
        raise ModelError(f"no questions at {path}: give a JSONL file with one question per line")

    rows: list[JsonObject | str] = []
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue

        try:
            row = json.loads(line)
        except ValueError as error:
            rows.append(f"line {number} is not JSON ({error})")
            continue

        rows.append(
            row
            if isinstance(row, dict)
            else f"line {number} is a {type(row).__name__}, not an object"
        )

    if not rows:
        raise ModelError(f"{path} is empty: write a JSON object with a question on each line")

    return rows


def answer_questions(
    model: PreTrainedModel,
    processor: ProcessorMixin,
    rows: list[JsonObject | str],
    folder: Path,
    prompt: PromptFormat,
    **options: Any,
) -> Iterator[JsonObject]:
    """Ask the question of every row.

    Args:
        model: The model.
        processor: Its processor.
        rows: What `read_questions` returns. A row has `question`, and may have `images` (or
            `image`), `video` and `system`, or null for them.
        folder: The folder that paths in the rows are relative to.
        prompt: The instruction and the default system prompt.
        **options: Options of `ask`, such as `temperature`.

    Yields:
        Each row with `answer`, `reasoning` and `text` added, or with `error`.
    """
    sampling, fit = frame_sampling(processor)

    for row in tqdm(rows, desc="questions", disable=None):
        if isinstance(row, str):
            yield {"error": row}
            continue

        try:
            images = [read_image(folder / path) for path in _image_paths(row)]
            video = (
                read_video(folder / str(row["video"]), sampling, fit) if row.get("video") else None
            )
            system = prompt.system

            if row.get("system"):
                system = preset_text(str(row["system"]), SYSTEM_PROMPTS, "system prompt")

            question = prompt.with_instruction(_question_text(row))
            reply = ask(model, processor, question, images, video=video, system=system, **options)
        except WaywiserError as error:
            yield {**row, "error": error_text(error)}
            continue

        yield {**row, "answer": reply.answer, "reasoning": reply.reasoning, "text": reply.text}


def _question_text(row: JsonObject) -> str:
    question = row.get("question")
    if not isinstance(question, str):
        raise ModelError("the row has no question")
    return question


def _image_paths(row: JsonObject) -> list[str]:
    value = row.get("images")
    if value is None:
        value = row.get("image")

    if value is None:
        return []

    paths = [value] if isinstance(value, str) else value
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise ModelError("images must be a list of paths")

    return paths
