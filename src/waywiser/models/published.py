"""Shapes of published models by name, so that a plan needs neither a download nor a network."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from transformers import CONFIG_MAPPING, PreTrainedConfig
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from waywiser.hub.names import PREFIX
from waywiser.recipe import nearest

from .families import video_processor_class
from .m2_reasoning import M2ReasoningConfig, M2ReasoningImageProcessor, M2ReasoningVideoProcessor


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """A model by its name on the hub: its published number of parameters and its configuration."""

    id: str
    parameters: int
    config: PreTrainedConfig


def hub_id_of(name: str) -> str | None:
    """The name on the hub of a model whose shape is known; `name` may lack the owner and be in any case."""
    return _names().get(name.removeprefix(PREFIX).lower())


def near_published(name: str) -> str | None:
    """The model whose name resembles `name`, which is none of them."""
    near = nearest(name.removeprefix(PREFIX).lower(), _names())
    return _names()[near] if near and hub_id_of(name) is None else None


def published_model(name: str) -> PublishedModel | None:
    """The published model of a name, as `hub_id_of` takes it; None for one that is not known."""
    hub_id = hub_id_of(name)
    if hub_id is None:
        return None

    entry = _listed()["models"].get(hub_id) or _listed()["models"][_main_name(hub_id)]
    return PublishedModel(hub_id, entry["parameters"], _config(entry))


def default_processors(config: PreTrainedConfig) -> tuple[Any, Any] | None:
    """Image and video processor as a family publishes them, cut into patches as `config` says; None if unknown."""
    family = _listed()["families"].get(config.model_type)
    if family is None:
        return None

    vision: Any = config.vision_config
    cut = {
        "patch_size": vision.patch_size,
        "temporal_patch_size": vision.temporal_patch_size,
        "merge_size": vision.spatial_merge_size,
    }
    if config.model_type == M2ReasoningConfig.model_type:
        return M2ReasoningImageProcessor(**cut), M2ReasoningVideoProcessor(**cut)

    videos = {"size": family["videos"]} if "videos" in family else {}
    images = Qwen2VLImageProcessorPil(size=family["pictures"], **cut)
    return images, video_processor_class(config.model_type)(**cut, **videos)


def _config(entry: dict[str, Any]) -> PreTrainedConfig:
    family = entry["family"]
    vision = {**_listed()["families"][family]["vision_config"], **entry["vision_config"]}
    tied = bool(entry.get("tied"))
    values: dict[str, Any] = {"text_config": entry["text_config"], "vision_config": vision}
    values["tie_word_embeddings"] = tied
    if family == M2ReasoningConfig.model_type:  # the release's own words
        values["llm_config"] = values.pop("text_config")
    return CONFIG_MAPPING[family](**values)


def _main_name(hub_id: str) -> str:
    """The entry that a second name stands in."""
    return next(main for main, entry in _listed()["models"].items() if hub_id in entry.get("also", ()))


@cache
def _listed() -> dict[str, Any]:
    text = files("waywiser.models").joinpath("published.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@cache
def _names() -> dict[str, str]:
    """Every spelling, in small letters, and the name on the hub."""
    ids = [name for main, entry in _listed()["models"].items() for name in (main, *entry.get("also", ()))]
    return {spelling.lower(): name for name in ids for spelling in (name.partition("/")[2], name)}
