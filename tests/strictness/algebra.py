"""Exact equality of expressions.

A value becomes a quotient of two polynomials with rational coefficients in its names, in the square
roots of primes and in opaque calls; quotients are compared by cross multiplication, so nothing is
rounded. Opaque calls are equal where their arguments are; where two values differ only by such
calls, they are also tried at some points in floating point, and a pair that agrees there is left
open (None).
"""

import math
from fractions import Fraction
from random import Random
from typing import Any

from strictness import expressions as ex

Monomial = tuple[tuple[Any, int], ...]
Polynomial = dict[Monomial, Fraction]
Rational = tuple[Polynomial, Polynomial]

ONE: Polynomial = {(): Fraction(1)}
LARGEST_POWER = 8
"""Of a polynomial; numbers may have any power."""


class TooLargeError(Exception):
    """The polynomial would have too many terms."""


def same(truth: ex.Expression, said: ex.Expression) -> bool | None:
    """Whether two expressions mean the same; None where that is not sure."""
    try:
        return _same(truth, said)
    except (TooLargeError, ZeroDivisionError):
        return None


def _same(truth: ex.Expression, said: ex.Expression) -> bool | None:
    if isinstance(truth, ex.VALUES) and isinstance(said, ex.VALUES):
        return same_value(truth, said)
    if type(truth) is not type(said):
        return _same_across(truth, said)

    match truth, said:
        case (ex.Tuple(a), ex.Tuple(b)):
            return _all_same(a, b)
        case (ex.Matrix(a), ex.Matrix(b)):
            if [len(row) for row in a] != [len(row) for row in b]:
                return False
            return _all_same(sum(a, ()), sum(b, ()))
        case (ex.Interval(), ex.Interval()):
            closed = (truth.low_closed, truth.high_closed) == (said.low_closed, said.high_closed)
            return closed and _all_same((truth.low, truth.high), (said.low, said.high))
        case (ex.SetOf(a), ex.SetOf(b)):
            return _same_sets(a, b)
        case (ex.System(a), ex.System(b)):
            return dict(a).keys() == dict(b).keys() and _all_same(
                tuple(v for _, v in sorted(a)), tuple(v for _, v in sorted(b))
            )
        case (ex.Relation(), ex.Relation()):
            return _same_relations(truth, said)
        case (ex.Where(a), ex.Where(b)):
            return _same(a, b)
        case (ex.Joined(), ex.Joined()):
            return _same_joined(truth, said)
        case (ex.Sequence(), ex.Sequence()):
            last = _all_same(*((end,) if end else () for end in (truth.last, said.last)))
            return _both(_all_same(truth.terms, said.terms), last)
        case (ex.PlusMinus(), ex.PlusMinus()):
            center = [side.center or ex.Int(0) for side in (truth, said)]
            return _both(same_value(*center), same_value(truth.offset, said.offset))
        case (ex.Marked(), ex.Marked()):
            return truth.mark == said.mark and same_value(truth.value, said.value)
        case (ex.Figure(), ex.Figure()):
            return _same_figures(truth, said)
        case (ex.Ratio(a), ex.Ratio(b)):
            return _lowest(a) == _lowest(b)
    return truth == said


def _same_relations(truth: ex.Relation, said: ex.Relation) -> bool | None:
    """Side by side; equations that are multiples of each other are left open."""
    sides = _all_same((truth.left, truth.right), (said.left, said.right))
    if truth.sign != said.sign or truth.sign != "=" or sides is not False:
        return truth.sign == said.sign and sides

    expected, meant = (
        rational(ex.Sum((relation.left, ex.Negative(relation.right)))) for relation in (truth, said)
    )
    top, bottom = _divided(meant, expected)
    ratios = {top.get(monomial, 0) / factor for monomial, factor in bottom.items()}
    return None if len(ratios) == 1 and top.keys() == bottom.keys() else False


def _same_joined(truth: ex.Joined, said: ex.Joined) -> bool | None:
    if truth.sign != said.sign:
        return False
    sides = (truth.left, truth.right, said.left, said.right)
    if truth.sign == "\\cup" and all(isinstance(side, ex.Interval) for side in sides):
        points = [Fraction(quarter, 4) for quarter in range(-200, 201)]
        return all(_in_union(truth, point) == _in_union(said, point) for point in points)

    same = _both(_same(truth.left, said.left), _same(truth.right, said.right))
    if truth.sign in ("\\to", "\\setminus"):
        return same
    swapped = _both(_same(truth.left, said.right), _same(truth.right, said.left))
    return same or swapped


def _in_union(union: ex.Joined, point: Fraction) -> bool:
    """Whether a point is in one of two intervals whose ends are whole numbers."""
    for side in (union.left, union.right):
        assert isinstance(side, ex.Interval)
        low = _end(side.low)
        high = _end(side.high)
        if (
            low < point < high
            or (point == low and side.low_closed)
            or (point == high and side.high_closed)
        ):
            return True
    return False


_ENDLESS = {"\\infty": Fraction(10**9), "-\\infty": Fraction(-(10**9))}


def _end(value: ex.Value) -> Fraction:
    number = _ENDLESS[value.name] if isinstance(value, ex.Name) else _number(value)
    assert number is not None
    return number


def _same_figures(truth: ex.Figure, said: ex.Figure) -> bool | None:
    """The angle ABC is CBA; whether a triangle's order matters is left open."""
    if truth.kind != said.kind:
        return False
    if truth.kind == "triangle" and sorted(truth.points) == sorted(said.points):
        return True if truth.points == said.points else None
    return said.points in (truth.points, truth.points[::-1])


def _lowest(terms: tuple[int, ...]) -> tuple[int, ...]:
    divisor = math.gcd(*terms)
    return tuple(term // divisor for term in terms)


def _same_across(truth: ex.Expression, said: ex.Expression) -> bool | None:
    """Expressions of two sorts: a set of one or a name with its value may mean the value, the rest
    does not.
    """
    singles = [_single(truth), _single(said)]
    if singles[0] is not None and singles[1] is not None:
        return None if same_value(*singles) is not False else False
    return False


def _single(expression: ex.Expression) -> ex.Value | None:
    match expression:
        case ex.SetOf((only,)) | ex.System(((_, only),)) | ex.Tuple((only,)) | ex.Marked(only):
            return only
        case ex.Relation("=", ex.Name(), right):
            return right
    return expression if isinstance(expression, ex.VALUES) else None


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _all_same(a: tuple[ex.Value, ...], b: tuple[ex.Value, ...]) -> bool | None:
    if len(a) != len(b):
        return False
    verdict: bool | None = True
    for left, right in zip(a, b, strict=True):
        verdict = _both(verdict, same_value(left, right))
    return verdict


def _same_sets(a: tuple[ex.Value, ...], b: tuple[ex.Value, ...]) -> bool | None:
    table = [[same_value(left, right) for right in b] for left in a]
    if any(verdict is None for row in table for verdict in row):
        return None
    return all(any(row) for row in table) and all(
        any(column) for column in zip(*table, strict=True)
    )


# Values
# -------------------------------------------------------------------------------------------------


def same_value(a: ex.Value, b: ex.Value) -> bool | None:
    """Equality of two values by cross multiplication."""
    top_a, bottom_a = rational(a)
    top_b, bottom_b = rational(b)
    if multiplied(top_a, bottom_b) == multiplied(top_b, bottom_a):
        return True
    if _has_calls(a) or _has_calls(b):
        return None if _agree_at_points(a, b) else False
    return False


def rational(value: ex.Value) -> Rational:
    """The quotient of two polynomials that `value` is."""
    match value:
        case ex.Int(number):
            return _constant(Fraction(number)), ONE
        case ex.Decimal(number):
            return _constant(number), ONE
        case ex.Repeating():
            return _constant(repeating_value(value)), ONE
        case ex.Name(name):
            return {((name, 1),): Fraction(1)}, ONE
        case ex.Negative(term):
            top, bottom = rational(term)
            return {monomial: -factor for monomial, factor in top.items()}, bottom
        case ex.Sum(terms):
            return _sum(terms)
        case ex.Product(factors):
            return _product(factors)
        case ex.Quotient(top, bottom):
            return _divided(rational(top), rational(bottom))
        case ex.Root(radicand):
            return _root(radicand)
        case ex.Power(base, exponent):
            return _power(base, exponent)
        case ex.Call(function, argument):
            return _call(function, argument)


def repeating_value(number: ex.Repeating) -> Fraction:
    shift = 10 ** len(number.fixed)
    nines = 10 ** len(number.period) - 1
    fixed = Fraction(int(number.fixed or "0"), shift)
    return number.whole + fixed + Fraction(int(number.period), nines * shift)


def _constant(number: Fraction) -> Polynomial:
    return {(): number} if number else {}


def _sum(terms: tuple[ex.Value, ...]) -> Rational:
    top, bottom = rational(terms[0])
    for term in terms[1:]:
        other_top, other_bottom = rational(term)
        top = added(multiplied(top, other_bottom), multiplied(other_top, bottom))
        bottom = multiplied(bottom, other_bottom)
    return top, bottom


def _product(factors: tuple[ex.Value, ...]) -> Rational:
    top, bottom = rational(factors[0])
    for factor in factors[1:]:
        other_top, other_bottom = rational(factor)
        top = multiplied(top, other_top)
        bottom = multiplied(bottom, other_bottom)
    return top, bottom


def _divided(a: Rational, b: Rational) -> Rational:
    if not b[0]:
        raise ZeroDivisionError
    return multiplied(a[0], b[1]), multiplied(a[1], b[0])


def _number(value: ex.Value) -> Fraction | None:
    top, bottom = rational(value)
    if set(top) <= {()} and set(bottom) == {()}:
        return top.get((), Fraction(0)) / bottom[()]
    return None


def _root(radicand: ex.Value) -> Rational:
    number = _number(radicand)
    if number is None or number < 0:
        return {((("root", _key(radicand)), 1),): Fraction(1)}, ONE

    factor = Fraction(1, number.denominator)
    atoms = []
    for prime, power in _primes(number.numerator * number.denominator).items():
        factor *= prime ** (power // 2)
        if power % 2:
            atoms.append((("root of a prime", prime), 1))
    return ({tuple(sorted(atoms, key=repr)): factor} if number else {}), ONE


def _primes(number: int) -> dict[int, int]:
    found: dict[int, int] = {}
    prime = 2
    while number > 1:
        while number % prime == 0:
            found[prime] = found.get(prime, 0) + 1
            number //= prime
        prime += 1
        if prime > 10_000:
            raise TooLargeError
    return found


def _power(base: ex.Value, exponent: ex.Value) -> Rational:
    power = _number(exponent)
    if power is None or power.denominator != 1:
        return {((("power", _key(base), _key(exponent)), 1),): Fraction(1)}, ONE

    number = _number(base)
    if number is not None:
        return _constant(number ** int(power)), ONE
    if abs(power) > LARGEST_POWER:
        if isinstance(base, ex.Name):
            atom: Polynomial = {((base.name, int(abs(power))),): Fraction(1)}
            return (atom, ONE) if power > 0 else (ONE, atom)
        raise TooLargeError

    top, bottom = _product((base,) * int(abs(power))) if power else (ONE, ONE)
    return (top, bottom) if power > 0 else _divided((ONE, ONE), (top, bottom))


def _call(function: str, argument: ex.Value) -> Rational:
    number = _number(argument)
    if function == "factorial" and number is not None and number.denominator == 1 and number >= 0:
        return _constant(Fraction(math.factorial(int(number)))), ONE
    if function == "abs" and number is not None:
        return _constant(abs(number)), ONE
    return {((("call", function, _key(argument)), 1),): Fraction(1)}, ONE


def _key(value: ex.Value) -> str:
    """The same text for equal polynomials."""
    top, bottom = rational(value)
    if set(bottom) == {()}:
        top = {monomial: factor / bottom[()] for monomial, factor in top.items()}
        bottom = ONE
    return repr((sorted(top.items(), key=repr), sorted(bottom.items(), key=repr)))


def added(a: Polynomial, b: Polynomial) -> Polynomial:
    total = dict(a)
    for monomial, factor in b.items():
        total[monomial] = total.get(monomial, Fraction(0)) + factor
    return {monomial: factor for monomial, factor in total.items() if factor}


def multiplied(a: Polynomial, b: Polynomial) -> Polynomial:
    if len(a) * len(b) > 4000:
        raise TooLargeError
    total: Polynomial = {}
    for left, left_factor in a.items():
        for right, right_factor in b.items():
            monomial, factor = _joined(left, right)
            total[monomial] = total.get(monomial, Fraction(0)) + left_factor * right_factor * factor
    return {monomial: factor for monomial, factor in total.items() if factor}


def _joined(left: Monomial, right: Monomial) -> tuple[Monomial, int]:
    """The product of two monomials; the square of a root becomes a factor."""
    powers = dict(left)
    for atom, power in right:
        powers[atom] = powers.get(atom, 0) + power

    factor = 1
    for atom, power in list(powers.items()):
        if isinstance(atom, tuple) and atom[0] == "root of a prime":
            factor *= atom[1] ** (power // 2)
            powers[atom] = power % 2
    return tuple(sorted(((a, p) for a, p in powers.items() if p), key=repr)), factor


# Values in floating point, for calls only
# ---------------------------------------------------------------

_FUNCTIONS = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "ln": math.log,
    "arcsin": math.asin,
    "arccos": math.acos,
    "arctan": math.atan,
    "abs": abs,
    "log_2": math.log2,
    "log_3": lambda x: math.log(x, 3),
}


def _has_calls(value: ex.Value) -> bool:
    """Whether a name, a root of more than a number or a call makes the normal form incomplete."""
    match value:
        case ex.Call(function, argument):
            return function != "factorial" or _has_calls(argument)
        case ex.Root(radicand):
            return not isinstance(radicand, ex.Int)
        case ex.Power(base, exponent):
            return not isinstance(exponent, ex.Int) or _has_calls(base)
        case ex.Negative(term):
            return _has_calls(term)
        case ex.Sum(parts) | ex.Product(parts):
            return any(_has_calls(part) for part in parts)
        case ex.Quotient(top, bottom):
            return _has_calls(top) or _has_calls(bottom)
    return False


def _agree_at_points(a: ex.Value, b: ex.Value) -> bool:
    """Whether no point that was tried tells them apart."""
    rng = Random(0)
    for _ in range(12):
        point = {"pi": math.pi, "e": math.e}
        names = "abcdfghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        point.update({name: rng.uniform(0.1, 0.9) for name in names})
        try:
            first = at_point(a, point)
            second = at_point(b, point)
        except (ValueError, ZeroDivisionError, OverflowError, TypeError, KeyError):
            continue
        if abs(first - second) > 1e-7 * max(1.0, abs(first)):
            return False
    return True


def at_point(value: ex.Value, point: dict[str, float]) -> float:
    """The value in floating point where the names have the values of `point`."""
    match value:
        case ex.Int(number):
            return float(number)
        case ex.Decimal(number):
            return float(number)
        case ex.Repeating():
            return float(repeating_value(value))
        case ex.Name(name):
            return point[name]
        case ex.Negative(term):
            return -at_point(term, point)
        case ex.Sum(terms):
            return sum(at_point(term, point) for term in terms)
        case ex.Product(factors):
            return math.prod(at_point(factor, point) for factor in factors)
        case ex.Quotient(top, bottom):
            return at_point(top, point) / at_point(bottom, point)
        case ex.Power(base, exponent):
            return math.pow(at_point(base, point), at_point(exponent, point))
        case ex.Root(radicand):
            return math.sqrt(at_point(radicand, point))
        case ex.Call("factorial", argument):
            return math.gamma(at_point(argument, point) + 1)
        case ex.Call(function, argument):
            return _FUNCTIONS[function](at_point(argument, point))
