"""The trees that formulas are read into, and the small questions a reader asks of them."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from waywiser.answers.signs import TURNABLE, UnreadableError

_MAX_TREE_DEPTH = 80
_MAX_DIGITS = 400


@dataclass(frozen=True, slots=True)
class Node:
    """`head` is what it is ("sum", "symbol", ...), `parts` what it is made of, `value` a name,
    number or sign.
    """

    head: str
    parts: tuple["Node", ...] = ()
    value: Any = None


def check_depth(node: Node) -> None:
    """Refuse a tree that is too deep for those who walk it."""
    level = [node]
    depth = 0

    while level:
        depth += 1
        if depth > _MAX_TREE_DEPTH:
            raise UnreadableError("nested too deeply")
        level = [part for inner in level for part in inner.parts]


def joined_product(node: Node, factor: Node) -> Node:
    factors = node.parts if node.head == "product" else (node,)
    return Node("product", (*factors, factor))


def number_node(text: str) -> Node:
    if len(text) > _MAX_DIGITS:
        raise UnreadableError("a number of too many digits")
    return Node(
        "number", (), (Fraction(text.rstrip(".") if text.endswith(".") else text), text.rstrip("."))
    )


def periodic_node(text: str) -> Node:
    r"""0.1\overline{6} and 0.(3), exactly."""
    digits = re.findall(r"\d+", text.partition(".")[2])
    whole = text.partition(".")[0] or "0"
    period = digits[-1]
    fixed = digits[0] if len(digits) > 1 else ""

    if len(text) > _MAX_DIGITS:
        raise UnreadableError("a number of too many digits")

    repeated = Fraction(int(period), (10 ** len(period) - 1) * 10 ** len(fixed))
    return Node("number", (), (Fraction(f"{whole}.{fixed}0") + repeated, ""))


def mixed_number(whole: Node, fraction: Node) -> Node:
    return Node("bracket", (Node("sum", (whole, fraction)),))


def is_number(node: Node) -> bool:
    return node.head == "number" or (node.head == "negative" and is_number(node.parts[0]))


def is_whole(node: Node) -> bool:
    return node.head == "number" and node.value[1].isdigit()


def is_plain_fraction(node: Node) -> bool:
    return (
        node.head == "quotient"
        and node.value == "fraction"
        and all(is_whole(part) for part in node.parts)
    )


def is_minus_one(node: Node) -> bool:
    return (
        node.head == "negative" and node.parts[0].head == "number" and node.parts[0].value[0] == 1
    )


def symbols(node: Node) -> frozenset[str]:
    """The letters of a formula that stand for values."""
    own = {symbol_label(node)} if node.head in ("symbol", "name", "named") else set()
    return frozenset(own).union(*(symbols(part) for part in node.parts))


def symbol_label(node: Node) -> str:
    """What tells one letter or named thing from another; a segment is the same from either end."""
    if node.head != "named":
        return node.value
    kind, letters = node.value
    return f"{kind} {min(letters, letters[::-1]) if kind in TURNABLE else letters}"
