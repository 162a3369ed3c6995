"""Run the arms' commands as processes of their own, from recipes that a reader can run again."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from tqdm import tqdm

from waywiser.errors import TrainingError


def write_recipe(path: Path, recipe: Mapping[str, Any]) -> Path:
    """Write a recipe as YAML, keys in the order given; returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(dict(recipe), sort_keys=False))
    return path


def run_in_parallel(
    commands: Mapping[str, list[str]], logs: Path, *, title: str, minutes: float
) -> None:
    """Run `waywiser` commands in parallel, with one progress bar.

    The commands share the cores equally: more threads than cores wait for each other most of the
    time.

    Args:
        commands: Arguments of each command by name; its output goes to `logs`/NAME.log.
        logs: Folder of the logs.
        title: Title of the progress bar.
        minutes: Expected duration, the length of the progress bar.

    Raises:
        TrainingError: A command failed; the message has the last line of its log. The others are
            stopped.
    """
    logs.mkdir(parents=True, exist_ok=True)
    running: dict[str, subprocess.Popen[bytes]] = {}
    share = max(1, (os.cpu_count() or 1) // len(commands))
    try:
        for name, command in commands.items():
            with (logs / f"{name}.log").open("wb") as log:
                running[name] = subprocess.Popen(
                    [sys.executable, "-m", "waywiser", *command],
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    env={**os.environ, "OMP_NUM_THREADS": str(share)},
                )

        _wait_for_all(running, logs, title, minutes)
    finally:
        for process in running.values():
            if process.poll() is None:
                process.kill()

            process.wait()


def _wait_for_all(
    running: Mapping[str, subprocess.Popen[bytes]], logs: Path, title: str, minutes: float
) -> None:
    start = time.monotonic()
    budget = minutes * 60
    layout = "{l_bar}{bar}| {n:.0f}/{total:.0f} s"
    with tqdm(total=budget, desc=title, disable=None, bar_format=layout) as bar:
        while True:
            codes = {name: process.poll() for name, process in running.items()}
            for name, code in codes.items():
                if code:
                    raise TrainingError(
                        f"{name} failed: {_last_line(logs / f'{name}.log')} (see {logs / name}.log)"
                    )

            bar.n = min(budget, time.monotonic() - start)
            bar.refresh()

            if all(code == 0 for code in codes.values()):
                return

            time.sleep(0.3)


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "no output"
