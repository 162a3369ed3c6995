"""The gold expression of a dataset row, analyzed once: its tree, unit, words and symbols."""

import re
from dataclasses import dataclass
from functools import lru_cache

from waywiser.answers.formula import read_formula
from waywiser.answers.formula_tree import Node
from waywiser.answers.latex import squeeze, to_latex
from waywiser.answers.signs import UnreadableError
from waywiser.answers.structure_forms import canonical_form, has_both_signs
from waywiser.answers.units import unit_factor

_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{2,}")
_COMMAND_WORD = re.compile(r"\\(?:begin|end)\{[a-z*]+\}")
_SYMBOL = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z](?![a-zA-Z])")
_TAIL_UNIT = re.compile(
    r"(?:(?<=[\d)}\s])|(?<=\\pi))\s?(\\%|%|°|(?:square |sq |cubic )?[a-zA-Z]{1,12}(?: ?\^"
    r" ?\{?[23]\}?|[23])?"
    r"(?:/[a-z]{1,6})?)\.?$"
)
_FUNCTION = re.compile(r"\\(?:arc)?(?:sin|cos|tan|cot|sec|csc)(?![a-zA-Z])")
_LISTS = frozenset(("list", "set", "tuple", "matrix", "cases", "row", "union", "intersection"))


@dataclass(frozen=True, slots=True)
class GoldExpression:
    """A gold expression, looked at once. `tree` is None where it is not understood: then only its
    spelling counts.
    """

    latex: str
    squeezed: frozenset[str]
    whole: str
    tree: Node | None
    unit: str | None
    words: frozenset[str]
    symbols: frozenset[str]
    is_list: bool
    """Whether commas separate its parts, so that a comma in an answer does not group digits."""


@lru_cache(maxsize=8192)
def read_gold(text: str, unit: str | None = None) -> GoldExpression:
    """The gold expression of a dataset row; `unit` as in its answer."""
    whole = to_latex(text)
    latex, tail = split_unit(whole, _symbols(whole))
    tree = read_tree(latex)
    is_list = "," in to_latex(text, thousands=False) and (tree is None or is_listing(tree))

    if is_list:
        latex = to_latex(text, thousands=False)
        tree = read_tree(latex) or tree

    return GoldExpression(
        latex=latex,
        squeezed=frozenset((squeeze(latex), squeeze(whole))),
        whole=whole,
        tree=tree,
        unit=unit or tail,
        words=frozenset(words_of(latex)),
        symbols=_symbols(latex),
        is_list=is_list,
    )


def read_tree(latex: str) -> Node | None:
    try:
        return read_formula(latex)
    except UnreadableError:
        return None


def is_listing(tree: Node) -> bool:
    """Whether it has several parts or values, so that an answer may have them too."""
    tree = canonical_form(tree)
    if tree.head == "relation":
        return any(map(is_listing, tree.parts))
    return tree.head in _LISTS or has_both_signs(tree)


def words_of(latex: str) -> list[str]:
    return _WORD.findall(_COMMAND_WORD.sub(" ", latex))


def _symbols(latex: str) -> frozenset[str]:
    """Letters that stand for something: alone, or in a short product such as xy."""
    products = [word for word in words_of(latex) if len(word) <= 3 and unit_factor(word) is None]
    return frozenset(_SYMBOL.findall(latex)) | frozenset("".join(products))


def split_unit(latex: str, known: frozenset[str]) -> tuple[str, str | None]:
    """The expression and the unit at its end; a symbol of the gold expression is not a unit."""
    match = _TAIL_UNIT.search(latex[-40:])
    if match is None or match.group(1) in known:
        return latex, None

    name = match.group(1).replace("\\", "").replace("{", "").replace("}", "").replace(" ^", "^")
    if unit_factor(name) is None:
        return latex, None
    if name in ("°", "%") and (latex.count(name) > 1 or _FUNCTION.search(latex)):
        return latex, None  # sin 30°, or a list of angles

    return latex[: len(latex) - len(match.group())].strip(), name
