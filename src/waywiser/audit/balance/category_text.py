"""What a question says about size without any picture: the categories it names, and a dimension."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from waywiser.answers import as_answer
from waywiser.audit.balance.question_text import NameFinder
from waywiser.sample import AnswerKind, Sample
from waywiser.scenes.categories import CATEGORIES, DYNAMIC_CATEGORIES, GENERAL_WORDS

_LENGTH_WORDS = frozenset({"long", "longer", "longest", "length", "largest", "wide", "width"})
_HEIGHT_WORDS = frozenset({"tall", "taller", "tallest", "high", "higher", "height"})


@dataclass(frozen=True, slots=True)
class CategoryItem:
    """The categories of a sample.

    Attributes:
        kind: Kind of its answer.
        dimension: "length", "height", or "" if the question names neither.
        categories: Categories in the question, sorted.
        options: Its options, as they are shown.
        option_categories: Categories in each option, in the order of mention.
        value: The true answer, read in training only.
        scene: Id of its scene, which keeps folds apart.
    """

    kind: AnswerKind
    dimension: str
    categories: tuple[str, ...]
    options: tuple[str, ...]
    option_categories: tuple[tuple[str, ...], ...]
    value: Any
    scene: str


class CategoryReader:
    """Reads categories in questions: those of our furniture, and any others given.

    Args:
        names: Further categories, such as the words of scans.

    Example:
        >>> CategoryReader().item(sample).categories  # "How tall is the coffee table?"
        ('coffee table',)
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._finder = NameFinder([*CATEGORIES, *GENERAL_WORDS, *DYNAMIC_CATEGORIES, *names])

    def item(self, sample: Sample) -> CategoryItem:
        """The categories of a sample. Raises DatasetError for a malformed answer."""
        answer = as_answer(sample.answer)
        options = tuple(answer.options or ())
        names, words = self._finder.find(sample.question)
        value = tuple(sorted(answer.value)) if isinstance(answer.value, list) else answer.value

        return CategoryItem(
            kind=answer.kind,
            dimension=_read_dimension(words),
            categories=tuple(sorted(set(names))),
            options=options,
            option_categories=tuple(
                tuple(dict.fromkeys(self._finder.find(option)[0])) for option in options
            ),
            value=value,
            scene=sample.scene_id or sample.id,
        )


def _read_dimension(words: list[str]) -> str:
    """A question that names both ("its length, width or height") asks for the longest."""
    if _LENGTH_WORDS.intersection(words):
        return "length"
    return "height" if _HEIGHT_WORDS.intersection(words) else ""
