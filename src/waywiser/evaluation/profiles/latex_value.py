r"""Values of LaTeX as MathVision's harnesses get them from latex2sympy2 1.9.1 and Python's `math`,
without `eval`.

Recursive descent over the language of that library, with its oddities, since they are its scores:
`2^{3^2}` and `2^3^2` differ, `3\frac{1}{4}` is a product, "x = 5" is 5, and whatever comes after
a complete expression is ignored (`18}` and "5 rows" have values). A root, pi or a function has its
value; an unknown has none.
"""

import math
import re
from typing import Any

from waywiser.evaluation.profiles.latex_grammar import (
    CALLS,
    CLOSERS,
    DIVISION,
    FUNCTION_NAMES,
    MULTIPLICATION,
    SIZED,
    STARTS,
    UNSUPPORTED,
)
from waywiser.evaluation.profiles.latex_operations import (
    COMPARISONS,
    FUNCTIONS,
    INVERSES,
    NoValueError,
    binomial,
    exponential,
    factorial,
    number_value,
    power,
)
from waywiser.evaluation.profiles.latex_tokens import LatexToken, LatexTokens, TokenKind

_MAX_DEPTH = 60
_UNKNOWN_VALUE = object()
"""The value of a lone unknown: no operator takes it, and only "=" may follow."""
_SPACES = ("\\displaystyle", "\\quad", "\\qquad", "~", "\\,", "$")
_ARRANGEMENT = re.compile(r"\(([a-zA-Z0-9+\-*/\\ ]+?)\)_\{([a-zA-Z0-9+\-*/\\ ]+?)\}")
"""`(5)_{2}`: how many ordered pairs there are among five."""


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
    except (NoValueError, ArithmeticError, ValueError, TypeError, RecursionError):
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
        if kind is TokenKind.UNKNOWN or text in UNSUPPORTED:
            raise NoValueError
        return value

    def _relation(self) -> Any:
        left = self._sum()
        compared = False

        while self._tokens.next[1] == "=" or self._tokens.next[1] in COMPARISONS:
            sign = self._tokens.take()[1]
            right = self._sum()

            if sign != "=":
                left = COMPARISONS[sign](left, right)
                compared = True
            elif left is not _UNKNOWN_VALUE or compared:
                raise NoValueError
            else:
                left = right

        return left

    def _sum(self) -> Any:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NoValueError

        value = self._product()

        while self._tokens.next[1] in ("+", "-"):
            add = self._tokens.take()[1] == "+"
            value = value + self._product() if add else value - self._product()

        self._depth -= 1
        return value

    def _product(self, *, functions: bool = True) -> Any:
        value = self._signed(functions=functions)
        while self._tokens.next[1] in MULTIPLICATION or self._tokens.next[1] in DIVISION:
            times = self._tokens.take()[1] in MULTIPLICATION
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
            raise NoValueError

        return -value if negative else value

    def _starts_factor(self, *, functions: bool) -> bool:
        kind, text = self._tokens.next
        if kind is TokenKind.WORD:
            return text in STARTS or (functions and text in CALLS)
        if kind is TokenKind.VALUE and text != "\\pi":
            return functions
        return kind not in (TokenKind.UNKNOWN, TokenKind.END)

    def _factor(self) -> Any:
        value = self._power()
        while self._tokens.next[1] in ("!", "'", "^T", "^{T}", "^{\\top}"):
            if self._tokens.take()[1] == "!":
                value = factorial(value)
        return value

    def _power(self) -> Any:
        value = self._atom()

        while self._tokens.next[1] == "^":
            self._tokens.take()
            value = power(value, self._script())

            if self._tokens.next[1] == "_":
                self._subscript()

        return value

    def _script(self) -> Any:
        """An exponent or a base: one number, name or constant, or an expression in braces."""
        if self._tokens.next[1] == "{":
            return self._group("}")

        kind, text = self._tokens.take()
        if kind in (TokenKind.NUMBER, TokenKind.PERCENT):
            return number_value(kind, text)
        if text == "\\pi":
            return math.pi

        raise NoValueError

    def _subscript(self) -> Any:
        self._take("_")
        return self._script()

    def _atom(self) -> Any:
        kind, text = self._tokens.take()
        if kind in (TokenKind.NUMBER, TokenKind.PERCENT):
            return number_value(kind, text)
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
                raise NoValueError
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
            raise NoValueError  # a bare e is written E, which Python does not know
        self._tokens.take()
        return exponential(self._script())

    def _command(self, token: LatexToken) -> Any:
        text = token[1]
        if text in CLOSERS:
            return self._inside(text)
        if text in SIZED:
            return self._sized(text)
        if text == "\\frac":
            return self._group("}") / self._group("}")
        if text in ("\\binom", "\\tbinom", "\\dbinom"):
            return binomial(self._group("}"), self._group("}"))
        if text == "\\sqrt":
            return self._root()

        if text == "\\lfloor":
            value = math.floor(self._sum())
            self._take("\\rfloor")
            return value

        if text in FUNCTION_NAMES:
            return self._function(text)

        raise NoValueError

    def _inside(self, opener: str) -> Any:
        value = self._sum()
        if opener == "{" and self._tokens.next[1] == "\\choose":
            self._tokens.take()
            value = binomial(value, self._sum())
        self._take(CLOSERS[opener])
        return value

    def _sized(self, size: str) -> Any:
        opener = self._tokens.take()[1]
        if opener not in CLOSERS:
            raise NoValueError

        value = self._sum()
        self._take(SIZED[size])
        self._take(CLOSERS[opener])

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
            value = exponential(argument)
        elif exponent == -1 and name in INVERSES:
            return INVERSES[name](argument)
        else:
            value = FUNCTIONS[name](argument)

        return power(value, exponent) if exponent else value

    def _argument(self) -> Any:
        """In parentheses, else all factors up to the next sign or function."""
        size = self._tokens.next[1]
        if size != "(" and size not in SIZED:
            return self._product(functions=False)

        if size in SIZED:
            self._tokens.take()

        self._take("(")
        value = self._sum()

        if self._tokens.next[1] == SIZED.get(size):
            self._tokens.take()

        self._take(")")
        return value

    def _take(self, expected: str) -> None:
        if self._tokens.take()[1] != expected:
            raise NoValueError
