"""Numbers with units: read one quantity from an answer text and convert it to the question's unit.

A unit is converted, never ignored; a missing one is the question's. What is not understood is refused, so
nothing that changes a value ("3 million", "not 3", "3^2", "2 to 3") is passed over.
"""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from waywiser.answers.text import plain

_UNITS: dict[str, dict[str, float]] = {
    "length": {
        "m metre metres meter meters": 1.0,
        "dm decimetre decimetres decimeter decimeters": 0.1,
        "cm cms centimetre centimetres centimeter centimeters": 0.01,
        "mm millimetre millimetres millimeter millimeters": 0.001,
        "km kilometre kilometres kilometer kilometers": 1000.0,
        "ft foot feet '": 0.3048,
        'in inch inches "': 0.0254,
        "yd yard yards": 0.9144,
        "mi mile miles": 1609.344,
    },
    "angle": {"deg degree degrees °": math.pi / 180, "rad radian radians": 1.0},
    "time": {
        "s sec secs second seconds": 1.0,
        "ms millisecond milliseconds": 0.001,
        "min mins minute minutes": 60.0,
        "h hr hrs hour hours": 3600.0,
    },
    "speed": {"m/s": 1.0, "cm/s": 0.01, "km/h kmh kph": 1 / 3.6, "mph": 0.44704, "ft/s": 0.3048},
    "mass": {"kg kilogram kilograms": 1.0, "g gram grams": 0.001, "lb lbs pound pounds": 0.45359237},
    "percent": {"% percent": 0.01},
    "pixel": {"px pixel pixels": 1.0},
}


def _table() -> dict[str, tuple[str, float]]:
    """Every spelling of a unit -> (dimension, size in the dimension's base unit)."""
    table = {
        name: (dimension, size)
        for dimension, units in _UNITS.items()
        for names, size in units.items()
        for name in names.split()
    }
    for names, size in _UNITS["length"].items():
        for name in names.split():
            if name.isalpha():
                for power, word, short in ((2, "square", "sq"), (3, "cubic", "cu")):
                    spellings = (f"{name}{power}", f"{name}^{power}", f"{word} {name}", f"{short} {name}")
                    table |= dict.fromkeys((*spellings, f"{short}. {name}"), (word, size**power))
    table |= {"sqm": ("square", 1.0), "sqft": ("square", 0.3048**2)}
    for over in ("per second", "per sec", "/sec", "/second"):
        table |= {f"{m}{' ' * (over[0] == 'p')}{over}": ("speed", 1.0) for m in ("m", "meters", "metres")}
    return table


_UNIT_OF = _table()
_SPELLINGS = "|".join(re.escape(n) for n in sorted(_UNIT_OF, key=len, reverse=True) if n[-1].isalnum())
_UNIT = re.compile(rf"[ -]?(?:{_SPELLINGS})(?![a-z0-9^/])\.?| ?['\"%]| ?°(?![a-z])")
# "in" is a preposition in "5 in total": inches only where a word does not follow (except these).
_PREPOSITION = re.compile(r" ?in(?= (?!(?:away|apart|wide|long|tall|high|deep|across)\b)[a-z])")

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORD_VALUE = (
    {word: value for value, word in enumerate(("zero", *_ONES, *_TEENS))}
    | {word: 10 * value for value, word in enumerate(_TENS, 2)}
    | {f"{t}{dash}{o}": 10 * i + j for i, t in enumerate(_TENS, 2) for j, o in enumerate(_ONES, 1) for dash in "- "}
)
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12}
_WORDS = "|".join(sorted(_WORD_VALUE, key=len, reverse=True))
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"(?P<sign>(?:(?<![a-z0-9_.)])[-+]|\bminus |\bnegative )?)(?<![a-z0-9_.])"
    rf"(?:(?:(?P<mixed>\d{{1,9}}) )?(?P<top>\d{{1,15}}) ?/ ?(?P<bottom>\d{{1,15}})(?!\.?\d)"
    rf"|(?P<value>{_DIGITS})(?:e(?P<e>[-+]?\d{{1,4}})(?!\.?\d)|"
    rf" ?[x×*] ?10 ?\^ ?(?P<ten>[-+]?\d{{1,4}})(?!\.?\d))?"
    rf"|(?P<word>{_WORDS})\b|(?P<one>\ban?)(?= (?:{'|'.join(_SCALES)})\b))"
    rf"(?: (?P<scale>{'|'.join(_SCALES)})\b)?",
    re.ASCII,
)
_SIMPLE = re.compile(r"([-+]?\d{1,15}(?:\.\d{1,15})?)(?: ?([a-z]{1,12}))?\.?", re.ASCII)
_NOT_A_POINT = re.compile(
    r"\b(?:or|either|neither|not|never|between|maybe|perhaps|possibly|least|most|more|less|fewer|unsure|"
    r"unknown|cannot|isn't|half|halves|third|thirds|quarter|quarters|squared|cubed|times|plus|"
    r"minus|divided|but|except|besides|twice|double|doubled|triple|thrice|pairs?|couple|dozens|hundreds|thousands|millions|trillion|k)\b|\?"
    rf"|\b(?:over|under|above|below|up to) (?=[-+.\d]|(?:{_WORDS})\b)"
)
_HARMLESS = re.compile(r"[a-z .,;:()\[\]~≈'\"-]*")
_OVER_ONE = re.compile(r"/ ?1(?![\d.])")
_LEAD_IN = re.compile(r"[a-z][a-z_ ]{0,30} ?[=≈] ?")
_NEXT_WORD = re.compile(r"([ -]?)([a-z]+)")
_MOST_WORDS = 12
# Words that may follow a number without being its unit.
_FILLERS = frozenset({
    *("away", "apart", "across", "long", "wide", "tall", "high", "deep", "total", "overall", "units", "unit"),
    *("in", "on", "of", "from", "for", "to", "the", "a", "is", "are", "and", "at", "it"),
    *("as", "about", "roughly", "approximately"),
})  # fmt: skip

Refusal = Literal["malformed", "ambiguous", "wrong_unit"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A value in the question's unit (an int where the text wrote one), or `value` None and why."""

    value: int | float | None
    outcome: Refusal | None = None
    reason: str = ""


@lru_cache(maxsize=256)
def unit_size(name: str) -> tuple[str, float] | None:
    """(dimension, size in the dimension's base unit) of a unit's name or symbol; None where it is unknown."""
    return _UNIT_OF.get(plain(name).casefold().strip(" ."))


@lru_cache(maxsize=1024)
def _factor(name: str, target: str) -> float | int | None:
    """What a value in `name` is multiplied with to be in `target`; None where they have no dimension in common."""
    have, want = _UNIT_OF.get(name), unit_size(target)
    if have is None or want is None or have[0] != want[0]:
        return None
    return 1 if have[1] == want[1] else have[1] / want[1]


def parse_number(text: str, unit: str | None = None) -> float | None:
    """The one finite number in an *answer text* (see `extract`), in `unit`; None where there is none."""
    value = read_number(text, unit).value
    return None if value is None else float(value)


def read_number(text: str, target: str | None = None, *, counting: bool = False) -> Reading:
    """Read one quantity, in the unit `target` (None: dimensionless).

    With `counting`, words that are no units may follow the number: "3 chairs".
    """
    if len(text) > 512:
        return Reading(None, "malformed", "too long for a number")
    low = plain(text).casefold()
    if fast := _SIMPLE.fullmatch(low):
        number, name = fast.groups()
        value = float(number) if "." in number else int(number)
        if name is None or name == target:
            return Reading(value)
        if target is not None and (factor := _factor(name, target)) is not None:
            return Reading(value * factor)
    return _read_quantities(_unquote(low), target, counting)


def _unquote(low: str) -> str:
    low = low.strip(" ")
    while len(low) > 1 and low[0] + low[-1] in ("''", '""', "()", "[]", "{}"):
        low = low[1:-1].strip()
    lead = _LEAD_IN.match(low) if "=" in low or "≈" in low else None
    return low[lead.end() :] if lead else low


@dataclass(frozen=True, slots=True)
class _Quantity:
    value: int | float | Fraction
    unit: str | None
    start: int
    end: int


def _read_quantities(low: str, target: str | None, counting: bool) -> Reading:
    if _NOT_A_POINT.search(_without_signs(low)):
        return Reading(None, "ambiguous", "a hedge, a range or a word that changes the number")
    if counting and low.rstrip(".") == "none":
        return Reading(0)
    if counting and _OVER_ONE.search(low):
        return Reading(None, "ambiguous", "two numbers: nobody counts 3 as 3/1")
    quantities = _quantities(low)
    if not quantities:
        return Reading(None, "malformed", "no number")
    rest = low[: quantities[0].start]
    for here, after in zip(quantities, [*quantities[1:], None], strict=True):
        gap = low[here.end : after.start if after else None]
        if not (after and here.unit and after.unit and gap.strip() in ("=", "≈")):  # "2.5 m = 250 cm"
            rest += " " + gap
    if refusal := _refuse_rest(rest):
        return refusal
    values = [_convert(q, target, _word_after(low, q.end), counting) for q in quantities]
    if len(values) > 1:
        return _combine(low, quantities, values)
    return values[0]


def _without_signs(low: str) -> str:
    return low.replace("minus ", "-") if "minus " in low else low


def _quantities(low: str) -> list[_Quantity]:
    found: list[_Quantity] = []
    position = 0
    while match := _NUMBER.search(low, position):
        position = match.end()
        name = None
        if not _PREPOSITION.match(low, position) and (unit_match := _UNIT.match(low, position)):
            name = unit_match.group().strip(" -")
            name = name if name in _UNIT_OF else name.rstrip(".")
            position = unit_match.end()
        found.append(_Quantity(_value(match), name, match.start(), position))
        if len(found) > 8:
            break
    return found


def _value(match: re.Match[str]) -> int | float | Fraction:
    value: int | float | Fraction
    if match["word"] is not None:
        value = _WORD_VALUE[match["word"]]
    elif match["one"] is not None:
        value = 1
    elif match["top"] is not None:
        bottom = int(match["bottom"])
        value = Fraction(int(match["top"]), bottom) if bottom else math.nan
    else:
        digits = match["value"].replace(",", "")
        exponent = match["e"] or match["ten"]
        value = float(f"{digits}e{exponent}") if exponent else float(digits) if "." in digits else int(digits)
    if match["mixed"] is not None:
        value += int(match["mixed"])
    if match["scale"] is not None:
        value *= _SCALES[match["scale"]]
    return -value if match["sign"] in ("-", "minus ", "negative ") else value


def _refuse_rest(rest: str) -> Reading | None:
    """What surrounds the numbers must be plain words and punctuation."""
    if not _HARMLESS.fullmatch(rest):
        return Reading(None, "malformed", "symbols that are not understood beside the number")
    if re.search(r"(?<![a-z])-|-(?![a-z])", rest):
        return Reading(None, "ambiguous", "a dash beside the number")
    if len(rest.split()) > _MOST_WORDS:
        return Reading(None, "malformed", "more than an answer")
    return None


def _word_after(low: str, end: int) -> str:
    match = _NEXT_WORD.match(low, end)
    if match is None:
        return ""
    return match.group(2) if match.group(1) else "-" + match.group(2)


def _convert(quantity: _Quantity, target: str | None, word: str, counting: bool) -> Reading:
    value = quantity.value
    if quantity.unit is None:
        if word.startswith("-"):
            return Reading(None, "malformed", f"'{word[1:]}' is attached to the number")
        if word and not counting and word not in _FILLERS and word != target:
            return Reading(None, "wrong_unit", f"'{word}' is not a unit that is known here")
    else:
        have, want = _UNIT_OF[quantity.unit], unit_size(target) if target else None
        if want is None or want[0] != have[0]:
            wanted = target or "a bare number"
            return Reading(None, "wrong_unit", f"'{quantity.unit}' where the question asks for {wanted}")
        if have[1] != want[1]:
            value = _times(value, have[1] / want[1])
    return _finite(value)


def _times(value: int | float | Fraction, factor: float) -> float:
    try:
        return float(value) * factor
    except OverflowError:
        return math.inf


def _finite(value: int | float | Fraction) -> Reading:
    if isinstance(value, Fraction):
        value = int(value) if value.denominator == 1 else float(value)
    if isinstance(value, int):
        if abs(value) < 10**300:
            return Reading(value)
    elif math.isfinite(value):
        return Reading(value)
    return Reading(None, "malformed", "not a finite number")


def _combine(low: str, quantities: list[_Quantity], values: list[Reading]) -> Reading:
    """Several quantities are one answer only as "5 ft 10 in", or as one value said in several units."""
    for value in values:
        if value.value is None:
            return value if value.outcome == "wrong_unit" else Reading(None, "ambiguous", "more than one number")
    numbers = [float(v.value) for v in values if v.value is not None]
    if any(q.unit is None for q in quantities):
        return Reading(None, "ambiguous", "more than one number")
    if len(quantities) == 2 and low[quantities[0].end : quantities[1].start].strip() in ("", "and"):
        (big, small), (major, minor) = (_UNIT_OF[q.unit or ""] for q in quantities), numbers
        below_one = 0 <= float(quantities[1].value) * small[1] < big[1]
        if small[1] < big[1] and below_one and low[quantities[1].start] not in "+-" and major >= 0:
            return Reading(major + minor)
    if len({q.unit for q in quantities}) == len(quantities) and all(
        math.isclose(number, numbers[0], rel_tol=0.01) for number in numbers
    ):
        return Reading(numbers[0])
    return Reading(None, "ambiguous", "more than one number")
