"""Made outputs scored by lmms-eval's own functions and by our profile of it; every difference is
listed.

    make client-harnesses                # builds .venv-harnesses from packages, then runs this
    python benchmarks/harness_agreement.py --rows 1500 --json agreement.json

The release on PyPI (0.7.3) is not the commit that the profile names (75571cfe): its scoring is the
same but for one dropped import in MathVision, which `tools/harness_verdicts.py` restores.
VLMEvalKit is in no package index; recorded verdicts of its functions are in
`tests/data/benchmark_scoring/harness_verdicts.json`.
"""

import argparse
import json
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waywiser.errors import WaywiserError
from waywiser.evaluation.profiles import LMMS_EVAL, parse_row, score_row

LETTERS = "ABCDE"
FRAMES = (
    *(
        "{}",
        "<answer>{}</answer>",
        "\\boxed{{{}}}",
        "The answer is {}.",
        "answer: {}",
        "**{}**",
        "({})",
        "${}$",
    ),
    *(
        "<think>{o}</think> {}",
        "<think>the answer is {o}</think><answer>{}</answer>",
        "So we get \\boxed{{{}}}.",
    ),
    *(
        "{}. because {o}",
        "It is {}\n",
        "\\boxed{{{o}}} and then \\boxed{{{}}}",
        "<answer>{}",
        "{} or {o}",
    ),
    *(
        "\\boxed{{\\text{{{}}}}}",
        "First {o}.\nThen {}.\n",
        "\\boxed{{\\boxed{{{}}}}}",
        "Answer: {}) {o}",
        "x = {}",
    ),
    *(
        "The correct option is {}",
        "",
        "\\boxed{{}}",
        "I cannot tell",
        "{}}} and more",
        "{} units",
        "{} rows of {o}",
    ),
)
NUMBER_WORDS = (
    *("zero", "one", "two", "five", "twelve", "thirteen", "twenty", "ninety"),
    *("hundred", "thousand", "and", "point", "million", "half", "dozen", "a"),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A benchmark's task, the environment it is scored in, and the variant of our row."""

    benchmark: str
    task: str
    environment: str
    variant: str | None = None


COMPARISONS = (
    Comparison("mathvision", "mathvision", "latex2sympy2"),
    Comparison("mathvision", "reasoning", "math-verify", "reasoning"),
    Comparison("dynamath", "reasoning", "math-verify", "reasoning"),
    Comparison("logicvista", "reasoning", "math-verify", "reasoning"),
    Comparison("wemath", "reasoning", "math-verify", "reasoning"),
    Comparison("cv-bench", "reasoning", "math-verify", "reasoning"),
    Comparison("cv-bench", "cv-bench", "math-verify"),
    Comparison("vsi-bench", "vsi-bench", "math-verify"),
)


def made_rows(comparison: Comparison, count: int) -> list[dict[str, Any]]:
    """`count` questions with outputs of all sorts, the same in every run."""
    draw = random.Random(f"{comparison.benchmark}/{comparison.task}")
    return [_made(comparison.benchmark, draw) for _ in range(count)]


def _made(benchmark: str, draw: random.Random) -> dict[str, Any]:
    options = (
        [_value(draw) for _ in LETTERS] if benchmark in ("mathvision", "wemath", "cv-bench") else []
    )
    kind = "free"

    if benchmark == "vsi-bench":
        kind = draw.choice(("object_counting", "object_abs_distance"))
        truth = draw.choice(("1", "2", "4.5", "12", "150", "0.8"))
        answer = draw.choice(
            (truth, f"{truth} m", _value(draw), _words(draw), "1,200", ".5", f"-{truth}", "2-3")
        )
    elif benchmark == "logicvista":
        truth = ", ".join(sorted(draw.sample(LETTERS, draw.choice((1, 1, 2, 3)))))
        answer = draw.choice((truth, draw.choice(LETTERS), f"({truth})", truth.replace(", ", "")))
    elif options and (benchmark != "mathvision" or draw.random() < 0.5):
        letter = draw.choice(LETTERS)
        truth = f"({letter})" if benchmark == "cv-bench" else letter
        answer = draw.choice(
            (letter, truth, draw.choice(LETTERS), options[LETTERS.index(letter)], f"{letter}) it")
        )
    else:
        options = []
        truth = _value(draw)
        answer = _respelled(truth, draw) if draw.random() < 0.6 else _value(draw)

    output = draw.choice(FRAMES).format(answer, o=draw.choice((draw.choice(LETTERS), _value(draw))))
    return {"truth": truth, "options": options, "question_type": kind, "output": output}


def _value(draw: random.Random) -> str:
    a = draw.randint(1, 30)
    b = draw.randint(2, 9)
    forms = (
        *(
            f"{a}",
            f"{a}",
            f"{a}.{b}",
            f"{b},{a + 100}",
            f"{a}/{b}",
            f"\\frac{{{a}}}{{{b}}}",
            f"-{a}",
            f"{a}:{b}",
        ),
        *(
            f"{a}\\sqrt{{{b}}}",
            f"{a}\\pi",
            f"{a}\\%",
            f"{a}^\\circ",
            f"2^{{{b}}}",
            f"({a}, {b})",
            f"{a} cm",
        ),
        *(
            f"${a}$",
            f"$\\frac{{{b}}}{{{a}}}$",
            f"{a}+{b}\\sqrt{{3}}",
            f"\\{{{a},{b}\\}}",
            f"\\sqrt[3]{{{a}}}",
        ),
    )

    return draw.choice(forms)


def _respelled(text: str, draw: random.Random) -> str:
    forms = (
        *(text, f"${text}$", f"x = {text}", f"{text} cm", f"{text}.", f"{text}.0", f" {text} "),
        *(text.replace("\\frac", "\\dfrac"), text.replace("\\pi", " \\pi"), f"\\text{{{text}}}"),
    )
    return draw.choice(forms)


def _words(draw: random.Random) -> str:
    return draw.choice((" ", "-")).join(
        draw.choice(NUMBER_WORDS) for _ in range(draw.randint(1, 4))
    )


def verdicts(comparison: Comparison, rows: list[dict[str, Any]], harnesses: Path) -> list[float]:
    """What the harness's own function says of each row."""
    python = harnesses / comparison.environment / "bin" / "python"
    command = [str(python), "tools/harness_verdicts.py", comparison.task]
    done = subprocess.run(
        command, input=json.dumps(rows), capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed: {done.stderr.strip().splitlines()[-1:]}")

    return json.loads(done.stdout)


def ours(comparison: Comparison, row: dict[str, Any]) -> float | None:
    """Our profile's score, None if it refuses the row."""
    fields = {
        "benchmark": comparison.benchmark,
        "ground_truth": row["truth"],
        "model_output": row["output"],
        "options": row["options"],
        "question_type": row["question_type"],
        "variant": comparison.variant,
    }
    try:
        return score_row(parse_row(fields), LMMS_EVAL).value
    except WaywiserError:
        return None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--harnesses", type=Path, default=Path(".venv-harnesses"), help="what make built"
    )
    parser.add_argument("--rows", type=int, default=1000, help="made outputs a benchmark")
    parser.add_argument("--json", type=Path, help="write the table and every difference here")
    arguments = parser.parse_args()

    table: list[dict[str, Any]] = []

    for comparison in COMPARISONS:
        rows = made_rows(comparison, arguments.rows)
        harness = verdicts(comparison, rows, arguments.harnesses)
        scored = [
            {**row, "harness": h, "ours": ours(comparison, row)}
            for row, h in zip(rows, harness, strict=True)
        ]

        differing = [
            row for row in scored if row["ours"] is None or abs(row["ours"] - row["harness"]) > 1e-9
        ]
        right = sum(value > 0 for value in harness)
        print(
            f"{comparison.benchmark:<11} {comparison.task:<11} {len(rows)} rows, {right} right: {len(differing)} differ"
        )

        for row in differing:
            print("   ", json.dumps(row, ensure_ascii=False))

        table.append(
            {"benchmark": comparison.benchmark, "task": comparison.task, "differing": differing}
        )

    if arguments.json:
        arguments.json.write_text(json.dumps(table, indent=1, ensure_ascii=False))

    sys.exit(any(entry["differing"] for entry in table))


if __name__ == "__main__":
    main()
