"""The page of a training run: curves of its log, and its recipe."""

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from waywiser.errors import TrainingError
from waywiser.json_types import JsonObject
from waywiser.report.charts import plot_lines
from waywiser.report.html_page import Chart, captioned_chart, write_page

LOG_FILE = "log.jsonl"
Series = dict[str, tuple[list[float], list[float]]]
"""For each name the steps and the values."""

CHARTS = (
    ("reward", "reward", ("reward",)),
    ("accuracy by task", "accuracy", ("tasks/*/accuracy",)),
    ("loss", "loss", ("loss",)),
    ("groups in which every completion scored the same", "share", ("groups/dead",)),
    ("effective weight by pass rate", "effective weight", ("groups/effective_weight/*",)),
    ("KL to the reference, and its coefficient", "", ("kl", "strategy/beta")),
    ("entropy of the policy", "nats", ("entropy",)),
    ("completion length", "tokens", ("completions/mean_length",)),
    ("repeated word 4-grams in completions", "share", ("completions/repetition",)),
    ("pass rate by task, running mean", "share", ("pass_rate/*",)),
    ("level of the samples drawn while training", "level", ("level/*",)),
    ("where a step's time went", "seconds", ("time/*",)),
    ("learning rate", "", ("learning_rate",)),
)
"""For each chart its caption, the label of its axis, and patterns of the logged values that it
draws.
"""


def read_training_log(folder: Path) -> list[JsonObject]:
    """Rows of a run's log; a truncated last line is skipped.

    Raises:
        TrainingError: The folder has no log.
    """
    path = folder / LOG_FILE
    if not path.is_file():
        raise TrainingError(
            f"{folder} is not a training run: {LOG_FILE} is missing; give the run's out folder"
        )

    rows = []

    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue

        if isinstance(row, dict) and "step" in row:
            rows.append(row)

    return rows


def plot_training_curves(folder: Path, *, prefix: str = "") -> list[Chart]:
    """Charts of the logged values, smoothed over a twentieth of the run."""
    rows = read_training_log(folder)
    charts: list[Chart] = []

    for caption, axis, names in CHARTS:
        series = _select_series(rows, names)
        if series:
            chart = plot_lines(series, x_label="step", y_label=axis)
            charts.append(captioned_chart(prefix + caption, chart))

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


def _select_series(rows: Iterable[JsonObject], names: tuple[str, ...]) -> Series:
    series_by_name: Series = {}

    for row in rows:
        for key, value in row.items():
            pattern = next((name for name in names if fnmatchcase(key, name)), None)
            if pattern and isinstance(value, int | float) and value == value:
                before, _, after = pattern.partition("*")
                name = key.removeprefix(before).removesuffix(after) or key
                xs, ys = series_by_name.setdefault(name, ([], []))
                xs.append(float(row["step"]))
                ys.append(float(value))

    return {name: (xs, _smooth(ys)) for name, (xs, ys) in series_by_name.items() if len(xs) > 1}


def _smooth(values: list[float]) -> list[float]:
    """Trailing mean over a twentieth of the run."""
    window = max(1, len(values) // 20)
    return [
        sum(values[max(0, i - window + 1) : i + 1]) / min(i + 1, window) for i in range(len(values))
    ]
