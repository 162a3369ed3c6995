"""Speed of the grader beside math-verify, on the same completions in one run.

    python benchmarks/verification.py [--count 20000] [--peer 300] [--json FILE]

Integers, numbers and choices: verdicts per second of processor time in one process, from completion
text to score. Expressions: wall time on the labelled ones, a warm worker against math-verify in
this process. Hostile batch: wall time against (hostile rows / workers) x deadline.
"""

import argparse
import json
import logging
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from verification_table import DATA, math_verify_check
from waywiser.answers import Verifier, VerifierConfig, as_answer, extract_answer, grade, grade_all
from waywiser.sample import Answer

Pair = tuple[str, Answer]
FRAMES = (
    "<think>I look at it.</think><answer>{}</answer>",
    "So it is \\boxed{{{}}}.",
    "The answer is {}.",
)
OPTIONS = ["chair", "table", "lamp", "rug"]


def integers(rng: random.Random) -> Pair:
    value = rng.randint(0, 999)
    said = value if rng.random() < 0.5 else rng.randint(0, 999)
    return rng.choice(FRAMES).format(said), Answer(kind="integer", value=value)


def numbers(rng: random.Random) -> Pair:
    value = round(rng.uniform(0.5, 9), 2)
    said = rng.choice([f"{value} m", f"{100 * value:.0f} cm", f"{value}", f"{value + 1:.2f} m"])
    return rng.choice(FRAMES).format(said), Answer(kind="number", value=value, unit="m")


def choices(rng: random.Random) -> Pair:
    options = rng.sample(OPTIONS, 4)
    said = rng.choice(["A", "B", "(C)", "D.", *options])
    return rng.choice(FRAMES).format(said), Answer(kind="choice", value=options[0], options=options)


def rate(judge: Callable[[str, Answer], Any], pairs: Sequence[Pair]) -> float:
    """Verdicts a second of processor time."""
    started = time.process_time()
    for completion, answer in pairs:
        judge(completion, answer)
    return len(pairs) / (time.process_time() - started)


def cheap_kinds(count: int, peer: int) -> dict[str, dict[str, float]]:
    """Rates by kind; the peer judges the first `peer` pairs, since it would need hours for all."""
    results = {}

    for make in (integers, numbers, choices):
        rng = random.Random(0)
        pairs = [make(rng) for _ in range(count)]
        rate(grade, pairs[:200])
        rate(math_verify_check, pairs[:5])
        own = rate(grade, pairs)
        other = rate(math_verify_check, pairs[:peer])
        results[make.__name__] = {
            "waywiser_per_s": own,
            "math_verify_per_s": other,
            "ratio": own / other,
        }

    return results


def expressions() -> dict[str, float]:
    """Wall seconds for the labelled expressions that are not hostile, each boxed, after a warm-up
    of both sides.

    Boxed, because math-verify finds no expression in plain text and is quick to say so.
    """
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["gold"]["kind"] == "expression" and row["kind"] != "hostile"]
    said = [(extract_answer(row["completion"]), as_answer(row["gold"])) for row in rows]
    pairs = [(f"So it is $\\boxed{{{text}}}$.", answer) for text, answer in said if text]
    verifier = Verifier(VerifierConfig(workers=1, deadline_s=30))
    verifier.warm_up()

    for _ in range(2):  # the first round warms both parsers' caches and is not kept
        verifier.forget_results()
        own = [_wall(lambda c, a: grade(c, a, verifier=verifier), pair) for pair in pairs]
        other = [_wall(math_verify_check, pair) for pair in pairs]

    slower = sum(a > b for a, b in zip(own, other, strict=True))
    verifier.close()

    return {
        "rows": len(pairs),
        "waywiser_s": sum(own),
        "math_verify_s": sum(other),
        "ratio": sum(other) / sum(own),
        "rows_where_waywiser_is_slower": slower,
    }


def _wall(judge: Callable[[str, Answer], Any], pair: Pair) -> float:
    started = time.perf_counter()
    judge(*pair)
    return time.perf_counter() - started


def hostile(workers: int = 2, deadline_s: float = 2.0, rows: int = 8) -> dict[str, float]:
    """Wall time of a batch with hostile rows, as a multiple of (hostile rows / workers) x deadline."""
    gold = Answer(kind="expression", value="2")
    towers = [f"<answer>9^{{9^{{9^{{{k}}}}}}}</answer>" for k in range(10, 10 + rows)]
    texts = [
        text
        for k, tower in enumerate(towers)
        for text in (tower, f"<answer>{k} + 2 - {k}</answer>")
    ]

    verifier = Verifier(VerifierConfig(workers=workers, deadline_s=deadline_s))
    verifier.warm_up()
    started = time.perf_counter()
    outcomes = [
        verdict.outcome for verdict in grade_all(texts, [gold] * len(texts), verifier=verifier)
    ]
    seconds = time.perf_counter() - started
    verifier.close()
    ideal = rows / workers * deadline_s

    return {
        "hostile": rows,
        "workers": workers,
        "deadline_s": deadline_s,
        "seconds": seconds,
        "of_ideal": seconds / ideal,
        "timed_out": outcomes.count("timed_out"),
        "right": outcomes.count("right"),
    }


def main() -> None:
    """Measure, print, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--peer", type=int, default=300)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)

    results: dict[str, Any] = {
        "kinds": cheap_kinds(arguments.count, arguments.peer),
        "expressions": expressions(),
        "hostile": hostile(),
    }

    text = json.dumps(results, indent=1)
    print(text)

    if arguments.json:
        arguments.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
