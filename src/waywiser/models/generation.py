"""Completions for many questions at once: sampled or greedy, each prompt read once for all its
completions.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from PIL import Image
from tqdm import tqdm

from waywiser.errors import ModelError
from waywiser.media import decode_picture
from waywiser.models.decoding import grouped_generation
from waywiser.models.model_families import stop_token_kwargs
from waywiser.prompting import PromptFormat, conversation, sample_messages
from waywiser.sample import Sample


class ImageSource(Protocol):
    """Shows samples by their numbers."""

    def num_images(self, index: int) -> int: ...

    def images(self, index: int) -> list[Image.Image]: ...


class _SampleImages:
    """The pictures that samples hold themselves."""

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
    seed: int = 0,
    title: str | None = None,
    prompt: PromptFormat | None = None,
    pictures: ImageSource | None = None,
) -> list[list[str]]:
    """`n` completions of each sample's question, in the order of `samples`; all completions of 0
    samples are [].

    `prompt` holds a system prompt and an instruction (None: neither). `pictures` shows samples by
    their numbers; None decodes what the samples hold.

    Temperature 0 is greedy: one completion is generated and stands n times. Above 0 every token is
    drawn from the whole distribution (no top-k, no top-p). `batch_size` bounds the completions
    generated together. The same seed, batch size and machine give the same completions, and the
    caller's random state is left alone. `title` names a progress bar. Raises ModelError for a
    temperature, n or size out of range and for pictures that cannot be decoded.
    """
    if not 0 <= temperature < float("inf") or min(n, batch_size, max_new_tokens) < 1:
        raise ModelError(
            f"temperature {temperature} must be at least 0, n {n}, batch_size {batch_size} and"
            f" max_new_tokens {max_new_tokens} at least 1"
        )

    num_completions = n if temperature > 0 else 1
    per_batch = max(1, batch_size // num_completions)
    # One task's prompts of like length together: less padding, and completions that end at about
    # the same time.
    pictures = pictures or _SampleImages(samples)
    order = sorted(
        range(len(samples)),
        key=lambda i: (pictures.num_images(i), samples[i].task, len(samples[i].question)),
    )

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
                inputs = build_prompt_inputs(
                    processor,
                    [samples[i] for i in chunk],
                    prompt,
                    [pictures.images(i) for i in chunk],
                )

                texts = _generate(
                    model, processor, inputs, num_completions, temperature, max_new_tokens
                )
                completions_by_index |= {
                    i: texts[k * num_completions : (k + 1) * num_completions]
                    for k, i in enumerate(chunk)
                }

                bar.update(len(chunk))
    finally:
        model.train(was_training)

    return [completions_by_index[i] * (n // num_completions) for i in range(len(samples))]


def _generate(
    model: Any,
    processor: Any,
    inputs: Any,
    num_completions: int,
    temperature: float,
    max_new_tokens: int,
) -> list[str]:
    tokens = generate_tokens(
        model,
        processor,
        inputs,
        num_completions=num_completions,
        temperature=temperature,
        max_new_tokens=max_new_tokens,
    )

    return processor.batch_decode(tokens, skip_special_tokens=True)


def generate_tokens(
    model: Any,
    processor: Any,
    inputs: Any,
    *,
    num_completions: int = 1,
    temperature: float = 0.0,
    max_new_tokens: int,
) -> torch.Tensor:
    """New tokens (B * draws, T) for the B prompts of `inputs` (see `build_prompt_inputs`), padded
    on the right.
    """
    inputs = inputs.to(model.device)
    sampling: dict[str, Any] = {
        "do_sample": temperature > 0,
        "num_return_sequences": num_completions,
    }

    sampling |= stop_token_kwargs(model, processor)
    if temperature > 0:
        sampling |= {"temperature": temperature, "top_k": 0, "top_p": 1.0}

    with torch.no_grad(), grouped_generation(model, num_completions):
        tokens = model.generate(**inputs, max_new_tokens=max_new_tokens, **sampling)

    return tokens[:, inputs["input_ids"].shape[1] :]


def build_prompt_inputs(
    processor: Any,
    samples: Sequence[Sample],
    prompt: PromptFormat | None = None,
    images: Sequence[Sequence[Image.Image]] | None = None,
) -> Any:
    """The batch that a model's `generate` takes for these questions, padded on the left.

    `images` are the decoded pictures of each; None decodes those that the samples hold.
    """
    decoded = images or [
        [_decode_image(sample, content) for content in sample.images] for sample in samples
    ]

    return _apply_chat_template(
        processor,
        [
            sample_messages(sample, list(pictures), prompt)
            for sample, pictures in zip(samples, decoded, strict=True)
        ],
    )


def build_chat_inputs(
    processor: Any,
    questions: Sequence[tuple[str, Sequence[Image.Image]]],
    prompt: PromptFormat | None = None,
) -> Any:
    """As `build_prompt_inputs`, from texts of questions with their decoded pictures."""
    return _apply_chat_template(
        processor, [conversation(question, images, prompt) for question, images in questions]
    )


def _apply_chat_template(processor: Any, conversations: list[list[dict[str, Any]]]) -> Any:
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
