"""Options of `ask` and `plan`."""

from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._command import choices

QuestionArgument = Annotated[
    str | None, typer.Argument(help="What to ask about the pictures or the video.")
]
AskedVideoOption = Annotated[
    Path | None, typer.Option(help="A video, an animated picture, or a folder of frames.")
]
BatchOption = Annotated[
    Path | None,
    typer.Option(help="JSONL file of questions, with images, video and system in each row."),
]
RepliesOption = Annotated[
    Path | None,
    typer.Option(help="JSONL file for the replies of --batch (default: print them)."),
]
TemperatureOption = Annotated[
    float, typer.Option(min=0.0, help="Sampling temperature; 0 is greedy.")
]
TopPOption = Annotated[
    float,
    typer.Option(
        help="Nucleus sampling: keep the most likely tokens up to this total probability."
    ),
]
TopKOption = Annotated[
    int, typer.Option(min=0, help="Sample from the k most likely tokens (0 = no limit).")
]
ReplyTokensOption = Annotated[
    int | None,
    typer.Option(min=1, help="Maximum tokens per reply (default: the model's own)."),
]
GenerationPromptOption = Annotated[
    str | None,
    typer.Option(
        help="How a turn of M2-Reasoning opens: as standard, or as in the release.",
        **choices("standard", "released"),
    ),
]
DeviceOption = Annotated[
    str | None, typer.Option(help="cpu, cuda or cuda:N (default: a GPU if there is one).")
]

PlannedRecipeArgument = Annotated[
    Path | None, typer.Argument(help="A recipe to plan; or give --model.")
]
PlannedModelOption = Annotated[
    str | None, typer.Option(help="A folder (config.json is enough), 'starter', or a hub name.")
]
PlannedWidthOption = Annotated[
    int, typer.Option(min=1, help="Width of pictures and frames, in pixels.")
]
PlannedHeightOption = Annotated[
    int, typer.Option(min=1, help="Height of pictures and frames, in pixels.")
]
WeightsTypeOption = Annotated[
    str, typer.Option(help="Type of the weights.", **choices("bfloat16", "float16", "float32"))
]
DeviceMemoryOption = Annotated[
    float | None, typer.Option(min=0.1, help="Memory of each GPU, in GiB.")
]
TflopsOption = Annotated[
    float, typer.Option(min=0.01, help="TFLOP/s that each GPU reaches in training.")
]
BandwidthOption = Annotated[
    float, typer.Option(min=0.1, help="Memory bandwidth of each GPU, in GB/s.")
]
