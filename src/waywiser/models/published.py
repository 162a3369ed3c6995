"""Shapes of published models by name, so that a plan needs neither a download nor a network."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from transformers import CONFIG_MAPPING, PreTrainedConfig
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from waywiser.hub.repo_id import HUB_PREFIX
from waywiser.json_types import JsonObject
from waywiser.models.model_families import video_processor_class
from waywiser.recipe import nearest_name

from .m2_reasoning import M2ReasoningConfig, M2ReasoningImageProcessor, M2ReasoningVideoProcessor


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """A model by its name on the hub: its published number of parameters and its configuration."""

    id: str
    parameters: int
    config: PreTrainedConfig


def find_hub_id(name: str) -> str | None:
    """The name on the hub of a model whose shape is known; `name` may lack the owner and be in any
    case.
    """
    return _hub_ids_by_spelling().get(name.removeprefix(HUB_PREFIX).lower())


def suggest_model_name(name: str) -> str | None:
    """The model whose name resembles `name`, which is none of them."""
    near = nearest_name(name.removeprefix(HUB_PREFIX).lower(), _hub_ids_by_spelling())
    return _hub_ids_by_spelling()[near] if near and find_hub_id(name) is None else None


def find_published_model(name: str) -> PublishedModel | None:
    """The published model of a name, as `find_hub_id` takes it; None for one that is not known."""
    hub_id = find_hub_id(name)
    if hub_id is None:
        return None

    entry = _read_table()["models"].get(hub_id) or _read_table()["models"][_main_hub_id(hub_id)]
    return PublishedModel(hub_id, entry["parameters"], _build_config(entry))


def default_processors(config: PreTrainedConfig) -> tuple[Any, Any] | None:
    """Image and video processor as a family publishes them, cut into patches as `config` says; None
    if unknown.
    """
    family = _read_table()["families"].get(config.model_type)
    if family is None:
        return None

    vision: Any = config.vision_config
    patch_args = {
        "patch_size": vision.patch_size,
        "temporal_patch_size": vision.temporal_patch_size,
        "merge_size": vision.spatial_merge_size,
    }

    if config.model_type == M2ReasoningConfig.model_type:
        return M2ReasoningImageProcessor(**patch_args), M2ReasoningVideoProcessor(**patch_args)

    videos = {"size": family["videos"]} if "videos" in family else {}
    images = Qwen2VLImageProcessorPil(size=family["pictures"], **patch_args)
    return images, video_processor_class(config.model_type)(**patch_args, **videos)


def _build_config(entry: JsonObject) -> PreTrainedConfig:
    family = entry["family"]
    vision = {**_read_table()["families"][family]["vision_config"], **entry["vision_config"]}
    tied = bool(entry.get("tied"))
    values: JsonObject = {"text_config": entry["text_config"], "vision_config": vision}
    values["tie_word_embeddings"] = tied

    if family == M2ReasoningConfig.model_type:  # the release's own words
        values["llm_config"] = values.pop("text_config")

    return CONFIG_MAPPING[family](**values)


def _main_hub_id(hub_id: str) -> str:
    """The entry that a second name stands in."""
    return next(
        main for main, entry in _read_table()["models"].items() if hub_id in entry.get("also", ())
    )


@cache
def _read_table() -> JsonObject:
    text = files("waywiser.models").joinpath("published.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@cache
def _hub_ids_by_spelling() -> dict[str, str]:
    """Every spelling, in small letters, and the name on the hub."""
    ids = [
        name
        for main, entry in _read_table()["models"].items()
        for name in (main, *entry.get("also", ()))
    ]

    return {spelling.lower(): name for name in ids for spelling in (name.partition("/")[2], name)}
