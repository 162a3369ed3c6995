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
from waywiser.cli._command import RecipeCommand
from waywiser.cli._recipe_keys import KeysOption, print_keys
from waywiser.cli._synthesis_options import (
    AnswerShareOption,
    EngineOption,
    FurnitureSplitOption,
    HeightOption,
    HomeRoomsOption,
    HomesOption,
    QuestionsPerViewOption,
    RendererOption,
    RoomsOption,
    ScanFramesOption,
    ScansOption,
    ScanWidthOption,
    SeveralShareOption,
    SynthesisRecipeArgument,
    SynthesisSeedOption,
    TasksOption,
    VideoFormOption,
    ViewsOption,
    WidthOption,
    WorkersOption,
)


@app.command("synthesize", cls=RecipeCommand, context_settings=RECIPE_FLAGS_CONTEXT)
def synthesize_command(
    context: typer.Context,
    recipe: SynthesisRecipeArgument = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the dataset.")] = None,
    rooms: RoomsOption = None,
    tasks: TasksOption = None,
    seed: SynthesisSeedOption = None,
    split: FurnitureSplitOption = None,
    assets: AssetsOption = None,
    engine: EngineOption = None,
    workers: WorkersOption = None,
    views: ViewsOption = None,
    width: WidthOption = None,
    height: HeightOption = None,
    homes: HomesOption = None,
    home_rooms: HomeRoomsOption = None,
    video: VideoFormOption = None,
    realism: RendererOption = None,
    questions_per_view: QuestionsPerViewOption = None,
    count_share: AnswerShareOption = None,
    several_share: SeveralShareOption = None,
    scans: ScansOption = None,
    scan_frames: ScanFramesOption = None,
    scan_width: ScanWidthOption = None,
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
