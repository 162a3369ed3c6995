"""Generates completions for many questions at once, sampled or greedy; each prompt is read once for
all its completions.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from PIL import Image
from tqdm import tqdm

from waywiser.errors import ModelError
from waywiser.json_types import JsonObject
from waywiser.media import decode_picture
from waywiser.models.decoding import grouped_generation
from waywiser.models.forced_thought import forced_thought
from waywiser.models.model_families import max_frames, stop_token_kwargs
from waywiser.prompting import PromptFormat, conversation, limit_frames, sample_messages
from waywiser.sample import Sample


class ImageSource(Protocol):
    """Anything that has the images of samples, by index."""

    def num_images(self, index: int) -> int: ...

    def images(self, index: int) -> list[Image.Image]: ...


class _SampleImages:
    """The images that the samples themselves hold."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = samples

    def num_images(self, index: int) -> int:
        return len(self._samples[index].images)

    def images(self, index: int) -> list[Image.Image]:
        sample = self._samples[index]
        return [_decode_image(sample, content) for content in sample.images]


def generate_completions(
    model: Any,
    processor: Any,
    samples: Sequence[Sample],
    *,
    n: int = 1,
    temperature: float = 0.0,
    batch_size: int = 64,
    max_new_tokens: int = 96,
    min_thought_tokens: int = 0,
    seed: int = 0,
    title: str | None = None,
    prompt: PromptFormat | None = None,
    pictures: ImageSource | None = None,
) -> list[list[str]]:
    """Complete every sample's question `n` times.

    The same seed, batch size and machine give the same completions, and the caller's random state
    is left alone.

    Args:
        model: The model, whose training mode is restored afterwards.
        processor: The model's processor.
        samples: The samples.
        n: Completions per sample.
        temperature: 0 is greedy: one completion is generated and repeated n times. Above 0, every
            token is sampled from the whole distribution (no top-k, no top-p).
        batch_size: Maximum number of completions generated together.
        max_new_tokens: Maximum tokens per completion.
        min_thought_tokens: Make every completion begin with `<think>` and think for at least this
            many tokens; 0 forces nothing.
        seed: Seed of the sampling.
        title: Label of a progress bar; None shows no bar.
        prompt: System prompt and instruction; None for neither.
        pictures: Source of the samples' images; None decodes those that the samples hold.

    Returns:
        `n` completions per sample, in the order of `samples`.

    Raises:
        ModelError: The temperature, n or a size is out of range, an image cannot be decoded, or the
            tokenizer has no `<think>` to force.
    """
    _check_settings(temperature, n, batch_size, max_new_tokens)
    if not 0 <= min_thought_tokens <= max(0, max_new_tokens - 2):
        raise ModelError(
            f"min_thought_tokens {min_thought_tokens} must be at least 0 and leave room for <think>"
            f" and </think> in {max_new_tokens} new tokens"
        )

    num_completions = n if temperature > 0 else 1
    per_batch = max(1, batch_size // num_completions)
    pictures = pictures or _SampleImages(samples)
    order = _batching_order(samples, pictures)
    completions_by_index: dict[int, list[str]] = {}
    was_training = model.training
    model.eval()
    devices = [model.device] if model.device.type == "cuda" else []
    bar = tqdm(total=len(samples), desc=title, disable=None if title else True)

    try:
        with torch.random.fork_rng(devices=devices), bar:
            torch.manual_seed(seed)

            for start in range(0, len(order), per_batch):
                chunk = order[start : start + per_batch]
                images = [pictures.images(i) for i in chunk]
                inputs = build_prompt_inputs(processor, [samples[i] for i in chunk], prompt, images)
                tokens = generate_tokens(
                    model,
                    processor,
                    inputs,
                    num_completions=num_completions,
                    temperature=temperature,
                    max_new_tokens=max_new_tokens,
                    min_thought_tokens=min_thought_tokens,
                )
                texts = processor.batch_decode(tokens, skip_special_tokens=True)
                completions_by_index |= {
                    i: texts[k * num_completions : (k + 1) * num_completions]
                    for k, i in enumerate(chunk)
                }

                bar.update(len(chunk))
    finally:
        model.train(was_training)

    return [completions_by_index[i] * (n // num_completions) for i in range(len(samples))]


def _check_settings(temperature: float, n: int, batch_size: int, max_new_tokens: int) -> None:
    if not 0 <= temperature < float("inf") or min(n, batch_size, max_new_tokens) < 1:
        raise ModelError(
            f"temperature {temperature} must be at least 0, n {n}, batch_size {batch_size} and"
            f" max_new_tokens {max_new_tokens} at least 1"
        )


def _batching_order(samples: Sequence[Sample], pictures: ImageSource) -> list[int]:
    """Sample indices with one task's prompts of similar length together: less padding, and
    completions that end at about the same time.
    """
    return sorted(
        range(len(samples)),
        key=lambda i: (pictures.num_images(i), samples[i].task, len(samples[i].question)),
    )


def generate_tokens(
    model: Any,
    processor: Any,
    inputs: Any,
    *,
    num_completions: int = 1,
    temperature: float = 0.0,
    max_new_tokens: int,
    min_thought_tokens: int = 0,
) -> torch.Tensor:
    """Generate tokens for a batch of B prompts.

    Args:
        model: The model.
        processor: The model's processor.
        inputs: The prompts, as `build_prompt_inputs` returns them.
        num_completions: Completions per prompt.
        temperature: Sampling temperature; 0 is greedy.
        max_new_tokens: Maximum tokens per completion.
        min_thought_tokens: As in `generate_completions`.

    Returns:
        The new tokens, (B * num_completions, T), padded on the right.
    """
    inputs = inputs.to(model.device)
    sampling: JsonObject = {
        "do_sample": temperature > 0,
        "num_return_sequences": num_completions,
    }

    sampling |= stop_token_kwargs(model, processor)
    if temperature > 0:
        sampling |= {"temperature": temperature, "top_k": 0, "top_p": 1.0}

    if min_thought_tokens:
        sampling["logits_processor"] = forced_thought(
            processor, inputs["input_ids"], min_thought_tokens, sampling["eos_token_id"] or []
        )

    with torch.no_grad(), grouped_generation(model, num_completions):
        tokens = model.generate(**inputs, max_new_tokens=max_new_tokens, **sampling)

    return tokens[:, inputs["input_ids"].shape[1] :]


def build_prompt_inputs(
    processor: Any,
    samples: Sequence[Sample],
    prompt: PromptFormat | None = None,
    images: Sequence[Sequence[Image.Image]] | None = None,
) -> Any:
    """The batch of prompts for a model's `generate`; clips show the frames that the model is meant
    to see (see `limit_frames`).

    Args:
        processor: The model's processor.
        samples: The samples whose questions are asked.
        prompt: System prompt and instruction; None for neither.
        images: The decoded images of each sample; None decodes those that the samples hold.

    Returns:
        The processor's batch, padded on the left.
    """
    given = images or [sample.images for sample in samples]
    shown = [
        limit_frames(sample, pictures, max_frames(processor))
        for sample, pictures in zip(samples, given, strict=True)
    ]

    return _apply_chat_template(
        processor,
        [
            sample_messages(
                sample,
                [_decode_image(sample, p) if isinstance(p, bytes) else p for p in pictures],
                prompt,
            )
            for sample, pictures in shown
        ],
    )


def build_chat_inputs(
    processor: Any,
    questions: Sequence[tuple[str, Sequence[Image.Image]]],
    prompt: PromptFormat | None = None,
) -> Any:
    """Like `build_prompt_inputs`, for question texts with their decoded images."""
    return _apply_chat_template(
        processor, [conversation(question, images, prompt) for question, images in questions]
    )


def _apply_chat_template(processor: Any, conversations: list[list[JsonObject]]) -> Any:
    return processor.apply_chat_template(
        conversations,
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        processor_kwargs={"padding": True, "padding_side": "left"},
    )


def _decode_image(sample: Sample, content: bytes) -> Image.Image:
    return decode_picture(content, name=f"a picture of sample {sample.id}")
