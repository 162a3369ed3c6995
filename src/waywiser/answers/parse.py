r"""Find the one final answer in a completion.

The order: an `<answer>` block outside the thinking; else the last balanced `\boxed{}`; else an explicit
"answer is" line; else JSON with an answer; else a completion that is nothing but one short line. Every pass is
linear and the length is capped.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from waywiser.answers.beside import read_beside, refuse_in_front
from waywiser.answers.boxes import boxed, boxed_spans
from waywiser.answers.doubt import RETRACTED, TAKEN_BACK
from waywiser.answers.markers import json_answer, rewrite_marks, unwrap_json
from waywiser.answers.statements import LONGEST_ANSWER, MOST_CANDIDATES, find_statements, may_state, next_line

HEAD = 8_192
TAIL = 24_576
"""Of a completion longer than HEAD + TAIL characters only its head and its tail are read."""
_BARE_LINE = 80

_TAG = re.compile(r"<(/?)(think|answer)>", re.IGNORECASE)
_PLAIN = re.compile(r"\s*(?:<think>[^<]*</think>\s*)?<answer>([^<\[{]{1,512})</answer>\s*")
_SHORTEST_STATEMENT = 6
_PLAIN_BOX = re.compile(r"([^\\{}<]{0,2000})\\boxed\{([^\\{}<\[\"]{1,512})\}[\s.$]*")
_PLAIN_LINE = re.compile(r"\s*(?:The|My) (?:final |correct )?answer is:? ([^\n<\\{}!|]{1,80})\s*")
_HEDGE_BEFORE = re.compile(r"\b(either|not|or)[\s:*_$`(]{0,10}$", re.IGNORECASE)
_BEFORE_BOX = re.compile(
    r"[\s$({*_:=,.]*(?:(?:and|so|hence|thus|therefore|in a box|which is)[\s$(:,]*)*\\(?:boxed|fbox)\b.*"
)
_SAID_BEFORE = re.compile(r"(\$[^$\n]{1,80}\$|[^\s,;=]{1,40})[ ,]{0,3}\bor[\s:*_$`(]{0,10}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Final:
    """`text` is the final answer; `others` are further statements that must not contradict it.

    `same` are restatements that must read as the same answer ("0.5, or \\boxed{1/2}"). `instead` is an explicit
    statement behind a box, which counts where the box holds nothing that its kind could be.
    """

    text: str
    others: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class NoFinal:
    """There is no single final answer, and why."""

    outcome: Literal["no_answer", "ambiguous", "malformed"]
    reason: str


def find_final(completion: str) -> Final | NoFinal:
    """The final answer of a completion, or why it has none."""
    if len(completion) > HEAD + TAIL:
        completion = completion[:HEAD] + "\n" + completion[-TAIL:]
    if final := _find_common(completion):
        return final

    split = _split_tags(rewrite_marks(completion))
    if isinstance(split, NoFinal):
        return split

    visible, block = split
    final = _from_block(visible, block) if block is not None else _from_text(visible)
    if isinstance(final, Final) and len(final.text) > LONGEST_ANSWER:
        return NoFinal("malformed", f"the answer is longer than {LONGEST_ANSWER} characters")
    return final


def _find_common(completion: str) -> Final | None:
    """What most completions of a trained model look like: one block, box or line, and nothing else to look at."""
    if match := _PLAIN.fullmatch(completion):
        return Final(text) if (text := match[1].strip()) else None
    if match := _PLAIN_BOX.fullmatch(completion):
        text = match[2].strip()
        return Final(text) if text and _says_nothing(match[1]) else None
    if match := _PLAIN_LINE.fullmatch(completion):
        text = match[1].strip()
        return Final(text) if text and (len(text) < _SHORTEST_STATEMENT or not may_state(text)) else None
    return None


@lru_cache(maxsize=4096)
def _says_nothing(before: str) -> bool:
    """Whether the text before a box neither states an answer nor changes the one in the box."""
    return not may_state(before) and not _HEDGE_BEFORE.search(before) and not refuse_in_front(before)


def extract(completion: str) -> str | None:
    """The text of the one final answer, or None where there is none."""
    final = find_final(completion)
    return final.text if isinstance(final, Final) else None


def _split_tags(text: str) -> tuple[str, tuple[int, int] | None] | NoFinal:
    """The text without its thinking, and where in it the content of the only answer block lies.

    A `</think>` without an opening tag ends thinking that the prompt began; thinking never closed has no end.
    A new thought may follow where something was said since the last one: each turn of an agent thinks once.
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
        said = text[start : tag.start()]
        if not depth:
            visible.append(said)
            length += len(said)
        start = tag.end()

        if name == "think":
            if opened is not None:
                return NoFinal("malformed", "a think tag inside the answer")
            if not closing:
                if depth or (thoughts and (block or not said.strip())):
                    return NoFinal("malformed", "more than one think block")
                depth, thoughts = depth + 1, thoughts + 1
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
    if depth and thoughts > 1:
        return NoFinal("no_answer", "the last thought is not closed")
    if not depth:
        visible.append(text[start:])
    return "".join(visible), block


def _from_block(visible: str, block: tuple[int, int]) -> Final | NoFinal:
    answer = unwrap_json(visible[block[0] : block[1]].strip())
    if not answer:
        return NoFinal("no_answer", "the answer block is empty")

    before, after = visible[: block[0]], visible[block[1] :]
    if RETRACTED.match(after) or TAKEN_BACK.search(after):
        return NoFinal("ambiguous", "the answer is hedged after its block")
    answer, refusal = read_beside(answer, before, after)
    if refusal:
        return NoFinal("ambiguous", refusal)

    outside = before + "\n" + after
    return Final(answer, tuple((boxed(outside) + _said(outside))[-MOST_CANDIDATES:]))


def _from_text(visible: str) -> Final | NoFinal:
    if (answer := json_answer(visible)) is not None:
        before = visible.rpartition("{")[0]
        others = tuple(boxed(before) + _said(before)) if before.strip(" \n`json") else ()
        return Final(answer, others) if answer else NoFinal("no_answer", "JSON without one value that is an answer")

    spans = boxed_spans(visible)
    if spans:
        return _from_boxes(visible, spans)
    if "\\boxed" in visible:
        return NoFinal("malformed", "a box is not closed")

    statements = find_statements(visible)
    if statements:
        rest = visible[statements[-1].end :]
        if statements[-1].denied:
            return NoFinal("ambiguous", "the last statement of an answer is denied or another answer's")
        answer = statements[-1].text or next_line(rest)
        if not answer:
            return NoFinal("no_answer", "nothing follows 'answer is'")
        if RETRACTED.match(rest) or TAKEN_BACK.search(rest):
            return NoFinal("ambiguous", "the answer is hedged on the next line")
        return Final(answer, tuple(s.text for s in statements[-MOST_CANDIDATES:-1] if not s.denied))

    line = visible.strip()
    if line and "\n" not in line and len(line) <= _BARE_LINE:
        return Final(line)
    return NoFinal("no_answer", "no answer block, no box and no 'answer is' line")


def _from_boxes(visible: str, spans: list[tuple[int, int]]) -> Final | NoFinal:
    start, end = spans[-1]
    answer = unwrap_json(visible[start:end].strip())
    if not answer:
        return NoFinal("no_answer", "the box is empty")

    before, after = visible[:start].rpartition("\\")[0], visible[end + 1 :]
    hedge = _HEDGE_BEFORE.search(before[-40:])
    again = _SAID_BEFORE.search(before[-130:]) if hedge and hedge[1].lower() == "or" else None
    if "\\boxed{" in after and len(spans) < visible.count("\\boxed{"):
        return NoFinal("malformed", "the last box is not closed")
    if RETRACTED.match(after) or TAKEN_BACK.search(after) or (hedge and (again is None or "boxed" in again[1])):
        return NoFinal("ambiguous", "the boxed answer is hedged")

    answer, refusal = read_beside(answer, "" if hedge else before, after)
    if refusal:
        return NoFinal("ambiguous", refusal)

    earlier = [visible[a:b].strip() for a, b in spans[-MOST_CANDIDATES:-1]]
    lines = "\n".join(_BEFORE_BOX.sub("", line) for line in visible[:start].splitlines())
    later = _said(after)
    return Final(
        answer,
        others=tuple(earlier + _said(lines) + later),
        same=(again[1],) if again else (),
        instead=later[-1] if later and later[-1] else None,
    )


def _said(text: str) -> list[str]:
    return [statement.text for statement in find_statements(text) if not statement.denied][-MOST_CANDIDATES:]
