"""Options shared by the commands that read data or ask a model."""

from pathlib import Path
from typing import Annotated, Any

import typer

FormatOption = Annotated[
    str,
    typer.Option(
        "--format", help="Layout: auto, waywiser, messages, conversations, problem, llava, ..."
    ),
]
MappingOption = Annotated[
    str | None, typer.Option(help="YAML file that maps your columns to waywiser's fields.")
]
ImagesOption = Annotated[
    Path | None,
    typer.Option(help="Base folder for relative image paths (default: the data file's folder)."),
]
SplitOption = Annotated[str | None, typer.Option(help="Read only this split.")]
FramesOption = Annotated[int, typer.Option(min=2, help="Maximum frames per video.")]
SystemOption = Annotated[
    str | None,
    typer.Option(
        help=(
            "System prompt: none, think-answer, m2-reasoning, or a sentence; default: the one the"
            " model was trained with."
        )
    ),
]
InstructionOption = Annotated[
    str | None,
    typer.Option(
        help=(
            "Instruction appended to each question: none, think-answer, or a sentence; default: the"
            " one the model was trained with."
        )
    ),
]


def data_recipe_keys(
    format: str, mapping: str | None, images: Path | None, split: str | None, frames: int = 16
) -> dict[str, Any]:
    """Keys of a recipe's `data`, from a command's options."""
    keys: dict[str, Any] = {"format": format, "mapping": mapping, "images": images, "split": split}
    return {**keys, "frames": {"max_frames": frames}}


def open_training_set(data: str, keys: dict[str, Any]) -> Any:
    """The training set that a command's `data` and the keys of `data_recipe_keys` name."""
    from waywiser.recipe import build
    from waywiser.training.config import DataConfig
    from waywiser.training.data.training_set import read_training_set

    return read_training_set(build(DataConfig, {"path": data, **keys}))
