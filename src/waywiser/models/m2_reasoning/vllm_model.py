"""M2-Reasoning for vLLM, from the parts of its own Qwen2.5-VL: a projector after the tower, and
our positions.

Imported by vLLM only. Written against vLLM's sources and not run: docs/guide/scaling.md says what
that means.
"""

# pyright: basic, reportMissingImports=false, reportGeneralTypeIssues=false, reportUntypedBaseClass=false
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from vllm.model_executor.models.qwen2_5_vl import Qwen2_5_VLForConditionalGeneration
from vllm.model_executor.models.qwen2_vl import (
    Qwen2VLDummyInputsBuilder,
    Qwen2VLMultiModalProcessor,
    Qwen2VLProcessingInfo,
)
from vllm.model_executor.models.utils import WeightsMapper
from vllm.multimodal import MULTIMODAL_REGISTRY
from vllm.multimodal.processing import PromptReplacement, PromptUpdateDetails

from waywiser.models.m2_reasoning.vllm_plugin import CHECKPOINT_PREFIXES

from .config import M2ReasoningConfig
from .model import M2ReasoningProjector
from .positions import text_positions, token_types, vision_positions
from .processor import IMAGE_END, IMAGE_START, PATCH, VIDEO_END, VIDEO_START, M2ReasoningProcessor

_PLACEHOLDER_ENDS = {"image": (IMAGE_START, IMAGE_END), "video": (VIDEO_START, VIDEO_END)}


class M2ReasoningProcessingInfo(Qwen2VLProcessingInfo):
    """Configuration and processor of the folder, as our own classes."""

    def get_hf_config(self) -> M2ReasoningConfig:
        return self.ctx.get_hf_config(M2ReasoningConfig)

    def get_hf_processor(self, **kwargs: object) -> M2ReasoningProcessor:
        return self.ctx.get_hf_processor(M2ReasoningProcessor, **kwargs)

    def get_image_processor(self, **kwargs: object) -> Any:
        return self.get_hf_processor(**kwargs).image_processor


class M2ReasoningMultiModalProcessor(Qwen2VLMultiModalProcessor):
    """In a prompt the three tokens of a placeholder become start, patches, end."""

    def _get_prompt_updates(
        self,
        mm_items: Any,  # noqa: ARG002
        hf_processor_mm_kwargs: Mapping[str, Any],
        out_mm_kwargs: Any,
    ) -> Sequence[Any]:
        processor = self.info.get_hf_processor(**hf_processor_mm_kwargs)
        vocabulary = processor.tokenizer.get_vocab()
        patch = vocabulary[PATCH]
        merge = processor.image_processor.merge_size**2

        def replacement(index: int, modality: str) -> Any:
            start, end = (vocabulary[token] for token in _PLACEHOLDER_ENDS[modality])
            grid = out_mm_kwargs[modality][index][f"{modality}_grid_thw"].data
            tokens = [start, *[patch] * (int(grid.prod()) // merge), end]
            return PromptUpdateDetails.select_token_id(tokens, patch)

        return [
            PromptReplacement(
                modality=modality,
                target=[vocabulary[start], patch, vocabulary[end]],
                replacement=partial(replacement, modality=modality),
            )
            for modality, (start, end) in _PLACEHOLDER_ENDS.items()
        ]


@MULTIMODAL_REGISTRY.register_processor(
    M2ReasoningMultiModalProcessor,
    info=M2ReasoningProcessingInfo,
    dummy_inputs=Qwen2VLDummyInputsBuilder,
)
class M2ReasoningForVLLM(Qwen2_5_VLForConditionalGeneration):
    """vLLM's Qwen2.5-VL with the release's projector and positions."""

    hf_to_vllm_mapper = WeightsMapper(orig_to_new_prefix=CHECKPOINT_PREFIXES)

    def __init__(self, *, vllm_config: Any, prefix: str = "") -> None:
        super().__init__(vllm_config=vllm_config, prefix=prefix)
        vision = self.config.vision_config
        text = self.config.text_config
        self.projector = M2ReasoningProjector(
            vision.out_hidden_size, text.hidden_size, self.config.mlp_depths
        )

    @classmethod
    def get_placeholder_str(cls, modality: str, i: int) -> str | None:  # noqa: ARG003
        start, end = _PLACEHOLDER_ENDS[modality.split("_")[0]]
        return start + PATCH + end

    def _process_image_input(self, image_input: Any) -> tuple[torch.Tensor, ...]:
        return tuple(self.projector(tokens) for tokens in super()._process_image_input(image_input))

    def _process_video_input(self, video_input: Any) -> tuple[torch.Tensor, ...]:
        return tuple(self.projector(tokens) for tokens in super()._process_video_input(video_input))

    def get_mrope_input_positions(
        self, input_tokens: list[int], *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, int]:
        """Positions (3, L) and delta of a prompt by the release's rule."""
        config = self.config
        ids = torch.tensor(input_tokens)[None]
        mask = torch.ones_like(ids)

        if not config.positions_3d:
            return text_positions(mask)[:, 0], 0

        types = token_types(
            ids,
            image=config.image_token_id,
            video=config.video_token_id,
            image_start=config.vision_start_token_id,
            video_start=config.video_start_token_id,
        )

        images, videos = _grids_by_modality(args, kwargs)
        positions, deltas = vision_positions(
            types, mask, images, videos, config.vision_config.spatial_merge_size
        )

        return positions[:, 0], int(deltas)


def _grids_by_modality(
    args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[list[Any], list[Any]]:
    """Grids of pictures and videos: newer vLLM gives features in their order, older ones give the
    grids.
    """
    features = kwargs.get("mm_features", args[0] if args and isinstance(args[0], list) else None)
    if features is not None:
        feature_grids: dict[str, list[Any]] = {"image": [], "video": []}

        for feature in features:
            grid = feature.data[f"{feature.modality}_grid_thw"].data
            feature_grids[feature.modality].append(grid.tolist())

        return feature_grids["image"], feature_grids["video"]

    arguments = (
        dict(zip(("hf_config", "image_grid_thw", "video_grid_thw"), args, strict=False)) | kwargs
    )
    grids = [arguments.get(f"{modality}_grid_thw") for modality in ("image", "video")]
    images, videos = ([] if grid is None else torch.as_tensor(grid).tolist() for grid in grids)

    return images, videos
