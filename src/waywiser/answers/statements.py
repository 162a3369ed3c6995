"""Lines that state an answer: "The answer is B", "Answer: 3", "答案：B", "Antwort: C", "Ответ: 7"."""

import re
from dataclasses import dataclass

from waywiser.answers.hedge_words import HEDGES

MAX_ANSWER_CHARACTERS = 512
"""An answer text longer than this is not an answer."""

MAX_CANDIDATES = 8
"""At most this many statements before the last are compared with it."""

_ENGLISH = (
    r"\banswers?(?: to (?:the|this) question)?[*_` ]{0,4}(?:is\b|are\b|[:=]|- |→)"
    r"|\b(?:correct|right|best|final) (?:option|choice)[*_` ]{0,4}(?:is\b|[:=])"
)
_NOUNS = (
    r"(?:\b(?:antwort|lösung|réponse|respuesta|risposta|resposta|antwoord|odpowiedź|odpověď|"
    r"svaret?|cevap|đáp án|"
    r"jawaban(?:nya)?|vastaus|válasz|răspuns|ans)|ответ|відповідь|απάντηση|答案|答え|正解|回答|정답은?|"
    r"답은?|उत्तर|जवाब|"
    r"উত্তর|الإجابة|الجواب|پاسخ|תשובה|คำตอบ)"
)
_OTHERS = (
    _NOUNS + r"(?: (?:correcta?|corretta|correta|correcte|finale?|الصحيحة))?[*_` ]{0,4}"
    r"(?:(?:ist|lautet|est|es|è|é|is|to|jest|je|är|là|adalah|هي|应为|应该是|应是|是|为|為|は|은|는)"
    r"(?: |(?=[^a-z]))[:：]?|"
    r"[:：=—–-]|\. )|(?:정답|답)은"
)
_CHINESE_CHOICE = (
    r"(?:故|应|應|应该|應該|所以|因此|答案)(?:本题|此题)?[选選](?:择|擇)?(?:项|項)?"
    r"[ ：:]{0,2}(?=[A-Ha-h](?![a-z]))"
)
_STATEMENT = re.compile(
    rf"(?:{_ENGLISH}|{_OTHERS}|{_CHINESE_CHOICE}|^#### ?(?=[-+$\\]?\d))[*_` ]{{0,4}}[:：]?([^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_ASCII_WORDS = (
    *(
        "answer",
        "option",
        "choice",
        "antwort",
        "respuesta",
        "risposta",
        "resposta",
        "antwoord",
        "svar",
        "cevap",
    ),
    *("jawaban", "vastaus", "ans", "####"),
)
# What may stand between the beginning of a clause and "answer": anything else says whose or which
# answer it is.
_CLAUSE = re.compile(
    r"[.!?,;:。！？，；：\n]|\b(?:so|thus|hence|therefore|that|and|then|since|say|get|have)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?。！？\n]")
_ATTITUDE = re.compile(
    r"\b(?:think|believe|doubt|say|says|claims?|true|unclear|unsure|mistake|false|sure|creo|"
    r"glaube|crois|думаю|"
    r"if|whether)\b|认为|觉得",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\b(?:suppose|supposing|assume|assuming|imagine|were|eliminate)\b", re.IGNORECASE
)
_MAX_LOOKBACK = 200
_ADJECTIVES = 3
_DETERMINERS = frozenset(
    {"the", "my", "our", "a", "an", "this", "die", "der", "das", "la", "le", "el", "il", "o"}
)
_NEUTRAL = frozenset(
    {
        *("the", "my", "our", "a", "an", "this", "final", "correct", "right", "best", "short"),
        *("overall", "exact", "is", "finally", "approximate", "numeric", "numerical", "complete"),
        *("simplified", "choice", "option", "in", "conclusion", "die", "der", "das", "richtige"),
        *("korrekte", "endgültige", "meine", "la", "le", "el", "o", "il", "ma", "mi", "correcta"),
        *("finale", "bonne", "minha", "mia", "правильный", "верный", "итоговый", "мой", "step"),
        *("prawidłowa", "správná", "quick", "expected", "direct"),
    }
)
_FORMULA = re.compile(r"\s*(?:\\\[|\$\$)([^$\\]*(?:\\(?!\])[^$\\]*){0,200})(?:\\\]|\$\$)")


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` is what a statement says; it ends at `end` in the text that was searched.

    `denied`: what stands before it in its sentence makes it no statement ("I doubt that the answer
    is B").
    """

    text: str
    end: int
    denied: bool = False


def find_statements(text: str) -> list[Statement]:
    """The statements of an answer in a text, in order; one may continue in the next line."""
    found: list[Statement] = []
    if not may_state(text):
        return found

    for match in _STATEMENT.finditer(text):
        said = match[1].strip()
        denied = _is_denied(text[max(0, match.start() - _MAX_LOOKBACK) : match.start()])
        found.append(Statement(_without_shout(said), match.end(), denied))

    return found


def _is_denied(before: str) -> bool:
    """Whether the words before a statement in its sentence deny it, or say that it is another
    answer's.
    """
    sentence = _SENTENCE.split(before)[-1]
    clause = _CLAUSE.split(sentence)[-1]
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", clause.casefold())
    described = words[
        max((place + 1 for place, word in enumerate(words) if word in _DETERMINERS), default=0) :
    ]

    if (
        HEDGES.search(clause)
        or _SUPPOSED.search(clause)
        or any(word not in _NEUTRAL and word < "\u0600" for word in described[-_ADJECTIVES:])
    ):
        return True

    return _ATTITUDE.search(sentence) is not None and HEDGES.search(sentence)


def may_state(text: str) -> bool:
    """Whether a text has a word that a statement begins with: cheap, and true too often."""
    if not text.isascii():
        return True
    low = text.lower()
    return any(word in low for word in _ASCII_WORDS)


def next_line(rest: str) -> str:
    r"""The first line that says something, for "Answer:" at the end of a line; a formula in `\[ \]`
    whole.
    """
    rest = rest[: 4 * MAX_ANSWER_CHARACTERS]
    if formula := _FORMULA.match(rest):
        return " ".join(formula[1].split())

    for line in rest.splitlines():
        if line.strip(" *_`$"):
            return line.strip()

    return ""


def _without_shout(said: str) -> str:
    """A sentence's exclamation mark is not a factorial: "The answer is 42!"."""
    return said[:-1] if said.endswith("!") and not said.endswith("!!") else said
