"""What may stand around a number in an answer without changing it.

Lists of what is allowed, not of what is forbidden: a word that nobody thought of makes an answer
unreadable, not right. In front of the number stands nothing, a label with a colon or an equals
sign, or a sentence whose last word announces a number. Behind it stand its unit and words of place,
or, where things are counted, their name.
"""

import re
from typing import Literal

from waywiser.answers.hedge_words import HEDGES
from waywiser.answers.number_words import WORDS
from waywiser.answers.text import word_set
from waywiser.answers.units import UNIT_OF

Refusal = Literal["malformed", "ambiguous", "wrong_unit"]
Refused = tuple[Refusal, str]
MAX_WORDS = 12
_HEDGE = re.compile(
    r"\b(?:between|most|more|less|fewer|half|halves|third|thirds|quarter|quarters|squared|"
    r"cubed|times|plus|minus|"
    r"divided|twice|double|doubled|triple|tripled|thrice|would|should|pairs?|couple|dozens|"
    r"hundreds|thousands|"
    r"millions|trillions?|k|too|root|square of|negative"
    r" of|inverse|reciprocal|negated|logarithm|minimum|maximum|bound|"
    r"tops|upwards?|onwards?|another|several|some|many|few|others?|additional)\b"
)
_MINUS_SIGN = re.compile(rf"\bminus (?=[\d.]|{WORDS}\b)")
_UNIT_POWER = re.compile(r"([^\W\d_]+) (?:squared|cubed)\b")
_HARMLESS = re.compile(r"(?:[^\W\d_]|[ .,;:()\[\]~≈'\"!-])*")
_LOOSE_DASH = re.compile(r"(?<![^\W\d_])-|-(?![^\W\d_])")
_ANNOUNCING = word_set(
    """
    is are be equals equal gives get yields makes has have it's there's that's see sees count
    counts counted find found contains contain shows show holds about around approximately
    approx roughly circa ca nearly almost exactly precisely only just the say estimate
    estimated measure measures measured spans stands answer total result after at lasts takes
    took appears guess choose all these therefore thus so hence ответ равно около примерно etwa
    ungefähr ist sind beträgt est environ sont es son unos aproximadamente è sono são 是 为 約 约
    大约 大約 大概 约为 共 共有 有 答案 答案是 答案为 等于 一 共
    """
)
_MEASURED = word_set(
    """
    total distance length height width depth area volume size value number count angle radius
    diameter side speed duration gap sum answer result
    """
)
_BOUNDING = frozenset(
    {"over", "under", "above", "below", "to", "within", "beyond", "than", "until", "from"}
)
_LABEL_END = re.compile(r"[:=≈~] ?[(\[\"'~]*$")


def is_label(words: str) -> bool:
    """Whether words in front of an equals sign name a value: "d", "distance", "the number of
    chairs".
    """
    if refuse_hedges(words) is not None:
        return False

    parts = words.split()
    return (
        len(parts) <= 1
        or parts[0] in _MEASURED
        or (parts[0] in ("the", "total", "final") and parts[1] in _MEASURED)
    )


def _as_unit(match: re.Match[str]) -> str:
    """ "meters squared" is a unit, "chairs squared" is not."""
    return match[1] if match.group() in UNIT_OF else match.group()


def refuse_hedges(low: str) -> Refused | None:
    """Words that make the text not a statement of one value."""
    low = _MINUS_SIGN.sub("-", low) if "minus " in low else low
    low = _UNIT_POWER.sub(_as_unit, low) if "ed" in low else low
    if _HEDGE.search(low) or HEDGES.search(low):
        return "ambiguous", "a hedge, a range or a word that changes the number"
    return None


def refuse_before(text: str) -> Refused | None:
    """Why `text`, all that stands before the number, cannot be passed over; None where it can."""
    text = text.strip()
    if not text:
        return None
    if refused := refuse_symbols(text.rstrip("=≈ ")):
        return refused
    if "!" in text:
        return "malformed", "a factorial, or 'is not'"
    if len(text.split()) > MAX_WORDS:
        return "malformed", "more than an answer"
    if text[-1] in "=≈" and not is_label(text.rstrip("=≈ ")):
        return "malformed", f"'{text}' is not a name of the number"
    if _LABEL_END.search(text):
        return None

    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text)
    if not words:
        return None
    if text[-1] in "([" and (len(text) < 2 or text[-2] != " "):
        return "malformed", f"'{words[-1]}(...)' is not a number"

    if words[-1] in _ANNOUNCING or (
        words[-1] == "of" and len(words) > 1 and words[-2] in _MEASURED
    ):
        return None

    if words[-1] in _BOUNDING:
        return "ambiguous", f"'{words[-1]}' makes the number a bound"

    return "malformed", f"'{words[-1]}' before the number is not understood"


def refuse_gap(text: str, *, units: bool) -> Refused | None:
    """Why what stands between two numbers cannot be read at all; whether they are one answer is
    asked later.
    """
    text = text.strip()
    return None if units and text in ("=", "≈") else refuse_symbols(text)


def refuse_symbols(text: str) -> Refused | None:
    if not _HARMLESS.fullmatch(text):
        return "malformed", "symbols that are not understood beside the number"
    if _LOOSE_DASH.search(text):
        return "ambiguous", "a dash beside the number"
    return None
