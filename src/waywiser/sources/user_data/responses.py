"""A reply of a dataset's assistant as chain of thought and answer."""

import re
from dataclasses import dataclass

from waywiser.answers import extract_answer, extract_boxed

_THINK = re.compile(r"<think>(.*?)</think>", re.S | re.I)
_ANSWER = re.compile(r"<answer>(.*?)</answer>", re.S | re.I)
_CONCLUSION = re.compile(
    r"<CONCLUSION>(.*?)</CONCLUSION>|<\|begin_of_box\|>(.*?)<\|end_of_box\|>", re.S
)
_HASHES = re.compile(r"\n?####[ \t]*([^\n]+)\s*\Z")
MIN_CHAIN_WORDS = 4
"""Fewer words before the statement of an answer are not a chain of thought."""
_STATED_NOTE = "the answer was taken from the end of a longer reply"


@dataclass(frozen=True, slots=True)
class Response:
    """`note` says what was guessed, if anything."""

    answer: str
    reasoning: str | None = None
    note: str | None = None


def split_response(text: str) -> Response:
    """The chain and the answer of a reply: by its tags, a box, `####`, or an "answer is" line; else
    all is answer.
    """
    text = text.strip()
    if tagged := _ANSWER.findall(text):
        thoughts = _THINK.search(text)
        before = thoughts[1] if thoughts else text[: text.lower().index("<answer>")]
        return Response(_strip_box(tagged[-1].strip()), before.strip() or None)

    thoughts = _THINK.search(text)
    if thoughts is None and "</think>" in text:  # the template opened the reasoning
        chain, _, rest = text.rpartition("</think>")
        inner = split_response(rest)
        return Response(inner.answer, chain.strip() or None, inner.note)

    if thoughts is not None:
        inner = split_response(text[thoughts.end() :])
        return Response(inner.answer, thoughts[1].strip() or None, inner.note)

    if concluded := list(_CONCLUSION.finditer(text)):
        last = concluded[-1]
        return Response((last[1] or last[2] or "").strip(), text[: last.start()].strip() or None)
    if hashes := _HASHES.search(text):
        return Response(hashes[1].strip(), text[: hashes.start()].strip() or None)
    if contents := extract_boxed(text):
        alone = len(text) - len(contents[-1]) < len("$\\boxed{}$.") + 2
        return Response(contents[-1], None if alone else text)

    stated = extract_answer(text)
    if stated is not None and stated.strip(" .") != text.strip(" ."):
        before = text[: text.lower().rfind("answer")].split()
        return Response(stated, text if len(before) >= MIN_CHAIN_WORDS else None, _STATED_NOTE)

    return Response(text)


def _strip_box(answer: str) -> str:
    contents = extract_boxed(answer)
    return contents[-1] if contents else answer
