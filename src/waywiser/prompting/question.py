"""`question_text`: the text of a question with its options and unit, as every model is asked it.

Training (SFT, RLVR, packing), evaluation, difficulty, export and the teacher all use it.
"""

import re
from collections.abc import Sequence

from waywiser.sample import Sample

OPTION_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_LABEL = r"(?:[(\[]?[A-Za-z0-9]{1,2}[)\].:、]\s*)?"
_OPTION_GAP = (
    r"[\s'\"“”‘’`*.,;:|/()\[\]-]{0,12}(?:\b(?:or|and)\b[\s'\"“”‘’`*]{0,4})?"
    rf"{_LABEL}['\"“”‘’`*(\[]{{0,3}}"
)
_GAP_BEFORE_LABEL = r"[\s'\"*.,;|/-]{0,8}"
_UNIT_PATTERNS = {
    "m": r"met(?:er|re)s?|m",
    "cm": r"centimet(?:er|re)s?|cm",
    "mm": r"millimet(?:er|re)s?|mm",
    "km": r"kilomet(?:er|re)s?|km",
    "m2": r"(?:square met(?:er|re)s?|met(?:er|re)s? squared|m2|m\^2|m²|sq\.? ?m)",
    "m/s": r"(?:met(?:er|re)s? (?:per|a) second|m/s)",
    "deg": r"(?:degrees?|deg|°)",
    "ft": r"f(?:oo|ee)t|ft",
    "in": r"inch(?:es)?",
    "s": r"seconds?|s",
    "%": r"(?:per ?cent|percentage|%)",
}


def question_text(sample: Sample) -> str:
    """The question with its options by letter and its unit, unless it names them itself.

    Options that are bare letters (they are in the picture) are not listed.

    Example:
        >>> print(question_text(sample))
        What is closest to the camera?
        A. sofa
        B. chair
    """
    options = sample.options or sample.answer.options or []
    lines = [sample.question]

    if not shows_options(sample.question, options):
        lines += add_option_letters(options)
    if sample.answer.unit and not _mentions_unit(sample.question, sample.answer.unit):
        lines.append(_unit_line(sample.answer.unit))

    return "\n".join(lines)


def strip_option_list(text: str, options: Sequence[str] | None, unit: str | None) -> str:
    """A question without the lines that `question_text` adds; its inverse."""
    if unit:
        text = text.removesuffix(f"\n{_unit_line(unit)}")
    if options:
        text = text.removesuffix("\n" + "\n".join(add_option_letters(options)))
    return text


def add_option_letters(options: Sequence[str]) -> list[str]:
    """Options as lines: "A. first", "B. second"; beyond Z by number."""
    return [f"{label_of(index)}. {option}" for index, option in enumerate(options)]


def shows_options(question: str, options: Sequence[str]) -> bool:
    """Whether the question needs no list of options: it has none, lists them itself, or they are
    bare letters.

    A question lists its options if they stand in it in their order with nothing between them but
    punctuation, labels and "or": "Answer with 'left' or 'right'", "Options: A. sofa; B. bed".
    """
    texts = [" ".join(option.split()) for option in options]
    if not texts or texts == list(OPTION_LETTERS[: len(texts)]):
        return True

    options_pattern = _OPTION_GAP.join(re.escape(text) for text in texts)
    pattern = rf"(?<![^\W_]){options_pattern}(?![^\W_])"
    return re.search(pattern, " ".join(question.split()), re.IGNORECASE) is not None


def letters_options(question: str, options: Sequence[str]) -> bool:
    """Whether a question lists its options by letter: "(A) sofa (B) bed"."""
    texts = [" ".join(option.split()) for option in options]
    if not texts or texts == list(OPTION_LETTERS[: len(texts)]):
        return False

    labels = [
        rf"[(\[]?{label_of(index)}[)\].:、]\s*['\"*]*{re.escape(text)}"
        for index, text in enumerate(texts)
    ]

    return re.search(rf"{_GAP_BEFORE_LABEL}".join(labels), " ".join(question.split())) is not None


def label_of(index: int) -> str:
    """The label of an option by its index: A, B, ...; beyond Z its number."""
    return OPTION_LETTERS[index] if index < len(OPTION_LETTERS) else str(index + 1)


def _unit_line(unit: str) -> str:
    return f"Give the answer in {unit}."


def _mentions_unit(question: str, unit: str) -> bool:
    words = _UNIT_PATTERNS.get(unit, re.escape(unit))
    return re.search(rf"(?<![^\W\d_])(?:{words})(?![^\W_])", question, re.IGNORECASE) is not None
