r"""Expressions: what must hold of an answer's text before it is worth a symbolic comparison.

A computer algebra system is generous: it takes the last side of `4=3`, drops units and per cent signs, and does
integrals that the question asked for. What follows from the text alone is therefore decided here, cheaply and
strictly; only what is left goes to the bounded workers of `waywiser.answers.verifier`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from waywiser.answers.formula import Unread, read_formula
from waywiser.answers.latex import squeeze, to_latex
from waywiser.answers.numbers import read_number, unit_size
from waywiser.answers.structure import same_statement
from waywiser.answers.values import TooLarge, Undefined
from waywiser.answers.verifier import LONGEST, Comparison

SIX_DIGITS = 1e-6
"""Relative distance within which two numbers are the same: 0.333333 is 1/3, 0.333 is not."""
_SCIENTIFIC = re.compile(r"([-+]?\d{1,15}(?:\.\d{1,15})?)[eE]([-+]?\d{1,4})")
_DECIMAL = re.compile(r"-?\d*\.(\d{1,15})")
_MOST_PARTS = 4
_LIST = re.compile(r"[(\[{,]\s*-?\d{1,4}\s*,|,\s")

_LEAD_WORDS = re.compile(
    r"(?:so |thus |hence )?(?:the |my )?(?:final )?(?:answer|result|value) (?:is|equals):? ?", re.I
)
_NAME = r"(?:[a-zA-Z]|\\[a-zA-Z]+|[A-Za-z]{2,12})(?:_\{\w{1,8}\})?'?(?: ?\([a-zA-Z](?: ?, ?[a-zA-Z])*\))?"
_LEAD_IN = re.compile(rf"({_NAME}) ?(?:=|:(?!=)) ?(?=\S)")
_EACH_LEAD_IN = re.compile(r"(?:(?<=^)|(?<=,)|(?<=\{)) ?[a-zA-Z](?:_\{\w\})? ?= ?")
_CHAIN = re.compile(r"(=|\\approx)")
_RELATION = re.compile(r"[<>=]|\\(?:le|ge|ne|lt|gt|in|approx|equiv|sim)(?![a-zA-Z])")
_ORDER = re.compile(r"[<>]|\\(?:le|ge|ne|lt|gt|in|equiv|sim)(?![a-zA-Z])")
_UNDONE = re.compile(r"\\(?:int|iint|sum|prod|lim|partial|oint|ldots|cdots|dots)(?![a-zA-Z])|\.\.\.|\\frac\{d\}")
_TWO_NUMBERS = re.compile(r"\d \d")
_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{2,}")
_COMMAND_WORD = re.compile(r"\\(?:begin|end)\{[a-z*]+\}")
_SYMBOL = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z](?![a-zA-Z])")
_HEDGES = frozenset({
    *("or", "either", "neither", "not", "maybe", "perhaps", "possibly", "probably", "about", "roughly"),
    *("approximately", "unsure", "cannot", "unknown", "between", "almost", "nearly", "vs", "versus", "around"),
})  # fmt: skip
_AND = re.compile(r"(?<![\\a-zA-Z])(?:and|or)(?![a-zA-Z])|;")
_TAIL_UNIT = re.compile(
    r"(?:(?<=[\d)}\s])|(?<=\\pi))\s?(\\%|%|°|(?:square |sq |cubic )?[a-zA-Z]{1,12}(?: ?\^ ?\{?[23]\}?|[23])?"
    r"(?:/[a-z]{1,6})?)\.?$"
)

Refusal = Literal["malformed", "ambiguous", "wrong_unit", "no_answer"]


@dataclass(frozen=True, slots=True)
class GoldExpression:
    """A gold expression, looked at once. `count` is the number of elements of a list or tuple, else 1."""

    latex: str
    whole: str
    squeezed: str
    number: int | float | None
    unit: str | None
    brackets: str
    count: int
    words: frozenset[str]
    symbols: frozenset[str]
    name: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The text is no candidate, and why."""

    outcome: Refusal
    reason: str


@lru_cache(maxsize=8192)
def read_gold(text: str, unit: str | None = None) -> GoldExpression:
    """The gold expression of a dataset row; `unit` as in its answer."""
    whole = to_latex(text)
    latex, tail = _split_unit(whole, _symbols(whole))
    lead = _LEAD_IN.match(latex)
    name = lead.group(1) if lead else None
    side = latex[lead.end() :] if lead and not _RELATION.search(latex, lead.end()) else latex
    brackets, elements = _elements(side)
    if len(elements) > 1:
        side = to_latex(text, thousands=False) if not lead else side
        brackets, elements = _elements(side)
    return GoldExpression(
        latex=side,
        whole=whole,
        squeezed=squeeze(side),
        number=read_number(side).value if len(elements) == 1 else None,
        unit=unit or tail,
        brackets=brackets,
        count=len(elements),
        words=frozenset(_words(latex)),
        symbols=_symbols(latex),
        name=name if side is not latex else None,
    )


def equal_expressions(a: str, b: str) -> bool | None:
    r"""Whether two texts are the same expression, in this process and within strict bounds of time.

    `a` is the expression that is right or offered, in LaTeX or plain text ("$\frac12$"); `b` is what was said, which
    may name it (`x = 1/2`) or be a chain that is right on every side. True or False where both are understood whole
    and that decides; None where a part of either is not understood (words, units, integrals) or where deciding would
    take too much. Units are no part of an expression.
    """
    if max(len(a), len(b)) > LONGEST:
        return None
    if squeeze(to_latex(a)) == squeeze(to_latex(b)):
        return True if re.search(r"\w", a) else None
    thousands = not _LIST.search(a)
    try:
        gold, said = (read_formula(to_latex(text, thousands=thousands)) for text in (a, b))
        return same_statement(gold, said)
    except (Unread, TooLarge, Undefined):
        return None


def read_expression(text: str, gold: GoldExpression) -> Comparison | Refused:
    """The comparison that decides about the text, or why it is no candidate."""
    if len(text) > LONGEST:
        return Refused("malformed", f"longer than {LONGEST} characters")
    if number := _SCIENTIFIC.fullmatch(text.strip()):
        text = rf"{number.group(1)} \cdot 10^{{{int(number.group(2))}}}"
    latex = _LEAD_WORDS.sub("", to_latex(text, thousands=gold.count == 1), count=1)
    if not re.search(r"[\w\\]", latex):
        return Refused("no_answer", "nothing but punctuation")
    if _TWO_NUMBERS.search(latex) and not _TWO_NUMBERS.search(gold.whole):
        return Refused("ambiguous", "two numbers side by side")
    if squeeze(latex) in (gold.squeezed, squeeze(gold.whole)):
        return Comparison(gold.latex, ((gold.latex, 0.0),))
    if "?" in latex:
        return Refused("ambiguous", "a question mark")
    if gold.count > 1:
        latex = _EACH_LEAD_IN.sub(" ", _AND.sub(",", latex)).replace(", ,", ",").replace(",,", ",")
    latex, unit = _split_unit(latex, gold.symbols | gold.words)
    if unit is not None and (gold.unit is None or unit_size(unit) != unit_size(gold.unit)):
        return Refused("wrong_unit", f"'{unit}' where the question asks for {gold.unit or 'a bare expression'}")
    if "%" in latex or "°" in latex:
        return Refused("malformed", "a unit in the middle")
    for check in (_check_operators, _check_elements):
        if refused := check(latex, gold):
            return refused
    if "=" in gold.latex or (gold.name and "=" in latex and not _LEAD_IN.match(latex)):
        comparison = Comparison(gold.whole, ((latex, 0.0),))  # an equation, perhaps in another form
    else:
        parts = _sides(latex, gold)
        if isinstance(parts, Refused):
            return parts
        comparison = Comparison(gold.latex, parts)
    return _check_words(comparison, gold) or comparison


def decide(comparison: Comparison, gold: GoldExpression) -> bool | None:
    """Right or wrong where spelling or two plain numbers tell; None where a worker has to compare."""
    if all(squeeze(latex) == gold.squeezed for latex, _ in comparison.parts):
        return True
    if len(comparison.parts) == 1 and gold.number is not None:
        value = read_number(comparison.parts[0][0]).value
        if value is not None:
            return same_number(value, gold.number)
    return None


def same_number(value: int | float, truth: int | float) -> bool:
    """Equal to six significant digits; integers exactly."""
    if isinstance(value, int) and isinstance(truth, int):
        return value == truth
    return abs(value - truth) <= SIX_DIGITS * abs(truth)


def _check_operators(latex: str, gold: GoldExpression) -> Refused | None:
    undone = {m.group() for m in _UNDONE.finditer(latex)} - {m.group() for m in _UNDONE.finditer(gold.whole)}
    if undone:
        return Refused("malformed", "an operation that is left to do")
    if r"\pm" in latex and r"\pm" not in gold.whole and gold.count == 1:
        return Refused("ambiguous", "two signs where one value is asked")
    if _ORDER.search(latex) and not _ORDER.search(gold.whole) and not gold.brackets:
        return Refused("malformed", "a relation where a value is asked")
    return None


def _check_elements(latex: str, gold: GoldExpression) -> Refused | None:
    """Lists and tuples need as many elements as the gold has, in the same brackets."""
    if _ORDER.search(latex) or r"\pm" in latex or r"\cup" in latex or r"\begin" in latex:
        return None
    lead = _LEAD_IN.match(latex)
    brackets, elements = _elements(latex[lead.end() :] if lead else latex)
    if gold.count == 1 and len(elements) > 1:
        return Refused("ambiguous", "several expressions where one is asked")
    if gold.count > 1 and gold.brackets in ("", r"\{") and brackets in ("", r"\{"):
        return None
    if gold.count > 1 and brackets != gold.brackets:
        return Refused("malformed", "other brackets than the question's")
    return None


def _sides(latex: str, gold: GoldExpression) -> tuple[tuple[str, float], ...] | Refused:
    r"""The sides of `x = 1/3 \approx 0.333` without the name in front, each with its absolute tolerance."""
    if lead := _LEAD_IN.match(latex):
        name = squeeze(lead.group(1))
        if gold.name and name != squeeze(gold.name) and len(name) == 1:
            return Refused("malformed", f"'{name}' where the question asks for {gold.name}")
        latex = latex[lead.end() :]
    pieces = [piece.strip() for piece in _CHAIN.split(latex)]
    if pieces[0] == "" and len(pieces) > 2:
        pieces = pieces[2:]
    if len(pieces) > 2 * _MOST_PARTS or "" in pieces:
        return Refused("malformed", "a chain of equations that cannot be read")
    tolerances = [0.0] + [_rounding(side, sign) for sign, side in zip(pieces[1::2], pieces[2::2], strict=True)]
    return tuple(zip(pieces[::2], tolerances, strict=True))


def _rounding(side: str, sign: str) -> float:
    """How far a later side of a chain may be off: half a unit of a decimal's last digit, and nothing otherwise."""
    if decimal := _DECIMAL.fullmatch(side):
        return 0.5 * 10.0 ** -len(decimal.group(1))
    return 0.5 if sign == r"\approx" and side.lstrip("-").isdigit() else 0.0


def _check_words(comparison: Comparison, gold: GoldExpression) -> Refused | None:
    for latex, _ in comparison.parts:
        for word in _words(latex):
            if word in gold.words or all(letter in gold.symbols for letter in word):
                continue
            if word.casefold() in _HEDGES:
                return Refused("ambiguous", "a hedge or a negation")
            return Refused("malformed", f"'{word}' is no part of an expression")
    return None


def _words(latex: str) -> list[str]:
    return _WORD.findall(_COMMAND_WORD.sub(" ", latex))


def _symbols(latex: str) -> frozenset[str]:
    """Letters that stand for something: alone, or in a short product such as xy."""
    products = [word for word in _words(latex) if len(word) <= 3 and unit_size(word) is None]
    return frozenset(_SYMBOL.findall(latex)) | frozenset("".join(products))


def _split_unit(latex: str, known: frozenset[str]) -> tuple[str, str | None]:
    """The expression and the unit at its end; a symbol that the gold expression has is no unit."""
    match = _TAIL_UNIT.search(latex[-40:])
    if match is None or match.group(1) in known:
        return latex, None
    name = match.group(1).replace("\\", "").replace("{", "").replace("}", "").replace(" ^", "^")
    if unit_size(name) is None:
        return latex, None
    return latex[: len(latex) - len(match.group())].strip(), name


def _elements(latex: str) -> tuple[str, list[str]]:
    """The outer brackets ("" for none, both signs else) and what commas separate inside them."""
    brackets, inner = "", latex
    if latex.startswith(r"\{") and latex.endswith(r"\}"):
        brackets, inner = r"\{", latex[2:-2]
    elif latex[:1] in ("(", "[") and latex[-1:] in (")", "]") and _is_outer(latex):
        brackets, inner = latex[0] + latex[-1], latex[1:-1]
    depth, start, elements = 0, 0, []
    for place, sign in enumerate(inner):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth <= 0:
            elements.append(inner[start:place].strip())
            start = place + 1
    elements.append(inner[start:].strip())
    return (brackets if len(elements) > 1 else ""), elements


def _is_outer(latex: str) -> bool:
    """Whether the bracket that opens the text closes at its very end."""
    depth = 0
    for place, sign in enumerate(latex):
        depth += (sign in "([") - (sign in ")]")
        if depth == 0:
            return place == len(latex) - 1
    return False
