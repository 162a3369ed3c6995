"""Numbers with units: read one quantity from an answer text and convert it to the question's unit.

A unit is converted, never ignored; a missing one is the question's. The whole text has to be
understood: what stands before the number must be a label ("distance:") or end in a word that
announces a number ("the answer is"), what follows it must be its unit or words that leave it
as it is ("away from the door"). Whatever else is there ("sqrt(3)", "3 m per minute", "not 3", "3
million m") is refused, never passed over.
"""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from waywiser.answers.measure_forms import CLOCK, UNIT_NAMES, clock_value, rewrite
from waywiser.answers.number_context import (
    Refusal,
    Refused,
    is_label,
    refuse_before,
    refuse_gap,
    refuse_hedges,
)
from waywiser.answers.number_tail import refuse_after
from waywiser.answers.number_words import WORDS, spell_out, words_value
from waywiser.answers.quantities import Quantity, find_quantities, has_number
from waywiser.answers.text import CURRENCY, to_plain_text
from waywiser.answers.units import UNIT_OF, conversion, unit_factor

MAX_NUMBER_CHARACTERS = 512
_MAX_ROUNDING = 0.16
"""A second unit in brackets may be rounded by at most this share: "1 m (3 ft)"."""
_SIMPLE = re.compile(r"([-+]?\d{1,15}(?:\.\d{1,15})?)(?: ?([a-z]{1,12}))?\.?", re.ASCII)
_MEGA = re.compile(r"\d\s?M[ms]\b")
_OVER_ONE = re.compile(r"/ ?1(?![\d.])")
_LABEL_PREFIX = re.compile(r"([a-z][a-z_ ]{0,30}?|) ?[=≈] ?")
_BRACKETED = re.compile(rf"([^()]*(?:[^() ] |\d(?: ?(?:{UNIT_NAMES}|[°%'\"]))))\(([^()]*)\)\.?")
_RESTATED = re.compile(rf"\b({WORDS}) \((\d{{1,9}})\)")
_RESTATEMENT = re.compile(
    r"(?:about |approx\.? |approximately |roughly |around |i\.e\.,? |or |= ?|≈ ?|~ ?){0,3}"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A value in the question's unit (an int where the text wrote one), or `value` None and why.

    `rounding` is half a unit of the last digit that was written, in the question's unit.
    """

    value: int | float | None
    outcome: Refusal | None = None
    reason: str = ""
    rounding: float = 0.0


def parse_number(text: str, unit: str | None = None) -> float | None:
    """The one finite number in an *answer text* (see `extract`), in `unit`; None where there is
    none.
    """
    value = read_number(text, unit).value
    return None if value is None else float(value)


def read_number(text: str, target: str | None = None, *, counting: bool = False) -> Reading:
    """Read one quantity, in the unit `target` (None: dimensionless).

    With `counting`, words that are not units may follow the number: "3 chairs".
    """
    if len(text) > MAX_NUMBER_CHARACTERS:
        return Reading(None, "malformed", "too long for a number")

    if _MEGA.search(text):
        return Reading(None, "wrong_unit", "mega, or a slip for milli")

    low = to_plain_text(text).casefold()
    if fast := _SIMPLE.fullmatch(low):
        number, name = fast.groups()
        value = float(number) if "." in number else int(number)

        if name is None or name == target:
            return Reading(value)
        if target is not None and (factor := conversion(name, target)) is not None:
            return Reading(value * factor)

    if "(s)" in low:
        low = low.replace("(s)", "s")
    if counting:
        low = _RESTATED.sub(_restated, low)

    low = _unquote(low)
    if target is not None and (clock := CLOCK.fullmatch(low)):
        return _read_clock(clock, target)
    if not counting:
        low = spell_out(low)

    return _read_bracketed(rewrite(low), target, counting)


def _restated(match: re.Match[str]) -> str:
    """ "seven (7)" as 7; as it is where the two differ."""
    return match[2] if words_value(match[1]) == int(match[2]) else match.group()


def _unquote(low: str) -> str:
    low = low.strip(" ")
    while len(low) > 1 and low[0] + low[-1] in ("''", '""', "()", "[]", "{}"):
        low = low[1:-1].strip()
    lead = _LABEL_PREFIX.match(low) if "=" in low or "≈" in low else None
    return low[lead.end() :] if lead and is_label(lead[1]) else low


def _read_clock(clock: re.Match[str], target: str) -> Reading:
    value = clock_value(clock, target)
    if value is None:
        return Reading(None, "ambiguous", "a clock's reading that may mean two things, or a ratio")
    return Reading(value)


def _read_bracketed(low: str, target: str | None, counting: bool) -> Reading:
    """Read "1.2 m (about 4 ft)": what stands in brackets must be the same quantity, up to its
    rounding.
    """
    match = _BRACKETED.fullmatch(low) if low.endswith((")", ").")) else None
    if match is None or not has_number(match[1]) or not has_number(match[2]):
        return _read_quantities(low, target, counting)

    outer = _read_quantities(match[1], target, counting)
    if outer.value is None:
        return outer

    again = match[2][_RESTATEMENT.match(match[2]).end() :]  # type: ignore[union-attr] - it may be empty
    inner = _read_quantities(again, target, counting)
    if inner.value is None:
        return Reading(None, "ambiguous", "a second number in brackets")

    rounding = min(1.001 * max(inner.rounding, outer.rounding), _MAX_ROUNDING * abs(outer.value))
    allowed = max(0.01 * abs(outer.value), rounding)
    if abs(inner.value - outer.value) > (0 if counting else allowed):
        return Reading(None, "ambiguous", "the number in brackets is another one")

    return outer


def _read_quantities(low: str, target: str | None, counting: bool) -> Reading:
    if counting and low.rstrip(".") == "none":
        return Reading(0)
    if refused := refuse_hedges(low):
        return Reading(None, *refused)
    if counting and _OVER_ONE.search(low):
        return Reading(None, "ambiguous", "two numbers: nobody counts 3 as 3/1")

    currency = CURRENCY in low
    if currency:
        low = low.replace(CURRENCY, "")

    quantities = find_quantities(low)
    if not quantities:
        return Reading(None, "malformed", "no number")
    if currency and target is not None and unit_factor(target) != UNIT_OF["$"]:
        return Reading(None, "wrong_unit", f"money where the question asks for {target}")
    if refused := _refuse_around(low, quantities, target, counting):
        return Reading(None, *refused)

    values = [_convert(quantity, target) for quantity in quantities]
    return values[0] if len(values) == 1 else _combine(low, quantities, values)


def _refuse_around(
    low: str, quantities: list[Quantity], target: str | None, counting: bool
) -> Refused | None:
    """Why the words around the numbers make them unreadable."""
    if refused := refuse_before(low[: quantities[0].start]):
        return refused

    for here, following in pairwise(quantities):
        if refused := refuse_gap(
            low[here.end : following.start], units=bool(here.unit and following.unit)
        ):
            return refused

    last = quantities[-1]
    return refuse_after(
        low[last.end :],
        unit=last.unit is not None,
        counting=counting,
        one=last.value == 1,
        target=target,
    )


def _convert(quantity: Quantity, target: str | None) -> Reading:
    value = quantity.value
    rounding = quantity.rounding

    if quantity.unit is not None:
        have = UNIT_OF[quantity.unit]
        want = unit_factor(target) if target else None
        if want is None or want[0] != have[0]:
            wanted = target or "a bare number"
            return Reading(
                None, "wrong_unit", f"'{quantity.unit}' where the question asks for {wanted}"
            )

        if have[1] != want[1]:
            value = _times(value, have[1] / want[1])
            rounding = rounding * have[1] / want[1]

    return _finite(value, rounding)


def _times(value: int | float | Fraction, factor: float) -> float:
    try:
        return float(value) * factor
    except OverflowError:
        return math.inf


def _finite(value: int | float | Fraction, rounding: float = 0.0) -> Reading:
    if isinstance(value, Fraction):
        value = int(value) if value.denominator == 1 else float(value)
    if isinstance(value, int):
        if abs(value) < 10**300:
            return Reading(value, rounding=rounding)
    elif math.isfinite(value):
        return Reading(value, rounding=rounding)

    return Reading(None, "malformed", "not a finite number")


def _combine(low: str, quantities: list[Quantity], values: list[Reading]) -> Reading:
    """Several quantities are one answer only as "5 ft 10 in", or as one value said in several
    units.
    """
    for value in values:
        if value.value is None:
            return (
                value
                if value.outcome == "wrong_unit"
                else Reading(None, "ambiguous", "more than one number")
            )

    numbers = [float(v.value) for v in values if v.value is not None]
    if any(quantity.unit is None for quantity in quantities):
        return Reading(None, "ambiguous", "more than one number")
    if _is_chain(low, quantities):
        return Reading(sum(numbers), rounding=values[-1].rounding)

    gaps = {low[a.end : b.start].strip() for a, b in pairwise(quantities)}
    distinct = len({quantity.unit for quantity in quantities}) == len(quantities)
    close = all(math.isclose(number, numbers[0], rel_tol=0.01) for number in numbers)
    if gaps <= {"=", "≈", ""} and distinct and close:
        return Reading(numbers[0], rounding=values[0].rounding)

    return Reading(None, "ambiguous", "more than one number")


def _is_chain(low: str, quantities: list[Quantity]) -> bool:
    """Whether each quantity is in a smaller unit than the one before and less than one of that: "5
    ft 10 in".
    """
    for big, small in pairwise(quantities):
        if low[big.end : small.start].strip() not in ("", "and", ",", ", and"):
            return False

        (_, whole), (_, part) = UNIT_OF[big.unit or ""], UNIT_OF[small.unit or ""]
        if part >= whole or not 0 <= float(small.value) * part <= whole * (1 + 1e-9):
            return False

        if (
            low[small.start] in "+-"
            or float(big.value) < 0
            or float(big.value) != int(float(big.value))
        ):
            return False

    return True
