"""Batches in which some rows have pictures and others have none: what TRL 1.16 needs for them."""

from typing import Any

from trl.data_utils import prepare_multimodal_messages

from waywiser.json_types import JsonObject
from waywiser.training.grpo.generation_output import IMAGES

_IMAGE_INPUTS = ("pixel_values", "image_grid_thw")


def move_images_into_prompt(row: JsonObject) -> JsonObject:
    """A row as TRL gets it, its pictures in the prompt itself.

    From a column of pictures TRL keeps a list of its own and falls back to it where no generated
    row has a picture, which is wrong once rows were redrawn or dropped.
    """
    prompt = prepare_multimodal_messages(row["prompt"], images=row.get("images"))
    return {**{name: value for name, value in row.items() if name != "images"}, "prompt": prompt}


def fill_missing_images(generated: tuple[Any, ...]) -> tuple[Any, ...]:
    """What `_generate` returns, with [] for rows without a picture, where TRL has None; None where
    no row has one.

    Processors take an empty list beside others. They refuse None, and a batch of nothing but empty
    lists.
    """
    images = generated[IMAGES]
    images = [row or [] for row in images] if images and any(images) else None
    return (*generated[:IMAGES], images, *generated[IMAGES + 1 :])


def drop_empty_image_inputs(model: Any) -> None:
    """Let `model` take empty tensors of pictures as none at all.

    TRL cuts a batch into smaller ones. One that holds only rows without pictures gets tensors of
    length 0, which no vision tower takes.
    """
    original = model.forward

    def forward(*args: Any, **kwargs: Any) -> Any:
        empty = {
            name
            for name in _IMAGE_INPUTS
            if kwargs.get(name) is not None and len(kwargs[name]) == 0
        }

        return original(
            *args, **{name: value for name, value in kwargs.items() if name not in empty}
        )

    forward.__wrapped__ = original  # type: ignore[attr-defined] - generate() reads the signature
    model.forward = forward
