"""Write an expression in one way: whatever mix of Unicode, plain text and LaTeX a model uses
becomes LaTeX.

Only spelling changes, never structure: what is not understood stays and is refused later. Linear in
the length.
"""

import re
import unicodedata

from waywiser.answers.text import single_backslashes

_SYMBOLS = {
    "−": "-",
    "–": "-",
    "×": r"\cdot ",
    "·": r"\cdot ",
    "⋅": r"\cdot ",
    "∙": r"\cdot ",
    "÷": "/",
    "∕": "/",
    "⁄": "/",
    "√": r"\sqrt",
    "∞": r"\infty ",
    "≤": r"\le ",
    "≥": r"\ge ",
    "≠": r"\ne ",
    "±": r"\pm ",
    "∪": r"\cup ",
    "∩": r"\cap ",
    "∈": r"\in ",
    "≈": r"\approx ",
    "°": r"^{\circ}",
    "½": r"\frac{1}{2}",
    "⅓": r"\frac{1}{3}",
    "⅔": r"\frac{2}{3}",
    "¼": r"\frac{1}{4}",
    "¾": r"\frac{3}{4}",
    "π": r"\pi ",
    "θ": r"\theta ",
    "α": r"\alpha ",
    "º": r"^{\circ}",
    "˚": r"^{\circ}",
    "∠": r"\angle ",
    "△": r"\triangle ",
    "∥": r"\parallel ",
    "⊥": r"\perp ",
    "→": r"\to ",
    "⇒": r"\Rightarrow ",
    "⇔": r"\Leftrightarrow ",
    "∧": r"\land ",
    "∨": r"\lor ",
    "¬": r"\neg ",
    "≡": r"\equiv ",
    "≅": r"\cong ",
    "∼": r"\sim ",
    "∖": r"\setminus ",
    "⊂": r"\subset ",
    "⊆": r"\subseteq ",
    "∉": r"\notin ",
    "′": "'",
    "″": "''",
    "’": "'",
    "∓": r"\mp ",
    "Δ": r"\Delta ",
    "δ": r"\delta ",
    "ε": r"\epsilon ",
    "τ": r"\tau ",
    "ρ": r"\rho ",
    "ψ": r"\psi ",
    "η": r"\eta ",
    "Ω": r"\Omega ",
    "⌊": r"\lfloor ",
    "⌋": r"\rfloor ",
    "⌈": r"\lceil ",
    "⌉": r"\rceil ",
    "∛": r"\sqrt[3]",
    "∜": r"\sqrt[4]",
    "β": r"\beta ",
    "γ": r"\gamma ",
    "φ": r"\phi ",
    "λ": r"\lambda ",
    "μ": r"\mu ",
    "ω": r"\omega ",
    "σ": r"\sigma ",
    "∅": r"\emptyset ",
    "ℝ": r"\mathbb{R}",
    "∫": r"\int ",
    "∑": r"\sum ",
    "…": r"\ldots ",
}
_TRANSLATE = str.maketrans(_SYMBOLS)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿˣ", "0123456789-+nx")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿˣ]+")
_WRAPPER = re.compile(
    r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mbox|operatorname|boxed)\s?\{([^{}]*)\}"
)
_DROPPED = re.compile(
    r"\\(?:left|right)\s?\.|\\(?:left|right|displaystyle|textstyle|scriptstyle|big|Big|bigg|"
    r"Bigg|rm|bf|it|limits)[lrm]?"
    r"(?![a-zA-Z])|(?<!\\)\\[()\[\]$]|[$`]|\\tag\{[^{}]*\}"
)
_SPACE = re.compile(r"(?<!\\)\\[,;:!> ]|~|\\(?:quad|qquad|,)(?![a-zA-Z])")
_KERNED_THOUSANDS = re.compile(r"(?<=\d),\\!\s?(?=\d{3}(?!\d))")
_FUNCTIONS = "sqrt|sin|cos|tan|cot|sec|csc|arcsin|arccos|arctan|log|ln|exp|pi|theta|alpha|beta|gamma|lambda|infty"
_BARE_FUNCTION = re.compile(rf"(?<![\\a-zA-Z])({_FUNCTIONS})(?![a-zA-Z])")
_GLUED_PI = re.compile(r"(?<![\\a-zA-Z])pi(?=[a-zA-Z]\b)")
_RENAMED = (
    (re.compile(r"\\[dtc]frac(?![a-zA-Z])"), r"\\frac"),
    (re.compile(r"\\leq(?:slant)?(?![a-zA-Z])"), r"\\le "),
    (re.compile(r"\\geq(?:slant)?(?![a-zA-Z])"), r"\\ge "),
    (re.compile(r"\\(?:times|ast)(?![a-zA-Z])"), r"\\cdot "),
    (re.compile(r"\\neq(?![a-zA-Z])"), r"\\ne "),
    (re.compile(r"\\(?:simeq|thickapprox)(?![a-zA-Z])"), r"\\approx "),
    (re.compile(r"\^\s?\{?\s?\\circ\s?\}?|\\degree(?![a-zA-Z])|\\circ(?![a-zA-Z])"), "°"),
    (re.compile(r"\\frac\s?([0-9])\s?([0-9])"), r"\\frac{\1}{\2}"),
    (re.compile(r"\\sqrt\s?([0-9a-zA-Z])(?![0-9.])"), r"\\sqrt{\1}"),
    (re.compile(r"\\sqrt\s?([0-9.]+)"), r"\\sqrt{\1}"),
    (re.compile(r"\.\.\.|\\(?:dots|cdots|dotsc|dotsb)(?![a-zA-Z])"), r"\\ldots "),
    (re.compile(r"\{([:;])\}"), r"\1"),
    (re.compile(r"\(\s?mod\s?([^()]{1,40})\)"), r"\\pmod{\1}"),
    (re.compile(r"\\colon(?![a-zA-Z])"), ":"),
    (re.compile(r"\\lbrace(?![a-zA-Z])"), r"\\{"),
    (re.compile(r"\\rbrace(?![a-zA-Z])"), r"\\}"),
    (re.compile(r"\*\*"), "^"),
    (re.compile(r"\*"), r"\\cdot "),
    (re.compile(r"\^\s?([-+]?[0-9]+)"), r"^{\1}"),
    (re.compile(r"\^\s?([-+]?[a-zA-Z])(?![a-zA-Z])"), r"^{\1}"),
    (re.compile(r"_\s?([0-9]+|[a-zA-Z])"), r"_{\1}"),
    (re.compile(r"(?<=\d)(?:,|\{,\})(?=\d{3}(?!\d))"), ""),
    (re.compile(r"(?<=\d)\\,(?=\d{3}(?!\d))"), ""),
)
_PARENTHESISED = re.compile(r"(\\sqrt|\^)\s?\(")


def to_latex(text: str, *, thousands: bool = True) -> str:
    r"""`text` as LaTeX without dollar signs: "2*sqrt(3)" and "2√3" become `2\cdot \sqrt{3}` and
    `2\sqrt{3}`.

    Degrees become the sign °. With `thousands` a comma before three digits is dropped: not so in a
    list.
    """
    if not text.isascii():
        text = _SUPERSCRIPT_RUN.sub(lambda m: "^{" + m.group().translate(_SUPERSCRIPTS) + "}", text)
        text = unicodedata.normalize("NFKC", text.translate(_TRANSLATE)).translate(_TRANSLATE)

    text = _emphasis(single_backslashes(text.strip()))
    if thousands:
        text = _KERNED_THOUSANDS.sub("", text)

    text = _SPACE.sub(" ", _DROPPED.sub(" ", text)) if thousands else _DROPPED.sub(" ", text)

    for _ in range(3):  # wrappers in wrappers
        text, count = _WRAPPER.subn(_unwrapped, text)
        if not count:
            break

    text = _BARE_FUNCTION.sub(r"\\\1", _GLUED_PI.sub(r"\\pi ", text))
    text = _braced(text)
    renamed = _RENAMED if thousands else _RENAMED[:-2]
    for pattern, replacement in renamed:
        text = pattern.sub(replacement, text)

    return " ".join(text.split()).rstrip(" .,;")


def _unwrapped(match: re.Match[str]) -> str:
    r"""The content of \text{}, apart from the letters around it; a single sign as it stands, as in
    `\frac{1}{e}`.
    """
    content = match.group(1)
    if len(content.strip()) > 1:
        return f" {content} "

    before = match.string[match.start() - 1 : match.start()] if match.start() else ""
    after = match.string[match.end() : match.end() + 1]
    return " " * before.isalpha() + content.strip() + " " * after.isalpha()


def squeeze(latex: str) -> str:
    """What two spellings of one expression share: no white space."""
    return "".join(latex.split())


def _emphasis(text: str) -> str:
    """Without Markdown around the whole: `**x**`, `_x_`."""
    while len(text) > 2 and text[0] in "*_" and text[-1] == text[0]:
        text = text[1:-1].strip()
    return text


def _braced(text: str) -> str:
    r"""`\sqrt(...)` and `^(...)` with braces instead of parentheses, where they balance."""
    if not _PARENTHESISED.search(text):
        return text

    out = list(text)

    for match in _PARENTHESISED.finditer(text):
        end = _closing(text, match.end() - 1)
        if end is not None:
            out[match.end() - 1], out[end] = "{", "}"

    return "".join(out)


def _closing(text: str, start: int) -> int | None:
    depth = 0
    for place in range(start, min(len(text), start + 512)):
        depth += (text[place] == "(") - (text[place] == ")")
        if not depth:
            return place
    return None
