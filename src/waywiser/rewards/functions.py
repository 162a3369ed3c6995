"""The reward functions: six formulas that score one completion, each a pure function.

| function | scores | range |
|---|---|---|
| `exact_reward` | the grader's verdict | [0, 1] |
| `mra` | a number, by ten thresholds of relative error | [0, 1] |
| `ednm` | a number, by exponential decay of the relative error | [0, gamma] |
| `format_reward` | the `<think>` and `<answer>` tags | 0 or 1 |
| `length_reward` | a penalty on long completions | [-1, 0] |
| `repetition_reward` | a penalty on repeated n-grams | [-1, 0] |
"""

import math
import re
from collections.abc import Sequence

import numpy as np

from waywiser.answers import Verdict
from waywiser.rewards.turns import model_turns

_MAX_RELATIVE_ERRORS = 1 - np.linspace(0.5, 0.95, int((0.95 - 0.5) / 0.05 + 2))
"""The thresholds of `mra`, by the benchmark's own expression: its floating-point artifacts decide
borderline cases (16 for 20 scores 0.6).
"""

_NEXT_TURN = re.compile(r"(?<=</tool_call>)(?!\s*<tool_call>)")

_MAX_WORDS = 8192
"""Words at the end of a completion that `repetition_rate` reads."""


def exact_reward(verdict: Verdict) -> float:
    """The verdict's score in [0, 1]: 1 for a correct answer (numbers within their tolerance)."""
    return verdict.score


def mra(value: float, truth: float) -> float:
    """Mean relative accuracy, the numeric score of VSI-Bench (arXiv 2412.14171, eq. 1).

    It is the share of the ten thresholds t in {.5, .55, ..., .95} with
    |value - truth| / |truth| <= 1 - t. As in the benchmark's code the comparison is <=, so an error
    of 50 % still earns 0.1. For a truth of 0, only the value 0 earns 1. Values that are not finite
    earn 0.
    """
    if not (math.isfinite(value) and math.isfinite(truth)):
        return 0.0
    if truth == 0:
        return float(value == 0)

    return float(np.mean(abs(value - truth) / abs(truth) <= _MAX_RELATIVE_ERRORS))


def ednm(
    value: float,
    truth: float,
    *,
    gamma: float = 1.0,
    lambda_: float = 2.0,
    eps: float = 1e-8,
    zero_floor: bool = False,
) -> float:
    """Exponential Decay Numeric Matching, the smooth numeric reward of M2-Reasoning (arXiv
    2507.08306, eq. 9).

    Args:
        value: The model's number, in the unit of `truth`.
        truth: The correct number.
        gamma: Reward of an exact answer.
        lambda_: Decay per unit of relative error.
        eps: Added to |truth|, so that a truth of 0 can be scored.
        zero_floor: The constant answer 0 earns gamma * exp(-lambda) (0.135 by default). If True,
            that floor is subtracted and the rest rescaled: relative errors of 1 and more earn
            nothing, and the truth still earns gamma.

    Returns:
        gamma * exp(-lambda * |value - truth| / (|truth| + eps)), in [0, gamma]; 0 for values that
        are not finite.

    Example:
        >>> ednm(2.0, 2.0)
        1.0
        >>> round(ednm(3.0, 2.0), 3)
        0.368
    """
    if not (math.isfinite(value) and math.isfinite(truth)):
        return 0.0

    decay = math.exp(-lambda_ * abs(value - truth) / (abs(truth) + eps))

    if zero_floor:
        floor = math.exp(-lambda_)
        decay = max(0.0, (decay - floor) / (1.0 - floor))

    return gamma * decay


def format_reward(completion: str | Sequence[str]) -> float:
    """1.0 if the completion has the format (with an answer in it), else 0.0.

    The format is one `<think>...</think>` at the start of every turn, followed in the last turn by
    one `<answer>...</answer>` that is not empty. Whitespace around them is ignored.

    `completion` is a text or the model's turns (see `turns.model_turns`); in a text, a new turn
    follows each tool call. If the chat template opens the reasoning in the prompt, a turn begins
    inside the reasoning and only closes it.
    """
    turns = model_turns(completion) if isinstance(completion, str) else completion
    parts = [part.strip() for turn in turns for part in _NEXT_TURN.split(turn)]
    parts = [part for part in parts if part]
    if not parts:
        return 0.0

    *earlier, last = parts
    return float(all(map(_is_thinking_turn, earlier)) and _is_answer_turn(last))


def _is_thinking_turn(turn: str) -> bool:
    """Whether a turn before the last is one reasoning block followed by anything but an answer."""
    lowered = turn.lower()
    return (
        _split_thought(turn) is not None
        and "<answer>" not in lowered
        and "</answer>" not in lowered
    )


def _is_answer_turn(turn: str) -> bool:
    """Whether a turn is one reasoning block followed by one answer that is not empty."""
    split = _split_thought(turn)
    lowered = turn.lower()
    if split is None or lowered.count("<answer>") != 1 or lowered.count("</answer>") != 1:
        return False

    rest = split[1]
    if not (rest.startswith("<answer>") and rest.endswith("</answer>")):
        return False

    return bool(rest.removeprefix("<answer>").removesuffix("</answer>").strip())


def _split_thought(turn: str) -> tuple[str, str] | None:
    """The turn's only reasoning block, which begins it, and the text after it; None if there is
    no such block.
    """
    lowered = turn.lower()
    if lowered.count("</think>") != 1 or lowered.count("<think>") > 1:
        return None

    thought, closing_tag, rest = turn.partition("</think>")
    if not closing_tag:
        return None

    if "<think>" in lowered:
        if not thought.startswith("<think>"):
            return None
        return thought.removeprefix("<think>"), rest.strip()

    return (thought, rest.strip()) if thought.strip() else None


def length_reward(completion: str, *, free_length: int = 2048, limit: int = 4096) -> float:
    """A penalty in [-1, 0]: 0 up to `free_length` characters, then linear to -1 at `limit` and beyond.

    The shape is DAPO's soft overlong punishment (arXiv 2503.14476, eq. 13), in characters so that
    it needs no tokenizer and is the same for every trainer.
    """
    return -min(1.0, max(0.0, (len(completion) - free_length) / (limit - free_length)))


def repetition_rate(completion: str, n: int = 4) -> float:
    """Share of the word n-grams that occurred before, in [0, 1]: 0 for fresh text, near 1 for a
    loop.

    Text with hardly any spaces (a loop of characters, or a script without them) is read in n-grams
    of characters, four times as long. Only the last 8,192 words (or characters) count.
    """
    words: list[str] | str = completion.lower().split()[-_MAX_WORDS:]
    if len(words) < n or len(completion) > 40 * len(words):
        words = completion[-_MAX_WORDS:]
        n = 4 * n

    total = len(words) - n + 1
    if total <= 1:
        return 0.0

    unique_ngrams = {tuple(words[i : i + n]) for i in range(total)}
    return 1.0 - len(unique_ngrams) / total


def repetition_reward(completion: str, *, n: int = 4, max_rate: float = 0.2) -> float:
    """A penalty in [-1, 0]: 0 up to the repetition rate `max_rate`, then linear to -1 for a perfect
    loop.
    """
    return -max(0.0, repetition_rate(completion, n) - max_rate) / (1.0 - max_rate)
