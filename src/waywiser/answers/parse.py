"""Find the one final answer in a completion.

The order: an `<answer>` block outside the thinking; else the last balanced `\\boxed{}`; else an explicit
"answer is" line; else a completion that is nothing but one short line. Every pass is linear and the length is
capped.
"""

import re
from dataclasses import dataclass
from typing import Literal

HEAD = 8_192
TAIL = 24_576
"""Of a completion longer than HEAD + TAIL characters only its head and its tail are read."""
LONGEST_ANSWER = 512
"""An answer text longer than this is not an answer."""
_BARE_LINE = 80
_MOST_CANDIDATES = 8

_TAG = re.compile(r"<(/?)(think|answer)>", re.IGNORECASE)
_PLAIN = re.compile(r"\s*(?:<think>[^<]*</think>\s*)?<answer>([^<]{1,512})</answer>\s*")
_STATEMENT = re.compile(
    r"\banswers?(?: to (?:the|this) question)?[*_` ]{0,4}(?:is\b|are\b|[:=])[*_` ]{0,4}:?([^\n]*)",
    re.IGNORECASE,
)
_HEDGE_AFTER = re.compile(
    r"[\s.,;:*_$`)]{0,20}(?:or|alternatively|maybe|perhaps|possibly|actually|wait|but|hmm)\b", re.IGNORECASE
)
_HEDGE_BEFORE = re.compile(r"\b(?:or|either|not)[\s:*_$`(]{0,10}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Final:
    """`text` is the final answer; `others` are further statements that must not contradict it."""

    text: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoFinal:
    """There is no single final answer, and why."""

    outcome: Literal["no_answer", "ambiguous", "malformed"]
    reason: str


def find_final(completion: str) -> Final | NoFinal:
    """The final answer of a completion, or why it has none."""
    if len(completion) > HEAD + TAIL:
        completion = completion[:HEAD] + "\n" + completion[-TAIL:]
    if (common := _PLAIN.fullmatch(completion)) and (text := common.group(1).strip()):
        return Final(text)  # what most completions of a trained model look like: nothing else to look at
    split = _split_tags(completion)
    if isinstance(split, NoFinal):
        return split
    visible, block = split
    final = _from_block(visible, block) if block is not None else _from_text(visible)
    if isinstance(final, Final) and len(final.text) > LONGEST_ANSWER:
        return NoFinal("malformed", f"the answer is longer than {LONGEST_ANSWER} characters")
    return final


def extract(completion: str) -> str | None:
    """The text of the one final answer, or None where there is none."""
    final = find_final(completion)
    return final.text if isinstance(final, Final) else None


def _split_tags(text: str) -> tuple[str, tuple[int, int] | None] | NoFinal:
    """The text without its thinking, and where in it the content of the only answer block lies.

    A `</think>` without an opening tag ends thinking that the prompt began; thinking never closed has no end.
    """
    tags = list(_TAG.finditer(text)) if "<" in text else None
    if not tags:
        return text, None
    visible: list[str] = []
    length = start = depth = thoughts = 0
    opened: int | None = None
    block: tuple[int, int] | None = None
    for tag in tags:
        closing, name = bool(tag.group(1)), tag.group(2).lower()
        if name == "answer" and depth:
            continue
        if not depth:
            visible.append(text[start : tag.start()])
            length += tag.start() - start
        start = tag.end()
        if name == "think":
            if opened is not None:
                return NoFinal("malformed", "a think tag inside the answer")
            if not closing:
                depth, thoughts = depth + 1, thoughts + 1
                if depth > 1 or thoughts > 1:
                    return NoFinal("malformed", "more than one think block")
            elif depth:
                depth -= 1
            elif thoughts or block:
                return NoFinal("malformed", "a think block closed twice")
            else:
                visible, length, thoughts = [], 0, 1
        elif not closing:
            if opened is not None:
                return NoFinal("malformed", "nested answer tags")
            if block is not None:
                return NoFinal("ambiguous", "more than one answer block")
            opened = length
        elif opened is None:
            return NoFinal("malformed", "an answer tag closed without being opened")
        else:
            block, opened = (opened, length), None
    if opened is not None:
        return NoFinal("malformed", "the answer block is not closed")
    if not depth:
        visible.append(text[start:])
    return "".join(visible), block


def _from_block(visible: str, block: tuple[int, int]) -> Final | NoFinal:
    answer = visible[block[0] : block[1]].strip()
    if not answer:
        return NoFinal("no_answer", "the answer block is empty")
    before, after = visible[: block[0]], visible[block[1] :]
    if _HEDGE_AFTER.match(after):
        return NoFinal("ambiguous", "the answer is hedged after its block")
    outside = before + "\n" + after
    return Final(answer, tuple((_boxed(outside) + _statements(outside))[-_MOST_CANDIDATES:]))


def _from_text(visible: str) -> Final | NoFinal:
    spans = _boxed_spans(visible)
    if spans:
        return _from_boxes(visible, spans)
    if "\\boxed" in visible:
        return NoFinal("malformed", "a box is not closed")
    statements = list(_STATEMENT.finditer(visible))
    if statements:
        answer = statements[-1].group(1).strip()
        if not answer:
            answer = _next_line(visible[statements[-1].end() :])
        if not answer:
            return NoFinal("no_answer", "nothing follows 'answer is'")
        if _HEDGE_AFTER.match(visible[statements[-1].end() :]):
            return NoFinal("ambiguous", "the answer is hedged on the next line")
        return Final(answer, tuple(s.group(1).strip() for s in statements[-_MOST_CANDIDATES:-1]))
    line = visible.strip()
    if line and "\n" not in line and len(line) <= _BARE_LINE:
        return Final(line)
    return NoFinal("no_answer", "no answer block, no box and no 'answer is' line")


def _from_boxes(visible: str, spans: list[tuple[int, int]]) -> Final | NoFinal:
    start, end = spans[-1]
    answer = visible[start:end].strip()
    if not answer:
        return NoFinal("no_answer", "the box is empty")
    after = visible[end + 1 :]
    if _HEDGE_AFTER.match(after) or _HEDGE_BEFORE.search(visible[max(0, start - 40) : start].rpartition("\\")[0]):
        return NoFinal("ambiguous", "the boxed answer is hedged")
    earlier = [visible[a:b].strip() for a, b in spans[-_MOST_CANDIDATES:-1]]
    before = [line for line in visible[: spans[-1][0]].splitlines() if "boxed" not in line]
    return Final(answer, tuple(earlier + _statements("\n".join(before)) + _statements(after)))


def _next_line(rest: str) -> str:
    for line in rest[: 4 * LONGEST_ANSWER].splitlines():
        if line.strip(" *_`$"):
            return line.strip()
    return ""


def _statements(text: str) -> list[str]:
    return [m.group(1).strip() for m in _STATEMENT.finditer(text)][-_MOST_CANDIDATES:]


def _boxed(text: str) -> list[str]:
    return [text[a:b].strip() for a, b in _boxed_spans(text)]


_BOX_OR_BRACE = re.compile(r"\\(?:boxed|fbox)\s{0,3}\{|\\.|[{}]", re.DOTALL)


def _boxed_spans(text: str) -> list[tuple[int, int]]:
    """Contents of every balanced, outermost `\\boxed{...}`; one pass with a stack."""
    if "boxed" not in text and "fbox" not in text:
        return []
    spans: list[tuple[int, int]] = []
    stack: list[int | None] = []
    boxes = 0
    for match in _BOX_OR_BRACE.finditer(text):
        token = match.group()
        if token == "}":
            start = stack.pop() if stack else None
            if start is not None:
                boxes -= 1
                if not boxes:
                    spans.append((start, match.start()))
        elif token == "{":
            stack.append(None)
        elif token.endswith("{") and len(token) > 2:
            stack.append(match.end())
            boxes += 1
    return spans
