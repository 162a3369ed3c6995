"""What the audit says of one sample, and what a rule derives for it."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from waywiser.errors import DatasetError

Outcome = Literal["agrees", "close", "differs", "unjudged", "unchecked"]


class UnjudgedError(DatasetError):
    """The stored scene does not allow an answer to be derived again; says why."""


@dataclass(frozen=True)
class DerivedAnswer:
    """An answer derived again.

    `value` is an int, a float or an option's text. `accepted` are other answers that the method
    cannot rule out: something lies within its tolerance of a threshold. `tolerance` is that of a
    number (in its unit), on top of `step`, what the stored answer was rounded to. `margin` is the
    distance to the nearest other answer and `minimum` the smallest that the task's definition
    allows, both in the unit of the sample's margin and known to `margin_tolerance`. `unit` is that
    of a number where the task has several. `problems` say why the question has no one answer.
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
    """One sample judged: what is stored, what was derived, and whether they agree.

    `outcome`: "agrees"; "close" where the method cannot tell the stored answer from its own;
    "differs"; "unjudged"; "unchecked" where its task has no rule. `reason` is empty only for
    agreement. `too_close` is true where the recomputed margin lies under the least that the
    definition allows, `margin_differs` where the stored margin is another one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sample: str
    task: str
    scene: str | None
    outcome: Outcome
    stored: str
    derived: str | None = None
    reason: str = ""
    margin_stored: float | None = None
    margin: float | None = None
    margin_least: float | None = None
    too_close: bool = False
    margin_differs: bool = False
