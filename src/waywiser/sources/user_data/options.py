"""Options as datasets write them: lists, mappings, text of lists, lines with letters, or inside the
question.
"""

import ast
import json
import re
from collections.abc import Mapping, Sized
from dataclasses import dataclass
from typing import Any

from waywiser.errors import DatasetError
from waywiser.prompting import OPTION_LETTERS
from waywiser.sources.user_data.fields import is_missing

_LABEL = re.compile(r"\s*[(\[]?([A-Za-z])(?:[)\]]|[.:、．)])\s*")
_NUMBER_LABEL = re.compile(r"\s*(?:[(\[](\d{1,2})[)\]][.:]?|(\d{1,2})[.:、．)](?=\s))\s*")
_LINES = re.compile(r"^[ \t]*[(\[]?([A-Z])(?:[)\]][.:]?|[.:、．])[ \t]*", re.M)
_INLINE = re.compile(r"(?:(?<=\s)|(?<=[;,:?.])|^)[(\[]?([A-Z])(?:[)\]][.:]?|[.:、．])[ \t]*")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_NAMED = re.compile(r"[(\[]?(\w{1,2})[)\].:、．]*(?:\s+(.+))?", re.S)
_QUANTITY = re.compile(r"([+-]?[\d,]*\.?\d+)\s*(?:[^\d\s].*)?", re.S)
_REQUEST = re.compile(
    r"\.\s+(?:please\s+)?(?:answer|select|choose|respond|reply|provide|output)\b.*", re.I | re.S
)
_TEXT_KEYS = ("text", "content", "value", "option")
_LABEL_KEYS = ("label", "key", "letter", "id")


@dataclass(frozen=True, slots=True)
class LabeledOptions:
    """Texts in the order in which they are shown; `labels`: what the dataset calls each, where it
    says so.
    """

    texts: list[str]
    labels: list[str] | None = None

    def option_labeled(self, text: str) -> str | None:
        """The option that an answer names by its label: "C", "(C)", "C. sofa"; None for anything
        else.
        """
        match = _NAMED.fullmatch(text.strip())
        labels = [label.upper() for label in self.labels or []]
        if match is None or match[1].upper() not in labels:
            return None

        option_labeled = self.texts[labels.index(match[1].upper())]
        return option_labeled if match[2] is None or match[2].strip() == option_labeled else None


def read_options(value: Any) -> LabeledOptions | None:
    """The options without their labels, None for nothing. Raises DatasetError for what cannot be
    read.
    """
    if isinstance(value, str):
        value = _parse_options_text(value)
    if value is None or (isinstance(value, Sized) and len(value) == 0):
        return None

    values, labels = _split_values(value)
    texts = [str(option).strip() for option in values]
    if not texts:
        return None
    if labels is None:
        texts, labels = _strip_labels(texts)

    if any(not text for text in texts):
        if not any(texts):
            return LabeledOptions(
                list(OPTION_LETTERS[: len(texts)])
            )  # labels alone: the options stand in the picture

        raise DatasetError("an option is empty")

    if len(set(texts)) != len(texts):
        raise DatasetError("two options are the same")

    return LabeledOptions(texts, labels)


def find_option_by_number(text: str, options: list[str]) -> str | None:
    """The only option that is this number, with a unit or without: "2 m" for "2"."""
    if (target := _quantity(text)) is None or not _is_number(text):
        return None
    matching = [option for option in options if _quantity(option) == target]
    return matching[0] if len(matching) == 1 else None


def _split_values(value: Any) -> tuple[list[Any], list[str] | None]:
    """What options are, and their labels where these stand in fields of their own."""
    if isinstance(value, Mapping):
        texts = value.get("text")
        labels = value.get("label")
        if (
            isinstance(texts, list | tuple)
            and isinstance(labels, list | tuple)
            and len(texts) == len(labels)
        ):
            return list(texts), [str(label).strip() for label in labels]

        keys = sorted((key for key in value if not is_missing(value[key])), key=_label_sort_key)
        labels = [str(key).strip() for key in keys]
        return [value[key] for key in keys], (
            labels if all(len(label) <= 2 for label in labels) else None
        )

    if not isinstance(value, list | tuple):
        raise DatasetError("its options cannot be read: give a list of texts")

    values = list(value)
    while values and is_missing(values[-1]) and not isinstance(values[-1], str):
        values.pop()

    if values and all(isinstance(item, Mapping) for item in values):
        return _split_mappings(values)
    if any(isinstance(item, Mapping | list | tuple) for item in values):
        raise DatasetError("its options cannot be read: give a list of texts")

    return ["" if is_missing(item) else item for item in values], None


def _split_mappings(items: list[Any]) -> tuple[list[Any], list[str] | None]:
    texts = [
        next((item[key] for key in _TEXT_KEYS if not is_missing(item.get(key))), None)
        for item in items
    ]

    labels = [
        next((str(item[key]) for key in _LABEL_KEYS if not is_missing(item.get(key))), "")
        for item in items
    ]
    if any(text is None for text in texts):
        raise DatasetError("its options cannot be read: give a list of texts")

    return texts, labels if all(labels) and len(set(labels)) == len(labels) else None


def _label_sort_key(key: Any) -> tuple[int, str]:
    """Keys in the order of their labels: 2 before 10, A before B."""
    text = str(key).strip()
    return (int(text), "") if text.isdecimal() else (0, text)


def _strip_labels(texts: list[str]) -> tuple[list[str], list[str] | None]:
    """Options without "A. ", "(B) ", "2) " and so on, in the order of these, if all of them have
    such a label.
    """
    count = len(texts)
    lettered = [_LABEL.match(text) for text in texts]
    numbered = [_NUMBER_LABEL.match(text) for text in texts]
    for matches, known in (
        (lettered, [list(OPTION_LETTERS[:count])]),
        (numbered, [[str(n + first) for n in range(count)] for first in (0, 1)]),
    ):
        labels_found = [
            (match[1] or match[match.re.groups]).upper() if match else "" for match in matches
        ]

        for labels in known:
            if count >= 2 and sorted(labels_found) == sorted(labels):
                bare = {
                    label: text[match.end() :].strip()
                    for label, text, match in zip(labels_found, texts, matches, strict=True)
                    if match
                }

                return [bare[label] for label in labels], labels

    return texts, None


def _quantity(text: str) -> float | None:
    match = _QUANTITY.fullmatch(text.strip())
    return float(match[1].replace(",", "")) if match else None


def _is_number(text: str) -> bool:
    return text.strip()[-1:].isdigit()


def find_listed_options(question: str) -> list[str] | None:
    """The options that a question lists by letter, one per line or one after another; None if it
    lists none.
    """
    return _from_lines(question) or _from_text(question)


def _from_lines(question: str) -> list[str] | None:
    """Options that begin a line each. One may go on in the lines below it; the last ends where its
    line does.
    """
    matches = list(_LINES.finditer(question))
    ends = [*(match.start() for match in matches[1:]), len(question)]
    labeled = [
        (
            match[1],
            question[match.end() : end].strip(),
            question[match.end() :].partition("\n")[0].strip(),
        )
        for match, end in zip(matches, ends, strict=False)
    ]

    labels_found = _last_lettered_run(labeled)
    return (
        labels_found
        if labels_found and all(labels_found) and len(set(labels_found)) == len(labels_found)
        else None
    )


def _from_text(question: str) -> list[str] | None:
    """Options in one line: "(A) sofa (B) bed". The last ends where its line does, or what is asked
    for begins.
    """
    matches = list(_INLINE.finditer(question))
    starts = [n for n, match in enumerate(matches) if match[1] == "A"]
    for start in reversed(starts):
        run = matches[start:]
        count = next(
            (n for n, match in enumerate(run) if match[1] != OPTION_LETTERS[n : n + 1]), len(run)
        )
        if count < 2:
            continue

        ends = [match.start() for match in run[1:count]]
        last = question.find("\n", run[count - 1].end())
        ends.append(len(question) if last < 0 else last)

        texts = [
            question[match.end() : end].strip(" \t\n;,").removesuffix(".").strip()
            for match, end in zip(run[:count], ends, strict=True)
        ]

        texts[-1] = _REQUEST.sub("", texts[-1])
        ends_in_question = texts[-1].endswith("?")  # "A. is left of B. Who is it?" lists nothing
        if all(texts) and len(set(texts)) == count and not ends_in_question:
            return texts

    return None


def _last_lettered_run(labeled: list[tuple[str, str, str]]) -> list[str] | None:
    """The texts of the last run that is labeled A, B, C, ...; of its last option the first
    line.
    """
    run: list[tuple[str, str]] = []
    best: list[str] | None = None

    for label, text, line in labeled:
        if label == "A":
            run = [(text, line)]
        elif run and label == OPTION_LETTERS[len(run) : len(run) + 1]:
            run.append((text, line))
        else:
            run = []

        if len(run) >= 2:
            best = [*(whole for whole, _ in run[:-1]), run[-1][1]]

    return best


def _parse_options_text(text: str) -> Any:
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

    labels_found = find_listed_options(text)
    if labels_found:
        return labels_found

    parts = [part.strip() for part in re.split(r"\n|;|\|", text) if part.strip()]
    return parts if len(parts) > 1 else [part.strip() for part in text.split(",")]
