"""Choices: read a letter, an option's own words, or both, and name the one option that is meant.

An answer must be understood as a whole. It is a letter or an option, perhaps announced ("I choose
...") and perhaps followed by reasons; a word option may also occur in a short sentence, directly
after a verb of being or before one. Options that are measures or mathematics are compared as
a whole, as values or expressions.
"""

import re

from waywiser.answers.choice_announcement import answer_cores, strip_announcement
from waywiser.answers.choice_letter import option_by_letter
from waywiser.answers.choice_sentence import option_in_sentence
from waywiser.answers.choice_words import OptionError, is_letter, option_by_text
from waywiser.answers.option_matching import Options
from waywiser.answers.text import comparison_key, to_plain_text

_LABEL = re.compile(
    r"[\s*_`$]{0,3}(?:\\text ?\{)?[(\[]?([A-Za-z])[)\]]?[.:：)]?\}?[\s*_`]{0,3}(?<=[.:：)\s}])(.+)",
    re.DOTALL,
)
_BRACES = re.compile(r"^\\?[{\[](.*?)\\?[}\]]$", re.DOTALL)
_SEPARATOR = re.compile(r"[,;&/]|\band\b", re.IGNORECASE)
_BOTH = re.compile(r"^both (?=.* and )", re.IGNORECASE)
_MAX_PARTS = 64


def read_choice(text: str, options: Options) -> int:
    """Index of the option that `text` means: `B`, `(B)`, `B.`, `B. 22.6`, or its own words.

    Raises:
        OptionError: None or several options are named, or letter and words disagree.
    """
    if (index := options.at_once(text)) is not None:
        return index
    if options.mathematical and (index := _formula(text, options)) is not None:
        return index

    low = to_plain_text(text).casefold().strip()
    cores = answer_cores(low, bullets=not any(options.formulas))
    for core in cores:
        if (
            index := option_by_text(core, comparison_key(core), options)
        ) is not None and not is_letter(core):
            return index

    if (index := option_by_letter(cores[-1], options)) is not None:
        return index

    return option_in_sentence(low, options)


def _formula(text: str, options: Options) -> int | None:
    """Index of the option that is the expression in `text`, with or without its letter. LaTeX is
    read as written.
    """
    text = strip_announcement(text)
    if (index := options.by_formula(text)) is not None:
        return index

    match = _LABEL.fullmatch(text)
    if match is None:
        return None

    letter = ord(match[1].lower()) - ord("a")
    rest = match[2].strip()

    readings = [rest]

    if rest.startswith(("-", "–", "—")):
        # A dash after the letter, or a minus sign: a dash if mathematics begins after it.
        behind = rest[1:].lstrip()
        readings = [behind] if behind.startswith(("$", "\\(")) else [behind, rest]

    named = {options.by_formula(reading) for reading in readings} - {None}
    if not named:
        return None
    if named != {letter}:
        raise OptionError("the letter and the expression name different options", ambiguous=True)

    return letter


def read_choices(text: str, options: Options) -> frozenset[int]:
    """The set of options that `text` lists: `A, C`, `(A) and (C)`, `AC`, or words.

    Raises:
        OptionError: A part of the list is not exactly one option, or a letter is repeated.
    """
    bare = comparison_key(text)
    letters = [ord(c) - ord("a") for c in bare]
    if 1 < len(bare) <= len(options) and all(0 <= i < len(options) for i in letters):
        if len(set(letters)) == len(letters):
            return frozenset(letters)

        raise OptionError("a letter is repeated", ambiguous=True)

    text = strip_announcement(text)
    text = _BOTH.sub("", text.strip(" \n\t*_`$."))
    lines = _BRACES.sub(r"\1", text).splitlines()
    parts = [
        part
        for line in lines
        for part in _SEPARATOR.split(to_plain_text(line))
        if part.strip(" .-")
    ]

    if not parts or len(parts) > _MAX_PARTS:
        raise OptionError("no list of options", ambiguous=False)

    return frozenset(read_choice(part, options) for part in parts)
