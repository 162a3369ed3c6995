"""Formulas as SymPy expressions, for the few comparisons that `values` leaves open. Only a bounded
worker does that.

Built from the tree, part by part: what SymPy compares is what was read.
"""

from typing import Any

import sympy

from waywiser.answers.formula import read_formula
from waywiser.answers.formula_tree import Node
from waywiser.answers.signs import UnreadableError

_CONSTANTS = {"pi": sympy.pi, "e": sympy.E, "i": sympy.I, "infinity": sympy.oo}
_FUNCTIONS = {
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "arctan": sympy.atan,
    "ln": sympy.log,
    "abs": sympy.Abs,
    "floor": sympy.floor,
    "ceil": sympy.ceiling,
    "binomial": sympy.binomial,
    "max": sympy.Max,
    "min": sympy.Min,
    "gcd": sympy.gcd,
    "lcm": sympy.lcm,
    "exp": sympy.exp,
    **{
        name: getattr(sympy, name)
        for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh")
    },
}


def equal_by_sympy(gold: str, text: str) -> bool | None:
    """Whether two expressions in LaTeX are equal as SymPy sees it; None where one of them is no
    plain value.
    """
    try:
        truth, said = (to_sympy(read_formula(latex)) for latex in (gold, text))
    except UnreadableError:
        return None

    if truth == said:
        return True

    return sympy.simplify(truth - said) == 0


def to_sympy(node: Node) -> Any:
    """The SymPy expression of a tree; raises UnreadableError where it has no value."""
    parts = [to_sympy(part) for part in node.parts]

    match node.head:
        case "number":
            return sympy.Rational(node.value[0].numerator, node.value[0].denominator)
        case "symbol" | "name" | "named":
            return sympy.Symbol(str(node.value))
        case "constant" if node.value in _CONSTANTS:
            return _CONSTANTS[node.value]
        case "bracket":
            return parts[0]
        case "negative":
            return -parts[0]
        case "percent":
            return parts[0] / 100
        case "degrees":
            return parts[0] * sympy.pi / 180
        case "sum":
            return sympy.Add(*parts)
        case "product":
            return sympy.Mul(*parts)
        case "quotient":
            return parts[0] / parts[1]
        case "power":
            return sympy.Pow(*parts)
        case "root":
            return sympy.root(*parts)
        case "factorial":
            return sympy.factorial(parts[0]) if node.value == 1 else _doubled_factorial(parts[0])
        case "apply":
            return sympy.Function(node.value)(*parts)
        case "call":
            return _call(node.value, parts)

    raise UnreadableError(f"{node.head} is no value")


def _call(name: str, parts: list[Any]) -> Any:
    if name == "lg":
        return sympy.log(parts[0], 10)
    if name == "log":
        return sympy.log(parts[0]) / sympy.log(
            parts[1] if len(parts) > 1 else sympy.Symbol("base of log")
        )

    return _FUNCTIONS[name](*parts)


def _doubled_factorial(number: Any) -> Any:
    """n!! is every second factor of n!, or the factorial of n!: unread unless they agree."""
    reading = sympy.factorial(sympy.factorial(number))
    other = sympy.factorial2(number)
    if reading != other:
        raise UnreadableError("n!! can be read in two ways")
    return reading
