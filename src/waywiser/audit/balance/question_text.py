"""The text-only view of a sample: the words of its question and options, no image and no scene."""

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from waywiser.answers import as_answer
from waywiser.sample import AnswerKind, Sample

_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*")


@dataclass(frozen=True, slots=True)
class TextItem:
    """The text of a sample.

    Attributes:
        task: Its task.
        kind: Kind of its answer.
        options: Its options, as they are shown.
        subjects: Known names in the question that are not options, in the order of mention.
        words: The other words of the question.
        value: The true answer, read in training only.
        unit: Unit of the answer.
        scene: Id of its scene, which keeps folds apart.
        hint: What the prior by category answers; None if it is not used.
    """

    task: str
    kind: AnswerKind
    options: tuple[str, ...]
    subjects: tuple[str, ...]
    words: frozenset[str]
    value: Any
    unit: str | None
    scene: str
    hint: Any = None


class NameFinder:
    """Finds known names, also in the plural, in a text.

    Args:
        names: The names, of one or more words each.
    """

    def __init__(self, names: Iterable[str]) -> None:
        split = {tuple(_WORD.findall(name.lower())) for name in names} - {()}
        self._names = {form: " ".join(name) for name in sorted(split) for form in _name_forms(name)}
        self._max_name_words = max((len(form) for form in self._names), default=1)

    def find(self, text: str) -> tuple[list[str], list[str]]:
        """Names in the order of mention (the longest match at each word), and all other words."""
        tokens = _WORD.findall(text.lower())
        names: list[str] = []
        words: list[str] = []
        position = 0

        while position < len(tokens):
            for size in range(min(self._max_name_words, len(tokens) - position), 0, -1):
                name = self._names.get(tuple(tokens[position : position + size]))
                if name is not None:
                    names.append(name)
                    position += size
                    break
            else:
                words.append(tokens[position])
                position += 1

        return names, words


class Vocabulary:
    """Names that questions can be about: every option and every string in a program's inputs."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._finder = NameFinder(
            text
            for sample in samples
            for text in (
                *(sample.answer.options or ()),
                *(_collect_strings(sample.program.inputs) if sample.program else ()),
            )
        )

    def item(self, sample: Sample) -> TextItem:
        """The text-only view of a sample. Raises DatasetError for a malformed answer."""
        answer = as_answer(sample.answer)
        options = tuple(answer.options or ())
        mentions, words = self._finder.find(sample.question)
        option_names = {" ".join(_WORD.findall(option.lower())) for option in options}
        value = tuple(sorted(answer.value)) if isinstance(answer.value, list) else answer.value

        return TextItem(
            task=sample.task,
            kind=answer.kind,
            options=options,
            subjects=tuple(dict.fromkeys(name for name in mentions if name not in option_names)),
            words=frozenset(words),
            value=value,
            unit=answer.unit,
            scene=sample.scene_id or sample.id,
        )


CONSTANT_KEYS: dict[str, Callable[[TextItem], Hashable]] = {
    "nothing": lambda _: (),
    "options": lambda item: tuple(sorted(item.options)),
    "ordered options": lambda item: item.options,
    "subjects": lambda item: tuple(sorted(item.subjects)),
    "ordered subjects": lambda item: item.subjects,
    "subjects and options": lambda item: (item.subjects, item.options),
    "other words": lambda item: item.words,
}
"""Views of a question that a table of constant answers may be indexed by."""


def _name_forms(name: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A name and its regular plurals; the name is last, so that it wins over other names'
    plurals.
    """
    *head, last = name
    endings = [last + "s", last + "es", last[:-1] + "ies" if last.endswith("y") else last + "s"]
    if last.endswith(("f", "fe")):
        endings.append(last.rstrip("e")[:-1] + "ves")
    return [(*head, ending) for ending in (*endings, last)]


def _collect_strings(inputs: Any) -> list[str]:
    if isinstance(inputs, str):
        return [inputs]
    if isinstance(inputs, dict):
        return [text for value in inputs.values() for text in _collect_strings(value)]
    if isinstance(inputs, list | tuple):
        return [text for value in inputs for text in _collect_strings(value)]

    return []
