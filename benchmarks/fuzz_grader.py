"""Fuzz the grader: random bytes, random characters and mutations of right answers, of every kind.

    python benchmarks/fuzz_grader.py [--count 1000000] [--seed 0] [--json FILE]

Nothing may escape as an exception, no verdict may take longer than the cap (both tries of a
comparison, the seconds they are given to keep their deadlines, and two for a worker's start), and
memory may not grow: exit 1 otherwise.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from waywiser.answers import VerifierConfig, configure_verifier, grade
from waywiser.answers._worker import GRACE_S

GOLDS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"kind": "integer", "value": 3}, "3"),
    ({"kind": "integer", "value": 1024}, "1,024"),
    ({"kind": "number", "value": 2.5, "unit": "m"}, "250 cm"),
    ({"kind": "number", "value": 35, "unit": "deg"}, "35^\\circ"),
    ({"kind": "choice", "value": "chair", "options": ["table", "chair"]}, "B. chair"),
    ({"kind": "choice", "value": "22.6", "options": ["21", "22.6", "30"]}, "22.6"),
    (
        {"kind": "choices", "value": ["red box", "rug"], "options": ["red box", "stool", "rug"]},
        "A, C",
    ),
    ({"kind": "text", "value": "San José"}, "San José"),
)
EXPRESSIONS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"kind": "expression", "value": "x^2+2x+1"}, "(x+1)^2"),
    ({"kind": "expression", "value": "\\frac{1}{2}"}, "0.5"),
)
FRAMES = (
    "<think>look</think><answer>{}</answer>",
    "\\boxed{{{}}}",
    "The answer is {}.",
    "{}",
    "<answer>{}</answer>",
)
PIECES = (
    *(
        "<answer>",
        "</answer>",
        "<think>",
        "</think>",
        "\\boxed{",
        "}",
        "{",
        "\\frac",
        "\\sqrt",
        "^",
        "^{9",
        "!",
        "\\%",
    ),
    *(
        "$",
        "**",
        "or",
        "not",
        "answer is",
        "=",
        "\\approx",
        "1e9999",
        "9" * 50,
        "(" * 50,
        "[" * 50,
        "\x00",
        "\ud800",
    ),
    *(
        "−",
        "²",
        "½",
        "٣",
        "𝟛",
        "cm",
        "°",
        "A",
        "B",
        "(C)",
        ",",
        ";",
        "\n",
        " " * 50,
        "\u202e",
        "\\int",
        "\\pm",
        "x",
        "e",
    ),
)


def texts(rng: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """Endless (completion, answer) pairs; expressions are one in twenty, since each may cost a
    worker's time.
    """
    while True:
        gold, right = rng.choice(EXPRESSIONS if rng.random() < 0.05 else GOLDS)
        way = rng.random()
        if way < 0.15:
            yield rng.randbytes(rng.randint(0, 300)).decode("utf-8", "replace"), gold
        elif way < 0.3:
            yield (
                rng.choice(FRAMES).format(rng.randbytes(rng.randint(0, 60)).decode("latin-1")),
                gold,
            )
        elif way < 0.45:
            yield "".join(rng.choices(PIECES, k=rng.randint(1, 12))), gold
        elif way < 0.451:
            yield rng.choice(PIECES) * rng.randint(1, 100_000), gold
        else:
            yield mutated(rng, rng.choice(FRAMES).format(right)), gold


def mutated(rng: random.Random, text: str) -> str:
    """`text` after a few cuts, doublings, swaps and insertions."""
    for _ in range(rng.randint(1, 4)):
        place, other = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))

        match rng.randint(0, 3):
            case 0:
                text = text[:place] + text[other:]
            case 1:
                text = text[:other] + text[place:]
            case 2:
                text = text[:place] + rng.choice(PIECES) + text[place:]
            case _:
                text = text[:place] + chr(rng.randint(0, 0x2FFF)) + text[other:]

        text = text[:40_000]

    return text


def main() -> int:
    """Run, print the summary, exit 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    verifier = configure_verifier(VerifierConfig(workers=1, deadline_s=0.5))
    verifier.warm_up()
    rng = random.Random(arguments.seed)
    process = psutil.Process()
    cap = 3 * verifier.config.deadline_s + 2 * GRACE_S + 2.0
    outcomes: Counter[str] = Counter()
    errors: list[str] = []
    slowest = 0.0
    slowest_text = ""
    memory = []
    started = time.perf_counter()

    for number, (text, gold) in zip(range(arguments.count), texts(rng), strict=False):
        begun = time.perf_counter()

        try:
            outcomes[grade(text, gold).outcome] += 1
        except Exception as error:
            errors.append(f"{error!r} for {text[:200]!r} as {gold['kind']}")

        if (taken := time.perf_counter() - begun) > slowest:
            slowest = taken
            slowest_text = text[:200]

        if number % max(1, arguments.count // 10) == 0:
            workers = [psutil.Process(pid) for pid in verifier.pids()]
            memory.append(
                round(
                    (process.memory_info().rss + sum(w.memory_info().rss for w in workers)) / 2**20
                )
            )

    summary = {
        "strings": arguments.count,
        "seed": arguments.seed,
        "outcomes": dict(outcomes),
        "exceptions": len(errors),
        "first_exceptions": errors[:5],
        "slowest_s": round(slowest, 3),
        "slowest_text": slowest_text,
        "cap_s": cap,
        "memory_mb": memory,
        "seconds": round(time.perf_counter() - started, 1),
        "cpus": os.cpu_count(),
    }

    print(json.dumps(summary, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(summary, indent=1) + "\n")

    growth = max(memory[1:], default=0) - memory[len(memory) // 4]
    return int(bool(errors) or slowest > cap or growth > 64)


if __name__ == "__main__":
    sys.exit(main())
