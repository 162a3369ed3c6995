"""A benchmark's rows by name, through `datasets`, where there is a network; pictures stay encoded
until shown.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from waywiser.errors import DatasetError, error_text

HUB_PREFIX = "hub:"


@dataclass(frozen=True, slots=True)
class HubDataset:
    """Where a benchmark is published: the dataset's name, its configuration and split (None for all
    of them).

    `videos` says that it has archives of videos beside its rows.
    """

    name: str
    config: str | None = None
    split: str | None = None
    videos: bool = False


HUB_DATASETS = {
    "mathvista": HubDataset("AI4Math/MathVista", split="testmini"),
    "mathvision": HubDataset("MathLLMs/MathVision", split="test"),
    "mathverse": HubDataset("AI4Math/MathVerse", "testmini", "testmini"),
    "dynamath": HubDataset("DynaMath/DynaMath_Sample"),  # a split for each of the ten variants
    "wemath": HubDataset("We-Math/We-Math", split="testmini"),
    "logicvista": HubDataset("lscpku/LogicVista"),
    "cv-bench": HubDataset("nyu-visionx/CV-Bench", split="test"),
    "vsi-bench": HubDataset("nyu-visionx/VSI-Bench", "full", "test", videos=True),
    "vsi-bench:debiased": HubDataset("nyu-visionx/VSI-Bench", "debiased", "test", videos=True),
    "vsi-bench:pruned": HubDataset("nyu-visionx/VSI-Bench", "pruned", "test", videos=True),
}
"""The authors' own copies; LogicVista's authors publish on GitHub, so that one is a mirror."""


def resolve_hub_dataset(benchmark: str, data: str) -> HubDataset:
    """What `data` ("hub:" for the benchmark's own place, or "hub:NAME") names."""
    name = data.removeprefix(HUB_PREFIX)
    known = HUB_DATASETS.get(benchmark)
    if known is None and not name:
        raise DatasetError(f"{benchmark} is not published under a name: give --data a folder")
    return known if known is not None and name in ("", known.name) else HubDataset(name)


def load_hub_rows(source: HubDataset) -> tuple[list[tuple[str, Any]], Path]:
    """All rows as `tables.read_tables` gives them, and the folder that holds the videos, if there
    are any.

    Raises DatasetError, one line, where there is no network and no cached copy, or no such dataset.
    """
    from datasets import DatasetDict, load_dataset

    try:
        with _silence_hub_client():
            loaded: Any = load_dataset(source.name, source.config, split=source.split)
            root = (
                _unpack_videos(source.name) if source.videos else Path(HUB_PREFIX + source.name)
            )  # no folder: pictures are bytes
    except Exception as error:
        # Datasets and the hub's client raise dozens of kinds, from OSError to their own.
        reason = error_text(error, 160)
        raise DatasetError(
            f"cannot load {source.name} by name ({reason}): check the network, or give --data a"
            " local copy"
        ) from error

    splits = (
        dict(loaded)
        if isinstance(loaded, DatasetDict)
        else {source.config or source.split or "": loaded}
    )

    return [row for name, split in splits.items() for row in _iter_rows(str(name), split)], root


@contextmanager
def _silence_hub_client() -> Iterator[None]:
    """Silence the client's lines about each attempt to reach the hub; one error reports it."""
    from huggingface_hub.utils import logging

    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()

    try:
        yield
    finally:
        logging.set_verbosity(verbosity)


def _iter_rows(name: str, split: Any) -> Iterator[tuple[str, Any]]:
    from datasets import Image

    pictures = [column for column, feature in split.features.items() if isinstance(feature, Image)]
    for column in pictures:
        split = split.cast_column(column, Image(decode=False))

    for number, row in enumerate(split, 1):
        yield (
            f"{name}:{number}",
            {**row, **{c: _image_bytes(row[c]) for c in pictures}, "_file": name, "_folder": ""},
        )


class _EncodedImage(TypedDict, total=False):
    """An undecoded image of the `datasets` library: its bytes, or the path of its file."""

    bytes: bytes | None
    path: str | None


def _image_bytes(picture: _EncodedImage | None) -> bytes | None:
    """The encoded picture, read from the cache where a row holds its path alone."""
    if not picture or picture.get("bytes"):
        return (picture or {}).get("bytes")
    path = Path(picture.get("path") or "")
    return path.read_bytes() if path.is_file() else None


def _unpack_videos(name: str) -> Path:
    """The folder into which the dataset's archives of videos are unpacked, once, beside the hub's
    cache.
    """
    from huggingface_hub import snapshot_download

    snapshot = Path(snapshot_download(name, repo_type="dataset", allow_patterns=["*.zip"]))
    target = snapshot.parent / f"{snapshot.name}-unpacked"

    for archive in sorted(snapshot.glob("*.zip")):
        marker = target / f".{archive.stem}"
        if not marker.exists():
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(
                    target
                )  # never outside `target`: zipfile drops ".." and leading "/"

            marker.touch()

    return target
