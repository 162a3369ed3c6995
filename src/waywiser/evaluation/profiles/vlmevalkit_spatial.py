"""How VLMEvalKit@e8e78f05 reads answers of spatial benchmarks (VSI-Bench): a letter or a number by
rule.

A letter: in the answer block; else right before a closing tag; else in one of the last lines; else
after "answer is"; else the only capital that stands alone. A number: in the answer block, else the
last one after the thinking. The known oddities stay, since they are its scores: "1,200" reads 200,
"<answer>chair" reads C.
"""

import ast
import re

from waywiser.evaluation.profiles.harness_number_words import NUMBER_WORDS_TO_TWENTY
from waywiser.evaluation.profiles.row import OutputRow, RowScore, binary_score
from waywiser.evaluation.profiles.vsi_bench import is_numeric, score_mra
from waywiser.rewards import mra

_TAIL_CHARACTERS = 800
_NUM_LAST_LINES = 6
_INVISIBLE = re.compile("[\u200b-\u200d\ufeff]")
_NUMBER_TEXT = r"[-+]?(?:\d*\.\d+|\d+)(?:[eE][-+]?\d+)?"
_NUMBER = re.compile(_NUMBER_TEXT)
_OPEN_ANSWER = r"<\s*answer\b[^>]*>\s*"
_CLOSE_ANSWER = r"<\s*/\s*answer\s*>"
_LETTER_IN_BLOCK = re.compile(
    rf"{_OPEN_ANSWER}([A-J]).*?{_CLOSE_ANSWER}", re.IGNORECASE | re.DOTALL
)
_NUMBER_IN_BLOCK = re.compile(
    rf"{_OPEN_ANSWER}({_NUMBER_TEXT})(?:[^\d<][^<]*)?{_CLOSE_ANSWER}", re.IGNORECASE
)
_CLOSING = [
    re.compile(rf"(?<![A-Za-z])([A-F])\s*[)\]}}）】]?\s*</\s*{tag}\s*>", re.IGNORECASE)
    for tag in ("answer", "think")
]
_END_THINK = re.compile(r"</\s*think\s*>", re.IGNORECASE)
_START_THINK = re.compile(r"<\s*think\s*>", re.IGNORECASE)
_OPTION_LINE = re.compile(r"^[*_>\-\s]*(?:option|选项)\s+[A-J]\s*[:：]", re.IGNORECASE)
_MARKS = r"[*_`>（）\[\]【】()]*"
_ONLY_LETTER = re.compile(rf"{_MARKS}\s*([A-Fa-f])\s*[*_`（）\[\]【】()]*")
_LABELLED = re.compile(r"([A-F])\s*[.．:：)\]】、-]\s+", re.IGNORECASE)
_LONE_LETTER = re.compile(
    r"(?<![A-Za-z])([A-F])\s*[*_`）\])}]*(?=$|[\s.,:;!?)\]】》」』，。；、：）])"
)
_PHRASES = (
    *("final answer", "the answer is", "answer is", "answer", "correct answer"),
    *("答案", "最终答案", "结论", "所以", "因此", "我选择", "我选", "选择", "选"),
)
_STATED = re.compile(
    "(?:" + "|".join(_PHRASES).replace(" ", r"\s*") + r")"
    r"\s*[:：>＝=]?\s*[(\[{（【]?\s*([A-F])\s*[)\]}）】]?(?:\b|[.)、。])",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"(?<![A-Za-z])([A-F])\s*[)\]}）】]?(?![A-Za-z])")
_WORD_NUMBER = re.compile(rf"\b({'|'.join(NUMBER_WORDS_TO_TWENTY)})\b", re.IGNORECASE)


def read_option_letter(text: str) -> str | None:
    """The letter that the output names, None where there is none or more than one."""
    text = _INVISIBLE.sub("", text.strip())
    tail = text[-_TAIL_CHARACTERS:]
    for found in (_LETTER_IN_BLOCK.search(text), *(closing.search(tail) for closing in _CLOSING)):
        if found:
            return found.group(1).upper()

    letter_in_lines = _letter_from_lines(_after_thinking(text)) or _letter_from_lines(tail)
    if letter_in_lines:
        return letter_in_lines
    if stated := _STATED.search(text):
        return stated.group(1).upper()

    other_lines = "\n".join(line for line in text.splitlines() if not _OPTION_LINE.search(line))
    capitals = set(_CAPITAL.findall(other_lines))
    return capitals.pop() if len(capitals) == 1 else None


def read_last_number(text: str) -> float | None:
    """The number that the output ends on, None where it holds none."""
    text = _INVISIBLE.sub("", _first_list_item(text).strip())
    text = _WORD_NUMBER.sub(lambda word: str(NUMBER_WORDS_TO_TWENTY[word.group().lower()]), text)
    if found := _NUMBER_IN_BLOCK.search(text):
        return float(found.group(1))

    numbers = _NUMBER.findall(_after_thinking(text)) or _NUMBER.findall(text)
    return float(numbers[-1]) if numbers else None


def score_vsi_bench_vlmevalkit(row: OutputRow) -> RowScore:
    """VSI-Bench by these rules; letters compare with the truth read by the same rule."""
    if not is_numeric(row):
        letter = read_option_letter(row.output)
        return binary_score(letter == read_option_letter(row.truth), letter)

    value = read_last_number(row.output)
    if value is not None and row.truth.strip() and _is_zero(row.truth):
        # The harness takes the absolute error where the truth is 0.
        return RowScore(mra(1 + abs(value), 1.0), value)

    return score_mra(value, row)


def _letter_from_lines(text: str) -> str | None:
    for line in reversed(
        [line.strip() for line in text.splitlines()[-_NUM_LAST_LINES:] if line.strip()]
    ):
        if _OPTION_LINE.search(line):
            continue
        if found := _ONLY_LETTER.fullmatch(line) or _LABELLED.match(line):
            return found.group(1).upper()

        alone = set(_LONE_LETTER.findall(line))
        if len(alone) == 1:
            return alone.pop()

    return None


def _after_thinking(text: str) -> str:
    for mark in (_END_THINK, _START_THINK):
        found = list(mark.finditer(text))
        if found:
            return text[found[-1].end() :].strip()
    return text


def _first_list_item(text: str) -> str:
    bare = text.strip()
    if len(bare) < 10_000 and bare.startswith("[") and bare.endswith("]"):
        try:
            values = ast.literal_eval(bare)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return ""

        if isinstance(values, list) and values:
            return str(values[0])

    return text


def _is_zero(text: str) -> bool:
    try:
        return float(text) == 0
    except ValueError:
        return False
