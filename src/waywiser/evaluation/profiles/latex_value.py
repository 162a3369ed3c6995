r"""Values of LaTeX as MathVision's harnesses get them from latex2sympy2 1.9.1 and Python's `math`,
without `eval`.

Recursive descent over the language of that library, with its oddities, since they are its scores:
`2^{3^2}` and `2^3^2` differ, `3\frac{1}{4}` is a product, "x = 5" is 5, and whatever stands behind
a complete expression is ignored (`18}` and "5 rows" have values). A root, pi or a function has its
value; an unknown has none.
"""

import math
import operator
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from waywiser.evaluation.profiles.latex_tokens import LatexToken, LatexTokens, TokenKind

_MAX_DEPTH = 60
_MAX_BITS = 100_000
_UNKNOWN_VALUE = object()
"""The value of a lone unknown: no operator takes it, and only "=" may follow."""
_SPACES = ("\\displaystyle", "\\quad", "\\qquad", "~", "\\,", "$")
_ARRANGEMENT = re.compile(r"\(([a-zA-Z0-9+\-*/\\ ]+?)\)_\{([a-zA-Z0-9+\-*/\\ ]+?)\}")
"""`(5)_{2}`: how many ordered pairs there are among five."""
_MULTIPLICATION = ("*", "\\times", "\\cdot")
_DIVISION = ("/", "\\over", "\\div", ":")
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    **dict.fromkeys(("\\le", "\\leq", "\\leqslant"), operator.le),
    **dict.fromkeys(("\\ge", "\\geq", "\\geqslant"), operator.ge),
}
_CLOSERS = {
    "(": ")",
    "[": "]",
    "{": "}",
    "\\{": "\\}",
    "\\lbrace": "\\rbrace",
    "\\lbrack": "\\rbrack",
    "\\lgroup": "\\rgroup",
}
_SIZED = {"\\left": "\\right", "\\mleft": "\\mright"}
_FUNCTIONS: dict[str, Callable[[Any], float]] = {
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
_INVERSES: dict[str, Callable[[Any], float]] = {
    "\\sin": math.asin,
    "\\cos": math.acos,
    "\\tan": math.atan,
    "\\sinh": math.asinh,
    "\\cosh": math.acosh,
    "\\tanh": math.atanh,
}
_FUNCTION_NAMES = {*_FUNCTIONS, "\\log", "\\exp"}
_CALLS = {
    *_FUNCTION_NAMES,
    *(
        "\\sqrt",
        "\\ln",
        "\\csc",
        "\\sec",
        "\\cot",
        "\\arccsc",
        "\\arcsec",
        "\\arccot",
        "\\floor",
        "\\ceil",
    ),
    *(
        "\\max",
        "\\min",
        "\\det",
        "\\gcd",
        "\\lcm",
        "\\int",
        "\\sum",
        "\\prod",
        "\\lim",
        "\\operatorname",
    ),
}
_STARTS = {
    *(
        *_CLOSERS,
        *_SIZED,
        "\\frac",
        "\\binom",
        "\\tbinom",
        "\\dbinom",
        "\\begin",
        "\\mathit",
        "\\variable",
    ),
    *(
        "|",
        "\\|",
        "\\lvert",
        "\\vert",
        "\\lfloor",
        "\\lceil",
        "\\llcorner",
        "\\ulcorner",
        "\\infty",
        "\\partial",
    ),
}
"""What may begin a factor besides numbers, names and calls; some have no value, and then the whole
has none.
"""
_UNSUPPORTED = (
    ",",
    ";",
    "\\mod",
    "\\in",
    "==",
    "\\equiv",
    "!=",
    "!==",
    "\\ne",
    "\\neq",
    "\\not\\equiv",
)
"""What makes something else of a complete expression: a list, or a relation that Python cannot
compute.
"""


class _NoValueError(ValueError):
    """The library refuses the text, or its result has no value in Python."""


def evaluate_latex(text: str) -> float | None:
    """The value of a text in LaTeX as the harnesses compute it, None if there is none or it is not
    finite.
    """
    for space in _SPACES:
        text = text.replace(space, " ")

    text = text.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac")
    text = _ARRANGEMENT.sub(r"\\frac{(\1)!}{((\1)-(\2))!}", text)
    try:
        value = _Parser(LatexTokens(text)).statement()
        return value if isinstance(value, int) or math.isfinite(value) else None
    except (_NoValueError, ArithmeticError, ValueError, TypeError, RecursionError):
        return None


class _Parser:
    """One method for each rule of the library's grammar, from relations down to atoms."""

    def __init__(self, tokens: LatexTokens) -> None:
        self._tokens = tokens
        self._depth = 0

    def statement(self) -> Any:
        """A relation; what follows it is ignored, unless it makes a list or cannot be cut into
        words.
        """
        value = self._relation()
        kind, text = self._tokens.next
        if kind is TokenKind.UNKNOWN or text in _UNSUPPORTED:
            raise _NoValueError
        return value

    def _relation(self) -> Any:
        left = self._sum()
        compared = False

        while self._tokens.next[1] == "=" or self._tokens.next[1] in _COMPARISONS:
            sign = self._tokens.take()[1]
            right = self._sum()

            if sign != "=":
                left = _COMPARISONS[sign](left, right)
                compared = True
            elif left is not _UNKNOWN_VALUE or compared:
                raise _NoValueError
            else:
                left = right

        return left

    def _sum(self) -> Any:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _NoValueError

        value = self._product()

        while self._tokens.next[1] in ("+", "-"):
            add = self._tokens.take()[1] == "+"
            value = value + self._product() if add else value - self._product()

        self._depth -= 1
        return value

    def _product(self, *, functions: bool = True) -> Any:
        value = self._signed(functions=functions)
        while self._tokens.next[1] in _MULTIPLICATION or self._tokens.next[1] in _DIVISION:
            times = self._tokens.take()[1] in _MULTIPLICATION
            factor = self._signed(functions=functions)
            value = value * factor if times else value / factor
        return value

    def _signed(self, *, functions: bool) -> Any:
        """Signs, or factors side by side, which bind closer than a written product."""
        negative = False
        signed = False

        while self._tokens.next[1] in ("+", "-"):
            negative ^= self._tokens.take()[1] == "-"
            signed = True

        value = self._factor()
        while self._starts_factor(functions=functions):
            value = value * self._factor()

        if signed and value is _UNKNOWN_VALUE:
            raise _NoValueError

        return -value if negative else value

    def _starts_factor(self, *, functions: bool) -> bool:
        kind, text = self._tokens.next
        if kind is TokenKind.WORD:
            return text in _STARTS or (functions and text in _CALLS)
        if kind is TokenKind.VALUE and text != "\\pi":
            return functions
        return kind not in (TokenKind.UNKNOWN, TokenKind.END)

    def _factor(self) -> Any:
        value = self._power()
        while self._tokens.next[1] in ("!", "'", "^T", "^{T}", "^{\\top}"):
            if self._tokens.take()[1] == "!":
                value = _factorial(value)
        return value

    def _power(self) -> Any:
        value = self._atom()

        while self._tokens.next[1] == "^":
            self._tokens.take()
            value = _power(value, self._script())

            if self._tokens.next[1] == "_":
                self._subscript()

        return value

    def _script(self) -> Any:
        """An exponent or a base: one number, name or constant, or an expression in braces."""
        if self._tokens.next[1] == "{":
            return self._group("}")

        kind, text = self._tokens.take()
        if kind in (TokenKind.NUMBER, TokenKind.PERCENT):
            return _number(kind, text)
        if text == "\\pi":
            return math.pi

        raise _NoValueError

    def _subscript(self) -> Any:
        self._take("_")
        return self._script()

    def _atom(self) -> Any:
        kind, text = self._tokens.take()
        if kind in (TokenKind.NUMBER, TokenKind.PERCENT):
            return _number(kind, text)
        if kind is TokenKind.NAME:
            return self._named(text)
        if kind is TokenKind.VALUE:
            return math.pi if text == "\\pi" else self._exponential()
        if kind is TokenKind.ACCENT:
            return self._accented()

        return self._command((kind, text))

    def _named(self, text: str) -> Any:
        """An unknown, which Python does not know either, but for `\\tau`, which it takes for a
        circle.
        """
        if self._tokens.next[1] == "_":
            self._skip_subscript()
        elif text.strip() == "\\tau":
            return math.tau
        return _UNKNOWN_VALUE

    def _accented(self) -> Any:
        """A name from words in braces, as in `\\text{area} = 5`."""
        self._take("{")
        depth = 1
        while depth:
            kind, text = self._tokens.take()
            if kind in (TokenKind.UNKNOWN, TokenKind.END):
                raise _NoValueError
            depth += (text == "{") - (text == "}")

        return _UNKNOWN_VALUE

    def _skip_subscript(self) -> None:
        self._take("_")
        if self._tokens.next[1] == "{":
            self._accented()
        else:
            self._tokens.take()

    def _exponential(self) -> float:
        if self._tokens.next[1] != "^":
            raise _NoValueError  # a bare e is written E, which Python does not know
        self._tokens.take()
        return _exponential(self._script())

    def _command(self, token: LatexToken) -> Any:
        text = token[1]
        if text in _CLOSERS:
            return self._inside(text)
        if text in _SIZED:
            return self._sized(text)
        if text == "\\frac":
            return self._group("}") / self._group("}")
        if text in ("\\binom", "\\tbinom", "\\dbinom"):
            return _binomial(self._group("}"), self._group("}"))
        if text == "\\sqrt":
            return self._root()

        if text == "\\lfloor":
            value = math.floor(self._sum())
            self._take("\\rfloor")
            return value

        if text in _FUNCTION_NAMES:
            return self._function(text)

        raise _NoValueError

    def _inside(self, opener: str) -> Any:
        value = self._sum()
        if opener == "{" and self._tokens.next[1] == "\\choose":
            self._tokens.take()
            value = _binomial(value, self._sum())
        self._take(_CLOSERS[opener])
        return value

    def _sized(self, size: str) -> Any:
        opener = self._tokens.take()[1]
        if opener not in _CLOSERS:
            raise _NoValueError

        value = self._sum()
        self._take(_SIZED[size])
        self._take(_CLOSERS[opener])

        return value

    def _group(self, closer: str) -> Any:
        self._take("{")
        value = self._sum()
        self._take(closer)
        return value

    def _root(self) -> Any:
        index = 2

        if self._tokens.next[1] == "[":
            self._tokens.take()
            index = self._sum()
            self._take("]")

        value = self._group("}")
        return math.sqrt(value) if index == 2 else value ** (1 / index)

    def _function(self, name: str) -> Any:
        base = 10
        exponent = None

        for _ in range(2):
            if self._tokens.next[1] == "_":
                base = self._subscript()
            elif self._tokens.next[1] == "^":
                self._tokens.take()
                exponent = self._script()

        argument = self._argument()

        if name == "\\log":
            value = math.log(argument, base)
        elif name == "\\exp":
            value = _exponential(argument)
        elif exponent == -1 and name in _INVERSES:
            return _INVERSES[name](argument)
        else:
            value = _FUNCTIONS[name](argument)

        return _power(value, exponent) if exponent else value

    def _argument(self) -> Any:
        """In parentheses, else all factors up to the next sign or function."""
        size = self._tokens.next[1]
        if size != "(" and size not in _SIZED:
            return self._product(functions=False)

        if size in _SIZED:
            self._tokens.take()

        self._take("(")
        value = self._sum()

        if self._tokens.next[1] == _SIZED.get(size):
            self._tokens.take()

        self._take(")")
        return value

    def _take(self, expected: str) -> None:
        if self._tokens.take()[1] != expected:
            raise _NoValueError


def _number(kind: TokenKind, text: str) -> int | float:
    value = Fraction(text) / (100 if kind is TokenKind.PERCENT else 1)
    return value.numerator if value.denominator == 1 else value.numerator / value.denominator


def _power(base: Any, exponent: Any) -> Any:
    if (
        isinstance(base, int)
        and isinstance(exponent, int)
        and base.bit_length() * exponent > _MAX_BITS
    ):
        raise _NoValueError

    if exponent in (0.5, -0.5):
        return math.sqrt(base) ** (2 * exponent)
    return base**exponent


def _factorial(value: Any) -> int:
    if not isinstance(value, int) or value > _MAX_BITS // 10:
        raise _NoValueError
    return math.factorial(value)


def _binomial(above: Any, below: Any) -> int:
    if not isinstance(above, int) or not isinstance(below, int) or not 0 <= above < _MAX_BITS:
        raise _NoValueError
    return math.comb(above, below) if below >= 0 else 0


def _exponential(value: Any) -> float:
    if value == 1:
        raise _NoValueError  # the library writes E for it
    return math.exp(value)
