"""What a model takes: parameters, memory for answering and for training, tokens of a picture and of
a video.

Everything follows from the configuration: the model is built on the meta device, no weight is read.
Models whose published shape is known by name (see published) need no folder.
"""

import math
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from transformers import PreTrainedModel

from waywiser.errors import ModelError
from waywiser.hub.repo_id import existing_path
from waywiser.models.checkpoints import build_on_meta, compare_tensors, read_tensor_shapes
from waywiser.models.model_families import frame_sampling
from waywiser.models.model_paths import STARTER, resolve_model_folder
from waywiser.models.published import default_processors, find_published_model
from waywiser.models.quantization import decoder_layers, model_bytes_in_4bit, quantized_bytes

from .loading import load_config, load_processor
from .video_processors import FrameVideoProcessor

GIB = 2**30
_BYTES_PER_VALUE = {"float32": 4, "bfloat16": 2, "float16": 2}
_BYTES_PER_TRAINED_PARAMETER = (
    16  # bytes a trained parameter: float32 value, gradient and two moments
)


class ModelPlanRequest(BaseModel):
    """A model by folder or name, and what it should do.

    Sizes in pixels; `context` and `batch_size` count tokens and rows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    width: int = Field(default=1280, ge=1)
    height: int = Field(default=720, ge=1)
    seconds: float = Field(default=10.0, gt=0)
    video_fps: float = Field(default=30.0, gt=0)
    context: int = Field(default=8192, ge=1)
    batch_size: int = Field(default=1, ge=1)
    lora_rank: int = Field(default=16, ge=1)
    dtype: str = Field(default="bfloat16", pattern="^(bfloat16|float16|float32)$")


class ModelPlan(BaseModel):
    """What `plan_model` found; memory in GiB, of weights, caches, optimizer and kept activations
    alone.

    `published` is the name on the hub of a model that was planned by its published shape, without a
    folder. `quantized_parameters` are those that `load_4bit` keeps in 4 bits, in `quantized_bytes`.
    """

    model_type: str
    published: str | None = None
    parameters: dict[str, int]
    lora_parameters: int
    quantized_parameters: int
    quantized_bytes: int
    memory_gib: dict[str, float]
    image_tokens: int | None
    video_frames: int | None
    video_tokens: int | None
    tensors: int | None
    missing: list[str] = []
    unexpected: list[str] = []
    mismatched: list[str] = []

    @property
    def fits(self) -> bool:
        """Whether the folder's tensors, if there are any, map one to one to the model's."""
        return not (self.missing or self.unexpected or self.mismatched)


def plan_model(request: ModelPlanRequest) -> ModelPlan:
    """The plan of a model: of a folder, of which config.json is enough, or of a published shape.

    Raises ModelError for what is missing or wrong.
    """
    folder, config, published = _resolve_config(request.model)
    model = build_on_meta(config)
    shapes = read_tensor_shapes(folder) if folder is not None else {}
    fit = compare_tensors(model, shapes) if shapes else {}
    image, frames, video = _count_vision_tokens(folder, config, request)
    in_4bit = decoder_layers(model)

    return ModelPlan(
        model_type=config.model_type,
        published=published,
        parameters=_count_parameters(model),
        lora_parameters=_count_lora_parameters(model, request.lora_rank),
        quantized_parameters=sum(layer.weight.numel() for layer in in_4bit.values()),
        quantized_bytes=quantized_bytes(in_4bit.values()),
        memory_gib={
            name: round(size / GIB, 4) for name, size in _memory_bytes(model, request).items()
        },
        image_tokens=image,
        video_frames=frames,
        video_tokens=video,
        tensors=len(shapes) or None,
        **fit,
    )


def _resolve_config(name: str) -> tuple[Path | None, Any, str | None]:
    """Folder, configuration and published name of what is planned: a folder here goes before a
    published shape.
    """
    known_model = (
        None if name == STARTER or existing_path(name) is not None else find_published_model(name)
    )
    if known_model is not None:
        return None, known_model.config, known_model.id

    folder = resolve_model_folder(name, weights=False)
    return folder, load_config(folder), None


def _count_parameters(model: PreTrainedModel) -> dict[str, int]:
    """Parameters by part: vision, projector (where there is one), embeddings and head, decoder, and
    in all.
    """
    counts = {"vision": 0, "projector": 0, "embeddings": 0, "decoder": 0}

    for name, value in model.named_parameters():
        if ".projector." in name or ".connector." in name:
            counts["projector"] += value.numel()
        elif ".visual." in name or ".vision" in name:
            counts["vision"] += value.numel()
        elif "embed_tokens" in name or name.startswith("lm_head"):
            counts["embeddings"] += value.numel()
        else:
            counts["decoder"] += value.numel()

    return {**counts, "total": sum(counts.values())}


def _count_lora_parameters(model: PreTrainedModel, rank: int) -> int:
    return sum(
        rank * (layer.in_features + layer.out_features) for layer in decoder_layers(model).values()
    )


def _memory_bytes(model: PreTrainedModel, request: ModelPlanRequest) -> dict[str, float]:
    """Bytes. Inference: weights and the cache of keys and values. LoRA: weights, adapters with
    their Adam states, activations; from weights in 4 bits all that stays in 16 or 32 bits is
    float32, as PEFT prepares such models. Full: float32 weights, gradients and Adam states (as this
    project trains), activations. With RLVR comes the reference model. Activations are those kept
    under gradient checkpointing: the input of each layer, one layer's inside, and the logits in
    float32 with their gradient. Buffers of kernels come on top.
    """
    text: Any = model.config.get_text_config()
    size = _BYTES_PER_VALUE[request.dtype]
    tokens = request.context * request.batch_size
    weights = sum(p.numel() for p in model.parameters())
    heads = text.num_attention_heads
    head = getattr(text, "head_dim", None) or text.hidden_size // heads
    cache = 2 * text.num_hidden_layers * (text.num_key_value_heads or heads) * head * tokens * size
    inside = tokens * (6 * text.hidden_size + 3 * text.intermediate_size) * size
    activations = (
        text.num_hidden_layers * tokens * text.hidden_size * size
        + inside
        + 2 * 4 * tokens * text.vocab_size
    )

    lora = _count_lora_parameters(model, request.lora_rank)
    weights_4bit = model_bytes_in_4bit(model)

    return {
        "weights": weights * size,
        "weights_4bit": weights_4bit,
        "inference": weights * size + cache,
        "lora_training": weights * size + lora * _BYTES_PER_TRAINED_PARAMETER + activations,
        "lora_training_4bit": weights_4bit + lora * _BYTES_PER_TRAINED_PARAMETER + activations,
        "full_training": weights * _BYTES_PER_TRAINED_PARAMETER + activations,
        "rlvr_reference": weights * 4,
    }


def _count_vision_tokens(
    folder: Path | None, config: Any, request: ModelPlanRequest
) -> tuple[int | None, int | None, int | None]:
    """Tokens of a picture, and frames and tokens of a video; None where the model has no such
    thing.
    """
    images, videos, sampling = _find_processors(folder, config)
    tokens = None

    if hasattr(images, "get_number_of_image_patches"):
        tokens = (
            images.get_number_of_image_patches(request.height, request.width, {})
            // images.merge_size**2
        )
    elif config.model_type == "waywiser_starter":
        tokens = int(config.image_tokens)

    total = max(1, round(request.seconds * request.video_fps))
    if sampling is None:
        return tokens, None, None

    frames = len(sampling.indices(total, request.video_fps))
    if videos is None:
        return tokens, frames, tokens and tokens * frames

    height, width = videos.frame_size(frames, request.height, request.width)
    pairs = math.ceil(frames / videos.temporal_patch_size)
    return tokens, frames, pairs * height * width // (videos.patch_size * videos.merge_size) ** 2


def _find_processors(
    folder: Path | None, config: Any
) -> tuple[Any, FrameVideoProcessor | None, Any]:
    """Image processor, video processor if it is ours, and how frames are sampled."""
    try:
        processor = load_processor(folder) if folder is not None else None
    except ModelError:  # a folder with a configuration alone
        processor = None

    if processor is None:
        images, videos = default_processors(config) or (None, None)
        return images, videos, videos and videos.sampling

    videos = getattr(processor, "video_processor", None)
    sampling, _ = frame_sampling(processor)
    images = getattr(processor, "image_processor", None)

    if videos is None or isinstance(videos, FrameVideoProcessor):
        return images, videos, sampling

    return images, None, None
