"""`load`: a model folder -> (model, processor), strictly: no pickle, no remote code, no weight
missing or left over.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import safe_open
from transformers import (
    CONFIG_MAPPING,
    AutoConfig,
    AutoModelForImageTextToText,
    PreTrainedConfig,
    PreTrainedModel,
    ProcessorMixin,
)
from transformers.utils import logging

from waywiser.errors import ModelError, error_text
from waywiser.json_types import JsonObject
from waywiser.models.checkpoints import build_on_meta, compare_tensors, read_tensor_shapes
from waywiser.models.model_families import load_chat_processor
from waywiser.models.model_paths import resolve_model_folder
from waywiser.models.quantization import disable_weight_repacking, quantization_config
from waywiser.recipe import nearest_name

from .m2_reasoning import M2ReasoningConfig

_DTYPES = ("auto", "float32", "bfloat16", "float16")
_PROCESSOR_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.json",
    "processor_config.json",
    "preprocessor_config.json",
)
_PICKLE_SUFFIXES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


def load(
    path: str | Path,
    *,
    dtype: str | torch.dtype = "auto",
    device: str | torch.device = "cpu",
    load_4bit: bool = False,
    compute_dtype: torch.dtype = torch.float32,
) -> tuple[PreTrainedModel, ProcessorMixin]:
    """A model in evaluation mode on `device`, and its processor, from a folder in Hugging Face
    format.

    Args:
        path: A folder with config.json, safetensors weights and the processor's files; or a name,
            as `resolve_model_folder` takes it.
        dtype: "auto" (as saved), "float32", "bfloat16", "float16", or the torch type.
        device: Where the model goes, e.g. "cpu", "cuda", "cuda:1".
        load_4bit: Quantize the decoder (see `quantization`); the model goes to the current GPU, if
            there is one.
        compute_dtype: Type in which products with 4-bit weights are computed.

    Returns:
        The model and its processor. An M2-Reasoning folder may hold weights alone; then any use of
        the processor raises ModelError.

    Raises:
        ModelError: Something is missing, truncated, unknown, unsafe or does not fit.
    """
    folder = resolve_model_folder(path)
    config = load_config(folder)
    check_weights(folder)

    options: JsonObject = {
        "dtype": _parse_dtype(dtype),
        "local_files_only": True,
        "trust_remote_code": False,
        "use_safetensors": True,
    }

    target = _parse_device(device)
    if load_4bit:
        options["quantization_config"] = quantization_config(build_on_meta(config), compute_dtype)

    if (
        config.model_type == M2ReasoningConfig.model_type
    ):  # before memory is taken for what does not fit
        fit = compare_tensors(build_on_meta(config), read_tensor_shapes(folder))
        _check_loading_info(folder, {f"{kind}_keys": names for kind, names in fit.items()})

    with (
        _hide_progress_bar(),
        _as_model_error(f"cannot load the {config.model_type} model in {folder}"),
    ):
        loaded: Any = AutoModelForImageTextToText.from_pretrained(
            folder, output_loading_info=True, **options
        )
        model, loading_info = loaded

    _check_loading_info(folder, loading_info)
    if load_4bit:
        disable_weight_repacking(model)

    if config.model_type == M2ReasoningConfig.model_type and not any(
        (folder / name).is_file() for name in _PROCESSOR_FILES
    ):
        processor = cast(ProcessorMixin, MissingProcessor(folder))
    else:
        processor = load_processor(folder)

    return (model if load_4bit else model.to(target)).eval(), processor


class MissingProcessor:
    """In place of the processor of a folder with weights alone, as the release's model writes it:
    its use says so.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getattr__(self, name: str) -> Any:
        raise ModelError(
            f"{self._folder} holds weights alone: copy the tokenizer and preprocessor files there"
        )


def load_config(path: str | Path) -> PreTrainedConfig:
    """The configuration of a model by folder or name.

    Raises ModelError for one that is missing, wrong or unknown.
    """
    folder = resolve_model_folder(path, weights=False)
    model_type = _read_config(folder)["model_type"]
    if model_type not in CONFIG_MAPPING:
        near = nearest_name(model_type, CONFIG_MAPPING.keys())
        hint = f"did you mean {near!r}?" if near else "it needs another version of transformers"
        raise ModelError(
            f"model type {model_type!r} in {folder} is unknown: {hint} (code from a folder is never"
            " run)"
        )

    with _as_model_error(f"the {model_type} configuration in {folder} is wrong"):
        return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def load_processor(path: str | Path) -> ProcessorMixin:
    """The processor of a model by folder or name, without its weights. Raises ModelError, one
    line, as `load`.
    """
    folder = resolve_model_folder(path, weights=False)
    config = load_config(folder)

    with _hide_progress_bar(), _as_model_error(f"cannot load the processor in {folder}"):
        processor = load_chat_processor(folder, config)

    if not isinstance(processor, ProcessorMixin):
        # AutoProcessor gives a bare tokenizer where a part (video, torchvision) is missing.
        raise ModelError(
            f"the processor in {folder} came back as {type(processor).__name__}, which reads no"
            " images: add its preprocessor files, or install torchvision where it needs it"
        )

    return processor


def _read_config(folder: Path) -> JsonObject:
    if not folder.is_dir():
        raise ModelError(f"no model folder at {folder}: give one with config.json and weights")

    file = folder / "config.json"
    if not file.is_file():
        adapter = (
            " (it is an adapter: merge it into its base model first)" if _is_adapter(folder) else ""
        )

        raise ModelError(f"{folder} holds no config.json, so it is not a model folder{adapter}")

    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{file} is not readable JSON ({error_text(error, 200, '...')}): copy the model folder again"
        ) from error

    if not isinstance(config, dict) or not isinstance(config.get("model_type"), str):
        raise ModelError(f"{file} names no model_type: it is not the configuration of a model")

    return config


def _is_adapter(folder: Path) -> bool:
    return (folder / "adapter_config.json").is_file()


def check_weights(path: str | Path) -> None:
    """Open every weight file of a model folder. Raises ModelError for none, missing, damaged or
    pickled ones.
    """
    folder = Path(path)
    weights = sorted(folder.glob("*.safetensors"))
    _check_index(folder, {file.name for file in weights})

    if not weights:
        if any(file.suffix in _PICKLE_SUFFIXES for file in folder.iterdir()):
            raise ModelError(
                f"{folder} holds pickled weights only, which can run code: convert them to"
                " safetensors"
            )

        raise ModelError(
            f"{folder} holds no weights (*.safetensors): the training or the copy did not finish"
        )

    for file in weights:
        try:
            with safe_open(file, framework="pt"):
                pass
        except Exception as error:
            raise ModelError(
                f"{file} is damaged or truncated ({error_text(error, 200, '...')}): copy it again"
            ) from error


def _check_index(folder: Path, present: set[str]) -> None:
    """Raises ModelError where the index of a model in several files is damaged or names a file
    that is not there.
    """
    file = folder / "model.safetensors.index.json"
    if not file.is_file() or "model.safetensors" in present:  # a whole file goes first
        return

    try:
        named = set(json.loads(file.read_text(encoding="utf-8"))["weight_map"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{file} is not a readable index ({error_text(error, 200, '...')}): copy the model folder again"
        ) from error

    if missing := sorted(map(str, named - present)):
        raise ModelError(
            f"{len(missing)} of {len(named)} weight files are missing in {folder}, first"
            f" {missing[0]}"
        )


def _check_loading_info(folder: Path, loading_info: JsonObject) -> None:
    for kind, keys in (
        ("missing from", loading_info["missing_keys"]),
        ("unknown in", loading_info["unexpected_keys"]),
        ("of another shape in", loading_info["mismatched_keys"]),
    ):
        if keys:
            names = sorted(str(key[0] if isinstance(key, tuple) else key) for key in keys)
            raise ModelError(
                f"{len(names)} weights are {kind} {folder}, first {names[0]}: it does not fit its"
                " config.json"
            )


def _parse_dtype(dtype: str | torch.dtype) -> str | torch.dtype:
    if isinstance(dtype, str) and dtype not in _DTYPES:
        raise ModelError(f"dtype {dtype!r} is unknown: use one of {', '.join(_DTYPES)}")
    return dtype if isinstance(dtype, torch.dtype) or dtype == "auto" else getattr(torch, dtype)


def _parse_device(device: str | torch.device) -> torch.device:
    try:
        target = torch.device(device)
    except RuntimeError as error:
        raise ModelError(f"device {device!r} is unknown: use cpu, cuda or cuda:N") from error

    if target.type == "cuda" and (
        not torch.cuda.is_available() or (target.index or 0) >= torch.cuda.device_count()
    ):
        raise ModelError(
            f"device {device!r} is not there: torch sees {torch.cuda.device_count()} GPUs; use cpu"
        )

    return target


@contextmanager
def _as_model_error(what: str) -> Iterator[None]:
    """Any failure of a loader on a given folder becomes one line; its traceback stays attached."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(f"{what}: {error_text(error, 200, '...')}") from error


@contextmanager
def _hide_progress_bar() -> Iterator[None]:
    was_enabled = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()

    try:
        yield
    finally:
        if was_enabled:
            logging.enable_progress_bar()
