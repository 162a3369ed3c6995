"""Whether formulas are equal for every value of their letters, and whether a decimal stands for a
value.

Rational arithmetic is exact. Roots, logarithms, pi and so on are computed with as many digits as
the numbers in play are apart, twice, so that a tiny difference is told from rounding. Letters take
several values; formulas that agree at all of them are the same.
"""

from collections.abc import Callable
from fractions import Fraction

from waywiser.answers.arithmetic import Arithmetic, Point, name_hash
from waywiser.answers.arithmetic_limits import (
    ARITHMETIC_LIMITS,
    OutsideDomainError,
    TooLargeError,
    UndefinedError,
)
from waywiser.answers.exact_arithmetic import Value, as_fraction
from waywiser.answers.formula_tree import Node, symbols

_FIRST_DIGITS = 40
_ROUNDED = Fraction(1001, 1000)
_NUM_POINTS = 7
_MIN_POINTS = 3
_MAX_POINTS = 24
_SIX_DIGITS = 6


def are_values_equal(a: Node, b: Node) -> bool:
    """Whether two formulas have equal values.

    Raises TooLargeError or UndefinedError if that cannot be decided.
    """
    names = sorted(symbols(a) | symbols(b))
    if not names:
        return _agree(a, b, {}, strict=True)
    return _agree_everywhere(names, lambda point: _agree(a, b, point, strict=False))


def constant_ratio(a: Node, b: Node) -> Fraction | int | None:
    """The sign of the constant that `a` is times `b`: 1 or -1, None where their ratio is no
    constant.
    """
    names = sorted(symbols(a) | symbols(b))
    anchors: list[tuple[Point, int]] = []

    def agree(point: Point) -> bool:
        sign = _sign_of_ratio(a, b, point)
        if sign == 0:
            raise UndefinedError("both are zero here")
        if not anchors:
            anchors.append((point, sign))
            return True

        return sign == anchors[0][1] and _agree_crosswise(a, b, point, anchors[0][0])

    return anchors[0][1] if _agree_everywhere(names, agree) and anchors else None


def is_approximation(text: str, value: Node) -> bool:
    """Whether a decimal of six or more significant digits is the value, rounded or cut off at its
    last digit.

    It is also within a millionth of the value. A whole number is only itself: 2.0000001 is not 2.
    """
    written = Fraction(text)
    if symbols(value):
        return False

    exact = Arithmetic(60, {}, strict=True).value(value)
    if exact == written:
        return True

    significant = len(text.replace(".", "").replace("-", "").lstrip("0"))
    if significant < _SIX_DIGITS or (isinstance(exact, Fraction) and exact.denominator == 1):
        return False

    precise = as_fraction(exact)
    step = Fraction(1, 10 ** len(text.partition(".")[2]))
    beyond = precise - written if written >= 0 else written - precise
    is_shortened = 0 <= beyond < step or abs(beyond) * 2 <= step

    return is_shortened and abs(beyond) * 10**_SIX_DIGITS <= abs(precise)


def is_within(a: Node, b: Node, tolerance: float) -> bool:
    """Whether two numbers differ by no more than the tolerance."""
    if symbols(a) or symbols(b):
        return False
    left, right = (Arithmetic(60, {}, strict=True).value(node) for node in (a, b))
    return abs(as_fraction(left) - as_fraction(right)) <= Fraction(tolerance) * _ROUNDED


def _agree_everywhere(names: list[str], agree: Callable[[Point], bool]) -> bool:
    """Agreement at enough points: small or whole ones if the formulas lack values elsewhere."""
    too_large: TooLargeError | None = None

    for points in (_points(names), _small_points(names), _whole_points(names)):
        agreed = 0

        for point in points:
            try:
                if not agree(point):
                    return False

                agreed += 1
                if agreed == _NUM_POINTS:
                    return True
            except UndefinedError:
                continue
            except TooLargeError as error:
                too_large = error

        if agreed >= _MIN_POINTS:
            return True

    raise too_large or UndefinedError("no value for any of the letters")


def _points(names: list[str]) -> list[Point]:
    """Values that nobody would choose, of both signs, the same for a name wherever it stands."""
    return [{name: _chosen(name, turn) for name in names} for turn in range(_MAX_POINTS)]


# Values near zero and far from it too: |x - 5| is 5 - x for all small x.
_SCALES = (Fraction(1), Fraction(1, 11), Fraction(43), Fraction(7), Fraction(1601, 3))


def _chosen(name: str, turn: int) -> Fraction:
    mixed = name_hash(f"{name}/{turn}")
    size = Fraction(mixed % 9973 + 2003, 4001) * _SCALES[(turn + mixed // 7919) % len(_SCALES)]
    return -size if turn >= 3 and (mixed >> 16) % 2 else size


def _small_points(names: list[str]) -> list[Point]:
    """Values between 0 and 1, for arcsin x."""
    return [{name: _chosen(name, turn) ** 2 % 1 for name in names} for turn in range(_NUM_POINTS)]


def _whole_points(names: list[str]) -> list[Point]:
    return [
        {name: Fraction(name_hash(f"{name}:{turn}") % 9 + turn) for name in names}
        for turn in range(1, 9)
    ]


def _agree(a: Node, b: Node, point: Point, *, strict: bool) -> bool:
    """Agreement at one point; one with |x| differs from one without a value for negative x."""
    if not strict and _has_abs(a) != _has_abs(b) and _is_outside(a, point) != _is_outside(b, point):
        return False
    return _settled(
        lambda arithmetic: (arithmetic.value(a), arithmetic.value(b)), point, strict=strict
    )


def _has_abs(node: Node) -> bool:
    return (node.head, node.value) == ("call", "abs") or any(map(_has_abs, node.parts))


def _is_outside(node: Node, point: Point) -> bool:
    try:
        Arithmetic(_FIRST_DIGITS, point, strict=False).value(node)
    except OutsideDomainError:
        return True
    except (UndefinedError, TooLargeError):
        return False

    return False


def _agree_crosswise(a: Node, b: Node, here: Point, there: Point) -> bool:
    """Whether a : b is the same at two points."""

    def both(arithmetic: Arithmetic) -> tuple[Value, Value]:
        other = Arithmetic(arithmetic.digits, there, strict=False)
        left = arithmetic.times(arithmetic.value(a), other.value(b))
        right = arithmetic.times(arithmetic.value(b), other.value(a))
        arithmetic.spread(other)
        return left, right

    return _settled(both, here, strict=False)


def _sign_of_ratio(a: Node, b: Node, point: Point) -> int:
    """1 or -1, or 0 where one of them is zero."""
    arithmetic = Arithmetic(60, point, strict=False)
    left = arithmetic.value(a)
    right = arithmetic.value(b)
    for value in (left, right):
        if not isinstance(value, Fraction) and value.imag != 0:
            raise UndefinedError("no real number")

    left, right = (value if isinstance(value, Fraction) else value.real for value in (left, right))
    return (left > 0) - (left < 0) if right > 0 else (left < 0) - (left > 0) if right < 0 else 0


def _settled(
    pair: Callable[[Arithmetic], tuple[Value, Value]], point: Point, *, strict: bool
) -> bool:
    """Equal or not, with more digits until that is beyond doubt.

    A gap that is large, or stays what it is with twice the digits, is real. One that vanishes is
    none, if the digits could hold the largest and the smallest value met.
    """
    digits = _FIRST_DIGITS
    before = None

    while digits <= ARITHMETIC_LIMITS.digits:
        arithmetic = Arithmetic(digits, point, strict=strict)
        left, right = pair(arithmetic)
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return left == right

        gap = arithmetic.difference(left, right)
        if arithmetic.is_plain(gap) or (before and abs(gap - before) < abs(gap) / 1000):
            return False

        if arithmetic.needed_digits() > digits:
            digits = max(2 * digits, min(arithmetic.needed_digits(), ARITHMETIC_LIMITS.digits))
            before = gap
            continue

        if before is not None and (gap == 0 or arithmetic.is_noise(gap)):
            return True

        before = gap
        digits *= 2

    raise TooLargeError("more digits than are computed here")
