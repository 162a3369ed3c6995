"""Operations of LaTeX as latex2sympy2 and Python compute them, and the error for no value."""

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from waywiser.evaluation.profiles.latex_tokens import TokenKind

_MAX_BITS = 100_000
FUNCTIONS: dict[str, Callable[[Any], float]] = {
    "\\sin": math.sin,
    "\\cos": math.cos,
    "\\tan": math.tan,
    "\\sinh": math.sinh,
    "\\cosh": math.cosh,
    "\\tanh": math.tanh,
    "\\arcsin": math.asin,
    "\\arccos": math.acos,
    "\\arctan": math.atan,
    **dict.fromkeys(("\\arsinh", "\\arcsinh"), math.asinh),
    **dict.fromkeys(("\\arcosh", "\\arccosh"), math.acosh),
    **dict.fromkeys(("\\artanh", "\\arctanh"), math.atanh),
}
INVERSES: dict[str, Callable[[Any], float]] = {
    "\\sin": math.asin,
    "\\cos": math.acos,
    "\\tan": math.atan,
    "\\sinh": math.asinh,
    "\\cosh": math.acosh,
    "\\tanh": math.atanh,
}
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    **dict.fromkeys(("\\le", "\\leq", "\\leqslant"), operator.le),
    **dict.fromkeys(("\\ge", "\\geq", "\\geqslant"), operator.ge),
}


class NoValueError(ValueError):
    """The library refuses the text, or its result has no value in Python."""


def number_value(kind: TokenKind, text: str) -> int | float:
    value = Fraction(text) / (100 if kind is TokenKind.PERCENT else 1)
    return value.numerator if value.denominator == 1 else value.numerator / value.denominator


def power(base: Any, exponent: Any) -> Any:
    if (
        isinstance(base, int)
        and isinstance(exponent, int)
        and base.bit_length() * exponent > _MAX_BITS
    ):
        raise NoValueError

    if exponent in (0.5, -0.5):
        return math.sqrt(base) ** (2 * exponent)
    return base**exponent


def factorial(value: Any) -> int:
    if not isinstance(value, int) or value > _MAX_BITS // 10:
        raise NoValueError
    return math.factorial(value)


def binomial(above: Any, below: Any) -> int:
    if not isinstance(above, int) or not isinstance(below, int) or not 0 <= above < _MAX_BITS:
        raise NoValueError
    return math.comb(above, below) if below >= 0 else 0


def exponential(value: Any) -> float:
    if value == 1:
        raise NoValueError  # the library writes E for it
    return math.exp(value)
