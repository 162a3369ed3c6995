"""Read an option's letter and whatever follows it: its own text, reasons, or a contradiction."""

import re

from waywiser.answers.choice_words import (
    DENIAL,
    OTHER_LETTER,
    REASON,
    RETRACTION,
    OptionError,
    is_letter,
    mentioned_options,
    option_by_text,
    phrase_pattern,
    without_options,
)
from waywiser.answers.hedge_words import HEDGES
from waywiser.answers.numbers import read_number
from waywiser.answers.option_matching import Options
from waywiser.answers.text import comparison_key

_LETTER = re.compile(
    r"[(\[<]{0,2} ?([a-z]) ?[)\]>]{0,2} ?(?:[.:),;=]|->| [-–—]+ |(?= )|$)(.*)", re.DOTALL
)
_LETTER_BEHIND = re.compile(r"(.+?)[ ,]*[(\[] ?(?:option |choice )?([a-z]) ?[)\]]\.?", re.DOTALL)
_LETTER_AFTER_COMMA = re.compile(r"(.+?), ?(?:option|choice) ([a-z])\.?", re.DOTALL)
_ABOUT_OTHERS = re.compile(
    r"(?:^|(?<=[\s.,;:(]))(?:(?:note )?that )?(?:options? |choices? )?"
    r"[(\[]?([a-z])[)\]]?(?:(?:,| and| or) [(\[]?[a-z][)\]]?)*"
    r" (?:is|are|was|were|shows?|does|do|has|have|looks?|seems?|lies|stands)\b[^.;,]*"
)
_OPENS_REMARK = re.compile(
    r"[-–—(\s]*(?:the|a|an|it|this|that|its|they|there|we|i (?:see|can"
    r" see|computed|counted)|on|in|at|to)\b"
)
_HARMLESS_NO = re.compile(r"\bno other \w+ (?:is|are|stands?)\b")
_DASH = re.compile(r"^[-–—]+ ")
_FIRST_LETTER = re.compile(
    r"[|/&+,; ]*(?:and |or )?[(\[]?([a-z])(?:[)\]]|[.,;:/&+]|$| and\b| or\b)"
)
_CLAIM = re.compile(
    r"(?:answer|option|choice) (?:is|:) ?[(\[]?([a-z])\b|"
    r"(?<![\w'])([a-z])[)\]]? (?:is|are|seems|looks|must be)(?: also| the)?"
    r"(?: (?:correct|right|true|best|better|answer|possible)|[. ]*$)|(?:letter|it) (?:is|must be)"
    r" ([b-hj-z])\b"
)
_DISMISSED = re.compile(
    r"(?:option |choice )?[(\[]?[a-z][)\]]? (?:is|are|was|looks|seems|has|shows)\b[\w ]*?"
    r"\b(?:wrong|incorrect|false|impossible|distractors?|not|too|ruled|excluded|invalid)\b"
)


def option_by_letter(core: str, options: Options) -> int | None:
    """Index of the option if `core` is a letter, alone or with text that belongs to it; else None.

    Raises:
        OptionError: `core` names several options or contradicts itself.
    """
    if is_letter(core):
        return _letter_alone(core, comparison_key(core), options)

    if match := _LETTER.fullmatch(core):
        letter, rest = match.groups()
        index = ord(letter) - ord("a")
        if index < len(options) and rest.strip():
            bracketed = (
                not core.startswith(letter)
                or core[1:2] in tuple(".:),;=")
                or core[1:3] in (" -", " –", " —")
            )
            if bracketed or letter not in ("a", "i") or _starts_reasons(rest):
                return _check_rest(index, rest.strip(), options)

    match = _LETTER_BEHIND.fullmatch(core) or _LETTER_AFTER_COMMA.fullmatch(core)
    if match and (index := ord(match[2]) - ord("a")) < len(options):
        named = option_by_text(match[1], comparison_key(match[1]), options)
        if named is not None and named != index:
            raise OptionError("the letter and the words name different options", ambiguous=True)

        return named

    return None


def _starts_reasons(rest: str) -> bool:
    """Whether a letter that is also a word ("a", "i") opens reasons here.

    "A because ..." does, "A given chair" does not.
    """
    return re.match(r" (?:because|since|as (?:the|it)|due to)\b", rest) is not None


def _letter_alone(core: str, letter: str, options: Options) -> int:
    index = ord(letter) - ord("a")
    if (offered := options.by_letter(letter)) is not None:
        return offered

    bracketed = core.strip(" .").startswith(("(", "["))
    if options.is_text(letter) and not (0 <= index < len(options)):
        return options.keys.index(letter)

    if options.is_text(letter) and not bracketed:
        shown = options.texts[index]
        raise OptionError(
            f"'{letter.upper()}' is the letter of {shown!r} and the text of another option",
            ambiguous=True,
        )

    if index < len(options) and bracketed:
        return index

    raise OptionError(f"there is no option {letter.upper()}", ambiguous=False)


def _check_rest(index: int, rest: str, options: Options) -> int:
    """The text after the letter may only concern the same option: its words, or reasons for it."""
    rest = _DASH.sub("", rest)
    bare = comparison_key(rest)
    if not bare or bare == options.keys[index]:
        return index

    named = option_by_text(rest, bare, options)
    if named == index:
        return index
    if named is not None:
        raise OptionError("the letter and the words name different options", ambiguous=True)
    if (other := _FIRST_LETTER.match(rest)) and ord(other[1]) - ord("a") < len(options):
        raise OptionError("two letters side by side", ambiguous=True)
    if RETRACTION.search(rest):
        raise OptionError("a hedge beside the letter", ambiguous=True)

    _refuse_claims(rest, index, options)

    if REASON.match(rest) or _DISMISSED.match(rest):
        claims = without_options(_without_others(rest, index, options), [options.keys[index]])
        if DENIAL.search(claims):
            raise OptionError("the letter is taken back behind it", ambiguous=True)

        return index

    return _check_remark(index, rest, options)


def _without_others(rest: str, index: int, options: Options) -> str:
    """Reasons without their remarks on other options: "A is too far away" does not retract B."""

    def dropped(match: re.Match[str]) -> str:
        other = ord(match[1]) - ord("a")
        named = {
            ord(letter) - ord("a")
            for letter in re.findall(r"(?<![\w'])([b-z])(?![\w'])", match.group())
        }

        is_other = other != index and other < len(options) and index not in named
        return " " if is_other else match.group()

    return _ABOUT_OTHERS.sub(dropped, rest)


def _check_remark(index: int, rest: str, options: Options) -> int:
    """Words after a letter that are not introduced as reasons: they may name no other option."""
    own = options.keys[index]
    remark = without_options(rest, [own])

    if not _OPENS_REMARK.match(rest) and not re.match(phrase_pattern(options.bare(index)), rest):
        raise OptionError(
            "what follows the letter is neither its option nor a reason", ambiguous=True
        )

    if HEDGES.search(_HARMLESS_NO.sub("", remark)):
        raise OptionError("a hedge or a negation beside the letter", ambiguous=True)
    if mentioned_options(rest, options) - {index}:
        raise OptionError("another option is named beside the letter", ambiguous=True)

    bare = without_options(rest, options.keys)
    for match in OTHER_LETTER.finditer(bare):
        other = match.group(1) or match.group(2)
        article = other == "a" and re.match(r" [a-z]{2,}", bare[match.end() :])
        if (
            ord(other) - ord("a") not in (index,)
            and ord(other) - ord("a") < len(options)
            and not article
        ):
            raise OptionError("another option's letter stands beside the answer", ambiguous=True)

    if options.formulas[index] or read_number(rest).value is not None:
        raise OptionError("what follows the letter is not its option", ambiguous=True)

    return index


def _refuse_claims(rest: str, index: int, options: Options) -> None:
    """Refuse reasons that call another option right."""
    for match in _CLAIM.finditer(rest):
        other = ord(match[1] or match[2] or match[3]) - ord("a")
        if other != index and other < len(options) and not rest[match.end() :].startswith("n't"):
            raise OptionError("another option is called right behind the letter", ambiguous=True)
