"""Commands for data of any layout: show, convert, export."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from waywiser.cli._app import JsonFlag, app, print_result
from waywiser.cli._command import choices
from waywiser.cli._data_options import (
    FormatOption,
    FramesOption,
    ImagesOption,
    InstructionOption,
    MappingOption,
    SplitOption,
    SystemOption,
    data_recipe_keys,
    open_training_set,
)

DataArgument = Annotated[
    str,
    typer.Argument(
        help=(
            "A dataset folder, a JSON, JSONL, Parquet or CSV file, a folder of such files, or"
            " hub:NAME."
        )
    ),
]


@app.command("show")
def show_data(
    data: DataArgument,
    model: Annotated[
        str | None, typer.Option(help="Show prompts by this model's chat template.")
    ] = None,
    count: Annotated[int, typer.Option("-n", min=0, help="How many samples.")] = 3,
    format: FormatOption = "auto",
    mapping: MappingOption = None,
    images: ImagesOption = None,
    split: SplitOption = None,
    frames: FramesOption = 16,
    system: SystemOption = None,
    instruction: InstructionOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show how waywiser reads your data.

    Prints the number of samples, what was left out and why, and a few samples as a model sees them:
    the prompt, the pictures' sizes and the expected answer. Nothing is written.

    \b
    Example:
      waywiser show my.jsonl --images photos --model Qwen2.5-VL-3B-Instruct -n 2
    """
    from waywiser.prompting import PromptConfig
    from waywiser.training.data.preview import (
        describe_data,
        format_description,
        format_preview,
        preview_sample,
    )

    config = PromptConfig(system=system, instruction=instruction)
    processor: Any = None
    prompt = config.resolve()

    if model is not None:
        from waywiser.models.loading import load_config, load_processor
        from waywiser.models.model_paths import resolve_model_folder

        folder = resolve_model_folder(model, weights=False)
        prompt = config.resolve(folder, load_config(folder).model_type)
        processor = load_processor(folder)

    dataset = open_training_set(data, data_recipe_keys(format, mapping, images, split, frames))
    description = describe_data(dataset)

    samples = [
        preview_sample(dataset, index, prompt, processor)
        for index in _evenly_spaced(len(dataset), count)
    ]

    text = "\n\n".join([format_description(description, data), *map(format_preview, samples)])
    values = {
        **asdict(description),
        "prompt": prompt.model_dump(),
        "samples": [asdict(one) for one in samples],
    }

    print_result(values, text, as_json)


@app.command("convert")
def convert_data(
    data: DataArgument,
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    format: FormatOption = "auto",
    mapping: MappingOption = None,
    images: ImagesOption = None,
    split: SplitOption = None,
    frames: FramesOption = 16,
    as_json: JsonFlag = False,
) -> None:
    """Convert any data to a waywiser dataset.

    The files hold the pictures, and the frames of the videos.

    \b
    Example:
      waywiser convert llava.json --images coco --out data/llava
    """
    from waywiser.training.data.dataset_conversion import convert_dataset
    from waywiser.training.data.preview import describe_data, format_description

    dataset = open_training_set(data, data_recipe_keys(format, mapping, images, split, frames))
    count = convert_dataset(dataset, out)
    description = describe_data(dataset)
    text = f"{format_description(description, data)}\n{count} questions in {out}"
    print_result({**asdict(description), "out": str(out)}, text, as_json)


@app.command("export")
def export_data(
    data: DataArgument,
    to: Annotated[
        str,
        typer.Option(
            help="Layout to write.", **choices("verl", "easyr1", "trl", "messages", "llava")
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="File to write: Parquet; JSONL for messages; JSON for llava.")
    ],
    format: FormatOption = "auto",
    mapping: MappingOption = None,
    images: ImagesOption = None,
    split: SplitOption = None,
    frames: FramesOption = 16,
    as_json: JsonFlag = False,
) -> None:
    """Export data in the layout of another trainer.

    `waywiser show` reads each of the layouts back.

    \b
    Example:
      waywiser export data/rooms --to messages --out swift/train.jsonl
    """
    from waywiser.recipe import build
    from waywiser.training.config import DataConfig
    from waywiser.training.data.dataset_export import export_dataset

    config = build(
        DataConfig, {"path": data, **data_recipe_keys(format, mapping, images, split, frames)}
    )
    rows = export_dataset(config, to, out)
    print_result({"rows": rows, "out": str(out)}, f"{rows} rows in {out}", as_json)


def _evenly_spaced(total: int, count: int) -> list[int]:
    """Places of samples from the first to the last, evenly."""
    if count >= total:
        return list(range(total))
    return [round(i * (total - 1) / max(1, count - 1)) for i in range(count)]
