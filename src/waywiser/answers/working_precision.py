"""Numbers of a set precision that record their size, so that rounding noise can be recognized."""

from fractions import Fraction
from functools import lru_cache
from typing import Any

from waywiser.answers.arithmetic_limits import ARITHMETIC_LIMITS, TooLargeError, UndefinedError
from waywiser.answers.exact_arithmetic import Value

_GUARD = 25


class WorkingPrecision:
    """Decimal digits for inexact values, and the binary sizes of the values met so far."""

    def __init__(self, digits: int) -> None:
        self.digits = digits
        self.largest = 0
        self.smallest = 0

    @property
    def mp(self) -> Any:
        return _context(self.digits)

    def spread(self, other: "WorkingPrecision") -> None:
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

    def vanishes(self, value: Value) -> bool:
        return value == 0 or (
            not isinstance(value, Fraction) and self.mp.mag(value) < 40 - self.digits * 3.3219
        )


@lru_cache(maxsize=32)
def _context(digits: int) -> Any:
    from mpmath import MPContext  # here: most answers never need it

    context = MPContext()
    context.dps = digits
    return context
