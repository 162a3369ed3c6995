"""Hallucinated objects: things that a model's reasoning names and the scene lacks, where the scene
is known.
"""

import re
from collections.abc import Collection
from functools import cache

from waywiser.scenes.categories import CATEGORIES, GENERAL_WORDS, are_confusable, pluralize


def find_absent_objects(
    reasoning: str, scene_categories: Collection[str], question: str = ""
) -> list[str]:
    """Kinds of furniture that `reasoning` names and neither the scene nor the question holds, as
    first named.

    `scene_categories` are the scene's kinds, in the words of `scenes.categories`. Words that people use for
    the same thing (a table, a desk) stand for one another, and what the question names is its own
    doing.
    """
    known = {*scene_categories, *find_named_objects(question)}
    return [
        name
        for name in find_named_objects(reasoning)
        if not any(are_confusable(name, other) for other in known)
    ]


def find_named_objects(text: str) -> list[str]:
    """Kinds of furniture that the text names, in singular or plural, each once; "coffee table" is
    no table.
    """
    words = _category_words()
    found = (
        re.sub(r"\s+", " ", match.group().lower()) for match in _category_pattern().finditer(text)
    )
    return list(dict.fromkeys(words[word] for word in found))


@cache
def _category_words() -> dict[str, str]:
    """Every word for a kind -> the kind."""
    names = (*CATEGORIES, *GENERAL_WORDS)
    return {word: name for name in names for word in (name.lower(), pluralize(name).lower())}


@cache
def _category_pattern() -> re.Pattern[str]:
    longest_first = sorted(_category_words(), key=len, reverse=True)
    return re.compile(
        rf"\b(?:{'|'.join(w.replace(' ', '[ ]+') for w in longest_first)})\b", re.IGNORECASE
    )
