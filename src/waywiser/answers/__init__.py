"""What a question may be answered with, and how an answer is graded: one grader for everything."""

from waywiser.answers.boxes import boxed
from waywiser.answers.gold import NUMBER_TOLERANCE, Row, as_answer
from waywiser.answers.grade import Outcome, Verdict, agrade, grade, grade_all
from waywiser.answers.numbers import parse_number
from waywiser.answers.parse import extract
from waywiser.answers.units import unit_size
from waywiser.answers.verifier import Verifier, VerifierConfig, configure_verifier, default_verifier

__all__ = [
    "NUMBER_TOLERANCE",
    "Outcome",
    "Row",
    "Verdict",
    "Verifier",
    "VerifierConfig",
    "agrade",
    "as_answer",
    "boxed",
    "configure_verifier",
    "default_verifier",
    "extract",
    "grade",
    "grade_all",
    "parse_number",
    "unit_size",
]
