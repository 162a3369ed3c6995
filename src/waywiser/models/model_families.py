"""What the families of models differ in around the model itself: processors, frames of a video,
system prompts.
"""

from pathlib import Path
from typing import Any, cast

from transformers import AutoImageProcessor, AutoProcessor, PreTrainedConfig, ProcessorMixin
from transformers.models.auto.processing_auto import PROCESSOR_MAPPING
from transformers.utils.import_utils import is_torchvision_available

from waywiser.json_types import JsonObject
from waywiser.media.sampling import FrameSampling
from waywiser.media.videos import Fit
from waywiser.models.chat_processors import as_chat_processor
from waywiser.models.video_processors import (
    AcceptsFramesMixin,
    FrameVideoProcessor,
    Qwen3FrameVideoProcessor,
    build_processor,
)

from .m2_reasoning import M2ReasoningProcessor
from .starter import WaywiserStarterProcessor

_OWN_PROCESSORS: JsonObject = {
    "waywiser_starter": WaywiserStarterProcessor,
    "bailing_qwen2_5": M2ReasoningProcessor,
}
_QWEN_VIDEO_PROCESSORS: dict[str, type[FrameVideoProcessor]] = {
    "qwen2_vl": FrameVideoProcessor,
    "qwen2_5_vl": FrameVideoProcessor,
    "qwen3_vl": Qwen3FrameVideoProcessor,
    "qwen3_vl_moe": Qwen3FrameVideoProcessor,
}


def default_max_new_tokens(model: Any) -> int:
    """How many tokens a reply may have: as the folder says, else 256 for the starter and 4,096 for
    reasoning models.
    """
    configured = getattr(model.generation_config, "max_new_tokens", None)
    return int(configured or (256 if model.config.model_type == "waywiser_starter" else 4096))


def stop_token_kwargs(model: Any, processor: Any) -> JsonObject:
    """What ends a reply, for `generate`: the folder's tokens and the tokenizer's, which some
    folders leave out.
    """
    eos_ids = model.generation_config.eos_token_id
    stop_ids = {
        *([] if eos_ids is None else [eos_ids] if isinstance(eos_ids, int) else eos_ids),
        processor.tokenizer.eos_token_id,
    }

    return {
        "eos_token_id": sorted(stop_ids - {None}) or None,
        "pad_token_id": processor.tokenizer.pad_token_id,
    }


def frame_sampling(processor: ProcessorMixin) -> tuple[FrameSampling, Fit | None]:
    """Which frames of a video go to a model, and the size they are brought to; None leaves them as
    they are.

    A model without video of its own gets frames as pictures: 4 to 8 of them, or up to its own
    `max_frames`, as the starter.
    """
    video_processor = getattr(processor, "video_processor", None)
    if video_processor is None and (most := max_frames(processor)) is not None:
        return FrameSampling(fps=2.0, least=4, most=most, exact=False, even=False), None
    if video_processor is None:
        return FrameSampling(fps=2.0, least=4, most=8), None
    if isinstance(video_processor, FrameVideoProcessor):
        return video_processor.sampling, video_processor.frame_size

    most = getattr(video_processor, "max_frames", None) or 768
    return FrameSampling(fps=2.0, least=4, most=most, exact=False), None


def max_frames(processor: Any) -> int | None:
    """How many frames of a clip are shown to a model that reads them as pictures, as its folder
    says; None for all.
    """
    return getattr(processor, "max_frames", None)


def video_processor_class(model_type: str) -> type[FrameVideoProcessor]:
    """The class that cuts the videos of a family of Qwen's models into patches. Raises KeyError for
    others.
    """
    return _QWEN_VIDEO_PROCESSORS[model_type]


def load_chat_processor(folder: Path, config: PreTrainedConfig) -> Any:
    """The processor of a model folder, without code from it and, for the families known here,
    without torchvision.

    It pads prompts on the left, whatever the folder says (see chat_processors). A folder without
    pictures' settings comes back as transformers reads it: a bare tokenizer.
    """
    processor = _load_processor(folder, config)
    return as_chat_processor(processor) if isinstance(processor, ProcessorMixin) else processor


def _load_processor(folder: Path, config: PreTrainedConfig) -> Any:
    options: JsonObject = {"local_files_only": True, "trust_remote_code": False}
    model_type = config.model_type
    if model_type in _OWN_PROCESSORS:
        return _OWN_PROCESSORS[model_type].from_pretrained(folder, **options)

    if model_type in _QWEN_VIDEO_PROCESSORS and not is_torchvision_available():
        stock = cast(Any, PROCESSOR_MAPPING[type(config)])
        processor_class = type(
            stock.__name__, (AcceptsFramesMixin, stock), {}
        )  # by its own name in what is saved
        images = AutoImageProcessor.from_pretrained(folder, backend="pil", **options)

        return build_processor(
            processor_class, folder, images, _QWEN_VIDEO_PROCESSORS[model_type], **options
        )

    return AutoProcessor.from_pretrained(folder, **options)
