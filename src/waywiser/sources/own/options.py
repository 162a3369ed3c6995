"""Options as datasets write them: lists, mappings, text of lists, lines with letters, or inside the question."""

import ast
import json
import re
from collections.abc import Mapping, Sized
from typing import Any

from waywiser.errors import DatasetError
from waywiser.prompting import LETTERS

_LABEL = re.compile(r"\s*[(\[]?([A-Za-z])(?:[)\]]|[.:、)])\s*")
_LINES = re.compile(r"^[ \t]*[(\[]?([A-Z])(?:[)\]][.:]?|[.:、])[ \t]*(.*?)[ \t]*$", re.M)
_INLINE = re.compile(r"(?:(?<=\s)|(?<=[;,:?.])|^)[(\[]?([A-Z])(?:[)\]][.:]?|[.:、])[ \t]*")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")


def read_options(value: Any) -> list[str] | None:
    """The options' texts without their labels, None for nothing. Raises DatasetError for what cannot be read."""
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, Mapping):
        value = [value[key] for key in sorted(value) if value[key] is not None]
    if value is None or (isinstance(value, Sized) and len(value) == 0):
        return None
    if not isinstance(value, list | tuple):
        raise DatasetError("its options cannot be read: give a list of texts")

    texts = unlabelled([str(option).strip() for option in value])
    if any(not text for text in texts):
        if not all(texts) and not any(texts):
            return list(LETTERS[: len(texts)])  # labels alone: the options stand in the picture
        raise DatasetError("an option is empty")
    if len(set(texts)) != len(texts):
        raise DatasetError("two options are the same")
    return texts


def unlabelled(options: list[str]) -> list[str]:
    """Options without "A. ", "(B) " and so on, if all have such a label, in order."""
    matches = [_LABEL.match(option) for option in options]
    labels = [match[1].upper() if match else "" for match in matches]
    if len(options) < 2 or labels != list(LETTERS[: len(options)]):
        return options
    return [option[match.end() :].strip() for option, match in zip(options, matches, strict=True) if match]


def options_in(question: str) -> list[str] | None:
    """The options that a question lists by letter, one a line or one behind the other; None if it lists none."""
    return _from_lines(question) or _from_text(question)


def _from_lines(question: str) -> list[str] | None:
    found = _successive([(match[1], match[2]) for match in _LINES.finditer(question)])
    return found if found and all(found) and len(set(found)) == len(found) else None


def _from_text(question: str) -> list[str] | None:
    """Options in one line: "(A) sofa (B) bed". The last ends where its line does."""
    matches = list(_INLINE.finditer(question))
    starts = [n for n, match in enumerate(matches) if match[1] == "A"]
    for start in reversed(starts):
        run = matches[start:]
        count = next((n for n, match in enumerate(run) if match[1] != LETTERS[n : n + 1]), len(run))
        if count < 2:
            continue

        ends = [match.start() for match in run[1:count]]
        last = question.find("\n", run[count - 1].end())
        ends.append(len(question) if last < 0 else last)
        texts = [
            question[match.end() : end].strip(" \t\n;,").removesuffix(".").strip()
            for match, end in zip(run[:count], ends, strict=True)
        ]
        if all(texts) and len(set(texts)) == count:
            return texts
    return None


def _successive(labelled: list[tuple[str, str]]) -> list[str] | None:
    """The texts of the last run that is labelled A, B, C, ..."""
    run: list[str] = []
    best: list[str] | None = None
    for label, text in labelled:
        if label == "A":
            run = [text]
        elif run and label == LETTERS[len(run) : len(run) + 1]:
            run.append(text)
        else:
            run = []
        if len(run) >= 2:
            best = list(run)
    return best


def _parsed(text: str) -> Any:
    """Options from text: JSON, a Python or numpy list, or lines and runs with letters."""
    text = text.strip()
    if not text or text.lower() in ("null", "none", "nan", "[]"):
        return None
    if text[0] in "[{":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
        quoted = [single or double for single, double in _QUOTED.findall(text)]
        try:
            literal = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return quoted or text
        # The text of a numpy array has no commas, so that Python joins its strings to one.
        return quoted if isinstance(literal, list) and len(literal) < len(quoted) else literal
    found = options_in(text)
    if found:
        return found
    parts = [part.strip() for part in re.split(r"\n|;|\|", text) if part.strip()]
    return parts if len(parts) > 1 else [part.strip() for part in text.split(",")]
