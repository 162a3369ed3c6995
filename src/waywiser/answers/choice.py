"""Choices: read a letter, an option's own words, or both, and name the one option that is meant."""

import math
import re
from collections.abc import Sequence

from waywiser.answers.numbers import read_number
from waywiser.answers.units import unit_size
from waywiser.answers.text import bare_words, key, plain

_BARE_LETTER = re.compile(r"[(\[]?([A-Za-z])[)\]]?[.:]?", re.ASCII)
_LETTER = re.compile(r"(?:(?:option|choice)s? )?[(\[]?([a-z])[)\]]?(?:[.:),]| - |$)(.*)", re.DOTALL)
_LETTER_IN_PARENTHESES = re.compile(r"[(\[]([a-z])[)\]] ?[.:]?(.*)", re.DOTALL)
_OPTION_WORD = re.compile(r"(?:option|choice)s? ([a-z])\b(.*)", re.DOTALL)
_OTHER_LETTER = re.compile(
    r"(?:\b(?:or|and|option|choice|not) |[/,&+] ?|[(\[])([a-z])(?![\w'])|(?<![\w'])([b-hj-z])(?![\w'])"
)
_HEDGE = re.compile(
    r"\b(?:or|either|neither|not|never|maybe|perhaps|possibly|both|unsure|cannot|but|except|besides)\b|n't\b|\?"
)
_TOKEN = re.compile(r"(?:(?<!\w)-)?[^\W_]+(?:\.\d+)?")
_NUMERAL = re.compile(r"[-+\d.,/ ]+")
_BRACES = re.compile(r"^\\?\{(.*?)\\?\}$", re.DOTALL)
_MEASURE = re.compile(r"(-?\d[\d.,]*) ?([a-z°%/]*[23]?)")
_SEPARATOR = re.compile(r"[,;&/]|\band\b", re.IGNORECASE)


class OptionError(ValueError):
    """The text does not name exactly one option; `ambiguous` tells several from none."""

    def __init__(self, reason: str, *, ambiguous: bool) -> None:
        super().__init__(reason)
        self.ambiguous = ambiguous


class Options:
    """The options of a question in the order shown (A, B, ...), beside the `keys` that compare them."""

    __slots__ = ("_exact", "_lettered", "_values", "_words", "keys", "texts", "unit")

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        self.keys = [key(text) for text in texts]
        # One letter is a letter only where no option's own text is one.
        self._lettered = all(len(words) > 1 or not words.isalpha() for words in self.keys)
        self._exact = {
            text: i for i, text in enumerate(self.texts) if len(text) > 3 and self.keys.count(key(text)) == 1
        }
        self._words = [bare_words(text) for text in texts]
        units = {match.group(2) if (match := _MEASURE.fullmatch(text)) else None for text in self.keys}
        shared = units.pop() if len(units) == 1 else None
        self.unit = shared if shared and unit_size(shared) else None
        self._values = [read_number(text, self.unit).value if _MEASURE.fullmatch(text) else None for text in self.keys]

    def __len__(self) -> int:
        return len(self.texts)

    def at_once(self, text: str) -> int | None:
        """Index for an answer that is nothing but a letter ("B", "(B)", "B.") or an option as it stands."""
        if (index := self._exact.get(text)) is not None:
            return index
        if self._lettered and (match := _BARE_LETTER.fullmatch(text)):
            index = ord(match.group(1)) & 31
            return index - 1 if index <= len(self.texts) else None
        return None

    def by_words(self, bare: str) -> int | None:
        """Index of the only option with the same words but for an article in front."""
        bare = bare_words(bare)
        return self._words.index(bare) if len(bare) > 1 and self._words.count(bare) == 1 else None

    def by_value(self, bare: str) -> int | None:
        """Index of the only option of the same value, also in another unit: "2.0" for "2", "120 cm" for "1.2 m"."""
        value = read_number(bare, self.unit, counting=self.unit is None).value if bare else None
        if value is None:
            return None
        same = [i for i, v in enumerate(self._values) if v is not None and math.isclose(v, value, rel_tol=1e-9)]
        return same[0] if len(same) == 1 else None


def read_choice(text: str, options: Options) -> int:
    """Index of the option that `text` means: `B`, `(B)`, `B.`, `B. 22.6`, or the option's own words.

    Raises OptionError where none or several options are named, or where letter and words disagree.
    """
    if (index := options.at_once(text)) is not None:
        return index
    low = plain(text).casefold().strip()
    bare = key(low)
    keys = options.keys
    if keys.count(bare) == 1 and not _parenthesised_letter(low):
        return keys.index(bare)
    if (index := options.by_words(bare)) is not None:
        return index
    if lettered := _letter(low, len(options)):
        index, rest = lettered
        return _check_rest(index, rest, options)
    if _HEDGE.search(_without_options(low, keys)):
        raise OptionError("a hedge or a negation", ambiguous=True)
    named = _mentions(low, keys)
    if len(named) > 1:
        raise OptionError("more than one option is named", ambiguous=True)
    if named and not _NUMERAL.fullmatch(keys[min(named)]):
        _refuse_other_letters(low, min(named), keys)
        return min(named)
    index = options.by_value(bare)
    if index is None:
        letters = {t for t in _TOKEN.findall(low) if len(t) == 1 and 0 <= ord(t) - ord("a") < len(options)}
        raise OptionError("none or several of the options are named", ambiguous=len(letters) > 1)
    return index


def read_choices(text: str, options: Options) -> frozenset[int]:
    """The set of options that `text` lists: `A, C`, `(A) and (C)`, `AC`, or words. Raises OptionError."""
    bare = key(text)
    letters = [ord(c) - ord("a") for c in bare]
    if 1 < len(bare) <= len(options) and all(0 <= i < len(options) for i in letters):
        if len(set(letters)) == len(letters):
            return frozenset(letters)
        raise OptionError("a letter is repeated", ambiguous=True)
    lines = _BRACES.sub(r"\1", text.strip(" \n\t*_`$")).splitlines()
    parts = [part for line in lines for part in _SEPARATOR.split(plain(line)) if part.strip(" .-")]
    if not parts or len(parts) > 64:
        raise OptionError("no list of options", ambiguous=False)
    return frozenset(read_choice(part, options) for part in parts)


def _parenthesised_letter(low: str) -> bool:
    return len(low) == 3 and low[0] in "([" and low[2] in ")]" and low[1].isalpha()


def _letter(low: str, count: int) -> tuple[int, str] | None:
    match = _LETTER_IN_PARENTHESES.fullmatch(low) or _LETTER.fullmatch(low) or _OPTION_WORD.fullmatch(low)
    if match is None:
        return None
    index = ord(match.group(1)) - ord("a")
    if index >= count:
        if match.group(2).strip():
            return None
        raise OptionError(f"there is no option {match.group(1).upper()}", ambiguous=False)
    return index, match.group(2).strip()


def _check_rest(index: int, rest: str, options: Options) -> int:
    """What follows the letter may only be about the same option."""
    bare, keys = key(rest), options.keys
    if not bare or bare == keys[index]:
        return index
    if bare in keys:
        raise OptionError("the letter and the words name different options", ambiguous=True)
    if _mentions(rest, keys) - {index}:
        raise OptionError("another option is named beside the letter", ambiguous=True)
    if _HEDGE.search(_without_options(rest, [keys[index]])):
        raise OptionError("a hedge or a negation beside the letter", ambiguous=True)
    _refuse_other_letters(rest, index, keys)
    if not _mentions(rest, [keys[index]]) and options.by_value(bare) not in (None, index):
        raise OptionError("the letter and the value name different options", ambiguous=True)
    return index


def _refuse_other_letters(low: str, index: int, keys: list[str]) -> None:
    for match in _OTHER_LETTER.finditer(_without_options(low, keys)):
        other = ord(match.group(1) or match.group(2)) - ord("a")
        if other != index and other < len(keys):
            raise OptionError("another option's letter stands beside the answer", ambiguous=True)


def _without_options(low: str, keys: list[str]) -> str:
    """`low` without the options' own words, which may hold "or", "not" or single letters."""
    for words in keys:
        if len(words) > 1 and words in low:
            low = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", " _ ", low)
    return low


def _mentions(low: str, keys: list[str]) -> set[int]:
    """Options whose words occur in `low` in sequence; the longest match at each place wins."""
    tokens = _TOKEN.findall(low)
    wanted = sorted(((tuple(_TOKEN.findall(k)), i) for i, k in enumerate(keys)), key=lambda p: -len(p[0]))
    found: set[int] = set()
    position = 0
    while position < len(tokens):
        step = 1
        for words, index in wanted:
            if words and tuple(tokens[position : position + len(words)]) == words:
                if len(words[0]) == 1 and len(words) == 1 and not words[0].isdigit():
                    continue
                found.add(index)
                step = len(words)
                break
        position += step
    return found
