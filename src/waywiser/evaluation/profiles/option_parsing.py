"""A question's options in every form in which tables hold them: lists, arrays, their texts,
lettered lines.
"""

import ast
import io
import itertools
import json
import re
import tokenize
from collections.abc import Mapping, Sequence
from typing import Any

from waywiser.errors import DatasetError
from waywiser.sources.user_data.fields import is_missing

OPTION_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_MAX_LIST_CHARACTERS = 20_000
_MISSING_WORDS = ("", "nan", "none", "null")
_ARRAY = re.compile(r"(?:np\.|numpy\.)?array\((.*?)(?:,\s*dtype=\S+?)?\)", re.DOTALL)
_NUMBERS = re.compile(r"\[([-+.\deE\s]+)\]")
_LABEL = re.compile(r"(?:^|(?<=[\s;；,，]))\(?([A-H])\s*[.．、:：)]\s*")
_LABEL_WITHOUT_OPTION = re.compile(r"\s*(?:[;；]|$)")


def parse_options(value: Any) -> tuple[str, ...]:
    """Options from a list, an array, a mapping of letters, or the text of one of them; () for
    nothing.
    """
    if is_missing_text(value):
        return ()
    if isinstance(value, str):
        value = _parse_option_text(value)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        letters = {str(key).strip("(). ").upper(): option for key, option in value.items()}
        value = [letters[letter] for letter in _consecutive_letters(letters)]
    if not isinstance(value, list | tuple):
        raise DatasetError("its options are not a list")

    options = list(value)
    while options and options[-1] is None:  # a table of fixed width fills up with nothing
        options.pop()

    return check_options(options)


def is_missing_text(value: Any) -> bool:
    """Whether a field is missing, or says so in a word: "None", "nan", "null"."""
    return is_missing(value) or (isinstance(value, str) and value.strip().lower() in _MISSING_WORDS)


def _consecutive_letters(letters: Mapping[str, Any]) -> list[str]:
    known = OPTION_LETTERS[: len(letters)]
    if sorted(letters) != list(known):
        raise DatasetError(
            f"its options are {', '.join(sorted(letters))}, not A, B, ... without a gap"
        )
    return list(known)


def check_options(options: Sequence[Any]) -> tuple[str, ...]:
    """Options as texts. Raises DatasetError for an empty one."""
    texts = tuple(str(option) for option in options)
    if any(option is None or not str(option).strip() for option in options):
        raise DatasetError("an option is empty")
    if len(texts) > len(OPTION_LETTERS):
        raise DatasetError(f"{len(texts)} options: more than the letters of the alphabet")

    return texts


def _parse_option_text(text: str) -> Any:
    """The value of a text: JSON, Python, NumPy's form ("['yes' 'no']"), or lettered options."""
    if len(text) > _MAX_LIST_CHARACTERS:
        return None

    text = text.strip()
    text = match[1] if (match := _ARRAY.fullmatch(text)) else text
    if (strings := _strings_without_commas(text)) is not None:
        return strings
    if (match := _NUMBERS.fullmatch(text)) and len(match[1].split()) > 1:
        return match[1].split()

    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue

    return split_lettered_options(text) if _LABEL.match(text) else None


def _strings_without_commas(text: str) -> list[Any] | None:
    """Strings that follow one another in brackets without commas, which Python would join to one;
    None for others.
    """
    if not text.startswith("["):
        return None

    tokens = [
        token for token in _tokenize(text) if token.type not in (tokenize.NL, tokenize.NEWLINE)
    ]
    strings = [token.string for token in tokens if token.type == tokenize.STRING]

    if not any(a.type == b.type == tokenize.STRING for a, b in itertools.pairwise(tokens)):
        return None

    try:
        return [ast.literal_eval(string) for string in strings]
    except (ValueError, SyntaxError):
        return None


def _tokenize(text: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return []


def split_lettered_options(text: str) -> tuple[str, ...]:
    """Options from one text "A. 300; B. 400", each with its letter in front; () where the letters
    are not in order.

    A letter begins an option after a semicolon or in a new line, and after a mere space only
    where it has no such place. A letter that nothing follows ("... to point ;C.;") begins none.
    """
    text = text.strip()
    labels = [
        match
        for match in _LABEL.finditer(text)
        if not _LABEL_WITHOUT_OPTION.match(text, match.end())
    ]

    chain: list[re.Match[str]] = []

    for letter in OPTION_LETTERS:
        start = chain[-1].end() if chain else 0
        following = [label for label in labels if label[1] == letter and label.start() >= start]
        if not following or (not chain and following[0].start() > 0):
            break

        chain.append(next(filter(_starts_new_part, following), following[0]))

    if not chain:
        return ()

    ends = [label.start() for label in chain[1:]] + [len(text)]
    options = [
        text[label.end() : end].strip(" \n\t;；") for label, end in zip(chain, ends, strict=True)
    ]
    if not all(options) or _skips_letter(labels, chain):
        return ()

    return tuple(
        f"{letter}. {option}" for letter, option in zip(OPTION_LETTERS, options, strict=False)
    )


def _starts_new_part(label: re.Match[str]) -> bool:
    before = label.string[: label.start()].rstrip(" \t(")
    return not before or before[-1] in ";；\n"


def _skips_letter(labels: list[re.Match[str]], chain: list[re.Match[str]]) -> bool:
    """Whether an option follows whose letter is not the next one: "C. No; F. None"."""
    last = chain[-1]
    return any(
        label.start() > last.start() and label[1] > last[1] and _starts_new_part(label)
        for label in labels
    )


def shorten_value(value: Any) -> str:
    """A field's text in short, on one line: cells may hold whole pictures."""
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
