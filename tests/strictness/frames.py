"""What stands around an answer: blocks, boxes, answer lines, JSON; and the ways a right answer is
spoilt there.
"""

import json
from collections.abc import Callable
from random import Random

Frame = Callable[[str], str]

THOUGHTS = (
    "Let me look at the picture.",
    "The room is small, so I compare the two objects.",
    "First I find the floor, then I compare the sizes.",
)


def _thought(text: str) -> str:
    return f"<think>{THOUGHTS[0]}</think>\n{text}"


_TOOL_CALL = '<tool_call>{"name": "zoom", "arguments": {"box": [1, 2, 3, 4]}}</tool_call>\n'

BLOCKS: dict[str, Frame] = {
    "block": "<answer>{}</answer>".format,
    "block with spaces": "<answer> {} </answer>".format,
    "block on lines": "<answer>\n{}\n</answer>".format,
    "thought and block": lambda text: _thought(f"<answer>{text}</answer>"),
    "block and end token": "<answer>{}</answer><|im_end|>".format,
    "words, then block": (THOUGHTS[1] + "\n\n<answer>{}</answer>").format,
    "two turns": lambda text: _thought(_TOOL_CALL + _thought(f"<answer>{text}</answer>")),
}
BOXES: dict[str, Frame] = {
    "box": lambda text: f"\\boxed{{{text}}}",
    "box in dollars": lambda text: f"$\\boxed{{{text}}}$",
    "box in a sentence": lambda text: f"So the final answer is $\\boxed{{{text}}}$.",
    "box on its line": lambda text: f"{THOUGHTS[2]}\n\n**Final Answer**\n\\boxed{{{text}}}",
    "thought and box": lambda text: _thought(f"\\boxed{{{text}}}"),
    "display box": lambda text: f"Therefore\n\\[\n\\boxed{{{text}}}\n\\]",
}
LINES: dict[str, Frame] = {
    "the answer is": "The answer is {}.".format,
    "the final answer is": "Therefore, the final answer is {}.".format,
    "Answer:": "Answer: {}".format,
    "ANSWER:": "ANSWER: {}".format,
    "bold Answer:": "**Answer:** {}".format,
    "Final answer:": (THOUGHTS[2] + "\n\nFinal answer: {}").format,
    "答案": "答案：{}".format,
    "Antwort": "Antwort: {}".format,
    "Ответ": "Ответ: {}".format,
    "begin_of_box": "<think>I see.</think>\n<|begin_of_box|>{}<|end_of_box|>".format,
    "Kimi": "◁think▷I see.◁/think▷{}".format,
    "JSON": lambda text: json.dumps({"answer": text}),
    "fenced JSON": lambda text: f"```json\n{json.dumps({'answer': text})}\n```",
    "bare": "{}".format,
    "bare after a thought": _thought,
}
EVERYWHERE: dict[str, Frame] = {**BLOCKS, **BOXES, **LINES}
_TAKE_FORMULAS = ("the answer is", "Answer:", "Final answer:", "bare", "begin_of_box", "JSON")


_SENTENCES = (
    "It ",
    "It's ",
    "The ",
    "There ",
    "I ",
    "Answer",
    "Option:",
    "Total",
    "- ",
    "Final",
    "R\u00e9ponse",
    "Resp",
)
_MARKUP = "*`\"'“”$【"


LONGEST_BARE = 40
"""A longer text alone is a statement, not a short answer."""
_BARE = ("bare", "bare after a thought", "Kimi")


def frames_for(text: str) -> dict[str, Frame]:
    """The frames in which `text` reads naturally: no sentence in a box, no full stop before
    another.

    On a line of text the sign of a factorial could end the sentence, so it only stands in blocks
    and boxes.
    """
    if "\n" in text:
        return BLOCKS
    is_sentence = (
        text.startswith(_SENTENCES) or text.endswith((".", "?", "。")) or "correct" in text
    )
    if (
        is_sentence
        or text.startswith("=")
        or any(mark in text for mark in "：答选")
        or ": " in text
    ):
        return {**BLOCKS, "bare": LINES["bare"]}
    if text.rstrip().endswith("!"):
        return {**BLOCKS, **BOXES}
    if any(mark in text for mark in _MARKUP):
        return {**BLOCKS, "bare": LINES["bare"], "Answer:": LINES["Answer:"]}
    if "\\" in text:
        return {**BLOCKS, **BOXES, **{name: LINES[name] for name in _TAKE_FORMULAS}}
    if len(text) > LONGEST_BARE:
        return {name: frame for name, frame in EVERYWHERE.items() if name not in _BARE}
    return EVERYWHERE


def draw_frame(rng: Random, frames: dict[str, Frame]) -> tuple[str, Frame]:
    """One of `frames`, the block a fifth of the time: it is what our own prompts ask for."""
    name = "block" if "block" in frames and rng.random() < 0.2 else rng.choice(tuple(frames))
    return name, frames[name]


SPOILT: dict[str, Callable[[str, str], str]] = {
    "in the thinking only": lambda right, _: (
        f"<think>The answer is {right}.</think>\nI cannot tell."
    ),
    "thinking without end": lambda right, _: f"<think>So it is \\boxed{{{right}}}, but let me",
    "two blocks": lambda right, other: f"<answer>{right}</answer>\n<answer>{other}</answer>",
    "two blocks, right last": lambda right, other: (
        f"<answer>{other}</answer>\n<answer>{right}</answer>"
    ),
    "block against line": lambda right, other: f"<answer>{other}</answer>\nThe answer is {right}.",
    "line against block": lambda right, other: f"The answer is {other}.\n<answer>{right}</answer>",
    "wrong box last": lambda right, other: f"\\boxed{{{right}}}. Wait, it is \\boxed{{{other}}}.",
    "asked back": lambda right, _: f"Is the answer {right}?",
    "refused": lambda right, _: f"The answer is not {right}.",
    "block inside a block": lambda right, other: (
        f"<answer>{other}<answer>{right}</answer></answer>"
    ),
    "empty block": lambda right, _: f"<think>{right}</think><answer></answer>",
    "JSON of another": lambda right, other: json.dumps({"thought": right, "answer": other}),
    "other and right in a block": lambda right, other: f"<answer>{right} or {other}</answer>",
    "right, no, other": lambda right, other: f"<answer>{right}. No, {other}</answer>",
}
"""Spoilt completions from the texts of a right and of another answer: no reader could pay them."""
