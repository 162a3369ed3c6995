r"""What stands directly beside a box or an answer block: a unit, an operator, a word that changes
what is inside.

`\boxed{3} cm` says 3 cm, `-\boxed{3}` says -3, `at least \boxed{3}` says no number at all.
"""

import re
from functools import lru_cache

from waywiser.answers.hedge_words import HEDGES
from waywiser.answers.measure_forms import UNIT_NAMES
from waywiser.answers.number_words import SCALES

_SPACE = re.compile(r"(?:[\s$*`_]|\\[)\],;! ]|~(?!~))*")
_UNIT_AFTER = re.compile(
    rf"\\(?:text|mathrm|textrm|mbox)\s?\{{\s*(?:{UNIT_NAMES})[^{{}}]*\}}(?:\^\{{?[23]\}}?)?"
    rf"|\\?%|°|\^\s?\{{?\s?\\circ\s?\}}?"
    rf"|(?:{UNIT_NAMES})(?![a-zA-Z])(?:\^\{{?[23]\}}?)?(?: per \w+| squared| cubed)?"
    rf"|(?:{'|'.join(SCALES)}|trillion)\b",
    re.IGNORECASE,
)
_OPERATOR_AFTER = re.compile(
    r"[-+/^*!<>=_]|\\(?:times|cdot|pm|div|le|ge|lt|gt|ne|leq|geq|neq|to|cup|cap|frac|sqrt|"
    r"pi)(?![a-zA-Z])"
    r"|\.\d|,\d{3}|[b-z](?![a-zA-Z'])|\d|~~|</(?:del|s)>"
)
_WORDS_AFTER = re.compile(
    r"(?:and|or|to|through|as well as|und|oder|et|ou|和|或) ?(?:\$|\(|\\boxed|<answer>|[A-H]\b|\d)"
    r"|, ?(?:\(|option )?[A-H]\b|/ ?[A-H]\b"
    r"|(?:is|was|would be|cannot be|can't be|isn't|ist|est|es|fails)\b"
    r" ?(?:not|wrong|incorrect|false|ruled|excluded|"
    r"impossible|falsch|the check|too)\b|\?",
    re.IGNORECASE,
)
_OPERATOR_BEFORE = re.compile(
    r"(?:[-+/<>≤≥≠±√^]|(?<!\*)\*|\\(?:pm|mp|ne|neq|le|leq|ge|geq|lt|gt|times|cdot|sqrt|not|"
    r"frac)|[^\W_]|[\w)}]\()[\s${]*$"
)
_NO_OPERATOR = re.compile(
    r"(?:->|=>|-->|\*\*|[^\W\d_]{2,} [-–—]\s|(?<![\\a-zA-Z])[^\W\d_]{2,})[\s${]*$"
)
_WORDS_BEFORE = re.compile(
    r"\b(?:at least|at most|more than|less than|fewer than|greater than|smaller than|over|under|up"
    r" to|minus|negative|"
    r"different from|reject|rule out|ruled out|between|from .{0,12} to|half of|twice|anything"
    r" but)[\s$({*:]*$"
    r"|\bbetween\b.{0,20}\band[\s$({*]*$|(?:at least|at"
    r" most|不是|可能是|不)[\s$({*]*$|<(?:del|s)>$|~~$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[.!?,;:。！？，；：\n]|\b(?:so|thus|hence|therefore|that|then|since|because)\b", re.IGNORECASE
)
# These may begin a clause that ends in its answer: "None of them is a lamp: 0", "My best guess is
# 3".
_NOT_A_HEDGE = re.compile(
    r"\b(?:no|none|least|guess|or|but|actually|wait|correction|rather|instead|however)\b",
    re.IGNORECASE,
)
_MAX_CONTEXT = 120


def refuse_prefix(before: str) -> str:
    """Why the end of the text before an answer makes it none; "" where it does not."""
    return _refuse_clause(before[-_MAX_CONTEXT:])


@lru_cache(maxsize=4096)
def _refuse_clause(end: str) -> str:
    clause = _CLAUSE.split(end)[-1]
    if _OPERATOR_BEFORE.search(clause) and not _NO_OPERATOR.search(clause):
        return "an operator stands before the answer"
    if _WORDS_BEFORE.search(clause) or HEDGES.search(_NOT_A_HEDGE.sub("", clause)):
        return "words before the answer deny or bound it"
    return ""


def read_in_context(inside: str, before: str, after: str) -> tuple[str, str]:
    """(the answer with the unit after it, "") or ("", why what stands beside it makes it no
    answer).

    `before` and `after` are the text around the box or block, without its own marks.
    """
    if refusal := refuse_prefix(before):
        return "", refusal
    if not after:
        return inside, ""

    line = after.split("\n", 1)[0][:_MAX_CONTEXT]
    behind = line[_SPACE.match(line).end() :]  # type: ignore[union-attr] - it may be empty
    unit = _UNIT_AFTER.match(behind)
    if unit and not (
        unit.group().lower() in ("in", "a") and re.match(r"\s+[a-z]", behind[unit.end() :])
    ):
        return f"{inside} {unit.group()}", ""

    if _WORDS_AFTER.match(behind):
        return "", "words behind the answer deny it or add another"
    if _OPERATOR_AFTER.match(behind):
        return "", "an operator stands behind the answer"

    return inside, ""
