"""`waywiser ask`: one question that is answered word by word, or a file of them."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import torch
from pydantic import BaseModel, ConfigDict, Field

from waywiser.errors import ModelError
from waywiser.models.batch_chat import answer_questions, read_questions
from waywiser.models.chat import ask
from waywiser.models.model_families import default_max_new_tokens, frame_sampling
from waywiser.models.model_paths import resolve_model_folder
from waywiser.prompting import PromptConfig

from .loading import check_weights, load, load_config, load_processor
from .m2_reasoning import M2ReasoningProcessor
from .m2_reasoning.processor import GENERATION_PROMPTS
from .pictures import read_image
from .resizing import check_shape
from .videos import read_video


class AskRequest(BaseModel):
    """What `waywiser ask` was asked to do; a question, or `batch` with questions, but not both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    question: str | None = None
    images: list[Path] = Field(default_factory=list)
    video: Path | None = None
    system: str | None = None
    instruction: str | None = None
    batch: Path | None = None
    out: Path | None = None
    temperature: float = Field(default=0.0, ge=0)
    top_p: float = Field(default=1.0, gt=0, le=1)
    top_k: int = Field(default=0, ge=0)
    max_new_tokens: int | None = Field(default=None, ge=1)
    seed: int = 0
    generation_prompt: str | None = None
    device: str | None = None
    as_json: bool = False


def run_ask(request: AskRequest) -> int:
    """Answer on standard output or in `out`; returns how many rows of a batch failed.

    What is wrong with a request is found before the weights are read. Errors: ModelError.
    """
    if (request.question is None) == (request.batch is None):
        raise ModelError("give a question, or --batch with a JSONL file of questions")
    if request.batch is not None and (request.images or request.video):
        raise ModelError("--image and --video are for one question: rows of --batch name their own")
    if request.out is not None and request.batch is None:
        raise ModelError("--out is for --batch: redirect the output of one question instead")

    rows = read_questions(request.batch) if request.batch is not None else []
    images = [read_image(path) for path in request.images]
    model_type = load_config(request.model).model_type
    config = PromptConfig(system=request.system, instruction=request.instruction)
    folder = resolve_model_folder(request.model)
    prompt = config.resolve(folder, model_type)
    check_weights(folder)
    processor = load_processor(folder)

    if model_type != "waywiser_starter":  # which squeezes any shape
        for path, image in zip(request.images, images, strict=True):
            check_shape(image.height, image.width, str(path))

    video = (
        read_video(request.video, *frame_sampling(processor)) if request.video is not None else None
    )
    _set_generation_prompt(processor, request.generation_prompt)
    device = request.device or ("cuda" if torch.cuda.is_available() else "cpu")
    model, _ = load(folder, device=device)
    options: dict[str, Any] = {
        "temperature": request.temperature,
        "top_p": request.top_p,
        "top_k": request.top_k,
        "seed": request.seed,
        "max_new_tokens": request.max_new_tokens or default_max_new_tokens(model),
    }

    if request.batch is not None:
        return _write_replies(
            answer_questions(model, processor, rows, request.batch.parent, prompt, **options),
            request.out,
        )

    assert request.question is not None
    show = None if request.as_json else _print_text
    question = prompt.with_instruction(request.question)
    reply = ask(
        model,
        processor,
        question,
        images,
        video=video,
        system=prompt.system,
        on_text=show,
        **options,
    )

    shown = {"answer": reply.answer, "reasoning": reply.reasoning, "text": reply.text}
    sys.stdout.write((json.dumps(shown) if request.as_json else "") + "\n")
    return 0


def _set_generation_prompt(processor: Any, name: str | None) -> None:
    if name is None:
        return
    if not isinstance(processor, M2ReasoningProcessor):
        raise ModelError("--generation-prompt is for M2-Reasoning models")

    if name not in GENERATION_PROMPTS:
        raise ModelError(
            f"generation prompt {name!r} is unknown: use {' or '.join(GENERATION_PROMPTS)}"
        )

    processor.generation_prompt = name


def _print_text(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _write_replies(replies: Iterable[dict[str, Any]], out: Path | None) -> int:
    """Rows to `out`, which appears when it is whole, or to standard output; returns how many
    failed.
    """
    if out is None:
        return _write_rows(replies, sys.stdout)

    partial = out.with_name(f".{out.name}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            failed = _write_rows(replies, file)

        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)

    return failed


def _write_rows(replies: Iterable[dict[str, Any]], file: TextIO) -> int:
    failed = 0
    for reply in replies:
        failed += "error" in reply
        file.write(json.dumps(reply, ensure_ascii=False) + "\n")
        file.flush()
    return failed
