"""The demo's numbers: scores of every arm and of the text-only baseline, with paired intervals."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from waywiser.dataset.reader import read_samples
from waywiser.demo.config import DemoConfig
from waywiser.evaluation.blind import BlindBaseline
from waywiser.evaluation.bootstrap import mean_interval
from waywiser.evaluation.dataset_run import ItemsByMode, read_results
from waywiser.evaluation.evaluate import ItemResult, paired_comparison, summarise, z_scores_by_task
from waywiser.json_types import JsonObject
from waywiser.training.run.provenance import furniture_in_datasets, read_furniture_record

ARMS = ("start", "sft", "rlvr", "sft_equal_time")
EVAL_SETS = ("heldout", "known")
"""Sets that every arm is evaluated on: new furniture, and furniture seen in training."""
TEXT_COLUMNS = ("options", "scene_id", "program")
"""Columns that the text-only baseline reads."""


class Difference(TypedDict):
    """A mean paired difference of scores with its 95 % interval."""

    mean: float
    ci95: list[float]


class ArmDifference(Difference):
    """The same between two arms: sampled, greedy, and by task and mode."""

    greedy: Difference
    by_task: dict[str, dict[str, Difference]]


def results_path(config: DemoConfig, arm: str) -> Path:
    """The file of an arm's completions on all sets."""
    return config.out / "evaluation" / f"{arm}.jsonl"


def read_arm_results(config: DemoConfig, arm: str, name: str) -> ItemsByMode:
    """The results of an arm on one set, by mode."""
    ids = {sample.id for sample in read_samples(config.out / "data" / name, columns=())}
    results = read_results(results_path(config, arm))
    return {
        mode: [item for item in items if item.sample_id in ids] for mode, items in results.items()
    }


def find_furniture_seen_before(config: DemoConfig, model: Path) -> list[str]:
    """Furniture models of the held-out rooms that the starting model was trained on, by its
    record.
    """
    return sorted(
        furniture_in_datasets([config.out / "data" / "heldout"]) & read_furniture_record(model)
    )


def compare_arms(config: DemoConfig) -> JsonObject:
    """Scores by set, arm, mode and task, and paired differences between arms.

    A score is task accuracy: exact match for counts and choices, EDNM for numbers; "mean" is the
    mean over tasks.

    Returns:
        {"heldout": {"rlvr": {"greedy": {"mean": 0.4, ...}, ...}, "rlvr_minus_sft": {...}, ...},
        "known": {...}}
    """
    blind = BlindBaseline.fit(
        list(read_samples(config.out / "data" / "train", columns=TEXT_COLUMNS))
    )

    return {name: _compare_set(config, name, blind) for name in EVAL_SETS}


def _compare_set(config: DemoConfig, name: str, blind: BlindBaseline) -> JsonObject:
    samples = list(read_samples(config.out / "data" / name, columns=TEXT_COLUMNS))
    blind_items = blind.evaluate(samples)
    arms = {arm: read_arm_results(config, arm, name) for arm in ARMS}
    scores: JsonObject = {
        "blind": dict.fromkeys(("greedy", "sampled"), _scores(blind_items, config))
    }
    scores |= {
        arm: {mode: _scores(items, config) for mode, items in results.items()}
        for arm, results in arms.items()
    }

    scores["samples"] = len(samples)
    scores["start_beats_blind_by_standard_errors"] = z_scores_by_task(
        arms["start"]["greedy"], blind_items
    )

    for other in ("sft", "sft_equal_time", "start"):
        scores[f"rlvr_minus_{other}"] = _difference(arms["rlvr"], arms[other], config)

    scores["sft_equal_time_minus_sft"] = _difference(arms["sft_equal_time"], arms["sft"], config)
    return scores


def _difference(a: ItemsByMode, b: ItemsByMode, config: DemoConfig) -> ArmDifference:
    """The difference sampled at the training temperature (the headline), and greedy."""
    sampled = paired_comparison(
        a["sampled"], b["sampled"], resamples=config.bootstrap, seed=config.seed
    )
    greedy = paired_comparison(
        a["greedy"], b["greedy"], resamples=config.bootstrap, seed=config.seed
    )
    tasks = sorted({item.task for item in a["sampled"]})
    by_task = {
        task: {
            mode: _task_difference(a[mode], b[mode], task, config) for mode in ("greedy", "sampled")
        }
        for task in tasks
    }

    return {
        "mean": sampled.mean,
        "ci95": sampled.ci95,
        "greedy": {"mean": greedy.mean, "ci95": greedy.ci95},
        "by_task": by_task,
    }


def _task_difference(
    a: Sequence[ItemResult], b: Sequence[ItemResult], task: str, config: DemoConfig
) -> Difference:
    one = [item for item in a if item.task == task]
    two = [item for item in b if item.task == task]
    interval = paired_comparison(one, two, resamples=config.bootstrap, seed=config.seed)
    return {"mean": interval.mean, "ci95": interval.ci95}


def _scores(items: Sequence[ItemResult], config: DemoConfig) -> JsonObject:
    """Means by task and over tasks, the interval of the latter, and the share of valid formats."""
    interval = mean_interval(
        [item.score for item in items],
        [item.scene_id for item in items],
        tasks_N=[item.task for item in items],
        resamples=config.bootstrap,
        seed=config.seed,
    )

    formats = summarise(items, "format")
    return {**summarise(items), "ci95": interval.ci95, "format": formats["mean"]}
