"""Commands that train: difficulty, train."""

from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import RECIPE_FLAGS_CONTEXT, JsonFlag, app, print_result
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


@app.command("difficulty")
def difficulty_command(
    model: Annotated[str, typer.Argument(help="A model folder, 'starter', or a name on the hub.")],
    data: Annotated[
        str, typer.Option(help="A dataset folder, or data in any layout that `print_result` reads.")
    ],
    out: Annotated[
        Path, typer.Option(help="JSON file to write: what a recipe's data.difficulty reads.")
    ],
    samples: Annotated[int, typer.Option(min=1, help="Completions a question.")] = 4,
    temperature: Annotated[float, typer.Option(min=0.01, help="Of the completions.")] = 1.0,
    batch_size: Annotated[int, typer.Option(min=1)] = 256,
    seed: Annotated[int, typer.Option()] = 0,
    max_new_tokens: Annotated[int, typer.Option(min=1, help="Of a completion.")] = 64,
    system: SystemOption = None,
    instruction: InstructionOption = None,
    format: FormatOption = "auto",
    mapping: MappingOption = None,
    images: ImagesOption = None,
    split: SplitOption = None,
    frames: FramesOption = 16,
    as_json: JsonFlag = False,
) -> None:
    """Measure how hard each question is for a model: 1 - its mean reward over a few completions.

    Example: waywiser difficulty starter --data data/rooms --out difficulty.json
    """
    from waywiser.io import check_writable
    from waywiser.models.loading import load, load_config
    from waywiser.models.model_paths import resolve_model_folder
    from waywiser.prompting import PromptConfig
    from waywiser.training.data.difficulty import measure_difficulty, write_difficulty

    check_writable(out)
    dataset = open_training_set(data, data_recipe_keys(format, mapping, images, split, frames))
    folder = resolve_model_folder(model)
    config = PromptConfig(system=system, instruction=instruction)
    prompt = config.resolve(folder, load_config(folder).model_type)
    loaded, processor = load(folder)
    table = measure_difficulty(
        loaded,
        processor,
        dataset.samples,
        k=samples,
        temperature=temperature,
        batch_size=batch_size,
        max_new_tokens=max_new_tokens,
        seed=seed,
        title="difficulty",
        prompt=prompt,
        pictures=dataset,
    )

    write_difficulty(out, table)
    mean = sum(table.values()) / max(1, len(table))
    text = f"{len(table)} questions, mean difficulty {mean:.3f}, in {out}"
    print_result({"questions": len(table), "mean": mean, "out": str(out)}, text, as_json)


@app.command("train", context_settings=RECIPE_FLAGS_CONTEXT)
def train_command(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(help="YAML recipe; its `stage` is sft or rlvr.")],
    resume: Annotated[
        bool, typer.Option(help="Continue from the last checkpoint in `out`.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Train by a recipe. Any key of the recipe is also a flag: --learning_rate 1e-4, --data.path
    DIR.

    Example: waywiser train recipes/sft_tiny.yaml --max_minutes 2
    """
    from waywiser.report.rollouts_page import write_rollouts_page
    from waywiser.training.train import train as run

    result = run(recipe, overrides=context.args, resume=resume, page=write_rollouts_page)
    print_result(result.model_dump(mode="json"), f"Model in {result.model}", as_json)


@app.command("export-verl", hidden=True)
def export_verl(
    data: Annotated[Path, typer.Argument(help="A dataset folder.")],
    out: Annotated[Path, typer.Option(help="Parquet file to write: verl's data.train_files.")],
    split: Annotated[str | None, typer.Option(help="One split only.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """The older name of `waywiser export DATA --to verl`.

    Example: waywiser export-verl data/rooms --out verl/train.parquet
    """
    from waywiser.training.config import DataConfig
    from waywiser.training.for_verl import write_verl_dataset

    rows = write_verl_dataset(DataConfig(path=data, split=split), out)
    print_result({"rows": rows, "out": str(out)}, f"{rows} rows in {out}", as_json)
