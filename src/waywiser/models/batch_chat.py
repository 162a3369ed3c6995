"""Many questions from a JSONL file: one reply a row; a row that cannot be asked is recorded, not
raised.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm
from transformers import PreTrainedModel, ProcessorMixin

from waywiser.errors import ModelError, WaywiserError
from waywiser.models.chat import ask
from waywiser.models.model_families import frame_sampling
from waywiser.prompting import SYSTEM_PROMPTS, PromptFormat, preset_text

from .pictures import read_image
from .videos import read_video


def read_questions(path: Path) -> list[dict[str, Any] | str]:
    """The rows of a JSONL file; a line that is no JSON object is the text of what is wrong with it.

    Lines end at a line feed alone: JSON may hold other line separators (U+2028, U+0085) as they
    are. A byte order mark, which spreadsheets and PowerShell write, is no part of the first row.

    Errors: ModelError for a file that is missing or empty.
    """
    if not path.is_file():
        raise ModelError(f"no questions at {path}: give a JSONL file with a question a line")

    rows: list[dict[str, Any] | str] = []
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
    rows: list[dict[str, Any] | str],
    folder: Path,
    prompt: PromptFormat,
    **options: Any,
) -> Iterator[dict[str, Any]]:
    """Each row with `answer`, `reasoning` and `text` added, or with `error`.

    A row has `question`, and may have `images` (or `image`), `video` and `system`, or null for
    them; paths are relative to `folder`. `options` are those of `ask`.
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
            yield {**row, "error": " ".join(str(error).split())}
            continue

        yield {**row, "answer": reply.answer, "reasoning": reply.reasoning, "text": reply.text}


def _question_text(row: dict[str, Any]) -> str:
    question = row.get("question")
    if not isinstance(question, str):
        raise ModelError("the row has no question")
    return question


def _image_paths(row: dict[str, Any]) -> list[str]:
    value = row.get("images")
    if value is None:
        value = row.get("image")

    paths = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise ModelError("images must be a list of paths")

    return paths
