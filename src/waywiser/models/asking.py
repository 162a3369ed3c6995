"""One question about some pictures, and pictures from files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from warnings import catch_warnings, simplefilter

import torch
from PIL import Image, ImageOps
from transformers import PreTrainedModel, ProcessorMixin

from waywiser.errors import ModelError

from .starter.images import to_rgb

# Pictures only: some of Pillow's other readers start programs (EPS) or draw (WMF).
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM")


@dataclass(frozen=True)
class Reply:
    """What a model wrote: the whole text, and what stands in its first <think> and <answer> (None without
    them).
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
    temperature: float = 0.0,
    max_new_tokens: int = 256,
    seed: int | None = None,
) -> Reply:
    """The model's reply to `question` about `images` (in order; frames of a video are images).

    Args:
        temperature: 0 takes the likeliest token each time; above 0 samples at that temperature.
        seed: makes sampling repeatable and leaves the caller's random state alone.
    Control tokens in the question are read as plain text. Errors: ModelError for an empty or too long
    question, a temperature below 0, or what is no picture.
    """
    if not question.strip():
        raise ModelError("the question is empty: ask something about the picture")
    if not 0 <= temperature < float("inf") or max_new_tokens < 1:
        raise ModelError(f"temperature {temperature} must be >= 0 and max_new_tokens {max_new_tokens} >= 1")
    inputs = _prompt(processor, question, [to_rgb(image) for image in images]).to(model.device)
    length = inputs["input_ids"].shape[1]
    room = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    if room is not None and length + max_new_tokens > room:
        raise ModelError(f"the question is too long: {length} tokens and {max_new_tokens} new ones exceed {room}")
    sampling: dict[str, Any] = {"do_sample": temperature > 0}
    if temperature > 0:
        sampling |= {"temperature": temperature, "top_k": 0, "top_p": 1.0}
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode(), _seeded(seed, model.device):
            tokens = cast(Any, model).generate(**inputs, max_new_tokens=max_new_tokens, **sampling)
    finally:
        model.train(was_training)
    return parse_reply(processor.decode(tokens[0, length:], skip_special_tokens=True))


def parse_reply(text: str) -> Reply:
    """Splits a completion; an opened but never closed tag counts as absent."""
    return Reply(text.strip(), _between(text, "<think>", "</think>"), _between(text, "<answer>", "</answer>"))


def read_image(path: str | Path) -> Image.Image:
    """A picture from a file as RGB, turned upright by its EXIF orientation; of an animation the first frame.

    Reads JPEG, PNG, WebP, GIF, BMP, TIFF and PPM up to Pillow's limit of 179 million pixels.
    Errors: ModelError for a file that is missing, empty, truncated, gigantic or no picture.
    """
    file = Path(path)
    if not file.is_file():
        raise ModelError(f"no image file at {file}")
    try:
        if file.stat().st_size == 0:
            raise ModelError(f"{file} is empty (0 bytes): copy or export the image again")
        with catch_warnings():
            simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=_FORMATS) as image:
                image.load()
                return to_rgb(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError as error:
        raise ModelError(f"{file} is gigantic ({error}): scale it down first") from error
    except Image.UnidentifiedImageError as error:
        raise ModelError(f"{file} is no JPEG, PNG, WebP, GIF, BMP, TIFF or PPM picture") from error
    except ModelError:
        raise
    except PermissionError as error:
        raise ModelError(f"{file} cannot be read: permission denied") from error
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error, zlib.error, ...
        raise ModelError(f"{file} is truncated or damaged ({' '.join(str(error).split())[:120]})") from error


def _prompt(processor: ProcessorMixin, question: str, images: list[Image.Image]) -> Any:
    content = [{"type": "image", "image": image} for image in images] + [{"type": "text", "text": question}]
    return processor.apply_chat_template(
        cast(Any, [[{"role": "user", "content": content}]]),
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        sanitize_control_tokens=True,
    )


def _between(text: str, start: str, end: str) -> str | None:
    _, opened, rest = text.partition(start)
    inside, closed, _ = rest.partition(end)
    return inside.strip() if opened and closed else None


@contextmanager
def _seeded(seed: int | None, device: torch.device) -> Iterator[None]:
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield
