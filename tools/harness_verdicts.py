"""Score rows with lmms-eval's own functions; run by `benchmarks/harness_agreement.py` in an
environment of its own.

    .venv-harnesses/math-verify/bin/python tools/harness_verdicts.py reasoning < rows.json >
    verdicts.json

Each task's file is loaded from the installed package as it is; what it imports besides its scoring
(data sets, the client of a judge) is replaced by an empty module. A row on which the harness raises
has the verdict 0.
"""

import contextlib
import importlib.util
import json
import math
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

Verdict = Callable[[dict[str, Any]], float]


def _package() -> Path:
    spec = importlib.util.find_spec("lmms_eval")
    if spec is None or spec.origin is None:
        sys.exit("lmms-eval is not installed here: make client-harnesses")
    return Path(spec.origin).parent


_PACKAGE = _package()


class _Anything(types.ModuleType):
    """A module in which every name is there and means nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def _load(name: str, *path: str) -> Any:
    """A file of the package as the module `name`, without running the package's own start."""
    file = _PACKAGE.joinpath("tasks", *path)
    found = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(found)  # type: ignore[arg-type]
    sys.modules[name] = module
    found.loader.exec_module(module)  # type: ignore[union-attr]

    return module


def _mathvision() -> Verdict:
    """As at the pinned commit, whose file also has the names of `math`; the package's release
    dropped that import.
    """
    for name in (
        "lmms_eval",
        "lmms_eval.verifiers",
        "lmms_eval.verifiers.extractors",
        "lmms_eval.verifiers.openai",
    ):
        sys.modules[name] = _Anything(name)

    values = _load("lmms_eval.tasks.mathvision.eval_utils", "mathvision", "eval_utils.py")
    values.__dict__.update(
        {name: getattr(math, name) for name in dir(math) if not name.startswith("_")}
    )
    import latex2sympy2

    task = _load("mathvision_task", "mathvision", "utils.py")

    def verdict(row: dict[str, Any]) -> float:
        latex2sympy2.var = {}  # else names that an earlier row used change this one's value
        doc = {"answer": row["truth"], "options": row["options"]}
        scores = task.mathvision_process_results(doc, [row["output"]])["mathvision_standard_eval"][
            "scores"
        ]
        return float(scores[0])

    return verdict


def _reasoning() -> Verdict:
    os.environ.setdefault("OPENAI_API_KEY", "none: no judge is asked")
    task = _load("reasoning_task", "_task_utils", "reasoning_utils.py")
    return lambda row: float(
        task.compute_score("any", row["output"].strip(), row["truth"])["acc_score"]
    )


def _vsi_bench() -> Verdict:
    sys.modules["datasets"] = _Anything("datasets")
    task = _load("vsi_task", "vsibench", "utils.py")

    def verdict(row: dict[str, Any]) -> float:
        doc = {"question_type": row["question_type"], "ground_truth": row["truth"]}
        task.vsibench_process_results(doc, [row["output"]])
        return float(doc["accuracy"] if "accuracy" in doc else doc["MRA:.5:.95:.05"])

    return verdict


def _cv_bench() -> Verdict:
    task = _load("cv_task", "cv_bench", "utils.py")
    rest = dict.fromkeys(("idx", "type", "task", "source"))

    def verdict(row: dict[str, Any]) -> float:
        scored = task.cv_bench_process_results({**rest, "answer": row["truth"]}, [row["output"]])
        return float(scored["cv_bench_acc"]["is_correct"])

    return verdict


TASKS: dict[str, Callable[[], Verdict]] = {
    "mathvision": _mathvision,
    "reasoning": _reasoning,
    "vsi-bench": _vsi_bench,
    "cv-bench": _cv_bench,
}


def _verdicts(task: str, rows: list[dict[str, Any]]) -> list[float]:
    verdict = TASKS[task]()
    found: list[float] = []

    for row in rows:
        try:
            found.append(verdict(row))
        except Exception:  # the harness itself would stop here
            found.append(0.0)

    return found


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):  # what the harness prints is not an answer
        answer = _verdicts(sys.argv[1], json.load(sys.stdin))
    print(json.dumps(answer))
