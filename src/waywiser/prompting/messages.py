"""Conversations for chat templates: a system message, pictures and the text of a question."""

from collections.abc import Sequence
from typing import Any

from waywiser.json_types import JsonObject
from waywiser.prompting.prompt_format import PromptFormat
from waywiser.prompting.question import question_text
from waywiser.sample import Sample

IMAGE_PLACEHOLDER = "<image>"


def content_parts(text: str, images: Sequence[Any]) -> list[JsonObject]:
    """Parts of a user's message: pictures at the `<image>` placeholders, else before the text.

    Placeholders count only if there are as many as pictures; otherwise `<image>` is plain text. A
    picture of None gives a part without content, which the processor fills.

    Example:
        >>> [part["type"] for part in content_parts("<image> and <image>?", [None, None])]
        ['image', 'text', 'image', 'text']
    """
    pieces = text.split(IMAGE_PLACEHOLDER)
    if not images or len(pieces) != len(images) + 1:
        return [*map(_image_part, images), _text_part(text)]

    parts: list[JsonObject] = []

    for index, piece in enumerate(pieces):
        if piece.strip():
            parts.append(_text_part(piece.strip("\n")))
        if index < len(images):
            parts.append(_image_part(images[index]))

    return parts


def conversation(
    text: str, images: Sequence[Any], prompt: PromptFormat | None = None
) -> list[JsonObject]:
    """The messages that ask `text` about `images`: the system message of `prompt`, if it has one,
    then the user's.
    """
    prompt = prompt or PromptFormat()
    user = {"role": "user", "content": content_parts(prompt.with_instruction(text), images)}

    if not prompt.system:
        return [user]

    return [{"role": "system", "content": [_text_part(prompt.system)]}, user]


def sample_messages(
    sample: Sample, images: Sequence[Any], prompt: PromptFormat | None = None
) -> list[JsonObject]:
    """`conversation` of a sample's `question_text`."""
    return conversation(question_text(sample), images, prompt)


def _text_part(text: str) -> JsonObject:
    return {"type": "text", "text": text}


def _image_part(image: Any) -> JsonObject:
    return {"type": "image"} if image is None else {"type": "image", "image": image}
