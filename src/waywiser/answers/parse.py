r"""Find the one final answer in a completion.

The order: an `<answer>` block outside the thinking; else the last balanced `\boxed{}`; else an
explicit "answer is" line; else JSON with an answer; else a completion that is nothing but one short
line. Every pass is linear and the length is capped.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from waywiser.answers.boxes import boxed_spans, extract_boxed
from waywiser.answers.context import read_in_context, refuse_prefix
from waywiser.answers.hedge_words import RETRACTED, RETRACTED_LATER
from waywiser.answers.model_markup import json_answer, rewrite_marks, unwrap_json
from waywiser.answers.statements import (
    MAX_ANSWER_CHARACTERS,
    MAX_CANDIDATES,
    find_statements,
    may_state,
    next_line,
)

HEAD_CHARACTERS = 8_192
TAIL_CHARACTERS = 24_576
"""Of a completion longer than HEAD + TAIL characters only its head and its tail are read."""
_MAX_BARE_LINE = 80

_TAG = re.compile(r"<(/?)(think|answer)>", re.IGNORECASE)
_PLAIN = re.compile(r"\s*(?:<think>[^<]*</think>\s*)?<answer>([^<\[{]{1,512})</answer>\s*")
_MIN_STATEMENT_CHARACTERS = 6
_PLAIN_BOX = re.compile(r"([^\\{}<]{0,2000})\\boxed\{([^\\{}<\[\"]{1,512})\}[\s.$]*")
_PLAIN_LINE = re.compile(r"\s*(?:The|My) (?:final |correct )?answer is:? ([^\n<\\{}!|]{1,80})\s*")
_HEDGE_BEFORE = re.compile(r"\b(either|not|or)[\s:*_$`(]{0,10}$", re.IGNORECASE)
_BEFORE_BOX = re.compile(
    r"[\s$({*_:=,.]*(?:(?:and|so|hence|thus|therefore|in a box|which"
    r" is)[\s$(:,]*)*\\(?:boxed|fbox)\b.*"
)
_SAID_BEFORE = re.compile(
    r"(\$[^$\n]{1,80}\$|[^\s,;=]{1,40})[ ,]{0,3}\bor[\s:*_$`(]{0,10}$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """`text` is the final answer; `others` are further statements that must not contradict it.

    `same` are restatements that must read as the same answer ("0.5, or \\boxed{1/2}"). `instead` is
    an explicit statement after a box, which counts where the box holds nothing that its kind could
    be.
    """

    text: str
    others: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class NoFinalAnswer:
    """The reason why there is no single final answer."""

    outcome: Literal["no_answer", "ambiguous", "malformed"]
    reason: str


def find_final(completion: str) -> FinalAnswer | NoFinalAnswer:
    """The final answer of a completion, or why it has none."""
    if len(completion) > HEAD_CHARACTERS + TAIL_CHARACTERS:
        completion = completion[:HEAD_CHARACTERS] + "\n" + completion[-TAIL_CHARACTERS:]
    if final := _find_common(completion):
        return final

    split = _split_tags(rewrite_marks(completion))
    if isinstance(split, NoFinalAnswer):
        return split

    visible, block = split
    final = _from_block(visible, block) if block is not None else _from_text(visible)
    if isinstance(final, FinalAnswer) and len(final.text) > MAX_ANSWER_CHARACTERS:
        return NoFinalAnswer(
            "malformed", f"the answer is longer than {MAX_ANSWER_CHARACTERS} characters"
        )

    return final


def _find_common(completion: str) -> FinalAnswer | None:
    """What most completions of a trained model look like: one block, box or line, and nothing else
    to look at.
    """
    if match := _PLAIN.fullmatch(completion):
        return FinalAnswer(text) if (text := match[1].strip()) else None
    if match := _PLAIN_BOX.fullmatch(completion):
        text = match[2].strip()
        return FinalAnswer(text) if text and _says_nothing(match[1]) else None

    if match := _PLAIN_LINE.fullmatch(completion):
        text = match[1].strip()
        return (
            FinalAnswer(text)
            if text and (len(text) < _MIN_STATEMENT_CHARACTERS or not may_state(text))
            else None
        )

    return None


@lru_cache(maxsize=4096)
def _says_nothing(before: str) -> bool:
    """Whether the text before a box neither states an answer nor changes the one in the box."""
    return not may_state(before) and not _HEDGE_BEFORE.search(before) and not refuse_prefix(before)


def extract_answer(completion: str) -> str | None:
    """The text of the one final answer, or None where there is none."""
    final = find_final(completion)
    return final.text if isinstance(final, FinalAnswer) else None


def _split_tags(text: str) -> tuple[str, tuple[int, int] | None] | NoFinalAnswer:
    """The text without its thinking, and where in it the content of the only answer block lies.

    A `</think>` without an opening tag ends thinking that the prompt began; thinking never closed
    has no end. A new thought may follow where something was said since the last one: each turn of
    an agent thinks once.
    """
    tags = list(_TAG.finditer(text)) if "<" in text else None
    if not tags:
        return text, None

    visible: list[str] = []
    length = start = depth = thoughts = 0
    opened: int | None = None
    block: tuple[int, int] | None = None

    for tag in tags:
        closing = bool(tag.group(1))
        name = tag.group(2).lower()
        if name == "answer" and depth:
            continue

        said = text[start : tag.start()]

        if not depth:
            visible.append(said)
            length += len(said)

        start = tag.end()

        if name == "think":
            if opened is not None:
                return NoFinalAnswer("malformed", "a think tag inside the answer")

            if not closing:
                if depth or (thoughts and (block or not said.strip())):
                    return NoFinalAnswer("malformed", "more than one think block")

                depth = depth + 1
                thoughts = thoughts + 1
            elif depth:
                depth -= 1
            elif thoughts or block:
                return NoFinalAnswer("malformed", "a think block closed twice")
            else:
                visible = []
                length = 0
                thoughts = 1
        elif not closing:
            if opened is not None:
                return NoFinalAnswer("malformed", "nested answer tags")
            if block is not None:
                return NoFinalAnswer("ambiguous", "more than one answer block")

            opened = length
        elif opened is None:
            return NoFinalAnswer("malformed", "an answer tag closed without being opened")
        else:
            block = (opened, length)
            opened = None

    if opened is not None:
        return NoFinalAnswer("malformed", "the answer block is not closed")
    if depth and thoughts > 1:
        return NoFinalAnswer("no_answer", "the last thought is not closed")
    if not depth:
        visible.append(text[start:])

    return "".join(visible), block


def _from_block(visible: str, block: tuple[int, int]) -> FinalAnswer | NoFinalAnswer:
    answer = unwrap_json(visible[block[0] : block[1]].strip())
    if not answer:
        return NoFinalAnswer("no_answer", "the answer block is empty")

    before = visible[: block[0]]
    after = visible[block[1] :]
    if RETRACTED.match(after) or RETRACTED_LATER.search(after):
        return NoFinalAnswer("ambiguous", "the answer is hedged after its block")

    answer, refusal = read_in_context(answer, before, after)
    if refusal:
        return NoFinalAnswer("ambiguous", refusal)

    outside = before + "\n" + after
    return FinalAnswer(
        answer, tuple((extract_boxed(outside) + _stated_answers(outside))[-MAX_CANDIDATES:])
    )


def _from_text(visible: str) -> FinalAnswer | NoFinalAnswer:
    if (answer := json_answer(visible)) is not None:
        before = visible.rpartition("{")[0]
        others = (
            tuple(extract_boxed(before) + _stated_answers(before))
            if before.strip(" \n`json")
            else ()
        )

        return (
            FinalAnswer(answer, others)
            if answer
            else NoFinalAnswer("no_answer", "JSON without one value that is an answer")
        )

    spans = boxed_spans(visible)
    if spans:
        return _from_boxes(visible, spans)
    if "\\boxed" in visible:
        return NoFinalAnswer("malformed", "a box is not closed")

    statements = find_statements(visible)
    if statements:
        rest = visible[statements[-1].end :]

        if statements[-1].denied:
            return NoFinalAnswer(
                "ambiguous", "the last statement of an answer is denied or another answer's"
            )

        answer = statements[-1].text or next_line(rest)
        if not answer:
            return NoFinalAnswer("no_answer", "nothing follows 'answer is'")
        if RETRACTED.match(rest) or RETRACTED_LATER.search(rest):
            return NoFinalAnswer("ambiguous", "the answer is hedged on the next line")

        return FinalAnswer(
            answer, tuple(s.text for s in statements[-MAX_CANDIDATES:-1] if not s.denied)
        )

    line = visible.strip()
    if line and "\n" not in line and len(line) <= _MAX_BARE_LINE:
        return FinalAnswer(line)

    return NoFinalAnswer("no_answer", "no answer block, no box and no 'answer is' line")


def _from_boxes(visible: str, spans: list[tuple[int, int]]) -> FinalAnswer | NoFinalAnswer:
    start, end = spans[-1]
    answer = unwrap_json(visible[start:end].strip())
    if not answer:
        return NoFinalAnswer("no_answer", "the box is empty")

    before = visible[:start].rpartition("\\")[0]
    after = visible[end + 1 :]
    hedge = _HEDGE_BEFORE.search(before[-40:])
    again = _SAID_BEFORE.search(before[-130:]) if hedge and hedge[1].lower() == "or" else None

    if "\\boxed{" in after and len(spans) < visible.count("\\boxed{"):
        return NoFinalAnswer("malformed", "the last box is not closed")

    if (
        RETRACTED.match(after)
        or RETRACTED_LATER.search(after)
        or (hedge and (again is None or "boxed" in again[1]))
    ):
        return NoFinalAnswer("ambiguous", "the boxed answer is hedged")

    answer, refusal = read_in_context(answer, "" if hedge else before, after)
    if refusal:
        return NoFinalAnswer("ambiguous", refusal)

    earlier = [visible[a:b].strip() for a, b in spans[-MAX_CANDIDATES:-1]]
    lines = "\n".join(_BEFORE_BOX.sub("", line) for line in visible[:start].splitlines())
    later = _stated_answers(after)

    return FinalAnswer(
        answer,
        others=tuple(earlier + _stated_answers(lines) + later),
        same=(again[1],) if again else (),
        instead=later[-1] if later and later[-1] else None,
    )


def _stated_answers(text: str) -> list[str]:
    return [statement.text for statement in find_statements(text) if not statement.denied][
        -MAX_CANDIDATES:
    ]
