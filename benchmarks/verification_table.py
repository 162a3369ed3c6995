"""False positives and negatives of the grader, math-verify, TRL, verl, lmms-eval and open-r1 on
labelled files.

    python benchmarks/verification_table.py [--verl FOLDER] [--lmms PYTHON] [--open-r1 FILE] [--json
    FILE]

The files are tests/data/verification.jsonl, written by hand, and the completions of
tests/data/grading_cases.json, which come from public threads and outputs; each has its table.

Peers get the gold answer as their documentation asks for it: a bare number (they cannot be told a
unit, a tolerance or options), the letter of a choice, the expression in dollars. verl is heavy
(ray, tensordict), its checks are not: --verl names a folder made by `pip install --no-deps --target
FOLDER verl`, from which the files of verl.utils.reward_score are loaded as they are. Its
math_verify check is called without its process pool, in this process: the same function. --lmms
names the Python of an environment with lmms-eval (`make client-harnesses`), whose reasoning tasks'
function judges; --open-r1 names the file rewards.py of that project, of which the accuracy reward
is called.
"""

import argparse
import contextlib
import importlib.util
import io
import json
import logging
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from waywiser.answers import as_answer, grade
from waywiser.sample import Answer

DATA = Path(__file__).parents[1] / "tests" / "data" / "verification.jsonl"
PUBLIC = DATA.parent / "grading_cases.json"
HARNESS = Path(__file__).parents[1] / "tools" / "harness_verdicts.py"
KINDS = ("integer", "number", "choice", "choices", "expression", "text")
Check = Callable[[str, Answer], bool]


def main() -> None:
    """Score every row by every checker, print the table, and write the counts as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--verl", type=Path)
    parser.add_argument("--lmms", type=Path)
    parser.add_argument("--open-r1", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()

    logging.disable(logging.WARNING)
    checks: dict[str, Check] = {
        "waywiser": ours,
        "math-verify": math_verify_check,
        "TRL accuracy_reward": trl_check,
    }

    if arguments.open_r1:
        checks["open-r1 accuracy_reward"] = open_r1_check(arguments.open_r1)
    if arguments.verl:
        checks |= verl_checks(arguments.verl)

    results = {}

    for name, rows in {"verification": hand_labelled(), "public cases": public_cases()}.items():
        counts = {checker: count(check, rows) for checker, check in checks.items()}
        if arguments.lmms:
            counts["lmms-eval reasoning"] = count(lmms_check(arguments.lmms, rows), rows)

        print(f"{name}:\n{table(counts, rows)}\n")
        results[name] = {"rows": totals(rows), "counts": counts}

    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


def hand_labelled() -> list[dict[str, Any]]:
    """Rows with a completion, a gold answer and whether it is right."""
    return [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


def public_cases() -> list[dict[str, Any]]:
    """The cases that are a completion with a typed answer, in the same form."""
    cases = json.loads(PUBLIC.read_text(encoding="utf-8"))
    return [
        {
            "completion": case["completion"],
            "gold": case["answer"],
            "right": case["expected_score"] == 1,
        }
        for case in cases
        if case["kind"] == "grade"
    ]


def ours(completion: str, answer: Answer) -> bool:
    return grade(completion, answer).score == 1.0


def gold_text(answer: Answer) -> str:
    """The gold answer as peers take it."""
    if answer.kind in ("choice", "choices"):
        options = answer.options or []
        values = answer.value if isinstance(answer.value, list) else [str(answer.value)]
        return ", ".join(chr(ord("A") + options.index(value)) for value in values)
    return f"{answer.value:g}" if isinstance(answer.value, float) else str(answer.value)


def math_verify_check(completion: str, answer: Answer) -> bool:
    """math-verify with its default extraction, and letters for choices."""
    from math_verify import (
        ExprExtractionConfig,
        LatexExtractionConfig,
        StringExtractionConfig,
        parse,
        verify,
    )

    targets: list[Any] = [LatexExtractionConfig(), ExprExtractionConfig()]

    if answer.kind == "choice":
        letters = tuple(chr(ord("A") + i) for i in range(len(answer.options or [])))
        targets = [StringExtractionConfig(strings=letters), *targets]

    gold = gold_text(answer) if answer.kind == "choice" else f"${gold_text(answer)}$"
    return bool(verify(parse(gold, targets), parse(completion, targets)))


def trl_check(completion: str, answer: Answer) -> bool:
    """TRL's accuracy_reward; None (a gold answer that it cannot parse) earns nothing either."""
    from trl.rewards import accuracy_reward

    return accuracy_reward([[{"content": completion}]], [f"${gold_text(answer)}$"])[0] == 1.0


def open_r1_check(file: Path) -> Check:
    """open-r1's accuracy_reward, from its own file; the modules for running code that it imports
    are left empty.
    """
    for name in (
        "open_r1",
        "open_r1.utils",
        "open_r1.utils.code_providers",
        "open_r1.utils.competitive_programming",
    ):
        sys.modules[name] = _Anything(name)

    spec = importlib.util.spec_from_file_location("open_r1.rewards", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise SystemExit(f"there is no {file}: give open-r1's rewards.py")

    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def check(completion: str, answer: Answer) -> bool:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints what it cannot parse
            return (
                module.accuracy_reward([[{"content": completion}]], [f"${gold_text(answer)}$"])[0]
                == 1.0
            )

    return check


class _Anything(ModuleType):
    """A module in which every name is there and means nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def lmms_check(python: Path, rows: list[dict[str, Any]]) -> Check:
    """lmms-eval's function for reasoning tasks, run once for all rows in its own environment."""
    golds = [as_answer(row["gold"]) for row in rows]
    asked = [
        {"output": row["completion"], "truth": gold_text(gold)}
        for row, gold in zip(rows, golds, strict=True)
    ]

    done = subprocess.run(
        [str(python), str(HARNESS), "reasoning"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )

    scores = json.loads(done.stdout.splitlines()[-1])
    known = {
        (row["completion"], repr(gold)): score
        for row, gold, score in zip(rows, golds, scores, strict=True)
    }

    return lambda completion, answer: known[completion, repr(answer)] == 1.0


def verl_checks(folder: Path) -> dict[str, Check]:
    """verl's checks for mathematics, from its own files."""
    exact, symbolic, dapo = (
        _module(folder, name) for name in ("math_reward", "math_verify", "math_dapo")
    )

    def by_symbols(completion: str, answer: Answer) -> bool:
        try:
            return (
                symbolic._verify_in_subprocess("\\boxed{" + gold_text(answer) + "}", completion)
                == 1.0
            )
        except Exception:  # as its compute_score does
            return False

    return {
        "verl math_reward": lambda c, a: exact.compute_score(c, gold_text(a)) == 1.0,
        "verl math_verify": by_symbols,
        "verl math_dapo": lambda c, a: bool(dapo.compute_score(c, gold_text(a))["acc"]),
    }


def _module(folder: Path, name: str) -> ModuleType:
    path = folder / "verl" / "utils" / "reward_score" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"verl_{name}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SystemExit(f"there is no {path}: pip install --no-deps --target {folder} verl")

    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def count(check: Check, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Errors by kind of answer ("integer fp"), over all, and over rows whose answer is boxed
    ("boxed fn").
    """
    errors: Counter[str] = Counter()

    for row in rows:
        if check(row["completion"], as_answer(row["gold"])) != row["right"]:
            error = "fn" if row["right"] else "fp"
            errors.update([f"{row['gold']['kind']} {error}", f"all {error}"])

            if "\\boxed{" in row["completion"]:
                errors[f"boxed {error}"] += 1

    return dict(errors)


def totals(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Rows that may become a false positive (fp: labelled wrong) or negative (fn: labelled right)."""
    groups: Counter[str] = Counter()

    for row in rows:
        error = "fn" if row["right"] else "fp"
        groups.update([f"{row['gold']['kind']} {error}", f"all {error}"])

        if "\\boxed{" in row["completion"]:
            groups[f"boxed {error}"] += 1

    return dict(groups)


def table(counts: dict[str, dict[str, int]], rows: list[dict[str, Any]]) -> str:
    """A Markdown table: false positives / false negatives."""
    columns = (*KINDS, "all", "boxed")
    possible = totals(rows)
    lines = ["| checker | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    shown = {"rows wrong / right": possible, **counts}

    for name, found in shown.items():
        cells = [
            f"{found.get(f'{column} fp', 0)} / {found.get(f'{column} fn', 0)}" for column in columns
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")

    return "\n".join(lines)


if __name__ == "__main__":
    main()
