"""What may stand around a number in an answer without changing it.

Lists of what is allowed, not of what is forbidden: a word that nobody thought of makes an answer unreadable, not
right. In front of the number stands nothing, a label with a colon or an equals sign, or a sentence whose last
word announces a number. Behind it stand its unit and words of place, or, where things are counted, their name.
"""

import re
from typing import Literal

from waywiser.answers.number_words import WORDS
from waywiser.answers.units import UNIT_OF

Refusal = Literal["malformed", "ambiguous", "wrong_unit"]
Refused = tuple[Refusal, str]

MAX_WORDS = 12

_HEDGE = re.compile(
    r"\b(?:or|either|neither|nor|not|never|between|maybe|perhaps|possibly|probably|least|most|more|less|"
    r"fewer|unsure|unknown|cannot|can't|half|halves|third|thirds|quarter|quarters|squared|cubed|times|plus|"
    r"minus|divided|but|except|excluding|besides|instead|if|unless|twice|double|doubled|triple|tripled|"
    r"thrice|could|might|may|would|should|pairs?|couple|dozens|hundreds|thousands|millions|trillion|k|too|wrong|incorrect)\b|n't\b|\?"
)
_MINUS_SIGN = re.compile(rf"\bminus (?=[\d.]|{WORDS}\b)")
_UNIT_POWER = re.compile(r"([^\W\d_]+) (?:squared|cubed)\b")
_HARMLESS = re.compile(r"(?:[^\W\d_]|[ .,;:()\[\]~≈'\"!-])*")
_LOOSE_DASH = re.compile(r"(?<![^\W\d_])-|-(?![^\W\d_])")

_ANNOUNCING = frozenset({
    *("is", "are", "be", "equals", "equal", "gives", "get", "yields", "makes", "has", "have"),
    *("it's", "there's", "that's", "see", "sees", "count", "counts", "counted", "find", "found"),
    *("contains", "contain", "shows", "show", "holds", "about", "around", "approximately"),
    *("approx", "roughly", "circa", "ca", "nearly", "almost", "exactly", "precisely", "only"),
    *("just", "the", "say", "estimate", "estimated", "measure", "measures", "measured", "spans"),
    *("stands", "answer", "total", "result", "after", "at", "lasts", "takes", "took", "appears"),
    *("guess", "choose", "all", "these", "therefore", "thus", "so", "hence", "ответ", "равно"),
    *("около", "примерно", "etwa", "ungefähr", "ist", "sind", "beträgt", "est", "environ"),
    *("sont", "es", "son", "unos", "aproximadamente", "è", "sono", "são", "是", "为", "約", "约"),
    *("大约", "大約", "大概", "约为", "共", "共有", "有", "答案", "答案是", "答案为", "等于"),
    *("一共"),
})  # fmt: skip
_MEASURED = frozenset({
    *("total", "distance", "length", "height", "width", "depth", "area", "volume", "size"),
    *("value", "number", "count", "angle", "radius", "diameter", "side", "speed", "duration"),
    *("gap", "sum"),
})  # fmt: skip

_BOUNDING = frozenset({"over", "under", "above", "below", "to", "within", "beyond", "than", "until", "from"})

# Words that may come directly behind a quantity: they place it, and leave its value alone.
_PLACING = frozenset({
    *("away", "apart", "across", "long", "wide", "tall", "high", "deep", "thick", "total"),
    *("overall", "altogether", "in", "on", "of", "from", "for", "to", "the", "is", "are", "at"),
    *("it", "as", "above", "below", "behind", "beside", "beyond", "left", "right", "ahead"),
    *("down", "up", "further", "along", "since", "because", "when", "where", "which", "that"),
    *("about", "roughly", "approximately", "approx", "units", "unit", "so", "exactly", "there"),
})  # fmt: skip
# Words that change a quantity wherever they stand behind it, and words that are no name of a counted thing.
_CHANGING = frozenset({
    *("per", "each", "every", "apiece", "square", "squared", "cubic", "cubed", "factorial"),
    *("celsius", "fahrenheit", "kelvin", "short", "missing", "percent", "fourth", "power", "nth"),
})  # fmt: skip
_NOT_COUNTED = frozenset({
    *("choose", "mod", "modulo", "fold", "score", "gross", "lakh", "lakhs", "crore", "crores"),
    *("bn", "mn", "and", "root", "power", "log", "ln", "base", "remainder", "over", "under"),
    *("inverse", "pi", "from", "hundredth", "hundredths", "thousandth", "thousandths", "tenth"),
    *("tenths", "fifth", "fifths", "sixths", "sevenths", "eighths", "ninths", "fourths", "th"),
    *("st", "nd", "rd", "squares", "zeros", "digits"),
})  # fmt: skip
_RATE = re.compile(r"\b(?:an?|one|per|each|every) (?:s|sec|second|min|minute|h|hour|day|week|month|year|step|frame)\b")
_CHINESE_COUNT = re.compile(r" ?[个個把张張只隻台件盏条條本扇幅名位棵辆座]\w{0,8}[.]?")
_CHINESE_SCALE = re.compile(r"[万亿千百十半倍成折分]")
_TAIL_START = re.compile(r"([ ]?[.,;:!)\]\"'-]*[ ]?)(.*)", re.DOTALL)
_LABEL_END = re.compile(r"[:=≈~] ?[(\[\"'~]*$")


def _as_unit(match: re.Match[str]) -> str:
    """ "meters squared" is a unit, "chairs squared" is not."""
    return match[1] if match.group() in UNIT_OF else match.group()


def refuse_hedges(low: str) -> Refused | None:
    """Words that make the text no statement of one value."""
    low = _MINUS_SIGN.sub("-", low) if "minus " in low else low
    low = _UNIT_POWER.sub(_as_unit, low) if "ed" in low else low
    if _HEDGE.search(low):
        return "ambiguous", "a hedge, a range or a word that changes the number"
    return None


def refuse_before(text: str) -> Refused | None:
    """Why `text`, all that stands before the number, cannot be passed over; None where it can."""
    text = text.strip()
    if not text:
        return None
    if refused := _refuse_signs(text.rstrip("=≈ ")):
        return refused
    if "!" in text:
        return "malformed", "a factorial, or 'is not'"
    if len(text.split()) > MAX_WORDS:
        return "malformed", "more than an answer"
    if _LABEL_END.search(text):
        return None

    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text)
    if not words:
        return None
    if text[-1] in "([" and (len(text) < 2 or text[-2] != " "):
        return "malformed", f"'{words[-1]}(...)' is not a number"
    if words[-1] in _ANNOUNCING or (words[-1] == "of" and len(words) > 1 and words[-2] in _MEASURED):
        return None
    if words[-1] in _BOUNDING:
        return "ambiguous", f"'{words[-1]}' makes the number a bound"
    return "malformed", f"'{words[-1]}' before the number is not understood"


def refuse_gap(text: str, *, units: bool) -> Refused | None:
    """Why what stands between two numbers cannot be read at all; whether they are one answer is asked later."""
    text = text.strip()
    return None if units and text in ("=", "≈") else _refuse_signs(text)


def refuse_after(text: str, *, unit: bool, counting: bool, target: str | None) -> Refused | None:
    """Why `text`, all that stands behind the number and its unit, cannot be passed over; None where it can."""
    text = text.rstrip()
    if not text:
        return None
    if counting and not unit and _CHINESE_COUNT.fullmatch(text) and not _CHINESE_SCALE.search(text):
        return None
    if refused := _refuse_signs(text):
        return refused
    if len(text.split()) > MAX_WORDS:
        return "malformed", "more than an answer"

    match = _TAIL_START.fullmatch(text)
    assert match is not None
    between, rest = match.groups()
    words = re.findall(r"[^\W\d_]+", rest)
    if "!" in between:
        return "malformed", "a factorial, or a shout"
    if not words:
        return None
    if not between or between.endswith("-"):
        return "malformed", f"'{words[0]}' is attached to the number"

    if any(len(word) == 1 and word.isascii() and word.isalpha() and word != "a" for word in rest.split()[:2]):
        return "malformed", f"'{' '.join(words[:2])}' behind the number may change it"
    changing = next((word for word in words if word in _CHANGING), None)
    if changing or _RATE.search(rest):
        return ("wrong_unit" if unit else "malformed"), f"'{changing or rest}' behind the number changes it"

    return _refuse_first(words, between, unit=unit, counting=counting, target=target)


def _refuse_first(words: list[str], between: str, *, unit: bool, counting: bool, target: str | None) -> Refused | None:
    """Whether the first word behind a quantity is a name of what is counted, or places what is measured."""
    first = words[0]
    if first in _PLACING or between.strip(" "):
        return None if unit or not _other_unit(words) else ("wrong_unit", f"'{_other_unit(words)}' beside the number")

    if counting and not unit:
        if len(first) == 1 or first in _NOT_COUNTED or _CHINESE_SCALE.search(first):
            return "malformed", f"'{first}' behind the number may change it"
        return None

    if target and first.rstrip("s") == target.rstrip("s"):
        return None
    return "wrong_unit", f"'{first}' is not a unit that is known here"


def _other_unit(words: list[str]) -> str | None:
    """A unit among the words behind a bare number: "0.75 of a meter" is no 0.75."""
    return next((word for word in words if word in UNIT_OF and (len(word) > 2 or word in ("cm", "mm", "km"))), None)


def _refuse_signs(text: str) -> Refused | None:
    if not _HARMLESS.fullmatch(text):
        return "malformed", "symbols that are not understood beside the number"
    if _LOOSE_DASH.search(text):
        return "ambiguous", "a dash beside the number"
    return None
