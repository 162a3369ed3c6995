"""One gate of a dataset: a count, or a mean, against a limit, and whether it passed.

A share of a dataset that was audited whole is a fact: it is compared with its limit as it is, give
or take one question. What a forest earns, and a share in a subset of scenes, is compared by a
one-sided 95 % bound over whole scenes: a gate fails if even the favorable bound is beyond the
limit, passes if the unfavorable one is within it, and is undecided in between. Either is undecided
if there are too few samples. Undecided gates do not fail an audit; they are reported.
"""

from collections.abc import Sequence
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from waywiser.audit.balance.intervals import MIN_SAMPLES, clustered_interval

GateState = Literal["passed", "failed", "undecided"]
Bounds = tuple[float, float] | None
"""Lower and upper one-sided 95 % bounds; None if there are too few samples."""
_TOO_FEW = "too few samples to tell"


class GateThresholds(BaseModel):
    """Limits of the gates, as shares and scores in [0, 1]."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count_share: float = Field(default=0.34, gt=0, le=1)
    """Maximum share of one answer among counts."""
    imbalance: float = Field(default=0.05, ge=0, le=1)
    """Maximum excess of an option's letter over an even draw; also of an answer, if a task has at
    most ten different ones.
    """
    blind_gain: float = Field(default=0.05, ge=0, le=1)
    """Maximum gain of a text-only forest over chance (choices) or the best constant (numbers); of
    sizes and distances, over the prior by category where that is more.
    """


class Gate(BaseModel):
    """One measured value against its limit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """What is measured."""
    task: str | None
    """The task that it is measured on; None for the whole dataset."""
    state: GateState
    """Whether the gate passed."""
    value: float
    """The measured count or mean."""
    limit: float
    """The largest value that passes."""
    low: float | None = None
    """Lower one-sided 95 % bound; None if the value is judged as it is."""
    high: float | None = None
    """Upper one-sided 95 % bound; None if the value is judged as it is."""
    samples: int
    """Samples that the value was measured on."""
    note: str = ""
    """Remark for the reader of a report."""


class TextOnlyScores(BaseModel):
    """Scores on a task without looking at its images, with one-sided 95 % bounds over whole scenes.

    Bounds are None if there are too few samples.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    """The task."""
    samples: int
    """Samples that were scored."""
    metric: Literal["accuracy", "MRA"]
    """Accuracy for choices, mean relative accuracy for numbers."""
    reference: float
    """Score of chance (choices) or of the best constant (numbers)."""
    constant: str
    """The best answer that is always the same."""
    constant_score: float
    """Score of that answer."""
    forest: float
    """Score of a random forest on the words of a question."""
    prior: float | None = None
    """Score of the best answer by category and dimension; None if the category must not tell."""
    shuffled: float
    """The forest's score with shuffled answers, which must not beat `reference` either."""
    prior_gain: float | None = None
    """What the prior earns beyond `reference`: measured, not forbidden."""
    reference_bounds: Bounds = None
    """Bounds of `reference`."""
    prior_bounds: Bounds = None
    """Bounds of `prior`."""
    prior_gain_bounds: Bounds = None
    """Bounds of `prior_gain`."""
    forest_bounds: Bounds = None
    """Bounds of `forest`."""


def zero_count_gate(name: str, count: int, samples: int, note: str) -> Gate:
    """A gate on something that must never happen.

    Args:
        name: What is counted.
        count: How often it happened.
        samples: Audited samples.
        note: Remark for the reader; left out if the gate passes.
    """
    state: GateState = "failed" if count else "passed"
    return Gate(
        name=name,
        task=None,
        state=state,
        value=count,
        limit=0,
        samples=samples,
        note=note if count else "",
    )


def mean_gate(name: str, task: str, values_N: NDArray[np.float64], limit: float, note: str) -> Gate:
    """A gate on a mean of a whole dataset: compared as it is, give or take one question.

    Args:
        name: What is measured.
        task: The task that it is measured on.
        values_N: One value per sample.
        limit: The largest mean that passes.
        note: Remark for the reader of a report.
    """
    mean = float(values_N.mean())
    state = "passed"

    if len(values_N) < MIN_SAMPLES:
        state = "undecided"
        note = f"{note}; {_TOO_FEW}"
    elif (mean - limit) * len(values_N) > 1 + 1e-9:
        state = "failed"

    return Gate(
        name=name,
        task=task,
        state=state,
        value=rounded(mean),
        limit=limit,
        samples=len(values_N),
        note=note,
    )


def interval_gate(
    name: str,
    task: str,
    values_N: NDArray[np.float64],
    scenes: Sequence[str],
    limit: float,
    note: str,
) -> Gate:
    """A gate on a mean, by its one-sided 95 % bounds over whole scenes.

    Args:
        name: What is measured.
        task: The task that it is measured on.
        values_N: One value per sample.
        scenes: The scene of each sample.
        limit: The largest mean that passes.
        note: Remark for the reader of a report.
    """
    interval = clustered_interval(values_N, scenes)
    state: GateState = "undecided"

    if interval.low is None or interval.high is None:
        note = f"{note}; {_TOO_FEW}"
    elif interval.low > limit:
        state = "failed"
    elif interval.high <= limit:
        state = "passed"

    return Gate(
        name=name,
        task=task,
        state=state,
        value=rounded(interval.mean),
        limit=limit,
        low=rounded(interval.low),
        high=rounded(interval.high),
        samples=len(values_N),
        note=note,
    )


@overload
def rounded(value: float) -> float: ...
@overload
def rounded(value: None) -> None: ...
def rounded(value: float | None) -> float | None:
    """`value` to four digits, as gates store it; None stays None."""
    return None if value is None else round(value, 4)
