"""Find the numbers of a plain text, each with its unit and the rounding of its last digit."""

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from waywiser.answers.measure_forms import UNIT_NAMES
from waywiser.answers.number_words import SCALES, WORDS, words_value
from waywiser.answers.units import UNIT_OF

_MAX_QUANTITIES = 8
_UNIT = re.compile(rf"[ -]?(?:{UNIT_NAMES})(?![a-z0-9^/])\.?| ?['\"%$]| ?°(?![a-z])")
# "in" is a preposition in "5 in total": inches only where a word does not follow (except these).
_PREPOSITION = re.compile(r" ?in(?= (?!(?:away|apart|wide|long|tall|high|deep|across)\b)[a-z])")
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_PI = r"(?:π|\bpi\b)(?: ?/ ?(?P<under>\d{1,9})(?!\.?\d))?"
_NUMBER = re.compile(
    rf"(?P<sign>(?:(?<![a-z0-9_.)])[-+]|\bminus |\bnegative )?)(?<![a-z0-9_.])"
    rf"(?:(?:(?P<factor>\d{{1,9}}(?:\.\d{{1,9}})?|\d{{1,9}}/\d{{1,9}}) ?[*×]? ?)?(?P<pi>{_PI})"
    rf"|(?:(?P<mixed>\d{{1,9}}) )?(?P<top>\d{{1,15}}) ?/ ?(?P<bottom>\d{{1,15}})(?!\.?\d)"
    rf"|(?P<value>{_DIGITS})(?:e(?P<e>[-+]?\d{{1,4}})(?!\.?\d)|"
    rf" ?[x×*] ?10 ?\^ ?(?P<ten>[-+]?\d{{1,4}})(?!\.?\d))?"
    rf"|(?P<word>{WORDS})\b|(?P<one>\ban?)(?= (?:{'|'.join(SCALES)})\b))"
    rf"(?: (?P<scale>{'|'.join(SCALES)})\b)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    value: int | float | Fraction
    unit: str | None
    start: int
    end: int
    rounding: float


def has_number(low: str) -> bool:
    return _NUMBER.search(low) is not None


def find_quantities(low: str) -> list[Quantity]:
    found: list[Quantity] = []
    position = 0

    while match := _NUMBER.search(low, position):
        position = match.end()
        name = None

        if not _PREPOSITION.match(low, position) and (unit_match := _UNIT.match(low, position)):
            name = unit_match.group().strip(" -")
            name = name if name in UNIT_OF else name.rstrip(".")
            position = unit_match.end()

        found.append(Quantity(_value(match), name, match.start(), position, _last_digit(match)))
        if len(found) > _MAX_QUANTITIES:
            break

    return found


def _value(match: re.Match[str]) -> int | float | Fraction:
    value: int | float | Fraction

    if match["pi"] is not None:
        value = (
            float(Fraction(match["factor"] or 1) / int(match["under"] or 1)) * math.pi
            if _divides(match)
            else math.nan
        )
    elif match["word"] is not None:
        value = words_value(match["word"])  # type: ignore[assignment] - None is next
        value = math.nan if value is None else value
    elif match["one"] is not None:
        value = 1
    elif match["top"] is not None:
        bottom = int(match["bottom"])
        value = Fraction(int(match["top"]), bottom) if bottom else math.nan
    else:
        digits = match["value"].replace(",", "")
        exponent = match["e"] or match["ten"]
        value = (
            float(f"{digits}e{exponent}")
            if exponent
            else float(digits)
            if "." in digits
            else int(digits)
        )

    if match["mixed"] is not None:
        value += int(match["mixed"])
    if match["scale"] is not None:
        value *= SCALES[match["scale"]]

    return -value if match["sign"] in ("-", "minus ", "negative ") else value


def _divides(match: re.Match[str]) -> bool:
    """Whether neither denominator of a multiple of pi is zero."""
    return (
        int(match["under"] or 1) != 0 and int((match["factor"] or "1").partition("/")[2] or 1) != 0
    )


def _last_digit(match: re.Match[str]) -> float:
    """Half a unit of the last digit of a plain decimal, zeros at its end being none; 0 for
    everything else.
    """
    digits = match["value"]
    if digits is None or match["e"] or match["ten"] or match["scale"]:
        return 0.0

    whole, _, decimals = digits.replace(",", "").partition(".")
    if decimals or not whole.endswith("0"):
        return 0.5 * 10.0 ** -len(decimals)

    zeros = len(whole) - len(whole.rstrip("0"))
    if len(whole) > 300:
        return 0.0

    return max(0.5, min(0.5 * 10.0**zeros, 0.05 * float(whole)))
