"""The paper's failure signatures (section 5), measured on every run, with the worst items by name.

Short chains where questions are hard, loops and where they begin, format breaks, truncation, answers that contradict
their reasoning, and, where the scene is known, objects that the reasoning names and the scene lacks.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from waywiser.answers import extract
from waywiser.evaluation.benchmarks import BenchmarkItem
from waywiser.evaluation.signatures import LOOPING, is_truncated
from waywiser.rewards import format_reward, repetition_rate

_WORST = 8
_THINK = re.compile(r"<think>(.*?)(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
_STATED = re.compile(
    r"\b(?:the|my) (?:final |correct )?answer (?:is|would be|should be)[: ]+([^\n]{1,80})", re.IGNORECASE
)
_LETTER = re.compile(r"\(?([A-H])(?:[).:]|\s*$)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_PERIODS = 400


@dataclass(frozen=True, slots=True)
class Loop:
    """From word `start` on the output repeats itself with a period of `period` words to its end, `times` times."""

    start: int
    period: int
    times: int


@dataclass(frozen=True, slots=True)
class ItemSignature:
    """What one output shows. `words` counts the words of its thinking, or of all of it without thinking tags."""

    id: str
    words: int
    repetition: float
    loop: Loop | None
    format_break: bool
    truncated: bool
    contradiction: str | None


def item_signature(identifier: str, output: str) -> ItemSignature:
    """Measure one output."""
    thinking = "\n".join(_THINK.findall(output)) or output
    return ItemSignature(
        identifier,
        len(thinking.split()),
        repetition_rate(output),
        find_loop(output),
        format_reward(output) < 1,
        is_truncated(output),
        contradiction(output),
    )


def find_loop(output: str, *, least: int = 3) -> Loop | None:
    """The repetition that an output ends in: at least `least` times the same words, None where there is none.

    A last round may be cut short. Of several readings the one that covers most, then the shortest period.
    """
    words = output.split()[-8192:]
    skipped = max(0, len(output.split()) - len(words))
    best: tuple[int, int, Loop] | None = None
    for period in range(1, min(_PERIODS, len(words) // least) + 1):
        run = 0
        while run < len(words) - period and words[-1 - run] == words[-1 - run - period]:
            run += 1
        covered = run + period
        if covered >= least * period and covered >= 12 and (best is None or covered > best[0]):
            best = (covered, -period, Loop(skipped + len(words) - covered, period, covered // period))
    return best[2] if best else None


def contradiction(output: str) -> str | None:
    """ "A in the reasoning, B as the answer" where the last answer stated while thinking differs from the final one."""
    thoughts = _THINK.findall(output)
    final = extract(output)
    stated = _STATED.findall("\n".join(thoughts))
    if not stated or final is None:
        return None
    before, after = stated[-1].strip().rstrip("."), final
    for read in (_letter, _number):
        left, right = read(before), read(after)
        if left is not None and right is not None:
            same = left == right if isinstance(left, str) else abs(left - float(right)) <= 0.01 * abs(left)
            return None if same else f"{before[:40]} in the reasoning, {after[:40]} as the answer"
    return None


def failure_signatures(
    items: Sequence[BenchmarkItem], outputs: Mapping[str, str], scores: Mapping[str, float]
) -> dict[str, Any]:
    """Shares over a run's outputs, chain length against difficulty, and the worst items of each kind."""
    found = [item_signature(item.id, outputs[item.id]) for item in items]
    if not found:
        return {"outputs": 0}
    count = len(found)
    return {
        "outputs": count,
        "median_words": float(np.median([f.words for f in found])),
        "loops": sum(f.loop is not None or f.repetition > LOOPING for f in found) / count,
        "loop_start_words": _median([f.loop.start for f in found if f.loop]),
        "format_breaks": sum(f.format_break for f in found) / count,
        "truncated": sum(f.truncated for f in found) / count,
        "contradictions": sum(f.contradiction is not None for f in found) / count,
        "length_against_difficulty": _length_against_difficulty(items, found, scores),
        "worst": _worst(found, outputs),
    }


def _length_against_difficulty(
    items: Sequence[BenchmarkItem], found: Sequence[ItemSignature], scores: Mapping[str, float]
) -> dict[str, Any]:
    """Median words by question type from the easiest to the hardest, difficulty being 1 - mean score of the type;
    `spearman` is their rank correlation (None with fewer than three types): a model that thinks longer where it is
    hard is above 0.
    """
    kinds: dict[str, list[tuple[int, float]]] = {}
    for item, signature in zip(items, found, strict=True):
        if item.id in scores:
            kinds.setdefault(item.question_type, []).append((signature.words, 1 - scores[item.id]))
    rows = sorted(
        (
            {
                "question_type": kind,
                "difficulty": float(np.mean([d for _, d in pairs])),
                "median_words": float(np.median([w for w, _ in pairs])),
                "items": len(pairs),
            }
            for kind, pairs in kinds.items()
        ),
        key=lambda row: row["difficulty"],
    )
    difficulty, words = [r["difficulty"] for r in rows], [r["median_words"] for r in rows]
    varied = len(rows) >= 3 and len(set(difficulty)) > 1 and len(set(words)) > 1
    return {"types": rows, "spearman": _spearman(difficulty, words) if varied else None}


def _spearman(x: Sequence[float], y: Sequence[float]) -> float:
    from scipy.stats import spearmanr  # slow to import, needed here alone

    return float(np.asarray(spearmanr(x, y))[0])


def _worst(found: Sequence[ItemSignature], outputs: Mapping[str, str]) -> list[dict[str, Any]]:
    """Items with most signs, the longest loops first; each with its signature and the end of its output."""
    signs = [
        (sum((f.loop is not None, f.format_break, f.truncated, f.contradiction is not None)), f.repetition, f)
        for f in found
    ]
    signs.sort(key=lambda entry: (-entry[0], -entry[1], entry[2].id))
    return [{**asdict(f), "tail": outputs[f.id][-400:]} for n, _, f in signs[:_WORST] if n]


def _letter(text: str) -> str | None:
    found = _LETTER.match(text.strip())
    return found.group(1) if found else None


def _number(text: str) -> float | None:
    """The only number in the text; both sides come from one output, so units are taken to agree."""
    numbers = _NUMBER.findall(text)
    return float(numbers[0]) if len(numbers) == 1 else None


def _median(values: Sequence[int]) -> float | None:
    return float(np.median(values)) if values else None
