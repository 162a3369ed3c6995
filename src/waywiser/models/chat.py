"""Asks a model one question about pictures or a video."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from PIL import Image
from transformers import PreTrainedModel, ProcessorMixin, TextStreamer

from waywiser.errors import ModelError
from waywiser.json_types import JsonObject
from waywiser.media.pictures import decode_picture, to_rgb
from waywiser.media.videos import Video
from waywiser.models.model_families import stop_token_kwargs
from waywiser.prompting import content_parts


@dataclass(frozen=True)
class ChatReply:
    """A model's reply."""

    text: str
    """The whole text, without special tokens."""

    reasoning: str | None
    """The content of the first `<think>`; None without one."""

    answer: str | None
    """The content of the first `<answer>`; None without one."""


def read_image(path: str | Path) -> Image.Image:
    """An image file as upright 8-bit RGB; of an animation, the first frame.

    Raises:
        MediaError: The file is missing, empty, truncated, gigantic or not an image (a ModelError).
    """
    return decode_picture(path)


def ask(
    model: PreTrainedModel,
    processor: ProcessorMixin,
    question: str,
    images: Sequence[Image.Image] = (),
    *,
    video: Video | None = None,
    system: str | None = None,
    temperature: float = 0.0,
    top_p: float = 1.0,
    top_k: int = 0,
    max_new_tokens: int = 256,
    seed: int | None = None,
    on_text: Callable[[str], None] | None = None,
) -> ChatReply:
    """The model's reply to `question` about `images` (in order) and `video`.

    Args:
        model: The model, whose training mode is restored afterwards.
        processor: The model's processor.
        question: The text. Images and video come before it; a question that says `<image>` once
            for each image has them there. Control tokens in it are read as plain text.
        images: The images, in order.
        video: A video's frames; a model that only reads images gets them as images.
        system: Text of a system message; None sends none.
        temperature: 0 takes the likeliest token each time; above 0, tokens are sampled at that
            temperature.
        top_p: Sample from the likeliest tokens that have this probability together.
        top_k: Sample from this many of the likeliest tokens; 0 for all.
        max_new_tokens: Maximum tokens of the reply.
        seed: Makes sampling repeatable and leaves the caller's random state alone.
        on_text: Receives the reply piece by piece while it is written.

    Returns:
        The reply, with its reasoning and answer split off.

    Raises:
        ModelError: The question is empty or too long, a sampling setting is out of range, or an
            image cannot be read.

    Example:
        model, _ = load("starter")
        reply = ask(model, load_processor("starter"), "How many chairs?", [read_image("a.jpg")])
        print(reply.answer)
    """
    _check_request(question, temperature, top_p, top_k, max_new_tokens)
    inputs = _encode_prompt(
        processor, question, [to_rgb(image) for image in images], video, system
    ).to(model.device)
    length = inputs["input_ids"].shape[1]
    _check_length(model, length, max_new_tokens)
    settings = {
        "max_new_tokens": max_new_tokens,
        **stop_token_kwargs(model, processor),
        **_sampling_kwargs(temperature, top_p, top_k),
    }
    if on_text is not None:
        settings["streamer"] = _CallbackStreamer(processor, on_text)

    was_training = model.training
    model.eval()

    try:
        with torch.inference_mode(), _fixed_seed(seed, model.device):
            tokens = cast(Any, model).generate(**inputs, **settings)
    finally:
        model.train(was_training)

    return parse_reply(processor.decode(tokens[0, length:], skip_special_tokens=True))


def _check_request(
    question: str, temperature: float, top_p: float, top_k: int, max_new_tokens: int
) -> None:
    if not question.strip():
        raise ModelError("the question is empty: ask something about the picture")

    if not 0 <= temperature < float("inf") or max_new_tokens < 1:
        raise ModelError(
            f"temperature {temperature} must be >= 0 and max_new_tokens {max_new_tokens} >= 1"
        )

    if not 0 < top_p <= 1 or top_k < 0:
        raise ModelError(
            f"top_p {top_p} must be above 0 and at most 1, and top_k {top_k} at least 0"
        )


def _check_length(model: PreTrainedModel, length: int, max_new_tokens: int) -> None:
    max_positions = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    if max_positions is not None and length + max_new_tokens > max_positions:
        raise ModelError(
            f"the question is too long: {length} tokens and {max_new_tokens} new ones exceed"
            f" {max_positions}: shorten it or lower max_new_tokens"
        )


def _sampling_kwargs(temperature: float, top_p: float, top_k: int) -> dict[str, object]:
    if temperature > 0:
        return {"do_sample": True, "temperature": temperature, "top_k": top_k, "top_p": top_p}

    # The folder's own sampling settings would only cause warnings.
    return {"do_sample": False, "temperature": None, "top_k": None, "top_p": None}


def parse_reply(text: str) -> ChatReply:
    """Split a completion; a tag that is opened but never closed counts as absent."""
    return ChatReply(
        text.strip(),
        _text_between(text, "<think>", "</think>"),
        _text_between(text, "<answer>", "</answer>"),
    )


def build_messages(
    question: str,
    images: Sequence[Image.Image],
    video: Video | None,
    system: str | None,
    *,
    frames_as_images: bool,
) -> list[JsonObject]:
    """The messages that ask a question: the system text, then the user's images, video and text.

    Args:
        question: The text. Images go where it says `<image>`, as in training, and the video then
            follows it.
        images: The images, in order.
        video: A video, or None.
        system: Text of the system message; None sends none.
        frames_as_images: Show the frames of the video as separate images.

    Returns:
        Messages for a processor's chat template.
    """
    content = content_parts(question, images)
    has_placeholders = any(part["type"] == "text" for part in content[: len(images)])
    insert_at = len(content) if has_placeholders else len(images)
    content[insert_at:insert_at] = [] if video is None else _video_parts(video, frames_as_images)

    user = {"role": "user", "content": content}
    if not system:
        return [user]
    return [{"role": "system", "content": [{"type": "text", "text": system}]}, user]


def _video_parts(video: Video, frames_as_images: bool) -> list[JsonObject]:
    if frames_as_images:
        return [{"type": "image", "image": Image.fromarray(frame)} for frame in video.frames]
    return [{"type": "video", "video": video.frames}]


def _encode_prompt(
    processor: ProcessorMixin,
    question: str,
    images: list[Image.Image],
    video: Video | None,
    system: str | None,
) -> Any:
    reads_video = getattr(processor, "video_processor", None) is not None
    messages = build_messages(question, images, video, system, frames_as_images=not reads_video)
    options: JsonObject = {}

    if video is not None and reads_video:
        options["processor_kwargs"] = {
            "videos_kwargs": {
                "video_metadata": [video.metadata],
                "do_sample_frames": False,
                "return_metadata": True,
            }
        }

    try:
        return processor.apply_chat_template(
            cast(Any, [messages]),
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            sanitize_control_tokens=True,
            **options,
        )
    except ModelError:
        raise
    except ValueError as error:
        raise ModelError(
            f"the model's processor refuses the pictures: {' '.join(str(error).split())[:160]}"
        ) from error


class _CallbackStreamer(TextStreamer):
    """Passes the generated text to a callback, word by word."""

    def __init__(self, processor: ProcessorMixin, on_text: Callable[[str], None]) -> None:
        super().__init__(cast(Any, processor), skip_prompt=True, skip_special_tokens=True)
        self._on_text = on_text

    def on_finalized_text(self, text: str, stream_end: bool = False) -> None:  # noqa: ARG002
        if text:
            self._on_text(text)


def _text_between(text: str, start: str, end: str) -> str | None:
    _, start_tag, rest = text.partition(start)
    inside, end_tag, _ = rest.partition(end)
    return inside.strip() if start_tag and end_tag else None


@contextmanager
def _fixed_seed(seed: int | None, device: torch.device) -> Iterator[None]:
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield
