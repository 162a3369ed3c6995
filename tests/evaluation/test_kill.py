"""The shipped starter, killed at a random moment by SIGKILL and resumed: the same in the end."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from helpers.layout_files import cv_bench
from waywiser.evaluation.benchmark_answers import read_replies
from waywiser.evaluation.benchmark_run import run_benchmark
from waywiser.evaluation.benchmarks import make_spatial
from waywiser.training.run.initial_model import resolve_model_path

torch.set_num_threads(1)
SETTINGS = {"batch_size": 2, "max_new_tokens": 16, "limit": 8}
SMALL = {
    "width": 112,
    "height": 84,
    "max_rooms": 2,
    "min_frames": 8,
    "max_frames": 8,
    "moving_frames": 8,
}


def killed_at(benchmark: str, data: Path, out: Path, answers: int) -> int:
    """Start the command, kill it once it has written so many answers; how many it left whole."""
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in SETTINGS.items()]
    command = [
        sys.executable,
        "-m",
        "waywiser",
        "evaluate",
        "starter",
        "--benchmark",
        benchmark,
        *flags,
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [*command, "--data", str(data), "--out", str(out)], env=environment
    ) as process:
        end = time.monotonic() + 200
        while (
            process.poll() is None and time.monotonic() < end and len(read_replies(out)) < answers
        ):
            time.sleep(0.01)
        assert process.poll() is None, "it ended before it was killed"
        process.send_signal(signal.SIGKILL)
    return len(read_replies(out))


@pytest.mark.slow
@pytest.mark.parametrize("benchmark", ["cv-bench", "spatial"])
def test_a_killed_evaluation_ends_with_the_same_score(benchmark: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    if benchmark == "spatial":
        make_spatial(data, rooms=1, assets="parametric", home=SMALL)
    else:
        cv_bench(data)
    answers = random.SystemRandom().choice([0, 1, 2, 3, 4])
    left = killed_at(benchmark, data, tmp_path / "killed", answers)
    whole = run_benchmark(
        resolve_model_path("starter"), benchmark, data, tmp_path / "whole", **SETTINGS
    )
    assert answers <= left < whole["items"]
    resumed = run_benchmark(
        resolve_model_path("starter"), benchmark, data, tmp_path / "killed", **SETTINGS
    )
    assert resumed == whole, f"killed after {left} answers"
    replies = [
        {r.id: (r.output, r.cut) for r in read_replies(tmp_path / name)}
        for name in ("whole", "killed")
    ]
    assert replies[0] == replies[1]
    assert whole["answered"] == whole["items"] >= 6
