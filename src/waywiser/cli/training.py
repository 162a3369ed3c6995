"""Commands that train: difficulty, train."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from waywiser.cli._app import RECIPE_FLAGS_CONTEXT, JsonFlag, app, print_result
from waywiser.cli._command import RecipeCommand
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
from waywiser.cli._recipe_keys import KeysOption, print_keys
from waywiser.errors import RecipeError

if TYPE_CHECKING:
    from waywiser.training.run.run_dir import TrainResult


@app.command("difficulty")
def difficulty_command(
    model: Annotated[str, typer.Argument(help="A model folder, 'starter', or a name on the hub.")],
    data: Annotated[
        str, typer.Option(help="A dataset folder, or data in any layout that `show` reads.")
    ],
    out: Annotated[
        Path, typer.Option(help="JSON file to write, which a recipe's data.difficulty reads.")
    ],
    samples: Annotated[int, typer.Option(min=1, help="Completions per question.")] = 4,
    temperature: Annotated[float, typer.Option(min=0.01, help="Sampling temperature.")] = 1.0,
    batch_size: Annotated[int, typer.Option(min=1, help="Completions at a time.")] = 256,
    seed: Annotated[int, typer.Option(help="Seed of the completions.")] = 0,
    max_new_tokens: Annotated[int, typer.Option(min=1, help="Maximum tokens per completion.")] = 64,
    system: SystemOption = None,
    instruction: InstructionOption = None,
    format: FormatOption = "auto",
    mapping: MappingOption = None,
    images: ImagesOption = None,
    split: SplitOption = None,
    frames: FramesOption = 16,
    as_json: JsonFlag = False,
) -> None:
    """Measure how hard each question is for a model.

    The difficulty of a question is 1 minus the model's mean reward over a few completions.

    \b
    Example:
      waywiser difficulty starter --data data/rooms --out difficulty.json
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


@app.command("train", cls=RecipeCommand, context_settings=RECIPE_FLAGS_CONTEXT)
def train_command(
    context: typer.Context,
    recipe: Annotated[
        Path | None,
        typer.Argument(
            help="YAML recipe, whose `stage` is sft, rejection or rlvr.", metavar="RECIPE"
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue from the last checkpoint in `out`.")
    ] = False,
    keys: KeysOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Train a model: SFT, rejection sampling or RLVR.

    Every key of the recipe is a flag too: --learning-rate 1e-4, --data.path DIR. `--keys` lists
    them, and the usual short forms such as --lr are understood.

    \b
    Example:
      waywiser train recipes/sft_tiny.yaml --max-minutes 2
      waywiser train --keys strategy
    """
    if keys is not None:
        from waywiser.training.config import RLVRRecipe, SFTRecipe
        from waywiser.training.rejection_config import RejectionRecipe

        return print_keys([SFTRecipe, RejectionRecipe, RLVRRecipe], keys, as_json)
    if recipe is None:
        raise RecipeError("missing argument 'RECIPE': give a recipe, or --keys to list its keys")

    from waywiser.report.rollouts_page import write_rollouts_page
    from waywiser.training.train import train as run

    result = run(recipe, overrides=context.args, resume=resume, page=write_rollouts_page)
    return print_result(result.model_dump(mode="json"), _describe_result(result), as_json)


def _describe_result(result: "TrainResult") -> str:
    """What was trained, for how long and how it ended."""
    loss = result.last.get("loss", result.last.get("train_loss"))
    reward = result.last.get("reward")
    ends = [f"last loss {loss:.3f}"] if loss is not None else []
    ends += [f"last reward {reward:.3f}"] if reward is not None else []
    parts = [f"{result.steps} steps on {result.samples} samples", *ends]
    return f"{', '.join(parts)}, {result.seconds / 60:.1f} minutes. Model in {result.model}"


@app.command("export-verl", hidden=True)
def export_verl(
    data: Annotated[Path, typer.Argument(help="A dataset folder.")],
    out: Annotated[Path, typer.Option(help="Parquet file to write: verl's data.train_files.")],
    split: Annotated[str | None, typer.Option(help="Export only this split.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """The older name of `export DATA --to verl`.

    \b
    Example:
      waywiser export-verl data/rooms --out verl/train.parquet
    """
    from waywiser.training.config import DataConfig
    from waywiser.training.for_verl import write_verl_dataset

    rows = write_verl_dataset(DataConfig(path=data, split=split), out)
    print_result({"rows": rows, "out": str(out)}, f"{rows} rows in {out}", as_json)
