"""Options of `synthesize`."""

from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._command import choices

SynthesisRecipeArgument = Annotated[
    Path | None, typer.Argument(help="YAML recipe (optional; flags alone also work).")
]
RoomsOption = Annotated[
    int | None,
    typer.Option(
        help="Number of scenes: single rooms, or homes of several rooms.", show_default="100"
    ),
]
TasksOption = Annotated[
    str | None,
    typer.Option(
        help="'all', or a comma-separated list (default: the five tasks of single rooms)."
    ),
]
SynthesisSeedOption = Annotated[
    int | None, typer.Option(help="The same seed gives the same bytes.", show_default="0")
]
FurnitureSplitOption = Annotated[
    str | None,
    typer.Option(
        help="The split, which also chooses the furniture models.",
        show_default="train",
        **choices("train", "heldout"),
    ),
]
EngineOption = Annotated[
    str | None,
    typer.Option(
        help=(
            "Where jobs run: processes of this machine, Daft's native engine, or ray at"
            " RAY_ADDRESS or else local."
        ),
        show_default="processes",
        **choices("processes", "native", "ray"),
    ),
]
WorkersOption = Annotated[
    int | None, typer.Option(help="Number of processes (default: one per core).")
]
ViewsOption = Annotated[
    int | None, typer.Option(help="Pictures of each single room.", show_default="1")
]
WidthOption = Annotated[
    int | None, typer.Option(help="Picture width in pixels.", show_default="320, homes 448")
]
HeightOption = Annotated[
    int | None, typer.Option(help="Picture height in pixels.", show_default="240, homes 336")
]
HomesOption = Annotated[
    int | None,
    typer.Option(help="How many of the scenes are homes (default: all if a task needs them)."),
]
HomeRoomsOption = Annotated[
    int | None, typer.Option(help="Maximum rooms per home, 1 to 6.", show_default="6")
]
VideoFormOption = Annotated[
    str | None,
    typer.Option(
        help="Write clips as frames, or as playable mp4 files too.",
        show_default="frames",
        **choices("frames", "mp4"),
    ),
]
RendererOption = Annotated[
    str | None,
    typer.Option(
        "--renderer",
        "--realism",
        help="Renderer: embree, or Blender's cycles, which is slow.",
        show_default="embree",
        **choices("embree", "cycles"),
    ),
]
QuestionsPerViewOption = Annotated[
    int | None,
    typer.Option(help="Maximum questions of one task per picture or clip.", show_default="2"),
]
AnswerShareOption = Annotated[
    float | None,
    typer.Option(
        "--max-answer-share",
        "--count-share",
        help="Largest share of one answer among counts.",
        show_default="0.3, homes 0.2",
    ),
]
SeveralShareOption = Annotated[
    float | None,
    typer.Option(
        help="Share of rooms with several objects of one kind.", show_default="0.45, homes 0.9"
    ),
]
ScansOption = Annotated[
    Path | None,
    typer.Option(help="Ask about real scans instead: a scan folder, or a folder of scan folders."),
]
ScanFramesOption = Annotated[
    int | None, typer.Option(help="Maximum frames per scan, evenly spaced.", show_default="32")
]
ScanWidthOption = Annotated[
    int | None,
    typer.Option(help="Largest width of a scan's pictures in pixels.", show_default="640"),
]
