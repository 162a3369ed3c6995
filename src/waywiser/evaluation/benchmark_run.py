"""One benchmark run from end to end: read, show licence and hash, answer resumably, score, write."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from waywiser.clients.advice import Keys
from waywiser.clients.parameters import UNCHANGED, Parameters
from waywiser.errors import RecipeError
from waywiser.evaluation.answerers import Answerer, EndpointAnswerer, TransformersAnswerer, VllmAnswerer
from waywiser.evaluation.answering import RunConfig, answer_benchmark, chosen
from waywiser.evaluation.benchmarks import EXPECTED, load_benchmark
from waywiser.evaluation.benchmarks.hub import PREFIX
from waywiser.evaluation.endpoint import Endpoint
from waywiser.evaluation.judge import Judge
from waywiser.evaluation.names import profiles_named
from waywiser.evaluation.profiles import scorer_of
from waywiser.evaluation.summary import summarise_run, write_summary
from waywiser.prompting import PromptConfig, PromptFormat

BACKENDS = ("transformers", "vllm")
PROMPTS = ("waywiser", "official")
STARTER = "starter"


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
    parameters: Parameters = UNCHANGED,
    judge_parameters: Parameters = UNCHANGED,
    frames: int = 16,
    batch_size: int = 16,
    max_new_tokens: int = 1024,
    prompt: PromptConfig | None = None,
    prompts: str = "waywiser",
    note: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Evaluate `model` on a local copy of a benchmark; `out` holds the run and can be resumed.

    `model` is a folder, run by the `backend` "transformers" or "vllm", or with `endpoint` a name that its server
    knows. `data` is a file or folder, or "hub:NAME" (see `benchmarks.hub`). `judge` is "ADDRESS=MODEL". What the two
    servers are sent can be renamed, dropped or added (`parameters`, `judge_parameters`). `prompt` is what the model is
    told beside each question; None: what it was trained with, nothing for an endpoint's. `prompts` "official" asks each
    question in the form that the benchmark's own scoring reads. `note` is told licence and hash before anything is
    asked. Raises RecipeError for settings that do not fit, DatasetError for data without a
    usable item, ModelError for a model that cannot be loaded, EndpointError for an endpoint that answers nothing.
    """
    if backend not in BACKENDS:
        raise RecipeError(f"--backend {backend!r}: give {' or '.join(BACKENDS)}")
    if prompts not in PROMPTS:
        raise RecipeError(f"--prompts {prompts!r}: give {' or '.join(PROMPTS)}")
    judged_by = _judge(judge, out, judge_parameters)
    loaded = load_benchmark(benchmark, data)
    profiles = profiles_named(profiles or ())
    for profile in profiles:
        scorer_of(profile, loaded.benchmark)
    if model == STARTER and not endpoint:  # by name or by its folder, it is one model
        model = str(_folder(model))
    config = RunConfig(
        model=model,
        benchmark=benchmark,
        backend="endpoint" if endpoint else backend,
        limit=limit,
        shard=_shard(shard),
        batch_size=batch_size,
        max_new_tokens=max_new_tokens,
        frames=frames,
        prompt=_told(prompt or PromptConfig(), None if endpoint else model),
        prompts=prompts,  # type: ignore[arg-type] - one of PROMPTS
    )
    items = chosen(loaded.items, config)
    expected = EXPECTED.get(loaded.benchmark)
    size = f"{len(loaded.items)} of {expected}" if expected else str(len(loaded.items))
    note(f"{benchmark}: {size} items, licence {loaded.licence}, sha256 {loaded.sha256[:16]}; never used for training")
    for reason, count in loaded.left_out.items():
        note(f"{count} rows are no items: {reason}")
    if loaded.bad:
        where, why = next(iter(loaded.bad.items()))
        note(f"{len(loaded.bad)} rows left out, the first {where}: {why}")
    answerer = _answerer(config, endpoint, parameters)
    replies = answer_benchmark(loaded, answerer, out, config)
    if isinstance(answerer, EndpointAnswerer):
        answerer.check(replies)
    summary = summarise_run(
        loaded, items, replies, model=model, profiles=profiles, judge=judged_by, official_prompts=prompts == "official"
    )
    summary["prompts"] = prompts
    if parameters != UNCHANGED:
        summary["parameters"] = parameters.model_dump(exclude_defaults=True)
    summary |= {"data": str(data if str(data).startswith(PREFIX) else Path(data).resolve())}
    write_summary(out, summary)
    return summary


def _answerer(config: RunConfig, endpoint: str | None, parameters: Parameters) -> Answerer:
    limits: dict[str, Any] = {"frames": config.frames, "max_new_tokens": config.max_new_tokens}
    limits["prompt"] = config.prompt
    if endpoint:
        return EndpointAnswerer(Endpoint(endpoint, config.model, parameters=parameters), **limits)
    if config.backend == "vllm":
        return VllmAnswerer(str(_folder(config.model)), **limits)
    import torch

    from waywiser.models.loading import load

    device = "cuda" if torch.cuda.is_available() else "cpu"
    return TransformersAnswerer(*load(config.model, device=device), **limits)


def _told(prompt: PromptConfig, model: str | None) -> PromptFormat:
    """The system prompt and instruction for a model folder; None: a server's model, of which nothing is known."""
    if model is None:
        return prompt.resolve()
    from waywiser.models.loading import load_config

    folder = _folder(model, weights=False)
    return prompt.resolve(folder, load_config(folder).model_type)


def _folder(model: str, *, weights: bool = True) -> Path:
    from waywiser.models.resolve import model_folder  # an endpoint's model needs no torch

    return model_folder(model, weights=weights)


def _shard(text: str) -> tuple[int, int]:
    index, _, count = text.partition("/")
    if not (index.isdigit() and count.isdigit()):
        raise RecipeError(f"--shard {text!r}: give i/n, such as 1/4")
    return int(index), int(count)


def _judge(text: str | None, out: Path, parameters: Parameters) -> Judge | None:
    if text is None:
        return None
    address, _, model = text.rpartition("=")
    if not address or not model:
        raise RecipeError(f"--judge {text!r}: give ADDRESS=MODEL, such as http://localhost:8000/v1=judge")
    keys = Keys("--judge-parameters", "max_tokens by --judge-parameters")
    return Judge(Endpoint(address, model, 60.0, parameters=parameters, keys=keys), out / "judge.jsonl")
