"""Options of `evaluate` and `grade`, and which apply only to datasets or only to benchmarks."""

from pathlib import Path
from typing import Annotated

import typer

from waywiser.cli._command import choices

DATASET_ONLY = (
    "samples",
    "temperature",
    "extra_temperature",
    "seed",
    "blind",
    "min_thought_tokens",
    "calibrate_on",
    "format",
    "mapping",
    "images",
    "split",
)
BENCHMARK_ONLY = (
    "profile",
    "shard",
    "backend",
    "judge",
    "parameters",
    "judge_parameters",
    "max_new_tokens",
)
"""Options of `evaluate` that apply only to datasets, and only to benchmarks."""
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

EvaluatedModelArgument = Annotated[
    str,
    typer.Argument(
        help="A model folder, 'starter', a hub name, or with --endpoint the server's name for it."
    ),
]
EvaluationDataOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A dataset folder (may be given several times), or a benchmark's; "
        "hub:NAME, or none with --benchmark, loads by name through datasets."
    ),
]
BenchmarkOption = Annotated[
    str | None, typer.Option(help="A benchmark to score on.", **choices(*_BENCHMARKS))
]
ProfilesOption = Annotated[
    list[str] | None,
    typer.Option(help="Score by this profile only; repeatable.", **choices(*_PROFILES)),
]
PromptsOption = Annotated[
    str,
    typer.Option(
        help="Form of the questions: ours, or the one that the official scoring expects.",
        **choices("waywiser", "official"),
    ),
]
ShardOption = Annotated[str, typer.Option(help="The i-th of n parts of a benchmark, as i/n.")]
EndpointOption = Annotated[
    str | None, typer.Option(help="OpenAI-compatible address that ends in /v1.")
]
BackendOption = Annotated[
    str, typer.Option(help="Backend that runs a local model.", **choices("transformers", "vllm"))
]
JudgeOption = Annotated[
    str | None,
    typer.Option(help="LLM judge for answers the rules cannot parse, as URL=MODEL."),
]
ParametersOption = Annotated[
    str | None,
    typer.Option(
        help=(
            "Request parameters for the server: '{rename: {max_tokens: NAME}, drop: [temperature],"
            " add: {KEY: VALUE}}'."
        )
    ),
]
JudgeParametersOption = Annotated[
    str | None,
    typer.Option(help="Request parameters for the judge's server; same format as --parameters."),
]
VideoFramesOption = Annotated[int, typer.Option(min=1, help="Frames per video.")]
AnswerTokensOption = Annotated[
    int, typer.Option(min=1, help="Maximum tokens per answer to a benchmark.")
]
SamplesOption = Annotated[
    int, typer.Option(min=1, help="Completions per question for the sampled score.")
]
ScoreTemperatureOption = Annotated[
    float, typer.Option(min=0.01, help="Temperature of the sampled score.")
]
ExtraTemperatureOption = Annotated[
    list[float] | None, typer.Option(help="Also evaluate at this temperature; repeatable.")
]
LimitOption = Annotated[
    int | None, typer.Option(min=1, help="Evaluate only the first N questions.")
]
QuestionBatchOption = Annotated[int, typer.Option(min=1, help="Questions per batch.")]
ScoreSeedOption = Annotated[int, typer.Option(help="Seed of the sampled score.")]
BlindOption = Annotated[
    Path | None,
    typer.Option(
        help=(
            "Dataset to fit the text-only baseline on; reports it and the model's lead in standard"
            " errors."
        )
    ),
]
MinThoughtOption = Annotated[
    int,
    typer.Option(
        min=0, help="Force each completion to think for at least this many tokens; 0: do not."
    ),
]
CalibrateOption = Annotated[
    Path | None,
    typer.Option(
        help=(
            "Results (--out) of the same model on training questions: also report scores with its"
            " numbers calibrated on them."
        )
    ),
]
EvaluationOutOption = Annotated[
    Path | None,
    typer.Option(help="JSONL of every question and score; with --benchmark the run's folder."),
]

GradedBenchmarkOption = Annotated[
    str, typer.Option(help="The benchmark of the questions.", **choices(*_BENCHMARKS))
]
GradeProfileOption = Annotated[
    str,
    typer.Option(help="Scoring profile, optionally pinned to a version.", **choices(*_PROFILES)),
]
