"""De-duplicate a million synthetic questions: at most 4 GB, and time linear in their number.

    python benchmarks/deduplication.py --json deduplication.json

Every twentieth question is an exact copy of an earlier one, every twentieth another one with a word
changed; all have the same answer and no number, so that every one must be compared. Each size runs
in a process of its own; seconds are of the processor, so that a busy machine changes them less.
`linear`: the last size's time for an item over the first's.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

from waywiser.curation.duplicates import Fingerprint, find_duplicates

SIZES = (250_000, 500_000, 1_000_000)
LIMIT_GB = 4.0
WORDS = [
    a + b + c
    for a in "bcdfgklmnprst"
    for b in "aeiou"
    for c in ("n", "rt", "lo", "mi", "sk", "ved", "tra")
]


def fingerprints(count: int) -> list[Fingerprint]:
    """`count` questions of 40 words, the same in every run."""
    made: list[Fingerprint] = []

    for k in range(count):
        draw = random.Random(k if k % 20 not in (18, 19) else k - 10)
        words = draw.choices(WORDS, k=40)

        if k % 20 == 19:
            words[0] = "changed"

        made.append(Fingerprint(" ".join(words), "1"))

    return made


def one(count: int) -> dict[str, float]:
    """Seconds, memory and what was found at one size."""
    made = fingerprints(count)
    start = time.process_time()
    wall = time.perf_counter()
    found = find_duplicates(made)
    kinds = [d.kind for d in found]

    return {
        "items": count,
        "cpu_s": time.process_time() - start,
        "wall_s": time.perf_counter() - wall,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "exact_recall": kinds.count("exact") / (count / 20),
        "near_recall": kinds.count("near") / (count / 20),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", type=int, help="only this size, in this process")
    arguments = parser.parse_args()

    if arguments.one:
        print(json.dumps(one(arguments.one)))
        return

    runs = []

    for size in SIZES:
        command = [sys.executable, __file__, "--one", str(size)]
        runs.append(
            json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        )
        print(runs[-1], flush=True)

    per_item = [run["cpu_s"] / run["items"] for run in runs]
    result = {
        "runs": runs,
        "linear": per_item[-1] / per_item[0],
        "within_4_gb": runs[-1]["peak_gb"] <= LIMIT_GB,
    }

    print(json.dumps(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
