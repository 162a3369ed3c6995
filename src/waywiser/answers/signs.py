r"""The signs of a formula: how its text falls into tokens, and what the commands, relations and
names mean.
"""

import re
from dataclasses import dataclass

_MAX_TOKENS = 512


class UnreadableError(ValueError):
    """The text, or a part of it, is not understood."""


@dataclass(frozen=True, slots=True)
class Token:
    """A sign with its kind; `spaced` says whether white space stands before it."""

    kind: str
    text: str
    spaced: bool


_TOKEN = re.compile(
    r"(?P<space>[ \t\n]+|\\[,;:!> ]|\\q?quad(?![a-zA-Z])|~)"
    r"|(?P<periodic>\d*\.\d*\\(?:overline|bar|dot)\s?\{\d+\}|\d*\.\(\d+\))"
    r"|(?P<number>\d+\.\d+|\.\d+|\d+\.(?!\.)|\d+)"
    r"|(?P<word>\\text\{[^{}]*\})"
    r"|(?P<environment>\\(?:begin|end)\{[a-z]+\*?\})"
    r"|(?P<command>\\[a-zA-Z]+|\\[{}|\\%])"
    r"|(?P<dots>\.\.\.)"
    r"|(?P<letter>[a-zA-Z])"
    r"|(?P<sign>[-+*/^_=<>()\[\]{},;:!'|&%°])"
)
OPEN = {
    "(": ")",
    "[": "]",
    r"\{": r"\}",
    r"\lvert": r"\rvert",
    r"\lfloor": r"\rfloor",
    r"\lceil": r"\rceil",
}
GREEK = frozenset(
    {
        *(
            r"\alpha",
            r"\beta",
            r"\gamma",
            r"\delta",
            r"\epsilon",
            r"\varepsilon",
            r"\zeta",
            r"\eta",
        ),
        *(
            r"\theta",
            r"\vartheta",
            r"\iota",
            r"\kappa",
            r"\lambda",
            r"\mu",
            r"\nu",
            r"\xi",
            r"\rho",
        ),
        *(
            r"\sigma",
            r"\tau",
            r"\phi",
            r"\varphi",
            r"\chi",
            r"\psi",
            r"\omega",
            r"\Gamma",
            r"\Delta",
        ),
        *(r"\Theta", r"\Lambda", r"\Xi", r"\Pi", r"\Sigma", r"\Phi", r"\Psi", r"\Omega", r"\ell"),
    }
)
CONSTANTS = {
    r"\pi": "pi",
    "e": "e",
    "i": "i",
    r"\infty": "infinity",
    r"\emptyset": "empty",
    r"\varnothing": "empty",
}
FUNCTIONS = frozenset(
    {
        *(
            "sin",
            "cos",
            "tan",
            "cot",
            "sec",
            "csc",
            "arcsin",
            "arccos",
            "arctan",
            "sinh",
            "cosh",
            "tanh",
        ),
        *("log", "ln", "lg", "exp", "gcd", "lcm", "max", "min"),
    }
)
INVERSES = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
RELATIONS = {
    "=": "=",
    "<": "<",
    ">": ">",
    r"\le": "<=",
    r"\leq": "<=",
    r"\ge": ">=",
    r"\geq": ">=",
    r"\lt": "<",
    r"\gt": ">",
    r"\ne": "!=",
    r"\neq": "!=",
    r"\in": "in",
    r"\notin": "notin",
    r"\subset": "subset",
    r"\subseteq": "subseteq",
    r"\supset": "supset",
    r"\approx": "~",
    r"\equiv": "equiv",
    r"\sim": "similar",
    r"\cong": "congruent",
    r"\parallel": "parallel",
    r"\perp": "perpendicular",
    r"\mid": "divides",
    r"\propto": "proportional",
    r"\to": "to",
    r"\rightarrow": "to",
    r"\Rightarrow": "implies",
    r"\implies": "implies",
    r"\mapsto": "maps",
    r"\iff": "iff",
    r"\Leftrightarrow": "iff",
    r"\leftrightarrow": "iff",
    r"\leftarrow": "from",
}
SET_SIGNS = {
    r"\cup": "union",
    r"\cap": "intersection",
    r"\setminus": "without",
    r"\land": "and",
    r"\wedge": "and",
    r"\lor": "or",
    r"\vee": "or",
}
NAMED_SYMBOLS = {
    r"\angle": "angle",
    r"\measuredangle": "angle",
    r"\triangle": "triangle",
    r"\overline": "segment",
    r"\overrightarrow": "ray",
    r"\vec": "ray",
    r"\overleftrightarrow": "line",
    r"\odot": "circle",
    r"\widehat": "arc",
    r"\overset": "",
    r"\square": "quadrilateral",
    r"\parallelogram": "parallelogram",
}
TURNABLE = frozenset(("angle", "segment", "line"))
"""What may be named from either end."""
ACCENTS = frozenset(
    (r"\overline", r"\bar", r"\hat", r"\vec", r"\tilde", r"\dot", r"\overrightarrow", r"\widehat")
)
STYLES = frozenset((r"\mathbb", r"\mathcal", r"\mathscr", r"\mathfrak"))
MATRICES = frozenset(
    ("matrix", "pmatrix", "bmatrix", "vmatrix", "Bmatrix", "array", "cases", "aligned")
)
DIFFERENTIAL = re.compile(r"(?:d|\\partial)(?:\^(\d))?([a-zA-Z]?)(?:\^\d)?")
OPAQUE_FUNCTIONS = frozenset("fghFGPE")
SPOKEN_LETTERS = frozenset("eiou")
CONJUNCTIONS = frozenset(("and", "or"))
CONDITION_WORDS = frozenset(("if", "for", "when", "where"))
STARTERS = frozenset(
    {
        *(r"\frac", r"\cfrac", r"\dfrac", r"\tfrac", r"\sqrt", r"\binom", r"\tbinom", r"\dbinom"),
        *(r"\lvert", r"\vert", r"\lfloor", r"\lceil", r"\{", *ACCENTS, *STYLES),
    }
)


def tokenize(text: str) -> list[Token]:
    """The tokens of a text. Raises UnreadableError for a character that is not a token."""
    tokens: list[Token] = []
    place = 0
    spaced = False

    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise UnreadableError(f"{text[place]!r} is no sign of a formula")

        place = match.end()
        kind = str(match.lastgroup)
        if kind == "space":
            spaced = True
            continue

        tokens.append(Token(kind, match.group(), spaced))
        spaced = False

    if len(tokens) > _MAX_TOKENS:
        raise UnreadableError("too long")

    return tokens
