"""Commands that ask models and plan for them: ask, plan."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import EXIT_CHECK_FAILED, JsonFlag, app, print_result
from waywiser.cli._data_options import InstructionOption, SystemOption
from waywiser.errors import RecipeError


@app.command("ask")
def ask_command(
    model: Annotated[str, typer.Argument(help="A model folder, 'starter', or a name on the hub.")],
    question: Annotated[
        str | None, typer.Argument(help="What to ask about the pictures or the video.")
    ] = None,
    image: Annotated[
        list[Path] | None, typer.Option(help="A picture; may be given several times.")
    ] = None,
    video: Annotated[
        Path | None, typer.Option(help="A video, an animated picture, or a folder of frames.")
    ] = None,
    system: SystemOption = None,
    instruction: InstructionOption = None,
    batch: Annotated[
        Path | None, typer.Option(help="JSONL: question, images, video, system in each row.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="JSONL for the replies of --batch. Default: print them.")
    ] = None,
    temperature: Annotated[float, typer.Option(min=0.0, help="0 is greedy.")] = 0.0,
    top_p: Annotated[
        float, typer.Option(help="Draw from the likeliest tokens with this probability.")
    ] = 1.0,
    top_k: Annotated[int, typer.Option(min=0, help="Draw from so many tokens. 0: all.")] = 0,
    max_new_tokens: Annotated[
        int | None, typer.Option(min=1, help="Default: the model's own.")
    ] = None,
    seed: Annotated[int, typer.Option()] = 0,
    generation_prompt: Annotated[
        str | None,
        typer.Option(help="M2-Reasoning: 'standard', or 'released' as the reference opens a turn."),
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="cpu, cuda or cuda:N. Default: a GPU if there is one.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask a model about pictures or a video; its reasoning and answer are shown while they are
    written.

    Example: waywiser ask starter "How far is the chair from the camera, in metres?" --image
    room.png Many:    waywiser ask MODEL --batch questions.jsonl --out replies.jsonl
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
    if failed := run_ask(build(AskRequest, values)):
        sys.stderr.write(f"waywiser: {failed} rows could not be asked; their error says why\n")
        raise typer.Exit(EXIT_CHECK_FAILED)


@app.command("plan")
def plan_command(
    recipe: Annotated[
        Path | None, typer.Argument(help="A recipe to plan; or give --model.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="A folder (config.json is enough), 'starter', or a hub name.")
    ] = None,
    width: Annotated[int, typer.Option(min=1, help="Of pictures and frames, in pixels.")] = 1280,
    height: Annotated[int, typer.Option(min=1, help="Of pictures and frames, in pixels.")] = 720,
    seconds: Annotated[float, typer.Option(help="Length of a video.")] = 10.0,
    video_fps: Annotated[float, typer.Option(help="Its frames a second.")] = 30.0,
    context: Annotated[int, typer.Option(min=1, help="Tokens of a row.")] = 8192,
    batch_size: Annotated[int, typer.Option(min=1, help="Rows at a time.")] = 1,
    lora_rank: Annotated[int, typer.Option(min=1)] = 16,
    dtype: Annotated[str, typer.Option(help="bfloat16, float16 or float32.")] = "bfloat16",
    devices: Annotated[int, typer.Option(min=1, help="GPUs that a recipe trains on.")] = 1,
    device_memory: Annotated[float | None, typer.Option(min=0.1, help="GiB of each.")] = None,
    tflops: Annotated[float, typer.Option(min=0.01, help="What each reaches in training.")] = 150.0,
    bandwidth: Annotated[float, typer.Option(min=0.1, help="GB/s of its memory.")] = 1500.0,
    as_json: JsonFlag = False,
) -> None:
    """What a model, a training recipe or a curation takes, before anything is spent; writes
    nothing.

    A model: parameters, memory for answering and training, tokens of a picture and a video. No
    weights are read; where the folder has some, it is checked that they map one to one (else exit
    1). Published models of Qwen-VL and M2-Reasoning are known by name: nothing is downloaded. A
    training recipe: samples, tokens, memory of a device, hours. A curation: samples, requests,
    tokens, cost. Exit 1 where something is missing. Example: waywiser plan --model
    inclusionAI/M2-Reasoning --width 1920 --height 1080 --seconds 30 Example: waywiser plan
    recipes/scale/rlvr_7b_8gpu.yaml --devices 8 --device-memory 80 Example: waywiser plan
    recipes/curate_paper.yaml
    """
    if (recipe is None) == (model is None):
        raise RecipeError("plan one thing: a recipe, or --model NAME")

    if recipe is not None:
        from waywiser.cli._plan_command import print_recipe_plan

        machine = {
            "devices": devices,
            "memory": device_memory,
            "tflops": tflops,
            "bandwidth": bandwidth,
        }

        print_recipe_plan(recipe, machine, width, height, as_json)
        return

    from waywiser.models.model_plan import ModelPlanRequest, plan_model
    from waywiser.models.model_plan_text import describe_model_plan
    from waywiser.recipe import build

    values = {"model": model, "width": width, "height": height, "seconds": seconds}
    values |= {"video_fps": video_fps, "context": context, "batch_size": batch_size}
    request = build(ModelPlanRequest, {**values, "lora_rank": lora_rank, "dtype": dtype})
    estimate = plan_model(request)
    print_result(estimate.model_dump(mode="json"), describe_model_plan(estimate, request), as_json)

    if not estimate.fits:
        raise typer.Exit(EXIT_CHECK_FAILED)
