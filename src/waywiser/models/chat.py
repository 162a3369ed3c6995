"""One question about pictures or a video."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import torch
from PIL import Image
from transformers import PreTrainedModel, ProcessorMixin, TextStreamer

from waywiser.errors import ModelError
from waywiser.models.model_families import stop_token_kwargs
from waywiser.prompting import content_parts

from .pictures import to_rgb
from .videos import Video


@dataclass(frozen=True)
class ChatReply:
    """What a model wrote: the whole text, and what stands in its first <think> and <answer> (None
    without them).
    """

    text: str
    reasoning: str | None
    answer: str | None


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

    They come before it; a question that says `<image>` once for each picture has them there.

    Args:
        video: its frames; a model that reads pictures only gets them as pictures.
        system: text of a system message; None has none.
        temperature: 0 takes the likeliest token each time; above 0 samples at that temperature from
        the likeliest
            `top_k` tokens (0: all) that have `top_p` of the probability together.
        seed: makes sampling repeatable and leaves the caller's random state alone.
        on_text: gets the reply piece by piece while it is written.
    Control tokens in the question are read as plain text. Errors: ModelError for an empty or too
    long question, a temperature below 0, or what is no picture.
    """
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

    inputs = _encode_prompt(
        processor, question, [to_rgb(image) for image in images], video, system
    ).to(model.device)
    length = inputs["input_ids"].shape[1]
    max_positions = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    if max_positions is not None and length + max_new_tokens > max_positions:
        raise ModelError(
            f"the question is too long: {length} tokens and {max_new_tokens} new ones exceed"
            f" {max_positions}"
        )

    sampling: dict[str, Any] = {"do_sample": temperature > 0, **stop_token_kwargs(model, processor)}

    if temperature > 0:
        sampling |= {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    else:  # a folder's own sampling settings would only bring warnings
        sampling |= {"temperature": None, "top_k": None, "top_p": None}

    if on_text is not None:
        sampling["streamer"] = _CallbackStreamer(processor, on_text)

    was_training = model.training
    model.eval()

    try:
        with torch.inference_mode(), _fixed_seed(seed, model.device):
            tokens = cast(Any, model).generate(**inputs, max_new_tokens=max_new_tokens, **sampling)
    finally:
        model.train(was_training)

    return parse_reply(processor.decode(tokens[0, length:], skip_special_tokens=True))


def parse_reply(text: str) -> ChatReply:
    """Splits a completion; an opened but never closed tag counts as absent."""
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
) -> list[dict[str, Any]]:
    """The messages that ask `question`: system text, then pictures, video and question of the user.

    Pictures stand where the question says `<image>`, as in training; the video is behind such a
    question.
    """
    content = content_parts(question, images)
    has_placeholders = any(part["type"] == "text" for part in content[: len(images)])
    insert_at = len(content) if has_placeholders else len(images)
    content[insert_at:insert_at] = [] if video is None else _video_parts(video, frames_as_images)

    user = {"role": "user", "content": content}
    return (
        [{"role": "system", "content": [{"type": "text", "text": system}]}, user]
        if system
        else [user]
    )


def _video_parts(video: Video, frames_as_images: bool) -> list[dict[str, Any]]:
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
    options: dict[str, Any] = {}

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
    """Hands the text of a generation on, word by word."""

    def __init__(self, processor: ProcessorMixin, on_text: Callable[[str], None]) -> None:
        super().__init__(cast(Any, processor), skip_prompt=True, skip_special_tokens=True)
        self._on_text = on_text

    def on_finalized_text(self, text: str, stream_end: bool = False) -> None:  # noqa: ARG002
        if text:
            self._on_text(text)


def _text_between(text: str, start: str, end: str) -> str | None:
    _, opened, rest = text.partition(start)
    inside, closed, _ = rest.partition(end)
    return inside.strip() if opened and closed else None


@contextmanager
def _fixed_seed(seed: int | None, device: torch.device) -> Iterator[None]:
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield
