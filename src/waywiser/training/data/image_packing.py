"""Rows for the cold start: all questions about a picture after one image prefix, tokenized once."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from waywiser.errors import RecipeError
from waywiser.models.starter.segment_packing import Segment, pack
from waywiser.prompting import PromptFormat, sample_messages
from waywiser.training.data.training_set import TrainingSet

_TOKENIZE_BATCH_SIZE = 512


@dataclass(frozen=True)
class Pack:
    """One row: the tokens up to and including the image, shared by the questions' segments, and
    which picture.
    """

    picture: int
    prefix: list[int]
    segments: list[Segment]

    def __len__(self) -> int:
        return len(self.prefix) + sum(
            len(s.prompt_ids) + len(s.completion_ids) for s in self.segments
        )


def pack_by_image(
    data: TrainingSet,
    processor: Any,
    image_token_id: int,
    max_tokens: int,
    prompt: PromptFormat | None = None,
) -> list[Pack]:
    """Tokenize all samples and pack them by picture.

    Args:
        data: The samples.
        processor: The model's processor.
        image_token_id: Token whose places the image features take.
        max_tokens: Maximum tokens per packed row.
        prompt: System prompt and instruction; None for neither.

    Returns:
        The packed rows.

    Raises:
        RecipeError: A sample has not exactly one picture, or is longer than `max_tokens` by itself.
    """
    by_picture: dict[int, list[tuple[list[int], Segment]]] = {}

    for picture_ids, turn in zip(
        data.places, tokenize_samples(data, processor, prompt), strict=True
    ):
        if len(picture_ids) != 1:
            raise RecipeError(
                f"packing: image needs one picture per sample, not {len(picture_ids)}: use packing:"
                " none"
            )

        by_picture.setdefault(picture_ids[0], []).append(_split_at_image(turn, image_token_id))

    packs: list[Pack] = []
    for picture, turns in by_picture.items():
        packs += _fill_packs(picture, turns, max_tokens)

    return packs


def tokenize_samples(
    data: TrainingSet, processor: Any, prompt: PromptFormat | None = None
) -> list[tuple[list[int], list[int]]]:
    """Prompt and completion of each sample as token ids; the completion ends with the
    end-of-turn token.

    Images do not matter to the tokens here (one size for all), so a blank one stands in for them.
    """
    blank = Image.new("RGB", (224, 224))
    eos = processor.tokenizer.eos_token_id
    turns: list[tuple[list[int], list[int]]] = []

    for start in range(0, len(data), _TOKENIZE_BATCH_SIZE):
        chunk = range(start, min(start + _TOKENIZE_BATCH_SIZE, len(data)))
        prompts = []
        completions = []
        images = [[blank] * len(data.pictures_of(i)) for i in chunk]

        for i, shown in zip(chunk, images, strict=True):
            messages = sample_messages(data.sample(i), shown, prompt)
            prompts.append(
                processor.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
            )
            completions.append(processor.escape_control_tokens(data.completion(i)))

        shown = images if any(images) else None
        prompt_ids = processor(text=prompts, images=shown, add_special_tokens=False)["input_ids"]
        completion_ids = processor(text=completions, add_special_tokens=False)["input_ids"]
        turns += [
            (list(prompt), [*completion, eos])
            for prompt, completion in zip(prompt_ids, completion_ids, strict=True)
        ]

    return turns


def _split_at_image(
    turn: tuple[list[int], list[int]], image_token_id: int
) -> tuple[list[int], Segment]:
    prompt, completion = turn
    end = len(prompt) - prompt[::-1].index(image_token_id)
    return prompt[:end], Segment(prompt[end:], completion)


def _fill_packs(
    picture: int, turns: Sequence[tuple[list[int], Segment]], max_tokens: int
) -> list[Pack]:
    packs: list[Pack] = []

    for prefix, segment in turns:
        single = Pack(picture, prefix, [segment])
        if len(single) > max_tokens:
            raise RecipeError(
                f"a sample has {len(single)} tokens, more than max_pack_tokens {max_tokens}:"
                " raise it"
            )

        fits = packs and len(packs[-1]) + len(single) - len(prefix) <= max_tokens
        if fits and packs[-1].prefix == prefix:
            packs[-1].segments.append(segment)
        else:
            packs.append(single)

    return packs


LENGTH_MULTIPLE = 32
"""Rows are padded to a multiple of this: torch keeps kernels and buffers for each new shape of a
batch, which in a few minutes on a CPU grew to gigabytes.
"""


class PackCollator:
    """Rows {"pack": index} -> what the model's forward takes: ids, labels, segments and one picture
    a row.

    Args:
        packs: the rows.
        pixels: the (3, H, W) uint8 tensor of a picture, by its number.
        pad_token_id: what fills a row.
    """

    def __init__(
        self, packs: Sequence[Pack], pixels: Callable[[int], Tensor], pad_token_id: int
    ) -> None:
        self.packs = packs
        self.pixels = pixels
        self.pad_token_id = pad_token_id

    def __call__(self, rows: Sequence[dict[str, int]]) -> dict[str, Tensor]:
        chosen = [self.packs[row["pack"]] for row in rows]
        batch = pack([(p.prefix, p.segments) for p in chosen], self.pad_token_id, LENGTH_MULTIPLE)
        batch["attention_mask"] = (batch["segment_ids"] >= 0).long()
        batch["pixel_values"] = torch.stack([self.pixels(p.picture) for p in chosen])
        return batch


class PixelCache:
    """Pictures as the image processor gives them, made when they are asked for; the last ones are
    kept.

    Args:
        data: where the pictures lie.
        processor: the model's.
        max_bytes: of what is kept; a 224 x 224 picture takes 147 kB.
    """

    def __init__(self, data: TrainingSet, processor: Any, max_bytes: int = 2**30) -> None:
        self._data = data
        self._processor = processor
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[int, Tensor] = OrderedDict()

    def __call__(self, number: int) -> Tensor:
        if number not in self._entries:
            self._load(number)
        self._entries.move_to_end(number)
        return self._entries[number]

    def _load(self, number: int) -> None:
        image = self._data.picture(number)
        pixels = self._processor.image_processor(images=[image], return_tensors="pt")[
            "pixel_values"
        ][0]
        self._entries[number] = pixels
        self._bytes += pixels.nbytes

        while self._bytes > self._max_bytes and len(self._entries) > 1:
            _, dropped = self._entries.popitem(last=False)
            self._bytes -= dropped.nbytes
