"""Commands that score: evaluate; benchmark makes our own."""

# ruff: noqa: ARG001 (some options are read from the context, by their names)

from pathlib import Path
from typing import Annotated, Any

import typer

from waywiser.cli._app import AssetsOption, JsonFlag, app, print_result
from waywiser.cli._command import refuse_unused
from waywiser.cli._data_options import (
    FormatOption,
    ImagesOption,
    InstructionOption,
    MappingOption,
    SplitOption,
    SystemOption,
    data_recipe_keys,
)
from waywiser.cli._evaluation_options import (
    BENCHMARK_ONLY,
    DATASET_ONLY,
    AnswerTokensOption,
    BackendOption,
    BenchmarkOption,
    BlindOption,
    CalibrateOption,
    EndpointOption,
    EvaluatedModelArgument,
    EvaluationDataOption,
    EvaluationOutOption,
    ExtraTemperatureOption,
    JudgeOption,
    JudgeParametersOption,
    LimitOption,
    MinThoughtOption,
    ParametersOption,
    ProfilesOption,
    PromptsOption,
    QuestionBatchOption,
    SamplesOption,
    ScoreSeedOption,
    ScoreTemperatureOption,
    ShardOption,
    VideoFramesOption,
)
from waywiser.errors import RecipeError

_BENCHMARK_SETTINGS = (
    "prompts",
    "shard",
    "endpoint",
    "backend",
    "judge",
    "frames",
    "max_new_tokens",
    "limit",
    "batch_size",
)
_DATASET_SETTINGS = (
    "samples",
    "temperature",
    "limit",
    "batch_size",
    "seed",
    "min_thought_tokens",
)
"""Options of `evaluate` that its two kinds of run take unchanged."""


@app.command("evaluate")
def evaluate_command(
    context: typer.Context,
    model: EvaluatedModelArgument,
    data: EvaluationDataOption = None,
    benchmark: BenchmarkOption = None,
    profile: ProfilesOption = None,
    prompts: PromptsOption = "waywiser",
    shard: ShardOption = "1/1",
    endpoint: EndpointOption = None,
    backend: BackendOption = "transformers",
    judge: JudgeOption = None,
    parameters: ParametersOption = None,
    judge_parameters: JudgeParametersOption = None,
    frames: VideoFramesOption = 16,
    max_new_tokens: AnswerTokensOption = 1024,
    samples: SamplesOption = 4,
    temperature: ScoreTemperatureOption = 1.0,
    extra_temperature: ExtraTemperatureOption = None,
    limit: LimitOption = None,
    batch_size: QuestionBatchOption = 64,
    seed: ScoreSeedOption = 0,
    blind: BlindOption = None,
    min_thought_tokens: MinThoughtOption = 0,
    calibrate_on: CalibrateOption = None,
    system: SystemOption = None,
    instruction: InstructionOption = None,
    format: FormatOption = "auto",
    mapping: MappingOption = None,
    images: ImagesOption = None,
    split: SplitOption = None,
    out: EvaluationOutOption = None,
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
        refuse_unused(context, DATASET_ONLY, "is for a dataset's evaluation, not for --benchmark")
        _evaluate_benchmark(
            model,
            benchmark,
            data or [],
            out,
            as_json,
            profiles=profile,
            prompt=PromptConfig(system=system, instruction=instruction),
            **{name: context.params[name] for name in _BENCHMARK_SETTINGS},
            **_parse_parameters(parameters, judge_parameters),
        )
    else:
        _refuse_benchmark_options(context, endpoint, prompts)
        _evaluate_datasets(
            model,
            data or [],
            blind,
            out,
            as_json,
            calibrate_on=calibrate_on,
            extra_temperatures=extra_temperature or [],
            prompt=PromptConfig(system=system, instruction=instruction),
            data_options=data_recipe_keys(format, mapping, images, split, max(2, frames)),
            **{name: context.params[name] for name in _DATASET_SETTINGS},
        )


def _refuse_benchmark_options(context: typer.Context, endpoint: str | None, prompts: str) -> None:
    """Raises RecipeError where an option is given that only a benchmark's run takes."""
    if endpoint is not None:
        raise RecipeError(
            "--endpoint asks the questions of a benchmark: give --benchmark and its --data"
        )

    if prompts != "waywiser":
        raise RecipeError("--prompts is about the questions of a benchmark: give --benchmark")

    refuse_unused(context, BENCHMARK_ONLY, "is for a benchmark's run: give --benchmark")


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
    *,
    calibrate_on: Path | None,
    **settings: Any,
) -> None:
    from waywiser.evaluation.calibrated import summarize_calibrated
    from waywiser.evaluation.category_baseline import GAIN_BOUND_ROWS, format_row
    from waywiser.evaluation.dataset_run import (
        evaluate_folder,
        mean_with_interval,
        read_results,
        summarize_with_text_only_baseline,
        write_results,
    )
    from waywiser.evaluation.thoughts import summarize_thoughts

    if not data:
        raise RecipeError("no --data: give a dataset folder, or --benchmark and a name")
    if blind is not None and blind.resolve() in [Path(path).resolve() for path in data]:
        raise RecipeError(
            f"--blind {blind} is also --data: its baseline would know the answers; give the"
            " dataset that was trained on"
        )

    fitted_on = None if calibrate_on is None else read_results(calibrate_on)
    results = evaluate_folder(model, data, **settings)
    if out is not None:
        write_results(out, results)

    table = summarize_with_text_only_baseline(results, data, blind) | summarize_thoughts(results)
    if fitted_on is not None:
        table |= summarize_calibrated(results, fitted_on)

    scenes = len({item.scene_id for item in results["greedy"]})
    lines = [f"{len(results['greedy'])} questions about {scenes} scenes"]

    for mode in table:
        if mode in GAIN_BOUND_ROWS:
            continue

        interval = mean_with_interval(results[mode]) if mode in results else None
        bounds = f" [{interval.low:.3f}, {interval.high:.3f}]" if interval else ""
        lines.append(f"{mode}: {format_row(table, mode)}{bounds}")

    if len(lines) > 1 and scenes > 1:
        lines.append("[low, high]: the 95 % interval of the number before it, by scene")

    print_result(table, "\n".join(lines), as_json)


@app.command("benchmark")
def benchmark_command(
    out: Annotated[Path, typer.Argument(help="Folder for the benchmark.")],
    rooms: Annotated[
        int | None,
        typer.Option(min=1, help="Number of homes (any other number makes a different benchmark)."),
    ] = None,
    assets: AssetsOption = None,
    workers: Annotated[
        int,
        typer.Option(min=1, help="Worker processes; the result does not depend on it."),
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
