"""Find equations between plain numbers in a text, such as "3 × 4 + 1 = 13", and check them."""

import re
from collections.abc import Iterator
from fractions import Fraction

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_OPERATOR = r"(?:\s*[-+*/×·÷−]\s*|\s+x\s+)"
_EQUATION = re.compile(
    r"(?<![\w.)\]}^²³√%°$\\/*+×·÷=<>≈-])(?<![-+*/×·÷−=^(,√x] )"
    rf"-?({_NUMBER}(?:{_OPERATOR}{_NUMBER})+)\s*=\s*(-?{_NUMBER})"
    r"(?![\w^²³%°(/*×·÷]|\s*[-+*/×·÷−^(]|\s+x\s|[.,]\d)"
)
_TOKEN = re.compile(rf"({_NUMBER})|([-+*/×·÷−x])")
_MAX_CHARACTERS = 20_000


def find_equations(text: str) -> Iterator[tuple[str, bool]]:
    """Every equation of a text, and whether it holds; the right side may be rounded."""
    for match in _EQUATION.finditer(text[:_MAX_CHARACTERS]):
        left = ("-" if match[0].startswith("-") else "") + match[1]
        value = _evaluate(left)
        if value is None:
            continue

        right = match[2].replace(",", "")
        digits = len(right.partition(".")[2])
        tolerance = (
            Fraction(1, 2 * 10**digits)
            if "." in right or "/" in left or "÷" in left
            else Fraction(0)
        )

        if digits == 0 and value.denominator == 1:
            tolerance = Fraction(0)

        yield match[0].strip(), abs(value - Fraction(right)) <= tolerance


def find_false_equation(text: str) -> str | None:
    """The first equation that does not hold, or None."""
    return next((equation for equation, holds in find_equations(text) if not holds), None)


def _evaluate(expression: str) -> Fraction | None:
    """The value of numbers joined by + - * /, with the usual precedence; None for division by
    zero.
    """
    negative = expression.startswith("-")
    tokens = [m[0] for m in _TOKEN.finditer(expression.lstrip("-"))]
    terms = []
    sign = -1 if negative else 1
    current = sign * Fraction(tokens[0].replace(",", ""))

    for operator, text in zip(tokens[1::2], tokens[2::2], strict=False):
        number = Fraction(text.replace(",", ""))

        if operator in "*×·x":
            current *= number
        elif operator in "/÷":
            if number == 0:
                return None

            current /= number
        else:
            terms.append(current)
            current = number if operator == "+" else -number

    return sum(terms, current)
