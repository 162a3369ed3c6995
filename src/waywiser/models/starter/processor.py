"""`WaywiserStarterProcessor`: pictures and chat in, tensors out."""

from pathlib import Path
from typing import Any, cast

from transformers import PreTrainedTokenizerFast, ProcessorMixin

from waywiser.errors import ModelError
from waywiser.json_types import JsonObject
from waywiser.models.starter.image_processor import WaywiserStarterImageProcessor, flatten_images

from ..chat_processors import MARK, ChatProcessor
from .features import IMAGE_TOKENS
from .tokenizer import IMAGE

CHAT_TEMPLATE = (Path(__file__).parent / "chat_template.jinja").read_text(encoding="utf-8")


class WaywiserStarterProcessor(ChatProcessor, ProcessorMixin):  # pyright: ignore[reportIncompatibleMethodOverride]
    """`processor(images=..., text=..., padding=True, return_tensors="pt")` and
    `processor.apply_chat_template(...)`.

    Each `<|image|>` of a text becomes `IMAGE_TOKENS` image tokens; images are given in the order of
    texts and places, flat or as a list for each text. Returns input_ids, attention_mask (B, L) and
    pixel_values (images, 3, height, width) uint8. `max_frames` is how many frames of a clip the
    model is shown, in training and wherever it is asked.
    """

    image_processor: WaywiserStarterImageProcessor
    tokenizer: PreTrainedTokenizerFast

    def __init__(
        self,
        image_processor: WaywiserStarterImageProcessor | None = None,
        tokenizer: PreTrainedTokenizerFast | None = None,
        chat_template: str | None = None,
        max_frames: int = 16,
        **kwargs: Any,
    ) -> None:
        self.max_frames = max_frames
        self.image_token = IMAGE
        self.image_token_id = (
            tokenizer.convert_tokens_to_ids(IMAGE) if tokenizer is not None else None
        )
        super().__init__(
            image_processor, tokenizer, chat_template=chat_template or CHAT_TEMPLATE, **kwargs
        )

    def prepare_inputs_layout(
        self,
        images: Any = None,
        text: Any = None,
        videos: Any = None,
        audio: Any = None,
        **kwargs: Any,
    ) -> tuple[Any, Any, Any, Any]:
        """Images as one flat list, texts as a list.

        Args:
            images: An image, or a list of images or of lists of them.
            text: A text or a list of texts.
            videos: Must be None.
            audio: Must be None.

        Returns:
            Images (None if there are none), texts, videos and audio.

        Raises:
            ModelError: There is a video or audio.
        """
        if videos is not None or audio is not None:
            raise ModelError(
                "the starter model reads images, not video or audio: give frames as images"
            )

        images = list(flatten_images(images)) or None
        return super().prepare_inputs_layout(images=images, text=text, **kwargs)

    def validate_inputs(self, images: Any = None, text: Any = None, **_: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Raises ModelError when the texts do not have one image placeholder for each image."""
        if images is None and text is None:
            raise ModelError("the processor was given neither text nor images")
        if text is None:
            return
        if not all(isinstance(sample, str) for sample in text):
            raise ModelError("text must be a string or a list of strings")

        num_placeholders = sum(sample.count(IMAGE) for sample in text)
        if num_placeholders != len(images or ()):
            raise ModelError(
                f"{num_placeholders} {IMAGE} placeholders in the text for {len(images or ())}"
                " images: write one placeholder for each image"
            )

    def tokenize_without_images(self, texts: list[str]) -> list[list[int]]:
        """Token ids of texts as a call with their images gives them, without any image.

        An image has the same tokens whatever it shows, so none has to be read or resized.
        """
        escaped = any(MARK in text for text in texts)
        options: JsonObject = {"sanitize_control_tokens": True} if escaped else {}
        ids = self.tokenizer(texts, add_special_tokens=False, **options)["input_ids"]
        return [self._expand_images(row) for row in cast(list[list[int]], ids)]

    def _expand_images(self, ids: list[int]) -> list[int]:
        image = self.image_token_id
        return [
            token for one in ids for token in ([one] * IMAGE_TOKENS if one == image else (one,))
        ]

    def _process_images(self, images: Any, **kwargs: Any) -> tuple[Any, list[str]]:
        processed = self.image_processor(images, **kwargs)
        return processed, [IMAGE * IMAGE_TOKENS] * len(images)

    def replace_image_token(self, image_inputs: JsonObject, image_idx: int, **_: Any) -> str:  # noqa: ARG002
        return IMAGE * IMAGE_TOKENS
