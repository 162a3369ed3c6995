"""Commands that score: evaluate, grade; benchmark makes our own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from waywiser.cli._app import EXIT_CHECK_FAILED, AssetsOption, JsonFlag, app, print_result
from waywiser.cli._command import choices, refuse_unused
from waywiser.cli._data_options import (
    FormatOption,
    ImagesOption,
    InstructionOption,
    MappingOption,
    SplitOption,
    SystemOption,
    data_recipe_keys,
)
from waywiser.errors import RecipeError

if TYPE_CHECKING:
    from waywiser.evaluation.grade_file import GradeSummary

_MAX_REASONS = 8
_DATASET_ONLY = (
    "samples",
    "temperature",
    "extra_temperature",
    "seed",
    "blind",
    "format",
    "mapping",
    "images",
    "split",
)
_BENCHMARK_ONLY = (
    "profile",
    "shard",
    "backend",
    "judge",
    "parameters",
    "judge_parameters",
    "max_new_tokens",
)
"""Options of `evaluate` that only one of its two kinds of run takes."""
_BENCHMARKS = (
    "mathvista",
    "mathvision",
    "mathverse",
    "dynamath",
    "wemath",
    "logicvista",
    "cv-bench",
    "vsi-bench",
    "spatial",
)
_PROFILES = ("waywiser", "official", "vlmevalkit", "lmms-eval")


@app.command("evaluate")
def evaluate_command(
    context: typer.Context,
    model: Annotated[
        str,
        typer.Argument(
            help=(
                "A model folder, 'starter', a hub name, or with --endpoint the server's name"
                " for it."
            )
        ),
    ],
    data: Annotated[
        list[str] | None,
        typer.Option(
            help="A dataset folder (may be given several times), or a benchmark's; "
            "hub:NAME, or none with --benchmark, loads by name through datasets."
        ),
    ] = None,
    benchmark: Annotated[
        str | None, typer.Option(help="A benchmark to score on.", **choices(*_BENCHMARKS))
    ] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(help="Score by this profile only; repeatable.", **choices(*_PROFILES)),
    ] = None,
    prompts: Annotated[
        str,
        typer.Option(
            help="Form of the questions: ours, or the one that the official scoring reads.",
            **choices("waywiser", "official"),
        ),
    ] = "waywiser",
    shard: Annotated[str, typer.Option(help="The i-th of n parts of a benchmark, as i/n.")] = "1/1",
    endpoint: Annotated[
        str | None, typer.Option(help="OpenAI-compatible address that ends in /v1.")
    ] = None,
    backend: Annotated[
        str, typer.Option(help="What runs a model folder.", **choices("transformers", "vllm"))
    ] = "transformers",
    judge: Annotated[
        str | None, typer.Option(help="ADDRESS=MODEL of a judge for what rules cannot read.")
    ] = None,
    parameters: Annotated[
        str | None,
        typer.Option(
            help=(
                "For the endpoint: '{rename: {max_tokens: NAME}, drop: [temperature], add: {KEY:"
                " VALUE}}'."
            )
        ),
    ] = None,
    judge_parameters: Annotated[str | None, typer.Option(help="The same for the judge.")] = None,
    frames: Annotated[int, typer.Option(min=1, help="Frames of a video.")] = 16,
    max_new_tokens: Annotated[
        int, typer.Option(min=1, help="Most tokens of an answer to a benchmark.")
    ] = 1024,
    samples: Annotated[
        int, typer.Option(min=1, help="Completions per question for the sampled score.")
    ] = 4,
    temperature: Annotated[
        float, typer.Option(min=0.01, help="Temperature of the sampled score.")
    ] = 1.0,
    extra_temperature: Annotated[
        list[float] | None, typer.Option(help="A further temperature; repeatable.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first questions.")] = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Questions at a time.")] = 64,
    seed: Annotated[int, typer.Option(help="Seed of the sampled score.")] = 0,
    blind: Annotated[
        Path | None,
        typer.Option(help="Dataset to fit the blind baseline on; adds it and the distance to it."),
    ] = None,
    system: SystemOption = None,
    instruction: InstructionOption = None,
    format: FormatOption = "auto",
    mapping: MappingOption = None,
    images: ImagesOption = None,
    split: SplitOption = None,
    out: Annotated[
        Path | None,
        typer.Option(help="JSONL of every question and score; with --benchmark the run's folder."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Score a model on a dataset or a benchmark.

    A public benchmark is scored under every profile. Its run can be stopped at any time; the same
    command goes on where it was.

    \b
    Example:
      waywiser evaluate starter --data data/heldout --blind data/rooms --samples 4
      waywiser evaluate starter --benchmark cv-bench --data CV-Bench --limit 100
    """
    from waywiser.prompting import PromptConfig

    if benchmark is not None:
        refuse_unused(context, _DATASET_ONLY, "is for a dataset's evaluation, not for --benchmark")
        _evaluate_benchmark(
            model,
            benchmark,
            data or [],
            out,
            as_json,
            profiles=profile,
            shard=shard,
            limit=limit,
            endpoint=endpoint,
            backend=backend,
            judge=judge,
            frames=frames,
            batch_size=batch_size,
            max_new_tokens=max_new_tokens,
            prompts=prompts,
            prompt=PromptConfig(system=system, instruction=instruction),
            **_parse_parameters(parameters, judge_parameters),
        )
    elif endpoint is not None:
        raise RecipeError(
            "--endpoint asks the questions of a benchmark: give --benchmark and its --data"
        )
    elif prompts != "waywiser":
        raise RecipeError("--prompts is about the questions of a benchmark: give --benchmark")
    else:
        refuse_unused(context, _BENCHMARK_ONLY, "is for a benchmark's run: give --benchmark")
        _evaluate_datasets(
            model,
            data or [],
            blind,
            out,
            as_json,
            samples=samples,
            temperature=temperature,
            extra_temperatures=extra_temperature or [],
            limit=limit,
            batch_size=batch_size,
            seed=seed,
            prompt=PromptConfig(system=system, instruction=instruction),
            reading=data_recipe_keys(format, mapping, images, split, max(2, frames)),
        )


def _parse_parameters(parameters: str | None, judge_parameters: str | None) -> dict[str, Any]:
    """Flags in YAML, which JSON is too, as Parameters."""
    from waywiser.clients.parameters import Parameters
    from waywiser.recipe import build, parse_overrides

    flags = {"parameters": parameters, "judge_parameters": judge_parameters}
    parsed: dict[str, Any] = {}

    for name, text in flags.items():
        if text is not None:
            flag = f"--{name.replace('_', '-')}"
            try:
                value = parse_overrides([flag, text])[name]
            except RecipeError as error:
                raise RecipeError(f"{flag}: {error}") from None

            if not isinstance(value, dict):
                raise RecipeError(
                    f"{flag} {text!r}: give a mapping, such as '{{drop: [temperature]}}'"
                )

            parsed[name] = build(Parameters, value, source=flag)

    return parsed


def _evaluate_benchmark(
    model: str, benchmark: str, data: list[str], out: Path | None, as_json: bool, **settings: Any
) -> None:
    from waywiser.evaluation.benchmark_run import run_benchmark
    from waywiser.report.evaluation_tables import text_summary

    if len(data) > 1:
        raise RecipeError("--benchmark reads one --data folder or file")

    folder = out or Path(f"runs/{benchmark}")
    source = data[0] if data else "hub:"
    summary = run_benchmark(
        model, benchmark, source, folder, notify=lambda line: typer.echo(line, err=True), **settings
    )
    print_result(dict(summary), text_summary(dict(summary)), as_json)


def _evaluate_datasets(
    model: str,
    data: list[str],
    blind: Path | None,
    out: Path | None,
    as_json: bool,
    **settings: Any,
) -> None:
    from waywiser.evaluation.dataset_run import (
        evaluate_folder,
        summarize_with_text_only_baseline,
        write_results,
    )

    if not data:
        raise RecipeError("no --data: give a dataset folder, or --benchmark and a name")

    results = evaluate_folder(model, data, **settings)
    if out is not None:
        write_results(out, results)

    table = summarize_with_text_only_baseline(results, data, blind)
    lines = [
        f"{mode}: " + "  ".join(f"{k} {v:.3f}" for k, v in row.items())
        for mode, row in table.items()
    ]

    print_result(table, "\n".join(lines), as_json)


@app.command("benchmark")
def benchmark_command(
    out: Annotated[Path, typer.Argument(help="Folder for the benchmark.")],
    rooms: Annotated[
        int | None, typer.Option(min=1, help="Homes; another number is another benchmark.")
    ] = None,
    assets: AssetsOption = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes; they change nothing in the result.")
    ] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Make our own held-out spatial benchmark.

    It asks every task, with a fixed seed and furniture that no training saw. Its hash is its
    version, written in benchmark.json; a changed copy is refused.

    \b
    Example:
      waywiser benchmark data/spatial
      waywiser evaluate starter --benchmark spatial --data data/spatial
    """
    from waywiser.evaluation.benchmarks import make_spatial, read_card
    from waywiser.evaluation.benchmarks.spatial_benchmark import NUM_HOMES

    loaded = make_spatial(out, rooms=rooms or NUM_HOMES, assets=assets, workers=workers)
    card = read_card(out) or {}
    lines = [
        f"{out}: {len(loaded.items)} questions about {card['rooms']} homes, sha256 {loaded.sha256}"
    ]
    lines += [f"  {task}: {count}" for task, count in card["items"].items()]
    print_result(card, "\n".join(lines), as_json)


@app.command("grade")
def grade_command(
    file: Annotated[Path, typer.Argument(help="JSONL of model outputs with their questions.")],
    benchmark: Annotated[
        str, typer.Option(help="The benchmark of the questions.", **choices(*_BENCHMARKS))
    ],
    profile: Annotated[
        str,
        typer.Option(
            help="Whose rules score: one of these, or one of their versions.",
            **choices(*_PROFILES),
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="JSONL with score and extracted added to each row.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Score model outputs under one profile.

    A profile scores as a benchmark's authors, a public harness or waywiser score. Rows that cannot
    be scored keep their place, with score null and the reason; they are counted, never scored 0,
    and the exit code is then 1.

    \b
    Example:
      waywiser grade outputs.jsonl --benchmark vsi-bench --profile official
    """
    from dataclasses import asdict

    from waywiser.evaluation.grade_file import grade_file
    from waywiser.evaluation.jsonl import write_jsonl

    rows, summary = grade_file(file, benchmark, profile)
    if out is not None:
        write_jsonl(out, rows)

    print_result(asdict(summary), "\n".join(_format_grade_summary(summary)), as_json)
    if summary.bad:
        raise typer.Exit(EXIT_CHECK_FAILED)


def _format_grade_summary(summary: "GradeSummary") -> list[str]:
    """What was scored, and of what was not the commonest reasons, each with the first lines that it
    holds for.
    """
    mean = "no row could be scored" if summary.mean is None else f"mean {summary.mean:.4f}"
    scored = f"{mean}, {summary.scored} of {summary.rows} rows scored"
    lines = [f"{summary.benchmark} by {summary.profile}: {scored}"]

    if summary.needs:
        lines.append(
            f"{summary.profile} {summary.needs}: outputs that were asked in another form score 0 by"
            " its rule"
        )

    if summary.expected:
        lines.append(
            f"{summary.expected} scores are expected values: the harness draws at random there"
        )

    numbers: dict[str, list[int]] = {}
    for number, reason in summary.bad.items():
        numbers.setdefault(reason, []).append(number)

    for reason, places in sorted(numbers.items(), key=lambda entry: -len(entry[1]))[:_MAX_REASONS]:
        line_numbers = ", ".join(map(str, places[:3])) + (", ..." if len(places) > 3 else "")
        lines.append(f"{len(places)} not scored (line {line_numbers}): {reason}")

    if len(numbers) > _MAX_REASONS:
        lines.append(
            f"and {len(numbers) - _MAX_REASONS} more reasons, in the rows that --out writes"
        )

    return lines
