"""The "reasoning" tasks of lmms-eval@75571cfe: one rule for all benchmarks.

The first answer block, else the last box, else a number that ends a line. A letter is read by a list of patterns; other
answers are right where nine tenths of the text agree, or the values do. No judge.
"""

import re

from waywiser.evaluation.profiles.latex_value import latex_value
from waywiser.evaluation.profiles.row import Row, Score, right_if

_BLOCK = re.compile(r"<answer>(.*?)</answer>", re.DOTALL)
_NUMBER_AT_END = re.compile(r"\b(\d+(?:\.\d+)?)\b\s*\.?\s*$")
_BRACE_OR_BOX = re.compile(r"\\boxed\{|[{}]")
_LETTERS = "ABCDEFGH"
_AGREEING = 0.9
_CLOSE = 1e-6
_STATEMENT = re.compile(r"answer|(?:option|choice) is|i (?:choose|select|pick)", re.IGNORECASE)
_SUFFIXES = {".": 5, ":": 4, ")": 3, " ": 2, "-": 1, "_": 1, "=": 1}


def score_reasoning(row: Row) -> Score:
    """Score the extracted answer against the truth."""
    answer = _plain(_extracted(row.output.strip()).strip())
    truth = _plain(row.truth)
    if truth in list(_LETTERS):
        letter = read_letter(answer)
        return right_if(letter == truth, letter)
    return right_if(_agrees(answer, truth) or _same_value(answer, truth), answer or None)


def read_letter(text: str) -> str | None:
    """The option's letter in a short answer; the strongest pattern wins, then the earliest place."""
    text = text.strip()
    for mark in (",", ".", "!", "?", ";", ":", "'", '"'):
        text = text.strip(mark)
    bare, padded = text.strip(), f" {text} "
    found: list[tuple[int, int, str]] = []
    statement = _STATEMENT.search(padded)
    for letter in _LETTERS:
        if bare.startswith(letter):
            found.append((10, 0, letter))
        if bare.endswith(letter):
            found.append((9, -len(padded), letter))
        if f"{_LETTERS.index(letter) + 1}. {letter}" in padded:
            found.append((8, 0, letter))
        if statement and (place := padded.find(letter, statement.start())) != -1:
            found.append((7, -place, letter))
        if f"({letter})" in padded:
            found.append((6, -padded.rfind(f"({letter})"), letter))
        found += [
            (strength, -padded.rfind(letter + suffix), letter)
            for suffix, strength in _SUFFIXES.items()
            if letter + suffix in padded
        ]
        if letter in padded:
            found.append((0, -padded.rfind(letter), letter))
    return max(found, key=lambda entry: entry[:2])[2] if found else None


def _extracted(output: str) -> str:
    if block := _BLOCK.search(output):
        return block.group(1)
    if box := _last_box(output):
        return box
    for line in reversed(output.split("\n")):
        if number := _NUMBER_AT_END.search(line):
            return number.group(1)
    return ""


def _last_box(text: str) -> str:
    """Content of the last balanced \\boxed{}, "" where there is none."""
    last, starts = "", []
    for mark in _BRACE_OR_BOX.finditer(text):
        if mark.group() != "}":
            starts.append(mark.end() if mark.group() != "{" else -1)
        elif starts and (start := starts.pop()) != -1:
            last = text[start : mark.start()]
    return last


def _plain(text: str) -> str:
    return text.removesuffix(".").strip()


def _agrees(answer: str, truth: str) -> bool:
    if answer in truth and len(answer) >= _AGREEING * len(truth):
        return True
    return truth in answer and len(truth) >= _AGREEING * len(answer)


def _same_value(answer: str, truth: str) -> bool:
    left, right = latex_value(_last_box(answer) or answer), latex_value(truth)
    return left is not None and right is not None and abs(left - right) <= _CLOSE
