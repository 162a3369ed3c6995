"""Runs `waywiser ask`: one question, answered word by word, or a file of questions."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import torch
from pydantic import BaseModel, ConfigDict, Field

from waywiser.errors import ModelError
from waywiser.json_types import JsonObject
from waywiser.media.videos import read_video
from waywiser.models.batch_chat import answer_questions, read_questions
from waywiser.models.chat import ask, read_image
from waywiser.models.model_families import default_max_new_tokens, frame_sampling
from waywiser.models.model_paths import resolve_model_folder
from waywiser.prompting import PromptConfig

from .loading import check_weights, load, load_config, load_processor
from .m2_reasoning import M2ReasoningProcessor
from .m2_reasoning.processor import GENERATION_PROMPTS
from .resizing import check_shape


class AskRequest(BaseModel):
    """The options of `waywiser ask`: a question, or a batch of questions, but not both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    """Model folder, name on the hub, or "starter"."""

    question: str | None = None
    """The question; None with `batch`."""

    images: list[Path] = Field(default_factory=list)
    """Image files that the question is about, in order."""

    video: Path | None = None
    """Video file that the question is about."""

    system: str | None = None
    """System prompt, or the name of a preset; None takes the model folder's."""

    instruction: str | None = None
    """Instruction after the question, or the name of a preset; None takes the model folder's."""

    batch: Path | None = None
    """JSONL file with one question per line."""

    out: Path | None = None
    """File for the replies to a batch; None prints them."""

    temperature: float = Field(default=0.0, ge=0)
    """Sampling temperature; 0 is greedy."""

    top_p: float = Field(default=1.0, gt=0, le=1)
    """Sample from the likeliest tokens that have this probability together."""

    top_k: int = Field(default=0, ge=0)
    """Sample from this many of the likeliest tokens; 0 for all."""

    max_new_tokens: int | None = Field(default=None, ge=1)
    """Maximum tokens per reply; None takes the model family's default."""

    seed: int = 0
    """Seed of the sampling."""

    generation_prompt: str | None = None
    """How M2-Reasoning opens its reply; None takes the default."""

    device: str | None = None
    """Torch device; None takes cuda if there is one, else cpu."""

    as_json: bool = False
    """Print the reply to one question as a JSON object."""


def run_ask(request: AskRequest) -> int:
    """Answer on standard output or in `out`; returns how many rows of a batch failed.

    A bad request fails before the weights are read.

    Raises:
        ModelError: The request, a file or the model folder is bad.
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

    if model_type != "waywiser_starter":  # the starter squeezes any shape
        for path, image in zip(request.images, images, strict=True):
            check_shape(image.height, image.width, str(path))

    video = (
        read_video(request.video, *frame_sampling(processor)) if request.video is not None else None
    )
    _set_generation_prompt(processor, request.generation_prompt)
    device = request.device or ("cuda" if torch.cuda.is_available() else "cpu")
    model, _ = load(folder, device=device)
    options: JsonObject = {
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
    on_text = None if request.as_json else _print_text
    question = prompt.with_instruction(request.question)
    reply = ask(
        model,
        processor,
        question,
        images,
        video=video,
        system=prompt.system,
        on_text=on_text,
        **options,
    )

    output = {"answer": reply.answer, "reasoning": reply.reasoning, "text": reply.text}
    sys.stdout.write((json.dumps(output) if request.as_json else "") + "\n")
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


def _write_replies(replies: Iterable[JsonObject], out: Path | None) -> int:
    """Write rows to `out`, which appears once it is complete, or to standard output; returns how
    many failed.
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


def _write_rows(replies: Iterable[JsonObject], file: TextIO) -> int:
    failed = 0
    for reply in replies:
        failed += "error" in reply
        file.write(json.dumps(reply, ensure_ascii=False) + "\n")
        file.flush()
    return failed
