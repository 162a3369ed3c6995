"""The unit that a question asks for in its words: "How many grams ...?", "in degrees", "(Unit:
years)".
"""

import re

from waywiser.answers import unit_factor

_MAX_CHARACTERS = 4096
_STATED = re.compile(
    r"\(\s*units?\s*[:=]\s*([^()]{1,40})\)|\banswer in (?:the )?units? of ([\w/^%$]{1,20})",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.?!。？！])\s+|\n+")
_CHOICES = re.compile(r"\n\s*(?:Choices|Options)\s*:", re.IGNORECASE)
_IMAGE = re.compile(r"<image\s*\d*>")
_HOW_MANY = re.compile(r"\bhow many ((?:[a-z]+[ /]){0,3}[a-z]+)", re.IGNORECASE)
_IN = re.compile(
    r"\(?\bin ((?:(?:square|cubic|sq|cu)\.? )?[a-zA-Z]+(?:/[a-z]+)?(?:\^?[23])?)\b(?![./]?\d)",
    re.IGNORECASE,
)
_DEGREE_OF = re.compile(
    r"\bdegrees? of (?:the )?(?:∠|\\angle|\\measuredangle|angle|arc)", re.IGNORECASE
)
_OTHER_QUANTITY = re.compile(
    r"\b(?:product|ratio|fraction|squares? of|how many times)\b", re.IGNORECASE
)
_MONEY = {"$": "dollars", "€": "euros", "£": "pounds"}
_CHANGED = re.compile(
    r"\s*(?:per\b|/|celsius\b|fahrenheit\b|squared\b|cubed\b|ago\b)", re.IGNORECASE
)


def find_requested_unit(question: str) -> str | None:
    """The unit that the last sentence of a question names for its answer, None where it names none.

    A stated unit ("(Unit: years)") may be any word. Elsewhere only units that the grader can
    convert count, and only where nothing follows that makes another of them: "meters per second" is
    no length.
    """
    question = (
        _CHOICES.split(_IMAGE.sub(" ", question[-_MAX_CHARACTERS:]))[0]
        .replace("\\mathrm", "")
        .replace("$", " $ ")
    )
    if match := _STATED.search(question):
        unit = (match[1] or match[2]).replace(" $ ", "$").strip()
        return _MONEY.get(unit, unit)

    sentences = [
        sentence for sentence in _SENTENCE.split(question) if re.search(r"[A-Za-z]{2}", sentence)
    ]
    last = sentences[-1] if sentences else ""
    if _OTHER_QUANTITY.search(last):
        return None

    return _unit_of_how_many(last) or _unit_of_in_phrase(last)


def _unit_of_how_many(sentence: str) -> str | None:
    """Of "how many meters per second": the longest unit that the words after "many" begin with."""
    for match in _HOW_MANY.finditer(sentence):
        words = match[1].split(" ")
        for count in range(len(words), 0, -1):
            unit = " ".join(words[:count])
            rest = sentence[match.start(1) + len(unit) :]
            if unit_factor(unit) and not _CHANGED.match(rest):
                return unit.lower()

    return None


def _unit_of_in_phrase(sentence: str) -> str | None:
    for match in _IN.finditer(sentence):
        unit = match[1]
        known = unit_factor(unit) is not None and (len(unit) > 1 or match[0].startswith("("))
        if known and not _CHANGED.match(sentence[match.end() :]):
            return unit.lower()
    return "degrees" if _DEGREE_OF.search(sentence) else None
