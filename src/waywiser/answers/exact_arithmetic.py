"""Whole roots, logarithms and combinations: the results that need no rounding."""

import math
from fractions import Fraction
from typing import Any

from waywiser.answers.arithmetic_limits import ARITHMETIC_LIMITS, TooLargeError, UndefinedError

Value = Any  # Fraction where it is exact, else an mpf or mpc of mpmath


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


def real_or_zero(value: Value) -> Value:
    """The value where it is real, else 0."""
    if isinstance(value, Fraction):
        return value
    return value.real if value.imag == 0 else 0


def whole_root(number: int, index: int) -> int | None:
    """The whole number whose power it is, or None."""
    if index == 2:
        root = math.isqrt(number)
    elif number.bit_length() <= 1000:
        root = round(number ** (1 / index))
        root = min((root - 1, root, root + 1), key=lambda near: abs(near**index - number))
    else:
        return None

    return root if root**index == number else None


def whole_logarithm(value: Value, base: Value) -> Fraction | None:
    """The whole power of the base that the value is, or None."""
    if not (isinstance(value, Fraction) and isinstance(base, Fraction)) or min(value, base) <= 0:
        return None
    exponent = round(_size(value) / _size(base))
    return Fraction(exponent) if base**exponent == value else None


def _size(value: Fraction) -> float:
    """The logarithm of a positive fraction of any size."""
    return math.log(value.numerator) - math.log(value.denominator)


def whole_function(name: str, numbers: list[int]) -> int:
    if name == "binomial":
        if len(numbers) != 2 or numbers[1] < 0:
            raise UndefinedError("a binomial coefficient of something else")
        if numbers[0] < 0:
            raise UndefinedError("a binomial coefficient below zero")
        if min(numbers[1], numbers[0] - numbers[1]) > ARITHMETIC_LIMITS.factorial:
            raise TooLargeError("too large a binomial coefficient")

        return math.comb(*numbers)

    return math.gcd(*numbers) if name == "gcd" else math.lcm(*numbers)
