"""Values of arithmetic in LaTeX and in Python notation, by recursive descent: no `eval`, bounded size.

It reads what the MathVision harnesses can evaluate: numbers with thousands commas, + - * / : ! ^, brackets, \\frac,
\\sqrt, \\pi and sines. Anything else, a letter or a list among them, has no value.
"""

import ast
import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

_LONGEST, _DEEPEST = 400, 40
_TOKEN = re.compile(r"\s*(\d+(?:,\d{3})+(?:\.\d+)?|\d+\.?\d*|\.\d+|\\[a-zA-Z]+|\\[%{}]|[-+*/:!^()\[\]{}])")
_SPACING = re.compile(r"\\[,;!]|\\(?:left|right)(?![a-zA-Z])")
_PYTHON = re.compile(r"[\d.eE+\-*/%()\s_]+", re.ASCII)
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "\\sin": math.sin,
    "\\cos": math.cos,
    "\\tan": math.tan,
    "\\log": math.log10,
}
_TIMES, _OVER = {"*", "\\cdot", "\\times"}, {"/", ":", "\\div"}
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


class _NoValueError(ValueError):
    """The text is no arithmetic."""


@dataclass(slots=True)
class _Parser:
    tokens: list[str]
    at: int = 0
    depth: int = 0
    symbolic: bool = False
    """Whether a root, pi or a function was met: what needs names, where the harness evaluates without them."""

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if not token or (expected is not None and token != expected):
            raise _NoValueError
        self.at += 1
        return token

    def sum(self) -> float:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _NoValueError
        value = self.product()
        while self.peek() in ("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        self.depth -= 1
        return value

    def product(self) -> float:
        value = self.signed()
        while self.peek() in _TIMES | _OVER:
            value = value * self.signed() if self.take() in _TIMES else value / self.signed()
        return value

    def signed(self) -> float:
        """A sign, or factors side by side, which bind closer than a written product."""
        if self.peek() in ("+", "-"):
            return self.signed() if self.take() == "+" else -self.signed()
        value = self.power()
        while self.starts_factor():
            value *= self.power()
        return value

    def starts_factor(self) -> bool:
        token = self.peek()
        return (
            bool(token)
            and (
                token[0].isdigit() or token[0] == "." or token in _CLOSERS or (token[0] == "\\" and token[1:].isalpha())
            )
            and token not in _TIMES | _OVER
        )

    def power(self) -> float:
        value = self.atom()
        while self.peek() in ("^", "!"):
            if self.take() == "!":
                if value != int(value) or not 0 <= value <= 100:
                    raise _NoValueError
                self.symbolic, value = True, float(math.factorial(int(value)))
            else:
                exponent = self.atom()
                self.symbolic |= exponent == 0.5
                value = math.pow(value, exponent)
        return value

    def atom(self) -> float:
        token = self.take()
        if token in _CLOSERS:
            value = self.sum()
            self.take(_CLOSERS[token])
            return value
        if token[0].isdigit() or token[0] == ".":
            value = float(token.replace(",", ""))
            if self.peek() == "\\%":
                self.take()
                value /= 100
            return value
        return self.command(token)

    def command(self, token: str) -> float:
        if token in ("\\frac", "\\dfrac", "\\tfrac"):
            return self.braced() / self.braced()
        if token == "\\pi":
            self.symbolic = True
            return math.pi
        if token == "\\sqrt":
            if self.peek() == "[":
                self.take()
                index = self.sum()
                self.take("]")
                self.symbolic |= index == 2
                return math.pow(self.braced(), 1 / index)
            value = self.braced()
            root = math.sqrt(value)
            self.symbolic = True
            return root
        if token in _FUNCTIONS:
            self.symbolic = True
            return _FUNCTIONS[token](self.power())
        raise _NoValueError

    def braced(self) -> float:
        self.take("{")
        value = self.sum()
        self.take("}")
        return value


def latex_value(text: str, *, names: bool = True) -> float | None:
    """The finite value of arithmetic in LaTeX, None for anything else.

    With `names` False also None where a root, pi or a function remains, as in harnesses that evaluate without them.
    """
    tokens = _tokens(text)
    if not tokens:
        return None
    parser = _Parser(tokens)
    try:
        value = parser.sum()
    except (_NoValueError, ArithmeticError, ValueError):
        return None
    if parser.at < len(tokens) or not math.isfinite(value) or (parser.symbolic and not names):
        return None
    return value


def _tokens(text: str) -> list[str]:
    if len(text) > _LONGEST:
        return []
    text = _SPACING.sub(" ", text)
    tokens: list[str] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if not found:
            return []
        tokens.append(found.group(1))
        at = found.end()
    return tokens


_BINARY: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def python_value(text: str) -> float | None:
    """The finite value of arithmetic in Python notation, None for anything else."""
    if len(text) > _LONGEST or not _PYTHON.fullmatch(text):
        return None
    try:
        value = _evaluated(ast.parse(text.strip(), mode="eval").body, _DEEPEST)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError, TypeError):
        return None
    return value if math.isfinite(value) else None


def _evaluated(node: ast.expr, depth: int) -> float:
    if depth == 0:
        raise _NoValueError
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)  # type: ignore[arg-type] - checked on the line above
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
        value = _evaluated(node.operand, depth - 1)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp):
        left, right = _evaluated(node.left, depth - 1), _evaluated(node.right, depth - 1)
        if isinstance(node.op, ast.Pow):
            return math.pow(left, right)
        if type(node.op) in _BINARY:
            return _BINARY[type(node.op)](left, right)
    raise _NoValueError
