"""The command that makes data: synthesize."""

# ruff: noqa: ARG001 (the options are read from the context, by their names)

from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import (
    RECIPE_FLAGS_CONTEXT,
    AssetsOption,
    JsonFlag,
    PluginOption,
    app,
    print_result,
)
from waywiser.cli._command import RecipeCommand, choices
from waywiser.cli._recipe_keys import KeysOption, print_keys


@app.command("synthesize", cls=RecipeCommand, context_settings=RECIPE_FLAGS_CONTEXT)
def synthesize_command(
    context: typer.Context,
    recipe: Annotated[
        Path | None, typer.Argument(help="YAML recipe of a dataset; flags alone do as well.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the dataset.")] = None,
    rooms: Annotated[
        int | None,
        typer.Option(
            help="Number of scenes: single rooms, or homes of several rooms.", show_default="100"
        ),
    ] = None,
    tasks: Annotated[
        str | None,
        typer.Option(
            help="'all', or a comma-separated list. The default is the five tasks of single rooms."
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same bytes.", show_default="0")
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="The split, which also chooses the furniture models.",
            show_default="train",
            **choices("train", "heldout"),
        ),
    ] = None,
    assets: AssetsOption = None,
    engine: Annotated[
        str | None,
        typer.Option(
            help=(
                "Where jobs run: processes of this machine, Daft's native engine, or ray at"
                " RAY_ADDRESS or else local."
            ),
            show_default="processes",
            **choices("processes", "native", "ray"),
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Number of processes. The default is one per core.")
    ] = None,
    views: Annotated[
        int | None, typer.Option(help="Pictures of each single room.", show_default="1")
    ] = None,
    width: Annotated[
        int | None,
        typer.Option(help="Picture width in pixels.", show_default="320, homes 448"),
    ] = None,
    height: Annotated[
        int | None,
        typer.Option(help="Picture height in pixels.", show_default="240, homes 336"),
    ] = None,
    homes: Annotated[
        int | None,
        typer.Option(
            help="How many of the scenes are homes. The default is all where a task needs them."
        ),
    ] = None,
    home_rooms: Annotated[
        int | None, typer.Option(help="Most rooms of a home, 1 to 6.", show_default="6")
    ] = None,
    video: Annotated[
        str | None,
        typer.Option(
            help="Write clips as frames, or as playable mp4 files too.",
            show_default="frames",
            **choices("frames", "mp4"),
        ),
    ] = None,
    realism: Annotated[
        str | None,
        typer.Option(
            "--renderer",
            "--realism",
            help="What draws the pictures: embree, or Blender's cycles, which is slow.",
            show_default="embree",
            **choices("embree", "cycles"),
        ),
    ] = None,
    questions_per_view: Annotated[
        int | None,
        typer.Option(
            help="Most questions of one task about one picture or clip.", show_default="2"
        ),
    ] = None,
    count_share: Annotated[
        float | None,
        typer.Option(
            "--max-answer-share",
            "--count-share",
            help="Largest share of one answer among counts.",
            show_default="0.3, homes 0.2",
        ),
    ] = None,
    several_share: Annotated[
        float | None,
        typer.Option(
            help="Share of rooms with several objects of one kind.",
            show_default="0.45, homes 0.9",
        ),
    ] = None,
    scans: Annotated[
        Path | None,
        typer.Option(help="Ask about real scans instead: a scan's folder, or a folder of such."),
    ] = None,
    scan_frames: Annotated[
        int | None,
        typer.Option(help="Most frames of a scan, evenly spaced.", show_default="32"),
    ] = None,
    scan_width: Annotated[
        int | None,
        typer.Option(help="Largest width of a scan's pictures in pixels.", show_default="640"),
    ] = None,
    plugin: PluginOption = None,
    keys: KeysOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make scenes and spatial questions about them.

    The scenes are rooms or homes with pictures and videos, or real scans (docs/guide/scans.md).
    The answers are exact, and the files Parquet. Every key of the configuration is a flag too:
    --home.fps 4, --room.min_objects 8. `--keys` lists them.

    \b
    Example:
      waywiser synthesize --out data/homes --rooms 200 --tasks all --seed 1
      waywiser synthesize recipes/data/rooms_small.yaml --rooms 20
    """
    from waywiser.cli._synthesis_request import SHORT_OPTIONS, read_synthesis_request
    from waywiser.dataset.config import SynthesisConfig
    from waywiser.dataset.manifest import dataset_summary
    from waywiser.dataset.synthesize import synthesize

    if keys is not None:
        return print_keys([SynthesisConfig], keys, as_json)

    names = {*SynthesisConfig.model_fields, *SHORT_OPTIONS}
    options = {name: value for name, value in context.params.items() if name in names}
    if plugin:
        options["plugins"] = tuple(plugin)

    config = read_synthesis_request(recipe, options, context.args)
    manifest = synthesize(config)
    scene = "scan" if config.scans is not None else "home" if config.home_count else "room"
    summary = dataset_summary(manifest, config.out, scene)

    return print_result(manifest.model_dump(mode="json"), summary, as_json)
