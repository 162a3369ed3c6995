"""Statements that are nearly a true quantity: each mutation returns a structure for the oracle to
judge.
"""

from collections.abc import Callable
from fractions import Fraction
from random import Random

from strictness.structures import (
    Compound,
    Function,
    Measure,
    Number,
    Operation,
    Qualified,
    Restated,
    Several,
    Statement,
    Symbol,
)
from strictness.units import ALL_UNITS, BY_NAME

Mutation = Callable[[Random, Measure], Statement | None]

BOUNDS = (
    "less than {}",
    "more than {}",
    "at least {}",
    "at most {}",
    "up to {}",
    "over {}",
    "under {}",
    "< {}",
    "> {}",
    "\\leq {}",
    "≥ {}",
    "no more than {}",
    "not more than {}",
    "above {}",
    "below {}",
    "{} or more",
    "{} or less",
    "fewer than {}",
    "a minimum of {}",
    "greater than {}",
    "x > {}",
    "x < {}",
    "x \\le {}",
    "x ≠ {}",
    "x != {}",
    "well over {}",
    "beyond {}",
    "within {}",
    "{} at most",
    "{} at least",
)
DENIALS = (
    "not {}",
    "not equal to {}",
    "anything but {}",
    "it is not {}",
    "isn't {}",
    "never {}",
    "{} is wrong",
    "{} is not correct",
    "certainly not {}",
    "everything except {}",
    "no longer {}",
    "{} would be incorrect",
)
DOUBTS = (
    "maybe {}",
    "perhaps {}",
    "possibly {}",
    "{}?",
    "it might be {}",
    "it could be {}",
    "either {} or something else",
)
REMAINDERS = (
    "{} + x",
    "{} - x",
    "x/{}",
    "{}/x",
    "half of {}",
    "double {}",
    "twice {}",
    "a third of {}",
    "20% of {}",
    "10 times {}",
    "{} × 4",
    "one tenth of {}",
    "half {}",
    "a quarter of {}",
    "{} to the power of 4",
    "{} plus the wall",
    "{} minus the wall",
)
SCALES = (
    "{} dozen",
    "{} hundred",
    "{} thousand",
    "{} million",
    "point {}",
    "{}x",
    "{}n",
    "minus {}",
)
REMAINDERS_OF_MEASURES = (
    "{} per floor",
    "{} per person",
    "{} times the height",
    "{} Celsius",
    "{} per minute",
    "{} squared",
    "{} to the fourth",
    "{} of 20",
    "{}/min",
    "{} \\cdot x",
    "{} i",
    "{} above 3 miles",
)


def _amount(truth: Measure) -> Fraction:
    assert isinstance(truth.amount, Number)
    return truth.amount.value


def _with(truth: Measure, value: Fraction) -> Measure:
    return Measure(Number(value), truth.unit)


def another_value(rng: Random, truth: Measure) -> Statement:
    factor = Fraction(rng.choice((*range(20, 94), *range(107, 190), 200, 300, 1000)), 100)
    return _with(truth, (_amount(truth) * factor).limit_denominator(100))


def one_digit(rng: Random, truth: Measure) -> Statement | None:
    """A digit exchanged, left out, put in, or two exchanged."""
    digits = list(str(abs(_amount(truth).numerator)))
    place = rng.randrange(len(digits))
    match rng.randrange(4):
        case 0:
            digits[place] = rng.choice("0123456789")
        case 1 if len(digits) > 1:
            del digits[place]
        case 2:
            digits.insert(place, rng.choice("0123456789"))
        case _ if place + 1 < len(digits):
            digits[place], digits[place + 1] = digits[place + 1], digits[place]
    value = Fraction(int("".join(digits)), _amount(truth).denominator)
    finite = value.denominator in (1, 2, 4, 5, 10, 20, 25, 50, 100)
    return _with(truth, value if _amount(truth) >= 0 else -value) if finite else None


def moved_point(rng: Random, truth: Measure) -> Statement:
    return _with(truth, _amount(truth) * rng.choice((Fraction(1, 10), Fraction(10), Fraction(100))))


def other_sign(_: Random, truth: Measure) -> Statement:
    return _with(truth, -_amount(truth))


def next_number(rng: Random, truth: Measure) -> Statement:
    return _with(truth, _amount(truth) + rng.choice((-2, -1, 1, 2)))


def part_of_one(rng: Random, truth: Measure) -> Statement:
    return _with(truth, _amount(truth) + Fraction(rng.choice((1, 5, 25)), rng.choice((10, 100))))


def same_dimension(rng: Random, truth: Measure) -> Statement | None:
    if truth.unit is None:
        return None
    units = [u for u in ALL_UNITS if u.dimension == truth.unit.dimension and u != truth.unit]
    return Measure(truth.amount, rng.choice(units)) if units else None


def other_dimension(rng: Random, truth: Measure) -> Statement | None:
    if truth.unit is None:
        return None
    return Measure(
        truth.amount, rng.choice([u for u in ALL_UNITS if u.dimension != truth.unit.dimension])
    )


def near_dimension(rng: Random, truth: Measure) -> Statement | None:
    """Lengths and their squares, cubes and rates; degrees of an angle and of a temperature."""
    near = {
        "length": ("m^2", "m^3", "m/s", "m/min", "cm^2", "ft^2", "km/h", "kg/m", "kg m", "m/s^2"),
        "length^2": ("m", "m^3", "cm", "cm^3"),
        "length^3": ("m^2", "m", "cm^2"),
        "length/time": ("m", "s", "m/s^2", "km", "h"),
        "angle": ("degC", "degF", "deg/s"),
        "time": ("m", "m/s"),
        "mass": ("kg/m", "kg m", "N"),
    }
    names = near.get(truth.unit.dimension) if truth.unit else None
    return Measure(truth.amount, BY_NAME[rng.choice(names)]) if names else None


def function(rng: Random, truth: Measure) -> Statement:
    name = rng.choice(("sqrt", "cbrt", "log", "ln", "sin", "cos", "tan", "exp", "f", "factorial"))
    return Measure(Function(name, truth.amount), truth.unit if rng.random() < 0.5 else None)


def operator(rng: Random, truth: Measure) -> Statement:
    """The true number as one side of an operation."""
    sign = rng.choice("+-*/^")
    other = Number(Fraction(rng.randint(1, 12)))
    left, right = (truth.amount, other) if rng.random() < 0.5 else (other, truth.amount)
    return Measure(Operation(sign, left, right), truth.unit if rng.random() < 0.6 else None)


def letter(rng: Random, truth: Measure) -> Statement:
    """Multiplied by pi or by an unknown."""
    symbol = Symbol(rng.choice(("pi", "pi", "x", "n")))
    sides = (truth.amount, symbol) if rng.random() < 0.7 else (symbol, truth.amount)
    return Measure(Operation("*", *sides), truth.unit if rng.random() < 0.5 else None)


def _qualified(words: tuple[str, ...]) -> Mutation:
    return lambda rng, truth: Qualified(rng.choice(words), truth)


def scaled(rng: Random, truth: Measure) -> Statement:
    """Words or letters between the number and its unit."""
    unit = truth.unit
    behind = f" {unit.words[0][1]}" if unit and unit.words else ""
    return Qualified(rng.choice(SCALES) + behind, Measure(truth.amount))


def remainder_of_measure(rng: Random, truth: Measure) -> Statement | None:
    """Words behind a unit that make it another one."""
    if truth.unit is None or "^" in truth.unit.name or "/" in truth.unit.name:
        return None
    return Qualified(rng.choice(REMAINDERS_OF_MEASURES), truth)


def alternatives(rng: Random, truth: Measure) -> Statement:
    """Two candidates, or a range whose other end is clearly another quantity."""
    other = another_value(rng, truth)
    joint = rng.choice(
        (" or ", " / ", ", or ", " to ", " - ", "–", "; ", " or maybe ", " vs. ", " and ", " | ")
    )
    parts = (truth, other) if rng.random() < 0.5 else (other, truth)
    return Several(joint, parts)


def between(rng: Random, truth: Measure) -> Statement:
    return Qualified("between {}", Several(" and ", (truth, another_value(rng, truth))))


def compound(rng: Random, truth: Measure) -> Statement | None:
    """The true quantity and a smaller unit's."""
    smaller = {"m": "cm", "ft": "in", "km": "m", "h": "min", "min": "s", "kg": "g", "cm": "mm"}
    if truth.unit is None or truth.unit.name not in smaller or _amount(truth).denominator != 1:
        return None
    second = Measure(Number(Fraction(rng.randint(5, 59))), BY_NAME[smaller[truth.unit.name]])
    return Compound((truth, second))


def contradiction(rng: Random, truth: Measure) -> Statement | None:
    """Another quantity in brackets, in another unit of the dimension."""
    if truth.unit is None:
        return None
    units = [u for u in ALL_UNITS if u.dimension == truth.unit.dimension and u != truth.unit]
    if not units:
        return None
    unit = rng.choice(units)
    exact = _amount(truth) * truth.unit.size / unit.size
    factor = Fraction(rng.choice((2, 3, 5, 10, 50, 150, 170, 200, 300)), 100)
    return Restated(truth, Measure(Number((exact * factor).limit_denominator(10)), unit))


def product(rng: Random, truth: Measure) -> Statement:
    return Several(rng.choice((" x ", " × ", " by ")), (truth, another_value(rng, truth)))


MUTATIONS: dict[str, Mutation] = {
    "another value": another_value,
    "one digit": one_digit,
    "moved point": moved_point,
    "other sign": other_sign,
    "unit of the dimension": same_dimension,
    "unit of another dimension": other_dimension,
    "unit of a near dimension": near_dimension,
    "function": function,
    "operator": operator,
    "letter": letter,
    "bound": _qualified(BOUNDS),
    "denial": _qualified(DENIALS),
    "doubt": _qualified(DOUBTS),
    "remainder": _qualified(REMAINDERS),
    "scale": scaled,
    "remainder behind a unit": remainder_of_measure,
    "alternatives": alternatives,
    "between": between,
    "compound": compound,
    "contradiction": contradiction,
    "product": product,
}
INTEGER_MUTATIONS: dict[str, Mutation] = {
    "another value": next_number,
    "part of one": part_of_one,
    **{
        name: MUTATIONS[name]
        for name in (
            "one digit",
            "moved point",
            "other sign",
            "function",
            "operator",
            "letter",
            "bound",
            "denial",
            "doubt",
            "remainder",
            "scale",
            "alternatives",
            "between",
        )
    },
}
