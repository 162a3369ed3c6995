"""One benchmark run from end to end: read, show license and hash, answer, score, write."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypedDict

from waywiser.clients.fix_suggestions import SettingNames
from waywiser.clients.parameters import DEFAULT_PARAMETERS, Parameters
from waywiser.errors import RecipeError
from waywiser.evaluation.answer_judge import AnswerJudge
from waywiser.evaluation.backends import (
    EndpointBackend,
    ModelBackend,
    TransformersBackend,
    VllmBackend,
)
from waywiser.evaluation.benchmark_answers import RunConfig, answer_benchmark, select_items
from waywiser.evaluation.benchmarks import EXPECTED_ITEMS, load_benchmark
from waywiser.evaluation.benchmarks.hub_datasets import HUB_PREFIX
from waywiser.evaluation.benchmarks.item import LoadedBenchmark
from waywiser.evaluation.endpoint_client import EndpointClient
from waywiser.evaluation.name_lookup import resolve_profiles
from waywiser.evaluation.profiles import scorer_of
from waywiser.evaluation.summary import RunSummary, summarize_run, write_summary
from waywiser.prompting import PromptConfig, PromptFormat

BACKENDS = ("transformers", "vllm")
PROMPTS = ("waywiser", "official")
STARTER_MODEL = "starter"


def run_benchmark(
    model: str,
    benchmark: str,
    data: Path | str,
    out: Path,
    *,
    profiles: Sequence[str] | None = None,
    shard: str = "1/1",
    limit: int | None = None,
    endpoint: str | None = None,
    backend: str = "transformers",
    judge: str | None = None,
    parameters: Parameters = DEFAULT_PARAMETERS,
    judge_parameters: Parameters = DEFAULT_PARAMETERS,
    frames: int = 16,
    batch_size: int = 16,
    max_new_tokens: int = 1024,
    prompt: PromptConfig | None = None,
    prompts: str = "waywiser",
    notify: Callable[[str], None] = lambda _: None,
) -> RunSummary:
    """Evaluate `model` on a local copy of a benchmark; `out` holds the run and can be resumed.

    Args:
        model: A model folder, or with `endpoint` the name by which its server knows the model.
        benchmark: The benchmark's name.
        data: A file or folder, or "hub:NAME" (see `benchmarks.hub_datasets`).
        out: The folder of the run: replies, settings and `scores.json`.
        profiles: The scoring profiles; by default all that the benchmark has.
        shard: "i/n" answers the i-th of n parts.
        limit: Answer only the first items.
        endpoint: The address of an OpenAI-compatible server; None runs the model in this process.
        backend: "transformers" or "vllm", if there is no endpoint.
        judge: "ADDRESS=MODEL" of a judge for answers that the rule cannot decide.
        parameters: Request fields to rename, drop or add for the model's server.
        judge_parameters: The same for the judge's server.
        frames: Frames sampled from each video.
        batch_size: Items that are asked together.
        max_new_tokens: Token limit of each answer.
        prompt: System prompt and instruction around each question; None takes those that the model
            was trained with, and none for an endpoint.
        prompts: "official" asks each question in the form that the benchmark's own scoring reads.
        notify: Called with progress lines; license and hash come before anything is asked.

    Returns:
        The summary that is also written to `scores.json`.

    Raises:
        RecipeError: Settings do not fit together.
        DatasetError: The data holds no usable item.
        ModelError: The model cannot be loaded.
        EndpointError: The endpoint answers nothing.
    """
    _check_choice("backend", backend, BACKENDS)
    _check_choice("prompts", prompts, PROMPTS)
    answer_judge = _open_judge(judge, out, judge_parameters)
    loaded = load_benchmark(benchmark, data)
    profiles = resolve_profiles(profiles or ())
    for profile in profiles:
        scorer_of(profile, loaded.benchmark)

    if model == STARTER_MODEL and not endpoint:  # by name or by its folder, it is one model
        model = str(_model_folder(model))

    config = RunConfig(
        model=model,
        benchmark=benchmark,
        backend="endpoint" if endpoint else backend,
        limit=limit,
        shard=_parse_shard(shard),
        batch_size=batch_size,
        max_new_tokens=max_new_tokens,
        frames=frames,
        prompt=_resolve_prompt(prompt or PromptConfig(), None if endpoint else model),
        prompts=prompts,  # type: ignore[arg-type] - one of PROMPTS
    )

    for line in _describe_data(loaded, benchmark):
        notify(line)

    model_backend = _open_backend(config, endpoint, parameters)
    replies = answer_benchmark(loaded, model_backend, out, config)

    if isinstance(model_backend, EndpointBackend):
        model_backend.check(replies)

    summary = summarize_run(
        loaded,
        select_items(loaded.items, config),
        replies,
        model=model,
        profiles=profiles,
        judge=answer_judge,
        official_prompts=prompts == "official",
    )

    summary["prompts"] = prompts
    if parameters != DEFAULT_PARAMETERS:
        summary["parameters"] = parameters.model_dump(exclude_defaults=True)

    summary["data"] = str(data if str(data).startswith(HUB_PREFIX) else Path(data).resolve())
    write_summary(out, summary)
    return summary


def _check_choice(option: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise RecipeError(f"--{option} {value!r}: give {' or '.join(choices)}")


def _describe_data(loaded: LoadedBenchmark, benchmark: str) -> Iterator[str]:
    """Size, license and hash of the data, and what was left out of it."""
    expected = EXPECTED_ITEMS.get(loaded.benchmark)
    size = f"{len(loaded.items)} of {expected}" if expected else str(len(loaded.items))
    yield (
        f"{benchmark}: {size} items, licence {loaded.license}, sha256 {loaded.sha256[:16]}; never"
        " used for training"
    )

    for reason, count in loaded.left_out.items():
        yield f"{count} rows are not items: {reason}"

    if loaded.bad:
        where, reason = next(iter(loaded.bad.items()))
        yield f"{len(loaded.bad)} rows left out, the first {where}: {reason}"


class _BackendOptions(TypedDict):
    frames: int
    max_new_tokens: int
    prompt: PromptFormat


def _open_backend(config: RunConfig, endpoint: str | None, parameters: Parameters) -> ModelBackend:
    backend_options = _BackendOptions(
        frames=config.frames, max_new_tokens=config.max_new_tokens, prompt=config.prompt
    )

    if endpoint:
        return EndpointBackend(
            EndpointClient(endpoint, config.model, parameters=parameters), **backend_options
        )

    if config.backend == "vllm":
        return VllmBackend(str(_model_folder(config.model)), **backend_options)

    import torch

    from waywiser.models.loading import load

    device = "cuda" if torch.cuda.is_available() else "cpu"
    return TransformersBackend(*load(config.model, device=device), **backend_options)


def _resolve_prompt(prompt: PromptConfig, model: str | None) -> PromptFormat:
    """The system prompt and instruction for a model folder, or for a server's model (None)."""
    if model is None:
        return prompt.resolve()

    from waywiser.models.loading import load_config

    folder = _model_folder(model, weights=False)
    return prompt.resolve(folder, load_config(folder).model_type)


def _model_folder(model: str, *, weights: bool = True) -> Path:
    from waywiser.models.model_paths import (
        resolve_model_folder,  # an endpoint's model needs no torch
    )

    return resolve_model_folder(model, weights=weights)


def _parse_shard(text: str) -> tuple[int, int]:
    index, _, count = text.partition("/")
    if not (index.isdigit() and count.isdigit()):
        raise RecipeError(f"--shard {text!r}: give i/n, such as 1/4")
    return int(index), int(count)


def _open_judge(text: str | None, out: Path, parameters: Parameters) -> AnswerJudge | None:
    if text is None:
        return None

    address, _, model = text.rpartition("=")
    if not address or not model:
        raise RecipeError(
            f"--judge {text!r}: give ADDRESS=MODEL, such as http://localhost:8000/v1=judge"
        )

    setting_names = SettingNames("--judge-parameters", "max_tokens by --judge-parameters")
    return AnswerJudge(
        EndpointClient(address, model, 60.0, parameters=parameters, setting_names=setting_names),
        out / "judge.jsonl",
    )
