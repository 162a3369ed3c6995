"""The "reasoning" tasks of lmms-eval@75571cfe: one rule for all benchmarks, without its judge.

The first answer block, else the last box, else a number that ends a line. A truth that holds a
capital A to H anywhere is a letter, read by a list of patterns on both sides; other answers are
right where nine tenths of the text agree. What is not right by then goes to math-verify, letters
included.
"""

import re

from waywiser.errors import DatasetError
from waywiser.evaluation.profiles import mathvista
from waywiser.evaluation.profiles.harness_equality import compare_by_harness
from waywiser.evaluation.profiles.row import OPTION_LETTERS, OutputRow, RowScore, binary_score

_NUMBER_AT_END = re.compile(r"\b(\d+(?:\.\d+)?)\b(?:\s*\.?\s*$)")
_BRACE_OR_BOX = re.compile(r"\\boxed\{|[{}]")
_LETTERS = "ABCDEFGH"
_TRIMMED_MARKS = (",", ".", "!", "?", ";", ":", "'", '"')
_MIN_AGREEMENT = 0.9
_STATEMENTS = (
    *(
        "answer",
        "the answer",
        "correct answer",
        "the correct answer",
        "best answer",
        "the best answer",
    ),
    *("option is", "the option is", "correct option is", "the correct option is"),
    *("choice is", "the choice is", "correct choice is", "the correct choice is", "my choice is"),
    *("my answer is", "i choose", "i select", "i pick"),
)
_SUFFIX_STRENGTHS = {".": 5, ":": 4, ")": 3, " ": 2, "-": 1, "_": 1, "=": 1}


def score_lmms_eval_reasoning(row: OutputRow) -> RowScore:
    """Score the extracted answer against the truth."""
    answer = _strip_full_stop(_extract_answer(row.output.strip()).strip())
    truth = _strip_full_stop(_truth_text(row))
    letter = find_option_letter(truth)
    if letter:
        found = find_option_letter(answer)
        if found == letter:
            return binary_score(True, found)
    elif _agrees(answer, truth):
        return binary_score(True, answer)

    if not answer:
        return binary_score(False, None)

    verdict = compare_by_harness("lmms-eval", answer, truth)
    return binary_score(verdict.equal, answer or None, verdict.note)


def find_option_letter(text: str) -> str | None:
    """The option's letter in a text; the strongest pattern wins, then the earliest place, then the
    first letter.
    """
    text = text.strip()
    for mark in _TRIMMED_MARKS:
        text = text.strip(mark)

    bare = text.strip()
    padded = f" {text} "
    statement = _statement_start(padded)
    found: list[tuple[int, int, str]] = []

    for letter in _LETTERS:
        if bare.startswith(letter):
            found.append((10, 0, letter))
        if bare.endswith(letter):
            found.append((9, -len(padded), letter))
        if f"{_LETTERS.index(letter) + 1}. {letter}" in padded:
            found.append((8, -padded.rfind(f"{_LETTERS.index(letter) + 1}. {letter}"), letter))
        if statement is not None and (place := padded.find(letter, statement)) != -1:
            found.append((7, -place, letter))
        if f"({letter})" in padded:
            found.append((6, -padded.rfind(f"({letter})"), letter))

        found += [
            (strength, -padded.rfind(letter + suffix), letter)
            for suffix, strength in _SUFFIX_STRENGTHS.items()
            if letter + suffix in padded
        ]
        if letter in padded:
            found.append((0, -padded.rfind(letter), letter))

    return max(found, key=lambda entry: entry[:2])[2] if found else None


def _truth_text(row: OutputRow) -> str:
    """The truth as the task states it: MathVista's choices are letters there, all others are as
    they are.
    """
    if row.benchmark != "mathvista" or not mathvista.is_choice(row):
        return row.truth
    if row.truth not in row.options:
        raise DatasetError(f"ground_truth {row.truth!r} is not one of the options")
    return OPTION_LETTERS[row.options.index(row.truth)]


def _statement_start(text: str) -> int | None:
    """Where the earliest phrase that states an answer begins, in a text in lower case."""
    low = text.lower()
    places = [place for phrase in _STATEMENTS if (place := low.find(phrase)) != -1]
    return min(places, default=None)


def _extract_answer(output: str) -> str:
    _, open_tags, after_tag = output.partition("<answer>")
    block, closed, _ = after_tag.partition("</answer>")
    if open_tags and closed:
        return block
    if box := find_last_box(output):
        return box

    for line in reversed(output.split("\n")):
        if number := _NUMBER_AT_END.search(line):
            return number.group(1)

    return ""


def find_last_box(text: str) -> str:
    """Content of the balanced \\boxed{} that opens last, "" if there is none."""
    open_tags: list[int] = []
    last = (-1, -1)

    for brace in _BRACE_OR_BOX.finditer(text):
        if brace.group() == "{":
            open_tags.append(-1)
        elif brace.group() != "}":
            open_tags.append(brace.end())
        elif open_tags:
            last = max(last, (open_tags.pop(), brace.start()))

    return text[last[0] : last[1]] if last[0] != -1 else ""


def _strip_full_stop(text: str) -> str:
    return text.removesuffix(".").strip()


def _agrees(answer: str, truth: str) -> bool:
    if answer in truth and len(answer) >= _MIN_AGREEMENT * len(truth):
        return True
    return truth in answer and len(truth) >= _MIN_AGREEMENT * len(answer)
