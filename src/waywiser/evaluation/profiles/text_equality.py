"""Texts that say the same in other spacing or digits: "[3,5]" and "[3, 5]", "(1.000, 0.000)" and
"(1, 0)", 2π/3.
"""

import math
import re

_BRACKETED = re.compile(r"([(\[]?)([^()\[\]]+)([)\]]?)")
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?")
_PI = re.compile(
    r"(?P<sign>-?)(?:(?P<value>\d{1,9}(?:\.\d{1,9})?)(?:/(?P<under>\d{1,9}))?[*·]?)?(?:π|pi)(?:/(?P<bottom>\d{1,9}))?"
    r"(?:rad(?:ians?)?)?"
)
_PI_FRACTION = re.compile(r"\\[dt]?frac\{([^{}]{1,20})\}\{(\d{1,9})\}")


def is_same_text(text: str, truth: str) -> bool:
    """Whether two texts differ in white space and case alone."""
    return "".join(text.split()).casefold() == "".join(truth.split()).casefold()


def are_same_numbers(text: str, truth: str, tolerance: float = 0.0) -> bool:
    """Whether both are lists of the same numbers in the same order, of two or more.

    A tuple needs its round brackets, because square ones would make it an interval; a list may lack
    its own.
    """
    brackets, truth_numbers = _parse_number_list(truth)
    text_brackets, text_numbers = _parse_number_list(text)
    if len(truth_numbers) < 2 or len(text_numbers) != len(truth_numbers):
        return False
    if text_brackets != brackets and (brackets == "()" or text_brackets):
        return False

    return all(abs(a - b) <= tolerance for a, b in zip(text_numbers, truth_numbers, strict=True))


def parse_multiple_of_pi(text: str) -> float | None:
    r"""The value of a rational multiple of pi ("2π/3", "\frac{\pi}{4}", "1.5 pi"), None for
    anything else.
    """
    compact = (
        "".join(_PI_FRACTION.sub(r"\1/\2", text.strip("$ ")).split())
        .replace("\\pi", "π")
        .rstrip(".")
    )

    match = _PI.fullmatch(compact)
    if match is None:
        return None

    denominator_before_pi = int(match["under"] or 1)
    denominator_after_pi = int(match["bottom"] or 1)
    if not denominator_before_pi * denominator_after_pi:
        return None

    value = float(match["value"] or 1) / denominator_before_pi / denominator_after_pi * math.pi
    return -value if match["sign"] else value


def _parse_number_list(text: str) -> tuple[str, list[float]]:
    match = _BRACKETED.fullmatch(text.strip("$ ."))
    if match is None:
        return "", []

    parts = [part.strip() for part in match[2].split(",")]
    if not all(_NUMBER.fullmatch(part) for part in parts):
        return "", []

    return match[1] + match[3], [float(part) for part in parts]
