r"""Expressions: check that an answer's text is a candidate, then compare it with the gold.

The whole text has to be understood (see `formula`), and it has to be of the gold expression's kind:
not a relation if a value is asked, no second candidate, no unit that nobody asked for. The rest
is compared part by part (`structure`) and by exact values (`values`), nearly always in this
process; the rest goes to the bounded workers of `verifier`.
"""

import re
from dataclasses import dataclass
from typing import Literal

from waywiser.answers.arithmetic_limits import TooLargeError, UndefinedError
from waywiser.answers.formula import read_formula
from waywiser.answers.formula_tree import Node
from waywiser.answers.gold_expression import (
    GoldExpression,
    is_listing,
    read_tree,
    split_unit,
    words_of,
)
from waywiser.answers.latex import squeeze, to_latex
from waywiser.answers.signs import UnreadableError
from waywiser.answers.structure import is_same, is_same_statement
from waywiser.answers.structure_forms import canonical_form, has_both_signs, is_name
from waywiser.answers.units import unit_factor
from waywiser.answers.values import is_within
from waywiser.answers.verifier import MAX_EXPRESSION_CHARACTERS, Comparison

_SCIENTIFIC = re.compile(r"([-+]?\d{1,15}(?:\.\d{1,15})?)[eE]([-+]?\d{1,4})")
_DECIMAL = re.compile(r"-?\d*\.(\d{1,15})")
_MAX_PARTS = 4
_LIST = re.compile(r"[(\[{,]\s*-?\d{1,4}\s*,|,\s")
_LEAD_WORDS = re.compile(
    r"(?:so |thus |hence )?(?:the |my )?(?:final )?(?:answer|result|value) (?:is|equals):? ?", re.I
)
_UNSUPPORTED = re.compile(r"\\(?:int|iint|sum|prod|lim|partial|oint|ldots)(?![a-zA-Z])|\\frac\{d\}")
_TWO_NUMBERS = re.compile(r"\d \d(?!\d* ?/)")
_HEDGES = frozenset(
    {
        *(
            "either",
            "neither",
            "not",
            "maybe",
            "perhaps",
            "possibly",
            "probably",
            "about",
            "roughly",
            "except",
        ),
        *(
            "approximately",
            "unsure",
            "cannot",
            "unknown",
            "between",
            "almost",
            "nearly",
            "vs",
            "versus",
            "around",
        ),
    }
)
_CHAIN = re.compile(r"=|\\approx(?![a-zA-Z])")
_BARE_UNITS = re.compile(r"(?<=[\w)}]) (?:(?:square|cubic|sq) )?units?(?: ?\^ ?\{?[23]\}?)?$")
_BRACKET_OR_EQUALS = re.compile(r"\\approx(?![a-zA-Z])|\\[a-zA-Z]+|\\.|[=()\[\]{}]")
Refusal = Literal["malformed", "ambiguous", "wrong_unit", "no_answer"]


@dataclass(frozen=True, slots=True)
class ExpressionRefusal:
    """The text is not a candidate, with the reason."""

    outcome: Refusal
    reason: str


def equal_expressions(a: str, b: str) -> bool | None:
    r"""Whether two texts are the same expression, in this process and within strict bounds of time.

    `a` is the expression that is right or offered, in LaTeX or plain text ("$\frac12$"); `b` is
    what was said, which may name it (`x = 1/2`) or be a chain that is right on every side. True or
    False where both are understood whole and that decides; None where a part of either is not
    understood (words, units, integrals) or where deciding would take too much. Units are no part of
    an expression.
    """
    if max(len(a), len(b)) > MAX_EXPRESSION_CHARACTERS:
        return None
    if squeeze(to_latex(a)) == squeeze(to_latex(b)):
        return True if re.search(r"\w", a) else None

    thousands = not _LIST.search(a)
    try:
        gold, said = (read_formula(to_latex(text, thousands=thousands)) for text in (a, b))
        return is_same_statement(gold, said)
    except (UnreadableError, TooLargeError, UndefinedError):
        return None


def stated_unit(text: str) -> str | None:
    """The unit at the end of an answer's text, for a caller who knows that the answer may have one;
    else None.
    """
    latex = to_latex(text)
    return split_unit(latex, frozenset())[1]


def read_expression(text: str, gold: GoldExpression) -> Comparison | ExpressionRefusal:
    """The comparison that decides about the text, or the reason why it is not a candidate."""
    if len(text) > MAX_EXPRESSION_CHARACTERS:
        return ExpressionRefusal("malformed", f"longer than {MAX_EXPRESSION_CHARACTERS} characters")
    if number := _SCIENTIFIC.fullmatch(text.strip()):
        text = rf"{number.group(1)} \cdot 10^{{{int(number.group(2))}}}"

    latex = _LEAD_WORDS.sub("", to_latex(text, thousands=not gold.is_list), count=1)
    if latex.startswith("="):
        latex = latex[1:].lstrip()  # "= 3", as the last line of a calculation
    if not re.search(r"[\w\\]", latex):
        return ExpressionRefusal("no_answer", "nothing but punctuation")
    if _TWO_NUMBERS.search(latex) and not _TWO_NUMBERS.search(gold.whole):
        return ExpressionRefusal("ambiguous", "two numbers side by side")
    if squeeze(latex) in gold.squeezed:
        return Comparison(gold.latex, ((gold.latex, 0.0),))
    if "?" in latex:
        return ExpressionRefusal("ambiguous", "a question mark")

    latex, unit = split_unit(latex, gold.symbols | gold.words)
    if unit is not None and (gold.unit is None or unit_factor(unit) != unit_factor(gold.unit)):
        return ExpressionRefusal(
            "wrong_unit", f"'{unit}' where the question asks for {gold.unit or 'a bare expression'}"
        )

    latex = _BARE_UNITS.sub("", latex)
    if refused := _check_operators(latex, gold) or _check_words(latex, gold):
        return refused

    return _read_whole(latex, gold)


def decide(comparison: Comparison, gold: GoldExpression, *, by_value: bool = True) -> bool | None:
    """Right or wrong if that is cheap to decide; None if a worker has to compare.

    Without `by_value` only the spelling decides, which takes no time.
    """
    if not by_value:
        return True if all(squeeze(text) in gold.squeezed for text, _ in comparison.parts) else None

    decided = [
        _decide_part(comparison.gold, text, tolerance, gold) for text, tolerance in comparison.parts
    ]
    if False in decided:
        return None if True in decided else False  # the worker says "mixed"

    return None if None in decided else True


def compare_texts(gold: str, text: str, tolerance: float = 0.0) -> bool | None:
    """Whether two expressions in LaTeX are equal, numbers within a tolerance; None where one is not
    understood.

    Raises TooLargeError or UndefinedError if that cannot be decided within the limits of this
    process.
    """
    truth = read_tree(gold)
    said = read_tree(text)
    if truth is None or said is None:
        return None

    return is_within(truth, said, tolerance) if tolerance else is_same_statement(truth, said)


def _decide_part(truth: str, text: str, tolerance: float, gold: GoldExpression) -> bool | None:
    if squeeze(text) in gold.squeezed:
        return True
    try:
        return compare_texts(truth, text, tolerance)
    except (TooLargeError, UndefinedError):
        return None


def _read_whole(latex: str, gold: GoldExpression) -> Comparison | ExpressionRefusal:
    """What follows from the tree of the text: it must be all understood, and of the kind that is
    asked.
    """
    try:
        tree = canonical_form(read_formula(latex))
    except UnreadableError as error:
        return ExpressionRefusal("malformed", str(error))

    if gold.tree is None:
        return ExpressionRefusal(
            "malformed", "another spelling of an answer that is compared by its spelling"
        )

    truth = canonical_form(gold.tree)
    if _has_unit_inside(tree) and not _has_unit_inside(truth):
        return ExpressionRefusal("malformed", "a unit in the middle")

    if truth.head != "relation":
        if tree.head == "list" and not is_listing(truth):
            return ExpressionRefusal("ambiguous", "several expressions where one is asked")
        if has_both_signs(tree) and not is_listing(truth):
            return ExpressionRefusal("ambiguous", "two signs where one value is asked")
        if tree.head == "relation" and tree.value != ("in",) and not set(tree.value) <= {"=", "~"}:
            return ExpressionRefusal("malformed", "a relation where a value is asked")

    if tree.head == "relation" and set(tree.value) <= {"=", "~"} and _CHAIN.search(latex):
        return _read_chain(latex, tree, truth, gold)

    return Comparison(gold.latex, ((latex, 0.0),))


def _read_chain(
    latex: str, tree: Node, truth: Node, gold: GoldExpression
) -> Comparison | ExpressionRefusal:
    r"""The sides of `x = 1/3 \approx 0.333` without the name in front, each with its absolute
    tolerance.
    """
    sides, signs = _sides(latex)
    if len(sides) != len(tree.parts) or len(sides) > _MAX_PARTS + 1:
        return ExpressionRefusal("malformed", "a chain of equations that cannot be read")

    first = canonical_form(tree.parts[0])
    named = is_name(first)

    if truth.head == "relation":
        if len(sides) == 2 or not named or not is_same(truth.parts[0], first):
            return Comparison(gold.latex, ((latex, 0.0),))

        lead, *_ = _sides(gold.latex)
        sides = sides[1:]
        signs = signs[1:]
        parts = tuple((f"{lead[0]} = {side}", 0.0) for side in sides)

        return Comparison(gold.latex, parts)

    if named and first != truth:
        sides = sides[1:]
        signs = signs[1:]

    tolerances = [0.0] + [
        _rounding(side, sign) for sign, side in zip(signs, sides[1:], strict=True)
    ]

    return Comparison(gold.latex, tuple(zip(sides, tolerances, strict=True)))


def _sides(latex: str) -> tuple[list[str], list[str]]:
    """What `=` and `\\approx` separate outside of brackets, and these signs."""
    sides = []
    signs = []
    depth = 0
    start = 0

    for match in _BRACKET_OR_EQUALS.finditer(latex):
        sign = match.group()
        if sign in ("=", r"\approx"):
            if not depth:
                sides.append(latex[start : match.start()].strip())
                signs.append(sign)
                start = match.end()
        elif len(sign) == 1:
            depth += 1 if sign in "([{" else -1

    return [*sides, latex[start:].strip()], signs


def _rounding(side: str, sign: str) -> float:
    """How far a later side of a chain may be off: half a unit of a decimal's last digit, and
    nothing otherwise.
    """
    if decimal := _DECIMAL.fullmatch(side):
        return 0.5 * 10.0 ** -len(decimal.group(1))
    return 0.5 if sign == r"\approx" and side.lstrip("-").isdigit() else 0.0


def _check_operators(latex: str, gold: GoldExpression) -> ExpressionRefusal | None:
    undone = {m.group() for m in _UNSUPPORTED.finditer(latex)} - {
        m.group() for m in _UNSUPPORTED.finditer(gold.whole)
    }
    if undone:
        return ExpressionRefusal("malformed", "an operation that is left to do")
    return None


def _check_words(latex: str, gold: GoldExpression) -> ExpressionRefusal | None:
    words = {word.casefold() for word in words_of(latex)} - {word.casefold() for word in gold.words}
    if words & _HEDGES or ("or" in words and not (gold.tree and is_listing(gold.tree))):
        return ExpressionRefusal("ambiguous", "a hedge or a negation")
    return None


def _has_unit_inside(tree: Node) -> bool:
    """Whether degrees or per cent stand outside of a function such as sin."""
    if tree.head == "call":
        return False
    return tree.head in ("degrees", "percent") or any(map(_has_unit_inside, tree.parts))
