"""What a statement means, in exact arithmetic, and whether that is the truth.

Nothing of the grader is used here. Three answers are possible: True, False, and None where the
statement is too near the border of the tolerance to say (such a pair is not made).
"""

import math
from fractions import Fraction
from math import isqrt

from strictness.structures import (
    Amount,
    Compound,
    Function,
    Measure,
    Number,
    Operation,
    Picked,
    Qualified,
    Restated,
    Several,
    Statement,
    Symbol,
    Unit,
)

ROUNDING = Fraction(1, 12)
"""How far a second unit in brackets may be off: 1.5 m (5 ft)."""
CONTRADICTION = Fraction(1, 4)
"""From here on it says something else."""
BORDER = Fraction(1, 20)
"""The share of a tolerance, on either side of it, in which no pair is made."""
_FLOATS = {
    "cbrt": lambda x: math.copysign(abs(x) ** (1 / 3), x),
    "log": math.log10,
    "ln": math.log,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "exp": math.exp,
}


def value(amount: Amount) -> Fraction | None:
    """The value of an amount; None where it has none."""
    match amount:
        case Number(number):
            return number
        case Symbol(name):
            return Fraction(math.pi) if name == "pi" else None
        case Operation(operator, left, right):
            return _operate(operator, value(left), value(right))
        case Function(name, argument):
            return _apply(name, value(argument))


def _operate(operator: str, left: Fraction | None, right: Fraction | None) -> Fraction | None:
    if left is None or right is None:
        return None

    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right if right else None

    small_power = right.denominator == 1 and abs(right) <= 64 and (left or right > 0)
    if small_power:
        return left ** int(right)
    return Fraction(float(left) ** float(right)) if left > 0 and abs(right) < 64 else None


def _apply(name: str, argument: Fraction | None) -> Fraction | None:
    if argument is None or name == "f":
        return None
    if name == "sqrt":
        return _root(argument)
    if name == "factorial":
        whole = argument.denominator == 1 and 0 <= argument <= 170
        return Fraction(math.factorial(int(argument))) if whole else None

    try:
        return Fraction(_FLOATS[name](float(argument)))
    except (ValueError, OverflowError):
        return None


def _root(argument: Fraction) -> Fraction | None:
    if argument < 0:
        return None
    top = isqrt(argument.numerator)
    bottom = isqrt(argument.denominator)
    if Fraction(top * top, bottom * bottom) == argument:
        return Fraction(top, bottom)
    return Fraction(math.sqrt(argument))


def _meaning(statement: Statement, asked: Unit | None) -> tuple[str, Fraction] | None:
    """(dimension, value in the first unit of that dimension), or None for no single quantity."""
    match statement:
        case Measure(amount, unit):
            number = value(amount)
            unit = unit or asked
            if number is None:
                return None
            return (unit.dimension, number * unit.size) if unit else ("", number)
        case Compound(measures):
            return _total([_meaning(measure, asked) for measure in measures])
        case Restated(first, second):
            return _agreed(_meaning(first, asked), _meaning(second, asked))
        case Qualified() | Several():
            return None


def _total(meanings: list[tuple[str, Fraction] | None]) -> tuple[str, Fraction] | None:
    known = [meaning for meaning in meanings if meaning]
    if len(known) < len(meanings) or len({dimension for dimension, _ in known}) > 1:
        return None
    return known[0][0], sum((amount for _, amount in known), Fraction(0))


def _agreed(
    first: tuple[str, Fraction] | None, second: tuple[str, Fraction] | None
) -> tuple[str, Fraction] | None:
    if not first or not second or first[0] != second[0]:
        return None
    return first if abs(first[1] - second[1]) <= ROUNDING * abs(first[1]) else None


def same_quantity(truth: Measure, tolerance: Fraction, said: Statement) -> bool | None:
    """Whether `said` is `truth` within a relative `tolerance`."""
    expected = _meaning(truth, truth.unit)
    meant = _meaning(said, truth.unit)
    assert expected is not None

    if _is_open(truth, tolerance, said, meant):
        return None
    if isinstance(said, Restated) and meant is None and not _contradicts(said, truth.unit):
        return None
    if meant is None or meant[0] != expected[0]:
        return False

    off = abs(meant[1] - expected[1])
    limit = tolerance * abs(expected[1])
    if limit and abs(off - limit) <= BORDER * limit:
        return None
    return off <= limit


def _is_open(
    truth: Measure, tolerance: Fraction, said: Statement, meant: tuple[str, Fraction] | None
) -> bool:
    """Whether a reader could still take a statement without a value of its own for the truth.

    So could "half of 0" and "at most 0" for 0, "3 × 1" for 3, and "2.9 or 3 m" within the
    tolerance.
    """
    if meant is not None:
        return False
    if value(truth.amount) == 0:
        return True
    if isinstance(said, Qualified):
        return _is_open(truth, tolerance, said.inner, _meaning(said.inner, truth.unit))
    if not isinstance(said, Several) or not all(isinstance(part, Measure) for part in said.parts):
        return False

    judged = [same_quantity(truth, tolerance, part) for part in said.parts]
    if all(verdict is not False for verdict in judged):
        return True
    first, second = (part.amount for part in said.parts if isinstance(part, Measure))
    combined = (Measure(Operation(sign, first, second), truth.unit) for sign in "+-*/")
    return any(same_quantity(truth, tolerance, measure) is not False for measure in combined)


def _contradicts(said: Restated, asked: Unit | None) -> bool:
    """Whether no rounding explains the second quantity."""
    first = _meaning(said.first, asked)
    second = _meaning(said.second, asked)
    if not first or not second or first[0] != second[0]:
        return True
    return abs(first[1] - second[1]) >= CONTRADICTION * abs(first[1])


def same_options(truth: frozenset[int], said: Picked | Qualified | Several) -> bool:
    """Whether the options that are picked are the truth's, all ways of saying it agreeing."""
    if not isinstance(said, Picked) or said.changed:
        return False
    stated = [frozenset(picked) for picked in (said.letters, said.words) if picked]
    return bool(stated) and all(picked == truth for picked in stated)
