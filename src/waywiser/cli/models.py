"""Commands that ask models and plan for them: ask, plan."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import EXIT_CHECK_FAILED, JsonFlag, app
from waywiser.cli._command import refuse_unused
from waywiser.cli._data_options import InstructionOption, SystemOption
from waywiser.cli._model_options import (
    AskedVideoOption,
    BandwidthOption,
    BatchOption,
    DeviceMemoryOption,
    DeviceOption,
    GenerationPromptOption,
    PlannedHeightOption,
    PlannedModelOption,
    PlannedRecipeArgument,
    PlannedWidthOption,
    QuestionArgument,
    RepliesOption,
    ReplyTokensOption,
    TemperatureOption,
    TflopsOption,
    TopKOption,
    TopPOption,
    WeightsTypeOption,
)
from waywiser.errors import RecipeError

_MODEL_ONLY = ("seconds", "video_fps", "context", "batch_size", "lora_rank", "dtype")
_DEVICE_ONLY = ("devices", "device_memory", "tflops", "bandwidth")
"""Options that apply only to the other form of `plan`."""


@app.command("ask")
def ask_command(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="A model folder, 'starter', or a name on the hub.")],
    question: QuestionArgument = None,
    image: Annotated[list[Path] | None, typer.Option(help="A picture; repeatable.")] = None,
    video: AskedVideoOption = None,
    system: SystemOption = None,
    instruction: InstructionOption = None,
    batch: BatchOption = None,
    out: RepliesOption = None,
    temperature: TemperatureOption = 0.0,
    top_p: TopPOption = 1.0,
    top_k: TopKOption = 0,
    max_new_tokens: ReplyTokensOption = None,
    seed: Annotated[int, typer.Option(help="Seed of the sampling.")] = 0,
    generation_prompt: GenerationPromptOption = None,
    device: DeviceOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask a model about pictures or a video.

    The reasoning and the answer are shown while they are written. The model 'starter' is small: it
    knows only questions as it was trained on, which `waywiser show` prints for a dataset.

    \b
    Example:
      waywiser ask starter "How far is the chair from the camera, in metres?" --image room.png
      waywiser ask starter --batch questions.jsonl --out replies.jsonl
    """
    from waywiser.models.console import AskRequest, run_ask
    from waywiser.recipe import build

    values = {
        "model": model,
        "question": question,
        "images": image or [],
        "video": video,
        "system": system,
        "instruction": instruction,
        "batch": batch,
        "out": out,
        "temperature": temperature,
        "top_p": top_p,
        "top_k": top_k,
        "seed": seed,
        "max_new_tokens": max_new_tokens,
        "generation_prompt": generation_prompt,
        "device": device,
        "as_json": as_json,
    }
    request = build(AskRequest, values)
    if not request.temperature:
        reason = "has no effect at temperature 0: give --temperature too"
        refuse_unused(context, ("top_p", "top_k"), reason)

    if failed := run_ask(request):
        sys.stderr.write(f"waywiser: {failed} rows failed; see the `error` field of each.\n")
        raise typer.Exit(EXIT_CHECK_FAILED)


@app.command("plan")
def plan_command(
    command: typer.Context,
    recipe: PlannedRecipeArgument = None,
    model: PlannedModelOption = None,
    width: PlannedWidthOption = 1280,
    height: PlannedHeightOption = 720,
    seconds: Annotated[float, typer.Option(help="Length of a video, in seconds.")] = 10.0,
    video_fps: Annotated[float, typer.Option(help="Frames per second of the video.")] = 30.0,
    context: Annotated[int, typer.Option(min=1, help="Tokens per row.")] = 8192,
    batch_size: Annotated[int, typer.Option(min=1, help="Rows at a time.")] = 1,
    lora_rank: Annotated[int, typer.Option(min=1, help="Rank of LoRA adapters.")] = 16,
    dtype: WeightsTypeOption = "bfloat16",
    devices: Annotated[int, typer.Option(min=1, help="GPUs that a recipe trains on.")] = 1,
    device_memory: DeviceMemoryOption = None,
    tflops: TflopsOption = 150.0,
    bandwidth: BandwidthOption = 1500.0,
    as_json: JsonFlag = False,
) -> None:
    """Say what a model or a recipe will need.

    With --model: its parameters, the memory for answering and for training, and the tokens of a
    picture and of a video. Weights are not read; if the folder has some, their names and shapes
    are checked. Published Qwen-VL models and M2-Reasoning are known by name, without a download.

    With a training recipe: samples, tokens, memory per GPU and hours. With a curation recipe:
    samples, requests, tokens and cost. Nothing is written, and the exit code is 1 if something is
    missing.

    \b
    Example:
      waywiser plan --model inclusionAI/M2-Reasoning --width 1920 --height 1080
      waywiser plan recipes/scale/rlvr_7b_8gpu.yaml --devices 8 --device-memory 80
      waywiser plan recipes/curate_paper.yaml
    """
    if (recipe is None) == (model is None):
        raise RecipeError("plan one thing: a recipe, or --model NAME")

    if recipe is not None:
        from waywiser.cli._plan_command import print_recipe_plan
        from waywiser.recipe import read_yaml

        refuse_unused(command, _MODEL_ONLY, "is for --model: leave it out with a recipe")
        if read_yaml(recipe).get("stage") == "curate":
            refuse_unused(command, (*_DEVICE_ONLY, "width", "height"), "is not for a curation")

        machine = {"devices": devices, "memory": device_memory}
        machine |= {"tflops": tflops, "bandwidth": bandwidth}
        return print_recipe_plan(recipe, machine, width, height, as_json)

    refuse_unused(command, _DEVICE_ONLY, "is for a training recipe, not for --model")
    from waywiser.cli._plan_command import print_model_plan

    values = {"model": model, "width": width, "height": height, "seconds": seconds}
    values |= {"video_fps": video_fps, "context": context, "batch_size": batch_size}
    return print_model_plan({**values, "lora_rank": lora_rank, "dtype": dtype}, as_json)
