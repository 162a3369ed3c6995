"""Completions for many questions at once: sampled or greedy, each prompt read once for all its completions."""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from PIL import Image
from tqdm import tqdm

from waywiser.errors import ModelError
from waywiser.media import decode_picture
from waywiser.models.decoding import grouped_generation
from waywiser.models.families import stopping
from waywiser.prompting import PromptFormat, conversation, sample_messages
from waywiser.sample import Sample


class Pictures(Protocol):
    """Shows samples by their numbers."""

    def num_images(self, index: int) -> int: ...

    def images(self, index: int) -> list[Image.Image]: ...


class _OwnPictures:
    """The pictures that samples hold themselves."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = samples

    def num_images(self, index: int) -> int:
        return len(self._samples[index].images)

    def images(self, index: int) -> list[Image.Image]:
        sample = self._samples[index]
        return [_decode(sample, content) for content in sample.images]


def generate_completions(
    model: Any,
    processor: Any,
    samples: Sequence[Sample],
    *,
    n: int = 1,
    temperature: float = 0.0,
    batch_size: int = 64,
    max_new_tokens: int = 96,
    seed: int = 0,
    title: str | None = None,
    prompt: PromptFormat | None = None,
    pictures: Pictures | None = None,
) -> list[list[str]]:
    """`n` completions of each sample's question, in the order of `samples`; all completions of 0 samples are [].

    `prompt` holds a system prompt and an instruction (None: neither). `pictures` shows samples by their numbers;
    None decodes what the samples hold.

    Temperature 0 is greedy: one completion is generated and stands n times. Above 0 every token is drawn from
    the whole distribution (no top-k, no top-p). `batch_size` bounds the completions generated together. The
    same seed, batch size and machine give the same completions, and the caller's random state is left alone.
    `title` names a progress bar. Raises ModelError for a temperature, n or size out of range and for pictures
    that cannot be decoded.
    """
    if not 0 <= temperature < float("inf") or min(n, batch_size, max_new_tokens) < 1:
        raise ModelError(
            f"temperature {temperature} must be at least 0, n {n}, batch_size {batch_size} and max_new_tokens "
            f"{max_new_tokens} at least 1"
        )
    draws = n if temperature > 0 else 1
    per_batch = max(1, batch_size // draws)
    # One task's prompts of like length together: less padding, and completions that end at about the same time.
    pictures = pictures or _OwnPictures(samples)
    order = sorted(
        range(len(samples)), key=lambda i: (pictures.num_images(i), samples[i].task, len(samples[i].question))
    )
    found: dict[int, list[str]] = {}
    was_training = model.training
    model.eval()
    devices = [model.device] if model.device.type == "cuda" else []
    bar = tqdm(total=len(samples), desc=title, disable=None if title else True)
    try:
        with torch.random.fork_rng(devices=devices), bar:
            torch.manual_seed(seed)
            for start in range(0, len(order), per_batch):
                chunk = order[start : start + per_batch]
                inputs = prompt_inputs(
                    processor, [samples[i] for i in chunk], prompt, [pictures.images(i) for i in chunk]
                )
                texts = _generate(model, processor, inputs, draws, temperature, max_new_tokens)
                found |= {i: texts[k * draws : (k + 1) * draws] for k, i in enumerate(chunk)}
                bar.update(len(chunk))
    finally:
        model.train(was_training)
    return [found[i] * (n // draws) for i in range(len(samples))]


def _generate(
    model: Any, processor: Any, inputs: Any, draws: int, temperature: float, max_new_tokens: int
) -> list[str]:
    tokens = generate_tokens(
        model, processor, inputs, draws=draws, temperature=temperature, max_new_tokens=max_new_tokens
    )
    return processor.batch_decode(tokens, skip_special_tokens=True)


def generate_tokens(
    model: Any, processor: Any, inputs: Any, *, draws: int = 1, temperature: float = 0.0, max_new_tokens: int
) -> torch.Tensor:
    """New tokens (B * draws, T) for the B prompts of `inputs` (see `prompt_inputs`), padded on the right."""
    inputs = inputs.to(model.device)
    sampling: dict[str, Any] = {"do_sample": temperature > 0, "num_return_sequences": draws}
    sampling |= stopping(model, processor)
    if temperature > 0:
        sampling |= {"temperature": temperature, "top_k": 0, "top_p": 1.0}
    with torch.no_grad(), grouped_generation(model, draws):
        tokens = model.generate(**inputs, max_new_tokens=max_new_tokens, **sampling)
    return tokens[:, inputs["input_ids"].shape[1] :]


def prompt_inputs(
    processor: Any,
    samples: Sequence[Sample],
    prompt: PromptFormat | None = None,
    images: Sequence[Sequence[Image.Image]] | None = None,
) -> Any:
    """The batch that a model's `generate` takes for these questions, padded on the left.

    `images` are the decoded pictures of each; None decodes those that the samples hold.
    """
    shown = images or [[_decode(sample, content) for content in sample.images] for sample in samples]
    return _inputs(
        processor,
        [sample_messages(sample, list(pictures), prompt) for sample, pictures in zip(samples, shown, strict=True)],
    )


def chat_inputs(
    processor: Any, asked: Sequence[tuple[str, Sequence[Image.Image]]], prompt: PromptFormat | None = None
) -> Any:
    """As `prompt_inputs`, from texts of questions with their decoded pictures."""
    return _inputs(processor, [conversation(question, images, prompt) for question, images in asked])


def _inputs(processor: Any, conversations: list[list[dict[str, Any]]]) -> Any:
    return processor.apply_chat_template(
        conversations,
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        processor_kwargs={"padding": True, "padding_side": "left"},
    )


def _decode(sample: Sample, content: bytes) -> Image.Image:
    return decode_picture(content, name=f"a picture of sample {sample.id}")
