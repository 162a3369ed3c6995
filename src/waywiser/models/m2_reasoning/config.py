"""`M2ReasoningConfig`: the released `bailing_qwen2_5` configuration, read into transformers' parts
and written back.
"""

import copy
from dataclasses import fields
from typing import Any, ClassVar

from transformers import Qwen2_5_VLConfig, Qwen2Config
from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLTextConfig

from waywiser.errors import ModelError
from waywiser.json_types import JsonObject

_SHARED_FIELDS = {field.name for field in fields(Qwen2Config)} & {
    field.name for field in fields(Qwen2_5_VLTextConfig)
}
_ROPE_KEYS = ("rope_theta", "rope_scaling", "rope_parameters")
_TOKEN_KEYS = {  # name in the release's llm_config -> ours
    "image_patch_token": "image_token_id",
    "image_start_token": "vision_start_token_id",
    "image_end_token": "vision_end_token_id",
    "video_patch_token": "video_token_id",
    "video_start_token": "video_start_token_id",
    "video_end_token": "video_end_token_id",
}
RELEASED_ARCHITECTURE = "Bailing_qwen2_5NativeForConditionalGeneration"


class M2ReasoningConfig(Qwen2_5_VLConfig):
    """Configuration of M2-Reasoning (arXiv 2507.08306): Qwen2.5-VL's parts and what the release
    adds.

    Made from the release's fields (`llm_config`, `vision_config`, `mlp_depths`, ...) or from
    transformers' (`text_config`, `vision_config`). `use_llm_3drope` is "m_rope" or, in older
    configurations, true or false: whether vision tokens have positions in time, height and width.
    Image and video patches may share one id (`image_token_id == video_token_id`): then the start
    token before them tells which they are. Raises ModelError for what the release's code had but
    its checkpoint does not (audio, LoRA inside) and for values that are none.
    """

    model_type = "bailing_qwen2_5"
    auto_map: ClassVar[
        dict[str, str]
    ] = {}  # TRL reads it from any class that transformers does not have

    mlp_depths: int = 2
    use_llm_3drope: bool | str | None = "m_rope"
    image_token_id: int = 151678
    vision_start_token_id: int = 151679
    vision_end_token_id: int = 151680
    video_token_id: int = 151678
    video_start_token_id: int = 151681
    video_end_token_id: int = 151682

    def __post_init__(self, **kwargs: Any) -> None:
        if (llm := kwargs.pop("llm_config", None)) is not None:
            self._read_release(_as_mapping("llm_config", llm))
        if self.vision_config is None or isinstance(self.vision_config, dict):
            self.vision_config = _vision_values(self.vision_config or {})

        kwargs.pop("auto_map", None)  # names the release's own code, which is not used

        for unused in ("audio_config", "use_vit_lora", "use_llm_lora"):
            if kwargs.pop(unused, None):
                raise ModelError(
                    f"{unused} is set: audio and LoRA inside the checkpoint are not supported"
                )

        if self.mlp_depths not in (1, 2, 3, 4):
            raise ModelError(
                f"mlp_depths is {self.mlp_depths!r}: a projector has 1 to 4 linear layers"
            )

        if self.use_llm_3drope and self.use_llm_3drope not in (True, "m_rope"):
            raise ModelError(
                f"use_llm_3drope {self.use_llm_3drope!r} is unknown: use 'm_rope', true or false"
            )

        super().__post_init__(**kwargs)

    def _read_release(self, llm: JsonObject) -> None:
        if llm.get("model_type", "qwen2") != "qwen2":
            raise ModelError(
                f"llm_config is a {llm['model_type']}: M2-Reasoning requires a qwen2 language model"
            )

        for theirs, ours in _TOKEN_KEYS.items():
            if llm.get(theirs) is not None:
                setattr(self, ours, llm[theirs])

        self.use_llm_3drope = llm.get("use_llm_3drope")
        self.text_config = _text_values(llm)
        self.tie_word_embeddings = bool(llm.get("tie_word_embeddings", False))

    @property
    def positions_3d(self) -> bool:
        """Whether vision tokens have positions in time, height and width (M-RoPE)."""
        return bool(self.use_llm_3drope)

    def to_released_dict(self) -> JsonObject:
        """The release's config.json of this configuration, which the reference code reads."""
        values = self.to_dict()
        text = values.pop("text_config")
        vision = values.pop("vision_config")
        rope = text.pop("rope_parameters")
        llm = {k: v for k, v in text.items() if k not in ("layer_types", "dtype")}
        llm |= {theirs: values.pop(ours) for theirs, ours in _TOKEN_KEYS.items()}
        llm |= {
            "model_type": "qwen2",
            "rope_theta": rope.pop("rope_theta"),
            "use_llm_3drope": self.use_llm_3drope,
        }

        llm |= {
            "rope_scaling": {**rope, "type": rope["rope_type"]},
            "tie_word_embeddings": self.tie_word_embeddings,
        }

        vision = {k: v for k, v in vision.items() if k not in ("rope_parameters", "dtype")}
        values.pop("use_llm_3drope")
        values |= {"llm_config": llm, "vision_config": {**vision, "model_type": "qwen2_5_vit"}}
        values |= {
            "audio_config": None,
            "use_vit_lora": 0,
            "use_llm_lora": 0,
            "torch_dtype": values.pop("dtype", None),
        }

        return values | {
            "architectures": [RELEASED_ARCHITECTURE],
            "llm_type": "qwen2_5",
            "vision_type": "qwen2_5_vit",
        }


def _text_values(llm: JsonObject) -> JsonObject:
    """Qwen2's values as Qwen2.5-VL's text part has them: where it is silent, by Qwen2's defaults,
    which differ.
    """
    defaults = Qwen2Config().to_dict()
    values = {
        key: defaults[key] for key in _SHARED_FIELDS if key not in _ROPE_KEYS and key in defaults
    }
    values.pop("layer_types", None)

    dropped = {
        *_ROPE_KEYS,
        *_TOKEN_KEYS,
        "use_llm_3drope",
        "model_type",
        "_attn_implementation_autoset",
        "torch_dtype",
    }

    values |= {
        key: value for key, value in llm.items() if key not in dropped and not key.startswith("_")
    }
    scaling = dict(llm.get("rope_parameters") or llm.get("rope_scaling") or {})
    theta = llm.get("rope_theta", scaling.pop("rope_theta", 10_000.0))
    kind = scaling.pop("rope_type", None) or scaling.pop("type", None) or "default"
    scaling.pop("type", None)
    heads = int(values["num_attention_heads"])
    half = int(values["hidden_size"]) // heads // 2
    scaling.setdefault(
        "mrope_section", [half // 4, half * 3 // 8, half - half // 4 - half * 3 // 8]
    )
    kind = "default" if kind in ("mrope", "m_rope") else kind

    return values | {"rope_parameters": {**scaling, "rope_type": kind, "rope_theta": theta}}


def _vision_values(vision: JsonObject) -> JsonObject:
    """One step of time per row of the grid (tokens_per_second 1), and transformers' name of this
    tower.
    """
    values = {
        key: value
        for key, value in vision.items()
        if not key.startswith("_") and key != "torch_dtype"
    }

    values.pop("tie_word_embeddings", None)
    return values | {"model_type": "qwen2_5_vl_vision", "tokens_per_second": 1}


def _as_mapping(name: str, value: Any) -> JsonObject:
    if hasattr(value, "to_dict"):
        value = value.to_dict()
    if not isinstance(value, dict):
        raise ModelError(
            f"{name} is a {type(value).__name__}, not a mapping: it is not an M2-Reasoning"
            " configuration"
        )

    return copy.deepcopy(value)
