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
from waywiser.answers.units import UNIT_OF

Refusal = Literal["malformed", "ambiguous", "wrong_unit"]
Refused = tuple[Refusal, str]

MAX_WORDS = 12

_HEDGE = re.compile(
    r"\b(?:between|most|more|less|fewer|half|halves|third|thirds|quarter|quarters|squared|cubed|times|plus|minus|"
    r"divided|twice|double|doubled|triple|tripled|thrice|would|should|pairs?|couple|dozens|hundreds|thousands|"
    r"millions|trillions?|k|too|root|square of|negative"
    r" of|inverse|reciprocal|negated|logarithm|minimum|maximum|bound|"
    r"tops|upwards?|onwards?|another|several|some|many|few|others?|additional)\b"
)
_MINUS_SIGN = re.compile(rf"\bminus (?=[\d.]|{WORDS}\b)")
_UNIT_POWER = re.compile(r"([^\W\d_]+) (?:squared|cubed)\b")
_HARMLESS = re.compile(r"(?:[^\W\d_]|[ .,;:()\[\]~≈'\"!-])*")
_LOOSE_DASH = re.compile(r"(?<![^\W\d_])-|-(?![^\W\d_])")

_ANNOUNCING = frozenset(
    {
        *("is", "are", "be", "equals", "equal", "gives", "get", "yields", "makes", "has", "have"),
        *(
            "it's",
            "there's",
            "that's",
            "see",
            "sees",
            "count",
            "counts",
            "counted",
            "find",
            "found",
        ),
        *("contains", "contain", "shows", "show", "holds", "about", "around", "approximately"),
        *("approx", "roughly", "circa", "ca", "nearly", "almost", "exactly", "precisely", "only"),
        *(
            "just",
            "the",
            "say",
            "estimate",
            "estimated",
            "measure",
            "measures",
            "measured",
            "spans",
        ),
        *(
            "stands",
            "answer",
            "total",
            "result",
            "after",
            "at",
            "lasts",
            "takes",
            "took",
            "appears",
        ),
        *("guess", "choose", "all", "these", "therefore", "thus", "so", "hence", "ответ", "равно"),
        *("около", "примерно", "etwa", "ungefähr", "ist", "sind", "beträgt", "est", "environ"),
        *(
            "sont",
            "es",
            "son",
            "unos",
            "aproximadamente",
            "è",
            "sono",
            "são",
            "是",
            "为",
            "約",
            "约",
        ),
        *("大约", "大約", "大概", "约为", "共", "共有", "有", "答案", "答案是", "答案为", "等于"),
        *"一共",
    }
)
_MEASURED = frozenset(
    {
        *("total", "distance", "length", "height", "width", "depth", "area", "volume", "size"),
        *("value", "number", "count", "angle", "radius", "diameter", "side", "speed", "duration"),
        *("gap", "sum", "answer", "result"),
    }
)

_BOUNDING = frozenset(
    {"over", "under", "above", "below", "to", "within", "beyond", "than", "until", "from"}
)

# Phrases that may come behind a quantity: they place it, and leave its value alone.
_SIMPLE_PLACES = (
    "away|apart|across|long|wide|tall|high|deep|thick|total|overall|altogether|exactly|approximately|roughly|approx|about|here|there|ahead|units?|in"
    " total|in all|in the (?:picture|image|photo|video|scene|room)"
)
_NOUNS = r"(?:(?!and\b|as\b)[^\W\d_][^\W\d_'-]*[ ,]*){1,9}"
_PLACES = re.compile(
    rf"(?:[ .,;:(]*\b(?:{_SIMPLE_PLACES}"
    rf"|(?:from|to|of|in|on|at|behind|beside|between|near|along|for|inside|around) (?:{_NOUNS})"
    r"|(?:above|below|over|under|beyond|to the (?:left|right) of)"
    rf" (?:the|it|its|my|this|ground|floor) ?(?:{_NOUNS})?"
    rf"|(?:on|to) the (?:left|right)"
    rf"|(?:so|because|since|as (?:the|it|they|there)|which is why|this is|the|there (?:is|are)|i"
    rf" (?:see|count)|we)"
    rf" (?:{_NOUNS})"
    r")\b)*[ .,;:)\]\"']*"
)
_COUNTED_NOUNS = re.compile(
    r" ((?!(?:in|on|of|at|from|to|and|as|is|are|with|per|total|altogether|overall|away|apart|long|wide|tall|high)\b)"
    r"[^\W\d_]+(?:"
    r" (?!(?:in|on|of|at|from|to|and|as|is|are|with|per|that|which|total|altogether|overall|because|"
    r"since|so)\b)[^\W\d_]+){0,3})"
)
_PLURALS = frozenset(
    {
        *(
            "people",
            "children",
            "men",
            "women",
            "sheep",
            "mice",
            "geese",
            "fish",
            "deer",
            "furniture",
            "teeth",
            "feet",
        ),
        *(
            "them",
            "cattle",
            "aircraft",
            "persons",
            "dice",
            "cacti",
            "fungi",
            "bacteria",
            "data",
            "media",
            "oxen",
        ),
    }
)
_QUANTITIES = re.compile(
    r"(?:illions?|teenths|ieths|[a-z]{2}ths|thirds|halves|quarters|tens|ones|zeros|digits|dozens?|douzaines|docenas|grosses|"
    r"scores|lakhs?|crores?|myriads|cents|decades|centuries|octets|millennia|reciprocals|squares|cubes|powers|"
    r"groups|sets|rows"
    r" of|mil|mios?|millones|grands?|bucks|folds?|times|minutes|seconds|hours|days|weeks|months|years)$"
)

# Words that change a quantity wherever they stand behind it, and words that are no name of a
# counted thing.
_CHANGING = frozenset(
    {
        *("per", "each", "every", "apiece", "square", "squared", "cubic", "cubed", "factorial"),
        *(
            "celsius",
            "fahrenheit",
            "kelvin",
            "short",
            "missing",
            "percent",
            "fourth",
            "power",
            "nth",
        ),
    }
)
_NOT_COUNTED = frozenset(
    {
        *("choose", "mod", "modulo", "fold", "score", "gross", "lakh", "lakhs", "crore", "crores"),
        *("bn", "mn", "and", "root", "power", "log", "ln", "base", "remainder", "over", "under"),
        *("inverse", "pi", "from", "hundredth", "hundredths", "thousandth", "thousandths", "tenth"),
        *("tenths", "fifth", "fifths", "sixths", "sevenths", "eighths", "ninths", "fourths", "th"),
        *("st", "nd", "rd", "squares", "zeros", "digits"),
    }
)
_RATE = re.compile(
    r"\b(?:an?|one|per|each|every)"
    r" (?:s|sec|second|min|minute|h|hour|day|week|month|year|step|frame)\b"
)
_CHINESE_COUNT = re.compile(r" ?[个個把张張只隻台件盏条條本扇幅名位棵辆座]\w{0,8}[.]?")
_CHINESE_SCALE = re.compile(r"[万亿千百十半倍成折分]")
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
    """Words that make the text no statement of one value."""
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
    if refused := _refuse_symbols(text.rstrip("=≈ ")):
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
    return None if units and text in ("=", "≈") else _refuse_symbols(text)


def refuse_after(
    text: str, *, unit: bool, counting: bool, one: bool, target: str | None
) -> Refused | None:
    """Why `text`, all that stands behind the number and its unit, cannot be passed over; None where
    it can.

    `unit`: a unit stands before it. `counting`: names of things may follow, in the plural unless
    there is `one`.
    """
    text = text.rstrip()
    if not text or text.strip(" .,;:)]\"'") == "":
        return None
    if counting and not unit and _CHINESE_COUNT.fullmatch(text) and not _CHINESE_SCALE.search(text):
        return None
    if refused := _refuse_symbols(text):
        return refused
    if "!" in text:
        return "malformed", "a factorial, or a shout"
    if text[0].isalpha() or text[0] == "-":
        return "malformed", f"'{text.split()[0]}' is attached to the number"
    if len(text.split()) > MAX_WORDS:
        return "malformed", "more than an answer"

    words = re.findall(r"[^\W\d_]+", text)
    changing = next((word for word in words if word in _CHANGING), None)
    if changing or _RATE.search(text):
        return (
            "wrong_unit" if unit else "malformed"
        ), f"'{changing or text.strip()}' behind the number changes it"

    if any(len(word) == 1 and word.isascii() and word != "a" for word in words[:2]):
        return "malformed", f"'{' '.join(words[:2])}' behind the number may change it"
    if not unit and (other := _other_unit(words)):
        return "wrong_unit", f"'{other}' beside the number"

    if target and not unit and words[0].rstrip("s") == target.rstrip("s"):
        text = text.lstrip()[len(words[0]) :]
    elif counting and not unit:
        text = _strip_counted_nouns(text, one=one)

    if _PLACES.fullmatch(text):
        return None

    return (
        "malformed" if unit or counting else "wrong_unit"
    ), f"'{text.strip()}' behind the number is not understood"


def _strip_counted_nouns(text: str, *, one: bool) -> str:
    """`text` without the name of what is counted in front: " wooden chairs in the room" -> " in the
    room".
    """
    match = _COUNTED_NOUNS.match(text)
    if match is None:
        return text

    last = match[1].split()[-1]
    is_plural = last in _PLURALS or (
        last.endswith("s") and not last.endswith("ss") and not _QUANTITIES.search(last)
    )
    if is_plural or (one and last not in _NOT_COUNTED and not _QUANTITIES.search(last)):
        return text[match.end() :]

    return text


def _other_unit(words: list[str]) -> str | None:
    """A unit among the words behind a bare number: "0.75 of a meter" is no 0.75."""
    return next(
        (
            word
            for word in words
            if word in UNIT_OF and (len(word) > 2 or word in ("cm", "mm", "km"))
        ),
        None,
    )


def _refuse_symbols(text: str) -> Refused | None:
    if not _HARMLESS.fullmatch(text):
        return "malformed", "symbols that are not understood beside the number"
    if _LOOSE_DASH.search(text):
        return "ambiguous", "a dash beside the number"
    return None
