"""The M2-Reasoning model: Qwen2.5-VL's vision tower and decoder, a projector between them, its own
positions.

Architecture: arXiv 2507.08306, section 2; parts from transformers' Qwen2.5-VL (arXiv 2502.13923).
"""

import json
import os
from collections import OrderedDict
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import Qwen2_5_VLForConditionalGeneration, Qwen2_5_VLModel
from transformers.modeling_outputs import BaseModelOutputWithPooling
from transformers.utils.generic import can_return_tuple

from waywiser.errors import ModelError
from waywiser.json_types import JsonObject
from waywiser.models.m2_reasoning.image_deduplication import distinct_images

from .config import M2ReasoningConfig
from .positions import IMAGE, VIDEO, text_positions, token_types, vision_positions


class M2ReasoningProjector(nn.Sequential):
    """Merged vision tokens (n, vision size) -> unit vectors (n, text size): linear layers with GELU
    between.
    """

    def __init__(self, vision_size: int, text_size: int, depth: int) -> None:
        layers: list[nn.Module] = [nn.Linear(vision_size, text_size)]
        for _ in range(1, depth):
            layers += [nn.GELU(), nn.Linear(text_size, text_size)]
        super().__init__(OrderedDict((str(i), layer) for i, layer in enumerate(layers)))

    def forward(self, input: Tensor) -> Tensor:
        projected = super().forward(input)
        return nn.functional.normalize(projected.float(), dim=-1).to(projected.dtype)


class M2ReasoningModel(Qwen2_5_VLModel):
    """Vision tower (`visual`), projector (`projector`) and decoder (`language_model`).

    `visual(pixel_values, grid_thw=...).pooler_output` are the merged tokens before the projector;
    `get_image_features` and `get_video_features` give them after it, one tensor a picture or video.
    A picture that comes several times in a batch is encoded once.
    """

    config: M2ReasoningConfig  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, config: M2ReasoningConfig) -> None:
        super().__init__(config)
        vision = cast(Any, config.vision_config)
        text = cast(Any, config.text_config)
        self.projector = M2ReasoningProjector(
            vision.out_hidden_size, text.hidden_size, config.mlp_depths
        )
        self.post_init()

    @can_return_tuple
    def get_image_features(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, pixel_values: Tensor, image_grid_thw: Tensor | None = None, **kwargs: Any
    ) -> BaseModelOutputWithPooling:
        """pixel_values (patches, size), image_grid_thw (N, 3) -> `pooler_output`, N tensors
        (tokens, text size).
        """
        assert image_grid_thw is not None
        pixels, grids, index = _deduplicate(pixel_values, image_grid_thw, kwargs)
        outputs = cast(Any, super().get_image_features)(pixels, grids, return_dict=True, **kwargs)

        return self._project(outputs, index)

    @can_return_tuple
    def get_video_features(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, pixel_values_videos: Tensor, video_grid_thw: Tensor | None = None, **kwargs: Any
    ) -> BaseModelOutputWithPooling:
        """As `get_image_features`, for videos."""
        assert video_grid_thw is not None
        pixels, grids, index = _deduplicate(pixel_values_videos, video_grid_thw, kwargs)
        outputs = cast(Any, super().get_video_features)(pixels, grids, return_dict=True, **kwargs)

        return self._project(outputs, index)

    def _project(self, outputs: Any, index: list[int]) -> BaseModelOutputWithPooling:
        merged: tuple[Tensor, ...] = outputs.pooler_output
        projected = self.projector(torch.cat(merged)).split([len(tokens) for tokens in merged])
        outputs.pooler_output = tuple(projected[i] for i in index)
        return outputs

    def token_types(self, input_ids: Tensor) -> Tensor:
        """0 for text, 1 for image patches, 2 for video patches: (B, L) -> (B, L)."""
        config = self.config
        return token_types(
            input_ids,
            image=config.image_token_id,
            video=config.video_token_id,
            image_start=config.vision_start_token_id,
            video_start=config.video_start_token_id,
        )

    def get_rope_index(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        input_ids: Tensor,
        mm_token_type_ids: Tensor | None = None,  # noqa: ARG002 - the ids themselves say it
        image_grid_thw: Tensor | None = None,
        video_grid_thw: Tensor | None = None,
        second_per_grid_ts: Tensor | None = None,  # noqa: ARG002 - time goes by rows of the grid
        attention_mask: Tensor | None = None,
        **_: Any,
    ) -> tuple[Tensor, Tensor]:
        """Positions of all tokens by the rule of `positions`.

        Args:
            input_ids: (B, L) token ids.
            mm_token_type_ids: Unused: the ids say which tokens are patches.
            image_grid_thw: (images, 3) patches of each image, in the order of rows and places.
            video_grid_thw: (videos, 3), the same for videos.
            second_per_grid_ts: Unused: time goes by rows of the grid.
            attention_mask: (B, L) 1 for tokens, 0 for padding; None: no padding.

        Returns:
            Positions (3, B, L) and deltas (B, 1), both int64.

        Raises:
            ModelError: Grids and patches in the text do not match.
        """
        mask = (
            torch.ones_like(input_ids)
            if attention_mask is None
            else attention_mask.to(input_ids.device)
        )

        if not self.config.positions_3d or (image_grid_thw is None and video_grid_thw is None):
            return text_positions(mask), torch.zeros(
                len(input_ids), 1, dtype=torch.long, device=input_ids.device
            )

        images, videos = (
            [] if grid is None else grid.tolist() for grid in (image_grid_thw, video_grid_thw)
        )
        merge = cast(Any, self.config.vision_config).spatial_merge_size
        return vision_positions(self.token_types(input_ids), mask, images, videos, merge)

    def compute_3d_position_ids(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        input_ids: Tensor | None,
        image_grid_thw: Tensor | None,
        video_grid_thw: Tensor | None,
        inputs_embeds: Tensor,
        attention_mask: Tensor | None,
        past_key_values: Any,
        second_per_grid_ts: Tensor | None = None,  # noqa: ARG002
        mm_token_type_ids: Tensor | None = None,  # noqa: ARG002
    ) -> Tensor:
        """Positions of what `forward` was given; after a first part they go on from where it ended.

        Args:
            input_ids: (B, L) token ids, or None with embeddings alone.
            image_grid_thw: (images, 3) patches of each image, in the order of rows and places.
            video_grid_thw: (videos, 3), the same for videos.
            inputs_embeds: (B, L, width).
            attention_mask: (B, all tokens so far) 1 for tokens, 0 for padding.
            past_key_values: Cache of the tokens before these; None at the start.
            second_per_grid_ts: Unused: time goes by rows of the grid.
            mm_token_type_ids: Unused: the ids say which tokens are patches.

        Returns:
            Positions (3, B, L) int64.

        Raises:
            ModelError: There are pictures but no `input_ids`, so their places cannot be known.
        """
        past = 0 if past_key_values is None else int(past_key_values.get_seq_length())
        rows, length = inputs_embeds.shape[:2]

        if attention_mask is None or attention_mask.ndim != 2:
            attention_mask = torch.ones(
                rows, past + length, dtype=torch.long, device=inputs_embeds.device
            )

        grids: JsonObject = {"image_grid_thw": image_grid_thw, "video_grid_thw": video_grid_thw}
        if past > 0 and (input_ids is None or not bool(self.token_types(input_ids).any())):
            grids = {}  # one-by-one decoding passes the pictures of the prompt again

        if (
            input_ids is None
            and self.config.positions_3d
            and any(grid is not None for grid in grids.values())
        ):
            raise ModelError(
                "pictures need input_ids, or position_ids beside inputs_embeds, for their positions"
            )

        ids = input_ids if input_ids is not None else attention_mask[:, -length:].long()
        positions, deltas = self.get_rope_index(
            ids, attention_mask=attention_mask[:, -length:], **grids
        )

        if past == 0:
            self.rope_deltas = deltas
            return positions

        previous_deltas = (
            self.rope_deltas if self.rope_deltas is not None else deltas.new_zeros(1, 1)
        )
        previous_deltas = previous_deltas.to(positions.device).repeat_interleave(
            rows // len(previous_deltas), dim=0
        )
        before = attention_mask[:, :-length].long().sum(-1, keepdim=True) + previous_deltas
        self.rope_deltas = previous_deltas + deltas

        return positions + before

    def get_placeholder_mask(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        input_ids: Tensor | None,
        inputs_embeds: Tensor,
        image_features: Tensor | None = None,
        video_features: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Where the patches of images and of videos stand.

        Args:
            input_ids: (B, L) token ids; None reads them off the embeddings.
            inputs_embeds: (B, L, width).
            image_features: (patches of all images, width), if they are to be counted.
            video_features: (patches of all videos, width), if they are to be counted.

        Returns:
            Two masks (B, L, 1) bool, of images and of videos.

        Raises:
            ModelError: There are more or fewer patches than features.
        """
        types = self.token_types(
            input_ids if input_ids is not None else self._ids_of(inputs_embeds)
        )
        masks = [(types == kind).unsqueeze(-1).to(inputs_embeds.device) for kind in (IMAGE, VIDEO)]
        for name, mask, features in zip(
            ("image", "video"), masks, (image_features, video_features), strict=True
        ):
            if features is not None and int(mask.sum()) != len(features):
                raise ModelError(
                    f"the text has {int(mask.sum())} {name} patch tokens for {len(features)}"
                    " features: build text and pixels by one call of the processor, without"
                    " truncation"
                )

        return masks[0], masks[1]

    def _ids_of(self, inputs_embeds: Tensor) -> Tensor:
        """The ids of control tokens by their embeddings; everything else is -1."""
        config = self.config
        table = cast(Any, self.get_input_embeddings()).weight
        ids = torch.full(inputs_embeds.shape[:2], -1, device=inputs_embeds.device)

        for token in {
            config.image_token_id,
            config.video_token_id,
            config.vision_start_token_id,
            config.video_start_token_id,
        }:
            ids[(inputs_embeds == table[token]).all(-1)] = token

        return ids


class M2ReasoningForConditionalGeneration(Qwen2_5_VLForConditionalGeneration):
    """M2-Reasoning with its language head; loads and saves the release's names of weights
    (`weights.RENAMED`).
    """

    config: M2ReasoningConfig  # pyright: ignore[reportIncompatibleVariableOverride]
    model: M2ReasoningModel

    def __init__(self, config: M2ReasoningConfig) -> None:
        super(Qwen2_5_VLForConditionalGeneration, self).__init__(
            config
        )  # its own would build its model first
        text = cast(Any, config.text_config)
        self.model = M2ReasoningModel(config)
        self.lm_head = nn.Linear(text.hidden_size, text.vocab_size, bias=False)
        self.post_init()

    def save_pretrained(
        self, save_directory: str | os.PathLike[str], *args: Any, **kwargs: Any
    ) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """As transformers': in the release's format (weights and config.json), which the reference
        reads too.

        `save_original_format=False` writes transformers' own names instead; both load the same.
        """
        super().save_pretrained(save_directory, *args, **kwargs)
        adapters = getattr(self, "_hf_peft_config_loaded", False)
        if (
            kwargs.get("save_original_format", True)
            and kwargs.get("is_main_process", True)
            and not adapters
        ):
            text = json.dumps(self.config.to_released_dict(), indent=2, sort_keys=True)
            (Path(save_directory) / "config.json").write_text(f"{text}\n", encoding="utf-8")

    def _prepare_position_ids_for_generation(
        self, inputs_tensor: Tensor, model_kwargs: JsonObject
    ) -> Tensor:
        ids = model_kwargs.get("input_ids", inputs_tensor)
        if (
            model_kwargs.get("mm_token_type_ids") is None
            and ids.ndim == 2
            and not ids.is_floating_point()
        ):
            model_kwargs = {**model_kwargs, "mm_token_type_ids": self.model.token_types(ids)}

        return cast(Any, super())._prepare_position_ids_for_generation(inputs_tensor, model_kwargs)

    def _expand_multimodal_outputs(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, input_ids: Tensor, mm_encoder_output: JsonObject, **kwargs: Any
    ) -> JsonObject:
        """One kind at a time: image and video patches may share an id, which would be counted
        twice.
        """
        types = self.model.token_types(input_ids)

        for name, other in (("image", VIDEO), ("video", IMAGE)):
            if name in mm_encoder_output:
                ids = input_ids.masked_fill(types == other, -1)
                cast(Any, super())._expand_multimodal_outputs(
                    ids, {name: mm_encoder_output[name]}, **kwargs
                )

        return mm_encoder_output


def _deduplicate(
    pixels: Tensor, grids: Tensor, kwargs: JsonObject
) -> tuple[Tensor, Tensor, list[int]]:
    """`distinct_images`, unless the caller has prepared tensors (window indices and the like) for
    all pictures.
    """
    if any(isinstance(value, Tensor) for value in kwargs.values()):
        return pixels, grids, list(range(len(grids)))
    return distinct_images(pixels, grids)
