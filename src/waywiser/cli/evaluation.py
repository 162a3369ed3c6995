"""Commands that score: evaluate, grade."""

from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._app import EXIT_FOUND_WANTING, Json, app, model_path, show
from waywiser.errors import RecipeError


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
            model if endpoint else model_path(model), benchmark, data[0], out or Path(f"runs/{benchmark}"),
            profiles=profile, shard=shard, limit=limit, endpoint=endpoint, judge=judge, frames=frames,
            batch_size=batch_size, max_new_tokens=max_new_tokens, note=lambda line: typer.echo(line, err=True),
        )  # fmt: skip
        from waywiser.report.evaluation_tables import text_summary

        show(summary, text_summary(summary), as_json)
        return
    from waywiser.evaluation.run import evaluate_folder, summary_beside_blind, write_results

    results = evaluate_folder(
        model_path(model), data, samples=samples, temperature=temperature,
        extra_temperatures=extra_temperature or [], limit=limit, batch_size=batch_size, seed=seed,
    )  # fmt: skip
    if out is not None:
        write_results(out, results)
    table = summary_beside_blind(results, data, blind)
    lines = [f"{mode}: " + "  ".join(f"{k} {v:.3f}" for k, v in row.items()) for mode, row in table.items()]
    show(table, "\n".join(lines), as_json)


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
    show(asdict(summary), "\n".join(lines), as_json)
    if not summary.scored:
        raise typer.Exit(EXIT_FOUND_WANTING)
