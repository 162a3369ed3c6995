"""`M2ReasoningProcessor`: chat, pictures and videos in, tensors out."""

from pathlib import Path
from typing import Any, cast

import torch
from transformers import PreTrainedTokenizerBase, ProcessorMixin

from waywiser.errors import ModelError
from waywiser.json_types import JsonObject
from waywiser.models.chat_processors import TEXT_TAGS, ChatProcessor
from waywiser.models.m2_reasoning.image_processor import M2ReasoningImageProcessor
from waywiser.models.video_processors import (
    AcceptsFramesMixin,
    FrameVideoProcessor,
    build_processor,
)

from .positions import token_types

CHAT_TEMPLATE = (Path(__file__).parent / "chat_template.jinja").read_text(encoding="utf-8")
GENERATION_PROMPTS = ("standard", "released")
_OPTIONS = ("cache_dir", "force_download", "local_files_only", "token", "revision", "subfolder")
PATCH = "<imagePatch>"
IMAGE_START = "<image>"
IMAGE_END = "</image>"
VIDEO_START = "<video>"
VIDEO_END = "</video>"


class M2ReasoningVideoProcessor(FrameVideoProcessor):
    """The release's values: 4 to 120 frames, two per second; 7,680 tokens of 28 x 28 pixels per
    video where they fit.
    """

    total_pixels = 7680 * 784
    max_frames = 120
    exact_sampling = True
    saved_as = None


class M2ReasoningProcessor(ChatProcessor, AcceptsFramesMixin, ProcessorMixin):  # pyright: ignore[reportIncompatibleMethodOverride]
    """`processor(images=..., videos=..., text=..., padding=True, return_tensors="pt")`,
    `apply_chat_template(...)`.

    In a text `<image><imagePatch></image>` stands for a picture, `<video><imagePatch></video>` for
    a video, and `<imagePatch>` comes once for each of its tokens; pictures are given in the order
    of texts and places.

    Args:
        image_processor: Processor of images.
        tokenizer: The tokenizer.
        video_processor: Processor of videos.
        chat_template: Jinja template of messages; None for the release's.
        generation_prompt: How the assistant's turn is opened: "standard" as in the training data,
            `<|im_start|>assistant` and a new line; "released" as the reference's processor does,
            which closes it at once: `<|im_start|>assistant<|im_end|>` and a new line.

    Raises:
        ModelError: `generation_prompt` is unknown, or the tokenizer lacks a token.
    """

    image_processor: M2ReasoningImageProcessor
    video_processor: FrameVideoProcessor
    tokenizer: PreTrainedTokenizerBase
    return_mm_token_type_ids = True

    def __init__(
        self,
        image_processor: M2ReasoningImageProcessor | None = None,
        tokenizer: PreTrainedTokenizerBase | None = None,
        video_processor: FrameVideoProcessor | None = None,
        chat_template: str | None = None,
        generation_prompt: str = "standard",
        **kwargs: Any,
    ) -> None:
        if generation_prompt not in GENERATION_PROMPTS:
            raise ModelError(
                f"generation_prompt {generation_prompt!r} is unknown: use"
                f" {' or '.join(GENERATION_PROMPTS)}"
            )

        self.generation_prompt = generation_prompt
        # Whole placeholders: pictures and videos share the patch token. Their ids are `token_ids`.
        self.image_token = IMAGE_START + PATCH + IMAGE_END
        self.video_token = VIDEO_START + PATCH + VIDEO_END

        if tokenizer is not None:
            missing = [
                t for t in (PATCH, IMAGE_START, VIDEO_START) if t not in tokenizer.get_vocab()
            ]
            if missing:
                raise ModelError(
                    f"the tokenizer has no {', '.join(missing)}: it is not M2-Reasoning's"
                )

        super().__init__(
            image_processor,
            tokenizer,
            video_processor,
            chat_template=chat_template or CHAT_TEMPLATE,
            **kwargs,
        )

    @classmethod
    def from_pretrained(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, pretrained_model_name_or_path: Any, **kwargs: Any
    ) -> "M2ReasoningProcessor":
        """From a model folder: ours or the release's, whose files name classes of its own code."""
        options = {key: value for key, value in kwargs.items() if key in _OPTIONS}
        images = M2ReasoningImageProcessor.from_pretrained(pretrained_model_name_or_path, **options)
        return build_processor(
            cls, pretrained_model_name_or_path, images, M2ReasoningVideoProcessor, **options
        )

    @property
    def token_ids(self) -> dict[str, int]:
        """Ids of the patch token and the tokens before a picture and a video, as
        `positions.token_types` takes them.
        """
        patch, image, video = (
            cast(int, self.tokenizer.convert_tokens_to_ids(t))
            for t in (PATCH, IMAGE_START, VIDEO_START)
        )
        return {"image": patch, "video": patch, "image_start": image, "video_start": video}

    def apply_chat_template(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, conversation: Any, chat_template: str | None = None, **kwargs: Any
    ) -> Any:
        """As transformers'; `generation_prompt="released"` chooses the reference's for one call."""
        kwargs.setdefault("generation_prompt", self.generation_prompt)
        if kwargs["generation_prompt"] not in GENERATION_PROMPTS:
            raise ModelError(f"generation_prompt {kwargs['generation_prompt']!r} is unknown")

        return super().apply_chat_template(conversation, chat_template, **kwargs)

    def replace_image_token(self, image_inputs: JsonObject, image_idx: int, **_: Any) -> str:
        """The placeholder of a picture, with as many patch tokens as it has."""
        patches = (
            int(image_inputs["image_grid_thw"][image_idx].prod())
            // self.image_processor.merge_size**2
        )
        return IMAGE_START + PATCH * patches + IMAGE_END

    def replace_video_token(self, video_inputs: JsonObject, video_idx: int, **_: Any) -> str:
        """The placeholder of a video, with as many patch tokens as it has."""
        patches = (
            int(video_inputs["video_grid_thw"][video_idx].prod())
            // self.video_processor.merge_size**2
        )
        return VIDEO_START + PATCH * patches + VIDEO_END

    def create_mm_token_type_ids(self, input_ids: list[Any]) -> list[list[int]]:
        """0 for text, 1 for patches of pictures, 2 for those of videos."""
        return [
            token_types(torch.as_tensor(ids)[None], **self.token_ids)[0].tolist()
            for ids in input_ids
        ]

    def decode(self, token_ids: Any, skip_special_tokens: bool = False, **kwargs: Any) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        """As the tokenizer's, but `<think>` and `<answer>` tags stay, whether they are control
        tokens or not.
        """
        if skip_special_tokens:
            token_ids = [i for i in _ids(token_ids) if i not in self._hidden_ids()]
        return cast(str, self.tokenizer.decode(token_ids, skip_special_tokens=False, **kwargs))

    def batch_decode(
        self, sequences: Any, skip_special_tokens: bool = False, **kwargs: Any
    ) -> list[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """`decode` of each."""
        return [
            self.decode(ids, skip_special_tokens=skip_special_tokens, **kwargs) for ids in sequences
        ]

    def _hidden_ids(self) -> set[int]:
        added = self.tokenizer.added_tokens_decoder
        special = {i for i, token in added.items() if token.special} | set(
            self.tokenizer.all_special_ids
        )
        return special - {i for i, token in added.items() if token.content in TEXT_TAGS}


def _ids(token_ids: Any) -> list[int]:
    values = token_ids.tolist() if hasattr(token_ids, "tolist") else token_ids
    return [int(value) for value in ([values] if isinstance(values, int) else values)]
