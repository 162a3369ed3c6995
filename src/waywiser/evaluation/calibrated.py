"""Scores of a model whose numbers were calibrated on other questions: what no training is needed
for.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from waywiser.errors import DatasetError
from waywiser.evaluation.evaluate import ItemResult, summarise
from waywiser.rewards import ednm
from waywiser.training.calibration import Calibration, fit_affine, fit_factor

CalibrationKind = Literal["factor", "affine"]
TaskAndUnit = tuple[str, str]
_FITS = {"factor": fit_factor, "affine": fit_affine}


def fit_calibrations(
    items: Sequence[ItemResult], kind: CalibrationKind
) -> dict[TaskAndUnit, Calibration]:
    """The calibration of each task and unit with numbers, fitted on a model's results.

    Raises DatasetError where no result has numbers.
    """
    numbers: dict[TaskAndUnit, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))

    for item in items:
        if item.truth is not None:
            said, truth = numbers[_group(item)]
            said += [float("nan") if value is None else value for value in item.said]
            truth += [item.truth] * len(item.said)

    if not numbers:
        raise DatasetError(
            "the results to calibrate on have no numbers: evaluate the model again on questions"
            " whose answers are numbers"
        )

    return {group: _FITS[kind](*pair) for group, pair in sorted(numbers.items())}


def calibrate(
    items: Sequence[ItemResult], calibrations: Mapping[TaskAndUnit, Calibration]
) -> list[ItemResult]:
    """Results as they would be if the model had said calibrated numbers.

    `said`, "accuracy" and `score` change; completions, the other components and results without a
    calibration stay as they are.
    """
    return [
        _calibrated(item, calibrations[_group(item)])
        if item.truth is not None and _group(item) in calibrations
        else item
        for item in items
    ]


def summarize_calibrated(
    results: Mapping[str, Sequence[ItemResult]], fitted_on: Mapping[str, Sequence[ItemResult]]
) -> dict[str, dict[str, float]]:
    """Rows of scores with calibrated numbers, and of what was fitted.

    Args:
        results: Items by mode.
        fitted_on: The same model's items by mode on other questions.

    Returns:
        For each mode in both and each kind of calibration, f"{mode}, calibrated by {kind}" with the
        scores by task, and the rows f"{mode}, {kind}: factor" and f"{mode}, {kind}: offset" with
        what was fitted, by task and unit.

    Raises:
        DatasetError: No mode is in both, a question is in both, or `fitted_on` has no numbers.
    """
    modes = [mode for mode in results if mode in fitted_on]
    if not modes:
        raise DatasetError(
            f"the results to calibrate on have the modes {', '.join(fitted_on) or 'none'}, not"
            f" {', '.join(results)}: evaluate in the same modes"
        )

    rows: dict[str, dict[str, float]] = {}

    for mode in modes:
        known = {item.sample_id for item in fitted_on[mode]}
        if shared := [item.sample_id for item in results[mode] if item.sample_id in known]:
            raise DatasetError(
                f"question {shared[0]} is also in the results to calibrate on: calibrate on"
                " training questions"
            )

        for kind in ("factor", "affine"):
            fitted = fit_calibrations(fitted_on[mode], kind)
            names = {group: " ".join(filter(None, group)) for group in fitted}
            rows[f"{mode}, calibrated by {kind}"] = summarise(calibrate(results[mode], fitted))
            rows[f"{mode}, {kind}: factor"] = {names[g]: c.factor for g, c in fitted.items()}
            if kind == "affine":
                rows[f"{mode}, {kind}: offset"] = {names[g]: c.offset for g, c in fitted.items()}

    return rows


def _group(item: ItemResult) -> TaskAndUnit:
    return (item.task, item.unit or "")


def _calibrated(item: ItemResult, calibration: Calibration) -> ItemResult:
    truth = item.truth
    assert truth is not None
    said = [None if value is None else calibration(value) for value in item.said]
    accuracy = [0.0 if value is None else ednm(value, truth) for value in said]
    scores = {**item.scores, "accuracy": accuracy}
    return replace(item, said=said, scores=scores, score=sum(accuracy) / len(accuracy))
