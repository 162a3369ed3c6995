"""Numbers in words as lmms-eval@75571cfe and VLMEvalKit@e8e78f05 read them on VSI-Bench."""

import re


def _split_words(text: str) -> list[str]:
    return text.split()


_SMALL = _split_words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = _split_words("twenty thirty forty fifty sixty seventy eighty ninety")
_VALUES = {
    **{word: value for value, word in enumerate(_SMALL)},
    **{word: 20 + 10 * place for place, word in enumerate(_TENS)},
    "hundred": 100,
    "thousand": 1000,
}
_DIGITS = re.compile(r"-?\d+(?:\.\d+)?")
_WORD = re.compile(r"[a-z]+")

NUMBER_WORDS_TO_TWENTY = {word: value for word, value in _VALUES.items() if value <= 20}
"""The words that VLMEvalKit's spatial benchmarks know."""


def find_first_number(text: str) -> float | None:
    """The first number of a text, in digits or in English words, as lmms-eval reads it; None if
    there is none.

    Its oddities stay, since they are its scores: no comma joins digits ("1,200" is 1), ".5" is 5,
    words in a row add up ("one two" is 3), and neither "point" nor "million" is known.
    """
    text = text.strip().lower()
    digits = _DIGITS.search(text)
    start, words = _first_words(text)
    if digits and (start is None or digits.start() < start):
        return float(digits.group())

    return float(_sum_words(words)) if words else None


def _first_words(text: str) -> tuple[int | None, list[str]]:
    """Where the first run of number words begins, and the run; digits, marks and "and" do not end
    it.
    """
    start: int | None = None
    words: list[str] = []

    for word in _WORD.finditer(text):
        if word.group() in _VALUES:
            start = word.start() if start is None else start
            words.append(word.group())
        elif words and word.group() != "and":
            break

    return start, words


def _sum_words(words: list[str]) -> int:
    total = group = 0

    for word in words:
        value = _VALUES[word]
        if value == 1000:
            total += max(group, 1) * 1000
            group = 0
        elif value == 100:
            group = max(group, 1) * 100
        else:
            group += value

    return total + group
