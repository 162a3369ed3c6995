"""Read a dataset's answer text as a typed answer."""

import re

from waywiser.answers import as_answer
from waywiser.errors import DatasetError
from waywiser.sample import Answer

_INTEGER = re.compile(r"[+-]?\d{1,15}|[+-]?\d{1,3}(,\d{3})+")
_DECIMAL = re.compile(r"[+-]?\d*\.\d+")
_LATEX = re.compile(r"\\[a-zA-Z]+|[\^_{}]|[a-z]\s*[-+*/]\s*\d|\d\s*/\s*\d")
EXACT = 1e-6
"""Relative tolerance of a decimal that a dataset states exactly."""


def typed(text: str, kind: str = "auto", options: list[str] | None = None, unit: str | None = None) -> Answer:
    """`text` as an answer of `kind`; "auto" tells integers, decimals, LaTeX and words apart.

    With `options` the answer is one of them, by its words or its letter. A decimal is right within the grader's
    tolerance if `kind` is "number", and nearly exactly if it was found by "auto". Raises DatasetError for text
    that is no such answer.
    """
    text = text.strip()
    if not text:
        raise DatasetError("malformed answer: it is empty")
    if options:
        return as_answer({"kind": "choice", "value": text.strip("()"), "options": options})
    if kind != "auto":
        return as_answer({"kind": kind, "value": text, "unit": unit})
    bare = text.strip("$ ")
    if _INTEGER.fullmatch(bare):
        return as_answer({"kind": "integer", "value": int(bare.replace(",", "")), "unit": unit})
    if _DECIMAL.fullmatch(bare):
        return as_answer({"kind": "number", "value": float(bare), "unit": unit, "tolerance": EXACT})
    if _LATEX.search(bare) and len(bare) <= 200 and "\n" not in bare:
        return as_answer({"kind": "expression", "value": bare, "unit": unit})
    return as_answer({"kind": "text", "value": text})
