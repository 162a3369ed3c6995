"""Format reward: exactly one `<think>...</think>`, then one `<answer>...</answer>`, and nothing else."""

_TAGS = ("<think>", "</think>", "<answer>", "</answer>")


def format_reward(completion: str) -> float:
    """1.0 where the completion has the format (and an answer in it), else 0.0. Outer space is free."""
    text = completion.strip()
    low = text.lower()
    if any(low.count(tag) != 1 for tag in _TAGS):
        return 0.0
    if not (text.startswith("<think>") and text.endswith("</answer>")):
        return 0.0
    thinking, closed, rest = text.partition("</think>")
    if not closed or "<answer>" in thinking or not rest.lstrip().startswith("<answer>"):
        return 0.0
    answer = rest.lstrip().removeprefix("<answer>").removesuffix("</answer>")
    return 1.0 if answer.strip() else 0.0
