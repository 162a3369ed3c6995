"""Read a short sentence that says one word option: "The lamp is left of the chair."."""

import re

from waywiser.answers.choice_words import (
    DENIAL,
    OTHER_LETTER,
    REASON,
    RETRACTION,
    OptionError,
    mentioned_options,
    phrase_pattern,
    without_options,
)
from waywiser.answers.hedge_words import HEDGES
from waywiser.answers.option_matching import Options

_BEING = (
    r"(?:is|are|was|were|be|it's|that's|lies|stands|sits|located|placed|positioned|situated|"
    r"seems|looks|appears|remains)"
)
_BEFORE = re.compile(
    rf"(?:^|(?:.*\b{_BEING}|^yes,?|^no,?)(?:"
    r" (?:located|placed|positioned|situated|clearly|directly|exactly))? )"
    r"(?:(?:on|to|at|in|towards?) )?(?:the |an? )?$"
)
_AFTER = re.compile(
    r"$|[.,;:!)]|\s*\Z| (?:is|are|was|were|has|have|appears|stands|looks|seems|lies|sits|that|"
    r"which|who|of|from|to|at|in|on|"
    r"near|by|seen|when|because|since|as|side|direction|hand|corner|stand|look|appear)\b"
)
_CLAUSE = re.compile(rf"\b{_BEING}\b|\b(?:has|have|seen|viewed|which|that)\b")
_SOMEBODY = re.compile(
    r"\b(?:doubts?|nobody|no one|last thing|refuse|people|wrongly|least|only"
    r" in|mirror|out|seldom|rarely)\b"
)
_YES_NO = re.compile(r"(yes|no)[,.;:!] ?(?=\w)")
_OTHER_YES = re.compile(r"\b(?:yes|no|or|but)\b|^not\b(?! \w+ \w+)")


def option_in_sentence(low: str, options: Options) -> int:
    """Index of the one option that a short sentence is about.

    Raises:
        OptionError: The sentence names none or several options, or is not understood whole.
    """
    if (index := _yes_or_no(low, options)) is not None:
        return index

    bare = without_options(low, options.keys)
    if HEDGES.search(bare) or DENIAL.search(bare) or _SOMEBODY.search(bare):
        raise OptionError("a hedge or a negation", ambiguous=True)

    named = mentioned_options(low, options)
    if len(named) > 1:
        raise OptionError("more than one option is named", ambiguous=True)

    if named:
        (index,) = named
        if not options.formulas[index] and _is_said(low, options.keys[index]):
            _refuse_letters(low, index, options)
            return index

        raise OptionError(
            "an option is named, but not all around it is understood", ambiguous=False
        )

    letters = {
        m for m in re.findall(r"(?<![\w'])[a-z](?![\w'])", low) if ord(m) - ord("a") < len(options)
    }

    raise OptionError("none or several of the options are named", ambiguous=len(letters) > 1)


def _yes_or_no(low: str, options: Options) -> int | None:
    """Index of "yes" or "no" if a sentence begins with it: "No, there isn't a lamp."; else None."""
    match = _YES_NO.match(low)
    if match is None or options.keys.count(match[1]) != 1:
        return None

    rest = low[match.end() :]
    if RETRACTION.search(rest) or _OTHER_YES.search(rest):
        return None

    return options.keys.index(match[1])


def _refuse_letters(low: str, index: int, options: Options) -> None:
    for match in OTHER_LETTER.finditer(without_options(low, options.keys)):
        other = ord(match.group(1) or match.group(2)) - ord("a")
        if other != index and other < len(options):
            raise OptionError("another option's letter stands beside the answer", ambiguous=True)


def _is_said(low: str, words: str) -> bool:
    """Whether the sentence states the option's words as its answer, and nothing changes them."""
    for place in re.finditer(phrase_pattern(words), low):
        before = low[: place.start()]
        after = low[place.end() :]
        if _BEFORE.search(before) and _AFTER.match(after) and _is_sentence(after):
            return True

    return False


def _is_sentence(after: str) -> bool:
    """Whether the text after a comma or full stop is a clause: "chair, lamp" names two things."""
    rest = after.lstrip(" .,;:!)\"'")
    if not rest or after.lstrip()[0].isalnum():
        return True
    return REASON.match(rest) is not None or _CLAUSE.search(rest) is not None
