"""Expressions that are nearly the truth: a leaf, a sign, an operator, an order, a bracket or a name
changed.
"""

import dataclasses
from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random
from typing import Any

from strictness import expressions as ex
from strictness.algebra import at_point
from strictness.expression_families import PI, VARIABLES, E

Mutation = Callable[[Random, Any], ex.Expression | None]


# Trees: any node may be replaced
# --------------------------------------------------------------------------


def nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """All values in an expression with the path that leads there."""
    if isinstance(value, ex.VALUES):
        yield path, value
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from nodes(item, (*path, index))
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from nodes(getattr(value, field.name), (*path, field.name))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The expression with another value at a path."""
    if not path:
        return new
    step, *rest = path
    if isinstance(value, tuple):
        return tuple(replaced(v, tuple(rest), new) if n == step else v for n, v in enumerate(value))
    return dataclasses.replace(value, **{step: replaced(getattr(value, step), tuple(rest), new)})


def _at_some(rng: Random, value: Any, change: Callable[[Any], Any]) -> Any:
    """`change` at one of the nodes where it gives something."""
    places = list(nodes(value))
    rng.shuffle(places)
    for path, node in places:
        new = change(node)
        if new is not None:
            return replaced(value, path, new)
    return None


def other_number(rng: Random, value: Any) -> Any:
    """A number one or two off, or with a digit more."""

    def change(node: Any) -> Any:
        match node:
            case ex.Int(number):
                other = rng.choice((number + 1, number + 2, max(number - 1, 0), number * 10 + 1))
                return ex.Int(other)
            case ex.Repeating(whole, fixed, period):
                period = rng.choice((period + "1", str((int(period[0]) + 1) % 10) + period[1:]))
                return ex.Repeating(whole, fixed, period) if set(period) - {"0", "9"} else None
        return None

    return _at_some(rng, value, change)


def other_sign(rng: Random, value: Any) -> Any:
    def change(node: Any) -> Any:
        match node:
            case ex.Negative(term):
                return term
            case ex.Sum(terms):
                n = rng.randrange(len(terms))
                term = terms[n]
                turned = term.term if isinstance(term, ex.Negative) else ex.Negative(term)
                return ex.Sum((*terms[:n], turned, *terms[n + 1 :]))
            case ex.Int() | ex.Quotient() | ex.Root() if not isinstance(value, ex.Sum):
                return ex.Negative(node)
        return None

    return _at_some(rng, value, change)


def other_operator(rng: Random, value: Any) -> Any:
    def change(node: Any) -> Any:
        match node:
            case ex.Sum(terms):
                return ex.Product(terms)
            case ex.Product(factors):
                return rng.choice((ex.Sum(factors), ex.Quotient(factors[0], factors[-1])))
            case ex.Quotient(top, bottom):
                return rng.choice(
                    (ex.Quotient(bottom, top), ex.Product((top, bottom)), ex.Sum((top, bottom)))
                )
            case ex.Power(base, exponent):
                return rng.choice((ex.Power(exponent, base), ex.Product((exponent, base))))
            case ex.Root(radicand):
                return rng.choice((radicand, ex.Power(radicand, ex.Int(2))))
        return None

    return _at_some(rng, value, change)


_TWINS = {
    "sin": "cos",
    "cos": "sin",
    "tan": "sin",
    "arcsin": "arccos",
    "arctan": "arcsin",
    "ln": "sin",
}


def other_function(rng: Random, value: Any) -> Any:
    def change(node: Any) -> Any:
        match node:
            case ex.Power(ex.Call(function, argument), exponent):
                return ex.Call(function, ex.Power(argument, exponent))
            case ex.Call(function, argument):
                twin = _TWINS.get(function)
                return ex.Call(twin, argument) if twin and rng.random() < 0.6 else argument
        return None

    return _at_some(rng, value, change)


def other_name(rng: Random, value: Any) -> Any:
    def change(node: Any) -> Any:
        if not isinstance(node, ex.Name) or len(node.name) > 2 or node.name == "C":
            return None
        pool = (PI, E) if node in (PI, E) else VARIABLES
        return rng.choice([name for name in pool if name != node])

    return _at_some(rng, value, change)


def one_part_less(rng: Random, value: Any) -> Any:
    def change(node: Any) -> Any:
        match node:
            case ex.Sum(parts) | ex.Product(parts):
                n = rng.randrange(len(parts))
                kept = (*parts[:n], *parts[n + 1 :])
                return kept[0] if len(kept) == 1 else type(node)(kept)
        return None

    return _at_some(rng, value, change)


def one_part_more(rng: Random, value: Any) -> Any:
    if not isinstance(value, ex.VALUES):
        return None
    one = ex.Int(rng.choice((1, 2, 3)))
    return rng.choice(
        (
            ex.Sum((value, one)),
            ex.Sum((value, ex.Negative(one))),
            ex.Product((ex.Int(2), value)),
            ex.Sum((value, rng.choice(VARIABLES))),
            ex.Product((value, PI)),
        )
    )


def fragment(rng: Random, value: Any) -> Any:
    """A part of the expression alone; of 0.333... the whole number in front."""
    if isinstance(value, ex.Repeating):
        return ex.Int(value.whole)
    parts = [node for path, node in nodes(value) if path]
    parts = [part for part in parts if not (isinstance(part, ex.Name) and len(part.name) > 2)]
    return rng.choice(parts) if parts else None


def wrapped(rng: Random, value: Any) -> Any:
    """A root, a square, a reciprocal or a minus around all of it."""
    if not isinstance(value, ex.VALUES):
        return None
    return rng.choice(
        (
            ex.Root(value),
            ex.Power(value, ex.Int(2)),
            ex.Quotient(ex.Int(1), value),
            ex.Negative(value),
            ex.Quotient(value, ex.Int(2)),
            ex.Call("ln", value),
        )
    )


IRRATIONAL_TOLERANCE = 1e-5
"""A decimal so near to an irrational number is neither called right nor wrong."""


def rounded(rng: Random, value: Any) -> Any:
    """A decimal in place of an exact value."""
    if not isinstance(
        value, ex.Sum | ex.Product | ex.Quotient | ex.Root | ex.Repeating | ex.Negative
    ):
        return None
    try:
        number = at_point(value, {"pi": 3.141592653589793, "e": 2.718281828459045})
    except (KeyError, OverflowError, ValueError, ZeroDivisionError):
        return None
    if not 1e-3 < abs(number) < 1e6:
        return None
    text = f"{number:.{rng.choice((2, 3, 4))}f}"
    is_rational = not any(isinstance(node, ex.Root | ex.Name) for _, node in nodes(value))
    if not is_rational and abs(float(text) - number) < IRRATIONAL_TOLERANCE * abs(number):
        return None
    positive = ex.Decimal(abs(Fraction(text)))
    return ex.Negative(positive) if number < 0 else positive


# What is built from trees
# ---------------------------------------------------------------------------------


def of_structure(rng: Random, truth: Any) -> Any:
    """A change that belongs to the sort: an order, a bracket, a name, a base, a sign."""
    match truth:
        case ex.Tuple(items):
            return rng.choice(
                (ex.Tuple(_swapped(rng, items)), ex.Tuple((*items, ex.Int(1))), ex.Tuple(items[1:]))
            )
        case ex.Interval():
            return _other_interval(rng, truth)
        case ex.Joined(sign, left, right):
            return _other_joined(rng, sign, left, right)
        case ex.SetOf(items):
            more = ex.Int(rng.randint(20, 30))
            return rng.choice(
                (ex.SetOf(items[1:]), ex.SetOf((*items, more)), ex.SetOf((*items[1:], more)))
            )
        case ex.Where(relation):
            other = {"<": ">", ">": "<"}[relation.sign]
            return ex.Where(dataclasses.replace(relation, sign=other))
        case ex.System(values):
            return _other_system(rng, values)
        case ex.Relation(sign, left, right):
            signs = [s for s in ("<", ">", "\\le", "\\ge", "\\ne", "=") if s != sign]
            return ex.Relation(rng.choice(signs), left, right)
        case ex.Based(digits, base):
            others = [b for b in (3, 4, 5, 8, 9) if b != base and b > int(max(digits))]
            changed = str(int(digits[0]) % (base - 1) + 1) + digits[1:]
            longer = digits + "1"
            return rng.choice(
                (
                    ex.Based(digits, rng.choice(others)),
                    ex.Based(changed, base),
                    ex.Based(longer, base),
                )
            )
        case ex.Congruence(name, residue, modulus):
            other = rng.choice(
                (
                    ex.Congruence(name, residue, modulus + 2),
                    ex.Congruence(name, residue + 1, modulus),
                )
            )
            return other if other.residue < other.modulus else None
        case ex.Sequence(terms, last):
            return _other_sequence(rng, terms, last)
        case ex.Figure(kind, points):
            return _other_figure(rng, kind, points)
        case ex.PlusMinus(center, offset):
            one = ex.Sum((center, offset)) if center else offset
            return rng.choice(
                (one, ex.PlusMinus(center, ex.Sum((offset, ex.Int(1)))), ex.Negative(offset))
            )
        case ex.Matrix(rows):
            turned = ex.Matrix(tuple(zip(*rows, strict=True)))
            return rng.choice((turned, ex.Matrix(rows[::-1])))
        case ex.Ratio(terms):
            changed = (terms[0] + 1, *terms[1:])
            return rng.choice(
                (ex.Ratio(terms[::-1]), ex.Ratio(changed), ex.Ratio(tuple(t * t for t in terms)))
            )
        case ex.Marked(value, mark):
            others = {"\\%": ("^\\circ",), "^\\circ": ("'", "\\%")}[mark]
            return ex.Marked(value, rng.choice(others))
        case ex.Words(text):
            return ex.Words(rng.choice([w for w in _WORDS if w != text] + [f"not {text}"]))
    return None


_WORDS = ("yes", "no", "red", "blue", "even", "odd", "Monday", "Tuesday")


def _swapped(rng: Random, items: tuple[Any, ...]) -> tuple[Any, ...]:
    first, second = rng.sample(range(len(items)), 2)
    swapped = list(items)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    return tuple(swapped)


def _other_interval(rng: Random, truth: ex.Interval) -> ex.Expression:
    match rng.randrange(4):
        case 0:
            return dataclasses.replace(truth, low_closed=not truth.low_closed)
        case 1:
            return dataclasses.replace(truth, high_closed=not truth.high_closed)
        case 2:
            return dataclasses.replace(truth, high=ex.Name("\\infty"), high_closed=False)
        case _:
            return dataclasses.replace(truth, low=ex.Name("-\\infty"), low_closed=False)


def _other_joined(rng: Random, sign: str, left: Any, right: Any) -> ex.Expression | None:
    signs = (
        ("\\parallel", "\\perp")
        if sign in ("\\parallel", "\\perp")
        else ("\\cup", "\\cap", "\\setminus", "\\to")
    )
    match rng.randrange(3):
        case 0:
            return ex.Joined(rng.choice([s for s in signs if s != sign]), left, right)
        case 1:
            return ex.Joined(sign, right, left)
        case _:
            if isinstance(left, ex.Interval):
                return ex.Joined(sign, _other_interval(rng, left), right)
            return ex.Joined(sign, left, ex.Name("GH" if len(left.name) > 1 else "s"))


def _other_system(rng: Random, values: tuple[tuple[str, ex.Value], ...]) -> ex.Expression:
    names = tuple(name for name, _ in values)
    contents = tuple(value for _, value in values)
    match rng.randrange(4):
        case 0:
            return ex.System(tuple(zip(names, _swapped(rng, contents), strict=True)))
        case 1:
            return ex.System(values[1:])
        case 2:
            return ex.System((*values, ("w", ex.Int(3))))
        case _:
            return ex.System((("t", contents[0]), *values[1:]))


def _other_sequence(
    rng: Random, terms: tuple[ex.Value, ...], last: ex.Value | None
) -> ex.Expression:
    second = terms[1]
    assert isinstance(second, ex.Int)
    changed = (terms[0], ex.Int(second.value + rng.choice((1, 2))), *terms[2:])
    end = ex.Sum((ex.Product((ex.Int(2), ex.Name("n"))), ex.Negative(ex.Int(1))))
    return rng.choice(
        (ex.Sequence(changed, last), ex.Sequence(terms, end), ex.Sequence(changed, end))
    )


def _other_figure(rng: Random, kind: str, points: str) -> ex.Expression:
    kinds = [
        k
        for k in ("angle", "triangle", "overline")
        if k != kind and (k != "overline") == (len(points) == 3)
    ]
    ways = [ex.Figure(kind, points[1:] + "G"), ex.Figure(kind, points[1] + points[0] + points[2:])]
    ways += [ex.Figure(k, points) for k in kinds]
    return rng.choice(ways)


MUTATIONS: dict[str, Mutation] = {
    "number": other_number,
    "sign": other_sign,
    "operator": other_operator,
    "function": other_function,
    "name": other_name,
    "part less": one_part_less,
    "part more": one_part_more,
    "fragment": fragment,
    "wrapped": wrapped,
    "rounded": rounded,
    "structure": of_structure,
}
ON_STRUCTURES = ("number", "name", "fragment", "structure", "structure", "structure")
