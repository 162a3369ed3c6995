"""The audit's answer to a sample (`DerivedAnswer`) and its judgment of it (`Judgment`)."""

from dataclasses import dataclass
from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from waywiser.errors import DatasetError

AuditOutcome = Literal["agrees", "close", "differs", "unjudged", "unchecked"]


class UnjudgedError(DatasetError):
    """An answer cannot be derived from the stored scene; the message says why."""


@dataclass(frozen=True)
class DerivedAnswer:
    """An answer derived again from the stored scene.

    Attributes:
        value: An integer, a number or an option's text.
        accepted: Other answers that the method cannot rule out, because something lies within its
            tolerance of a threshold.
        tolerance: Tolerance of a number, in its unit, on top of half a `step`.
        step: What the stored answer was rounded to, in its unit.
        margin: Distance to the nearest other answer, in the unit of the sample's margin.
        minimum: The smallest margin that the task's definition allows.
        margin_tolerance: Tolerance of `margin`.
        unit: Unit of a number, if its task has several.
        problems: Why the question does not have exactly one answer.

    Example:
        >>> DerivedAnswer(2.31, tolerance=0.02, step=0.1, unit="m")
        >>> DerivedAnswer("left", margin=0.12, minimum=0.05, margin_tolerance=0.01)
    """

    value: int | float | str
    accepted: tuple[int | str, ...] = ()
    tolerance: float = 0.0
    step: float = 0.0
    margin: float | None = None
    minimum: float | None = None
    margin_tolerance: float = 1e-6
    unit: str | None = None
    problems: tuple[str, ...] = ()


class Judgment(BaseModel):
    """One sample judged: the stored answer, the derived one, and whether they agree."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sample: str
    """Id of the sample."""
    task: str
    """Its task."""
    scene: str | None
    """Id of its scene."""
    outcome: AuditOutcome
    """"agrees"; "close" if the method cannot distinguish the stored answer from its own; "differs";
    "unjudged" if no answer could be derived.
    """
    stored: str
    """The stored answer."""
    derived: str | None = None
    """The derived answer."""
    reason: str = ""
    """Why the outcome is what it is; empty only for "agrees"."""
    margin_stored: float | None = None
    """The stored margin."""
    margin: float | None = None
    """The derived margin."""
    min_margin: float | None = Field(
        default=None,
        validation_alias=AliasChoices("min_margin", "margin_least"),
        serialization_alias="margin_least",
    )
    """The smallest margin that the task's definition allows."""
    too_close: bool = False
    """Whether the derived margin is smaller than that."""
    margin_differs: bool = False
    """Whether the stored margin is wrong."""
