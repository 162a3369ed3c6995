"""Run the demo: each stage once, then the scores and the page."""

import json
import logging
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from waywiser.dataset.config import SynthesisConfig
from waywiser.dataset.reader import read_samples
from waywiser.dataset.synthesize import synthesize
from waywiser.demo.arm_comparison import (
    ARMS,
    EVAL_SETS,
    compare_arms,
    find_furniture_seen_before,
    results_path,
)
from waywiser.demo.arm_processes import run_in_parallel, write_recipe
from waywiser.demo.config import DemoConfig
from waywiser.demo.demo_page import write_demo_page
from waywiser.demo.memory import PeakMemoryMonitor
from waywiser.demo.stage_cache import StageCache, write_json
from waywiser.errors import AssetsError, TrainingError
from waywiser.json_types import JsonObject
from waywiser.scenes.furniture.assets import fetch_assets
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.training.run.initial_model import resolve_model_path

logger = logging.getLogger(__name__)

RESULT_FILE = "demo.json"
LEARNABLE_DIFFICULTY = (0.02, 0.98)
"""Range of difficulty that RLVR can learn from, as in the paper's offline filter: questions that
are always or never solved teach nothing.
"""


def run_demo(config: DemoConfig, json_file: Path | None = None) -> Path:
    """Run the demo in `config.out`; a second run resumes where the first one stopped.

    Args:
        config: Sizes and times.
        json_file: Another file for the results, besides `demo.json` in the demo's folder.

    Returns:
        The page.

    Raises:
        RecipeError: The folder holds something else; and whatever the stages raise.
    """
    started = time.monotonic()
    settings = config.model_dump(mode="json", exclude={"out", "workers"})
    stages = StageCache(config.out, settings)

    with PeakMemoryMonitor() as memory:
        stage_results = _run_stages(config, stages, memory)
        seconds = {name: stage["seconds"] for name, stage in stage_results.items()}
        peaks = {name: stage["peak_rss_mb"] for name, stage in stage_results.items()}
        seen_before = find_furniture_seen_before(config, Path(_start_model(config)))

        result = compare_arms(config)
        result["rlvr_tasks"] = stage_results["difficulty"]["rlvr_tasks"]
        result["furniture_seen_before"] = seen_before
        result["wall_s"] = round(sum(seconds.values()), 1)
        result["this_run_s"] = round(time.monotonic() - started, 1)
        result["stage_s"] = seconds
        result["stage_rss_mb"] = peaks
        result["peak_rss_mb"] = max(*peaks.values(), round(memory.reset_peak(), 1))

    page = write_demo_page(config, result)
    result["report"] = str(page)
    result_file = config.out / RESULT_FILE
    write_json(result_file, result)

    if json_file is not None and json_file.resolve() != result_file.resolve():
        write_json(json_file, result)

    return page


def _run_stages(
    config: DemoConfig, stages: StageCache, memory: PeakMemoryMonitor
) -> dict[str, JsonObject]:
    """Run every stage that has not finished yet; returns the results of all by name."""
    out = config.out
    results: dict[str, JsonObject] = {}

    def run_stage(name: str, stage: Callable[[], Any]) -> None:
        results[name] = stages.run(name, _measure_stage(stage, memory))

    run_stage("furniture", lambda: {"assets": resolve_furniture(config)})
    assets = results["furniture"]["assets"]

    for name, rooms, split, offset in (
        ("train", config.train_rooms, "train", 0),
        ("known", config.known_rooms, "train", 1),
        ("heldout", config.heldout_rooms, "heldout", 2),
    ):
        request = SynthesisConfig(
            out=out / "data" / name,
            rooms=rooms,
            split=split,
            seed=3 * config.seed + offset,  # never the seed of another set, nor of another demo
            assets=assets,
            workers=config.workers,
            count_share=config.count_share,
            # The starter's completions are short: it could not end the reasoning of today's data.
            trace_share=0.0,
            room=RoomConfig(several_share=config.several_share),
        )

        run_stage(f"rooms_{name}", lambda r=request: _synthesize(r))

    run_stage("difficulty", lambda: _measure_difficulty(config))
    run_stage("sft", lambda: _train_sft(config))
    run_stage("arms", lambda: _train_arms(config, results["difficulty"]["rlvr_tasks"]))
    run_stage("evaluation", lambda: _evaluate_arms(config))

    return results


def resolve_furniture(config: DemoConfig) -> str:
    """The furniture library: the requested one, else a downloaded one, else parametric
    furniture.
    """
    if config.assets is not None:
        return config.assets
    try:
        return str(fetch_assets())
    except AssetsError as error:
        logger.warning("%s; the demo continues with parametric furniture", error)
        return "parametric"


def _measure_stage(stage: Callable[[], Any], memory: PeakMemoryMonitor) -> Callable[[], JsonObject]:
    """The stage with its duration and peak memory added to its result."""

    def run() -> JsonObject:
        start = time.monotonic()
        memory.reset_peak()
        result = stage() or {}

        return {
            **result,
            "seconds": round(time.monotonic() - start, 2),
            "peak_rss_mb": round(memory.reset_peak(), 1),
        }

    return run


def _synthesize(request: SynthesisConfig) -> JsonObject:
    manifest = synthesize(request)
    return {"samples": manifest.samples, "tasks": manifest.tasks}


def _start_model(config: DemoConfig) -> str:
    return resolve_model_path(config.model)


def _run_commands(
    config: DemoConfig, commands: Mapping[str, list[str]], title: str, minutes: float
) -> None:
    run_in_parallel(commands, config.out / "logs", title=title, minutes=minutes)


def _train_command(config: DemoConfig, name: str, recipe: Mapping[str, Any]) -> list[str]:
    """Arguments of `train` for a recipe, which is stored so that anyone can run it again."""
    shutil.rmtree(config.out / name, ignore_errors=True)  # leftovers of an interrupted run
    return ["train", str(write_recipe(config.out / "recipes" / f"{name}.yaml", recipe))]


def _common_recipe(config: DemoConfig, name: str, model: str, minutes: float) -> JsonObject:
    return {
        "out": str(config.out / name),
        "model": model,
        "seed": config.seed,
        "data": {"path": str(config.out / "data" / "train")},
        "max_minutes": minutes,
        "save_steps": 0,
        "log_steps": 1,
        "threads": 1,
        "bf16": True,
        "attention": "eager",
    }


def _sft_recipe(config: DemoConfig, name: str, model: str, minutes: float) -> JsonObject:
    common = _common_recipe(config, name, model, minutes)
    # Two half batches, which leaves memory for RLVR in parallel.
    batches = {"batch_size": 16, "gradient_accumulation_steps": 2, "max_pack_tokens": 256}

    return {"stage": "sft", **common, "learning_rate": 1e-4, "warmup_steps": 5, **batches}


def _rlvr_recipe(config: DemoConfig, tasks: Sequence[str]) -> JsonObject:
    common = _common_recipe(config, "rlvr", str(config.out / "sft" / "model"), config.rlvr_minutes)
    difficulty = {
        "difficulty": str(config.out / "difficulty.json"),
        "keep_difficulty": list(LEARNABLE_DIFFICULTY),
    }

    common["data"] |= {**difficulty, "tasks": list(tasks)}
    return {
        "stage": "rlvr",
        **common,
        "learning_rate": 1e-4,
        "temperature": config.temperature,
        "prompts_per_step": config.prompts_per_step,
        "num_generations": 8,
        "max_completion_length": 64,
        "drop_zero_std_groups": True,
        "strategy": {
            "order": "curriculum",
            "mixing": "task-homogeneous",
            "weight": "p(1-p)",
            "kl": "cosine",
        },
    }


def _measure_difficulty(config: DemoConfig) -> JsonObject:
    """Measure the starting model's pass rates on the training questions; choose tasks for RLVR."""
    data = config.out / "data" / "train"
    difficulty_file = config.out / "difficulty.json"
    command = ["difficulty", _start_model(config)]
    command += ["--data", str(data), "--out", str(difficulty_file), "--seed", str(config.seed)]
    command += ["--samples", str(config.difficulty_samples)]
    command += ["--temperature", str(config.temperature)]

    # In a process of its own, so that torch's memory is released when it ends.
    _run_commands(config, {"difficulty": command}, "difficulty", 0.5)
    table = json.loads(difficulty_file.read_text())
    task_of_sample = {sample.id: sample.task for sample in read_samples(data)}
    tasks = learnable_tasks(task_of_sample, table, config.prompts_per_step)
    if not tasks:
        raise TrainingError(
            f"no task has {config.prompts_per_step} questions that the model solves sometimes:"
            " raise train_rooms"
        )

    mean = sum(table.values()) / len(table)
    return {"questions": len(table), "mean": mean, "rlvr_tasks": tasks}


def learnable_tasks(
    tasks: Mapping[str, str], difficulty: Mapping[str, float], batch_size: int
) -> list[str]:
    """Tasks with at least one batch of questions within `LEARNABLE_DIFFICULTY`.

    A task that the starting model already solves has too few of them, and RLVR leaves it out.

    Args:
        tasks: The task of each question, by sample id.
        difficulty: The difficulty of each question in [0, 1], by sample id.
        batch_size: Questions in a batch.
    """
    low, high = LEARNABLE_DIFFICULTY
    counts = Counter(
        task for key, task in tasks.items() if key in difficulty and low <= difficulty[key] <= high
    )

    return sorted(task for task, count in counts.items() if count >= batch_size)


def _train_sft(config: DemoConfig) -> None:
    recipe = _sft_recipe(config, "sft", _start_model(config), config.sft_minutes)
    _run_commands(config, {"sft": _train_command(config, "sft", recipe)}, "SFT", config.sft_minutes)


def _train_arms(config: DemoConfig, tasks: Sequence[str]) -> None:
    """RLVR and SFT from the same model, for the same time, one core each."""
    cold_start_model = str(config.out / "sft" / "model")
    equal_time_recipe = _sft_recipe(config, "sft_equal_time", cold_start_model, config.rlvr_minutes)
    commands = {
        "rlvr": _train_command(config, "rlvr", _rlvr_recipe(config, tasks)),
        "sft_equal_time": _train_command(config, "sft_equal_time", equal_time_recipe),
    }

    _run_commands(config, commands, "RLVR | SFT for equal time", config.rlvr_minutes)


def _evaluate_arms(config: DemoConfig) -> None:
    """Evaluate every arm on every set, two arms at a time."""
    models = {"start": _start_model(config)} | {
        arm: str(config.out / arm / "model") for arm in ARMS[1:]
    }

    for pair in (ARMS[:2], ARMS[2:]):
        commands = {f"evaluate-{arm}": _evaluate_command(config, arm, models[arm]) for arm in pair}
        _run_commands(config, commands, f"evaluating {' and '.join(pair)}", config.rlvr_minutes / 4)


def _evaluate_command(config: DemoConfig, arm: str, model: str) -> list[str]:
    folders = [
        argument for name in EVAL_SETS for argument in ("--data", str(config.out / "data" / name))
    ]

    return [
        *("evaluate", model, *folders),
        *("--samples", str(config.eval_samples), "--temperature", str(config.temperature)),
        *(("--extra-temperature", "0.5") if arm == "sft" else ()),
        *("--seed", str(config.seed), "--batch-size", "256"),
        *("--out", str(results_path(config, arm))),
    ]


def is_finished_demo(folder: Path) -> bool:
    """Whether `folder` holds a finished demo."""
    return (folder / "demo.json").is_file() and (folder / "demo-config.json").is_file()


def rewrite_demo_page(folder: Path, out: Path | None = None) -> Path:
    """Write the page of a finished demo again, by default to its report.html."""
    stored = json.loads((folder / "demo-config.json").read_text())["config"]
    config = DemoConfig.model_validate({**stored, "out": folder})
    return write_demo_page(config, json.loads((folder / "demo.json").read_text()), out)
