r"""Compare two formulas by what they are: lists, tuples, sets, equations, angles and so on, part by
part.

Only parts that are values are compared as values (see `values`). What is of another kind than the
truth is wrong: `\{1, 2\}` is no point, 101_2 no number without its base, `\angle ACB` another angle
than `\angle ABC`.
"""

from collections.abc import Callable, Sequence

from waywiser.answers.arithmetic import UndefinedError, symbols
from waywiser.answers.formula import Node
from waywiser.answers.signs import TURNABLE
from waywiser.answers.values import are_values_equal, constant_ratio, is_approximation

_MAX_UNORDERED = 24
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_EITHER_WAY = frozenset(
    ("=", "!=", "~", "similar", "congruent", "parallel", "perpendicular", "iff")
)
_UNORDERED_SIGNS = frozenset(("union", "intersection", "and", "or"))
_STRUCTURES = frozenset(
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
        *("matrix", "determinant", "cases", "row", "not", "without", *_UNORDERED_SIGNS),
    )
)
_NAMING = (("=",), ("in",))
_NOT_NUMBERS = frozenset(("infinity", "empty"))


def is_same(gold: Node, said: Node) -> bool:
    """Whether what is said is the gold formula; raises TooLargeError or UndefinedError where that
    cannot be told.
    """
    gold = canonical_form(gold)
    said = canonical_form(said)
    if gold == said:
        return True

    if _is_system(gold) or _is_system(said):
        if {gold.head, said.head} <= {"list", "relation"}:
            gold = _as_list(gold)
            said = _as_list(said)
        elif _is_system(said):
            return is_same(gold, said.parts[1])

    if has_both_signs(gold) or has_both_signs(said):
        return _same_unordered(_variants(gold), _variants(said))
    if "list" in (gold.head, said.head) or "set" in (gold.head, said.head):
        return _same_lists(gold, said)
    if gold.head == "relation" and said.head == "relation":
        return _same_relations(gold, said)
    if gold.head == "relation" and gold.value in _NAMING and is_name(gold.parts[0]):
        return is_same(gold.parts[1], said)  # the name may stay unsaid
    if said.head == "relation" and said.value == ("in",) and is_name(said.parts[0]):
        return is_same(gold, said.parts[1])
    if gold.head != said.head and {gold.head, said.head} & _STRUCTURES:
        return False
    if gold.head in _COMPARED:
        return _COMPARED[gold.head](gold, said)
    if gold.head in _STRUCTURES:
        return gold.value == said.value and _same_in_order(gold.parts, said.parts)

    return is_same_value(gold, said)


def is_same_statement(gold: Node, said: Node) -> bool:
    """`is_same`, where the answer may be a chain such as `x = 18/4 = 9/2`, right on every side.

    Raises TooLargeError or UndefinedError where that cannot be told.
    """
    gold = canonical_form(gold)
    said = canonical_form(said)
    if said.head != "relation" or set(said.value) != {"="} or gold.head == "relation":
        return is_same(gold, said)

    first, *others = said.parts
    sides = others if is_name(first) and first != gold and len(others) else said.parts
    return all(is_same(gold, side) for side in sides)


def is_same_value(gold: Node, said: Node) -> bool:
    """Whether two values are equal: exactly, or one of them is a decimal of six digits or more for
    the other.
    """
    if _is_no_number(gold) or _is_no_number(said):
        return False

    written = _decimal(said)
    truth = _decimal(gold)

    if written is not None and is_approximation(written, gold):
        return True
    if written is None and truth is not None and is_approximation(truth, said):
        return True

    return are_values_equal(gold, said)


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


# Lists


def _is_system(node: Node) -> bool:
    """`(x, y) = (1, 2)`."""
    if node.head != "relation" or node.value != ("=",):
        return False

    left, right = node.parts
    return (
        left.head == right.head == "tuple" and len(left.parts) == len(right.parts) and is_name(left)
    )


def _as_list(node: Node) -> Node:
    """`(x, y) = (1, 2)` as x=1, y=2; another node as it is."""
    if not _is_system(node):
        return node
    pairs = zip(node.parts[0].parts, node.parts[1].parts, strict=True)
    return Node("list", tuple(Node("relation", pair, ("=",)) for pair in pairs), frozenset())


def _same_lists(gold: Node, said: Node) -> bool:
    if gold.head == said.head == "list" and _joined_otherwise(gold, said):
        return False
    if gold.head == "list" and any(_binding(part) for part in gold.parts):
        return _same_bindings(gold, said)
    if said.head == "list":
        said = _without_name(said)
    if gold.head not in ("list", "set") or said.head not in ("list", "set"):
        return False
    if any(part.head == "dots" for part in (*gold.parts, *said.parts)):
        return _same_in_order(gold.parts, said.parts)

    return _same_unordered(_all_variants(gold.parts), _all_variants(said.parts))


def _joined_otherwise(gold: Node, said: Node) -> bool:
    """`x < 0 or x > 1` is not `x < 0 and x > 1`; between values of one thing both mean a list."""
    if not any(canonical_form(part).head == "relation" for part in gold.parts):
        return False

    names = {_binding(part) for part in _spread_name(gold.parts)}
    if len(names) == 1 and None not in names:
        return False

    either = "or" in gold.value
    other = "or" in said.value
    return other > either or (either and not other and "and" in said.value)


def _same_bindings(gold: Node, said: Node) -> bool:
    """`x=1, y=2`: by name where the answer names them, in order where it names none."""
    parts = _spread_name(gold.parts)
    names = {_binding(part) for part in parts}

    if said.head == "list" and any(_binding(part) for part in said.parts):
        return _same_unordered(parts, _spread_name(said.parts))
    if None in names or said.head not in ("list", "set", "tuple") or len(said.parts) != len(parts):
        return False

    values = [part.parts[1] for part in parts]
    if len(names) == 1:
        return said.head != "tuple" and _same_unordered(values, said.parts)
    if said.head == "set" or (said.head == "tuple" and said.value != "()"):
        return False

    return _same_in_order(values, said.parts)


def _without_name(said: Node) -> Node:
    """`x=1, x=2` and `x=1, 2` as the values of one name; the list itself where there are several
    names or none.
    """
    parts = _spread_name(said.parts)
    names = {_binding(part) for part in parts}
    if len(names) != 1 or None in names:
        return said
    return Node("list", tuple(part.parts[1] for part in parts), frozenset())


def _spread_name(parts: Sequence[Node]) -> list[Node]:
    """`n=2, 3, 4` with the name before every value; other lists as they are."""
    first = canonical_form(parts[0])
    if _binding(first) and not any(canonical_form(part).head == "relation" for part in parts[1:]):
        return [first, *(Node("relation", (first.parts[0], part), ("=",)) for part in parts[1:])]
    return [canonical_form(part) for part in parts]


def _binding(node: Node) -> Node | None:
    """The name that a part of a list gives a value to."""
    node = canonical_form(node)
    is_one = node.head == "relation" and node.value == ("=",) and is_name(node.parts[0])
    return node.parts[0] if is_one else None


def _same_in_order(gold: Sequence[Node], said: Sequence[Node]) -> bool:
    return len(gold) == len(said) and all(is_same(a, b) for a, b in zip(gold, said, strict=True))


def _same_unordered(gold: Sequence[Node], said: Sequence[Node]) -> bool:
    """Whether each of the one has its own equal in the other."""
    if len(gold) != len(said) or len(gold) > _MAX_UNORDERED:
        return False

    left = list(said)

    for part in gold:
        match = next((other for other in left if is_same(part, other)), None)
        if match is None:
            return False
        left.remove(match)

    return True


# Both signs


def has_both_signs(node: Node) -> bool:
    return node.head == "both" or (
        node.head not in _STRUCTURES - {"relation"} and any(map(has_both_signs, node.parts))
    )


def _variants(node: Node) -> list[Node]:
    """What a formula with ± stands for: two values, the list's own parts, or the one value that it
    is.
    """
    if node.head in ("list", "set"):
        return _all_variants(_without_name(node).parts if node.head == "list" else node.parts)
    if _binding(node):
        node = node.parts[1]
    if not has_both_signs(node):
        return [node]

    return [_with_sign(node, upper=True), _with_sign(node, upper=False)]


def _all_variants(parts: Sequence[Node]) -> list[Node]:
    return [
        variant
        for part in parts
        for variant in (_variants(part) if has_both_signs(part) else [part])
    ]


def _with_sign(node: Node, *, upper: bool) -> Node:
    parts = tuple(_with_sign(part, upper=upper) for part in node.parts)
    if node.head != "both":
        return Node(node.head, parts, node.value)
    return parts[0] if (node.value == r"\pm") == upper else Node("negative", parts)


# Relations


def _same_relations(gold: Node, said: Node) -> bool:
    """The same relation, from either side; equations and inequalities also in another form."""
    if len(gold.value) > 1 or len(said.value) > 1:
        return _same_chain(gold, said) or _same_chain(gold, _reversed(said))
    if gold.value == said.value and _same_in_order(gold.parts, said.parts):
        return True

    sign = said.value[0]
    if sign in _EITHER_WAY or sign in _FLIPPED:
        turned = _reversed(said)
        if gold.value == turned.value and _same_in_order(gold.parts, turned.parts):
            return True

    return _same_difference(gold, said)


def _reversed(node: Node) -> Node:
    signs = tuple(_FLIPPED.get(sign, sign) for sign in reversed(node.value))
    return Node("relation", node.parts[::-1], signs)


def _same_chain(gold: Node, said: Node) -> bool:
    return gold.value == said.value and _same_in_order(gold.parts, said.parts)


def _same_difference(gold: Node, said: Node) -> bool:
    """`y = 2x+1` and `2x - y + 1 = 0`: left minus right of the one is a constant times that of the
    other.
    """
    (sign,), (other,) = gold.value, said.value
    if sign not in _FLIPPED or other not in _FLIPPED:
        return False
    if any(part.head in _STRUCTURES or _is_no_number(part) for part in (*gold.parts, *said.parts)):
        return False
    if symbols(gold) != symbols(said) or not symbols(gold) or _is_solved(gold):
        return False

    try:
        ratio = constant_ratio(_difference(gold), _difference(said))
    except UndefinedError:
        return False

    return ratio is not None and sign == (other if ratio > 0 else _FLIPPED[other])


def _is_solved(relation: Node) -> bool:
    """`x = 2`: the answer has to be solved as well."""
    return any(is_name(a) and not symbols(b) for a, b in (relation.parts, relation.parts[::-1]))


def _difference(relation: Node) -> Node:
    return Node("sum", (relation.parts[0], Node("negative", (relation.parts[1],))))


# Other structures


def _same_tuple(gold: Node, said: Node) -> bool:
    return gold.value == said.value and _same_in_order(gold.parts, said.parts)


def _same_flat(gold: Node, said: Node) -> bool:
    return _same_unordered(_flat(gold, gold.head), _flat(said, gold.head))


def _flat(node: Node, head: str) -> list[Node]:
    node = canonical_form(node)
    if node.head != head:
        return [node]
    return [part for inner in node.parts for part in _flat(inner, head)]


def _same_modulo(gold: Node, said: Node) -> bool:
    """The same modulus, and the same relation; `6 mod 5` is not taken for `1 mod 5`."""
    return is_same(gold.parts[1], said.parts[1]) and is_same(gold.parts[0], said.parts[0])


def _same_name(gold: Node, said: Node) -> bool:
    """Points in order; an angle and a segment may be named from either end."""
    kind, letters = gold.value
    other_kind, others = said.value
    if kind != other_kind:
        return False

    turned = others[::-1] if kind in TURNABLE and others.isalpha() else others
    return letters in (others, turned)


def _same_rows(gold: Node, said: Node) -> bool:
    """Cases may be listed in any order."""
    return _same_unordered(gold.parts, said.parts)


_COMPARED: dict[str, Callable[[Node, Node], bool]] = {
    "tuple": _same_tuple,
    "modulo": _same_modulo,
    "named": _same_name,
    "cases": _same_rows,
    **dict.fromkeys(_UNORDERED_SIGNS, _same_flat),
}


def _is_no_number(node: Node) -> bool:
    """Infinity or the empty set, with a sign or without."""
    node = canonical_form(node)
    if node.head == "negative":
        return _is_no_number(node.parts[0])
    return node.head == "constant" and node.value in _NOT_NUMBERS


def _decimal(node: Node) -> str | None:
    """The digits of a value that is written as one decimal."""
    node = canonical_form(node)
    if node.head == "negative":
        inner = _decimal(node.parts[0])
        return None if inner is None else "-" + inner
    return node.value[1] if node.head == "number" and "." in node.value[1] else None
