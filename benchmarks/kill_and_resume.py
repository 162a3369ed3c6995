"""Kill the starter's evaluation at a random moment, resume it, and compare with a run that nothing
disturbed.

    python benchmarks/kill_and_resume.py --json kill.json

Nine benchmarks: small synthetic files in each of the eight published layouts (those of the tests),
and our own `spatial`, made here. Each is run once undisturbed, once in a process that gets SIGKILL,
and once more by the same command, which resumes. Answers, scores by every profile and failure
signatures must be the same.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from helpers.layout_files import WRITERS  # noqa: E402 - the tests' own files
from waywiser.cli import main as waywiser  # noqa: E402
from waywiser.evaluation.benchmark_answers import ANSWERS_FILE, read_replies  # noqa: E402
from waywiser.evaluation.benchmarks import make_spatial  # noqa: E402
from waywiser.evaluation.summary import read_summary  # noqa: E402

SETTINGS = ("--batch-size", "1", "--max-new-tokens", "24", "--frames", "4", "--limit", "8")
LONGEST_S = 1800
FORK = multiprocessing.get_context(
    "fork"
)  # processes of their own that need not import torch again


def start(benchmark: str, data: Path, out: Path) -> Any:
    """A process that runs the command; the same for all three runs but for the folder."""
    asked = [
        "evaluate",
        "starter",
        "--benchmark",
        benchmark,
        "--data",
        str(data),
        "--out",
        str(out),
        *SETTINGS,
    ]

    process = FORK.Process(target=_command, args=(asked,))
    process.start()
    return process


def _command(asked: list[str]) -> None:
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        code = waywiser(asked)

    sys.exit(code)


def run(benchmark: str, data: Path, out: Path) -> None:
    """Run to the end. Raises RuntimeError where it fails."""
    process = start(benchmark, data, out)
    process.join(LONGEST_S)
    if process.exitcode != 0:
        process.kill()
        raise RuntimeError(f"{benchmark}: exit code {process.exitcode}")


def kill_after(
    benchmark: str, data: Path, out: Path, answers: int, delay: float
) -> tuple[int, int]:
    """SIGKILL the run `delay` seconds after it has written `answers` answers; its exit code, and
    how many are whole.
    """
    process = start(benchmark, data, out)
    end = time.monotonic() + LONGEST_S
    while process.is_alive() and time.monotonic() < end and count(out) < answers:
        time.sleep(0.01)

    time.sleep(delay)
    process.kill()
    process.join()

    return process.exitcode, count(out)


def count(out: Path) -> int:
    """Whole answers in a run's folder."""
    return len(read_replies(out)) if (out / ANSWERS_FILE).exists() else 0


def compare(benchmark: str, data: Path, folder: Path, draw: random.Random) -> dict[str, Any]:
    """One benchmark undisturbed, killed and resumed."""
    whole = folder / "whole"
    killed = folder / "killed"
    run(benchmark, data, whole)
    total = count(whole)
    code, left = kill_after(
        benchmark, data, killed, draw.randrange(0, total - 1), draw.uniform(0, 0.1)
    )

    while code == 0:  # it ended before it was killed
        shutil.rmtree(killed)
        code, left = kill_after(benchmark, data, killed, draw.randrange(0, total - 1), 0.0)

    run(benchmark, data, killed)
    replies = [
        {r.id: (r.output, r.error, r.cut) for r in read_replies(out)} for out in (whole, killed)
    ]
    summaries = [read_summary(out) for out in (whole, killed)]
    first = next(
        (a for a in summaries[0]["profiles"]["waywiser"]["aggregates"] if a["value"] is not None),
        None,
    )

    return {
        "benchmark": benchmark,
        "items": total,
        "exit_code": code,
        "answers_at_kill": left,
        "score": first and {"name": first["name"], "value": round(first["value"], 4)},
        "same_answers": replies[0] == replies[1],
        "same_scores": summaries[0] == summaries[1],
    }


def main() -> int:
    """Print a row for each benchmark; 1 where any differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the rows here")
    parser.add_argument("--seed", type=int, default=0, help="of the moments of the kills")
    parser.add_argument("--only", nargs="*", help="these benchmarks only")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # sums in one order, and no pool of threads that a fork would lose
    draw = random.Random(arguments.seed)
    rows = []

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        for benchmark in arguments.only or [*WRITERS, "spatial"]:
            data = folder / benchmark / "data"

            if benchmark == "spatial":
                make_spatial(data, rooms=2, assets="parametric", home={"width": 224, "height": 168})
            else:
                WRITERS[benchmark](data)

            rows.append(compare(benchmark, data, folder / benchmark, draw))
            print(json.dumps(rows[-1]), flush=True)

    if arguments.json:
        arguments.json.write_text(json.dumps({"seed": arguments.seed, "runs": rows}, indent=1))

    return 0 if all(row["same_answers"] and row["same_scores"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
