"""The plain words that questions use for furniture, and which catalog models deserve them.

A word is used only if people agree on it, if a library has at least two believable models of it (so
that one can be held out), and if its sizes overlap with those of other words (so that the word does
not give the size away).
"""

import re
from functools import lru_cache

from waywiser.scenes.category_table import ALL_CATEGORIES, Category

_OUTDOOR_GROUPS = {
    "exterior",
    "vehicles",
    "doors and windows",
    "staircases",
    "stairs",
    "characters",
}
_EXCLUDED_WORDS = re.compile(
    r"\b(wall|ceiling|pendant|suspended|chandelier|outdoor|garden|street|lamppost|park|beach|deck|"
    r"patio|exterior|baby|child|children|kids?|dolls?|toy|junior|crib|cot|corner|l.shaped|medical|"
    r"medicine|hospital|sign|christmas|camping|potty)\b",
    re.IGNORECASE,
)


CATEGORIES: dict[str, Category] = {category.name: category for category in ALL_CATEGORIES}

_CONFUSABLE = {
    frozenset(pair)
    for pair in (
        ("chair", "armchair"),
        ("chair", "stool"),
        ("armchair", "sofa"),
        ("stool", "bench"),
        ("sofa", "bench"),
        ("table", "coffee table"),
        ("table", "desk"),
        ("bench", "coffee table"),
        ("coffee table", "nightstand"),
        ("nightstand", "cabinet"),
        ("cabinet", "wardrobe"),
        ("cabinet", "bookcase"),
        ("cabinet", "stove"),
        ("nightstand", "stool"),
        ("vase", "plant"),
        ("vase", "bowl"),
        ("vase", "lamp"),
        ("desk", "nightstand"),
        ("television", "laptop"),
        ("wardrobe", "bookcase"),
        ("wardrobe", "fridge"),
        ("cabinet", "sink"),
        ("dog", "cat"),
    )
}

_DYNAMIC_PLURALS = {
    "person": "people",
    "dog": "dogs",
    "cat": "cats",
    "robot vacuum": "robot vacuums",
}
"""Plurals of the categories that walk through homes; see `dynamic_models`."""

# Catalog ids with misleading names; None for models that nobody would call by their word.
_CATEGORY_BY_KEY: dict[str, str | None] = {
    "Scopia#living_room_table": "coffee table",
    "Scopia#kids_desk_chair": "chair",
    "Scopia#kids_desk_table": "desk",
    "Scopia#kids_wooden_desk": "desk",
    "Scopia#kids_shelves": "bookcase",
    "Scopia#wall-flat-tv": "television",
    "Scopia#coffee_table": None,  # nearly all glass
    "Scopia#dining_room": None,  # a wall unit, not a bookcase
}


NO_SURFACE_KEYS = frozenset(
    {
        "Blend Swap CC-0#tableWithTablecloth",
        "Scopia#living_room_table",
        "Scopia#wooden_office_pear_table",
        "Scopia#wooden_office_teak_table",
        "Scopia#table_wood_and_iron",
    }
)
"""Catalog ids on which nothing is placed.

Their top does not fill their outline (kidney shapes, drapes, glass).
"""


def pluralize(category: str) -> str:
    """The plural of a category: "bench" gives "benches".

    Categories of scans, which are not in our table, follow the common rules.
    """
    category_info = CATEGORIES.get(category)
    if category_info or category in _DYNAMIC_PLURALS:
        return category_info.plural if category_info else _DYNAMIC_PLURALS[category]
    if re.search(r"(s|x|z|ch|sh)$", category):
        return f"{category}es"
    if re.search(r"[^aeiou]y$", category):
        return f"{category[:-1]}ies"

    return f"{category[:-1]}ves" if re.search(r"(shel|lea|loa)f$", category) else f"{category}s"


@lru_cache(maxsize=1 << 16)
def are_confusable(a: str, b: str) -> bool:
    """Whether two words could be used for the same object ("table", "desk").

    True for equal words, words that end alike ("chair", "office chair"), and if one has all words
    of the other.
    """
    if a == b or frozenset((a, b)) in _CONFUSABLE:
        return True

    one = a.split()
    two = b.split()
    return one[-1:] == two[-1:] or set(one) <= set(two) or set(two) <= set(one)


def explain_no_category(
    key: str, name: str, size: tuple[float, float, float], group: str = "", elevation: float = 0.0
) -> str:
    """Why `categorize` finds no category for a catalog entry.

    Args:
        key: Id of the entry in its catalog.
        name: Name of the entry, in English.
        size: Width, depth and height in meters.
        group: The catalog's own category.
        elevation: Height above the floor at which the object hangs, in meters.

    Returns:
        The kind of reason; after a colon, the detail.
    """
    sides = " x ".join(f"{side:g}" for side in size)

    if key in _CATEGORY_BY_KEY:
        return (
            f"its size is not that of its word: {sides} m"
            if _CATEGORY_BY_KEY[key]
            else "not what its name says"
        )

    if group.strip().lower() in _OUTDOOR_GROUPS:
        return f"of no indoor furniture's group: {group}"
    if elevation > 0.15:
        return f"hangs above the floor: at {elevation:g} m"
    if (never := _EXCLUDED_WORDS.search(name)) is not None:
        return f"a word in its name that is left out: {never[0]!r}"
    if (category := _category_in_name(name)) is not None:
        return (
            f"its size is not that of its word (catalogues count centimetres): a {category.name} of"
            f" {sides} m"
        )

    return f"no English word that is known in its name: {name!r}"


def categorize(
    key: str, name: str, size: tuple[float, float, float], group: str = "", elevation: float = 0.0
) -> str | None:
    """The category of a catalog entry.

    Objects that hang, belong outdoors or do not have a human scale have no category.

    Args:
        key: Id of the entry in its catalog.
        name: Name of the entry, in English.
        size: Width, depth and height in meters.
        group: The catalog's own category.
        elevation: Height above the floor at which the object hangs, in meters.

    Returns:
        The name of the category, or None if none fits.
    """
    if key in _CATEGORY_BY_KEY:
        word = _CATEGORY_BY_KEY[key]
        return word if word and CATEGORIES[word].fits(size, slack=0.15) else None
    if group.strip().lower() in _OUTDOOR_GROUPS or elevation > 0.15 or _EXCLUDED_WORDS.search(name):
        return None

    category = _category_in_name(name)
    return category.name if category is not None and category.fits(size) else None


def _category_in_name(name: str) -> Category | None:
    """The first category whose word is in a name, whatever the size."""
    for category in ALL_CATEGORIES:
        if re.search(category.pattern, name, re.IGNORECASE) and not re.search(
            category.exclude_pattern, name, re.IGNORECASE
        ):
            return category

    return None
