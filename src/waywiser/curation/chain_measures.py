"""Deterministic measures of a chain's structure, cognitive load and verification (M2-Reasoning,
arXiv 2507.08306, 2.1.1).

- structure: do steps build on each other and end in the answer?
- cognitive_load: are steps short, with few symbols and few new quantities?
- verification: is anything checked, substituted back or computed a second time?

Each is in [0, 1]. They are rough but cheap. A good judge does better; a judge that does not
correlate with them at all is not reading the chains.
"""

import re

from waywiser.curation.chains import Chain
from waywiser.curation.equations import find_equations
from waywiser.sample import Quality

_STEP = re.compile(r"(?:^|\n)\s*(?:step\s*\d+|\d+[.)]|[-*•])\s*[:.)]?\s*", re.I)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\d])|\n+")
_LINK = re.compile(
    r"\b(so|thus|hence|therefore|then|since|because|from step|by step|as above|which gives|it"
    r" follows)\b",
    re.I,
)
_CHECK = re.compile(
    r"\b(check(?:ing|s)?|verif(?:y|ies|ying|ication)|double[- ]check|substitut\w+"
    r" (?:back|in)|plug\w* (?:back|in)"
    r"|put(?:ting)? .{0,20}back|indeed|confirm\w*|sanity|agrees? with|consistent"
    r" with|conversely|from the other)\b",
    re.I,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SYMBOL = re.compile(r"[^\w\s.,;:'\"()?!-]|\d")
MEASURES_JUDGE = "measures"
"""Name of the judge in scores that come from these measures."""


def split_steps(thinking: str) -> list[str]:
    """The steps of a chain: numbered or listed lines if there are at least two, else sentences."""
    marked = [part.strip() for part in _STEP.split(thinking) if part.strip()]
    if len(marked) >= 2:
        return [line for part in marked for line in part.split("\n") if line.strip()]
    return [part.strip() for part in _SENTENCE.split(thinking) if part.strip()]


def measure_chain(chain: Chain, question: str) -> Quality:
    """All three measures of a chain."""
    steps = split_steps(chain.thinking)
    return Quality(
        structure=_structure(steps, chain, question),
        cognitive_load=_cognitive_load(steps, question),
        verification=_verification(steps),
        judge=MEASURES_JUDGE,
    )


def _structure(steps: list[str], chain: Chain, question: str) -> float:
    """Mean of three parts: enough steps (3 or more), the share of steps that refer to earlier ones,
    and whether the answer occurs in the last two.
    """
    if not steps:
        return 0.0

    seen_numbers = set(_NUMBER.findall(question))
    num_linked = 0

    for step in steps:
        numbers = set(_NUMBER.findall(step))
        num_linked += bool(numbers & seen_numbers) or bool(_LINK.search(step))
        seen_numbers |= numbers

    enough = min(1.0, len(steps) / 3)
    ending = " ".join(steps[-2:]).lower()
    concludes = chain.answer.strip().lower() in ending

    return round((enough + num_linked / len(steps) + concludes) / 3, 6)


def _cognitive_load(steps: list[str], question: str) -> float:
    """Mean of three parts: words per step (25 easy, 75 hard), symbols per character (0.3, 0.7) and
    new numbers per step (3, 9).
    """
    if not steps:
        return 0.0

    words = sum(len(step.split()) for step in steps) / len(steps)
    text = "".join(steps)
    symbols = len(_SYMBOL.findall(text)) / max(1, len(text))
    seen_numbers = set(_NUMBER.findall(question))
    num_new = 0

    for step in steps:
        numbers = set(_NUMBER.findall(step))
        num_new += len(numbers - seen_numbers)
        seen_numbers |= numbers

    parts = (
        _linear_ease(words, 25, 75),
        _linear_ease(symbols, 0.3, 0.7),
        _linear_ease(num_new / len(steps), 3, 9),
    )

    return round(sum(parts) / 3, 6)


def _verification(steps: list[str]) -> float:
    """0.5 for a step that claims to check, and up to 0.5 for true equations in such steps."""
    checks = [step for step in steps if _CHECK.search(step)]
    if not checks:
        return 0.0
    num_true_equations = sum(holds for step in checks for _, holds in find_equations(step))
    return round(0.5 + 0.25 * min(2, num_true_equations or bool(len(checks) > 1)), 6)


def _linear_ease(value: float, easy: float, hard: float) -> float:
    """1 up to `easy`, 0 from `hard`, linear in between."""
    return min(1.0, max(0.0, (hard - value) / (hard - easy)))
