"""Truths of kind integer and number, and how their statements are written."""

from fractions import Fraction
from random import Random

from strictness import numerals
from strictness.structures import (
    Amount,
    Compound,
    Function,
    Measure,
    Number,
    Operation,
    Qualified,
    Restated,
    Several,
    Statement,
    Symbol,
    Unit,
)
from strictness.units import QUESTION_UNITS

DEFAULT_TOLERANCE = Fraction(1, 20)
_TOLERANCES = (None, None, None, Fraction(1, 100), Fraction(1, 10))


def draw_integer(rng: Random) -> Fraction:
    """Counts mostly; some large, some negative."""
    size = rng.choice((10, 10, 30, 100, 1000, 20_000))
    sign = -1 if rng.random() < 0.1 else 1
    return Fraction(sign * rng.randint(0, size))


def draw_number(rng: Random) -> tuple[Measure, Fraction | None]:
    """A measure with a value of two or three digits, and the answer's own tolerance."""
    unit = None if rng.random() < 0.15 else rng.choice(QUESTION_UNITS)
    places = rng.choice((0, 1, 1, 2))
    value = Fraction(rng.randint(1, rng.choice((99, 999))), 10**places)
    if unit is None and rng.random() < 0.3:
        value = -value
    return Measure(Number(value), unit), rng.choice(_TOLERANCES)


def unit_forms(unit: Unit, one: bool) -> dict[str, tuple[str, ...]]:
    """The unit behind a number, with the space that belongs there, by form; `one`: for exactly 1."""
    space = "" if unit.name == "deg" else " "
    close = (
        () if unit.dimension in ("length^2", "length^3") or "." in unit.name else unit.symbols[:1]
    )
    return {
        "symbol": tuple(space + symbol for symbol in unit.symbols),
        "symbol without space": close,
        "words": tuple(" " + (pair[0] if one else pair[1]) for pair in unit.words),
        "LaTeX": unit.latex,
    }


def unit_text(rng: Random, unit: Unit, one: bool = False) -> str:
    forms = unit_forms(unit, one)
    kind = rng.choice([name for name, texts in forms.items() if texts])
    return rng.choice(forms[kind])


_FUNCTIONS = {
    "sqrt": (
        "sqrt({})",
        "\\sqrt{{{}}}",
        "√{}",
        "square root of {}",
        "the square root of {}",
        "root {}",
    ),
    "cbrt": ("\\sqrt[3]{{{}}}", "cube root of {}", "the cube root of {}", "∛{}"),
    "log": ("log {}", "\\log {}", "log({})", "log10({})"),
    "ln": ("ln {}", "\\ln {}", "ln({})", "the natural logarithm of {}"),
    "sin": ("sin {}", "\\sin {}", "sin({})", "the sine of {}"),
    "cos": ("cos {}", "\\cos {}", "cos({})"),
    "tan": ("tan {}", "tan({})", "\\tan({})"),
    "exp": ("e^{}", "e^{{{}}}", "exp({})"),
    "f": ("f({})", "g({})", "f of {}"),
    "factorial": ("factorial of {}", "{} factorial"),
}
_OPERATORS = {
    "+": ("{} + {}", "{}+{}", "{} plus {}"),
    "-": ("{} - {}", "{}-{}", "{} minus {}"),
    "*": ("{} * {}", "{} \\times {}", "{} × {}", "{} \\cdot {}", "{} times {}"),
    "/": (
        "{}/{}",
        "{} / {}",
        "\\frac{{{}}}{{{}}}",
        "\\dfrac{{{}}}{{{}}}",
        "{} ÷ {}",
        "{} divided by {}",
    ),
    "^": ("{}^{}", "{}^{{{}}}", "{}**{}", "{} to the power of {}"),
}


def amount_text(rng: Random, amount: Amount) -> str:
    match amount:
        case Number(value):
            return numerals.plain(value)
        case Symbol("pi"):
            return rng.choice(("π", "\\pi", "pi"))
        case Symbol(name):
            return name
        case Function(name, argument):
            return rng.choice(_FUNCTIONS[name]).format(amount_text(rng, argument))
        case Operation(operator, left, right):
            ways = _OPERATORS[operator]
            return rng.choice(ways).format(_side(rng, left), _side(rng, right))


def _side(rng: Random, amount: Amount) -> str:
    """One side of an operation, in brackets where signs could be read in two ways."""
    text = amount_text(rng, amount)
    return f"({text})" if text.startswith("-") or "/" in text else text


def statement_text(rng: Random, said: Statement) -> str:
    """One of many ways to write a statement."""
    match said:
        case Measure(amount, unit):
            one = amount == Number(Fraction(1))
            return amount_text(rng, amount) + (unit_text(rng, unit, one) if unit else "")
        case Compound(measures):
            joint = rng.choice((" ", " and ", ", "))
            return joint.join(statement_text(rng, measure) for measure in measures)
        case Restated(first, second):
            about = rng.choice(("", "", "about ", "≈ ", "or about "))
            return f"{statement_text(rng, first)} ({about}{statement_text(rng, second)})"
        case Qualified(words, inner):
            return words.format(statement_text(rng, inner))
        case Several(joint, parts):
            return joint.join(statement_text(rng, part) for part in parts)
