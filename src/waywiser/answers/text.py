"""Make answer text plain: Unicode, Markdown and LaTeX decoration away, meaning kept. Linear in its
length.
"""

import re
import unicodedata

CURRENCY = "\uff04"
"""What `to_plain_text` writes for a dollar sign that is money, not the start of mathematics."""

_SIGNS = str.maketrans(
    dict.fromkeys("−–—‒﹣－", "-")
    | dict.fromkeys("‘’′", "'")
    | dict.fromkeys("“”″„「」『』«»", '"')
    | dict.fromkeys("º˚", "°")
    | {"。": ".", "、": ",", "【": "[", "】": "]", "｡": "."}
)
_DOLLARS = re.compile(r"\\\$|(?<![\\$])\$(?=\d)")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8"}
_VULGAR_ANY = re.compile("[" + "".join(_VULGAR) + "]")
_THIN_THOUSANDS = re.compile(r"(?<=\d)(?:[\u2009\u202f\u00a0]|\\,|\{,\})(?=\d{3}(?!\d))")
_FRACTION = re.compile(r"(-?)\\[dtc]?frac\s{0,3}\{([^{}]{1,40})\}\s{0,3}\{([^{}]{1,40})\}")
_SHORT_FRACTION = re.compile(r"(-?)\\[dtc]?frac\s?(\d)\s?(\d)")
_TIME = re.compile(r"(?<![\d:.])(\d{1,2}):(\d)(?![\d:.])")
_ARTICLE = re.compile(r"^(?:the|an?) (?=\S)")
_WRAPPER = re.compile(
    r"\\(?:text|textbf|textit|mathrm|mathbf|mathit|mbox|operatorname|boxed|fbox)\s{0,3}\{"
)
_LATEX_SPACE = re.compile(r"\\[,;:! ]|~|\\(?:quad|qquad|left|right)(?![a-zA-Z])|\\[()\[\]]")
_DEGREE = re.compile(r"\^\s?\{?\s?\\circ\s?\}?|\\degree(?![a-zA-Z])|\\circ(?![a-zA-Z])")
# An asterisk between spaces is a product, unless it opens a line, where it is a bullet.
_EMPHASIS = re.compile(r"(?!(?<=\S )\* \S)(?:(?<![\w*])[*_]+|[*_]+(?![\w*])|`+|\$+)")
_DECORATION = re.compile(r"[\\{*_`$]")
_PI = re.compile(r"\\pi(?![a-zA-Z])")
_TWICE_ESCAPED = re.compile(
    r"\\\\(?=(?:[dtc]?frac|d?sqrt|cdot|times|div|pi|theta|alpha|beta|text|mathrm|mathbf|left|"
    r"right|boxed|circ|"
    r"approx|le|ge|leq|geq|ne|pm|cup|cap|in|infty|sin|cos|tan|ln|log|angle|overline|"
    r"displaystyle|degree)(?![a-zA-Z])|[%{}(),])"
)
_EXPONENT = re.compile(r"\^\s?\{\s?([-+]?\d{1,4})\s?\}")


def single_backslashes(text: str) -> str:
    r"""`text` without the second backslash of commands that were escaped twice, as in JSON:
    `\\frac`.

    Text with an environment is left alone: there the two backslashes end a row.
    """
    if "\\\\" not in text or "\\begin" in text:
        return text
    return _TWICE_ESCAPED.sub("\\\\", text)


def to_plain_text(text: str) -> str:
    """`text` in NFKC without emphasis, dollar signs and LaTeX wrappers; white space collapsed, case
    kept.

    Powers stay visible as `^`: "m²" becomes "m^2" and "10⁵" becomes "10^5", never "105".
    """
    if text.isascii():
        if not _DECORATION.search(text):
            return " ".join(text.split())
    else:
        text = _THIN_THOUSANDS.sub("", text.translate(_SIGNS))
        text = _VULGAR_ANY.sub(lambda m: " " + _VULGAR[m.group()], text)
        text = _SUPERSCRIPT_RUN.sub(lambda m: "^" + m.group().translate(_SUPERSCRIPTS), text)
        text = unicodedata.normalize("NFKC", text).replace("\u2044", "/")

    if "$" in text and (text.count("$") == 1 or "\\$" in text):
        text = _DOLLARS.sub(CURRENCY, text)

    if "\\" in text or "{" in text:
        text = _THIN_THOUSANDS.sub("", single_backslashes(text))
        text = _FRACTION.sub(r" \1\2/\3 ", text)
        text = _SHORT_FRACTION.sub(r" \1\2/\3 ", text)
        text = _DEGREE.sub("°", text)
        text = _EXPONENT.sub(r"^\1", text)

        if _WRAPPER.search(text):
            text = _WRAPPER.sub(" ", text).replace("}", "")

        text = _LATEX_SPACE.sub(" ", text).replace("\\%", "%")
        text = text.replace("\\times", "×").replace("\\cdot", "×").replace("\\approx", "≈")
        text = _PI.sub("π", text)

    return " ".join(_EMPHASIS.sub("", text).split())


def comparison_key(text: str) -> str:
    """What two texts must share to be the same words: plain, case-folded, without outer
    punctuation.
    """
    return (
        to_plain_text(text)
        .casefold()
        .replace(CURRENCY, "")
        .rstrip(" .,;:\"'()[]")
        .lstrip(" ,;:\"'()[]")
    )


def bare_words(text: str) -> str:
    """`comparison_key` without an article in front, times of day with two digits of minutes: "5:0"
    is "5:00".
    """
    words = comparison_key(text)
    if ":" in words:
        words = _TIME.sub(r"\1:0\2", words)
    return _ARTICLE.sub("", words, count=1)


def word_set(text: str) -> frozenset[str]:
    """The words of a text that spaces and line breaks separate: a list that is easy to read."""
    return frozenset(text.split())
