"""How much one process may compute for a value, and the errors when it has none."""

from dataclasses import dataclass


class TooLargeError(ArithmeticError):
    """Deciding would take more than it may: too many digits, or none that settle it."""


class UndefinedError(ArithmeticError):
    """No finite value here: a division by zero, a limit that nobody took."""


class OutsideDomainError(UndefinedError):
    """No real value here: a root or a logarithm of a negative number."""


@dataclass(slots=True)
class ArithmeticLimits:
    """Bits of a number or an exponent, the largest factorial, and digits of inexact values."""

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
