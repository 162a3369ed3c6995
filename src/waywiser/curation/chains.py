"""`Chain`: a chain of thought, and the faults for which one is rejected even if its answer is
right.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from waywiser.answers import grade
from waywiser.curation.config import ChainConfig
from waywiser.curation.equations import find_false_equation
from waywiser.errors import DatasetError
from waywiser.rewards.functions import repetition_rate
from waywiser.sample import Answer

TAGS = ("<think>", "</think>", "<answer>", "</answer>")
_WHOLE_CHAIN = re.compile(r"\s*(?:<think>)?(.*?)</think>\s*<answer>(.*?)</answer>\s*", re.S)
"""The opening tag is optional: some chat templates write it themselves."""
_LEAK = re.compile(
    r"answer key|ground[- ]truth|reference (?:answer|solution)|gold(?:en)? (?:answer|label)"
    r"|(?:given|provided|known|stated|expected|correct) answer (?:is|was|says|tells)"
    r"|(?:as|since) the (?:answer|solution) (?:is|was) (?:given|provided|known)|i (?:was|am)"
    r" (?:told|given) the answer",
    re.I,
)
_CONCLUSION = re.compile(
    r"(?:final answer|the answer|answer)\s*(?:is|=|:|must"
    r" be)\s*(?:therefore|thus|then)?\s*([^\n]+?)(?:\.\s|\.?$|\n)",
    re.I | re.M,
)
_ANSWER_FIRST = re.compile(r"\A\W*(?:the |my )?(?:final )?answer\s*(?:is|=|:)", re.I)


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of thought and its answer.

    Example:
        >>> parse_chain("<think>1 + 1 = 2</think><answer>2</answer>")
        Chain(thinking='1 + 1 = 2', answer='2')
    """

    thinking: str
    answer: str

    def text(self) -> str:
        return f"<think>{self.thinking}</think><answer>{self.answer}</answer>"


def parse_chain(text: str) -> Chain | None:
    """The chain in a reply of exactly one thinking and one answer block; None for other replies."""
    match = _WHOLE_CHAIN.fullmatch(text)
    if match is None or any(tag in part for part in match.groups() for tag in TAGS):
        return None
    return Chain(match[1].strip(), match[2].strip())


def is_incomplete(text: str, finish: str) -> bool:
    """Whether a reply was cut off by the token limit or inside an open block."""
    blocks = (("<think>", "</think>"), ("<answer>", "</answer>"))
    return finish == "length" or any(start in text and end not in text for start, end in blocks)


def find_fault(chain: Chain, question: str, answer: Answer, config: ChainConfig) -> str | None:
    """Why a chain is not fit for training although its answer is right.

    Args:
        chain: the chain.
        question: text of the question, whose scripts the chain may use.
        answer: the gold answer, which the chain must not contradict.
        config: limits.

    Returns:
        The fault as "kind: detail", or None.
    """
    words = len(chain.thinking.split())
    if words < config.min_words:
        return f"short: {words} words"
    if words > config.max_words:
        return f"long: {words} words"
    if leak := find_leak(chain.thinking):
        return f"leak: {leak}"
    if (rate := repetition_rate(chain.thinking)) > config.max_repetition:
        return f"repetition: {rate:.2f} of its n-grams occurred before"
    if (share := foreign_letter_share(chain.thinking, question)) > config.max_foreign_letter_share:
        return f"language: {share:.2f} of its letters are of another script than the question's"
    if conflict := find_chain_contradiction(chain, answer):
        return f"contradiction: {conflict}"

    return None


def find_leak(thinking: str) -> str | None:
    """Evidence that the writer knew the answer: a mention of a given answer, or the answer before
    any step.
    """
    if match := _LEAK.search(thinking):
        return match[0]
    if _ANSWER_FIRST.match(thinking):
        return "the answer comes before any step"
    return None


def find_chain_contradiction(chain: Chain, answer: Answer) -> str | None:
    """A false equation, or a conclusion that differs from the answer."""
    if wrong := find_false_equation(chain.thinking):
        return wrong

    conclusions = [match[1].strip(" *$`") for match in _CONCLUSION.finditer(chain.thinking)]
    if conclusions and answer.kind in ("integer", "number", "choice"):
        try:
            verdict = grade(f"<answer>{conclusions[-1][:200]}</answer>", answer)
        except DatasetError:
            return None

        if verdict.outcome == "wrong":
            return f"it concludes {conclusions[-1][:60]!r}"

    return None


def foreign_letter_share(text: str, question: str) -> float:
    """Share of letters whose script does not occur in the question; Latin and Greek are allowed."""
    if text.isascii():  # the usual case: Latin letters only
        return 0.0

    known_scripts = {
        "LATIN",
        "GREEK",
        "MATHEMATICAL",
        *(_script_name(c) for c, _ in Counter(question).items() if c.isalpha()),
    }

    letters = [(c, n) for c, n in Counter(text).items() if c.isalpha()]
    total = sum(n for _, n in letters)
    foreign = sum(n for c, n in letters if _script_name(c) not in known_scripts)

    return foreign / total if total else 0.0


@lru_cache(maxsize=65536)
def _script_name(character: str) -> str:
    return unicodedata.name(character, "UNKNOWN").split(" ")[0].split("-")[0]
