"""Choices: read a letter, an option's own words, or both, and name the one option that is meant.

All of an answer has to be understood. It is a letter or an option, perhaps announced ("I choose
...") and perhaps followed by reasons; a word option may also stand in a short sentence, directly
behind a verb of being or in front of one. Options that are measures or mathematics are compared as
a whole, as values or expressions.
"""

import re

from waywiser.answers.hedge_words import HEDGES
from waywiser.answers.numbers import read_number
from waywiser.answers.option_matching import Options
from waywiser.answers.text import comparison_key, to_plain_text

_LETTER = re.compile(
    r"[(\[<]{0,2} ?([a-z]) ?[)\]>]{0,2} ?(?:[.:),;=]|->| [-–—]+ |(?= )|$)(.*)", re.DOTALL
)
_LABEL = re.compile(
    r"[\s*_`$]{0,3}(?:\\text ?\{)?[(\[]?([A-Za-z])[)\]]?[.:：)]?\}?[\s*_`]{0,3}(?<=[.:：)\s}])(.+)",
    re.DOTALL,
)
_LETTER_BEHIND = re.compile(r"(.+?)[ ,]*[(\[] ?(?:option |choice )?([a-z]) ?[)\]]\.?", re.DOTALL)
_LETTER_AFTER_COMMA = re.compile(r"(.+?), ?(?:option|choice) ([a-z])\.?", re.DOTALL)
_LEAD = re.compile(
    r"(?:"
    r"(?:so|thus|hence|therefore|ok|okay|well)\b[,:]? "
    r"|(?:(?:the|my) )?(?:(?:final|correct|right|best|most likely)"
    r" ){0,2}(?:answer|option|choice|solution|letter)s?"
    r"(?: to (?:the|this) question)?(?: (?:is|are|would be|should be|must be|:)|:| ?=)[: ]*"
    r"|(?:i|we) (?:would |will |'d |'ll )?"
    r"(?:choose|pick|select|go with|think it is|say|believe it is|chose|picked|selected)[: ]+"
    r"|i(?:'d|'ll) (?:choose|pick|select|go with|say)[: ]+"
    r"|(?:it|this|that)(?: is|'s| would be| must be| should be)\b[: ]*"
    r"|(?:option|choice|answer|letter)s?[: ]+(?=[(\[]?[a-z][)\]]?(?:\W|$))"
    r"|(?:the|a correct|choose|select|pick)[: ]+(?=(?:option|choice|answer)\b)"
    r"|(?:choose|select|pick)[: ]+"
    r"|(?:正确)?(?:答案|选项|選項|答え|正解|정답)(?:是|为|為|应为|は)?[: ]*"
    r"|\w{0,12}?(?:故|应|應|该|該)?[选選](?:择|擇)?(?:项|項)?[: ]*(?=[(\[]?[a-z][)\]]?(?:\W|$))"
    r"|(?:antwort|ответ|réponse|respuesta|risposta|resposta|antwoord|odpowiedź|svar|cevap)"
    r"(?: (?:ist|est|es|è|é))?[: -]+"
    r")"
)
_CLOSER = re.compile(
    r"(?:,? (?:is|as|being) (?:the |my )?(?:(?:correct|right|best|final)"
    r" ?)?(?:answer|option|choice|one)?"
    r"|,? (?:is|seems|must be) (?:correct|right|true))[.! ]*$"
)
_OUTER = " \t\n.,;!\"'`*•"
_REASON = re.compile(
    r"[(\s]*(?:because|since|as (?:the|it|we|there|seen|shown|a|an|its|all|both|"
    r"i (?:computed|counted|see))|for (?:the|it) |"
    r"due to|given (?:that|the)|here(?:'s| is) why|explanation|reason(?:ing)?:|note that|this is"
    r" because|the reason|"
    r"it\b|this\b|that\b|these\b|因为|由于|weil\b|denn\b|parce\b|porque\b|потому\b)"
)
_RETRACTION = re.compile(
    r"\b(?:wait|actually|instead|sorry|hmm|correction|rather|unsure|on second"
    r" thought|maybe|perhaps|possibly|either|"
    r"could also|might also|alternatively|should have|better|as"
    r" well|also|presumably|guess|if|unless|later)\b|\?"
)
_ABOUT_OTHERS = re.compile(
    r"(?:^|(?<=[\s.,;:(]))(?:(?:note )?that )?(?:options? |choices? )?"
    r"[(\[]?([a-z])[)\]]?(?:(?:,| and| or) [(\[]?[a-z][)\]]?)*"
    r" (?:is|are|was|were|shows?|does|do|has|have|looks?|seems?|lies|stands)\b[^.;,]*"
)
_OPENS_REMARK = re.compile(
    r"[-–—(\s]*(?:the|a|an|it|this|that|its|they|there|we|i (?:see|can"
    r" see|computed|counted)|on|in|at|to)\b"
)
_DENIAL = re.compile(
    r"\b(?:wrong|incorrect|false|cannot be|can't be|not (?:the"
    r" answer|correct|right|it|true|possible)|"
    r"impossible|distractor|"
    r"ruled out|excluded|eliminated|unlikely|invalid|fails|worst|least likely|doubtful|second"
    r" best|trap|implausible|"
    r"hardly|far from right|nope|only|low confidence|hard to say|random|or|and [b-h])\b|"
    r"\b(?:right|correct|best) (?:one|answer|option|choice)\b"
)
_HARMLESS_NO = re.compile(r"\bno other \w+ (?:is|are|stands?)\b")
_DASH = re.compile(r"^[-–—]+ ")
_FIRST_LETTER = re.compile(
    r"[|/&+,; ]*(?:and |or )?[(\[]?([a-z])(?:[)\]]|[.,;:/&+]|$| and\b| or\b)"
)
_OTHER_LETTER = re.compile(
    r"(?:\b(?:or|and|option|choice|not) |[/,&+]"
    r" ?|[(\[])([a-z])(?![\w'])|(?<![\w'])([b-hj-z])(?![\w'])"
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
_BRACES = re.compile(r"^\\?[{\[](.*?)\\?[}\]]$", re.DOTALL)
_SEPARATOR = re.compile(r"[,;&/]|\band\b", re.IGNORECASE)
_BOTH = re.compile(r"^both (?=.* and )", re.IGNORECASE)
_MAX_PARTS = 64
_MAX_LEADS = 6


class OptionError(ValueError):
    """The text does not name exactly one option; `ambiguous` tells several from none."""

    def __init__(self, reason: str, *, ambiguous: bool) -> None:
        super().__init__(reason)
        self.ambiguous = ambiguous


def read_choice(text: str, options: Options) -> int:
    """Index of the option that `text` means: `B`, `(B)`, `B.`, `B. 22.6`, or the option's own
    words.

    Raises OptionError where none or several options are named, or where letter and words disagree.
    """
    if (index := options.at_once(text)) is not None:
        return index
    if options.mathematical and (index := _formula(text, options)) is not None:
        return index

    low = to_plain_text(text).casefold().strip()
    cores = _cores(low, bullets=not any(options.formulas))
    for core in cores:
        if (index := _by_text(core, comparison_key(core), options)) is not None and not _is_letter(
            core
        ):
            return index

    if (index := _by_letter(cores[-1], options)) is not None:
        return index

    return _in_sentence(low, options)


def _formula(text: str, options: Options) -> int | None:
    """Index of the option that is the expression in `text`, with or without its letter. LaTeX is
    read as written.
    """
    text = _strip_announcement(text)
    if (index := options.by_formula(text)) is not None:
        return index

    match = _LABEL.fullmatch(text)
    if match is None:
        return None

    letter = ord(match[1].lower()) - ord("a")
    rest = match[2].strip()

    readings = [rest]

    if rest.startswith(("-", "–", "—")):
        behind = (
            rest[1:].lstrip()
        )  # a dash behind the letter, or a minus: the former where mathematics begins after it
        readings = [behind] if behind.startswith(("$", "\\(")) else [behind, rest]

    named = {options.by_formula(reading) for reading in readings} - {None}
    if not named:
        return None
    if named != {letter}:
        raise OptionError("the letter and the expression name different options", ambiguous=True)

    return letter


def _strip_announcement(text: str) -> str:
    """`text` without what announces and closes an answer, its case and its LaTeX kept."""
    for _ in range(_MAX_LEADS):
        text = text.strip(" \t\n.,;:*")
        peeled = _strip_wrapping(text)
        if peeled == text:
            return text

        text = peeled

    return text


def _strip_wrapping(text: str) -> str:
    """`text` without one announcement in front or closing words behind; as it is where it has
    neither.
    """
    low = text.lower()
    if len(low) != len(text):
        return text
    if (match := _LEAD.match(low)) and not HEDGES.search(match.group()):
        return text[match.end() :]
    if match := _CLOSER.search(low):
        return text[: match.start()]

    return text


def read_choices(text: str, options: Options) -> frozenset[int]:
    """The set of options that `text` lists: `A, C`, `(A) and (C)`, `AC`, or words. Raises
    OptionError.
    """
    bare = comparison_key(text)
    letters = [ord(c) - ord("a") for c in bare]
    if 1 < len(bare) <= len(options) and all(0 <= i < len(options) for i in letters):
        if len(set(letters)) == len(letters):
            return frozenset(letters)

        raise OptionError("a letter is repeated", ambiguous=True)

    text = _strip_announcement(text)
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


def _cores(low: str, *, bullets: bool) -> list[str]:
    """The answer itself, then without what announces and closes it: "I choose B", "B is correct".

    A dash in front is a bullet where `bullets`, else it may be a sign.
    """
    cores = [low]

    for _ in range(_MAX_LEADS):
        core = cores[-1].strip(_OUTER)
        core = core.removeprefix("- ") if bullets or len(core) == len("- b") else core
        core = _strip_wrapping(core)
        if core == cores[-1]:
            break
        if core:
            cores.append(core)

    return cores


def _is_letter(core: str) -> bool:
    bare = comparison_key(core)
    return len(bare) == 1 and bare.isalpha()


def _by_letter(core: str, options: Options) -> int | None:
    """Index where `core` is a letter, or a letter and what belongs to it; None where it is neither.

    Raises OptionError where it is more than one, or contradicts itself.
    """
    if _is_letter(core):
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
        named = _by_text(match[1], comparison_key(match[1]), options)
        if named is not None and named != index:
            raise OptionError("the letter and the words name different options", ambiguous=True)

        return named

    return None


def _starts_reasons(rest: str) -> bool:
    """Whether a letter that is also a word ("a", "i") is a letter here: "A because ..." is, "A
    given chair" is not.
    """
    return re.match(r" (?:because|since|as (?:the|it)|due to)\b", rest) is not None


def _letter_alone(core: str, letter: str, options: Options) -> int:
    index = ord(letter) - ord("a")
    if (found := options.by_letter(letter)) is not None:
        return found

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


def _by_text(core: str, bare: str, options: Options) -> int | None:
    """Index of the option that `core` is, as words, as a list or as a value."""
    if (index := options.by_key(bare)) is not None:
        return index
    if (index := options.by_words(bare)) is not None:
        return index
    if (index := options.by_list(core)) is not None:
        return index

    return options.by_value(bare)


def _check_rest(index: int, rest: str, options: Options) -> int:
    """What follows the letter may only be about the same option: its text, or reasons for it."""
    rest = _DASH.sub("", rest)
    bare = comparison_key(rest)
    if not bare or bare == options.keys[index]:
        return index

    named = _by_text(rest, bare, options)
    if named == index:
        return index
    if named is not None:
        raise OptionError("the letter and the words name different options", ambiguous=True)
    if (other := _FIRST_LETTER.match(rest)) and ord(other[1]) - ord("a") < len(options):
        raise OptionError("two letters side by side", ambiguous=True)
    if _RETRACTION.search(rest):
        raise OptionError("a hedge beside the letter", ambiguous=True)

    _refuse_claims(rest, index, options)

    if _REASON.match(rest) or _DISMISSED.match(rest):
        own = _without(_without_others(rest, index, options), [options.keys[index]])
        if _DENIAL.search(own):
            raise OptionError("the letter is taken back behind it", ambiguous=True)

        return index

    return _check_remark(index, rest, options)


def _without_others(rest: str, index: int, options: Options) -> str:
    """Reasons without what they say of other options: "A is too far away" takes nothing back from
    B.
    """

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
    """Words behind a letter that are not introduced as reasons: they may name no other option."""
    own = options.keys[index]
    remark = _without(rest, [own])

    if not _OPENS_REMARK.match(rest) and not re.match(_phrase(options.bare(index)), rest):
        raise OptionError(
            "what follows the letter is neither its option nor a reason", ambiguous=True
        )

    if HEDGES.search(_HARMLESS_NO.sub("", remark)):
        raise OptionError("a hedge or a negation beside the letter", ambiguous=True)
    if _mentions(rest, options) - {index}:
        raise OptionError("another option is named beside the letter", ambiguous=True)

    bare = _without(rest, options.keys)
    for match in _OTHER_LETTER.finditer(bare):
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


def _in_sentence(low: str, options: Options) -> int:
    """Index of the one word option that a short sentence is about. Raises OptionError for
    everything else.
    """
    if (index := _yes_or_no(low, options)) is not None:
        return index

    bare = _without(low, options.keys)
    if HEDGES.search(bare) or _DENIAL.search(bare) or _SOMEBODY.search(bare):
        raise OptionError("a hedge or a negation", ambiguous=True)

    named = _mentions(low, options)
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
    """Index where a sentence begins with "yes," or "no," and says why: "No, there isn't a lamp." """
    match = _YES_NO.match(low)
    if match is None or options.keys.count(match[1]) != 1:
        return None

    rest = low[match.end() :]
    if _RETRACTION.search(rest) or _OTHER_YES.search(rest):
        return None

    return options.keys.index(match[1])


def _refuse_letters(low: str, index: int, options: Options) -> None:
    for match in _OTHER_LETTER.finditer(_without(low, options.keys)):
        other = ord(match.group(1) or match.group(2)) - ord("a")
        if other != index and other < len(options):
            raise OptionError("another option's letter stands beside the answer", ambiguous=True)


def _is_said(low: str, words: str) -> bool:
    """Whether the option's words stand where a sentence says its answer, with nothing around that
    changes them.
    """
    for place in re.finditer(_phrase(words), low):
        before = low[: place.start()]
        after = low[place.end() :]
        if _BEFORE.search(before) and _AFTER.match(after) and _is_sentence(after):
            return True

    return False


def _is_sentence(after: str) -> bool:
    """Whether what a comma or full stop opens says something: "chair, lamp" names two things."""
    rest = after.lstrip(" .,;:!)\"'")
    if not rest or after.lstrip()[0].isalnum():
        return True
    return _REASON.match(rest) is not None or _CLAUSE.search(rest) is not None


def _mentions(low: str, options: Options) -> set[int]:
    """Options whose words occur in `low` as a phrase; the longest match at each place wins."""
    found: set[int] = set()
    taken: list[tuple[int, int]] = []

    for index, words in sorted(enumerate(options.keys), key=lambda pair: -len(pair[1])):
        if len(words) == 1 and not words.isdigit():
            continue

        for form in {words, options.bare(index)}:
            for place in re.finditer(_phrase(form), low):
                if not any(start < place.end() and place.start() < end for start, end in taken):
                    taken.append(place.span())
                    found.add(index)

    return found


def _phrase(words: str) -> str:
    return rf"(?<![\w.-]){re.escape(words)}(?![\w-]|\.\d)"


def _without(low: str, keys: list[str]) -> str:
    """`low` without the options' own words, which may hold "or", "not" or single letters."""
    for words in keys:
        if len(words) > 1 and words in low:
            low = re.sub(_phrase(words), " _ ", low)
    return low
