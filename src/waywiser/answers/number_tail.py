"""Words after a number and its unit that leave its value alone: places, and names of things."""

import re

from waywiser.answers.number_context import MAX_WORDS, Refused, refuse_symbols
from waywiser.answers.text import word_set
from waywiser.answers.units import UNIT_OF

# Phrases that may come after a quantity: they place it, and leave its value alone.
_SIMPLE_PLACES = (
    "away|apart|across|long|wide|tall|high|deep|thick|total|overall|altogether|exactly|"
    "approximately|roughly|approx|about|here|there|ahead|units?|in"
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
    r" ((?!(?:in|on|of|at|from|to|and|as|is|are|with|per|total|altogether|overall|away|apart|"
    r"long|wide|tall|high)\b)"
    r"[^\W\d_]+(?:"
    r" (?!(?:in|on|of|at|from|to|and|as|is|are|with|per|that|which|total|altogether|overall|"
    r"because|"
    r"since|so)\b)[^\W\d_]+){0,3})"
)
_PLURALS = word_set(
    """
    people children men women sheep mice geese fish deer furniture teeth feet them cattle
    aircraft persons dice cacti fungi bacteria data media oxen
    """
)
_QUANTITIES = re.compile(
    r"(?:illions?|teenths|ieths|[a-z]{2}ths|thirds|halves|quarters|tens|ones|zeros|digits|"
    r"dozens?|douzaines|docenas|grosses|"
    r"scores|lakhs?|crores?|myriads|cents|decades|centuries|octets|millennia|reciprocals|"
    r"squares|cubes|powers|"
    r"groups|sets|rows"
    r" of|mil|mios?|millones|grands?|bucks|folds?|times|minutes|seconds|hours|days|weeks|"
    r"months|years)$"
)
# Words that change a quantity wherever they stand after it, and words that are not the name of a
# counted thing.
_CHANGING = word_set(
    """
    per each every apiece square squared cubic cubed factorial celsius fahrenheit kelvin short
    missing percent fourth power nth
    """
)
_NOT_COUNTED = word_set(
    """
    choose mod modulo fold score gross lakh lakhs crore crores bn mn and root power log ln base
    remainder over under inverse pi from hundredth hundredths thousandth thousandths tenth
    tenths fifth fifths sixths sevenths eighths ninths fourths th st nd rd squares zeros digits
    """
)
_RATE = re.compile(
    r"\b(?:an?|one|per|each|every)"
    r" (?:s|sec|second|min|minute|h|hour|day|week|month|year|step|frame)\b"
)
_CHINESE_COUNT = re.compile(r" ?[个個把张張只隻台件盏条條本扇幅名位棵辆座]\w{0,8}[.]?")
_CHINESE_SCALE = re.compile(r"[万亿千百十半倍成折分]")


def refuse_after(
    text: str, *, unit: bool, counting: bool, one: bool, target: str | None
) -> Refused | None:
    """Why the text after a number cannot be passed over.

    Args:
        text: Everything after the number and its unit.
        unit: Whether the number has a unit.
        counting: Whether the name of a counted thing may follow, in the plural unless `one`.
        one: Whether the number is 1.
        target: The unit that the question asks for, None for a bare number.

    Returns:
        The outcome and the reason, None if the text leaves the number as it is.
    """
    text = text.rstrip()
    if not text or text.strip(" .,;:)]\"'") == "":
        return None
    if counting and not unit and _CHINESE_COUNT.fullmatch(text) and not _CHINESE_SCALE.search(text):
        return None
    if refused := refuse_symbols(text):
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
    """A unit among the words after a bare number: "0.75 of a meter" is not 0.75."""
    return next(
        (
            word
            for word in words
            if word in UNIT_OF and (len(word) > 2 or word in ("cm", "mm", "km"))
        ),
        None,
    )
