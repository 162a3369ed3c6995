"""Lines that state an answer: "The answer is B", "Answer: 3", "答案：B", "Antwort: C", "Ответ: 7"."""

import re
from dataclasses import dataclass

LONGEST_ANSWER = 512
"""An answer text longer than this is not an answer."""

MOST_CANDIDATES = 8
"""Only so many statements before the last are compared with it."""

_ENGLISH = (
    r"\banswers?(?: to (?:the|this) question)?[*_` ]{0,4}(?:is\b|are\b|[:=])"
    r"|\b(?:correct|right|best|final) (?:option|choice)[*_` ]{0,4}(?:is\b|[:=])"
)
_OTHERS = (
    r"(?:\b(?:antwort|lösung|réponse|respuesta|risposta|resposta|antwoord|odpowiedź|odpověď|svar|cevap|đáp án)"
    r"|ответ|答案|答え|正解|回答|정답|उत्तर|الإجابة)"
    r"[*_` ]{0,4}(?:(?:ist|lautet|est|es|è|é|is|jest|är|là|应为|应该是|应是|是|为|為|は|은|는)[ ]?[:：]?|[:：=—–-])"
)
_CHINESE_CHOICE = (
    r"(?:故|应|應|应该|應該|所以|因此|答案)(?:本题|此题)?[选選](?:择|擇)?(?:项|項)?[ ：:]{0,2}(?=[A-Ha-h](?![a-z]))"
)
_STATEMENT = re.compile(
    rf"(?:{_ENGLISH}|{_OTHERS}|{_CHINESE_CHOICE})[*_` ]{{0,4}}[:：]?([^\n]*)",
    re.IGNORECASE,
)
_ASCII_WORDS = (
    *("answer", "option", "choice", "antwort", "respuesta", "risposta", "resposta", "antwoord", "svar", "cevap"),
)
_FORMULA = re.compile(r"\s*(?:\\\[|\$\$)([^$\\]*(?:\\(?!\])[^$\\]*){0,200})(?:\\\]|\$\$)")


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` is what a statement says; it ends at `end` in the text that was searched."""

    text: str
    end: int


def find_statements(text: str) -> list[Statement]:
    """The statements of an answer in a text, in order. A statement may continue in the next line."""
    found: list[Statement] = []
    if not may_state(text):
        return found

    for match in _STATEMENT.finditer(text):
        said = match[1].strip()
        found.append(Statement(_without_shout(said), match.end()))
    return found


def may_state(text: str) -> bool:
    """Whether a text has a word that a statement begins with: cheap, and true too often."""
    if not text.isascii():
        return True
    low = text.lower()
    return any(word in low for word in _ASCII_WORDS)


def next_line(rest: str) -> str:
    r"""The first line that says something, for "Answer:" at the end of a line; a formula in `\[ \]` whole."""
    rest = rest[: 4 * LONGEST_ANSWER]
    if formula := _FORMULA.match(rest):
        return " ".join(formula[1].split())

    for line in rest.splitlines():
        if line.strip(" *_`$"):
            return line.strip()
    return ""


def _without_shout(said: str) -> str:
    """A sentence's exclamation mark is no factorial: "The answer is 42!"."""
    return said[:-1] if said.endswith("!") and not said.endswith("!!") else said
