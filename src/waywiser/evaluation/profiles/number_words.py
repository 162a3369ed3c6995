"""English cardinal numbers in words, written as digits: "twenty-two chairs" becomes "22 chairs"."""

import re

_SMALL = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    word: 10 * (i + 2)
    for i, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_ANY = "|".join(sorted({*_SMALL, *_TENS, *_SCALES}, key=len, reverse=True))
_RUN = re.compile(rf"\b(?:{_ANY})(?:(?:[\s-]+(?:and\s+)?)(?:{_ANY}))*(?:\s+point(?:\s+(?:{_ANY}))+)?\b", re.IGNORECASE)
UP_TO_TWENTY = {**_SMALL, "twenty": 20}
"""The words that VLMEvalKit's spatial benchmarks know."""


def digits_for_words(text: str) -> str:
    """The text with every number in words replaced by its digits. A run that is no number stays as it is."""
    return _RUN.sub(lambda run: _digits(run.group()), text)


def _digits(run: str) -> str:
    whole, _, fraction = run.lower().partition("point")
    words = re.split(r"[\s-]+", whole.strip())
    value = _cardinal([word for word in words if word != "and"])
    if value is None:
        return " ".join(str(_value(word)) for word in words if word != "and")
    places = [_value(word) for word in fraction.split()]
    return str(value) + ("." + "".join(map(str, places)) if places else "")


def _value(word: str) -> int:
    return {**_SMALL, **_TENS, **_SCALES}[word]


def _cardinal(words: list[str]) -> int | None:
    """The value of one number's words; None where they are several numbers in a row ("two three")."""
    total = group = 0
    room = 1_000
    for word in words:
        if word in _SCALES:
            scale = _SCALES[word]
            if scale == 100:
                group, room = (group or 1) * 100, 100
            else:
                total, group, room = total + (group or 1) * scale, 0, 1_000
            continue
        value = _value(word)
        if value >= room or (room <= 10 and value >= 10) or (value == 0 and len(words) > 1):
            return None
        group += value
        room = 10 if word in _TENS else 1
    return total + group
