"""Numbers in English words: "twenty-one", "one hundred and five", "two and a half", "three
quarters".
"""

import re

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *(
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
    ),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_SMALL = {word: value for value, word in enumerate(("zero", *_ONES, *_TEENS))}
_TEN = {word: 10 * value for value, word in enumerate(_TENS, 2)}

SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12}
"""Words that multiply the number in front of them."""

_PARTS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
}
_PLURALS = {f"{name}s": size for name, size in _PARTS.items() if name != "half"} | {"halves": 2}

_WORD = "|".join(sorted((*_SMALL, *_TEN), key=len, reverse=True))
_SCALE = "|".join(SCALES)
WORDS = rf"(?:{_WORD})(?:[ -](?:(?<=hundred )and |(?<=thousand )and )?(?:{_WORD}|{_SCALE})\b)*"
"""A pattern of a run of number words; `words_value` says what it is worth, if anything."""

_ANY = rf"(?:\d{{1,9}}|{_WORD})"
_SINGULAR = "|".join(_PARTS)
_PLURAL = "|".join(_PLURALS)
_MIXED = re.compile(rf"\b({_ANY}) and (?:an? |one )({_SINGULAR})\b")
_MIXED_PLURAL = re.compile(rf"\b({_ANY}) and ({_ANY})[ -]({_PLURAL})\b")
_SEVERAL = re.compile(rf"\b({_ANY})[ -]({_PLURAL})\b")
_ONE_PART = re.compile(rf"(?<![\w-])(?:an? |one )?({_SINGULAR})(?: of)? (?:an? |one )(?=[a-z])")
_AFTER_UNIT = re.compile(r"(?<![\w-])(?:an?|one) ([a-z]+) and a half\b")


def words_value(run: str) -> int | None:
    """The value of a run that `WORDS` matched: 105 for "one hundred and five"; None for "two
    three".
    """
    total = 0
    current = None
    last = 10**12
    tens = False

    for word in re.split(r"[ -]", run):
        if word == "and":
            continue

        if word == "hundred" or word == "dozen":
            if current is None or current > 99:
                return None

            current = current * SCALES[word]
            tens = False
        elif word in SCALES:
            if current is None or SCALES[word] >= last:
                return None

            total = total + current * SCALES[word]
            last = SCALES[word]
            current = None
            tens = False
        elif word in _TEN:
            if current is not None and (current % 100 or current == 0):
                return None

            current = (current or 0) + _TEN[word]
            tens = True
        else:
            small = _SMALL[word]
            fits = (
                current is None
                or (tens and 0 < small < 10)
                or (not tens and current and current % 100 == 0)
            )
            if not fits or (small == 0 and run != "zero"):
                return None

            current = (current or 0) + small
            tens = False

    return total + (current or 0)


def spell_out(low: str) -> str:
    """Write parts in words as fractions: "two and a half m" -> "2 1/2 m", "half a meter" -> "1/2
    meter".

    A part of a number ("half of 3") stays as it is, so that it is refused.
    """
    if not any(
        name in low
        for name in ("hal", "third", "quarter", "four", "fifth", "sixth", "eighth", "tenth")
    ):
        return low

    low = _MIXED.sub(lambda m: f"{_digits(m[1])} 1/{_PARTS[m[2]]}", low)
    low = _MIXED_PLURAL.sub(lambda m: f"{_digits(m[1])} {_digits(m[2])}/{_PLURALS[m[3]]}", low)
    low = _SEVERAL.sub(lambda m: f"{_digits(m[1])}/{_PLURALS[m[2]]}", low)
    low = _AFTER_UNIT.sub(r"1 1/2 \1", low)

    return _ONE_PART.sub(lambda m: f"1/{_PARTS[m[1]]} ", low)


def _digits(word: str) -> int:
    if word.isascii() and word.isdigit():
        return int(word)
    return _SMALL[word] if word in _SMALL else _TEN[word]
