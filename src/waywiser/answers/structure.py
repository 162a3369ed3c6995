r"""Compare two formulas by what they are: lists, tuples, sets, equations, angles and so on, part by
part.

Only parts that are values are compared as values (see `values`). What is of another kind than the
truth is wrong: `\{1, 2\}` is not a point, 101_2 is not 101, and `\angle ACB` is not `\angle ABC`.
"""

from collections.abc import Callable, Sequence

from waywiser.answers.arithmetic_limits import UndefinedError
from waywiser.answers.formula_tree import Node, symbols
from waywiser.answers.signs import TURNABLE
from waywiser.answers.structure_forms import (
    FLIPPED,
    STRUCTURES,
    UNORDERED_SIGNS,
    all_sign_variants,
    bound_name,
    canonical_form,
    flatten,
    has_both_signs,
    is_name,
    is_not_a_number,
    is_solved,
    is_system,
    left_minus_right,
    reversed_relation,
    sign_variants,
    spread_name,
    system_as_list,
    without_name,
    written_decimal,
)
from waywiser.answers.values import are_values_equal, constant_ratio, is_approximation

_MAX_UNORDERED = 24
_EITHER_WAY = frozenset(
    ("=", "!=", "~", "similar", "congruent", "parallel", "perpendicular", "iff")
)
_NAMING = (("=",), ("in",))


def is_same(gold: Node, said: Node) -> bool:
    """Whether the formula of the answer is the gold formula.

    Raises:
        TooLargeError: Deciding would take too much computation.
        UndefinedError: A value that decides does not exist.
    """
    gold = canonical_form(gold)
    said = canonical_form(said)
    if gold == said:
        return True

    if is_system(gold) or is_system(said):
        if {gold.head, said.head} <= {"list", "relation"}:
            gold = system_as_list(gold)
            said = system_as_list(said)
        elif is_system(said):
            return is_same(gold, said.parts[1])

    if has_both_signs(gold) or has_both_signs(said):
        return _same_unordered(sign_variants(gold), sign_variants(said))
    if "list" in (gold.head, said.head) or "set" in (gold.head, said.head):
        return _same_lists(gold, said)
    if gold.head == "relation" and said.head == "relation":
        return _same_relations(gold, said)
    if gold.head == "relation" and gold.value in _NAMING and is_name(gold.parts[0]):
        return is_same(gold.parts[1], said)  # the name may stay unsaid
    if said.head == "relation" and said.value == ("in",) and is_name(said.parts[0]):
        return is_same(gold, said.parts[1])
    if gold.head != said.head and {gold.head, said.head} & STRUCTURES:
        return False
    if gold.head in _COMPARED:
        return _COMPARED[gold.head](gold, said)
    if gold.head in STRUCTURES:
        return gold.value == said.value and _same_in_order(gold.parts, said.parts)

    return is_same_value(gold, said)


def is_same_statement(gold: Node, said: Node) -> bool:
    """`is_same` for an answer that may be a chain such as `x = 18/4 = 9/2`, right on every side.

    Raises TooLargeError or UndefinedError as `is_same` does.
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
    if is_not_a_number(gold) or is_not_a_number(said):
        return False

    written = written_decimal(said)
    truth = written_decimal(gold)

    if written is not None and is_approximation(written, gold):
        return True
    if written is None and truth is not None and is_approximation(truth, said):
        return True

    return are_values_equal(gold, said)


def _same_lists(gold: Node, said: Node) -> bool:
    if gold.head == said.head == "list" and _joined_otherwise(gold, said):
        return False
    if gold.head == "list" and any(bound_name(part) for part in gold.parts):
        return _same_bindings(gold, said)
    if said.head == "list":
        said = without_name(said)
    if gold.head not in ("list", "set") or said.head not in ("list", "set"):
        return False
    if any(part.head == "dots" for part in (*gold.parts, *said.parts)):
        return _same_in_order(gold.parts, said.parts)

    return _same_unordered(all_sign_variants(gold.parts), all_sign_variants(said.parts))


def _joined_otherwise(gold: Node, said: Node) -> bool:
    """`x < 0 or x > 1` is not `x < 0 and x > 1`; between values of one thing both mean a list."""
    if not any(canonical_form(part).head == "relation" for part in gold.parts):
        return False

    names = {bound_name(part) for part in spread_name(gold.parts)}
    if len(names) == 1 and None not in names:
        return False

    either = "or" in gold.value
    other = "or" in said.value
    return other > either or (either and not other and "and" in said.value)


def _same_bindings(gold: Node, said: Node) -> bool:
    """`x=1, y=2`: by name where the answer names them, in order where it names none."""
    parts = spread_name(gold.parts)
    names = {bound_name(part) for part in parts}

    if said.head == "list" and any(bound_name(part) for part in said.parts):
        return _same_unordered(parts, spread_name(said.parts))
    if None in names or said.head not in ("list", "set", "tuple") or len(said.parts) != len(parts):
        return False

    values = [part.parts[1] for part in parts]
    if len(names) == 1:
        return said.head != "tuple" and _same_unordered(values, said.parts)
    if said.head == "set" or (said.head == "tuple" and said.value != "()"):
        return False

    return _same_in_order(values, said.parts)


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


def _same_relations(gold: Node, said: Node) -> bool:
    """The same relation, from either side; equations and inequalities also in another form."""
    if len(gold.value) > 1 or len(said.value) > 1:
        return _same_chain(gold, said) or _same_chain(gold, reversed_relation(said))
    if gold.value == said.value and _same_in_order(gold.parts, said.parts):
        return True

    sign = said.value[0]
    if sign in _EITHER_WAY or sign in FLIPPED:
        turned = reversed_relation(said)
        if gold.value == turned.value and _same_in_order(gold.parts, turned.parts):
            return True

    return _same_difference(gold, said)


def _same_chain(gold: Node, said: Node) -> bool:
    return gold.value == said.value and _same_in_order(gold.parts, said.parts)


def _same_difference(gold: Node, said: Node) -> bool:
    """`y = 2x+1` and `2x - y + 1 = 0`: left minus right of the one is a constant times that of the
    other.
    """
    (sign,), (other,) = gold.value, said.value
    if sign not in FLIPPED or other not in FLIPPED:
        return False
    if any(part.head in STRUCTURES or is_not_a_number(part) for part in (*gold.parts, *said.parts)):
        return False
    if symbols(gold) != symbols(said) or not symbols(gold) or is_solved(gold):
        return False

    try:
        ratio = constant_ratio(left_minus_right(gold), left_minus_right(said))
    except UndefinedError:
        return False

    return ratio is not None and sign == (other if ratio > 0 else FLIPPED[other])


def _same_tuple(gold: Node, said: Node) -> bool:
    return gold.value == said.value and _same_in_order(gold.parts, said.parts)


def _same_flat(gold: Node, said: Node) -> bool:
    return _same_unordered(flatten(gold, gold.head), flatten(said, gold.head))


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
    **dict.fromkeys(UNORDERED_SIGNS, _same_flat),
}
