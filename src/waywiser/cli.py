"""The command line: thin commands over the library, one clear line for every error."""

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from waywiser import __version__
from waywiser.errors import RecipeError, WaywiserError

UsageError: Any = typer.BadParameter.__mro__[1]  # typer carries its own click, and exports only the subclass
EXIT_FOUND_WANTING, EXIT_BAD_REQUEST, EXIT_INTERRUPTED = 1, 2, 130

app = typer.Typer(
    name="waywiser",
    help="Teach multimodal language models to reason about space and to measure it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
assets_app = typer.Typer(help="Furniture libraries.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(assets_app, name="assets")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
AssetsOption = Annotated[
    str | None,
    typer.Option(help="A .sh3f file, a folder of them, or 'parametric'. Default: what `assets get` fetched."),
]


def _print(value: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(value) if as_json else text)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"waywiser {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of the program itself."""


@assets_app.command("get")
def assets_get(
    destination: Annotated[Path | None, typer.Argument(help="Folder to fill. Default: the user's data folder.")] = None,
    as_json: Json = False,
) -> None:
    """Download the furniture libraries of Debian's sweethome3d-furniture (120 MB, no root needed).

    Example: waywiser assets get
    """
    from waywiser.scenes.assets import fetch_assets

    path = fetch_assets(destination)
    _print({"assets": str(path)}, f"Furniture is in {path}", as_json)


@app.command()
def synthesize(
    out: Annotated[Path, typer.Option(help="Folder of the dataset.")],
    rooms: Annotated[int, typer.Option(help="How many rooms to furnish.")] = 100,
    tasks: Annotated[str, typer.Option(help="'all' or a comma-separated list.")] = "all",
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    split: Annotated[str, typer.Option(help="'train' or 'heldout' furniture models.")] = "train",
    assets: AssetsOption = None,
    engine: Annotated[str, typer.Option(help="'native': processes on this machine.")] = "native",
    workers: Annotated[int | None, typer.Option(help="Processes. Default: one per core.")] = None,
    views: Annotated[int, typer.Option(help="Pictures per room.")] = 1,
    width: Annotated[int, typer.Option(help="Picture width in pixels.")] = 320,
    height: Annotated[int, typer.Option(help="Picture height in pixels.")] = 240,
    questions_per_view: Annotated[int, typer.Option(help="Most questions of one task about one picture.")] = 2,
    count_share: Annotated[float, typer.Option(help="Largest share of one answer among counts.")] = 0.3,
    several_share: Annotated[float, typer.Option(help="Share of rooms with two to six of one kind.")] = 0.45,
    as_json: Json = False,
) -> None:
    """Make rooms, pictures and spatial questions with exact answers, as Parquet.

    Example: waywiser synthesize --out data/rooms --rooms 500 --tasks object_count,depth_order --seed 1
    """
    from waywiser.dataset.synthesize import SynthesisConfig, synthesize
    from waywiser.recipe import build

    if engine != "native":
        raise RecipeError(f"--engine {engine!r} is not available; this version runs '--engine native'")
    config = build(
        SynthesisConfig,
        {
            "out": out,
            "rooms": rooms,
            "tasks": tasks,
            "seed": seed,
            "split": split,
            "assets": assets,
            "workers": workers if workers is not None else os.cpu_count() or 1,
            "questions_per_view": questions_per_view,
            "count_share": count_share,
            "room": {"views": views, "width": width, "height": height, "several_share": several_share},
        },
    )
    manifest = synthesize(config)
    _print(
        manifest.model_dump(mode="json"),
        f"{manifest.samples} questions about {manifest.rooms} rooms in {out}",
        as_json,
    )


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def train(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(help="YAML recipe; its `stage` is sft or rlvr.")],
    resume: Annotated[bool, typer.Option(help="Continue from the last checkpoint in `out`.")] = False,
    as_json: Json = False,
) -> None:
    """Train by a recipe. Any key of the recipe is also a flag: --learning_rate 1e-4, --data.path DIR.

    Example: waywiser train recipes/sft_tiny.yaml --max_minutes 2
    """
    from waywiser.training.train import train as run

    result = run(recipe, overrides=context.args, resume=resume)
    _print(result.model_dump(mode="json"), f"Model in {result.model}", as_json)


@app.command()
def ask(
    model: Annotated[str, typer.Argument(help="A model folder, or 'starter'.")],
    question: Annotated[str | None, typer.Argument(help="What to ask about the pictures or the video.")] = None,
    image: Annotated[list[Path] | None, typer.Option(help="A picture; may be given several times.")] = None,
    video: Annotated[Path | None, typer.Option(help="A video, an animated picture, or a folder of frames.")] = None,
    system: Annotated[
        str | None, typer.Option(help="none, m2-reasoning, think, or a sentence. Default: the model's own.")
    ] = None,
    batch: Annotated[Path | None, typer.Option(help="JSONL: question, images, video, system in each row.")] = None,
    out: Annotated[Path | None, typer.Option(help="JSONL for the replies of --batch. Default: print them.")] = None,
    temperature: Annotated[float, typer.Option(min=0.0, help="0 is greedy.")] = 0.0,
    top_p: Annotated[float, typer.Option(help="Draw from the likeliest tokens with this probability.")] = 1.0,
    top_k: Annotated[int, typer.Option(min=0, help="Draw from so many tokens. 0: all.")] = 0,
    max_new_tokens: Annotated[int | None, typer.Option(min=1, help="Default: the model's own.")] = None,
    seed: Annotated[int, typer.Option()] = 0,
    generation_prompt: Annotated[
        str | None, typer.Option(help="M2-Reasoning: 'standard', or 'released' as the reference opens a turn.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda or cuda:N. Default: a GPU if there is one.")] = None,
    as_json: Json = False,
) -> None:
    """Ask a model about pictures or a video; its reasoning and answer are shown while they are written.

    Example: waywiser ask starter "How far is the chair from the camera, in metres?" --image room.png
    Many:    waywiser ask MODEL --batch questions.jsonl --out replies.jsonl
    """
    from waywiser.models.console import AskRequest, run_ask
    from waywiser.recipe import build

    values = {
        "model": _model_path(model), "question": question, "images": image or [], "video": video, "system": system,
        "batch": batch, "out": out, "temperature": temperature, "top_p": top_p, "top_k": top_k, "seed": seed,
        "max_new_tokens": max_new_tokens, "generation_prompt": generation_prompt, "device": device, "as_json": as_json,
    }  # fmt: skip
    if failed := run_ask(build(AskRequest, values)):
        sys.stderr.write(f"waywiser: {failed} rows could not be asked; their error says why\n")
        raise typer.Exit(EXIT_FOUND_WANTING)


@app.command()
def plan(
    model: Annotated[str, typer.Option(help="A model folder (config.json is enough), or 'starter'.")],
    width: Annotated[int, typer.Option(min=1, help="Of pictures and frames, in pixels.")] = 1280,
    height: Annotated[int, typer.Option(min=1, help="Of pictures and frames, in pixels.")] = 720,
    seconds: Annotated[float, typer.Option(help="Length of a video.")] = 10.0,
    video_fps: Annotated[float, typer.Option(help="Its frames a second.")] = 30.0,
    context: Annotated[int, typer.Option(min=1, help="Tokens of a row.")] = 8192,
    batch_size: Annotated[int, typer.Option(min=1, help="Rows at a time.")] = 1,
    lora_rank: Annotated[int, typer.Option(min=1)] = 16,
    dtype: Annotated[str, typer.Option(help="bfloat16, float16 or float32.")] = "bfloat16",
    as_json: Json = False,
) -> None:
    """What a model takes: parameters, memory for answering and training, tokens of a picture and a video.

    No weights are read. Where the folder has some, it is checked that they map one to one (else exit 1).
    Example: waywiser plan --model M2-Reasoning --width 1920 --height 1080 --seconds 30
    """
    from waywiser.models.planning import PlanRequest, plan_model
    from waywiser.models.planning_text import describe
    from waywiser.recipe import build

    values = {"model": _model_path(model), "width": width, "height": height, "seconds": seconds}
    values |= {"video_fps": video_fps, "context": context, "batch_size": batch_size}
    request = build(PlanRequest, {**values, "lora_rank": lora_rank, "dtype": dtype})
    found = plan_model(request)
    _print(found.model_dump(mode="json"), describe(found, request), as_json)
    if not found.fits:
        raise typer.Exit(EXIT_FOUND_WANTING)


@app.command()
def evaluate(
    model: Annotated[
        str, typer.Argument(help="A model folder, 'starter', or with --endpoint the server's name for it.")
    ],
    data: Annotated[list[Path], typer.Option(help="A dataset folder (may be given several times), or a benchmark's.")],
    benchmark: Annotated[str | None, typer.Option(help="mathvista, ..., cv-bench, vsi-bench, or spatial.")] = None,
    profile: Annotated[list[str] | None, typer.Option(help="Score by this profile only; repeatable.")] = None,
    shard: Annotated[str, typer.Option(help="i/n: the i-th of n parts of a benchmark.")] = "1/1",
    endpoint: Annotated[str | None, typer.Option(help="OpenAI-compatible address that ends in /v1.")] = None,
    judge: Annotated[str | None, typer.Option(help="ADDRESS=MODEL of a judge for what rules cannot read.")] = None,
    frames: Annotated[int, typer.Option(min=1, help="Frames of a video.")] = 16,
    max_new_tokens: Annotated[int, typer.Option(min=1, help="Of a benchmark's answers.")] = 1024,
    samples: Annotated[int, typer.Option(min=1, help="Completions a question for the sampled score.")] = 4,
    temperature: Annotated[float, typer.Option(min=0.01, help="Of the sampled score.")] = 1.0,
    extra_temperature: Annotated[list[float] | None, typer.Option(help="Further temperatures.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first questions.")] = None,
    batch_size: Annotated[int, typer.Option(min=1)] = 64,
    seed: Annotated[int, typer.Option()] = 0,
    blind: Annotated[
        Path | None, typer.Option(help="Dataset to fit the blind baseline on; adds it and the distance to it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="JSONL of every question and score; with --benchmark the run's folder.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Score a model on a dataset of waywiser, or with --benchmark on a public benchmark under every profile.

    A benchmark's run can be stopped at any time; the same command goes on where it was.
    Example: waywiser evaluate starter --data data/heldout --blind data/rooms --samples 4
    Another: waywiser evaluate starter --benchmark cv-bench --data CV-Bench --out runs/cv --limit 100
    """
    if benchmark is not None:
        from waywiser.evaluation.benchmark_run import run_benchmark

        if len(data) != 1:
            raise RecipeError("--benchmark reads one --data folder or file")
        summary = run_benchmark(
            model if endpoint else _model_path(model), benchmark, data[0], out or Path(f"runs/{benchmark}"),
            profiles=profile, shard=shard, limit=limit, endpoint=endpoint, judge=judge, frames=frames,
            batch_size=batch_size, max_new_tokens=max_new_tokens, note=lambda line: typer.echo(line, err=True),
        )  # fmt: skip
        from waywiser.report.evaluation_tables import text_summary

        _print(summary, text_summary(summary), as_json)
        return
    from waywiser.evaluation.run import evaluate_folder, summary_beside_blind, write_results

    results = evaluate_folder(
        _model_path(model), data, samples=samples, temperature=temperature,
        extra_temperatures=extra_temperature or [], limit=limit, batch_size=batch_size, seed=seed,
    )  # fmt: skip
    if out is not None:
        write_results(out, results)
    table = summary_beside_blind(results, data, blind)
    lines = [f"{mode}: " + "  ".join(f"{k} {v:.3f}" for k, v in row.items()) for mode, row in table.items()]
    _print(table, "\n".join(lines), as_json)


@app.command()
def difficulty(
    model: Annotated[str, typer.Argument(help="A model folder, or 'starter'.")],
    data: Annotated[Path, typer.Option(help="A dataset folder.")],
    out: Annotated[Path, typer.Option(help="JSON file to write: what a recipe's data.difficulty reads.")],
    samples: Annotated[int, typer.Option(min=1, help="Completions a question.")] = 4,
    temperature: Annotated[float, typer.Option(min=0.01, help="Of the completions.")] = 1.0,
    batch_size: Annotated[int, typer.Option(min=1)] = 256,
    seed: Annotated[int, typer.Option()] = 0,
    as_json: Json = False,
) -> None:
    """Measure how hard each question is for a model: 1 - its mean reward over a few completions.

    Example: waywiser difficulty starter --data data/rooms --out difficulty.json
    """
    from waywiser.dataset.read import read_samples
    from waywiser.models.loading import load
    from waywiser.training.difficulty import measure_difficulty, write_difficulty

    questions = list(read_samples(data))
    loaded, processor = load(_model_path(model))
    table = measure_difficulty(
        loaded, processor, questions, k=samples, temperature=temperature, batch_size=batch_size, seed=seed,
        title="difficulty",
    )  # fmt: skip
    write_difficulty(out, table)
    mean = sum(table.values()) / max(1, len(table))
    text = f"{len(table)} questions, mean difficulty {mean:.3f}, in {out}"
    _print({"questions": len(table), "mean": mean, "out": str(out)}, text, as_json)


@app.command()
def audit(
    data: Annotated[Path, typer.Argument(help="A dataset folder.")],
    answers: Annotated[bool, typer.Option("--answers", help="Check the answers against their own grader.")] = False,
    split: Annotated[str | None, typer.Option(help="Only this split.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the findings here.")] = None,
) -> None:
    """Check a dataset: its answers in many styles score 1, attacks on them 0. Exit 1 if not.

    Also says what the best constant answer earns on each task. Example: waywiser audit data/rooms --answers
    """
    from waywiser.audit.answers import audit_answers, summary
    from waywiser.dataset.files import write_atomically
    from waywiser.dataset.read import read_samples

    if not answers:
        raise RecipeError("say what to audit: --answers")
    found = audit_answers(read_samples(data, split, columns=["options"]))
    if json_file is not None:
        write_atomically(json_file, (found.model_dump_json(indent=1) + "\n").encode())
    typer.echo(summary(found))
    raise typer.Exit(0 if found.passed else EXIT_FOUND_WANTING)


@app.command()
def grade(
    file: Annotated[Path, typer.Argument(help="JSONL of model outputs with their questions.")],
    benchmark: Annotated[str, typer.Option(help="mathvista, mathvision, ..., cv-bench, vsi-bench.")],
    profile: Annotated[str, typer.Option(help="waywiser, official, vlmevalkit@e8e78f05, lmms-eval@75571cfe.")],
    out: Annotated[Path | None, typer.Option(help="JSONL with score and extracted added to each row.")] = None,
    as_json: Json = False,
) -> None:
    """Score model outputs as a benchmark's authors, a public harness or waywiser scores them.

    Rows that cannot be scored keep their place, with score null and the reason; they are counted, never scored 0.
    Example: waywiser grade outputs.jsonl --benchmark vsi-bench --profile official --out graded.jsonl
    """
    from dataclasses import asdict

    from waywiser.evaluation.grade_file import grade_file, write_rows

    rows, summary = grade_file(file, benchmark, profile)
    if out is not None:
        write_rows(out, rows)
    mean = "no row could be scored" if summary.mean is None else f"mean {summary.mean:.4f}"
    lines = [f"{benchmark} by {profile}: {mean}, {summary.scored} of {summary.rows} rows scored"]
    if summary.expected:
        lines.append(f"{summary.expected} scores are expected values: the harness draws at random there")
    lines += [f"line {number} not scored: {reason}" for number, reason in list(summary.bad.items())[:10]]
    if len(summary.bad) > 10:
        lines.append(f"and {len(summary.bad) - 10} more rows not scored")
    _print(asdict(summary), "\n".join(lines), as_json)
    if not summary.scored:
        raise typer.Exit(EXIT_FOUND_WANTING)


def _model_path(model: str) -> str:
    from waywiser.training.loading import model_path

    return model_path(model)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="A dataset, a training run, an evaluation or a demo.")],
    out: Annotated[Path | None, typer.Option(help="Page to write. Default: FOLDER/report.html")] = None,
    data: Annotated[Path | None, typer.Option(help="The benchmark's folder, to show worst items' pictures.")] = None,
    as_json: Json = False,
) -> None:
    """Write the page for a dataset, a training run, an evaluation or a demo.

    For an evaluation also tables.md and tables.tex. Example: waywiser report data/rooms
    """
    from waywiser.demo.run import is_demo, rewrite_page
    from waywiser.report.write import write_report

    path = rewrite_page(folder, out) if is_demo(folder) else write_report(folder, out, data=data)
    _print({"report": str(path)}, f"Report: {path}", as_json)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for everything the demo makes.")] = Path("demo-report"),
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the numbers here.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of rooms and training.")] = 0,
    assets: AssetsOption = None,
) -> None:
    """Everything, small, on this machine: rooms, difficulty, SFT, RLVR, evaluation, a page.

    Any key of the demo's configuration is also a flag: --train_rooms 200, --rlvr_minutes 1.
    Example: waywiser demo --out demo-report --json demo.json
    """
    from waywiser.demo.config import DemoConfig
    from waywiser.demo.run import run_demo
    from waywiser.recipe import build, parse_overrides

    values = {"out": out, "seed": seed, "assets": assets, **parse_overrides(context.args)}
    page = run_demo(build(DemoConfig, values), json_file=json_file)
    typer.echo(f"Report: {page}")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _fail(message: str, code: int = EXIT_BAD_REQUEST) -> int:
    sys.stderr.write(f"waywiser: {message}\n")
    return code


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Returns 0 done, 1 found wanting, 2 bad request, 130 interrupted."""
    # Deprecations inside the trainers are for us to follow, not for those who train.
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"(transformers|trl|torch)\.")
    try:
        code = app(args=arguments, standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted; run the same command again to go on", EXIT_INTERRUPTED)
    except WaywiserError as error:
        return _fail(_one_line(error))
    except UsageError as error:
        text = error.format_message()
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(text)
            return EXIT_BAD_REQUEST
        return _fail(" ".join(text.split()))
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] == "waywiser":
            raise
        return _fail(f"{error.name} is not installed; pip install 'waywiser[train]'")
    except OSError as error:  # a full disk, a folder without permission, a file in the way
        where = f": {error.filename}" if error.filename else ""
        return _fail(f"{error.strerror or _one_line(error)}{where}; free space or choose another folder")
    return int(code or 0)


def run() -> None:
    """Entry point of the `waywiser` script."""
    sys.exit(main())
