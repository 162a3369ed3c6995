"""Words in the text of a choice: reasons, retractions, denials, and the options it mentions."""

import re

from waywiser.answers.option_matching import Options
from waywiser.answers.text import comparison_key

REASON = re.compile(
    r"[(\s]*(?:because|since|as (?:the|it|we|there|seen|shown|a|an|its|all|both|"
    r"i (?:computed|counted|see))|for (?:the|it) |"
    r"due to|given (?:that|the)|here(?:'s| is) why|explanation|reason(?:ing)?:|note that|this is"
    r" because|the reason|"
    r"it\b|this\b|that\b|these\b|因为|由于|weil\b|denn\b|parce\b|porque\b|потому\b)"
)
RETRACTION = re.compile(
    r"\b(?:wait|actually|instead|sorry|hmm|correction|rather|unsure|on second"
    r" thought|maybe|perhaps|possibly|either|"
    r"could also|might also|alternatively|should have|better|as"
    r" well|also|presumably|guess|if|unless|later)\b|\?"
)
DENIAL = re.compile(
    r"\b(?:wrong|incorrect|false|cannot be|can't be|not (?:the"
    r" answer|correct|right|it|true|possible)|"
    r"impossible|distractor|"
    r"ruled out|excluded|eliminated|unlikely|invalid|fails|worst|least likely|doubtful|second"
    r" best|trap|implausible|"
    r"hardly|far from right|nope|only|low confidence|hard to say|random|or|and [b-h])\b|"
    r"\b(?:right|correct|best) (?:one|answer|option|choice)\b"
)
OTHER_LETTER = re.compile(
    r"(?:\b(?:or|and|option|choice|not) |[/,&+]"
    r" ?|[(\[])([a-z])(?![\w'])|(?<![\w'])([b-hj-z])(?![\w'])"
)


class OptionError(ValueError):
    """The text does not name exactly one option; `ambiguous` tells several from none."""

    def __init__(self, reason: str, *, ambiguous: bool) -> None:
        super().__init__(reason)
        self.ambiguous = ambiguous


def option_by_text(core: str, bare: str, options: Options) -> int | None:
    """Index of the option that `core` is, as words, as a list or as a value."""
    if (index := options.by_key(bare)) is not None:
        return index
    if (index := options.by_words(bare)) is not None:
        return index
    if (index := options.by_list(core)) is not None:
        return index

    return options.by_value(bare)


def is_letter(core: str) -> bool:
    bare = comparison_key(core)
    return len(bare) == 1 and bare.isalpha()


def mentioned_options(low: str, options: Options) -> set[int]:
    """Options whose words occur in `low` as a phrase; the longest match at each place wins."""
    mentioned: set[int] = set()
    taken: list[tuple[int, int]] = []

    for index, words in sorted(enumerate(options.keys), key=lambda pair: -len(pair[1])):
        if len(words) == 1 and not words.isdigit():
            continue

        for form in {words, options.bare(index)}:
            for place in re.finditer(phrase_pattern(form), low):
                if not any(start < place.end() and place.start() < end for start, end in taken):
                    taken.append(place.span())
                    mentioned.add(index)

    return mentioned


def phrase_pattern(words: str) -> str:
    return rf"(?<![\w.-]){re.escape(words)}(?![\w-]|\.\d)"


def without_options(low: str, keys: list[str]) -> str:
    """`low` without the options' own words, which may hold "or", "not" or single letters."""
    for words in keys:
        if len(words) > 1 and words in low:
            low = re.sub(phrase_pattern(words), " _ ", low)
    return low
