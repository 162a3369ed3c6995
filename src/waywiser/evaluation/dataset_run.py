"""Evaluate a model folder on a dataset folder, greedily and sampled, and keep every completion."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from waywiser.dataset.reader import read_samples
from waywiser.errors import DatasetError
from waywiser.evaluation.blind import BlindBaseline
from waywiser.evaluation.bootstrap import BootstrapInterval, mean_interval
from waywiser.evaluation.category_baseline import evaluate_category_prior, gains_over_prior
from waywiser.evaluation.evaluate import ItemResult, evaluate_model, summarise, z_scores_by_task
from waywiser.evaluation.jsonl import write_jsonl
from waywiser.prompting import PromptConfig
from waywiser.recipe import build
from waywiser.sample import Sample

MIN_SCENES = 2
"""An interval says how much scenes differ, which one scene cannot."""
_TEXT_COLUMNS = ("options", "scene_id", "program")
"""Columns that guesses are made from, besides those that every sample has."""
ItemsByMode = dict[str, list[ItemResult]]
"""Items by mode: "greedy", "sampled", and any other temperature asked for."""


def evaluate_folder(
    model: str | Path,
    data: Sequence[str | Path],
    *,
    samples: int = 4,
    temperature: float = 1.0,
    extra_temperatures: Sequence[float] = (),
    limit: int | None = None,
    batch_size: int = 64,
    seed: int = 0,
    min_thought_tokens: int = 0,
    prompt: PromptConfig | None = None,
    data_options: Mapping[str, Any] | None = None,
) -> ItemsByMode:
    """Evaluate the model on every sample of the data, read in order.

    Args:
        model: A model folder or name.
        data: Dataset folders or files, read in order.
        samples: Completions for each question in every mode but "greedy".
        temperature: Temperature of the mode "sampled".
        extra_temperatures: Further modes, named f"t={t}".
        limit: Evaluate only the first samples.
        batch_size: Completions generated together.
        seed: Seed of the sampling.
        min_thought_tokens: Force every completion to think for at least this many tokens; 0 forces
            nothing.
        prompt: System prompt and instruction around each question; None takes those that the model
            was trained with.
        reading: Further keys of a recipe's `data`: format, mapping, images, split, frames.

    Returns:
        The results by mode; "greedy" answers once at temperature 0.

    Raises:
        DatasetError: The folders hold no samples.
        ModelError: The model cannot be loaded.
    """
    from waywiser.models.loading import load, load_config
    from waywiser.models.model_paths import resolve_model_folder
    from waywiser.training.config import DataConfig
    from waywiser.training.data.training_set import read_training_set

    training_set = read_training_set(
        build(DataConfig, {"path": [str(path) for path in data], **(data_options or {})})
    )
    if limit is not None:
        training_set = training_set.take(range(min(limit, len(training_set))))

    items = list(training_set.samples)
    if not items:
        raise DatasetError(f"no samples in {', '.join(map(str, data))}: nothing to evaluate")

    folder = resolve_model_folder(model)
    prompt_format = (prompt or PromptConfig()).resolve(folder, load_config(folder).model_type)
    loaded, processor = load(folder)
    modes = {"greedy": (0.0, 1), "sampled": (temperature, samples)}
    modes |= {f"t={t:g}": (t, samples) for t in extra_temperatures}

    return {
        mode: evaluate_model(
            loaded,
            processor,
            items,
            temperature=t,
            n=n,
            seed=seed,
            batch_size=batch_size,
            min_thought_tokens=min_thought_tokens,
            prompt=prompt_format,
            pictures=training_set,
        )
        for mode, (t, n) in modes.items()
    }


def summarize(results: ItemsByMode) -> dict[str, dict[str, float]]:
    """Mean scores by mode and task, and under "mean" the mean over tasks.

    Example:
        >>> summarize(evaluate_folder("starter", ["data/heldout"]))["greedy"]["mean"]
        0.71
    """
    return {mode: summarise(items) for mode, items in results.items()}


def mean_with_interval(items: Sequence[ItemResult]) -> BootstrapInterval | None:
    """The mean over tasks with its 95 % interval, clustered by scene; None for a single scene."""
    scenes = [item.scene_id for item in items]
    if len(set(scenes)) < MIN_SCENES:
        return None

    tasks = [item.task for item in items]
    return mean_interval([item.score for item in items], scenes, tasks_N=tasks)


def summarize_with_text_only_baseline(
    results: ItemsByMode, data: Sequence[str | Path], blind: str | Path | None = None
) -> dict[str, dict[str, float]]:
    """Mean scores by mode and task, and what can be scored without looking.

    Args:
        results: Results by mode.
        data: The dataset folders that were evaluated.
        blind: A dataset folder to fit guesses on. Without it, the prior by category is fitted on
            the other scenes of `data`, and there is no best blind guess.

    Returns:
        The modes; with `blind` also what the best blind guess scores ("blind"), and by how many
        clustered standard errors the greedy answers exceed that, per task; and the rows of
        `gains_over_prior`, unless `data` has other formats than ours or a single scene.
    """
    table = summarize(results)
    greedy = results["greedy"]

    if blind is not None:
        train = list(read_samples(blind, columns=_TEXT_COLUMNS))
        samples = _read_asked(greedy, data)
        guesses = BlindBaseline.fit(train).evaluate(samples)
        table["blind"] = summarise(guesses)
        table["standard errors above blind"] = z_scores_by_task(greedy, guesses)
        table |= gains_over_prior(greedy, evaluate_category_prior(samples, train))
    elif _has_scenes(greedy) and all(any(Path(p).glob("data/*.parquet")) for p in data):
        prior = evaluate_category_prior(_read_asked(greedy, data))
        table |= gains_over_prior(greedy, prior)

    return table


def _has_scenes(items: Sequence[ItemResult]) -> bool:
    return len({item.scene_id for item in items}) >= MIN_SCENES


def _read_asked(items: Sequence[ItemResult], data: Sequence[str | Path]) -> list[Sample]:
    """The samples that were evaluated, without their images."""
    asked = {item.sample_id for item in items}
    return [s for path in data for s in read_samples(path, columns=_TEXT_COLUMNS) if s.id in asked]


def write_results(path: Path, results: ItemsByMode) -> None:
    """One JSON object per line: an item with its mode, completions and scores."""
    write_jsonl(
        path, ({"mode": mode, **asdict(item)} for mode, items in results.items() for item in items)
    )


def read_results(path: Path) -> ItemsByMode:
    """What `write_results` wrote. Raises DatasetError for a missing file or a line that is not a
    result.
    """
    results: ItemsByMode = {}
    try:
        for row in _read_rows(path):
            mode = row.pop("mode")
            results.setdefault(mode, []).append(ItemResult(**row))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{path} holds no evaluation results ({type(error).__name__}): evaluate again"
        ) from error

    return results


def _read_rows(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if line.strip():
                yield json.loads(line)
