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
from waywiser.evaluation.evaluate import ItemResult, evaluate_model, summarise, z_scores_by_task
from waywiser.evaluation.jsonl import write_jsonl
from waywiser.prompting import PromptConfig
from waywiser.recipe import build

MIN_SCENES = 2
"""An interval says how much scenes differ, which one scene cannot."""
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
    """Mean scores by mode and task. With `blind`, a dataset folder, also what the best blind guess
    scores that was fitted on it ("blind"), and by how many clustered standard errors the greedy
    answers exceed that, per task.
    """
    table = summarize(results)
    if blind is None:
        return table

    asked = {item.sample_id for item in results["greedy"]}
    columns = ("options", "scene_id", "program")
    baseline = BlindBaseline.fit(list(read_samples(blind, columns=columns)))
    samples = [s for folder in data for s in read_samples(folder, columns=columns) if s.id in asked]
    guesses = baseline.evaluate(samples)
    table["blind"] = summarise(guesses)
    table["standard errors above blind"] = z_scores_by_task(results["greedy"], guesses)

    return table


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
