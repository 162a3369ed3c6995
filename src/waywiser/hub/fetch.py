"""Fetch a model from the hub into its usual cache: weights as safetensors, never code and never
pickles.
"""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from huggingface_hub import HfApi, snapshot_download

from waywiser.errors import ModelError
from waywiser.hub.repo_id import RepoId
from waywiser.hub.server import (
    TIMEOUT_SECONDS,
    Hub,
    current_hub,
    describe_hub_error,
    silence_client,
)

_TEXT_PATTERNS = ["*.json", "*.txt", "*.model", "*.jinja"]
_WEIGHT_PATTERNS = ["*.safetensors"]
_IGNORED_PATTERNS = ["*/*", "consolidated*"]
"""Folders hold other formats of the same weights, and so does Mistral's consolidated.safetensors.
"""
_PICKLE_SUFFIXES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
_OTHER_WEIGHT_SUFFIXES = (".gguf", ".ggml", ".h5", ".msgpack", ".onnx", ".npz")


def fetch_model(name: RepoId, *, weights: bool = True) -> Path:
    """The folder of a model in the hub's cache, fetched if necessary.

    Args:
        name: the repository, and a revision of it.
        weights: False fetches only the configuration and the processor.

    Raises:
        ModelError: the model cannot be fetched; the message says how to get the folder otherwise.
    """
    hub = current_hub()
    if hub.offline:
        return _cached_snapshot(name, hub, weights, "HF_HUB_OFFLINE is set")

    api = HfApi(endpoint=hub.address)
    try:
        with silence_client():
            info = api.model_info(name.id, revision=name.revision, timeout=TIMEOUT_SECONDS)
    except Exception as error:  # the client's errors have no common base
        return _cached_snapshot(name, hub, weights, describe_hub_error(error, hub), error)

    if weights:
        _check_weights(name, [file.rfilename for file in info.siblings or ()])

    try:
        return _download_snapshot(name, hub, weights, offline=False)
    except Exception as error:
        raise ModelError(_not_fetched_message(name, describe_hub_error(error, hub))) from error


def _download_snapshot(name: RepoId, hub: Hub, weights: bool, *, offline: bool) -> Path:
    with silence_client():
        folder = snapshot_download(
            name.id,
            revision=name.revision,
            endpoint=hub.address,
            cache_dir=hub.cache,
            local_files_only=offline,
            allow_patterns=[*_TEXT_PATTERNS, *(_WEIGHT_PATTERNS if weights else [])],
            ignore_patterns=_IGNORED_PATTERNS,
        )

    return Path(folder)


def _cached_snapshot(
    name: RepoId, hub: Hub, weights: bool, why: str, cause: Exception | None = None
) -> Path:
    """The copy in the cache when the hub itself did not answer."""
    try:
        return _download_snapshot(name, hub, weights, offline=True)
    except Exception as error:
        raise ModelError(
            _not_fetched_message(name, f"{why}, and its cache has no whole copy")
        ) from (cause or error)


def _not_fetched_message(name: RepoId, why: str) -> str:
    revision = f" --revision {name.revision}" if name.revision else ""
    return (
        f"no model folder at {name}, and it was not fetched: {why}. Where it can be had, run "
        f"`hf download {name.id}{revision} --local-dir DIR`, then give DIR"
    )


def _check_weights(name: RepoId, files: Sequence[str]) -> None:
    """Raises ModelError for a repository that is known to hold weights in other formats alone."""
    root_files = [PurePosixPath(file) for file in files if "/" not in file]
    if not root_files or any(file.suffix == ".safetensors" for file in root_files):
        return

    pickles = [file.name for file in root_files if file.suffix in _PICKLE_SUFFIXES]
    if pickles:
        raise ModelError(
            f"{name} has pickled weights only ({pickles[0]}), which can run code, so nothing was"
            " fetched: convert it to safetensors where you trust it, then give that folder"
        )

    others = sorted(
        {file.suffix for file in map(PurePosixPath, files) if file.suffix in _OTHER_WEIGHT_SUFFIXES}
    )
    kinds = f", only {', '.join(others)}" if others else ""
    raise ModelError(
        f"{name} has no weights in safetensors{kinds}: name the repository that they were made from"
    )
