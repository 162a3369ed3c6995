"""Arithmetic on the trees of formulas: exact fractions as far as they go, then as many digits as
asked for.

Everything is bounded (LIMITS): what would take too long raises TooLargeError instead.
"""

import math
import zlib
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from waywiser.answers.formula import Node
from waywiser.answers.signs import TURNABLE

_GUARD = 25


class TooLargeError(ArithmeticError):
    """Deciding would take more than it may: too many digits, or none that settle it."""


class UndefinedError(ArithmeticError):
    """No finite value here: a division by zero, a limit that nobody took."""


class OutsideDomainError(UndefinedError):
    """No real value here: a root or a logarithm of a negative number."""


@dataclass(slots=True)
class ArithmeticLimits:
    """Bits of a number and of an exponent, the largest factorial, and digits of what is not exact."""

    bits: int = 1 << 15
    factorial: int = 2100
    digits: int = 1400


ARITHMETIC_LIMITS = ArithmeticLimits()
"""What this process may spend; a worker, whose calls are bounded from outside, gives itself more.
"""


def raise_limits() -> None:
    """Let this process spend what only a deadline can bound."""
    ARITHMETIC_LIMITS.bits = 1 << 20
    ARITHMETIC_LIMITS.factorial = 20_000
    ARITHMETIC_LIMITS.digits = 20_000


Value = Any  # Fraction where it is exact, else an mpf or mpc of mpmath
Point = dict[str, Fraction]


def symbols(node: Node) -> frozenset[str]:
    """The letters of a formula that stand for values."""
    own = {_label(node)} if node.head in ("symbol", "name", "named") else set()
    return frozenset(own).union(*(symbols(part) for part in node.parts))


def _label(node: Node) -> str:
    """What tells one letter or named thing from another; a segment is the same from either end."""
    if node.head != "named":
        return node.value
    kind, letters = node.value
    return f"{kind} {min(letters, letters[::-1]) if kind in TURNABLE else letters}"


def name_hash(text: str) -> int:
    return zlib.crc32(text.encode())


class Arithmetic:
    """Values of formulas with so many digits, at one point. `strict` keeps roots of negative
    numbers (complex).
    """

    def __init__(self, digits: int, point: Point, *, strict: bool) -> None:
        self.digits = digits
        self.point = point
        self.strict = strict
        self.largest = 0
        self.smallest = 0

    @property
    def mp(self) -> Any:
        return _context(self.digits)

    def spread(self, other: "Arithmetic") -> None:
        self.largest = max(self.largest, other.largest)
        self.smallest = min(self.smallest, other.smallest)

    def needed_digits(self) -> int:
        """Digits that hold the largest and the smallest value met, with some to spare."""
        return int((self.largest - self.smallest) * 0.30103) + _GUARD

    def is_noise(self, gap: Value) -> bool:
        size = self.mp.mag(gap)
        return size < self.largest - (self.digits - 12) * 3.3219

    def is_plain(self, gap: Value) -> bool:
        """Whether a gap is far beyond what rounding can do."""
        return gap != 0 and self.mp.mag(gap) > self.largest - self.digits

    def difference(self, left: Value, right: Value) -> Value:
        return self.inexact(left) - self.inexact(right)

    def inexact(self, value: Value) -> Value:
        if isinstance(value, Fraction):
            return self.mp.mpf(value.numerator) / value.denominator
        return value

    def value(self, node: Node) -> Value:
        method = getattr(self, "_" + node.head, None)
        if method is None:
            raise UndefinedError(f"{node.head} has no value")
        return self.noted(method(node))

    def noted(self, value: Value) -> Value:
        """The value, after its size has been noted; refuses what is not finite or has too many
        digits.
        """
        if isinstance(value, Fraction):
            if not value:
                return value

            top = value.numerator.bit_length()
            bottom = value.denominator.bit_length()
            if max(top, bottom) > ARITHMETIC_LIMITS.bits:
                raise TooLargeError("too many digits")

            size = top - bottom
        else:
            if not self.mp.isfinite(value):
                raise UndefinedError("no finite value")
            if value == 0:
                return value

            size = int(self.mp.mag(value))
            if abs(size) > ARITHMETIC_LIMITS.bits:
                raise TooLargeError("too large a number")

        self.largest = max(self.largest, size)
        self.smallest = min(self.smallest, size)
        return value

    def times(self, a: Value, b: Value) -> Value:
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return a * b
        return self.inexact(a) * self.inexact(b)

    # One method for each head of a tree

    def _number(self, node: Node) -> Value:
        return node.value[0]

    def _symbol(self, node: Node) -> Value:
        return self.point[_label(node)]

    _name = _named = _symbol

    def _constant(self, node: Node) -> Value:
        match node.value:
            case "pi":
                return +self.mp.pi
            case "e":
                return +self.mp.e
            case "i":
                return self.mp.mpc(0, 1)

        raise UndefinedError(f"{node.value} is no number")

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

    def vanishes(self, value: Value) -> bool:
        return value == 0 or (
            not isinstance(value, Fraction) and self.mp.mag(value) < 40 - self.digits * 3.3219
        )

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

        if not self.strict and _real(base) < 0:
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
            raise UndefinedError("a root that is no whole number")
        if index.denominator != 1 or not 1 < index <= 64:
            return self.power(radicand, 1 / index)

        return self.rooted(radicand, int(index))

    def rooted(self, value: Value, index: int) -> Value:
        """The real root where there is one, else the principal one."""
        if isinstance(value, Fraction):
            negative = value < 0
            if not negative or index % 2:
                top = _whole_root(abs(value.numerator), index)
                bottom = _whole_root(value.denominator, index)
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
            raise UndefinedError("a factorial of what is no whole number")

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
        if value == 0 or (not self.strict and _real(value) < 0):
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

        exact = _whole_logarithm(values[0], base)
        return exact if exact is not None else above / below

    def several(self, name: str, values: list[Value]) -> Value:
        if len(values) < 2:
            raise UndefinedError(f"{name} of one value")

        if name in ("max", "min"):
            if not all(isinstance(value, Fraction) for value in values):
                raise UndefinedError("a choice among values that are not exact")
            return max(values) if name == "max" else min(values)

        if not all(isinstance(value, Fraction) and value.denominator == 1 for value in values):
            raise UndefinedError(f"{name} of what is no whole number")

        numbers = [int(value) for value in values]
        return Fraction(_whole_function(name, numbers))

    def rounded(self, name: str, value: Value) -> Value:
        if not isinstance(value, Fraction):
            nearest = self.mp.nint(value.real)
            if value.imag != 0 or self.vanishes(value - nearest):
                raise UndefinedError("a step at what may be a whole number")
            value = as_fraction(value)
        return Fraction(value.__floor__() if name == "floor" else value.__ceil__())


@lru_cache(maxsize=32)
def _context(digits: int) -> Any:
    from mpmath import MPContext  # here: most answers never need it

    context = MPContext()
    context.dps = digits
    return context


def _real(value: Value) -> Value:
    """The value where it is real, else 0."""
    if isinstance(value, Fraction):
        return value
    return value.real if value.imag == 0 else 0


def as_fraction(value: Value) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if value.imag != 0:
        raise UndefinedError("no real number")

    sign, mantissa, exponent, _ = value.real._mpf_
    if abs(exponent) > ARITHMETIC_LIMITS.bits:
        raise TooLargeError("too large a number")

    number = Fraction(int(mantissa)) * Fraction(2) ** exponent
    return -number if sign else number


def _whole_root(number: int, index: int) -> int | None:
    """The whole number whose power it is, or None."""
    if index == 2:
        root = math.isqrt(number)
    elif number.bit_length() <= 1000:
        root = round(number ** (1 / index))
        root = min((root - 1, root, root + 1), key=lambda near: abs(near**index - number))
    else:
        return None

    return root if root**index == number else None


def _whole_logarithm(value: Value, base: Value) -> Fraction | None:
    """The whole power of the base that the value is, or None."""
    if not (isinstance(value, Fraction) and isinstance(base, Fraction)) or min(value, base) <= 0:
        return None
    exponent = round(_size(value) / _size(base))
    return Fraction(exponent) if base**exponent == value else None


def _size(value: Fraction) -> float:
    """The logarithm of a positive fraction of any size."""
    return math.log(value.numerator) - math.log(value.denominator)


def _whole_function(name: str, numbers: list[int]) -> int:
    if name == "binomial":
        if len(numbers) != 2 or numbers[1] < 0:
            raise UndefinedError("a binomial coefficient of something else")
        if numbers[0] < 0:
            raise UndefinedError("a binomial coefficient below zero")
        if min(numbers[1], numbers[0] - numbers[1]) > ARITHMETIC_LIMITS.factorial:
            raise TooLargeError("too large a binomial coefficient")

        return math.comb(*numbers)

    return math.gcd(*numbers) if name == "gcd" else math.lcm(*numbers)
