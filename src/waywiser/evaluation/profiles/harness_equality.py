"""Ask a bounded worker whether two texts are equal by a harness's own symbolic rule."""

from dataclasses import dataclass
from typing import Literal

from waywiser.answers.verifier import HarnessComparison, default_verifier


@dataclass(frozen=True, slots=True)
class HarnessEquality:
    """Whether the harness calls the texts equal; `note` says which bound was met where none could
    be asked.
    """

    equal: bool
    note: str = ""


def compare_by_harness(
    harness: Literal["vlmevalkit", "lmms-eval"], answer: str, truth: str
) -> HarnessEquality:
    """The verdict of the harness's rule; a comparison that passes its bounds is not equal, as it is
    there.

    Raises VerifierError if no worker can start.
    """
    compared = default_verifier().compare_as_harness(HarnessComparison(harness, answer, truth))
    return HarnessEquality(compared.status == "equal", compared.reason)
