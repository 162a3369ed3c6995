"""Rows for the cold start: all questions about the same pictures after one prefix, tokenized once."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import torch
from torch import Tensor

from waywiser.errors import RecipeError
from waywiser.models.starter.segment_packing import Segment, pack
from waywiser.prompting import PromptFormat, sample_messages
from waywiser.training.data.training_set import TrainingSet

_TOKENIZE_BATCH_SIZE = 512

_Turn = tuple[list[int], list[int]]
"""Token ids of a prompt and of its completion."""


@dataclass(frozen=True)
class Pack:
    """One row: the tokens up to and including the last picture, shared by the questions' segments,
    and which pictures they show, in order; none for questions without any.
    """

    pictures: tuple[int, ...]
    prefix: list[int]
    segments: list[Segment]

    def __len__(self) -> int:
        return len(self.prefix) + sum(map(_length, self.segments))


def pack_by_image(
    data: TrainingSet,
    processor: Any,
    image_token_id: int,
    max_tokens: int,
    prompt: PromptFormat | None = None,
) -> list[Pack]:
    """Tokenize all samples and pack those that show the same pictures in the same order.

    Questions without a picture share what all of their prompts begin with.

    Args:
        data: The samples.
        processor: The starter's processor.
        image_token_id: Token whose places the image features take.
        max_tokens: Maximum tokens of a row of several questions; a longer question has a row of
            its own.
        prompt: System prompt and instruction; None for neither.

    Returns:
        The packed rows.

    Raises:
        RecipeError: A sample shows a video file.
    """
    if data.has_videos():
        raise RecipeError(
            "packing: image reads pictures, not video files: use packing: none, or convert the data"
            " (waywiser convert), which makes pictures of frames"
        )

    by_pictures: dict[tuple[int, ...], list[_Turn]] = {}

    for pictures, turn in zip(data.places, tokenize_samples(data, processor, prompt), strict=True):
        by_pictures.setdefault(pictures, []).append(turn)

    packs: list[Pack] = []
    for pictures, turns in by_pictures.items():
        split = _split_after_images if pictures else _split_after_common_prefix
        for prefix, segments in split(turns, image_token_id).items():
            packs += _fill_packs(pictures, list(prefix), segments, max_tokens)

    return packs


def tokenize_samples(
    data: TrainingSet, processor: Any, prompt: PromptFormat | None = None
) -> list[_Turn]:
    """Prompt and completion of each sample as token ids; the completion ends with the
    end-of-turn token.

    No picture is read: it has the same tokens whatever it shows.
    """
    eos = processor.tokenizer.eos_token_id
    turns: list[_Turn] = []

    for start in range(0, len(data), _TOKENIZE_BATCH_SIZE):
        texts: list[str] = []
        completions: list[str] = []

        for i in range(start, min(start + _TOKENIZE_BATCH_SIZE, len(data))):
            sample = data.samples[i]
            messages = sample_messages(sample, [None] * len(data.pictures_of(i)), prompt)
            texts.append(
                processor.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
            )
            completions.append(processor.escape_control_tokens(data.completion(i)))

        turns += [
            (prompt_ids, [*completion_ids, eos])
            for prompt_ids, completion_ids in zip(
                processor.tokenize_without_images(texts),
                processor.tokenize_without_images(completions),
                strict=True,
            )
        ]

    return turns


def _split_after_images(
    turns: Iterable[_Turn], image_token_id: int
) -> dict[tuple[int, ...], list[Segment]]:
    """Segments by the prefix that ends with the last image token."""
    segments: dict[tuple[int, ...], list[Segment]] = {}

    for prompt, completion in turns:
        end = len(prompt) - prompt[::-1].index(image_token_id)
        segments.setdefault(tuple(prompt[:end]), []).append(Segment(prompt[end:], completion))

    return segments


def _split_after_common_prefix(
    turns: Sequence[_Turn], _image_token_id: int
) -> dict[tuple[int, ...], list[Segment]]:
    """Segments by the one prefix that all prompts begin with; each keeps a token of its own, which
    predicts its completion.
    """
    prompts = [prompt[:-1] for prompt, _ in turns]
    # What the first and the last in order begin with, all between them begin with.
    pairs = zip(min(prompts), max(prompts), strict=False)
    prefix = tuple(token for token, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    end = len(prefix)

    return {prefix: [Segment(prompt[end:], completion) for prompt, completion in turns]}


def _fill_packs(
    pictures: tuple[int, ...], prefix: list[int], segments: Iterable[Segment], max_tokens: int
) -> list[Pack]:
    packs: list[Pack] = []
    length = 0

    for segment in segments:
        length += _length(segment)
        if packs and length <= max_tokens:
            packs[-1].segments.append(segment)
        else:
            packs.append(Pack(pictures, prefix, [segment]))
            length = len(packs[-1])

    return packs


def _length(segment: Segment) -> int:
    return len(segment.prompt_ids) + len(segment.completion_ids)


LENGTH_MULTIPLE = 32
"""Rows are padded to a multiple of this: torch keeps kernels and buffers for each new shape of a
batch, which in a few minutes on a CPU grew to gigabytes.
"""


class PackCollator:
    """Rows {"pack": index} -> what the model's forward takes: ids, labels, segments and the
    pictures of all rows in order, if there are any.

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
        pixels = [self.pixels(number) for p in chosen for number in p.pictures]
        if pixels:
            batch["pixel_values"] = torch.stack(pixels)

        return batch


def split_batch(
    batch: dict[str, Tensor], image_token_id: int, max_tokens: int
) -> list[dict[str, Tensor]]:
    """A batch of `PackCollator` as batches of at most `max_tokens` tokens with padding, or of one
    row.

    Their losses, each over the same number of learned tokens, sum up to that of the whole.
    """
    num_rows, length = batch["input_ids"].shape
    size = max(1, max_tokens // length)
    if num_rows <= size:
        return [batch]

    pixels = batch.get("pixel_values")
    rows = {name: value for name, value in batch.items() if name != "pixel_values"}
    image_tokens = (rows["input_ids"] == image_token_id).sum(dim=1)
    tokens_per_image = int(image_tokens.sum()) // len(pixels) if pixels is not None else 1
    ends = (image_tokens // tokens_per_image).cumsum(dim=0).tolist()
    parts: list[dict[str, Tensor]] = []

    for start in range(0, num_rows, size):
        end = min(start + size, num_rows)
        part = {name: value[start:end] for name, value in rows.items()}
        first_picture = ends[start - 1] if start else 0

        if pixels is not None and ends[end - 1] > first_picture:
            part["pixel_values"] = pixels[first_picture : ends[end - 1]]

        parts.append(part)

    return parts


class PixelCache:
    """Pictures as the image processor gives them, made when they are asked for; the last ones are
    kept.

    Args:
        data: where the pictures lie.
        processor: the model's.
        max_bytes: of what is kept; a picture takes three bytes a pixel.
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
