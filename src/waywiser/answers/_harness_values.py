"""Equality of two texts as public harnesses decide it with symbolic libraries; runs inside the
verifier's workers.

Each rule answers as the harness's own function does, wrong verdicts included; it is there to
reproduce published scores, never to reward. What raises in the harness is "different" here.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

Rule = Callable[[str, str], bool]

_CLOSE = 1e-6
_MAX_POWER_BITS = 100_000
_BUILTINS = {
    "abs": abs,
    "round": round,
    "min": min,
    "max": max,
    "int": int,
    "float": float,
    "bool": bool,
}
_UNARY: dict[type, Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}
_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class _NoValueError(ValueError):
    """The text is not arithmetic that is read here."""

    def __init__(self) -> None:
        super().__init__("not arithmetic")


def harness_equal(rule: str, answer: str, truth: str) -> str:
    """ "equal" or "different" by the rule of that name in `RULES`."""
    return "equal" if RULES[rule](answer, truth) else "different"


def python_value(text: str, names: Mapping[str, Any] | None = None) -> Any:
    """The value of Python arithmetic, as `eval` would give it where `names` and the builtins are
    known.

    Numbers, operators, comparisons and calls by name are read; anything else raises, as do powers
    of more than 100,000 bits, which would only run into the harness's own deadline.
    """
    try:
        body = ast.parse(text.strip(" \t"), mode="eval").body
    except MemoryError as error:  # how the parser reports brackets that are nested too deep
        raise _NoValueError from error

    return _value(body, {**_BUILTINS, **(names or {})})


def vlmevalkit_equal(answer: str, truth: str) -> bool:
    """VLMEvalKit's MathVision: equal in lower case, else within 1e-6 as Python, else as LaTeX.

    Python knows no root, pi or function there. It does know the harness's own variables: an answer
    "a" is the truth.
    """
    answer = answer.lower().strip()
    truth = truth.lower().strip()
    return answer == truth or _equal_in_python(answer, truth) or _equal_in_latex(answer, truth)


def lmms_eval_equal(answer: str, truth: str) -> bool:
    """lmms-eval's reasoning tasks: math-verify with its defaults, the truth parsed as freely as the
    answer.
    """
    from math_verify import parse, verify

    gold = parse(truth, parsing_timeout=0)
    said = parse(answer, parsing_timeout=0)
    return bool(verify(gold, said, timeout_seconds=0))


RULES: dict[str, Rule] = {
    "vlmevalkit": vlmevalkit_equal,
    "lmms-eval": lmms_eval_equal,
}
"""The rules by name: what a request to a worker may ask for."""


def _equal_in_python(answer: str, truth: str) -> bool:
    try:
        expected = python_value(truth)
        return bool(abs(expected - python_value(answer, {"a": expected})) < _CLOSE)
    except Exception:  # the harness goes on to LaTeX, whatever it was
        return False


def _equal_in_latex(answer: str, truth: str) -> bool:
    from latex2sympy2_extended import latex2sympy

    try:
        left: Any = latex2sympy(truth)
        right: Any = latex2sympy(answer)
        names = {"a": left, "b": right}
        if abs(python_value(str(left), names) - python_value(str(right), names)) < _CLOSE:
            return True

        return bool(abs(left - right) < _CLOSE)
    except Exception:
        return False


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | complex):
        return node.value
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.UnaryOp):
        return _UNARY[type(node.op)](_value(node.operand, names))
    if isinstance(node, ast.BinOp):
        return _binary(node, names)
    if isinstance(node, ast.Compare):
        return _compared(node, names)
    if isinstance(node, ast.BoolOp):
        return _first_to_decide(node, names)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _value(node.func, names)(*[_value(argument, names) for argument in node.args])

    raise _NoValueError


def _binary(node: ast.BinOp, names: Mapping[str, Any]) -> Any:
    left = _value(node.left, names)
    right = _value(node.right, names)

    if not isinstance(node.op, ast.Pow):
        if type(node.op) not in _BINARY:
            raise _NoValueError

        return _BINARY[type(node.op)](left, right)

    if (
        isinstance(left, int)
        and isinstance(right, int)
        and left.bit_length() * right > _MAX_POWER_BITS
    ):
        raise _NoValueError

    return left**right


def _first_to_decide(node: ast.BoolOp, names: Mapping[str, Any]) -> Any:
    """The value of "and" or "or", which ignores everything after the part that decides."""
    value: Any = None

    for part in node.values:
        value = _value(part, names)
        if bool(value) == isinstance(node.op, ast.Or):
            break

    return value


def _compared(node: ast.Compare, names: Mapping[str, Any]) -> bool:
    values = [_value(part, names) for part in (node.left, *node.comparators)]
    pairs = zip(values, values[1:], node.ops, strict=False)
    return all(_COMPARISONS[type(op)](left, right) for left, right, op in pairs)
