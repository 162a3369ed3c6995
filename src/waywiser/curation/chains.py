"""Chains of thought: what one is, and why one is rejected whatever its answer."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from waywiser.answers import grade
from waywiser.curation.arithmetic import false_equation
from waywiser.curation.config import ChainConfig
from waywiser.errors import DatasetError
from waywiser.rewards.repetition import repetition_rate
from waywiser.sample import Answer

TAGS = ("<think>", "</think>", "<answer>", "</answer>")
_WHOLE = re.compile(r"\s*(?:<think>)?(.*?)</think>\s*<answer>(.*?)</answer>\s*", re.S)
"""Chat templates that open the thinking block themselves leave a reply that only closes it."""
_LEAK = re.compile(
    r"answer key|ground[- ]truth|reference (?:answer|solution)|gold(?:en)? (?:answer|label)"
    r"|(?:given|provided|known|stated|expected|correct) answer (?:is|was|says|tells)"
    r"|(?:as|since) the (?:answer|solution) (?:is|was) (?:given|provided|known)|i (?:was|am) (?:told|given) the answer",
    re.I,
)
_CONCLUSION = re.compile(
    r"(?:final answer|the answer|answer)\s*(?:is|=|:|must be)\s*(?:therefore|thus|then)?\s*([^\n]+?)(?:\.\s|\.?$|\n)",
    re.I | re.M,
)
_FIRST = re.compile(r"\A\W*(?:the |my )?(?:final )?answer\s*(?:is|=|:)", re.I)


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain's thinking and its answer."""

    thinking: str
    answer: str

    def text(self) -> str:
        return f"<think>{self.thinking}</think><answer>{self.answer}</answer>"


def read_chain(text: str) -> Chain | None:
    """The chain in a reply: one thinking block, one answer block, nothing else. None for anything else."""
    match = _WHOLE.fullmatch(text)
    if match is None or any(tag in part for part in match.groups() for tag in TAGS):
        return None
    return Chain(match[1].strip(), match[2].strip())


def truncated(text: str, finish: str) -> bool:
    """Whether the reply ends before its end: by the token limit, or inside a block that was opened."""
    opened = (("<think>", "</think>"), ("<answer>", "</answer>"))
    return finish == "length" or any(start in text and end not in text for start, end in opened)


def fault(chain: Chain, question: str, answer: Answer, config: ChainConfig) -> str | None:
    """Why the chain is no good to learn from though its answer is right, "kind: detail"; None if nothing is found."""
    words = len(chain.thinking.split())
    if words < config.fewest_words:
        return f"short: {words} words"
    if words > config.most_words:
        return f"long: {words} words"
    if leak := leaks(chain.thinking):
        return f"leak: {leak}"
    if (rate := repetition_rate(chain.thinking)) > config.repetition:
        return f"repetition: {rate:.2f} of its n-grams occurred before"
    if (share := foreign_share(chain.thinking, question)) > config.foreign_letters:
        return f"language: {share:.2f} of its letters are of another script than the question's"
    if conflict := contradiction(chain, answer):
        return f"contradiction: {conflict}"
    return None


def leaks(thinking: str) -> str | None:
    """What shows that the answer was known before: words about a given answer, or the answer before any step."""
    if match := _LEAK.search(thinking):
        return match[0]
    if _FIRST.match(thinking):
        return "the answer comes before any step"
    return None


def contradiction(chain: Chain, answer: Answer) -> str | None:
    """A conclusion in the thinking that is not the answer, or a false equation."""
    if wrong := false_equation(chain.thinking):
        return wrong
    said = [match[1].strip(" *$`") for match in _CONCLUSION.finditer(chain.thinking)]
    if said and answer.kind in ("integer", "number", "choice"):
        try:
            verdict = grade(f"<answer>{said[-1][:200]}</answer>", answer)
        except DatasetError:
            return None
        if verdict.outcome == "wrong":
            return f"it concludes {said[-1][:60]!r}"
    return None


def foreign_share(text: str, question: str) -> float:
    """Share of letters whose script does not occur in the question; Latin and Greek letters (mathematics) are free."""
    if text.isascii():  # the most: no letter but Latin ones
        return 0.0
    known = {"LATIN", "GREEK", "MATHEMATICAL", *(_script(c) for c, _ in Counter(question).items() if c.isalpha())}
    letters = [(c, n) for c, n in Counter(text).items() if c.isalpha()]
    total = sum(n for _, n in letters)
    foreign = sum(n for c, n in letters if _script(c) not in known)
    return foreign / total if total else 0.0


@lru_cache(maxsize=65536)
def _script(character: str) -> str:
    return unicodedata.name(character, "UNKNOWN").split(" ")[0].split("-")[0]
