"""Failure signatures: cheap signs that training went wrong, read from completions alone."""

from collections.abc import Callable, Sequence

from waywiser.rewards import format_reward, repetition_rate

MIN_LOOP_RATE = 0.5
"""A completion whose repetition rate exceeds this is counted as a loop."""


def signatures(
    completions: Sequence[str], *, length: Callable[[str], float] = len
) -> dict[str, float]:
    """Means over completions; `length` measures one (in characters; pass a tokenizer's count for
    tokens).

    Keys: completions (their number), mean_length, format_rate, mean_repetition, repetition_rate
    (share of loops), truncated_rate (share that opens a block and never closes it).
    """
    count = len(completions)
    if not count:
        names = (
            "completions",
            "mean_length",
            "format_rate",
            "mean_repetition",
            "repetition_rate",
            "truncated_rate",
        )

        return dict.fromkeys(names, 0.0)

    repetition = [repetition_rate(text) for text in completions]
    return {
        "completions": float(count),
        "mean_length": sum(length(text) for text in completions) / count,
        "format_rate": sum(format_reward(text) for text in completions) / count,
        "mean_repetition": sum(repetition) / count,
        "repetition_rate": sum(rate > MIN_LOOP_RATE for rate in repetition) / count,
        "truncated_rate": sum(is_truncated(text) for text in completions) / count,
    }


def is_truncated(text: str) -> bool:
    """Whether the text opens a block of thinking or answer and never closes it."""
    lowered = text.lower()
    return lowered.count("<answer>") > lowered.count("</answer>") or lowered.count(
        "<think>"
    ) > lowered.count("</think>")
