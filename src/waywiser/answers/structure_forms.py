"""Rewrite the tree of a formula: without outer brackets, turned around, or one for each sign."""

from collections.abc import Sequence

from waywiser.answers.formula_tree import Node, symbols

FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
UNORDERED_SIGNS = frozenset(("union", "intersection", "and", "or"))
STRUCTURES = frozenset(
    (
        *(
            "list",
            "set",
            "tuple",
            "builder",
            "relation",
            "modulo",
            "ratio",
            "named",
            "word",
            "dots",
            "numeral",
        ),
        *("matrix", "determinant", "cases", "row", "not", "without", *UNORDERED_SIGNS),
    )
)
_NOT_NUMBERS = frozenset(("infinity", "empty"))


def canonical_form(node: Node) -> Node:
    """Without brackets around the whole; a system of equations is the list of them."""
    while node.head == "bracket":
        node = node.parts[0]

    if node.head == "cases" and all(len(row.parts) == 1 for row in node.parts):
        rows = tuple(row.parts[0] for row in node.parts)
        return rows[0] if len(rows) == 1 else Node("list", rows, frozenset())

    if (
        node.head == "product"
        and len(node.parts) == 2
        and node.parts[0].head in ("symbol", "name")
        and node.parts[1].head == "tuple"
    ):
        return Node("relation", node.parts, ("=",))  # A(1, 2): the point A

    if node.head == "apply" and len(node.parts) > 1:
        return Node(
            "relation", (Node("symbol", (), node.value), Node("tuple", node.parts, "()")), ("=",)
        )

    return node


def is_name(node: Node) -> bool:
    """Whether an equation that begins with it says what something is: x, f(x), (x, y), a sum such
    as m+n.
    """
    node = canonical_form(node)
    if node.head == "sum":
        return all(part.head == "symbol" for part in node.parts)
    if node.head in ("tuple", "list"):
        return all(part.head == "symbol" for part in node.parts)

    return node.head in ("symbol", "name", "apply", "named")


def is_not_a_number(node: Node) -> bool:
    """Infinity or the empty set, with a sign or without."""
    node = canonical_form(node)
    if node.head == "negative":
        return is_not_a_number(node.parts[0])
    return node.head == "constant" and node.value in _NOT_NUMBERS


def written_decimal(node: Node) -> str | None:
    """The digits of a value that is written as one decimal."""
    node = canonical_form(node)
    if node.head == "negative":
        inner = written_decimal(node.parts[0])
        return None if inner is None else "-" + inner
    return node.value[1] if node.head == "number" and "." in node.value[1] else None


def is_system(node: Node) -> bool:
    """`(x, y) = (1, 2)`."""
    if node.head != "relation" or node.value != ("=",):
        return False

    left, right = node.parts
    return (
        left.head == right.head == "tuple" and len(left.parts) == len(right.parts) and is_name(left)
    )


def system_as_list(node: Node) -> Node:
    """`(x, y) = (1, 2)` as x=1, y=2; another node as it is."""
    if not is_system(node):
        return node
    pairs = zip(node.parts[0].parts, node.parts[1].parts, strict=True)
    return Node("list", tuple(Node("relation", pair, ("=",)) for pair in pairs), frozenset())


def bound_name(node: Node) -> Node | None:
    """The name that a part of a list gives a value to."""
    node = canonical_form(node)
    is_one = node.head == "relation" and node.value == ("=",) and is_name(node.parts[0])
    return node.parts[0] if is_one else None


def spread_name(parts: Sequence[Node]) -> list[Node]:
    """`n=2, 3, 4` with the name before every value; other lists as they are."""
    first = canonical_form(parts[0])
    if bound_name(first) and not any(canonical_form(part).head == "relation" for part in parts[1:]):
        return [first, *(Node("relation", (first.parts[0], part), ("=",)) for part in parts[1:])]
    return [canonical_form(part) for part in parts]


def without_name(said: Node) -> Node:
    """`x=1, x=2` and `x=1, 2` as the values of one name; the list itself where there are several
    names or none.
    """
    parts = spread_name(said.parts)
    names = {bound_name(part) for part in parts}
    if len(names) != 1 or None in names:
        return said
    return Node("list", tuple(part.parts[1] for part in parts), frozenset())


def has_both_signs(node: Node) -> bool:
    return node.head == "both" or (
        node.head not in STRUCTURES - {"relation"} and any(map(has_both_signs, node.parts))
    )


def sign_variants(node: Node) -> list[Node]:
    """What a formula with ± stands for: two values, the list's own parts, or the one value that it
    is.
    """
    if node.head in ("list", "set"):
        return all_sign_variants(without_name(node).parts if node.head == "list" else node.parts)
    if bound_name(node):
        node = node.parts[1]
    if not has_both_signs(node):
        return [node]

    return [_with_sign(node, upper=True), _with_sign(node, upper=False)]


def all_sign_variants(parts: Sequence[Node]) -> list[Node]:
    return [
        variant
        for part in parts
        for variant in (sign_variants(part) if has_both_signs(part) else [part])
    ]


def _with_sign(node: Node, *, upper: bool) -> Node:
    parts = tuple(_with_sign(part, upper=upper) for part in node.parts)
    if node.head != "both":
        return Node(node.head, parts, node.value)
    return parts[0] if (node.value == r"\pm") == upper else Node("negative", parts)


def reversed_relation(node: Node) -> Node:
    signs = tuple(FLIPPED.get(sign, sign) for sign in reversed(node.value))
    return Node("relation", node.parts[::-1], signs)


def is_solved(relation: Node) -> bool:
    """`x = 2`: the answer has to be solved as well."""
    return any(is_name(a) and not symbols(b) for a, b in (relation.parts, relation.parts[::-1]))


def left_minus_right(relation: Node) -> Node:
    return Node("sum", (relation.parts[0], Node("negative", (relation.parts[1],))))


def flatten(node: Node, head: str) -> list[Node]:
    node = canonical_form(node)
    if node.head != head:
        return [node]
    return [part for inner in node.parts for part in flatten(inner, head)]
