"""Commands for data of any layout: show, convert, export."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from waywiser.cli._app import Json, app, show
from waywiser.cli._data_options import (
    FormatOption,
    FramesOption,
    ImagesOption,
    InstructionOption,
    MappingOption,
    SplitOption,
    SystemOption,
    opened,
    reading,
)

DataArgument = Annotated[
    str,
    typer.Argument(help="A dataset folder, a JSON, JSONL, Parquet or CSV file, a folder of such files, or hub:NAME."),
]


@app.command("show")
def show_data(
    data: DataArgument,
    model: Annotated[str | None, typer.Option(help="Show prompts by this model's chat template.")] = None,
    count: Annotated[int, typer.Option("-n", min=0, help="How many samples.")] = 3,
    format: FormatOption = "auto",
    mapping: MappingOption = None,
    images: ImagesOption = None,
    split: SplitOption = None,
    frames: FramesOption = 16,
    system: SystemOption = None,
    instruction: InstructionOption = None,
    as_json: Json = False,
) -> None:
    """Print what is read of some data, what is left out and why, and samples exactly as a model is prompted.

    Example: waywiser show my.jsonl --images photos --model Qwen2.5-VL-3B-Instruct -n 2
    """
    from waywiser.prompting import PromptConfig
    from waywiser.training.describing import describe_data, description_text, sample_text, shown_sample

    config = PromptConfig(system=system, instruction=instruction)
    processor: Any = None
    prompt = config.resolve()
    if model is not None:
        from waywiser.models.loading import load_config, load_processor
        from waywiser.models.resolve import model_folder

        folder = model_folder(model, weights=False)
        prompt = config.resolve(folder, load_config(folder).model_type)
        processor = load_processor(folder)

    found = opened(data, reading(format, mapping, images, split, frames))
    description = describe_data(found)
    samples = [shown_sample(found, index, prompt, processor) for index in _spread(len(found), count)]
    text = "\n\n".join([description_text(description, data), *map(sample_text, samples)])
    values = {**asdict(description), "prompt": prompt.model_dump(), "samples": [asdict(one) for one in samples]}
    show(values, text, as_json)


@app.command("convert")
def convert_data(
    data: DataArgument,
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    format: FormatOption = "auto",
    mapping: MappingOption = None,
    images: ImagesOption = None,
    split: SplitOption = None,
    frames: FramesOption = 16,
    as_json: Json = False,
) -> None:
    """Write any data as a dataset of waywiser, with its pictures and the frames of its videos in the files.

    Example: waywiser convert llava.json --images coco --out data/llava
    """
    from waywiser.training.converting import convert
    from waywiser.training.describing import describe_data, description_text

    found = opened(data, reading(format, mapping, images, split, frames))
    count = convert(found, out)
    description = describe_data(found)
    text = f"{description_text(description, data)}\n{count} questions in {out}"
    show({**asdict(description), "out": str(out)}, text, as_json)


@app.command("export")
def export_data(
    data: DataArgument,
    to: Annotated[str, typer.Option(help="verl, easyr1, trl, messages or llava.")],
    out: Annotated[Path, typer.Option(help="File to write: Parquet; JSONL for messages; JSON for llava.")],
    format: FormatOption = "auto",
    mapping: MappingOption = None,
    images: ImagesOption = None,
    split: SplitOption = None,
    frames: FramesOption = 16,
    as_json: Json = False,
) -> None:
    """Write data in the layout of another trainer; `waywiser show` reads each of them back.

    Example: waywiser export data/rooms --to messages --out swift/train.jsonl
    """
    from waywiser.recipe import build
    from waywiser.training.config import DataConfig
    from waywiser.training.exporting import export

    config = build(DataConfig, {"path": data, **reading(format, mapping, images, split, frames)})
    rows = export(config, to, out)
    show({"rows": rows, "out": str(out)}, f"{rows} rows in {out}", as_json)


def _spread(total: int, count: int) -> list[int]:
    """Places of samples from the first to the last, evenly."""
    if count >= total:
        return list(range(total))
    return [round(i * (total - 1) / max(1, count - 1)) for i in range(count)]
