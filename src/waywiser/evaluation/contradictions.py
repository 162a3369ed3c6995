"""Answers that contradict their reasoning: the last answer stated while thinking is not the one
given.
"""

import re
from collections.abc import Sequence

from waywiser.answers import extract_answer
from waywiser.evaluation.profiles.row import OPTION_LETTERS, strip_labels

_THINK = re.compile(r"<think>(.*?)(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
_ANSWER = re.compile(r"<answer>", re.IGNORECASE)
_TAGS = re.compile(r"</?(?:think|answer)>", re.IGNORECASE)
_STATED = re.compile(
    r"\b(?:the|my) (?:final |correct )?answer (?:is|would be|should be|must be)[: ]+([^\n]{1,80})"
    r"|\\boxed\{([^{}\n]{1,80})\}"
    r"|:[ ]*([^:\n]{1,40})\.?\s*\Z",  # the reasoning of our own datasets ends in "...: 3."
    re.IGNORECASE,
)
_LETTER = re.compile(r"\(?([A-H])(?:[).:]|\s*$)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_NUMBER_TOLERANCE = 0.01


def extract_reasoning(output: str) -> str:
    """The thinking blocks; else the text before the last answer block; else the whole output."""
    if thoughts := _THINK.findall(output):
        return "\n".join(thoughts)
    blocks = list(_ANSWER.finditer(output))
    return output[: blocks[-1].start()] if blocks else _TAGS.sub(" ", output)


def find_contradiction(output: str, options: Sequence[str] = ()) -> str | None:
    """ "B in the reasoning, A as the answer" where the last answer stated while thinking differs
    from the final one.

    Letters and single numbers are compared, numbers within 1 %, and with the question's `options`
    also their words. Text that cannot be read on both sides is not a contradiction.
    """
    final = extract_answer(output)
    if final is None or not (_THINK.search(output) or _ANSWER.search(output)):
        return None

    stated = [
        "".join(found).strip().rstrip(".")
        for found in _STATED.findall(extract_reasoning(output).strip())
    ]
    if not stated:
        return None

    before = stated[-1]
    after = final.strip()
    for left, right in (
        (_option_letter(before, options), _option_letter(after, options)),
        (_letter(before), _letter(after)),
        (_number(before), _number(after)),
    ):
        if left is not None and right is not None:
            same = (
                left == right
                if isinstance(left, str)
                else abs(left - float(right)) <= _NUMBER_TOLERANCE * abs(left)
            )

            return None if same else f"{before[:40]} in the reasoning, {after[:40]} as the answer"

    return None


def _option_letter(text: str, options: Sequence[str]) -> str | None:
    """The letter of the option that the text is, by its letter or in its words."""
    words = [option.strip().casefold() for option in strip_labels(tuple(options))]
    if (letter := _letter(text)) and letter in OPTION_LETTERS[: len(words)]:
        return letter

    bare_text = text.strip().strip("().* ").casefold()
    return OPTION_LETTERS[words.index(bare_text)] if words.count(bare_text) == 1 else None


def _letter(text: str) -> str | None:
    found = _LETTER.match(text.strip())
    return found.group(1) if found else None


def _number(text: str) -> float | None:
    """The only number in the text; both sides come from one output, so units are taken to agree."""
    numbers = _NUMBER.findall(text)
    return float(numbers[0]) if len(numbers) == 1 else None
