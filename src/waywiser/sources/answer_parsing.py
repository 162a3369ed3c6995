"""Parse the answer text of a dataset as a typed answer."""

import re
from functools import lru_cache

from waywiser.answers import as_answer, parse_number, unit_factor
from waywiser.errors import DatasetError
from waywiser.sample import Answer

_INTEGER = re.compile(r"[+-]?\d{1,15}|[+-]?\d{1,3}(,\d{3})+")
_DECIMAL = re.compile(r"[+-]?\d*\.\d+")
_LATEX = re.compile(r"\\[a-zA-Z]+|[\^_{}]|[a-z]\s*[-+*/]\s*\d|\d\s*/\s*\d")
_MEASURE = re.compile(
    r"(?:about|around|approximately|roughly|ca\.?|[~≈])?\s*[+-]?[\d,]*\.?\d+\s*([^\d\s].*)", re.I
)
_STATED = re.compile(
    r"(?:the\s+(?:correct\s+)?(?:answer|option|choice)\s+is|option|choice|answer)"
    r"\s*:?\s+(?=\W?[A-Za-z]\b)",
    re.I,
)
EXACT_TOLERANCE = 1e-6
"""Relative tolerance of a decimal without a stated kind."""
UNITS = (
    *("m", "cm", "mm", "km", "dm", "ft", "in", "yd", "mi", "deg", "rad", "s", "ms", "min", "h"),
    *("m/s", "cm/s", "km/h", "mph", "ft/s", "kg", "g", "lb", "%", "px"),
    *("m2", "cm2", "mm2", "km2", "ft2", "in2", "m3", "cm3", "mm3"),
)
"""Units by the short names that answers carry."""


def parse_answer(
    text: str, kind: str = "auto", options: list[str] | None = None, unit: str | None = None
) -> Answer:
    """`text` as a typed answer.

    Args:
        text: the answer as written.
        kind: kind of answer. "auto" detects integers, decimals, measures ("2.4 m"), LaTeX and
            words. "index" and "index1" are the number of an option, counted from 0 and from 1.
            Decimals of kind "number" are graded with the usual tolerance, those of "auto" almost
            exactly.
        options: the options, of which the answer names one by its words or its letter.
        unit: unit of a number that is written without one.

    Raises:
        DatasetError: `text` is not an answer of this kind.

    Example:
        >>> parse_answer("2.4 meters", "number").unit
        'm'
    """
    text = text.strip()
    if not text:
        raise DatasetError("malformed answer: it is empty")
    if kind in ("index", "index1"):
        return _parse_option_index(text, 0 if kind == "index" else 1, options)

    if options:
        return as_answer(
            {"kind": "choice", "value": strip_option_label(text, options), "options": options}
        )

    if kind == "number" and unit is None and (measure := _parse_measure(text)):
        return measure
    if kind != "auto":
        return as_answer({"kind": kind, "value": text, "unit": unit})

    stripped = text.strip("$ ").removesuffix(".").replace("\u2212", "-")
    if _INTEGER.fullmatch(stripped):
        return as_answer({"kind": "integer", "value": int(stripped.replace(",", "")), "unit": unit})

    if _DECIMAL.fullmatch(stripped):
        return as_answer(
            {"kind": "number", "value": float(stripped), "unit": unit, "tolerance": EXACT_TOLERANCE}
        )

    if measure := _parse_measure(stripped):
        return measure
    if _LATEX.search(stripped) and len(stripped) <= 200 and "\n" not in stripped:
        return as_answer({"kind": "expression", "value": stripped, "unit": unit})

    return as_answer({"kind": "text", "value": text})


@lru_cache(maxsize=256)
def short_unit(name: str) -> str | None:
    """The short name of a unit ("m" for "meters"), None for one that the grader does not
    convert.
    """
    size = unit_factor(name)
    return next((unit for unit in UNITS if size is not None and unit_factor(unit) == size), None)


def _parse_measure(text: str) -> Answer | None:
    """A number with a unit that the grader knows; None for anything else."""
    match = _MEASURE.fullmatch(text.strip(" ."))
    unit = short_unit(match[1].strip(" .")) if match else None
    if unit is None:
        return None

    value = parse_number(text, unit)
    return None if value is None else as_answer({"kind": "number", "value": value, "unit": unit})


def _parse_option_index(text: str, first: int, options: list[str] | None) -> Answer:
    if not options:
        raise DatasetError("the answer is the number of an option, but there are no options")

    try:
        index = int(float(text)) - first
    except (ValueError, OverflowError):
        raise DatasetError(f"the answer {text[:40]!r} is not the number of an option") from None

    if not 0 <= index < len(options):
        raise DatasetError(f"the answer {text[:40]!r} is the number of no option")

    return as_answer({"kind": "choice", "value": options[index], "options": options})


def strip_option_label(text: str, options: list[str]) -> str:
    """The letter or words of an option without decoration: "(B)", "B.", "B. 2 discs", "Option B".

    Raises DatasetError if the letter and the words name different options.
    """
    if text in options:
        return text

    text = _STATED.sub("", text)
    labeled = re.fullmatch(r"[(\[]?([A-Za-z])[)\].:、．]+\s*(.+)", text, re.S)
    words = labeled[2].strip() if labeled else ""
    if labeled and (words := words if words in options else words.rstrip(".")) in options:
        index = ord(labeled[1].upper()) - ord("A")
        if index != options.index(words):
            raise DatasetError("the answer's letter and its words name two options")

        return words

    return text.strip("()[]. ") or text
