"""Grade as many VSI-Bench rows as the benchmark has under every profile, aggregates included: the
limit is 2 s.

    python benchmarks/grading.py --json grading.json

The rows are made up: outputs in the styles of real models (letters, words, boxed answers after
thinking), question types in the benchmark's proportions, 288 scenes.
"""

import argparse
import json
import random
import time
from pathlib import Path

from waywiser.evaluation.aggregates import ScoredItem, aggregate
from waywiser.evaluation.profiles import OutputRow, profiles_of, score_row
from waywiser.evaluation.profiles.vsi_bench import NUMERIC_TYPES

ROWS = 5130
SCENES = 288
LIMIT = 2.0
COUNTS = {
    "object_counting": 565,
    "object_abs_distance": 834,
    "object_size_estimation": 953,
    "room_size_estimation": 288,
    "object_rel_distance": 710,
    "object_rel_direction_easy": 217,
    "object_rel_direction_medium": 378,
    "object_rel_direction_hard": 373,
    "route_planning": 194,
    "obj_appearance_order": 618,
}
OPTIONS = ("A. table", "B. chair", "C. sofa", "D. bed")
THOUGHT = (
    "<think>\nFirst I look at the frames one by one. "
    + "Then I compare the sizes of what I see. " * 12
)


def rows() -> list[OutputRow]:
    """ROWS rows, the same in every run."""
    draw = random.Random(0)
    made: list[OutputRow] = []

    for kind, count in COUNTS.items():
        for _ in range(count):
            numeric = kind in NUMERIC_TYPES
            truth = f"{draw.uniform(0.5, 9):.1f}" if numeric else draw.choice("ABCD")
            answer = f"{draw.uniform(0.5, 9):.1f}" if numeric else draw.choice("ABCD")

            style = draw.choice(
                (
                    "{}",
                    "The answer is {}.",
                    THOUGHT + "</think>\n<answer>\n\\boxed{{{}}}\n</answer>",
                )
            )

            made.append(
                OutputRow(
                    "vsi-bench", kind, () if numeric else OPTIONS, truth, style.format(answer)
                )
            )

    return made


def measure(made: list[OutputRow]) -> dict[str, float]:
    """Seconds by profile, scoring and averaging."""
    seconds: dict[str, float] = {}

    for profile in profiles_of("vsi-bench"):
        start = time.perf_counter()
        scored = [
            ScoredItem(
                str(i),
                score_row(row, profile).value,
                f"scene{i % SCENES}",
                {"question_type": row.question_type},
            )
            for i, row in enumerate(made)
        ]

        aggregate("vsi-bench", scored)
        seconds[profile] = time.perf_counter() - start

    return seconds


def main() -> None:
    """Print the seconds by profile and their sum against the limit; a ratio below 1 keeps it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    arguments = parser.parse_args()
    made = rows()
    assert len(made) == ROWS
    measure(made[:50])  # imports and compiled patterns
    cpu = time.process_time()
    seconds = measure(made)
    total = sum(seconds.values())
    result = {
        "rows": ROWS,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "total_seconds": round(total, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "limit_seconds": LIMIT,
        "ratio": round(total / LIMIT, 3),
    }

    print(json.dumps(result, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
