"""Words that deny, doubt, bound or take back what stands beside them, in the languages that models
answer in.

What is allowed around an answer is listed where it is read; these words are refused even there.
They are looked for as whole words, except in Chinese, where a sign is enough.
"""

import re

_ENGLISH = (
    *(
        "or",
        "either",
        "neither",
        "nor",
        "not",
        "never",
        "none",
        "no",
        "nope",
        "nobody",
        "hardly",
        "barely",
    ),
    *(
        "maybe",
        "perhaps",
        "possibly",
        "probably",
        "presumably",
        "supposedly",
        "allegedly",
        "likely",
        "unlikely",
    ),
    *(
        "could",
        "might",
        "may",
        "unsure",
        "uncertain",
        "unclear",
        "unknown",
        "doubt",
        "doubtful",
        "doubts",
    ),
    *(
        "cannot",
        "but",
        "except",
        "excluding",
        "excluded",
        "besides",
        "if",
        "unless",
        "whether",
        "only when",
    ),
    *(
        "wrong",
        "wrongly",
        "incorrect",
        "false",
        "untrue",
        "invalid",
        "impossible",
        "implausible",
        "mistake",
    ),
    *(
        "rejected",
        "eliminated",
        "ruled",
        "discarded",
        "distractor",
        "distractors",
        "trap",
        "refuse",
        "deny",
    ),
    *(
        "wait",
        "actually",
        "instead",
        "rather",
        "sorry",
        "hmm",
        "oops",
        "scratch",
        "correction",
        "meant",
        "recount",
    ),
    *(
        "however",
        "opposite",
        "almost never",
        "no longer",
        "least",
        "worst",
        "second best",
        "guess",
        "guessing",
    ),
)
_OTHERS = (
    *(
        "nicht",
        "kein",
        "keine",
        "falsch",
        "vielleicht",
        "oder",
        "mindestens",
        "höchstens",
        "aber",
        "nein",
    ),
    *("pas", "faux", "peut", "peut-être", "ou", "moins", "sauf", "non", "mais"),
    *(
        "quizás",
        "quizá",
        "tal vez",
        "incorrecto",
        "falso",
        "menos",
        "mínimo",
        "pero",
        "talvez",
        "não",
        "forse",
    ),
    *(
        "не",
        "нет",
        "возможно",
        "может",
        "или",
        "неверно",
        "меньше",
        "более",
        "больше",
        "неправильный",
    ),
)
_CHINESE = (
    r"[不没沒非无無否别別错錯吗嗎未]|可能|也许|也許|或者|或许|大约不|以上|以下|以内"
    r"|間違|ない|아닌|아님|이상|이하"
)

_SINGLE_WORDS = frozenset(word for word in (*_ENGLISH, *_OTHERS) if " " not in word)
_PHRASES = tuple(word for word in (*_ENGLISH, *_OTHERS) if " " in word)
_TOKEN = re.compile(r"[^\W\d_]+(?:[-][^\W\d_]+)?")
_CHINESE_SIGNS = re.compile(_CHINESE)


class _HedgeMatcher:
    """`search` as a pattern has it; a look-up of words is several times faster than the alternation
    of all of them.
    """

    @staticmethod
    def search(text: str) -> bool:
        """Whether a word of doubt stands in `text`."""
        lowered = text.lower()
        if "?" in lowered or "？" in lowered or "n't" in lowered:
            return True

        words = _TOKEN.findall(lowered)
        if not _SINGLE_WORDS.isdisjoint(words) or any(
            not _SINGLE_WORDS.isdisjoint(w.split("-")) for w in words if "-" in w
        ):
            return True

        return any(phrase in lowered for phrase in _PHRASES) or (
            not lowered.isascii() and _CHINESE_SIGNS.search(lowered) is not None
        )


HEDGES = _HedgeMatcher()
"""A word that makes a text no plain statement of its answer."""

RETRACTED = re.compile(
    r"[\s.,;:*_$`)]{0,20}(?:(?:or|alternatively|maybe|perhaps|possibly|actually|wait|"
    r"but|hmm|sorry|no[,.:;]|no it|nope|oops|"
    r"correction|however|rather|scratch|strike|on second thought|"
    r"never mind|just kidding|disregard|make that|edit|"
    r"i was mistaken|i retract|i take|hold on|let me re|nein|non|нет)(?!\w)"
    r"|(?:this|that|it) (?:is|was) (?:wrong|incorrect|false|not)\b|不对|不對|等等|不是)",
    re.IGNORECASE,
)
"""Words directly after an answer that hedge it or take it back."""

RETRACTED_LATER = re.compile(
    r"\b(?:that|this|it) (?:is|was) (?:not (?:right|correct)|wrong|incorrect)\b|\bi (?:have|need)"
    r" to correct\b",
    re.IGNORECASE,
)
"""A sentence anywhere after an answer that takes it back."""
