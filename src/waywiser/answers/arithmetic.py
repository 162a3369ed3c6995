"""Arithmetic on the trees of formulas: exact fractions while possible, else a set number of digits.

Everything is bounded (ARITHMETIC_LIMITS): a value that would take too long raises TooLargeError.
"""

import math
import zlib
from fractions import Fraction

from waywiser.answers.arithmetic_limits import (
    ARITHMETIC_LIMITS,
    OutsideDomainError,
    TooLargeError,
    UndefinedError,
)
from waywiser.answers.exact_arithmetic import (
    Value,
    as_fraction,
    real_or_zero,
    whole_function,
    whole_logarithm,
    whole_root,
)
from waywiser.answers.formula_tree import Node, symbol_label
from waywiser.answers.working_precision import WorkingPrecision

Point = dict[str, Fraction]


def name_hash(text: str) -> int:
    return zlib.crc32(text.encode())


class Arithmetic(WorkingPrecision):
    """Values of formulas at one point, with a given number of digits.

    Args:
        digits: Decimal digits of results that are not exact.
        point: The value of every symbol, by its label.
        strict: Keep roots of negative numbers as complex numbers instead of refusing them.
    """

    def __init__(self, digits: int, point: Point, *, strict: bool) -> None:
        super().__init__(digits)
        self.point = point
        self.strict = strict

    def value(self, node: Node) -> Value:
        method = getattr(self, "_" + node.head, None)
        if method is None:
            raise UndefinedError(f"{node.head} has no value")
        return self.noted(method(node))

    # One method for each head of a tree

    def _number(self, node: Node) -> Value:
        return node.value[0]

    def _symbol(self, node: Node) -> Value:
        return self.point[symbol_label(node)]

    _name = _named = _symbol

    def _constant(self, node: Node) -> Value:
        match node.value:
            case "pi":
                return +self.mp.pi
            case "e":
                return +self.mp.e
            case "i":
                return self.mp.mpc(0, 1)

        raise UndefinedError(f"{node.value} is not a number")

    def _bracket(self, node: Node) -> Value:
        return self.value(node.parts[0])

    def _negative(self, node: Node) -> Value:
        return -self.value(node.parts[0])

    def _percent(self, node: Node) -> Value:
        return self.times(self.value(node.parts[0]), Fraction(1, 100))

    def _degrees(self, node: Node) -> Value:
        return self.times(self.value(node.parts[0]), self.mp.pi / 180)

    def _sum(self, node: Node) -> Value:
        total: Value = Fraction(0)

        for part in node.parts:
            value = self.value(part)
            if isinstance(total, Fraction) and isinstance(value, Fraction):
                total += value
            else:
                total = self.inexact(total) + self.inexact(value)

            self.noted(total)

        return total

    def _product(self, node: Node) -> Value:
        result: Value = Fraction(1)
        for part in node.parts:
            result = self.noted(self.times(result, self.value(part)))
        return result

    def _quotient(self, node: Node) -> Value:
        top = self.value(node.parts[0])
        bottom = self.value(node.parts[1])
        if self.vanishes(bottom):
            raise UndefinedError("a division by zero")
        if isinstance(top, Fraction) and isinstance(bottom, Fraction):
            return top / bottom

        return self.inexact(top) / self.inexact(bottom)

    def _power(self, node: Node) -> Value:
        return self.power(self.value(node.parts[0]), self.value(node.parts[1]))

    def power(self, base: Value, exponent: Value) -> Value:
        if base == 0:
            if isinstance(exponent, Fraction) and exponent > 0:
                return Fraction(0)

            raise UndefinedError("a power of zero")

        self.check_power(base, exponent)

        if isinstance(exponent, Fraction):
            if exponent.denominator == 1:
                return base ** int(exponent)

            if exponent.denominator <= 64:
                return self.power(
                    self.rooted(base, exponent.denominator), Fraction(exponent.numerator)
                )

        if not self.strict and real_or_zero(base) < 0:
            raise UndefinedError("a power of a negative number")

        return self.mp.power(self.inexact(base), self.inexact(exponent))

    def check_power(self, base: Value, exponent: Value) -> None:
        if base in (1, -1):
            return
        if isinstance(base, Fraction):
            size = max(base.numerator.bit_length(), base.denominator.bit_length())
        else:
            size = abs(self.mp.mag(base)) + 1

        if size * abs(exponent) > ARITHMETIC_LIMITS.bits:
            raise TooLargeError("too large a power")

    def _root(self, node: Node) -> Value:
        index = self.value(node.parts[1])
        radicand = self.value(node.parts[0])

        if not isinstance(index, Fraction):
            raise UndefinedError("a root that is not a whole number")
        if index.denominator != 1 or not 1 < index <= 64:
            return self.power(radicand, 1 / index)

        return self.rooted(radicand, int(index))

    def rooted(self, value: Value, index: int) -> Value:
        """The real root where there is one, else the principal one."""
        if isinstance(value, Fraction):
            negative = value < 0
            if not negative or index % 2:
                top = whole_root(abs(value.numerator), index)
                bottom = whole_root(value.denominator, index)
                if top is not None and bottom is not None:
                    return Fraction(-top if negative else top, bottom)

        number = self.inexact(value)
        if number.imag == 0 and number.real < 0:
            if index % 2:
                return -self.mp.root(-number.real, index)
            if not self.strict:
                raise OutsideDomainError("a root of a negative number")

        return self.mp.root(number, index)

    def _factorial(self, node: Node) -> Value:
        number = self.value(node.parts[0])
        if not isinstance(number, Fraction) or number.denominator != 1 or number < 0:
            raise UndefinedError("a factorial of a number that is not whole")

        if (
            number > ARITHMETIC_LIMITS.factorial or node.value > 1
        ):  # n!! has two readings: a worker looks whether they differ
            raise TooLargeError("too large a factorial")

        return Fraction(math.factorial(int(number)))

    def _apply(self, node: Node) -> Value:
        """A function that is only named: some function, the same one wherever the name stands."""
        value = self.inexact(Fraction(name_hash(node.value) % 97 + 3, 101))

        for place, part in enumerate(node.parts, 2):
            value = (
                self.mp.sin(value + place * self.inexact(self.value(part))) + self.mp.mpf(place) / 3
            )

        return value

    def _call(self, node: Node) -> Value:
        values = [self.value(part) for part in node.parts]
        name = node.value
        if name == "log":
            return self.logarithm(values)
        if name in ("max", "min", "gcd", "lcm", "binomial"):
            return self.several(name, values)
        if len(values) != 1:
            raise UndefinedError(f"{name} of {len(values)} values")

        value = values[0]
        if name == "abs":
            return abs(value)
        if name in ("floor", "ceil"):
            return self.rounded(name, value)
        if name == "ln":
            return self.ln(value)
        if name == "lg":
            return self.logarithm([value, Fraction(10)])

        return self.function(name, value)

    def function(self, name: str, value: Value) -> Value:
        mp = self.mp
        if value == 0 and name in ("sin", "tan", "arcsin", "arctan", "sinh", "tanh"):
            return Fraction(0)

        number = mp.mpmathify(self.inexact(value))
        if name in ("tan", "sec") and self.vanishes(mp.cos(number)):
            raise UndefinedError(f"{name} has a pole here")
        if name in ("cot", "csc") and self.vanishes(mp.sin(number)):
            raise UndefinedError(f"{name} has a pole here")
        if name == "exp" and abs(number) > ARITHMETIC_LIMITS.bits:
            raise TooLargeError("too large a power")
        if name in ("sinh", "cosh") and abs(number) > ARITHMETIC_LIMITS.bits:
            raise TooLargeError("too large a power")
        if name in ("arcsin", "arccos") and not self.strict and abs(number) > 1:
            raise UndefinedError(f"{name} of more than 1")

        return getattr(mp, {"arcsin": "asin", "arccos": "acos", "arctan": "atan"}.get(name, name))(
            number
        )

    def ln(self, value: Value) -> Value:
        if value == 0 or (not self.strict and real_or_zero(value) < 0):
            raise OutsideDomainError("a logarithm of zero or less")
        if value == 1:
            return Fraction(0)
        return self.mp.log(self.inexact(value))

    def logarithm(self, values: list[Value]) -> Value:
        r"""To the base given; `\log` alone is to one base that is not said, the same everywhere."""
        if len(values) > 2:
            raise UndefinedError("a logarithm of several values")

        base = values[1] if len(values) == 2 else Fraction(7919, 1009)
        below = self.ln(base)
        if below == 0:
            raise UndefinedError("a logarithm to the base 1")

        above = self.ln(values[0])
        if isinstance(above, Fraction):
            return above

        exact = whole_logarithm(values[0], base)
        return exact if exact is not None else above / below

    def several(self, name: str, values: list[Value]) -> Value:
        if len(values) < 2:
            raise UndefinedError(f"{name} of one value")

        if name in ("max", "min"):
            if not all(isinstance(value, Fraction) for value in values):
                raise UndefinedError("a choice among values that are not exact")
            return max(values) if name == "max" else min(values)

        if not all(isinstance(value, Fraction) and value.denominator == 1 for value in values):
            raise UndefinedError(f"{name} of a number that is not whole")

        numbers = [int(value) for value in values]
        return Fraction(whole_function(name, numbers))

    def rounded(self, name: str, value: Value) -> Value:
        if not isinstance(value, Fraction):
            nearest = self.mp.nint(value.real)
            if value.imag != 0 or self.vanishes(value - nearest):
                raise UndefinedError("a step at what may be a whole number")
            value = as_fraction(value)
        return Fraction(value.__floor__() if name == "floor" else value.__ceil__())
