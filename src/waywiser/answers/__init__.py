"""What a question may be answered with, and how an answer is graded: one grader for everything."""

from waywiser.answers.boxes import extract_boxed
from waywiser.answers.gold import NUMBER_TOLERANCE, AnswerLike, as_answer
from waywiser.answers.grade import Outcome, Verdict, agrade, grade, grade_all
from waywiser.answers.numbers import parse_number
from waywiser.answers.parse import extract_answer
from waywiser.answers.units import unit_factor
from waywiser.answers.verifier import Verifier, VerifierConfig, configure_verifier, default_verifier

boxed = extract_boxed
extract = extract_answer
unit_size = unit_factor
"""The names until 0.1."""

__all__ = [
    "NUMBER_TOLERANCE",
    "AnswerLike",
    "Outcome",
    "Verdict",
    "Verifier",
    "VerifierConfig",
    "agrade",
    "as_answer",
    "boxed",
    "configure_verifier",
    "default_verifier",
    "extract",
    "extract_answer",
    "extract_boxed",
    "grade",
    "grade_all",
    "parse_number",
    "unit_factor",
    "unit_size",
]
