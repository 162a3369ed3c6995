"""How much of a completion is a loop of its own n-grams: optional shaping, and a failure signature."""

_MAX_WORDS = 8192


def repetition_rate(completion: str, n: int = 4) -> float:
    """Share of the word n-grams that occurred before, in [0, 1]: 0 for fresh text, near 1 for a
    loop.

    Text with hardly any spaces (a loop of characters, or a script without them) is read in n-grams
    of characters, four times as long. Only the last 8,192 words count.
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


def repetition_reward(completion: str, *, n: int = 4, allowed: float = 0.2) -> float:
    """A penalty in [-1, 0]: 0 up to the repetition rate `allowed`, then linear to -1 for a perfect
    loop.
    """
    return -max(0.0, repetition_rate(completion, n) - allowed) / (1.0 - allowed)
