"""How much of an evaluation's time is spent inside the model's `generate`: the aim is a share of at
least 0.9.

    python benchmarks/evaluation_time.py --json time.json

The shipped starter answers questions of our own `spatial` benchmark, made here. Counted is
everything from the first question to the written scores: pictures, tensors, generation, scoring by
every profile, averages, signatures. Reading the data and loading the model, which a longer run does
not repeat, stand beside it. `prepare_seconds` passed in the thread that makes batches ready; what
of it the model had to wait for is in the total.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from waywiser.evaluation.backends import TransformersBackend
from waywiser.evaluation.benchmark_answers import RunConfig, answer_benchmark, select_items
from waywiser.evaluation.benchmarks import LoadedBenchmark, load_benchmark, make_spatial
from waywiser.evaluation.summary import summarize_run, write_summary
from waywiser.models import load
from waywiser.tasks.registry import ROOM_TASKS
from waywiser.training.run.initial_model import resolve_model_path

AIM = 0.9


class Clock:
    """Adds up the seconds spent in calls."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - start

        return inner


def measure(loaded: LoadedBenchmark, folder: Path, config: RunConfig) -> dict[str, Any]:
    """One run of the starter; seconds of its parts."""
    start = time.perf_counter()
    model, processor = load(config.model, device="cuda" if torch.cuda.is_available() else "cpu")
    loading = time.perf_counter() - start
    inside = Clock()
    ahead = Clock()
    model.generate = inside.timed(model.generate)  # type: ignore[method-assign] - this object alone is timed
    model_backend = TransformersBackend(
        model, processor, frames=config.frames, max_new_tokens=config.max_new_tokens
    )
    model_backend.prepare = ahead.timed(model_backend.prepare)  # type: ignore[method-assign]
    start = time.perf_counter()
    replies = answer_benchmark(loaded, model_backend, folder, config)
    answering = time.perf_counter() - start
    write_summary(
        folder, summarize_run(loaded, select_items(loaded.items, config), replies, model="starter")
    )
    total = time.perf_counter() - start

    return {
        "items": len(replies),
        "batch_size": config.batch_size,
        "threads": torch.get_num_threads(),
        "load_model_seconds": round(loading, 2),
        "total_seconds": round(total, 2),
        "generate_seconds": round(inside.seconds, 2),
        "prepare_seconds": round(ahead.seconds, 2),
        "score_seconds": round(total - answering, 2),
        "share": round(inside.seconds / total, 3),
        "aim": AIM,
    }


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    parser.add_argument("--data", type=Path, help="a spatial benchmark made before")
    parser.add_argument("--rooms", type=int, default=40)
    parser.add_argument("--batch-size", type=int, default=16)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        data = arguments.data or Path(name) / "data"
        if arguments.data is None:
            make_spatial(data, rooms=arguments.rooms, assets="parametric", tasks=ROOM_TASKS)

        config = RunConfig(
            model=resolve_model_path("starter"),
            benchmark="spatial",
            batch_size=arguments.batch_size,
            max_new_tokens=96,
        )

        start = time.perf_counter()
        loaded = load_benchmark("spatial", data)
        reading = time.perf_counter() - start
        result = {
            "read_data_seconds": round(reading, 2),
            **measure(loaded, Path(name) / "run", config),
        }

    print(json.dumps(result, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
