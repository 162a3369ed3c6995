"""Near misses and paraphrases of right answers, by the million, against an oracle that shares no
code with the grader.

    python benchmarks/strictness.py [--pairs 1000000] [--seed 0] [--processes 2] [--kinds
    number,text] [--json FILE]

`--pairs` counts near misses (wrong answers); a quarter as many paraphrases (right answers) come on
top. The pairs are made by tests/strictness from structures and labelled in exact arithmetic. They
depend on the seed and the count alone, not on the number of processes. Aims: no near miss is called
right, and of the paraphrases of each kind at least 99 % are: exit 1 otherwise.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from strictness.pairs import KINDS, pairs
from strictness.tally import Tally, tallied
from waywiser.answers import VerifierConfig, configure_verifier, grade_all

SHARES = {
    "integer": 0.2,
    "number": 0.33,
    "choice": 0.25,
    "choices": 0.12,
    "text": 0.08,
    "expression": 0.02,
}
"""Of the near misses. Expressions, and choices whose options are formulas, cost 10 to 100 times as
much as numbers.
"""
CHUNK = {kind: 100 if kind == "expression" else 5000 for kind in KINDS}
PARAPHRASE_SHARE = 4
MIN_RECALL = 0.99


@dataclass(frozen=True)
class Chunk:
    """Pairs that are made and graded in one go."""

    kind: str
    near_misses: int
    seed: str


def chunks(count: int, seed: int, kinds: list[str]) -> Iterator[Chunk]:
    """The work, expressions first since they take longest."""
    whole = sum(SHARES[kind] for kind in kinds)

    for kind in sorted(kinds, key=lambda kind: kind != "expression"):
        left = round(count * SHARES[kind] / whole)
        number = 0

        while left > 0:
            size = min(left, CHUNK[kind])
            yield Chunk(kind, size, f"{seed}:{number}")
            left -= size
            number += 1


def graded(chunk: Chunk) -> Tally:
    """Make and grade one chunk."""
    paraphrases = -(-chunk.near_misses // PARAPHRASE_SHARE)
    drawn = pairs(chunk.kind, chunk.near_misses, paraphrases, chunk.seed)
    return tallied(drawn, grade_all)


def _start_verifier() -> None:
    configure_verifier(VerifierConfig(workers=1))


def run(work: list[Chunk], processes: int) -> Tally:
    """The counts of all chunks, merged in their order."""
    total = Tally()
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(processes, mp_context=context, initializer=_start_verifier) as pool,
        tqdm(total=sum(chunk.near_misses for chunk in work), unit="pair", unit_scale=True) as bar,
    ):
        for chunk, tally in zip(work, pool.map(graded, work), strict=True):
            total.merge(tally)
            bar.update(chunk.near_misses)

    return total


def print_table(total: Tally, kinds: list[str]) -> None:
    """One line for each kind, then the forms that failed."""
    print("| kind | near misses | false positives | paraphrases | missed | recall |")
    print("|---|---|---|---|---|---|")

    for kind in kinds:
        row = total.of_kind(kind)
        print(
            f"| {kind} | {row['near_misses']:,} | {row['false_positives']:,} | {row['paraphrases']:,} "
            f"| {row['missed']:,} | {row['recall']:.4f} |"
        )

    for title, right in (("False positives", False), ("Missed paraphrases", True)):
        print(f"\n{title}, by form:", *(total.failures(right) or ["none"]), sep="\n")


def as_json(
    total: Tally, kinds: list[str], arguments: argparse.Namespace, seconds: float
) -> dict[str, Any]:
    """All counts, the forms and frames included."""
    names = {False: "mutations", True: "forms", "frame": "frames"}
    tables: dict[str, dict[str, dict[str, list[int]]]] = {}

    for key, seen in sorted(total.seen.items(), key=repr):
        kind, sort, name = key
        table = tables.setdefault(kind, {}).setdefault(names[sort], {})
        table[name] = [total.failed[key], seen]

    return {
        "pairs": arguments.pairs,
        "seed": arguments.seed,
        "seconds": round(seconds, 1),
        "timed_out": total.timed_out,
        "kinds": {kind: {**total.of_kind(kind), **tables.get(kind, {})} for kind in kinds},
        "failures": total.failures(right=False) + total.failures(right=True),
    }


def main() -> int:
    """Run, print the tables, exit 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kinds", default=",".join(KINDS), help="some of: " + ", ".join(KINDS))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    kinds = arguments.kinds.split(",")

    if unknown := set(kinds) - set(KINDS):
        parser.error(f"unknown kinds: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")

    started = time.perf_counter()
    total = run(list(chunks(arguments.pairs, arguments.seed, kinds)), arguments.processes)
    seconds = time.perf_counter() - started

    print_table(total, kinds)
    print(f"\n{seconds:.0f} s; {total.timed_out} timed out")

    if arguments.json:
        arguments.json.write_text(
            json.dumps(as_json(total, kinds, arguments, seconds), indent=1) + "\n"
        )

    rows = [total.of_kind(kind) for kind in kinds]
    return int(any(row["false_positives"] or row["recall"] < MIN_RECALL for row in rows))


if __name__ == "__main__":
    sys.exit(main())
