"""Curves of a training run, from the log it leaves behind."""

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from waywiser.errors import TrainingError
from waywiser.report.charts import plot_lines
from waywiser.report.html_page import mark_svg_safe, write_page

LOG_FILE = "log.jsonl"
Series = dict[str, tuple[list[float], list[float]]]

# One chart each: what it shows, the axis, and the logged values it draws (* stands for any text).
CHARTS = (
    ("reward", "reward", ("reward",)),
    ("accuracy by task", "accuracy", ("tasks/*/accuracy",)),
    ("loss", "loss", ("loss",)),
    ("groups in which every completion scored the same", "share", ("groups/dead",)),
    ("effective weight by pass rate", "sigma acc (1 - acc) spread", ("groups/effective_weight/*",)),
    ("KL to the reference, and its coefficient", "", ("kl", "strategy/beta")),
    ("entropy of the policy", "nats", ("entropy",)),
    ("completion length", "tokens", ("completions/mean_length",)),
    ("repeated word 4-grams in completions", "share", ("completions/repetition",)),
    ("pass rate by task, running mean", "share", ("pass_rate/*",)),
    ("level of the samples drawn while training", "level", ("level/*",)),
    ("where a step's time went", "seconds", ("time/*",)),
    ("learning rate", "", ("learning_rate",)),
)


def read_training_log(folder: Path) -> list[dict[str, Any]]:
    """Rows of the run's log. Raises TrainingError where there is none; a torn last line is left
    out.
    """
    path = folder / LOG_FILE
    if not path.is_file():
        raise TrainingError(f"{folder} holds no training run: {LOG_FILE} is missing")

    rows = []

    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue

        if isinstance(row, dict) and "step" in row:
            rows.append(row)

    return rows


def plot_training_curves(folder: Path, *, prefix: str = "") -> list[dict[str, Any]]:
    """Charts of whatever the run logged, smoothed over a twentieth of the run."""
    rows = read_training_log(folder)
    charts = []

    for caption, axis, names in CHARTS:
        series = _select_series(rows, names)
        if series:
            charts.append(
                {
                    "caption": prefix + caption,
                    "svg": mark_svg_safe(plot_lines(series, x_label="step", y_label=axis)),
                }
            )

    return charts


def write_training_page(folder: Path, out: Path) -> Path:
    """Write the page of the training run in `folder` to `out`."""
    recipe = folder / "recipe.yaml"
    charts = plot_training_curves(folder)

    return write_page(
        out,
        "training.html",
        title=f"Training run: {folder.resolve().name}",
        lead=f"{len(read_training_log(folder))} logged steps.",
        curves=charts,
        recipe=recipe.read_text() if recipe.is_file() else "not stored",
    )


def _select_series(rows: Iterable[dict[str, Any]], names: tuple[str, ...]) -> Series:
    series_by_name: Series = {}

    for row in rows:
        for key, value in row.items():
            pattern = next((name for name in names if fnmatchcase(key, name)), None)
            if pattern and isinstance(value, int | float) and value == value:
                before, _, after = pattern.partition("*")
                xs, ys = series_by_name.setdefault(
                    key.removeprefix(before).removesuffix(after) or key, ([], [])
                )
                xs.append(float(row["step"]))
                ys.append(float(value))

    return {name: (xs, _smooth(ys)) for name, (xs, ys) in series_by_name.items() if len(xs) > 1}


def _smooth(values: list[float]) -> list[float]:
    """Trailing mean over a twentieth of the run."""
    window = max(1, len(values) // 20)
    return [
        sum(values[max(0, i - window + 1) : i + 1]) / min(i + 1, window) for i in range(len(values))
    ]
