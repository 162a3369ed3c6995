"""Options of `evaluate` and `grade`, and which of them one kind of evaluation takes alone."""

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
        help="Form of the questions: ours, or the one that the official scoring reads.",
        **choices("waywiser", "official"),
    ),
]
ShardOption = Annotated[str, typer.Option(help="The i-th of n parts of a benchmark, as i/n.")]
EndpointOption = Annotated[
    str | None, typer.Option(help="OpenAI-compatible address that ends in /v1.")
]
BackendOption = Annotated[
    str, typer.Option(help="What runs a model folder.", **choices("transformers", "vllm"))
]
JudgeOption = Annotated[
    str | None, typer.Option(help="ADDRESS=MODEL of a judge for what rules cannot read.")
]
ParametersOption = Annotated[
    str | None,
    typer.Option(
        help=(
            "For the endpoint: '{rename: {max_tokens: NAME}, drop: [temperature], add: {KEY:"
            " VALUE}}'."
        )
    ),
]
JudgeParametersOption = Annotated[str | None, typer.Option(help="The same for the judge.")]
VideoFramesOption = Annotated[int, typer.Option(min=1, help="Frames of a video.")]
AnswerTokensOption = Annotated[
    int, typer.Option(min=1, help="Most tokens of an answer to a benchmark.")
]
SamplesOption = Annotated[
    int, typer.Option(min=1, help="Completions per question for the sampled score.")
]
ScoreTemperatureOption = Annotated[
    float, typer.Option(min=0.01, help="Temperature of the sampled score.")
]
ExtraTemperatureOption = Annotated[
    list[float] | None, typer.Option(help="A further temperature; repeatable.")
]
LimitOption = Annotated[int | None, typer.Option(min=1, help="Only the first questions.")]
QuestionBatchOption = Annotated[int, typer.Option(min=1, help="Questions at a time.")]
ScoreSeedOption = Annotated[int, typer.Option(help="Seed of the sampled score.")]
BlindOption = Annotated[
    Path | None,
    typer.Option(help="Dataset to fit the blind baseline on; adds it and the distance to it."),
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
    typer.Option(
        help="Whose rules score: one of these, or one of their versions.", **choices(*_PROFILES)
    ),
]
