"""Jobs for workers, and `python jobs.py ENGINE WORKERS OUT`: what an engine makes of good, bad and
deadly ones.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from waywiser.engine import open_engine
from waywiser.errors import DatasetError


def square(number: int) -> tuple[int, str]:
    """A result with the folder that relative paths start from."""
    return number * number, str(Path.cwd())


def refuse(number: int) -> None:
    """A job that cannot be done."""
    raise DatasetError(f"job {number} is refused")


def stumble(number: int) -> float:
    """A job with a bug."""
    return number / 0


def die(marker: str) -> str:
    """Ends its process, the first time."""
    if Path(marker).exists():
        return "at the second go"
    Path(marker).touch()
    os._exit(9)


def wait(marker: str) -> None:
    """Says that it has begun, and takes its time."""
    Path(marker).touch()
    time.sleep(120)


def outcome(run: Callable[[], object]) -> object:
    """What comes of it: a result, or the error's name and words."""
    try:
        return run()
    except Exception as error:
        return [type(error).__name__, str(error)]


def main(engine: str, workers: int, out: Path) -> dict[str, object]:
    with open_engine(engine, workers) as run_jobs:
        found = {
            "squares": sorted(run_jobs(square, [(n,) for n in range(5)])),
            "none": list(run_jobs(square, [])),
            "refused": outcome(lambda: list(run_jobs(refuse, [(1,), (2,)]))),
            "stumbled": outcome(lambda: list(run_jobs(stumble, [(1,), (2,)]))),
            "died": outcome(
                lambda: list(run_jobs(die, [(str(out / "dead"),), (str(out / "dead"),)]))
            ),
            "afterwards": sorted(run_jobs(square, [(7,), (8,)])),
        }
    left = [" ".join(p.cmdline()) for p in psutil.Process().children() if p.status() != "zombie"]
    return {**found, "left": [command for command in left if "resource_tracker" not in command]}


if __name__ == "__main__":
    if sys.argv[1] == "wait":
        with open_engine(sys.argv[2], 2) as go:
            list(go(wait, [(f"{sys.argv[3]}/{n}",) for n in range(2)]))
    else:
        print(json.dumps(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
