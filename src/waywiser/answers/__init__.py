"""What a question may be answered with, and how an answer is graded: one grader for everything."""

from waywiser.answers.grade import NUMBER_TOLERANCE, Outcome, Verdict, as_answer, grade
from waywiser.answers.numbers import parse_number, unit_size
from waywiser.answers.parse import extract

__all__ = [
    "NUMBER_TOLERANCE",
    "Outcome",
    "Verdict",
    "as_answer",
    "extract",
    "grade",
    "parse_number",
    "unit_size",
]
