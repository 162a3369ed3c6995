"""How much a model thinks before it answers: its share of empty thoughts, and their length."""

from collections.abc import Mapping, Sequence

from waywiser.evaluation.evaluate import ItemResult

EMPTY_THOUGHTS_ROW = "empty thoughts"
THOUGHT_WORDS_ROW = "thought words"


def thought_of(completion: str) -> str:
    """The text between `<think>` and `</think>`; "" without a thought.

    A thought that the prompt has opened begins with the completion; one that was cut off ends with
    it.

    Example:
        >>> thought_of("<think>2 chairs</think><answer>2</answer>")
        '2 chairs'
    """
    before, closing, _ = completion.partition("</think>")
    if not closing and "<think>" not in completion:
        return ""
    return before.rpartition("<think>")[2].strip()


def summarize_thoughts(
    results: Mapping[str, Sequence[ItemResult]],
) -> dict[str, dict[str, float]]:
    """Share of empty thoughts and mean length of a thought, in words, empty ones included.

    Args:
        results: Items by mode, such as "greedy".

    Returns:
        The rows f"{mode}, empty thoughts" and f"{mode}, thought words": a mean over completions for
        each task, and under "mean" the mean over tasks.
    """
    rows: dict[str, dict[str, float]] = {}

    for mode, items in results.items():
        words_by_task: dict[str, list[int]] = {}
        for item in items:
            words = (len(thought_of(text).split()) for text in item.completions)
            words_by_task.setdefault(item.task, []).extend(words)

        counts = dict(sorted(words_by_task.items()))
        empty = {task: sum(n == 0 for n in words) / len(words) for task, words in counts.items()}
        length = {task: sum(words) / len(words) for task, words in counts.items()}
        rows[f"{mode}, {EMPTY_THOUGHTS_ROW}"] = _with_mean(empty)
        rows[f"{mode}, {THOUGHT_WORDS_ROW}"] = _with_mean(length)

    return rows


def _with_mean(by_task: dict[str, float]) -> dict[str, float]:
    return by_task | ({"mean": sum(by_task.values()) / len(by_task)} if by_task else {})
