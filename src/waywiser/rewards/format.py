"""Format reward: one `<think>...</think>` in every turn, and in the last one `<answer>...</answer>`
behind it.
"""

import re
from collections.abc import Sequence

from waywiser.rewards.turns import model_turns

_NEXT_TURN = re.compile(r"(?<=</tool_call>)(?!\s*<tool_call>)")


def format_reward(completion: str | Sequence[str]) -> float:
    """1.0 where the completion has the format (and an answer in it), else 0.0. Outer space is free.

    `completion` is a text or the model's turns (see `turns.model_turns`); in a text a new turn
    follows a tool call. Where the chat template opens the thought in the prompt, a turn begins
    inside it and only closes it.
    """
    turns = model_turns(completion) if isinstance(completion, str) else completion
    parts = [part.strip() for turn in turns for part in _NEXT_TURN.split(turn)]
    parts = [part for part in parts if part]
    if not parts:
        return 0.0

    *earlier, last = parts
    return float(all(map(_is_thinking_turn, earlier)) and _is_answer_turn(last))


def _is_thinking_turn(turn: str) -> bool:
    """Whether a turn before the last is one thought and then anything but an answer."""
    lowered = turn.lower()
    return (
        _split_thought(turn) is not None
        and "<answer>" not in lowered
        and "</answer>" not in lowered
    )


def _is_answer_turn(turn: str) -> bool:
    """Whether a turn is one thought and one answer that is not empty."""
    split = _split_thought(turn)
    lowered = turn.lower()
    if split is None or lowered.count("<answer>") != 1 or lowered.count("</answer>") != 1:
        return False

    rest = split[1]
    if not (rest.startswith("<answer>") and rest.endswith("</answer>")):
        return False

    return bool(rest.removeprefix("<answer>").removesuffix("</answer>").strip())


def _split_thought(turn: str) -> tuple[str, str] | None:
    """The turn's only thought, which begins it, and what follows; None where there is no such."""
    lowered = turn.lower()
    if lowered.count("</think>") != 1 or lowered.count("<think>") > 1:
        return None

    thought, closed, rest = turn.partition("</think>")
    if not closed:
        return None

    if "<think>" in lowered:
        return (
            (thought.removeprefix("<think>"), rest.strip())
            if thought.startswith("<think>")
            else None
        )

    return (thought, rest.strip()) if thought.strip() else None
