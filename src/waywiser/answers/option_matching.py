"""The options of a question, looked at once: their words, values and formulas, for the reader of
choices.
"""

import math
import re
from collections.abc import Sequence

from waywiser.answers.expression import equal_expressions
from waywiser.answers.latex import squeeze, to_latex
from waywiser.answers.number_words import WORDS, words_value
from waywiser.answers.numbers import read_number
from waywiser.answers.text import bare_words, comparison_key, to_plain_text
from waywiser.answers.units import unit_factor

_BARE_LETTER = re.compile(r"[(\[]?([A-Za-z])[)\]]?[.:]?", re.ASCII)
_MEASURE = re.compile(r"([-+]?[\d.][\d.,]*) ?([^\d.,].*)?")
_LABELED = re.compile(r"(?:option |choice |answer )?[(\[]?[a-z](?:[)\]] ?[.:]?|[.:]| ?-) ?")
_FORMULA = re.compile(r"[=+*/^<>≤≥≠√π\\_|{}×·∞±∠]|\d|(?<![^\W\d_])-")
_WORDLIKE = re.compile(
    r"(?<![^\W\d_])(?!(?:sqrt|frac|sin|cos|tan|log|left|right|text|circ|"
    r"pi)\b)[^\W\d_]{3,}(?![^\W\d_])"
)
_CODE = re.compile(r"[a-z]{1,3}-?\d{1,4}")
_ITEM_NUMBER = re.compile(r"(?:^|(?<= ))\(?\d{1,2}[.)] ")
_SEPARATOR = re.compile(r" ?(?:->|=>|→|>|,|;|\||\bthen\b|\band\b) ?")
_NUMBER_WORDS = re.compile(rf"\b{WORDS}\b")


class Options:
    """The options of a question in the order shown (A, B, ...), beside the `keys` that compare
    them.

    `formulas` tells which options are mathematics, measures or lists: those are matched as a whole,
    never inside a longer text, since every sign beside them counts.
    """

    __slots__ = (
        "_exact",
        "_forms",
        "_letters",
        "_lists",
        "_plain",
        "_values",
        "_words",
        "formulas",
        "keys",
        "mathematical",
        "texts",
        "unit",
    )

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        self.keys = [comparison_key(text) for text in texts]
        self._letters = [
            words if len(words) == 1 and words.isalpha() else "" for words in self.keys
        ]
        self._exact = {
            text: i
            for i, text in enumerate(self.texts)
            if len(text) > 3 and self.keys.count(comparison_key(text)) == 1
        }

        self._plain = [
            not _FORMULA.search(words) or bool(_WORDLIKE.search(words) or _CODE.fullmatch(words))
            for words in self.keys
        ]

        self._words = [bare_words(text) for text in texts]
        # The letters of a formula have a case: it is never compared by its words.
        self._forms = [
            _loose(words) if plain else ""
            for words, plain in zip(self._words, self._plain, strict=True)
        ]

        self._lists = [_items(words) for words in self.keys]

        units = {_unit_of(text) for text in self.keys}
        self.unit = (units.pop() or None) if len(units) == 1 else None
        self._values = [
            read_number(text, self.unit).value if _unit_of(text) is not None else None
            for text in self.keys
        ]

        self.formulas = [
            value is not None or len(items) > 1 or not is_plain
            for value, is_plain, items in zip(self._values, self._plain, self._lists, strict=True)
        ]

        self.mathematical = any(
            formula and value is None
            for formula, value in zip(self.formulas, self._values, strict=True)
        )

    def __len__(self) -> int:
        return len(self.texts)

    def at_once(self, text: str) -> int | None:
        """Index for an answer that is nothing but a letter ("B", "(B)", "B.") or an option as it
        stands.
        """
        if (index := self._exact.get(text)) is not None:
            return index
        if match := _BARE_LETTER.fullmatch(text):
            return self.by_letter(match.group(1).lower())
        return None

    def by_letter(self, letter: str) -> int | None:
        """Index of the option with this label. None where there is none, or where it is another
        option's text.
        """
        index = ord(letter) - ord("a")
        if not 0 <= index < len(self.texts):
            return None
        return index if letter not in self._letters or self._letters[index] == letter else None

    def is_text(self, letter: str) -> bool:
        """Whether the text of some option is this letter."""
        return letter in self._letters

    def bare(self, index: int) -> str:
        """The words of an option without an article in front."""
        return self._words[index]

    def by_key(self, bare: str) -> int | None:
        """Index of the only option with this key. Formulas are not looked for: their letters have a
        case.
        """
        if self.keys.count(bare) != 1:
            return None
        index = self.keys.index(bare)
        return index if self._values[index] is not None or self._plain[index] else None

    def by_words(self, bare: str) -> int | None:
        """Index of the only option with the same words, but for an article, hyphens, or numbers in
        words.
        """
        words = bare_words(bare)
        if (
            len(words) > 1
            and self._words.count(words) == 1
            and self._plain[self._words.index(words)]
        ):
            return self._words.index(words)

        loose = _loose(words)
        return (
            self._forms.index(loose) if len(loose) > 1 and self._forms.count(loose) == 1 else None
        )

    def by_list(self, bare: str) -> int | None:
        """Index of the only option that lists the same things in the same order: "1. chair 2.
        lamp".
        """
        items = _items(bare)
        return (
            self._lists.index(items) if len(items) > 1 and self._lists.count(items) == 1 else None
        )

    def by_value(self, bare: str) -> int | None:
        """Index of the only option of the same value, also in another unit: "2.0" for "2", "120 cm"
        for "1.2 m".
        """
        if not any(value is not None for value in self._values):
            return None

        labeled = _LABELED.match(bare) is not None
        value = (
            read_number(bare, self.unit, counting=self.unit is None).value
            if bare and not labeled
            else None
        )
        if value is None:
            return None

        same = [
            i
            for i, v in enumerate(self._values)
            if v is not None and math.isclose(v, value, rel_tol=1e-9)
        ]

        return same[0] if len(same) == 1 else None

    def by_formula(self, text: str) -> int | None:
        """Index of the only option that is the same expression as `text`, taken as written."""
        if not self.mathematical:
            return None

        spelling = _spelling(text)
        same = [
            index
            for index, (option, formula) in enumerate(zip(self.texts, self.formulas, strict=True))
            if formula and (_spelling(option) == spelling or equal_expressions(option, text))
        ]

        return same[0] if len(same) == 1 else None


def _spelling(text: str) -> str:
    return squeeze(to_latex(text))


def _unit_of(words: str) -> str | None:
    """The unit of an option that is a number and a unit, "" for a bare number; None for all other
    options.
    """
    match = _MEASURE.fullmatch(words)
    if match is None:
        return None
    name = match[2] or ""
    return name if not name or unit_factor(name) else None


def _loose(words: str) -> str:
    """Words without hyphens and with numbers as digits: "two o'clock" is "2 o'clock"."""
    spoken = _NUMBER_WORDS.sub(
        _digits, words.replace("-", " ") if words.replace("-", "").isalpha() else words
    )
    return " ".join(spoken.split())


def _digits(match: re.Match[str]) -> str:
    value = words_value(match.group())
    return match.group() if value is None else str(value)


def _items(words: str) -> tuple[str, ...]:
    """What a list names, in order, without its numbering."""
    low = to_plain_text(words).casefold()
    numbers = [int(number) for number in re.findall(r"(?:^|(?<=[ ,]))\(?(\d{1,2})[.)] ", low)]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return ()

    numbered = [part for part in _ITEM_NUMBER.split(low) if part.strip()]
    parts = numbered if len(numbered) > 1 else _SEPARATOR.split(_ITEM_NUMBER.sub("", low))
    return tuple(name for part in parts if (name := bare_words(part)))
