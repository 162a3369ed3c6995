"""What a checkpoint's files say about its tensors, read without their numbers, and how they fit a
model.
"""

import json
import struct
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForImageTextToText, PreTrainedModel
from transformers.conversion_mapping import get_model_conversion_mapping
from transformers.core_model_loading import WeightRenaming

from waywiser.errors import ModelError, error_text
from waywiser.json_types import JsonObject

_MAX_HEADER_BYTES = 100 * 2**20  # as safetensors itself allows
TensorShapes = dict[str, tuple[int, ...] | None]


def read_tensor_shapes(folder: Path) -> TensorShapes:
    """Name -> shape of each tensor of a folder, from the headers of the files that loading reads
    and from its index.

    Those are model.safetensors or else the files of the index, as many as are there; other
    safetensors files beside them are none of the model's. A tensor that only the index names has
    None. Empty for a folder without either. Raises ModelError for a header or an index that is
    none.
    """
    shapes: TensorShapes = {}
    files = [folder / "model.safetensors"]
    index = folder / "model.safetensors.index.json"
    if index.is_file() and not files[0].is_file():
        try:
            named = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
            shapes = dict.fromkeys(named)
            files = [folder / Path(name).name for name in sorted(set(named.values()))]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                f"{index} is not a readable index: copy the model folder again"
            ) from error

    for file in filter(Path.is_file, files):
        shapes |= {
            name: tuple(entry["shape"])
            for name, entry in _read_header(file).items()
            if name != "__metadata__"
        }

    return shapes


def _read_header(file: Path) -> JsonObject:
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            header = json.loads(stream.read(length)) if length <= _MAX_HEADER_BYTES else None
    except (OSError, ValueError, struct.error) as error:
        raise ModelError(
            f"{file} is damaged or truncated: its header cannot be read; copy it again"
        ) from error

    if not isinstance(header, dict):
        raise ModelError(f"{file} is damaged: its header is not valid; copy it again")

    return header


def compare_tensors(model: PreTrainedModel, shapes: TensorShapes) -> dict[str, list[str]]:
    """How a checkpoint's tensors fit a model (which may be on the meta device): `missing`,
    `unexpected`, `mismatched`.

    Names are changed as loading changes them; all three lists are empty where they map one to one.
    """
    renamings = [t for t in get_model_conversion_mapping(model) if isinstance(t, WeightRenaming)]
    expected = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    tied: Any = getattr(model, "all_tied_weights_keys", None) or {}
    stored: TensorShapes = {}
    duplicates: list[str] = []

    for name, shape in shapes.items():
        target_name = name
        for renaming in renamings:
            target_name, _ = renaming.rename_source_key(target_name)

        if target_name in stored:
            duplicates.append(name)

        stored[target_name] = shape

    return {
        "missing": sorted(name for name in expected.keys() - stored.keys() if name not in tied),
        "unexpected": sorted([*(stored.keys() - expected.keys()), *duplicates]),
        "mismatched": sorted(
            n for n in stored.keys() & expected.keys() if stored[n] not in (None, expected[n])
        ),
    }


def build_on_meta(config: Any) -> PreTrainedModel:
    """The model of a configuration without memory for its weights. Raises ModelError for one that
    builds none.
    """
    try:
        with torch.device("meta"):
            return AutoModelForImageTextToText.from_config(config)
    except (
        ValueError,
        TypeError,
        KeyError,
        RuntimeError,
        AttributeError,
        ZeroDivisionError,
    ) as error:
        text = error_text(error, 160)
        raise ModelError(
            f"the {config.model_type} configuration builds no model: {text}"
        ) from error
